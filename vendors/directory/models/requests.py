"""What a merchant asks of a vendor before it believes: referees, samples, testimonials, the partner list."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.keys import Unguessable
from vendors.directory.models.profiles import Vendor


class EvidenceRequestQuerySet(models.QuerySet["EvidenceRequest"]):
    def visible_to(self, acting: Membership) -> Self:
        """For a merchant its own; for a vendor those put to it."""
        if acting.organisation.is_merchant:
            return self.filter(merchant=acting.organisation_id)
        return self.filter(vendor__organisation=acting.organisation_id)


class EvidenceRequest(Unguessable):
    """One dated request of a merchant to a vendor, with its items."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="evidence_requests")
    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    message = models.TextField(_("message"), max_length=5000, blank=True)
    due_on = models.DateField(_("wanted by"), null=True, blank=True)
    asked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EvidenceRequestQuerySet] = EvidenceRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-asked_at", "pk")
        indexes = [models.Index(fields=["merchant", "vendor", "-asked_at"], name="evidence_request_of_merchant")]

    def __str__(self) -> str:
        return f"{self.merchant} to {self.vendor}, {self.asked_at:%Y-%m-%d}"


class RequestedItemQuerySet(models.QuerySet["RequestedItem"]):
    def visible_to(self, acting: Membership) -> Self:
        """For a merchant its own; for a vendor those put to it. With the request and its two sides."""
        rows = self.select_related("request__merchant", "request__vendor__organisation")
        if acting.organisation.is_merchant:
            return rows.filter(request__merchant=acting.organisation_id)
        return rows.filter(request__vendor__organisation=acting.organisation_id)


class RequestedItem(Unguessable):
    """One thing asked for, where it stands, and since when.

    What came is evidence whose `item` is this one, and what the vendor shows everybody and points to (`Pick`). A parcel
    is on its way once `sent_on` is set, and received when the merchant says so. The verdict is the merchant's and is
    never shown to the vendor. What reached the merchant outside the portal has `recorded_by` and the `channel`.
    """

    class Kind(models.TextChoices):
        REFEREES = "referees", _("Referees")
        SAMPLES = "samples", _("Samples of work")
        PHYSICAL = "physical", _("A physical sample")
        TESTIMONIALS = "testimonials", _("Testimonials")
        PARTNERS = "partners", _("Partner list")

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        RECEIVED = "received", _("Received")
        JUDGED = "judged", _("Judged")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Verdict(models.TextChoices):
        GOOD = "good", _("Good")
        FAIR = "fair", _("Fair")
        POOR = "poor", _("Poor")

    class Channel(models.TextChoices):
        MAIL = "mail", _("By email")
        PHONE = "phone", _("By phone")
        POST = "post", _("By post")
        MEETING = "meeting", _("In person")

    request = models.ForeignKey(EvidenceRequest, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12, choices=Kind)
    detail = models.CharField(_("what exactly"), max_length=300, blank=True)
    wanted = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    wants_former = models.BooleanField(_("one of them a former client"), default=False)
    send_to = models.CharField(_("where to send it"), max_length=500, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    sent_by = models.CharField(_("sent by"), max_length=120, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=120, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    verdict = models.CharField(_("verdict"), max_length=4, choices=Verdict, blank=True)
    verdict_text = models.TextField(_("why"), max_length=2000, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_reason = models.CharField(_("why not"), max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    channel = models.CharField(_("how"), max_length=7, choices=Channel, blank=True)

    objects: ClassVar[RequestedItemQuerySet] = RequestedItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind"], name="requested_item_unique"),
            models.CheckConstraint(
                condition=(
                    Q(state="asked", received_at=None, judged_at=None, refused_at=None, withdrawn_at=None)
                    | Q(
                        state="received",
                        received_at__isnull=False,
                        judged_at=None,
                        refused_at=None,
                        withdrawn_at=None,
                    )
                    | Q(
                        state="judged",
                        received_at__isnull=False,
                        judged_at__isnull=False,
                        judged_by__isnull=False,
                        refused_at=None,
                        withdrawn_at=None,
                    )
                    & ~Q(verdict="")
                    | Q(state="refused", refused_at__isnull=False, judged_at=None, withdrawn_at=None)
                    & ~Q(refused_reason="")
                    | Q(state="withdrawn", withdrawn_at__isnull=False, judged_at=None)
                ),
                name="requested_item_state_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by=None, channel="") | Q(recorded_by__isnull=False) & ~Q(channel=""),
                name="requested_item_recorded_has_a_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"


class Judgement(models.Model):
    """A verdict as somebody gave it; the last one stands in the item too, the earlier ones are kept."""

    item = models.ForeignKey(RequestedItem, on_delete=models.PROTECT, related_name="judgements")
    verdict = models.CharField(max_length=4, choices=RequestedItem.Verdict)
    text = models.TextField(max_length=2000)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}, {self.by}"
