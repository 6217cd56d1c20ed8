"""The signed link by which somebody without an account confirms something."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.notifications.models import Mail
from outsourcing.shared.holdings import ERASED
from outsourcing.shared.keys import Unguessable
from vendors.directory.models.evidence import Partner, Reference, Testimonial
from vendors.directory.models.profiles import Vendor


class Purpose(models.TextChoices):
    REFERENCE = "reference", _("Reference")
    TESTIMONIAL = "testimonial", _("Testimonial")
    PARTNER = "partner", _("Partner")


def new_secret() -> str:
    """190 bits."""
    return get_random_string(32)


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def open(self, at: datetime) -> Self:
        """Can still be answered."""
        return self.unanswered().filter(expires_at__gt=at)

    def unanswered(self) -> Self:
        """Neither answered nor declined nor taken back, expired or not."""
        return self.filter(answered_at=None, declined_at=None, revoked_at=None)

    def visible_to(self, acting: Membership) -> Self:
        """Those of the organisation that asked."""
        return self.filter(asker=acting.organisation_id)


class Enquiry(Unguessable):
    """One mail that asks one address to answer one question; a newer one about the same revokes it.

    `draft` is what was saved without being sent, kept until it is answered. A referee takes the answer back through
    the same link (`withdrawn_at`), as long as the link can be told from a forged one. What a quoted company or a
    partner says stands here too: `is_right`, who said so and a comment, which only the asker reads.
    """

    LASTS: ClassVar[timedelta] = timedelta(days=30)

    purpose = models.CharField(max_length=12, choices=Purpose)
    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="enquiries", null=True, blank=True)
    testimonial = models.ForeignKey(
        Testimonial, on_delete=models.PROTECT, related_name="enquiries", null=True, blank=True
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="enquiries", null=True, blank=True)
    asker = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    message = models.TextField(_("message"), max_length=2000, blank=True)
    secret = models.CharField(max_length=32, default=new_secret)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    draft: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    is_right = models.BooleanField(null=True, blank=True)
    said_by = models.CharField(_("your name"), max_length=120, blank=True)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.CharField(max_length=500, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EnquiryQuerySet] = EnquiryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(purpose="reference", reference__isnull=False, testimonial=None, partner=None)
                    | Q(purpose="testimonial", reference=None, testimonial__isnull=False, partner=None)
                    | Q(purpose="partner", reference=None, testimonial=None, partner__isnull=False)
                ),
                name="enquiry_is_about_its_purpose",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(declined_at=None), name="enquiry_not_answered_and_declined"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(answered_at__isnull=False), name="enquiry_withdrawn_was_answered"
            ),
            *[
                models.UniqueConstraint(
                    fields=["asker", purpose],
                    condition=Q(answered_at=None, declined_at=None, revoked_at=None),
                    name=f"enquiry_one_open_about_a_{purpose}",
                )
                for purpose in ("reference", "testimonial", "partner")
            ],
        ]
        indexes = [models.Index(fields=["asker", "-created_at"], name="enquiry_of_asker")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} asked of {self.email}"

    @property
    def subject(self) -> Reference | Testimonial | Partner:
        """What it is about."""
        found = self.reference or self.testimonial or self.partner
        assert found is not None  # enquiry_is_about_its_purpose
        return found

    @property
    def is_erased(self) -> bool:
        """Whether who was asked has been taken out."""
        return self.email.endswith(ERASED)

    @property
    def address_left(self) -> str:
        """The address, or that it was deleted."""
        return str(_("an address that was deleted")) if self.is_erased else self.email

    @property
    def vendor(self) -> Vendor:
        return self.subject.vendor
