"""A conversation to be kept elsewhere: on paper, and as a file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on
from outsourcing.conversations.export import as_json, record_of
from outsourcing.conversations.models import Thread
from outsourcing.shared import clock


def wants_notes(request: UserRequest) -> bool:
    """Internal notes come along only where the reader asks for them: what is printed is often handed on."""
    return request.GET.get("notes") == "1"


@require_safe
@acts_on(Thread)
def on_paper(request: UserRequest, thread: Thread) -> HttpResponse:
    """The whole conversation on one page, to be printed."""
    record = record_of(thread, request.acting, with_notes=wants_notes(request), at=clock.now())
    context = {"thread": thread, "record": record, "with_notes": wants_notes(request)}
    return render(request, "conversations/printed.html", context)


@require_safe
@acts_on(Thread)
def as_file(request: UserRequest, thread: Thread) -> HttpResponse:
    """The same as a JSON file."""
    now = clock.now()
    record = record_of(thread, request.acting, with_notes=wants_notes(request), at=now)
    name = f"{slugify(thread.subject)[:60] or 'conversation'}-{now:%Y-%m-%d}.json"
    response = HttpResponse(as_json(record), content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
