"""People who know the merchant, what they were asked by a signed link, and what they said."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.notifications.models import Mail
from outsourcing.shared.holdings import ERASED
from outsourcing.shared.keys import Unguessable
from vendors.needs.models.tasks import Need
from vendors.needs.models.unsettled import HIDDEN_FROM, TRIGGERS


class Showing(models.TextChoices):
    """What stands beside an answer as long as fewer than three have answered; from three on it has no name."""

    NAMED = "named", _("With names until three have answered, without from then on")
    WITHHELD = "withheld", _("Not at all until three who are told so have answered, then without names")


class Heard(NamedTuple):
    """How many have scored one job: ever, whatever they took back since, and now, by what they were told of names."""

    ever: int
    named: int
    withheld: int

    @property
    def is_hidden(self) -> bool:
        """Taking something back brings no name to light."""
        return self.ever >= HIDDEN_FROM

    @property
    def readable(self) -> tuple[Showing, ...]:
        """What may be read: whatever has no name stands among three that became readable alike, or it would be known
        whose it is from what stood there before. `OpinionQuerySet.readable` and
        `COUNT_UNSETTLED` say the same."""
        if self.withheld >= HIDDEN_FROM:
            return (Showing.NAMED, Showing.WITHHELD)
        return () if self.is_hidden and self.named < HIDDEN_FROM else (Showing.NAMED,)


class Stance(models.TextChoices):
    AGREE = "agree", _("I agree")
    DISPUTE = "dispute", _("I see it otherwise")
    UNSURE = "unsure", _("I cannot say")


def new_secret() -> str:
    """190 bits."""
    return get_random_string(32)


class PeerQuerySet(models.QuerySet["Peer"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those whom the acting merchant has asked."""
        return self.filter(merchant=acting.organisation_id)


class Peer(Unguessable):
    """Somebody who knows the merchant's work; `relation` says from where. Erased, only the row is left."""

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    relation = models.CharField(_("from where they know you"), max_length=120, blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PeerQuerySet] = PeerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(F("merchant"), Lower("email"), name="peer_once_for_a_merchant"),
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="peer_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_erased(self) -> bool:
        """Whether they have been taken out."""
        return self.erased_at is not None or self.email.endswith(ERASED)

    @property
    def label(self) -> str:
        """The name, else the address, or that both were deleted."""
        if self.is_erased:
            return str(_("Somebody whose name was deleted"))
        return self.name or self.email


class AskQuerySet(models.QuerySet["Ask"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of the acting merchant."""
        return self.filter(peer__merchant=acting.organisation_id)

    def unanswered(self) -> Self:
        """Neither answered nor declined nor taken back, expired or not."""
        return self.filter(answered_at=None, declined_at=None, revoked_at=None)

    def open(self, at: datetime) -> Self:
        """Can still be answered."""
        return self.unanswered().filter(expires_at__gt=at)


class Ask(Unguessable):
    """One mail that asks one peer what they think of some needs; a newer one takes its place.

    `showing` is what the peer was told about names, and stays so. `draft` is what was typed and not sent.
    """

    LASTS: ClassVar[timedelta] = timedelta(days=30)

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="asks")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    message = models.TextField(_("message"), max_length=2000, blank=True)
    showing = models.CharField(max_length=8, choices=Showing, default=Showing.NAMED)
    secret = models.CharField(max_length=32, default=new_secret)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    draft: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AskQuerySet] = AskQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["peer"],
                condition=Q(answered_at=None, declined_at=None, revoked_at=None),
                name="ask_one_open_for_a_peer",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(declined_at=None), name="ask_not_answered_and_declined"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(answered_at__isnull=False), name="ask_withdrawn_was_answered"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(answered_at=None, declined_at=None, revoked_at=None),
                name="ask_unanswered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.peer.label}, {self.created_at:%Y-%m-%d}"


class Outcome(models.TextChoices):
    """How the merchant answers somebody who sees it otherwise."""

    ACCEPT = "accept", _("They are right")
    KEEP = "keep", _("We stay with ours")
    ASK_AGAIN = "ask_again", _("Ask again")


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def visible_to(self, acting: Membership) -> Self:
        """What was said to the acting merchant, counts, and may be read: see `readable`."""
        return self.current().filter(need__merchant=acting.organisation_id).readable()

    def readable(self) -> Self:
        """With a name, or among three that have none: see `Heard`."""
        now = _scores().current()
        rows = self.alias(ever=_people(_scores()), named=_people(now.filter(showing=Showing.NAMED)))
        rows = rows.alias(withheld=_people(now.filter(showing=Showing.WITHHELD)))
        named = Q(ever__lt=HIDDEN_FROM) | Q(named__gte=HIDDEN_FROM)
        return rows.filter(Q(withheld__gte=HIDDEN_FROM) | Q(showing=Showing.NAMED) & named)

    def without_names(self) -> Self:
        """About jobs whose names are hidden."""
        return self.alias(ever=_people(_scores())).filter(ever__gte=HIDDEN_FROM)

    def current(self) -> Self:
        """The latest of each peer about each need, said and not taken back."""
        return self.filter(is_current=True)


def _scores() -> OpinionQuerySet:
    """Within a query of opinions, all scores that were ever given of the same need."""
    return Opinion.objects.filter(need=models.OuterRef("need"), score__isnull=False)


def _people(opinions: OpinionQuerySet) -> Coalesce:
    """How many peers these are of, in a query of opinions about the same need."""
    counts = opinions.order_by().values("need").annotate(people=models.Count("peer", distinct=True))
    return Coalesce(models.Subquery(counts.values("people")), 0)


class Opinion(Unguessable):
    """What one ask says about one need, and what the peer answered; random keys, so that their order tells nobody.

    `stated_skill` is the rating that the peer was shown. `score` is theirs, 1 to 5; `counted` is what counts of it.
    `is_current`: said, not taken back, and the latest of this peer about this need. What the merchant answers to a
    dispute stands beside it.
    """

    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="opinions")
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="opinions")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="opinions")
    stated_skill = models.DecimalField(max_digits=3, decimal_places=2)
    showing = models.CharField(max_length=8, choices=Showing)
    stance = models.CharField(max_length=8, choices=Stance, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(max_length=1000, blank=True)
    is_current = models.BooleanField(default=False)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    outcome_reason = models.CharField(max_length=500, blank=True)
    outcome_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OpinionQuerySet] = OpinionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ask", "need"], name="opinion_one_of_an_ask"),
            models.UniqueConstraint(
                fields=["need", "peer"], condition=Q(is_current=True), name="opinion_one_current_of_a_peer"
            ),
            models.CheckConstraint(condition=Q(is_current=False) | ~Q(stance=""), name="opinion_current_was_said"),
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(1, 5)), name="opinion_score_1_to_5"),
            models.CheckConstraint(condition=Q(stated_skill__range=(1, 5)), name="opinion_stated_skill_1_to_5"),
            models.CheckConstraint(
                condition=~Q(stance="dispute") | Q(score__isnull=False), name="opinion_dispute_has_a_score"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(stance="dispute", outcome_at__isnull=False, outcome_by__isnull=False),
                name="opinion_outcome_of_a_dispute",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="keep") | ~Q(outcome_reason=""), name="opinion_keep_has_a_reason"
            ),
        ]
        triggers = TRIGGERS

    def __str__(self) -> str:
        return f"{self.need}, {self.get_stance_display() or '-'}"

    @property
    def counted(self) -> Decimal | int | None:
        """The score; of who agrees exactly what they were shown, a mean of colleagues that need not be whole."""
        return self.stated_skill if self.stance == Stance.AGREE else self.score
