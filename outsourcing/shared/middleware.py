"""What stands between a request and a view, for every room."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from outsourcing.shared import pages
from outsourcing.shared.errors import DomainError


class ErrorPages:
    """Turns a broken rule of the business into a clear page, or a fragment where htmx asked, with status 409."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return pages.conflict(request, str(error)) if isinstance(error, DomainError) else None
