"""What one merchant keeps about a vendor: nobody else ever reads it, the vendor neither."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.keys import Unguessable
from vendors.directory.models.profiles import Vendor


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    def visible_to(self, acting: Membership) -> Self:
        """The acting merchant's own."""
        return self.filter(merchant=acting.organisation_id)


class Relationship(models.Model):
    """That a merchant knows a vendor, and how they stand. It opens a vendor that is not published to this merchant."""

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        ACTIVE = "active", _("Works for us")
        FORMER = "former", _("Worked for us")
        BLOCKED = "blocked", _("Blocked")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="relationships")
    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.PROSPECT)
    blocked_reason = models.TextField(_("why"), blank=True)
    blocked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[RelationshipQuerySet] = RelationshipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "vendor"], name="relationship_unique"),
            models.CheckConstraint(
                condition=~Q(status="blocked") | (~Q(blocked_reason="") & Q(blocked_at__isnull=False)),
                name="relationship_blocked_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merchant} and {self.vendor}: {self.get_status_display()}"


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, acting: Membership) -> Self:
        """The acting merchant's own."""
        return self.filter(merchant=acting.organisation_id)


class Note(Unguessable):
    """Words about a vendor for the merchant's own eyes."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="notes")
    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("note"), max_length=5000)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[NoteQuerySet] = NoteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-created_at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_not_empty")]
        indexes = [models.Index(fields=["merchant", "vendor", "-created_at"], name="note_of_merchant")]

    def __str__(self) -> str:
        return self.text[:80]


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, acting: Membership) -> Self:
        """The acting merchant's own."""
        return self.filter(merchant=acting.organisation_id)


class Tag(Unguessable):
    """A merchant's own word for some vendors."""

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("tag"), max_length=40)
    vendors: models.ManyToManyField[Vendor, "Tagging"] = models.ManyToManyField(
        Vendor, through="Tagging", related_name="tags"
    )

    objects: ClassVar[TagQuerySet] = TagQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint("merchant", Lower("name"), name="tag_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="tag_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A tag on a vendor."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="taggings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "vendor"], name="tagging_unique")]

    def __str__(self) -> str:
        return f"{self.tag} on {self.vendor}"


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, acting: Membership) -> Self:
        """The acting merchant's own."""
        return self.filter(merchant=acting.organisation_id)


class Contact(Unguessable):
    """Whom at a vendor a merchant turns to: a membership of the vendor's, kept by the merchant until they join.

    `about` is the merchant's own word for what they do. The membership of a contact at a vendor that was merged into
    another stays in the merged one's organisation, unless its person was asked in.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="contacts")
    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(_("what they do"), max_length=120, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[ContactQuerySet] = ContactQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "membership"], name="contact_unique")]

    def __str__(self) -> str:
        return self.membership.label
