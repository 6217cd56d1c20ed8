"""Milestones: dated results with criteria, how they are handed in and judged, and how their dates have moved."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from milestones.models.contracts import Contract
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations.models.entries import Recorded
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable


class Step(models.TextChoices):
    """Where a milestone stands; who may move it is in reference/milestones.md 4.1."""

    PLANNED = "planned", _("Planned")
    IN_PROGRESS = "in_progress", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES_REQUESTED = "changes_requested", _("Sent back")
    ACCEPTED = "accepted", _("Accepted")
    CANCELLED = "cancelled", _("Cancelled")


#: The vendor is to act: the ball is in its court.
WITH_VENDOR = (Step.PLANNED, Step.IN_PROGRESS, Step.CHANGES_REQUESTED)
OPEN = (*WITH_VENDOR, Step.SUBMITTED)
DONE = (Step.ACCEPTED, Step.CANCELLED)


class Cause(models.TextChoices):
    """Whose the days are by which a date moved."""

    VENDOR = "vendor", _("The vendor")
    MERCHANT = "merchant", _("The merchant")
    AGREED = "agreed", _("Agreed by both")
    EXTERNAL = "external", _("Somebody else")


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of contracts that one sees."""
        rows = self.select_related("contract__merchant", "contract__vendor")
        if acting.organisation.is_merchant:
            return rows.filter(contract__merchant=acting.organisation_id)
        return rows.filter(contract__vendor=acting.organisation_id).exclude(contract__state=Contract.State.DRAFT)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def with_vendor(self) -> Self:
        """Those that the vendor is to move."""
        return self.filter(state__in=WITH_VENDOR)

    def submitted(self) -> Self:
        """Those that the merchant is to judge."""
        return self.filter(state=Step.SUBMITTED)

    def overdue(self, today: date) -> Self:
        """Those that the vendor owes since a day before `today`, a date in their contracts' zone, and is not held up
        with. One zone at a time: pages that mix zones ask for each."""
        return self.with_vendor().filter(current_due__lt=today, blocked_since=None)


@pghistory.track(exclude=["version", "merchant"])
class Milestone(Unguessable):
    """A dated result in a contract.

    `current_due` is the date in force, in the contract's zone; `baseline_due` what it was when the contract began, and
    never changes after; `forecast_due` is the vendor's own word. `review_due` is a date in the merchant's zone. While
    `blocked_since` is set the merchant holds the vendor up, and its clock stands still.

    `merchant` is the contract's, set by the database alone: by it a home page finds what is due among thousands.
    """

    Step = Step

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="milestones")
    merchant = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("what is to be done"), max_length=10_000, blank=True)
    state = models.CharField(max_length=17, choices=Step, default=Step.PLANNED)
    version = models.PositiveIntegerField(default=1)

    starts_on = models.DateField(_("starts"), null=True, blank=True)
    baseline_due = models.DateField(null=True, blank=True)
    current_due = models.DateField(_("due"))
    forecast_due = models.DateField(_("the vendor expects"), null=True, blank=True)
    progress = models.PositiveSmallIntegerField(_("per cent done"), default=0, validators=[MaxValueValidator(100)])
    progress_at = models.DateTimeField(null=True, blank=True)

    responsible = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("judges it")
    )
    vendor_responsible = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("does it")
    )
    after: "models.ManyToManyField[Milestone, Dependency]" = models.ManyToManyField(
        "self", through="Dependency", symmetrical=False, related_name="before", verbose_name=_("waits for")
    )

    submitted_at = models.DateTimeField(null=True, blank=True)
    review_due = models.DateField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by_silence = models.BooleanField(default=False)
    rework_round = models.PositiveSmallIntegerField(default=0)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    blocked_since = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("why"), max_length=1000, blank=True)

    amount = models.DecimalField(
        _("pays"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[MilestoneQuerySet] = MilestoneQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("contract", "position", "current_due", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=Step.values), name="milestone_state_known"),
            models.CheckConstraint(condition=~Q(title=""), name="milestone_title_not_empty"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(current_due__gte=F("starts_on")),
                name="milestone_due_after_it_starts",
                violation_error_message=_("It is due before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100),
                name="milestone_progress_to_100",
                violation_error_message=_("Progress goes from 0 to 100 per cent."),
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="milestone_amount_not_negative",
                violation_error_message=_("An amount cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False, review_due__isnull=False)
                | ~Q(state="submitted") & Q(review_due=None),
                name="milestone_submitted_has_a_review_date",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_at__isnull=False) | ~Q(state="accepted") & Q(accepted_at=None),
                name="milestone_accepted_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False) & ~Q(cancel_reason="")
                | ~Q(state="cancelled") & Q(cancelled_at=None),
                name="milestone_cancelled_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(paid_on=None) | Q(state="accepted", amount__isnull=False),
                name="milestone_paid_was_accepted_and_pays",
                violation_error_message=_("Only an accepted milestone that pays something is paid."),
            ),
            models.CheckConstraint(
                condition=Q(blocked_since=None) | ~Q(state__in=DONE), name="milestone_done_is_not_blocked"
            ),
        ]
        indexes = [
            models.Index(fields=["contract", "position"], name="milestone_of_contract"),
            models.Index(fields=["contract", "current_due"], condition=Q(state__in=OPEN), name="milestone_open"),
            models.Index(
                fields=["contract"],
                condition=Q(state__in=["submitted", "changes_requested"]),
                name="milestone_in_review",
            ),
            models.Index(
                fields=["merchant", "current_due"], condition=Q(state__in=OPEN), name="milestone_open_of_merchant"
            ),
            models.Index(fields=["merchant", "review_due"], condition=Q(state="submitted"), name="milestone_to_judge"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="milestone_has_its_contracts_merchant",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    NEW.merchant_id := (SELECT merchant_id FROM milestones_contract WHERE id = NEW.contract_id);
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_with_vendor(self) -> bool:
        return self.state in WITH_VENDOR

    @property
    def is_blocked(self) -> bool:
        return self.blocked_since is not None


class Dependency(models.Model):
    """One milestone waits for another of the same contract; a circle is refused by whoever writes them."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="waits_for")
    needs = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="needed_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["milestone", "needs"], name="dependency_unique"),
            models.CheckConstraint(
                condition=~Q(milestone=F("needs")),
                name="dependency_on_another",
                violation_error_message=_("A milestone cannot wait for itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} waits for {self.needs}"


class Criterion(models.Model):
    """What must be true for a milestone to be accepted; met or not, at each review."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("must be true"), max_length=500)

    class Meta:
        ordering = ("milestone", "position", "pk")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="criterion_not_empty")]

    def __str__(self) -> str:
        return self.text


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of milestones that one sees."""
        return self.filter(milestone__in=Milestone.objects.visible_to(acting).values("pk"))

    def open(self) -> Self:
        """Waiting for a verdict."""
        return self.filter(decision="")

    def standing(self) -> Self:
        """By which a milestone counts as accepted: one a milestone, and none of one that was opened again."""
        accepted = Submission.Decision.ACCEPTED
        later = Submission.objects.filter(
            milestone=OuterRef("milestone"), decision=accepted, number__gt=OuterRef("number")
        )
        return self.filter(~Exists(later), decision=accepted, milestone__state=Step.ACCEPTED)

    def counted(self) -> Self:
        """Those that figures count: what stands as accepted, and each that was sent back."""
        keys = self.standing().values("pk")
        return self.filter(Q(pk__in=keys) | Q(decision=Submission.Decision.CHANGES))


class Submission(Unguessable, Recorded):
    """One round in which a milestone was handed in, and what was decided.

    `submitted_at` is when it reached the merchant, `due_on` the date in force then, and `late_days` the vendor's
    working days in between, without the `held_days` on which the merchant held it up: it was on time where there are
    none.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        CHANGES = "changes", _("Sent back")
        WITHDRAWN = "withdrawn", _("Taken back")
        CANCELLED = "cancelled", _("Cancelled")

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("what is handed in"), max_length=20_000, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    submitted_at = models.DateTimeField()
    due_on = models.DateField()
    review_due = models.DateField()
    late_days = models.PositiveSmallIntegerField(default=0)
    held_days = models.PositiveSmallIntegerField(default=0)

    decision = models.CharField(max_length=9, choices=Decision, blank=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(_("your words to the vendor"), max_length=5000, blank=True)
    quality = models.PositiveSmallIntegerField(_("quality"), null=True, blank=True)
    communication = models.PositiveSmallIntegerField(_("communication"), null=True, blank=True)
    reply = models.TextField(_("your answer"), max_length=5000, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects: ClassVar[SubmissionQuerySet] = SubmissionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Recorded.Meta):
        ordering = ("milestone", "number")
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint(fields=["milestone", "number"], name="submission_number_unique"),
            models.UniqueConstraint(fields=["milestone"], condition=Q(decision=""), name="submission_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(recorded_by__isnull=False), name="submission_of_somebody"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | ~Q(decision="") & Q(decided_at__isnull=False),
                name="submission_decided_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(decision="accepted") | Q(decided_by=None) | Q(by=None) | ~Q(decided_by=F("by")),
                name="submission_not_accepted_by_its_author",
            ),
            models.CheckConstraint(
                condition=(Q(quality=None) | Q(quality__gte=1, quality__lte=5))
                & (Q(communication=None) | Q(communication__gte=1, communication__lte=5)),
                name="submission_rated_from_1_to_5",
            ),
        ]
        triggers = [pgtrigger.Protect(name="submission_kept_for_good", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.milestone}, round {self.number}"


class Point(models.Model):
    """What one submission says on one criterion, as it read then, and whether the merchant found it met."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="points")
    criterion = models.ForeignKey(Criterion, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=500)
    answer = models.TextField(_("how it is met"), max_length=5000, blank=True)
    is_met = models.BooleanField(_("met"), null=True)
    reason = models.CharField(_("what is missing"), max_length=1000, blank=True)

    class Meta:
        ordering = ("submission", "position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(is_met=False) | ~Q(reason=""),
                name="point_not_met_says_why",
                violation_error_message=_("Say what is missing."),
            )
        ]

    def __str__(self) -> str:
        return self.text


class ProofQuerySet(models.QuerySet["Proof"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of milestones that one sees."""
        seen = Milestone.objects.visible_to(acting).values("pk")
        return self.filter(submission__milestone__in=seen).select_related("file", "submission")


class Proof(Unguessable):
    """A file that came with a submission."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="proofs")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[ProofQuerySet] = ProofQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("submission", "pk")

    def __str__(self) -> str:
        return self.file.name


class DateChangeQuerySet(models.QuerySet["DateChange"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of milestones that one sees."""
        seen = Milestone.objects.visible_to(acting).values("pk")
        return self.filter(milestone__in=seen).select_related("milestone__contract")

    def open(self) -> Self:
        """Waiting for a decision."""
        return self.filter(state=DateChange.State.PROPOSED)

    def decided(self) -> Self:
        """Those that moved a date."""
        return self.filter(state=DateChange.State.AGREED)


class DateChange(Unguessable, Recorded):
    """A milestone's date moves, or somebody asks that it may: from, to, why, whose days these are, and who decided.

    `decides` is the side that is asked. A date that follows from something else (work sent back, a suspension) is
    agreed at once and says so by `origin`. `days` are the vendor's working days by which it moved, negative where it
    came earlier, reckoned when it was agreed and kept; 0 before.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Asked")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Taken back")
        OVERTAKEN = "overtaken", _("Overtaken")

    class Origin(models.TextChoices):
        ASKED = "asked", _("Asked for")
        REWORK = "rework", _("Sent back")
        SUSPENSION = "suspension", _("The contract stood still")
        REOPENED = "reopened", _("Opened again")

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="date_changes")
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.ASKED)
    old_due = models.DateField()
    new_due = models.DateField(_("new date"))
    days = models.SmallIntegerField(default=0)
    reason = models.TextField(_("why"), max_length=2000)
    cause = models.CharField(_("whose delay it is"), max_length=8, choices=Cause)
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    proposed_at = models.DateTimeField()
    decides = models.CharField(max_length=8, choices=[("merchant", _("Merchant")), ("vendor", _("Vendor"))])
    decide_by = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("your answer"), max_length=1000, blank=True)

    objects: ClassVar[DateChangeQuerySet] = DateChangeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Recorded.Meta):
        ordering = ("milestone", "proposed_at", "pk")
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint(
                fields=["milestone"], condition=Q(state="proposed"), name="date_change_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="date_change_cause_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="date_change_says_why"),
            models.CheckConstraint(
                condition=~Q(old_due=F("new_due")),
                name="date_change_moves",
                violation_error_message=_("That is the date it has already."),
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None) | ~Q(state="proposed") & Q(decided_at__isnull=False),
                name="date_change_decided_says_when",
            ),
        ]
        triggers = [pgtrigger.Protect(name="date_change_kept_for_good", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.old_due} to {self.new_due}"


class Hold(models.Model):
    """From when to when the merchant held the vendor up with a milestone: the vendor's clock stands still."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="holds")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("what the vendor waits for"), max_length=1000)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("started_at",)
        constraints = [
            models.UniqueConstraint(fields=["milestone"], condition=Q(ended_at=None), name="hold_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="hold_starts_before_it_ends"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} since {self.started_at:%Y-%m-%d}"


class HistoryQuerySet(models.QuerySet["HistoryLine"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of contracts that one sees; what happened while it was a draft is the merchant's alone."""
        rows = self.filter(contract__in=Contract.objects.visible_to(acting).values("pk"))
        return rows if acting.organisation.is_merchant else rows.filter(is_ours=False)


class HistoryLine(models.Model):
    """One thing that happened to a contract or a milestone, as both sides read it; kept for good.

    `kind` names the sentence (milestones/history.py), `details` fills it in. `is_ours`: for the merchant's side alone.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="history")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="history", null=True, blank=True)
    kind = models.CharField(max_length=30)
    details = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField()
    is_ours = models.BooleanField(default=False)

    objects: ClassVar[HistoryQuerySet] = HistoryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["contract", "-at"], name="history_of_contract")]
        triggers = [pgtrigger.Protect(name="history_kept_for_good", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, acting: Membership) -> Self:
        """A merchant's own."""
        return self.filter(merchant=acting.organisation_id)


class Plan(Unguessable):
    """A merchant's own template of milestones, taken from a contract; ours are in milestones/plans/builtin.py.

    Where `check_in_months` is not 0, a contract that it fills is looked at every so many months.
    """

    merchant = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    check_in_months = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects: ClassVar[PlanQuerySet] = PlanQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"],
                name="plan_name_unique",
                violation_error_message=_("You have a plan of this name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="plan_name_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class PlanStep(models.Model):
    """One milestone of a plan: its dates are working days after the start, what it waits for are positions."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    description = models.TextField(max_length=10_000, blank=True)
    criteria = ArrayField(models.CharField(max_length=500), default=list, blank=True)
    starts_after = models.PositiveSmallIntegerField()
    due_after = models.PositiveSmallIntegerField()
    waits_for = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)

    class Meta:
        ordering = ("plan", "position")
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="plan_step_position_unique"),
            models.CheckConstraint(condition=~Q(title=""), name="plan_step_title_not_empty"),
            models.CheckConstraint(condition=Q(due_after__gte=F("starts_after")), name="plan_step_due_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.title
