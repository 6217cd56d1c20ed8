"""Pages of milestones: one milestone for both sides, its plan, and what a merchant decides about it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from milestones.contracts.views import RUN, back_to, page_with_form, tried, was_refused
from milestones.forms import (
    MOST_FILES,
    DateForm,
    MilestoneForm,
    PaidForm,
    ReasonForm,
    RecordDateForm,
    RecordSubmissionForm,
    ReportForm,
    ReviewForm,
    SubmitForm,
)
from milestones.holding import calendar
from milestones.models import Contract, DateChange, Milestone, Proof, Submission
from milestones.reminders.promises import PROMISE_DAYS, furthest
from milestones.work import handing_in, judging, moving, planning
from milestones.work.shown import WORK, shown
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.accounts.working_time import calendar_of
from outsourcing.conversations.posting import WRITERS
from outsourcing.files import serving
from outsourcing.files.uploads import takes_several_files
from outsourcing.shared import clock

BOTH = (*RUN, *WORK)


def to(milestone: Milestone) -> str:
    return reverse("milestones:milestone", args=[milestone.pk])


def form_page(request: UserRequest, milestone: Milestone, title: str, form: Any, lede: str = "") -> HttpResponse:
    """A page with one form about a milestone."""
    crumbs = [
        (_("Contracts"), reverse("milestones:contracts")),
        (milestone.contract.title, back_to(milestone.contract)),
        (milestone.title, to(milestone)),
    ]
    context = {"title": title, "lede": lede or milestone.title, "crumbs": crumbs, "form": form}
    return render(request, "form.html", context, status=409 if was_refused(form) else 200)


def asks_why(
    request: UserRequest, milestone: Milestone, title: str, act: Callable[[str], Any], lede: str = "", **more: Any
) -> HttpResponse:
    """A page that asks why, acts, and goes back to the milestone."""
    form = ReasonForm(request.POST or None, save=title, **more)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: act(form.cleaned_data["reason"])):
        return redirect(to(milestone))
    return form_page(request, milestone, title, form, lede)


def warn_of_closed_days(request: UserRequest, contract: Contract, due: date) -> None:
    """Say where a side does not work on the day: it stays all the same. Four queries."""
    for side in (contract.vendor, contract.merchant):
        if not calendar_of(side, [due.year]).is_business_day(due):
            words = _("%(day)s is no working day for %(who)s. The date stays as it is.")
            messages.warning(request, words % {"day": date_format(due, "l, j F Y"), "who": side})


def warn_of_a_far_promise(request: UserRequest, milestone: Milestone, promised: date | None) -> None:
    """Say where a date after the one in force is too far ahead to keep reminders quiet. Two queries where it is."""
    if promised is None or promised <= milestone.current_due:
        return
    contract, at = milestone.contract, clock.now()
    if promised > furthest(calendar(contract.vendor, at), contract.today(at)):
        words = _(
            "%(day)s is more than %(days)s working days ahead: it is written down, and reminders go on until a new date"
            " is agreed."
        )
        messages.warning(request, words % {"day": date_format(promised, "l, j F Y"), "days": PROMISE_DAYS})


# ---- Looking -------------------------------------------------------------------------------------------------------
@require_safe
@acts_on(Milestone)
def milestone(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """One milestone: what it must be, what was handed in, how its date moved, and what to do now."""
    return page(request, milestone)


def page(request: UserRequest, milestone: Milestone, review: ReviewForm | None = None) -> HttpResponse:
    """The page; `review` is the form as it was sent with errors."""
    found = shown(milestone, request.acting, clock.now())
    if found.may.judge and found.open_round and review is None:
        found.open_round.milestone = milestone
        review = ReviewForm(submission=found.open_round, points=found.open_round.points.all())
    status = 409 if review and was_refused(review) else 422 if review and review.errors else 200
    if review and found.open_round is None:
        _too_late(request, review)
        review = None
    context = {
        "shown": found,
        "milestone": milestone,
        "contract": milestone.contract,
        "is_merchant": request.acting.organisation.is_merchant,
        "review": review,
        "may_write": request.acting.has_role(*WRITERS) and milestone.contract.state != Contract.State.DRAFT,
    }
    return render(request, "milestones/milestone.html", context, status=status)


def _too_late(request: UserRequest, review: ReviewForm) -> None:
    """There is nothing to judge any more: say why, and give back what was typed."""
    for error in review.non_field_errors():
        messages.error(request, str(error))
    typed = [
        str(review.data.get(name, "")).strip() for name in ("words", *(f"missing_{one.pk}" for one in review.points))
    ]
    if any(typed):
        messages.info(request, _("You wrote: %(words)s") % {"words": " ".join(filter(None, typed))})


@require_safe
@acts_on(Proof)
def proof(request: UserRequest, proof: Proof) -> HttpResponse:
    """A file that came with a submission, to be saved."""
    return serving.download(proof.file)


@require_safe
@acts_on(Proof)
def proof_thumbnail(request: UserRequest, proof: Proof) -> HttpResponse:
    """The small picture of one that is a picture."""
    return serving.thumbnail(proof.file)


# ---- The plan ------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Contract, *RUN)
def add(request: UserRequest, contract: Contract) -> HttpResponse:
    """Add a milestone to a contract."""
    instance = Milestone(contract=contract)
    form = MilestoneForm(request.POST or None, contract=contract, instance=instance)

    def act() -> None:
        data = form.cleaned_data
        planning.add(contract, form.values, criteria=data["criteria"], after=list(data.get("after", [])),
                     by=request.acting, at=clock.now(), seen=data["seen"])  # fmt: skip

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Added."))
        warn_of_closed_days(request, contract, form.values["current_due"])
        return redirect(back_to(contract))
    return page_with_form(request, contract, _("Add a milestone"), form)


@form_methods
@acts_on(Milestone, *RUN)
def edit(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Change a milestone of a draft; of a contract that runs its people and what it waits for."""
    form = MilestoneForm(request.POST or None, contract=milestone.contract, instance=milestone)

    def act() -> None:
        data = form.cleaned_data
        after = list(data["after"]) if "after" in data else None
        planning.edit(milestone, form.values, criteria=data.get("criteria"), after=after, by=request.acting,
                      at=clock.now(), seen=data["seen"])  # fmt: skip

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Saved."))
        if "current_due" in form.values:
            warn_of_closed_days(request, milestone.contract, form.values["current_due"])
        return redirect(to(milestone))
    lede = _("What was agreed stays: cancel it and add another, or ask for another date.") if form.is_agreed else ""
    return form_page(request, milestone, _("Change the milestone"), form, lede)


@require_POST
@acts_on(Milestone, *RUN)
def remove(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Take a milestone out of a draft."""
    planning.remove(milestone, by=request.acting)
    messages.success(request, _("Removed."))
    return redirect(back_to(milestone.contract))


# ---- Handing in ----------------------------------------------------------------------------------------------------
@require_POST
@acts_on(Milestone, *BOTH)
def start(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Work on it begins."""
    handing_in.start(milestone, by=request.acting, at=clock.now())
    return redirect(to(milestone))


@form_methods
@acts_on(Milestone, *BOTH)
def report(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Say how far it is, and when it is expected."""
    initial = {"progress": milestone.progress, "forecast": milestone.forecast_due}
    form = ReportForm(request.POST or None, initial=initial)

    def act() -> None:
        handing_in.report(milestone, by=request.acting, at=clock.now(), **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        warn_of_a_far_promise(request, milestone, form.cleaned_data["forecast"])
        return redirect(to(milestone))
    return form_page(request, milestone, _("Report how far it is"), form)


@form_methods
@takes_several_files(MOST_FILES)
@acts_on(Milestone, *WORK)
def submit(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Hand it in."""
    form = SubmitForm(request.POST or None, request.FILES or None, milestone=milestone, save=_("Submit"))

    def act() -> None:
        seen = form.cleaned_data["seen"]
        handing_in.submit(milestone, form.handed, seen=seen, by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Submitted. %(merchant)s is told.") % {"merchant": milestone.contract.merchant})
        return redirect(to(milestone))
    lede = _("%(milestone)s: say how each point is met, or add a file that shows it.") % {"milestone": milestone.title}
    return form_page(request, milestone, _("Submit"), form, lede)


@form_methods
@takes_several_files(MOST_FILES)
@acts_on(Milestone, *RUN)
def record(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Record for the vendor what reached us elsewhere."""
    form = RecordSubmissionForm(request.POST or None, request.FILES or None, milestone=milestone,
                                contract=milestone.contract, now=clock.now(), save=_("Record it"))  # fmt: skip

    def act() -> None:
        handing_in.submit(milestone, form.handed, seen=form.cleaned_data["seen"], receipt=form.receipt,
                          by=request.acting, at=clock.now())  # fmt: skip

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return redirect(to(milestone))
    lede = _("What %(vendor)s handed in by phone, mail or in person. It is marked as recorded by you.")
    return form_page(request, milestone, _("Record a submission"), form, lede % {"vendor": milestone.contract.vendor})


@require_POST
@acts_on(Submission, *BOTH)
def withdraw(request: UserRequest, submission: Submission) -> HttpResponse:
    """Take back what was handed in."""
    handing_in.withdraw(submission, by=request.acting, at=clock.now())
    return redirect(to(submission.milestone))


# ---- Judging -------------------------------------------------------------------------------------------------------
@require_POST
@acts_on(Submission, *RUN)
def judge(request: UserRequest, submission: Submission) -> HttpResponse:
    """Accept what was handed in, or send it back: the button says which."""
    form = ReviewForm(request.POST, submission=submission, points=submission.points.all())
    verdict = request.POST.get("verdict")
    sends_back = verdict == "back"
    if form.is_valid() and verdict not in ("accept", "back"):
        form.add_error(None, _("Choose: accept it, or send it back."))

    def act() -> None:
        judge = judging.send_back if sends_back else judging.accept
        judge(submission, form.verdict(), seen=form.cleaned_data["seen"], by=request.acting, at=clock.now())

    if not form.is_valid() or not tried(form, act):
        return page(request, submission.milestone, form)
    messages.success(request, _("Sent back.") if sends_back else _("Accepted."))
    return redirect(to(submission.milestone))


@form_methods
@acts_on(Submission, *WORK)
def reply(request: UserRequest, submission: Submission) -> HttpResponse:
    """Answer a verdict as the vendor, once."""

    def act(text: str) -> None:
        judging.reply(submission, text, by=request.acting, at=clock.now())

    return asks_why(request, submission.milestone, _("Answer the verdict"), act, label=_("Your answer"))


@form_methods
@acts_on(Milestone, *RUN)
def reopen(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Take an acceptance back."""

    def act(reason: str) -> None:
        judging.reopen(milestone, reason=reason, by=request.acting, at=clock.now())

    return asks_why(request, milestone, _("Open it again"), act, warns=True)


@form_methods
@acts_on(Milestone, *RUN)
def cancel(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """No longer want it."""

    def act(reason: str) -> None:
        judging.cancel(milestone, reason=reason, by=request.acting, at=clock.now())

    return asks_why(request, milestone, _("Cancel the milestone"), act, warns=True)


@form_methods
@acts_on(Milestone, *RUN)
def block(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Say that the vendor has to wait for us."""

    def act(reason: str) -> None:
        judging.block(milestone, reason=reason, by=request.acting, at=clock.now())

    lede = _("The vendor's clock stands still until you say that it can go on.")
    return asks_why(request, milestone, _("They wait for us"), act, lede, label=_("What they wait for"))


@require_POST
@acts_on(Milestone, *RUN)
def unblock(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Say that the vendor can go on."""
    judging.unblock(milestone, by=request.acting, at=clock.now())
    return redirect(to(milestone))


@form_methods
@acts_on(Milestone, *RUN)
def pay(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Mark an accepted milestone paid."""
    form = PaidForm(request.POST or None, today=clock.today(request.acting.zone))

    def act() -> None:
        judging.mark_paid(milestone, form.cleaned_data["on"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return redirect(to(milestone))
    return form_page(request, milestone, _("Mark it paid"), form)


@require_POST
@acts_on(Milestone, *RUN)
def unpay(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Take back that it was paid."""
    judging.mark_paid(milestone, None, by=request.acting, at=clock.now())
    return redirect(to(milestone))


# ---- Dates ---------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Milestone, *BOTH)
def move(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Ask for another date; a merchant's later one holds at once."""
    is_merchant = request.acting.organisation.is_merchant
    save = _("Move it") if is_merchant else _("Ask for it")
    form = DateForm(request.POST or None, acting=request.acting, save=save)
    changes: list[DateChange] = []

    def act() -> None:
        changes.append(moving.propose(milestone, form.wanted, by=request.acting, at=clock.now()))

    if request.method == "POST" and form.is_valid() and tried(form, act):
        is_asked = changes[0].state == DateChange.State.PROPOSED
        words = _("The other side is asked.") if is_asked else _("Moved.")
        messages.success(request, words)
        warn_of_closed_days(request, milestone.contract, form.wanted.due)
        if is_asked and not is_merchant:
            warn_of_a_far_promise(request, milestone, form.wanted.due)
        return redirect(to(milestone))
    lede = _("%(merchant)s decides; the date stays until then.") % {"merchant": milestone.contract.merchant}
    if is_merchant:
        lede = _("Later holds at once, earlier once %(vendor)s agrees.") % {"vendor": milestone.contract.vendor}
    return form_page(request, milestone, _("Another date"), form, lede)


@form_methods
@acts_on(Milestone, *RUN)
def record_date(request: UserRequest, milestone: Milestone) -> HttpResponse:
    """Record for the vendor another date that it asked for elsewhere; it is decided like any other."""
    form = RecordDateForm(request.POST or None, acting=request.acting, contract=milestone.contract, now=clock.now(),
                          save=_("Record it"))  # fmt: skip

    def act() -> None:
        moving.propose(milestone, form.wanted, by=request.acting, at=clock.now(), receipt=form.receipt)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        warn_of_closed_days(request, milestone.contract, form.wanted.due)
        return redirect(to(milestone))
    lede = _("What %(vendor)s asked for by phone, mail or in person. You decide it afterwards.")
    return form_page(request, milestone, _("Record another date"), form, lede % {"vendor": milestone.contract.vendor})


@require_POST
@acts_on(DateChange, *BOTH)
def agree(request: UserRequest, change: DateChange) -> HttpResponse:
    """Agree to the date that the other side asks for."""
    moving.agree(change, by=request.acting, at=clock.now())
    return redirect(to(change.milestone))


@form_methods
@acts_on(DateChange, *BOTH)
def refuse(request: UserRequest, change: DateChange) -> HttpResponse:
    """Not agree, with a reason."""

    def act(reason: str) -> None:
        moving.refuse(change, answer=reason, by=request.acting, at=clock.now())

    return asks_why(request, change.milestone, _("Say no to the date"), act)


@require_POST
@acts_on(DateChange, *BOTH)
def take_back(request: UserRequest, change: DateChange) -> HttpResponse:
    """No longer ask for a date."""
    moving.take_back(change, by=request.acting, at=clock.now())
    return redirect(to(change.milestone))
