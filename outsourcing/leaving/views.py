"""Pages on which an organisation's things are taken away."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import HEADS, acts_as, acts_on, form_methods
from outsourcing.files import serving
from outsourcing.leaving import exporting
from outsourcing.leaving.models import Export
from outsourcing.shared import clock


@form_methods
@acts_as(*HEADS)
def export(request: UserRequest) -> HttpResponse:
    """What is in an export, how far the one that is being made is, and, by POST, the asking for it."""
    if request.method == "POST":
        exporting.ask(by=request.acting, at=clock.now())
        messages.success(request, _("It is being made. You get a mail when it is ready."))
        return redirect("leaving:export")
    mine = Export.objects.visible_to(request.acting).select_related("file")
    others = Export.objects.unfinished().filter(organisation=request.acting.organisation).exclude(
        asked_by=request.acting
    )  # fmt: skip
    context = {
        "title": _("Take everything with you"),
        "latest": mine.first(),
        "others": others.select_related("asked_by").first(),
    }
    fragment = request.headers.get("HX-Request") and "leaving/_standing.html"
    return render(request, fragment or "leaving/export.html", context)


@require_safe
@acts_on(Export, *HEADS)
def download(request: UserRequest, made: Export) -> HttpResponse:
    """The ZIP."""
    if made.file is None:
        raise Http404
    return serving.stream(made.file)
