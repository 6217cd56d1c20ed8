"""The page of decisions: verdicts one by one, dates and payments several at once."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from milestones.contracts.text import money
from milestones.contracts.views import RUN
from milestones.deciding import waiting
from milestones.deciding.waiting import MOST, Outcome
from milestones.forms import PaidForm
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import LARGEST_ID, acts_as
from outsourcing.shared import clock


@require_safe
@acts_as(*RUN)
def decisions(request: UserRequest) -> HttpResponse:
    """What waits for a decision."""
    today = clock.today(request.acting.zone)
    paying = list(waiting.to_pay(request.acting)[:MOST])
    context = {
        "dates": list(waiting.dates_asked(request.acting)[:MOST]),
        "judging": list(waiting.to_judge(request.acting)[:MOST]),
        "paying": [(one, money(one.amount, one.contract.currency)) for one in paying],
        "today": today,
    }
    return render(request, "milestones/decisions.html", context)


@require_POST
@acts_as(*RUN)
def agree_all(request: UserRequest) -> HttpResponse:
    """Agree to the dates that are ticked."""
    found = waiting.agree(_ticked(request), by=request.acting, at=clock.now())
    _tell(request, found, ngettext("%(count)s date agreed.", "%(count)s dates agreed.", found.done))
    return redirect("milestones:decisions")


@require_POST
@acts_as(*RUN)
def pay_all(request: UserRequest) -> HttpResponse:
    """Mark the milestones that are ticked paid on one day."""
    form = PaidForm(request.POST, today=clock.today(request.acting.zone))
    if not form.is_valid():
        messages.error(request, _("Nothing was marked: %(why)s") % {"why": " ".join(map(str, form.errors["on"]))})
        return redirect("milestones:decisions")
    found = waiting.pay(_ticked(request), form.cleaned_data["on"], by=request.acting, at=clock.now())
    _tell(request, found, ngettext("%(count)s marked paid.", "%(count)s marked paid.", found.done))
    return redirect("milestones:decisions")


def _ticked(request: HttpRequest) -> list[int]:
    """The keys that were sent; what is none is left out."""
    found: Iterable[str] = request.POST.getlist("one")[:MOST]
    return [int(key) for key in found if key.isdecimal() and len(key) < 20 and int(key) <= LARGEST_ID]


def _tell(request: HttpRequest, found: Outcome, words: str) -> None:
    if found.done:
        messages.success(request, words % {"count": found.done})
    if found.gone:
        gone = ngettext(
            "%(count)s was decided meanwhile, or is no longer asked for.",
            "%(count)s were decided meanwhile, or are no longer asked for.",
            found.gone,
        )
        messages.warning(request, gone % {"count": found.gone})
    if not (found.done or found.refused or found.gone):
        messages.warning(request, _("Nothing was ticked."))
    for name, why in found.refused[:5]:
        messages.error(request, f"{name}: {why}")
