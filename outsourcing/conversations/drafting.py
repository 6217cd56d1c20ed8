"""Views of what is being written: keep it while somebody types, take files as they are chosen, let go of them again."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outsourcing.accounts.models import Organisation
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on
from outsourcing.conversations import drafts, posting
from outsourcing.conversations.drafts import Place
from outsourcing.conversations.forms import AttachForm
from outsourcing.conversations.models import Attachment, Thread
from outsourcing.conversations.posting import WRITERS
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from outsourcing.shared.errors import DomainError


@require_POST
@acts_on(Thread, *WRITERS)
def save(request: UserRequest, thread: Thread) -> HttpResponse:
    """Keep what is being written in a thread."""
    return _saved(request, Place(thread=thread))


@require_POST
@acts_as(*WRITERS)
def save_new(request: UserRequest) -> HttpResponse:
    """Keep what is being written towards a new thread."""
    return _saved(request, Place(counterpart=towards(request)))


@takes_files
@require_POST
@acts_on(Thread, *WRITERS)
def attach(request: UserRequest, thread: Thread) -> HttpResponse:
    """Take one file into the draft of a thread, and answer with its line."""
    return _attached(request, Place(thread=thread))


@takes_files
@require_POST
@acts_as(*WRITERS)
def attach_new(request: UserRequest) -> HttpResponse:
    """The same for a new thread."""
    return _attached(request, Place(counterpart=towards(request)))


@require_POST
@acts_on(Attachment, *WRITERS)
def remove(request: UserRequest, attachment: Attachment) -> HttpResponse:
    """Take a file out of one's draft; a browser without scripts sent the rest of the form along, which is kept."""
    draft = attachment.draft
    drafts.remove(attachment, by=request.acting)
    if getattr(request, "htmx", False) or draft is None:
        return HttpResponse()
    if key := key_of(request):
        place = Place(draft.thread, draft.counterpart)
        drafts.save(request.acting, place, request.POST.dict(), key, at=clock.now())
    if draft.thread is not None:
        return redirect(reverse("conversations:thread", args=[draft.thread.pk]) + "#reply")
    query = f"?to={draft.counterpart.pk}" if draft.counterpart else ""
    return redirect(reverse("conversations:start") + query)


def towards(request: UserRequest) -> Organisation | None:
    """To whom a new thread is begun, where the address names somebody to whom one may write."""
    said = request.GET.get("to", "")
    if not said.isdecimal() or len(said) >= 18:
        return None
    found = Organisation.objects.filter(pk=int(said)).first()
    return found if found is not None and posting.may_write_to(request.acting, found) else None


def attached_to(request: UserRequest) -> list[int] | None:
    """The draft's files that a form names, by their keys; None where it knows of none at all."""
    if "attached" not in request.POST:
        return None
    return [int(one) for one in request.POST.getlist("attached") if one.isdecimal() and len(one) < 18]


def key_of(request: UserRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _saved(request: UserRequest, place: Place) -> HttpResponse:
    now, key = clock.now(), key_of(request)
    if key is None:
        return HttpResponse(_("The draft could not be saved: reload the page."), status=422, content_type="text/plain")
    said = request.POST.dict()
    draft = drafts.save(request.acting, place, said, key, at=now)
    return render(request, "conversations/_saved.html", {"draft": draft})


def _attached(request: UserRequest, place: Place) -> HttpResponse:
    """The file's line, or 422 with the reason as plain text, which names the file."""
    form = AttachForm(request.POST, request.FILES)
    if not form.is_valid():
        reasons = [str(one) for errors in form.errors.values() for one in errors]
        return HttpResponse(" ".join(reasons), status=422, content_type="text/plain")
    data = form.cleaned_data
    (upload,) = data["uploads"][:1]
    try:
        made = drafts.attach(request.acting, place, upload, data["key"], at=clock.now())
    except DomainError as error:
        return HttpResponse(f"{upload.name}: {error}", status=422, content_type="text/plain")
    return render(request, "conversations/_attached.html", {"one": made})
