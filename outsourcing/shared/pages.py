"""Error pages. They are static but for 409's sentence and the id of the request: no login, no database.

The page for 404 has no id either: it is the same bytes for everybody.
"""

import sys
from functools import cache

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from outsourcing.shared import failures


@cache
def static(template: str) -> str:
    """A page that needs nothing of the request, rendered once."""
    return render_to_string(template)


def page(template: str, request: HttpRequest) -> str:
    """An error page that names the request."""
    return render_to_string(template, {"reference": getattr(request, "reference", "")})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, and 413 for a body that is larger than Django takes."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return HttpResponse(page(f"{status}.html", request), status=status)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than is taken here."""
    return HttpResponse(page("413.html", request), status=413)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: one may see it, but not do this."""
    return HttpResponse(page("403.html", request), status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form carried no proof that it came from here."""
    return HttpResponse(page("403_csrf.html", request), status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, byte for byte the same for what does not exist and for what one may not know of."""
    return HttpResponse(static("404.html"), status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, after the error was reported."""
    error, match = sys.exception(), request.resolver_match
    if error is not None:
        failures.report(error, where="web", what=f"/{match.route}" if match else "")
    return HttpResponse(page("500.html", request), status=500)


def conflict(request: HttpRequest, message: str) -> HttpResponse:
    """409 with the sentence that says which rule was broken and what to do."""
    template = "_problem.html" if getattr(request, "htmx", False) else "409.html"
    return render(request, template, {"message": message}, status=409)
