"""A thread between one merchant and one vendor, its people, and how far each has read."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.keys import Unguessable


class Side(models.TextChoices):
    """Whose words an entry are."""

    MERCHANT = "merchant", _("Merchant")
    VENDOR = "vendor", _("Vendor")


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of the organisation that one acts for, whoever of it writes in them."""
        side = Side.MERCHANT if acting.organisation.is_merchant else Side.VENDOR
        return self.filter(**{side.value: acting.organisation_id}).select_related("merchant", "vendor")

    def owed_by(self, organisation: int) -> Self:
        """Those in which this organisation owes an answer."""
        return self._with_open_turn(answerer=organisation)

    def owed_to(self, organisation: int) -> Self:
        """Those in which this organisation waits for an answer."""
        return self._with_open_turn(asker=organisation)

    def _with_open_turn(self, **whose: int) -> Self:
        from outsourcing.conversations.models.turns import Turn

        return self.filter(Exists(Turn.objects.open().filter(thread=OuterRef("pk"), **whose)))


class Thread(Unguessable):
    """What one merchant and one vendor say to each other under a subject; upper rooms attach what it is about.

    `entry_count` is the number of its last public entry, `last_entry` that entry: internal notes do not count.
    """

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    vendor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(_("subject"), max_length=200)
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    entry_count = models.PositiveIntegerField(default=0)
    last_entry = models.ForeignKey("Entry", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    last_entry_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects: ClassVar[ThreadQuerySet] = ThreadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(subject=""), name="thread_has_a_subject"),
            models.CheckConstraint(condition=~Q(merchant=F("vendor")), name="thread_of_two_organisations"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="thread_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-last_entry_at", "id"], name="thread_of_merchant"),
            models.Index(fields=["vendor", "-last_entry_at", "id"], name="thread_of_vendor"),
        ]

    def __str__(self) -> str:
        return self.subject

    def side_of(self, organisation: int) -> Side:
        """On which side an organisation, by its key, stands here."""
        return Side.MERCHANT if organisation == self.merchant_id else Side.VENDOR

    def other_than(self, organisation: int) -> Organisation:
        """The other organisation."""
        return self.vendor if organisation == self.merchant_id else self.merchant


class Participant(models.Model):
    """Somebody of either side whom a thread is with: whoever wrote in it, or was named; they get its mails."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="participants")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("added_at", "pk")
        constraints = [models.UniqueConstraint(fields=["thread", "membership"], name="participant_unique")]

    def __str__(self) -> str:
        return f"{self.membership.label} in {self.thread}"


class ReadMark(models.Model):
    """How far somebody has read: up to the entry of this number, last looked at `read_at`."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="read_marks")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "thread"], name="read_mark_unique")]

    def __str__(self) -> str:
        return f"{self.membership.label} read {self.thread} up to {self.number}"
