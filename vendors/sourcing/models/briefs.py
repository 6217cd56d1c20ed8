"""What a merchant wants from a vendor: the brief, its must-haves, criteria and questions, and who scores them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField

from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable
from vendors.sourcing.roles import READERS

#: Scores are 0 to 5, whole (DESIGN 5).
STEPS = range(6)
#: The heaviest that a criterion may be; only shares count, so more would say nothing more.
HEAVIEST = 1_000


class Task(models.TextChoices):
    """What is handed over: the eleven tasks of DESIGN 5, and anything else."""

    FULFILMENT = "fulfilment", _("Picking and packing orders")
    BOOKKEEPING = "bookkeeping", _("Bookkeeping")
    WEBSITE = "website", _("Website design and maintenance")
    SOCIAL = "social", _("Social media postings")
    MARKETING = "marketing", _("Marketing materials")
    NEWSLETTERS = "newsletters", _("Email newsletters")
    SUPPORT = "support", _("Customer support")
    ADMIN = "admin", _("Data entry and general administration")
    TECHNICAL = "technical", _("Technical support")
    ORDERING = "ordering", _("Ordering stock from suppliers")
    PAYING = "paying", _("Paying suppliers and employees")
    OTHER = "other", _("Something else")


class BriefState(models.TextChoices):
    """Where a brief stands (reference/vendors.md M8): draft, open, closed, evaluating, decided; cancelled from any
    before decided. What was decided, awarded or none suitable, is the Decision's."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open for answers")
    CLOSED = "closed", _("Closed for answers")
    EVALUATING = "evaluating", _("Being compared")
    DECIDED = "decided", _("Decided")
    CANCELLED = "cancelled", _("Cancelled")


#: Nothing more comes of these, unless a decision is opened again.
OVER = (BriefState.DECIDED, BriefState.CANCELLED)


def state_at(state: str, deadline_at: datetime | None, at: datetime) -> str:
    """Where a brief stands at `at`: an open one past its deadline is closed, whether or not a worker has said so."""
    is_closed = state == BriefState.OPEN and deadline_at is not None and at >= deadline_at
    return BriefState.CLOSED if is_closed else str(state)


class BriefQuerySet(models.QuerySet["Brief"]):
    def visible_to(self, acting: Membership) -> Self:
        """A merchant's own; whoever is of operations alone sees those that they score. Vendors see none of it here:
        what they may read hangs on their candidate."""
        rows = self.select_related("merchant")
        if not acting.organisation.is_merchant:
            return rows.none()
        rows = rows.filter(merchant=acting.organisation_id)
        if acting.has_role(*READERS):
            return rows
        scoring = Evaluator.objects.filter(brief=OuterRef("pk"), member=acting, removed_at=None)
        return rows.filter(Exists(scoring))

    def unfinished(self) -> Self:
        return self.exclude(state__in=OVER)

    def past_deadline(self, at: datetime) -> Self:
        """Open ones that have to be closed by now."""
        return self.filter(state=BriefState.OPEN, deadline_at__lte=at)


@pghistory.track(exclude=["version"])
class Brief(Unguessable):
    """What is wanted from a vendor, and where choosing one stands.

    `deadline_at` and `questions_until` are instants, entered as wall times in `time_zone`. A private brief
    (`is_private`) is shown to no vendor: what they would answer is recorded. A sealed one's answers are unreadable to
    the merchant until the deadline has passed and the chair has opened them, at `opened_at`; of one that is not sealed
    that is when comparing began. Money is in `currency`, a month where nothing else is said; a foreign price keeps its
    own beside a rate. `number` counts the texts that vendors read (BriefVersion), `version` every change, so that
    whoever acts on an old page is told.
    """

    State = BriefState

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    task = models.CharField(_("what is handed over"), max_length=12, choices=Task, default=Task.OTHER)
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("in one sentence"), max_length=300, blank=True)
    scope = models.TextField(_("what the vendor is to do"), max_length=20_000, blank=True)
    state = models.CharField(max_length=10, choices=BriefState, default=BriefState.DRAFT)
    number = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    is_private = models.BooleanField(_("for us alone"), default=False)
    is_sealed = models.BooleanField(_("sealed until the deadline"), default=False)
    time_zone = TimeZoneField(_("time zone"), default="UTC")
    deadline_at = models.DateTimeField(_("answers until"), null=True, blank=True)
    questions_until = models.DateTimeField(_("questions until"), null=True, blank=True)
    decide_by = models.DateField(_("decision by"), null=True, blank=True)
    starts_on = models.DateField(_("work starts"), null=True, blank=True)

    currency = models.CharField(_("currency"), max_length=3, default="GBP")
    budget = models.DecimalField(
        _("budget a month"), max_digits=12, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    budget_is_shown = models.BooleanField(_("vendors see the budget"), default=False)
    orders_base = models.PositiveIntegerField(_("orders a month"), null=True, blank=True)
    orders_low = models.PositiveIntegerField(_("in a quiet month"), null=True, blank=True)
    orders_peak = models.PositiveIntegerField(_("in a busy month"), null=True, blank=True)
    volumes = models.JSONField(default=dict, blank=True)

    cloned_from = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(_("why"), max_length=2000, blank=True)

    objects: ClassVar[BriefQuerySet] = BriefQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BriefState.values), name="brief_state_known"),
            models.CheckConstraint(condition=~Q(title=""), name="brief_title_not_empty"),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0),
                name="brief_budget_not_negative",
                violation_error_message=_("An amount cannot be negative."),
            ),
            models.CheckConstraint(
                condition=(Q(orders_low=None) | Q(orders_base=None) | Q(orders_low__lte=F("orders_base")))
                & (Q(orders_peak=None) | Q(orders_base=None) | Q(orders_peak__gte=F("orders_base"))),
                name="brief_orders_from_low_to_peak",
                violation_error_message=_("A quiet month has no more orders than a usual one, a busy one no fewer."),
            ),
            models.CheckConstraint(
                condition=Q(questions_until=None) | Q(deadline_at=None) | Q(questions_until__lte=F("deadline_at")),
                name="brief_questions_end_before_answers",
                violation_error_message=_("Questions end no later than answers."),
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(deadline_at__isnull=False, published_at__isnull=False, is_private=False),
                name="brief_open_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(is_sealed=True) | Q(is_private=False),
                name="brief_private_is_not_sealed",
                violation_error_message=_("Nobody answers a brief for us alone: there is nothing to seal."),
            ),
            models.CheckConstraint(
                condition=Q(is_sealed=False) | Q(opened_at=None) | Q(opened_at__gte=F("deadline_at")),
                name="brief_sealed_until_its_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False) & ~Q(cancel_reason=""),
                name="brief_cancelled_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_at__isnull=False), name="brief_decided_says_when"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="brief_seal_chosen_before_inviting",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False)
                & (
                    pgtrigger.Q(old__is_sealed__df=pgtrigger.F("new__is_sealed"))
                    | pgtrigger.Q(old__is_private__df=pgtrigger.F("new__is_private"))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "state", "deadline_at"], name="brief_of_merchant"),
            models.Index(fields=["deadline_at"], condition=Q(state="open"), name="brief_to_close"),
            models.Index(
                fields=["created_by", "deadline_at", "id"],
                condition=Q(state__in=["open", "closed", "evaluating"]),
                name="brief_of_author",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(str(self.time_zone))

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def is_dark(self) -> bool:
        """Whether its answers are sealed and not opened, for the first time or again."""
        return self.is_sealed and self.opened_at is None

    def state_at(self, at: datetime) -> str:
        """Where it stands at `at`; see the function of that name."""
        return state_at(self.state, self.deadline_at, at)

    def is_chaired_by(self, member: Membership) -> bool:
        """Whether somebody decides here: who created the brief, or an owner (DESIGN 3). No query."""
        if member.organisation_id != self.merchant_id:
            return False
        return (member.pk == self.created_by_id and member.has_role(Role.BUYER)) or member.has_role(Role.OWNER)


class OfBriefQuerySet(models.QuerySet[Any]):
    """Rows that hang on a brief by `brief`."""

    def visible_to(self, acting: Membership) -> Self:
        """Those of briefs that one sees; none for vendors."""
        return self.filter(brief__in=Brief.objects.visible_to(acting).values("pk")).select_related("brief__merchant")

    def current(self) -> Self:
        """Not taken out."""
        return self.filter(removed_at=None)


class OfBrief(Unguessable):
    """A part of a brief's text, in its order; what was taken out after publishing keeps its row and what hangs on
    it."""

    position = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OfBriefQuerySet] = OfBriefQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        ordering = ("position", "pk")


@pghistory.track()
class Gate(OfBrief):
    """A must-have: a vendor who fails one is not ranked (M13). Vendors answer yes or no, with words."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="gates")
    text = models.CharField(_("must-have"), max_length=200)
    about = models.CharField(_("how it is shown"), max_length=500, blank=True)

    class Meta(OfBrief.Meta):
        abstract = False
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="gate_not_empty")]

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class Criterion(OfBrief):
    """What vendors are compared by (M14). Its share is its weight among all; weight 0 is shown and not counted.

    `source` says where its points are from: people, the quoted price (M20), or the log of what happened here. A
    measured one's points are read off its steps' bounds; a price's off `target` (5 points, or the cheapest's where
    `price_is_relative`) and `walk_away` (0 points), a month or an order by `price_basis`, in the brief's currency.
    """

    class Source(models.TextChoices):
        PEOPLE = "people", _("Scored by people")
        PRICE = "price", _("From the price")
        REPLIES = "replies", _("Measured: time to reply")
        ON_TIME = "on_time", _("Measured: milestones on time")
        REFERENCES = "references", _("Measured: verified references")

    class Basis(models.TextChoices):
        MONTH = "month", _("A month")
        ORDER = "order", _("An order")

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="criteria")
    name = models.CharField(_("criterion"), max_length=120)
    about = models.CharField(_("what is looked at"), max_length=500, blank=True)
    weight = models.DecimalField(
        _("weight"), max_digits=4, decimal_places=0, default=Decimal(10),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(HEAVIEST))],
    )  # fmt: skip
    source = models.CharField(_("points from"), max_length=10, choices=Source, default=Source.PEOPLE)
    minimum = models.PositiveSmallIntegerField(_("at least"), null=True, blank=True)
    needs_reason = models.BooleanField(_("a reason is needed"), default=False)
    needs_evidence = models.BooleanField(_("evidence is needed"), default=False)
    price_basis = models.CharField(_("price"), max_length=5, choices=Basis, blank=True)
    price_is_relative = models.BooleanField(_("against the cheapest"), default=False)
    target = models.DecimalField(_("5 points at"), max_digits=12, decimal_places=2, null=True, blank=True)
    walk_away = models.DecimalField(_("0 points from"), max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta(OfBrief.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="criterion_name_not_empty"),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=HEAVIEST),
                name="criterion_weight_from_0_to_1000",
                violation_error_message=_("A weight is a whole number from 0 to 1,000."),
            ),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(minimum__lte=5), name="criterion_minimum_on_the_scale"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["people", "price", "replies", "on_time", "references"]),
                name="criterion_source_is_known",
            ),
            models.CheckConstraint(
                condition=Q(source="price") & ~Q(price_basis="") | ~Q(source="price") & Q(price_basis=""),
                name="criterion_price_says_of_what",
                violation_error_message=_("Say whether the price of a month or of an order is compared."),
            ),
            models.CheckConstraint(
                condition=Q(target=None) | Q(walk_away=None) | Q(target__gte=0, target__lt=F("walk_away")),
                name="criterion_target_below_walk_away",
                violation_error_message=_("The price for 5 points is below the one for 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lacks_yardstick(self) -> bool:
        """Whether a price gets points from this, and nobody has said which gets 5 and which 0."""
        anchored = self.source == self.Source.PRICE and not self.price_is_relative
        return anchored and (self.target is None or self.walk_away is None)


#: What the log says, not a person and not the price.
MEASURED = (Criterion.Source.REPLIES, Criterion.Source.ON_TIME, Criterion.Source.REFERENCES)


class CriterionStep(models.Model):
    """What a score of 0 to 5 means. `bound` is a measured criterion's: the figure from which on (or, for a time to
    reply in working hours, up to which) it is given."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="steps")
    step = models.PositiveSmallIntegerField()
    text = models.CharField(_("what it means"), max_length=300, blank=True)
    bound = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ("criterion", "step")
        constraints = [
            models.UniqueConstraint(fields=["criterion", "step"], name="criterion_step_unique"),
            models.CheckConstraint(condition=Q(step__lte=5), name="criterion_step_from_0_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.text}"


@pghistory.track()
class Question(OfBrief):
    """Something vendors are asked besides the must-haves."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="questions")
    text = models.CharField(_("question"), max_length=500)
    is_required = models.BooleanField(_("must be answered"), default=False)

    class Meta(OfBrief.Meta):
        abstract = False
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="brief_question_not_empty")]

    def __str__(self) -> str:
        return self.text


class BriefFile(OfBrief):
    """A file beside the brief, for everybody who is invited."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="files")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("what it is"), max_length=120, blank=True)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta(OfBrief.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.title or self.file.name


class BriefVersion(models.Model):
    """A brief's text as vendors read it from `at` on, kept for good.

    `content` is everything shown to them, by field; `changes` says what became another since the version before, as
    sentences; `note` is the merchant's own word about why.
    """

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    changes = models.JSONField(default=list, blank=True)
    note = models.CharField(_("why"), max_length=500, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("brief", "number")
        constraints = [models.UniqueConstraint(fields=["brief", "number"], name="brief_version_unique")]
        triggers = [pgtrigger.Protect(name="brief_version_kept_as_read", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.brief} {self.number}"


class EvaluatorQuerySet(models.QuerySet["Evaluator"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of briefs that one sees."""
        seen = Brief.objects.visible_to(acting).values("pk")
        return self.filter(brief__in=seen).select_related("brief__merchant", "member")

    def current(self) -> Self:
        """Named and not taken out."""
        return self.filter(removed_at=None)

    def counted(self) -> Self:
        """Whose scores count: neither taken out nor recused (M16)."""
        return self.filter(removed_at=None, recused_at=None)

    def outstanding(self) -> Self:
        """Who has still to submit."""
        return self.counted().filter(submitted_at=None)


class Evaluator(Unguessable):
    """Somebody of the merchant's who scores a brief, and which criteria (Assignment).

    They say first whether they have a conflict (`stated_at`, `conflict`: empty where none), are blind to the others
    until `submitted_at`, and locked from then on. Opening their scores again empties it and is logged. Recused or taken
    out: their scores are kept and not counted.
    """

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="evaluators")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    stated_at = models.DateTimeField(null=True, blank=True)
    conflict = models.TextField(_("what ties you to one of them"), max_length=2000, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    recused_at = models.DateTimeField(null=True, blank=True)
    recused_reason = models.CharField(_("why"), max_length=500, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EvaluatorQuerySet] = EvaluatorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "member"], name="evaluator_unique"),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(stated_at__isnull=False), name="evaluator_states_conflicts_first"
            ),
        ]
        indexes = [models.Index(fields=["member"], condition=Q(removed_at=None), name="evaluator_of_member")]

    def __str__(self) -> str:
        return f"{self.member.label} on {self.brief}"


class Assignment(models.Model):
    """That an evaluator scores a criterion."""

    evaluator = models.ForeignKey(Evaluator, on_delete=models.CASCADE, related_name="assignments")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="assignments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evaluator", "criterion"], name="assignment_unique")]

    def __str__(self) -> str:
        return f"{self.evaluator}: {self.criterion}"


class LogQuerySet(models.QuerySet["LogLine"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of briefs that one sees."""
        return self.filter(brief__in=Brief.objects.visible_to(acting).values("pk"))


class LogLine(models.Model):
    """One thing that happened to a brief, for the merchant's side; kept for good.

    `kind` names the sentence (vendors/sourcing/log.py), `details` fills it in.
    """

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="log")
    candidate = models.ForeignKey(
        "sourcing.Candidate", on_delete=models.PROTECT, related_name="log", null=True, blank=True
    )
    kind = models.CharField(max_length=30)
    details = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField()

    objects: ClassVar[LogQuerySet] = LogQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["brief", "-at"], name="log_of_brief")]
        triggers = [pgtrigger.Protect(name="log_kept_for_good", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
