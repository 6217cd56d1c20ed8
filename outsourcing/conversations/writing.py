"""Views that write: begin a thread, post in one, change a text."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Organisation
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.conversations import answering, drafts, expecting, hooks, posting
from outsourcing.conversations.drafting import attached_to, towards
from outsourcing.conversations.drafts import MOST_FILES
from outsourcing.conversations.errors import AlreadySent, MayNotWrite
from outsourcing.conversations.expecting import Expectation
from outsourcing.conversations.forms import ComposerForm, EditForm, StartForm
from outsourcing.conversations.hooks import Matter
from outsourcing.conversations.models import Entry, Kind, Side, Thread
from outsourcing.conversations.posting import KINDS, WRITERS
from outsourcing.conversations.views import asked_about, show_thread, values
from outsourcing.files.uploads import takes_several_files
from outsourcing.shared import clock

#: So many threads back one looks for whom to choose from; others are named by the link that leads here.
LATEST = 500


@takes_several_files(MOST_FILES)
@form_methods
@acts_as(*WRITERS)
def start(request: UserRequest) -> HttpResponse:
    """Begin a thread with somebody whom one knows, about what the address names, if it does."""
    now = clock.now()
    word = request.POST.get("of") or request.GET.get("of") or ""
    matter = matter_of(request, word)
    kind = request.GET.get("kind", "")
    place = drafts.Place(counterpart=matter.other if matter else towards(request))
    draft = drafts.draft_of(request.acting, place)
    if draft and not word and request.method != "POST":
        word = draft.fields.get("of", "")
        matter = matter_of(request, word)
    choices, reason = counterparts(request, matter)
    form = StartForm(
        request.POST or None,
        request.FILES or None,
        acting=request.acting,
        now=now,
        choices=choices,
        initial={
            "to": request.GET.get("to", "") if request.GET.get("to", "").isdecimal() else None,
            "kind": kind if kind in KINDS[Side.MERCHANT] else Kind.MESSAGE,
            "subject": matter.subject[:200] if matter else "",
            **drafts.initial(draft),
        },
    )
    if is_check(request):
        form = StartForm(acting=request.acting, now=now, choices=choices, initial=typed(request))
    elif request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            said = form.said(attached=attached_to(request))
            remember = matter.remember if matter else None
            thread = posting.start(data["to"], data["subject"], said, by=request.acting, at=now, remember=remember)
        except (AlreadySent, MayNotWrite) as error:
            form.add_error(None, str(error))
        else:
            return redirect("conversations:thread", thread.pk)
    context = {
        "form": form,
        "choices": choices,
        "reason": reason,
        "of": word,
        "to": place.counterpart.pk if place.counterpart else "",
        "attached": drafts.files_of(draft),
        "crumbs": [(_("Messages"), reverse("conversations:inbox"))],
        "expectation": expected_of(request, choices, values(form)),
        "expect_url": reverse("conversations:start_expectation"),
    }
    return render(request, "conversations/start.html", context)


def is_check(request: UserRequest) -> bool:
    """Whether the form only asks what its date would mean; without JavaScript the line below follows by this."""
    return request.method == "POST" and "check" in request.POST


def typed(request: UserRequest) -> dict[str, Any]:
    """What a form held, for one that shows it again without a word about what is still missing."""
    fields = {name: value for name, value in request.POST.dict().items() if name in StartForm.base_fields}
    return fields | {"to": request.POST.get("to")} | {name: name in request.POST for name in drafts.TICKS}


@require_safe
@acts_as(*WRITERS)
def start_expectation(request: UserRequest) -> HttpResponse:
    """The line below a new thread's first words, for whom one may write to."""
    expectation = expected_of(request, counterparts(request)[0], request.GET.dict())
    return render(request, "conversations/_expectation.html", {"expectation": expectation})


def expected_of(request: UserRequest, choices: Sequence[Organisation], fields: Mapping[str, Any]) -> Expectation | None:
    """The line for whom `to` names of those that one may choose, or for the only one; None where that is nobody."""
    named = str(fields.get("to") or (choices[0].pk if len(choices) == 1 else ""))
    other = next((one for one in choices if str(one.pk) == named), None)
    wish = expecting.wish_of(fields)
    return expecting.expectation(other, request.acting, wish, at=clock.now()) if other else None


def matter_of(request: UserRequest, word: str) -> Matter | None:
    """What the new thread is to be about, by a word such as "contract-17"; 404 for what one does not see."""
    if not word:
        return None
    found = next(filter(None, hooks.matter(request.acting, word[:60])), None)
    if found is None:
        raise Http404
    return found


def counterparts(request: UserRequest, matter: Matter | None = None) -> tuple[list[Organisation], str]:
    """Whom one may choose: those with whom there is a thread, those that upper rooms offer, and one that is named.
    About a matter it is the other side of that, alone.

    And why that one may not be chosen, where something is against it.
    """
    acting = request.acting
    if matter:
        reason = posting.against(acting, [matter.other.pk]).get(matter.other.pk, "")
        return ([] if reason else [matter.other]), reason
    theirs = "vendor" if acting.organisation.is_merchant else "merchant"
    latest = Thread.objects.visible_to(acting).order_by("-last_entry_at", "pk").values_list(theirs, flat=True)
    known = set(latest[:LATEST])
    found = {one.pk: one for one in Organisation.objects.filter(pk__in=known)}
    found |= {one.pk: one for room in hooks.counterparts(acting) for one in room}
    said = request.POST.get("to") or request.GET.get("to") or ""
    named = int(said) if said.isdecimal() and len(said) < 18 else 0
    if named and named not in found:
        one = Organisation.objects.filter(~Q(kind=acting.organisation.kind), pk=named).first()
        if one is not None and posting.may_write_to(acting, one):
            found[one.pk] = one
    reasons = posting.against(acting, list(found))
    return [one for pk, one in found.items() if pk not in reasons], reasons.get(named, "")


@takes_several_files(MOST_FILES)
@require_POST
@acts_on(Thread, *WRITERS)
def post(request: UserRequest, thread: Thread) -> HttpResponse:
    """Write an entry or an internal note; what cannot be sent stays in the form."""
    if is_check(request):
        now = clock.now()
        return show_thread(request, thread, ComposerForm(acting=request.acting, now=now, initial=typed(request)))
    form = ComposerForm(request.POST, request.FILES, acting=request.acting, now=clock.now())
    if form.is_valid():
        try:
            _send(request, thread, form)
        except AlreadySent as error:
            form.data = {**request.POST.dict(), "key": str(uuid.uuid4())}
            form.add_error(None, str(error))
        else:
            return redirect("conversations:thread", thread.pk)
    return show_thread(request, thread, form, status=422)


def _send(request: UserRequest, thread: Thread, form: ComposerForm) -> None:
    now = clock.now()
    if form.is_note:
        data = form.cleaned_data
        files = {"uploads": data["uploads"], "attached": attached_to(request)}
        posting.note(thread, data["text"], key=data["key"], by=request.acting, at=now, **files)
        return
    entry = posting.post(
        thread,
        form.said(about=asked_about(request, thread), attached=attached_to(request)),
        by=request.acting,
        at=now,
    )
    if entry.after_close:
        messages.info(request, _("This conversation was closed. What you wrote is kept, and marked as written after."))


@form_methods
@acts_on(Entry, *WRITERS)
def edit(request: UserRequest, entry: Entry) -> HttpResponse:
    """Change what one wrote; the earlier text is kept."""
    if not answering.may_edit(entry, request.acting):
        raise PermissionDenied
    form = EditForm(request.POST or None, initial={"version": entry.version, "text": entry.text})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["version"] != entry.version:
            form.data = {**request.POST.dict(), "version": entry.version}  # whoever saves again has seen it
            words = _("A colleague has changed it meanwhile: %(text)s")
            form.add_error("text", words % {"text": entry.text[:1000]})
        else:
            answering.edit(entry, form.cleaned_data["text"], by=request.acting, at=clock.now())
            return redirect("conversations:thread", entry.thread_id)
    lede = _("The earlier text is kept and can be read by both sides.")
    back = reverse("conversations:thread", args=[entry.thread_id])
    crumbs = [(_("Messages"), reverse("conversations:inbox")), (entry.thread.subject, back)]
    title = _("Change the %(kind)s") % {"kind": str(entry.get_kind_display()).lower()}
    return render(request, "form.html", {"title": title, "lede": lede, "crumbs": crumbs, "form": form})
