"""What a vendor does with a milestone, or a merchant records for it: start, report, hand in, take back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import mails
from milestones.errors import BadDate, NothingPlanned, NotYours
from milestones.health import looking
from milestones.history import tell
from milestones.holding import calendar, held, move, see_that_it_is
from milestones.models import (
    WITH_VENDOR,
    DateChange,
    Hold,
    Milestone,
    Point,
    Proof,
    State,
    Step,
    Submission,
)
from milestones.work.lateness import lateness
from outsourcing.accounts.models import Membership
from outsourcing.conversations.posting import Receipt
from outsourcing.files import storage
from outsourcing.files.kinds import DOCUMENTS

#: Under these, work on milestones goes on; at close-out what is open may still come.
WORKING = (State.ACTIVE, State.CLOSE_OUT)


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What is handed in: words, files, and how each criterion is met, by the criteria's keys."""

    text: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)
    uploads: Sequence[UploadedFile] = ()


@transaction.atomic
def start(milestone: Milestone, *, by: Membership, at: datetime) -> Milestone:
    """Work on it begins; a merchant may say so for the vendor. Raises NotInThisState, Overtaken."""
    milestone = held(milestone)
    see_that_it_is(milestone.contract, *WORKING)
    move(milestone, origin=[Step.PLANNED], to=Step.IN_PROGRESS)
    tell(milestone.contract, "started", by=by, at=at, milestone=milestone)
    looking.look([milestone.contract_id], at=at, active=_is_vendors(milestone, by))
    return milestone


@transaction.atomic
def report(
    milestone: Milestone, *, progress: int | None, forecast: date | None, by: Membership, at: datetime
) -> Milestone:
    """Say how far it is, and when it is expected; the first report starts it. Raises NotInThisState, Overtaken,
    NothingPlanned, BadDate."""
    milestone = held(milestone)
    see_that_it_is(milestone.contract, *WORKING)
    if progress is None and forecast is None:
        raise NothingPlanned(_("Say how far it is, or when you expect it."))
    if forecast is not None and forecast < milestone.contract.today(at):
        raise BadDate(_("What is expected lies ahead: choose a day from today on."))
    to = Step.IN_PROGRESS if milestone.state == Step.PLANNED else Step(milestone.state)
    if to == Step.IN_PROGRESS and milestone.state == Step.PLANNED:
        tell(milestone.contract, "started", by=by, at=at, milestone=milestone)
    move(milestone, origin=WITH_VENDOR, to=to)
    if progress is not None:
        milestone.progress, milestone.progress_at = progress, at
        tell(milestone.contract, "progress", by=by, at=at, milestone=milestone, progress=progress)
    if forecast is not None:
        milestone.forecast_due = forecast
        tell(milestone.contract, "forecast", by=by, at=at, milestone=milestone, forecast=forecast)
    milestone.save(update_fields=["progress", "progress_at", "forecast_due"])
    looking.look([milestone.contract_id], at=at, active=_is_vendors(milestone, by))
    return milestone


@transaction.atomic
def submit(
    milestone: Milestone,
    handed: Handed,
    *,
    by: Membership,
    at: datetime,
    seen: int | None = None,
    receipt: Receipt | None = None,
) -> Submission:
    """Hand it in for judgement. With a `receipt` a merchant records what reached it elsewhere, as of then.

    Raises NothingPlanned without a file or words on each criterion, NotInThisState, Overtaken, BadDate for a receipt
    that is still to come, Refused for a file.
    """
    milestone = held(milestone)
    contract = milestone.contract
    see_that_it_is(contract, *WORKING)
    _see_who_hands_in(milestone, by, receipt)
    criteria = list(milestone.criteria.all())
    _see_that_it_says_enough(handed, [one.pk for one in criteria])
    came_at = receipt.received_at if receipt else at
    if came_at > at:
        raise BadDate(_("That is still to come: say when it reached you."))
    merchant = calendar(contract.merchant, at)
    review_due = merchant.add_business_days(came_at.astimezone(merchant.zone).date(), contract.review_days)
    late, held_up = lateness(milestone, came_at)
    fields = {"submitted_at": came_at, "review_due": review_due, "blocked_since": None}
    move(milestone, origin=WITH_VENDOR, to=Step.SUBMITTED, seen=seen, **fields)
    Hold.objects.filter(milestone=milestone, ended_at=None).update(ended_at=at)
    last = milestone.submissions.aggregate(last=Max("number"))["last"] or 0
    made = Submission(
        milestone=milestone, number=last + 1, text=handed.text, by=receipt.author if receipt else by,
        submitted_at=came_at, due_on=milestone.current_due, review_due=review_due,
        late_days=late, held_days=held_up,
    )  # fmt: skip
    if receipt:
        made.channel, made.received_at, made.recorded_by = receipt.channel, receipt.received_at, by
    made.save(force_insert=True)
    Point.objects.bulk_create(
        Point(
            submission=made, criterion=one, position=one.position, text=one.text,
            answer=handed.answers.get(one.pk, "").strip(),
        )
        for one in criteria
    )  # fmt: skip
    files = [
        storage.keep(upload, by=by, organisation=by.organisation, at=at, kinds=DOCUMENTS) for upload in handed.uploads
    ]
    Proof.objects.bulk_create(Proof(submission=made, file=file) for file in files)
    _tell_of(made, milestone, by=by, at=at, receipt=receipt)
    looking.look([contract.pk], at=at, active=True)
    return made


@transaction.atomic
def withdraw(submission: Submission, *, by: Membership, at: datetime) -> Milestone:
    """Take back what was handed in, before it is decided. Raises NotYours, Overtaken."""
    milestone = held(submission.milestone)
    is_recorder = submission.recorded_by_id is not None and by.organisation_id == milestone.contract.merchant_id
    if not (_is_vendors(milestone, by) or is_recorder):
        raise NotYours(_("The vendor takes it back."))
    fields = {"submitted_at": None, "review_due": None}
    move(milestone, origin=[Step.SUBMITTED], to=Step.IN_PROGRESS, **fields)
    Submission.objects.open().filter(milestone=milestone).update(
        decision=Submission.Decision.WITHDRAWN, decided_at=at, decided_by=by
    )
    tell(milestone.contract, "withdrawn", by=by, at=at, milestone=milestone)
    looking.look([milestone.contract_id], at=at)
    return milestone


# ---- Their parts ---------------------------------------------------------------------------------------------------
def _is_vendors(milestone: Milestone, by: Membership) -> bool:
    return by.organisation_id == milestone.contract.vendor_id


def _see_who_hands_in(milestone: Milestone, by: Membership, receipt: Receipt | None) -> None:
    """Raises NotYours: a vendor hands in, a merchant records."""
    if (receipt is None) is not _is_vendors(milestone, by):
        raise NotYours(_("The vendor hands it in; what reached you elsewhere, you record."))
    if receipt and receipt.author and receipt.author.organisation_id != milestone.contract.vendor_id:
        raise NotYours(_("Choose somebody of the vendor, or nobody."))


def _see_that_it_says_enough(handed: Handed, criteria: Sequence[int]) -> None:
    """Raises NothingPlanned without a file, and without words where there are criteria on each."""
    if handed.uploads:
        return
    if criteria and not all(handed.answers.get(pk, "").strip() for pk in criteria):
        raise NothingPlanned(_("Say for each point how it is met, or add a file that shows it."))
    if not criteria and not handed.text.strip():
        raise NothingPlanned(_("Say what is done, or add a file that shows it."))


def _tell_of(made: Submission, milestone: Milestone, *, by: Membership, at: datetime, receipt: Receipt | None) -> None:
    contract = milestone.contract
    DateChange.objects.open().filter(milestone=milestone).update(state=DateChange.State.OVERTAKEN, decided_at=at)
    if receipt:
        how = str(made.get_channel_display()).lower()
        tell(contract, "submission-recorded", by=by, at=at, milestone=milestone, how=how)
        return
    if made.late_days:
        tell(contract, "submitted-late", by=by, at=at, milestone=milestone, late=made.late_days)
    else:
        tell(contract, "submitted", by=by, at=at, milestone=milestone)
    mails.news(
        contract,
        mails.merchant_people(contract, milestone),
        title=_("Submitted: %(milestone)s") % {"milestone": milestone.title},
        words=_("%(person)s of %(vendor)s handed it in.") % {"person": by.label, "vendor": contract.vendor},
        quote=made.text,
        action=_("Review it"),
        path=reverse("milestones:milestone", args=[milestone.pk]),
        occurrence=f"submission:{made.pk}",
    )
