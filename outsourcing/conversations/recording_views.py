"""Views for what reached a merchant elsewhere, and for the vendor's word against it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.conversations import answering, posting, recording
from outsourcing.conversations.drafts import MOST_FILES
from outsourcing.conversations.errors import AlreadySent, MayNotWrite, NotRecorded, NotThen, TextChanged
from outsourcing.conversations.models import Entry, Thread
from outsourcing.conversations.recording_forms import ObjectionForm, RecordForm, SeenForm
from outsourcing.files.uploads import takes_files, takes_several_files
from outsourcing.shared import clock

MERCHANTS = (Role.OWNER, Role.BUYER, Role.OPERATIONS)
VENDORS = (Role.MANAGER, Role.CONTACT)


def crumbs_of(thread: Thread) -> list[tuple[str, str]]:
    """The way back to a thread."""
    back = reverse("conversations:thread", args=[thread.pk])
    return [(_("Messages"), reverse("conversations:inbox")), (thread.subject, back)]


def back_to(entry: Entry) -> HttpResponse:
    """On to an entry in its thread."""
    return redirect(f"{reverse('conversations:thread', args=[entry.thread_id])}#e{entry.number}")


@takes_several_files(MOST_FILES)
@form_methods
@acts_on(Thread, *MERCHANTS)
def record(request: UserRequest, thread: Thread) -> HttpResponse:
    """Write down what the vendor said elsewhere: it answers what they owe, as of when it came."""
    now = clock.now()
    owed = thread.turns.open().owed_by(thread.vendor_id).first()
    asked_at = owed.opened_at if owed else None
    form = RecordForm(request.POST or None, request.FILES or None, thread=thread, now=now, asked_at=asked_at)
    if request.method == "POST" and form.is_valid():
        try:
            entry = posting.post(thread, form.said(), by=request.acting, at=now)
        except (AlreadySent, NotThen) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded. It counts as of when it came, and they may object."))
            return back_to(entry)
    lede = _("Write down what came by phone or email. It answers what they owe as of then, and says that you wrote it.")
    context = {"title": _("Record what they said"), "lede": lede, "crumbs": crumbs_of(thread), "form": form}
    return render(request, "form.html", context, status=422 if form.errors else 200)


@takes_files
@form_methods
@acts_on(Entry, *MERCHANTS)
def record_seen(request: UserRequest, entry: Entry) -> HttpResponse:
    """Write down that the vendor acknowledged an instruction or a call note elsewhere."""
    if not answering.needs_acknowledgement(entry) or entry.side != entry.thread.side_of(request.acting.organisation_id):
        raise PermissionDenied
    now = clock.now()
    form = SeenForm(request.POST or None, request.FILES or None, entry=entry, now=now)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        how = {"receipt": form.receipt, "upload": data["upload"], "by": request.acting, "at": now}
        try:
            answering.acknowledge(entry, version=data["version"], **how)
        except NotThen as error:
            form.add_error("received_at", str(error))
        except (TextChanged, MayNotWrite) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded. It counts as of when it came, and they may object."))
            return back_to(entry)
    title = _("Record that they acknowledged it")
    context = {"title": title, "lede": entry.text[:300], "crumbs": crumbs_of(entry.thread), "form": form}
    return render(request, "form.html", context, status=422 if form.errors else 200)


@form_methods
@acts_on(Entry, *VENDORS)
def object_to(request: UserRequest, entry: Entry) -> HttpResponse:
    """Say that what a merchant recorded for one's own side is not so."""
    recorded = recording.recorded_in(entry)
    if recorded is None:
        raise NotRecorded(_("This was not recorded for you, or you have objected to it already."))
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        recording.object_to(recorded, form.cleaned_data["text"], by=request.acting, at=clock.now())
        messages.success(request, _("They will see your objection. What was closed by it is open again."))
        return back_to(entry)
    lede = _("It stays in the conversation with your words beside it. What it answered waits for your answer again.")
    context = {"title": _("Object to what was recorded"), "lede": lede, "crumbs": crumbs_of(entry.thread), "form": form}
    return render(request, "form.html", context, status=422 if form.errors else 200)
