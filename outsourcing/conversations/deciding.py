"""Views of one click: acknowledge, take back, wave away, open again, hand over, close."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outsourcing.accounts.models import Membership
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.conversations import answering
from outsourcing.conversations.errors import TextChanged
from outsourcing.conversations.forms import HandOverForm, PeopleForm
from outsourcing.conversations.models import Entry, Thread, Turn
from outsourcing.conversations.posting import WRITERS
from outsourcing.shared import clock

LARGEST_VERSION = 32_767


@require_POST
@acts_on(Entry, *WRITERS)
def acknowledge(request: UserRequest, entry: Entry) -> HttpResponse:
    """Say that the text which the page showed was seen."""
    said = request.POST.get("version", "")
    if not said.isdecimal() or int(said[:9]) > LARGEST_VERSION:
        raise TextChanged(_("The page did not say which text you have read: look at it again."))
    answering.acknowledge(entry, version=int(said), by=request.acting, at=clock.now())
    return redirect("conversations:thread", entry.thread_id)


def _of_turn(action: Callable[..., None]) -> Callable[[UserRequest, Turn], HttpResponse]:
    def act(request: UserRequest, turn: Turn) -> HttpResponse:
        action(turn, by=request.acting, at=clock.now())
        return redirect("conversations:thread", turn.thread_id)

    return act


withdraw = require_POST(acts_on(Turn, *WRITERS)(_of_turn(answering.withdraw)))
dismiss = require_POST(acts_on(Turn, *WRITERS)(_of_turn(answering.dismiss)))
reopen = require_POST(acts_on(Turn, *WRITERS)(_of_turn(answering.reopen)))


@form_methods
@acts_on(Turn, *WRITERS)
def hand_over(request: UserRequest, turn: Turn) -> HttpResponse:
    """Give an answer that one's side owes to a colleague."""
    if turn.answerer_id != request.acting.organisation_id:
        raise PermissionDenied
    form = HandOverForm(request.POST or None, acting=request.acting)
    if request.method == "POST" and form.is_valid():
        to: Membership = form.cleaned_data["to"]
        answering.hand_over(turn, to, by=request.acting, at=clock.now())
        messages.success(request, _("%(person)s answers.") % {"person": to.label})
        return redirect("conversations:thread", turn.thread_id)
    back = reverse("conversations:thread", args=[turn.thread_id])
    crumbs = [(_("Messages"), reverse("conversations:inbox")), (turn.thread.subject, back)]
    lede = _("They get what is written here from now on, and are named as who answers.")
    context = {"title": _("Hand to a colleague"), "lede": lede, "crumbs": crumbs, "form": form}
    return render(request, "form.html", context)


@form_methods
@acts_on(Thread, *WRITERS)
def people(request: UserRequest, thread: Thread) -> HttpResponse:
    """Add colleagues to a thread."""
    form = PeopleForm(request.POST or None, acting=request.acting, thread=thread)
    if request.method == "POST" and form.is_valid():
        answering.add_people(thread, list(form.cleaned_data["people"]), by=request.acting, at=clock.now())
        return redirect("conversations:thread", thread.pk)
    back = reverse("conversations:thread", args=[thread.pk])
    context = {
        "thread": thread,
        "form": form,
        "there": [one.membership for one in thread.participants.select_related("membership__organisation")],
        "crumbs": [(_("Messages"), reverse("conversations:inbox")), (thread.subject, back)],
    }
    return render(request, "conversations/people.html", context, status=422 if form.errors else 200)


def _of_thread(action: Callable[..., None]) -> Callable[[UserRequest, Thread], HttpResponse]:
    def act(request: UserRequest, thread: Thread) -> HttpResponse:
        action(thread, by=request.acting, at=clock.now())
        return redirect("conversations:thread", thread.pk)

    return act


close = require_POST(acts_on(Thread, *WRITERS)(_of_thread(answering.close_thread)))
open_again = require_POST(acts_on(Thread, *WRITERS)(_of_thread(answering.reopen_thread)))
