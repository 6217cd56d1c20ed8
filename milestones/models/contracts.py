"""What a merchant and a vendor have agreed: the contract, its texts as they were offered, and when it stood still."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

import pghistory
import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations.models import Thread
from outsourcing.conversations.models.entries import Recorded
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable


class State(models.TextChoices):
    """Where a contract stands; who may move it is in reference/milestones.md 4.1."""

    DRAFT = "draft", _("Draft")
    OFFERED = "offered", _("Offered")
    ACTIVE = "active", _("Running")
    SUSPENDED = "suspended", _("Suspended")
    CLOSE_OUT = "close_out", _("Closing")
    COMPLETED = "completed", _("Completed")
    TERMINATED = "terminated", _("Ended early")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Offer lapsed")


#: Work goes on under these, or will again.
RUNNING = (State.ACTIVE, State.SUSPENDED, State.CLOSE_OUT)
ENDED = (State.COMPLETED, State.TERMINATED, State.DECLINED, State.LAPSED)


class Health(models.TextChoices):
    """How a running contract is doing, by reference/milestones.md 4.4; the worst comes last."""

    DRAFT = "draft", _("Not running")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")
    UNMEASURED = "unmeasured", _("Nothing to measure")
    ON_TRACK = "on_track", _("On track")
    AT_RISK = "at_risk", _("At risk")
    OVERDUE = "overdue", _("Overdue")
    LANGUISHING = "languishing", _("Gone quiet")


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, acting: Membership) -> Self:
        """For a merchant its own; for a vendor those with it, from the offer on."""
        rows = self.select_related("merchant", "vendor")
        if acting.organisation.is_merchant:
            return rows.filter(merchant=acting.organisation_id)
        return rows.filter(vendor=acting.organisation_id).exclude(state=State.DRAFT)

    def running(self) -> Self:
        return self.filter(state__in=RUNNING)

    def ended(self) -> Self:
        return self.filter(state__in=ENDED)

    def with_override(self, at: datetime) -> Self:
        """Each with `override`: the level that somebody has set by hand and that holds at `at`, or None."""
        holding = Override.objects.filter(contract=OuterRef("pk"), ended_at=None, until__gt=at)
        return self.annotate(override=Subquery(holding.values("level")[:1]))

    def to_look_at(self, at: datetime) -> Self:
        """Those whose health may be another by now."""
        return self.filter(next_look_at__lte=at)


@pghistory.track(
    exclude=["health", "health_rank", "health_since", "health_reasons", "waiting_reasons", "clean_looks",
             "looked_on", "next_look_at", "last_vendor_act_at", "version"]
)  # fmt: skip
class Contract(Unguessable):
    """Work that a vendor does for a merchant, in words, money and dates.

    `value` is the whole price of a fixed contract, the price of a month, or the rate for one `rate_unit`. Dates are
    dates in `time_zone`. What the health columns hold is worked out in milestones/health; `version` counts every change
    of state, so that whoever acts on an old page is told.
    """

    class Pricing(models.TextChoices):
        FIXED = "fixed", _("A fixed price")
        MONTHLY = "monthly", _("A price a month")
        RATE = "rate", _("A rate")

    State = State

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    vendor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("vendor"))
    title = models.CharField(_("title"), max_length=160)
    reference = models.CharField(_("your reference"), max_length=40, blank=True)
    scope = models.TextField(_("what the vendor does"), max_length=20_000, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)

    pricing = models.CharField(_("price"), max_length=7, choices=Pricing, default=Pricing.FIXED)
    value = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    rate_unit = models.CharField(_("for one"), max_length=40, blank=True, help_text=_("Order, hour, pallet a week."))
    currency = models.CharField(_("currency"), max_length=3, default="GBP")

    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    renews_on = models.DateField(_("renews by itself on"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("notice in days"), null=True, blank=True)
    time_zone = TimeZoneField(_("time zone"), default="UTC")

    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("runs it for you"))
    backup = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("stands in")
    )
    vendor_owner = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name=_("runs it for them"),
    )  # fmt: skip
    vendor_backup = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name=_("stands in for them"),
    )  # fmt: skip

    review_days = models.PositiveSmallIntegerField(_("working days to review"), default=5)
    rework_days = models.PositiveSmallIntegerField(_("working days to put right"), default=5)
    silence_days = models.PositiveSmallIntegerField(_("working days of silence"), default=7)
    silence_accepts = models.BooleanField(_("14 days without a decision accept"), default=False)

    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(_("why it ended"), max_length=2000, blank=True)

    health = models.CharField(max_length=12, choices=Health, default=Health.DRAFT)
    health_rank = models.PositiveSmallIntegerField(default=0)
    health_since = models.DateTimeField(null=True, blank=True)
    health_reasons = models.JSONField(default=list, blank=True)
    waiting_reasons = models.JSONField(default=list, blank=True)
    clean_looks = models.PositiveSmallIntegerField(default=0)
    looked_on = models.DateField(null=True, blank=True)
    next_look_at = models.DateTimeField(null=True, blank=True)
    last_vendor_act_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ContractQuerySet] = ContractQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="contract_state_known"),
            models.CheckConstraint(condition=Q(health__in=Health.values), name="contract_health_known"),
            models.CheckConstraint(condition=~Q(title=""), name="contract_title_not_empty"),
            models.CheckConstraint(condition=~Q(merchant=F("vendor")), name="contract_between_two"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="contract_ends_after_it_starts",
                violation_error_message=_("The end is before the start."),
            ),
            models.CheckConstraint(
                condition=Q(renews_on=None) | Q(renews_on__gt=F("starts_on")),
                name="contract_renews_after_it_starts",
                violation_error_message=_("It renews after it has started."),
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0),
                name="contract_value_not_negative",
                violation_error_message=_("An amount cannot be negative."),
            ),
            models.CheckConstraint(
                condition=~Q(pricing="rate") | ~Q(rate_unit=""),
                name="contract_rate_has_a_unit",
                violation_error_message=_("Say what the rate is for: an order, an hour, a pallet a week."),
            ),
            models.CheckConstraint(
                condition=Q(silence_days__gte=5, silence_days__lte=15),
                name="contract_silence_from_5_to_15",
                violation_error_message=_("Silence is noticed after 5 to 15 working days."),
            ),
            models.CheckConstraint(
                condition=Q(review_days__gte=1, review_days__lte=60, rework_days__gte=1, rework_days__lte=60),
                name="contract_days_to_act_from_1_to_60",
                violation_error_message=_("Give at least one working day, and 60 at most."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "offered", "declined", "lapsed"], activated_at=None)
                | Q(state__in=["active", "suspended", "close_out", "completed", "terminated"])
                & Q(activated_at__isnull=False),
                name="contract_activated_once_it_runs",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | ~Q(state__in=ENDED) & Q(ended_at=None),
                name="contract_ended_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="terminated") | ~Q(end_reason=""), name="contract_ended_early_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-health_rank", "health_since"], name="contract_by_harm"),
            models.Index(fields=["vendor", "state"], name="contract_of_vendor"),
            models.Index(fields=["next_look_at"], condition=Q(next_look_at__isnull=False), name="contract_to_look_at"),
            models.Index(
                fields=["merchant"],
                include=["id", "state", "pricing", "value", "currency", "renews_on", "ends_on", "notice_days"],
                condition=Q(state__in=RUNNING),
                name="contract_running_of_merchant",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="contract_keeps_its_merchant",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__merchant__df=pgtrigger.F("new__merchant")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(str(self.time_zone))

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def notice_by(self) -> date | None:
        """The last day for notice before it renews or ends; None where there is nothing to give notice of."""
        ends = self.renews_on or self.ends_on
        return ends - timedelta(days=self.notice_days) if ends and self.notice_days is not None else None

    def other_than(self, organisation: int) -> Organisation:
        """The other party."""
        return self.vendor if organisation == self.merchant_id else self.merchant

    def today(self, at: datetime) -> date:
        """The date that it is at `at` in the contract's zone."""
        return at.astimezone(self.zone).date()


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of contracts that one sees."""
        seen = Contract.objects.visible_to(acting).values("pk")
        return self.filter(contract__in=seen).select_related("contract__merchant", "contract__vendor")

    def open(self) -> Self:
        return self.filter(state=Offer.State.OPEN)


class Offer(Unguessable, Recorded):
    """One text of a contract as it was put to the vendor: the first, or an amendment of the one in force.

    `text` is what both have read, `digest` its SHA-256 in hexadecimal; `changes` are the fields of the contract that an
    amendment sets, by name, as JSON. Accepted outside the portal it is recorded, with the signed file.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Lapsed")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="offers")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    changes = models.JSONField(default=dict, blank=True)
    offered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    expires_on = models.DateField(_("open until"), null=True, blank=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("why"), max_length=2000, blank=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects: ClassVar[OfferQuerySet] = OfferQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Recorded.Meta):
        ordering = ("contract", "number")
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint(fields=["contract", "number"], name="offer_number_unique"),
            models.UniqueConstraint(fields=["contract"], condition=Q(state="open"), name="offer_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="offer_decided_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(decided_by__isnull=False) | Q(recorded_by__isnull=False),
                name="offer_accepted_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="offer_kept_for_good", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="offer_kept_as_read",
                fields=["contract", "number", "text", "digest", "changes", "offered_by", "offered_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.number}"

    @property
    def is_amendment(self) -> bool:
        return self.number > 1 and bool(self.changes)


class Suspension(models.Model):
    """From when to when a contract stood still: every clock of its own is stopped meanwhile."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="suspensions")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("why"), max_length=2000)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("started_at",)
        constraints = [
            models.UniqueConstraint(fields=["contract"], condition=Q(ended_at=None), name="suspension_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="suspension_starts_before_it_ends"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="suspension_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.contract} from {self.started_at:%Y-%m-%d}"


class WishQuerySet(models.QuerySet["Wish"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those about contracts that one sees."""
        seen = Contract.objects.visible_to(acting).values("pk")
        return self.filter(contract__in=seen).select_related("contract__merchant", "contract__vendor")

    def open(self) -> Self:
        return self.filter(state=Wish.State.OPEN)


class Wish(Unguessable):
    """A vendor asks that a contract stand still or end; the merchant decides."""

    class Kind(models.TextChoices):
        SUSPEND = "suspend", _("Suspend it")
        END = "end", _("End it")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        GRANTED = "granted", _("Agreed")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="wishes")
    kind = models.CharField(_("what"), max_length=7, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    reason = models.TextField(_("why"), max_length=2000)
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("your answer"), max_length=2000, blank=True)

    objects: ClassVar[WishQuerySet] = WishQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-asked_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(state="open"),
                name="wish_one_at_a_time",
                violation_error_message=_("Something is asked already: wait for the answer."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="wish_says_why"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="wish_decided_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract}: {self.get_kind_display()}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of contracts that one sees."""
        return self.filter(contract__in=Contract.objects.visible_to(acting).values("pk")).select_related("file")


class Document(Unguessable):
    """A file of a contract: the signed text, a price list, a specification. Both sides read it."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="documents")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("what it is"), max_length=120, blank=True)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("added_at", "pk")

    def __str__(self) -> str:
        return self.title or self.file.name


class ContractThread(models.Model):
    """That a conversation is about a contract, or about one milestone of it."""

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="+", primary_key=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="threads")
    milestone = models.ForeignKey(
        "milestones.Milestone", on_delete=models.PROTECT, related_name="threads", null=True, blank=True
    )

    def __str__(self) -> str:
        return f"{self.thread} about {self.milestone or self.contract}"


class Override(models.Model):
    """A person's own word on a contract's health, beside what is worked out, for five working days at most."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="overrides")
    level = models.CharField(_("how it is doing"), max_length=12, choices=Health)
    reason = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["on_track", "at_risk", "overdue", "languishing"]), name="override_level_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_says_why"),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="override_ends_after_it_starts"),
            models.UniqueConstraint(fields=["contract"], condition=Q(ended_at=None), name="override_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.contract}: {self.get_level_display()}"
