"""What a vendor says of itself."""

from typing import Any, ClassVar, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable
from vendors.directory.domains import registered_domain
from vendors.directory.models.facets import FacetValue

web_address = URLValidator(schemes=["http", "https"], message=_("Enter a web address such as https://example.com."))

#: Once for a statement, not for a row: each time the trigger writes its context anew, and thousands of rows would wait.
INSERTED = pghistory.InsertEvent(level=pghistory.Statement)


class VendorQuerySet(models.QuerySet["Vendor"]):
    def published(self) -> Self:
        """Open to all merchants."""
        return self.live().filter(published_at__isnull=False, withheld_at=None)

    def live(self) -> Self:
        """Not merged into another."""
        return self.filter(merged_into=None)

    def known_to(self, merchant: Organisation) -> Self:
        """Those that this merchant has added, invited or works with."""
        from vendors.directory.models.relations import Relationship

        return self.filter(Exists(Relationship.objects.filter(vendor=OuterRef("pk"), merchant=merchant)))

    def visible_to(self, acting: Membership) -> Self:
        """For a merchant: published ones and those it knows; for a vendor: its own. Merged ones too, for
        redirects: a merchant's, and those that a vendor's people joined with their own."""
        from vendors.directory.models.relations import Relationship

        rows = self.select_related("organisation")
        if not acting.organisation.is_merchant:
            joined = Q(merged_into__organisation=acting.organisation_id, claimed_at__isnull=False)
            return rows.filter(Q(organisation=acting.organisation_id) | joined)
        known = Relationship.objects.filter(vendor=OuterRef("pk"), merchant=acting.organisation_id)
        return rows.filter(Q(published_at__isnull=False, withheld_at=None) | Exists(known))


class ProvenBy(models.TextChoices):
    """How it is known that a vendor's people are the company that its web site belongs to."""

    ADDRESS = "address", _("An address at its web site")
    STAFF = "staff", _("Looked at by us")


@pghistory.track()
class Vendor(Unguessable):
    """The profile of a vendor organisation, whose name, country, zone and currency are the organisation's.

    Private: added by one merchant, seen and edited by it alone. Claimed: its own people have proven who they are, and
    only they edit. Published: every merchant sees it. Withheld: staff took it out of the directory. Merged: its row
    stays and its address leads to `merged_into`. Proven: its people were known, as `proven_by` says, to be the company
    at `proven_domain`; it holds as long as the web site is there.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="vendor")
    tagline = models.CharField(_("in one sentence"), max_length=160, blank=True)
    description = models.TextField(_("description"), max_length=5000, blank=True)
    website = models.CharField(_("web site"), max_length=500, blank=True, validators=[web_address])
    domain = models.CharField(max_length=253, blank=True, db_index=True, editable=False)
    logo = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    links = ArrayField(
        models.CharField(max_length=500, validators=[web_address]), verbose_name=_("links"), default=list, blank=True
    )
    orders_from = models.PositiveIntegerField(_("orders a month from"), null=True, blank=True)
    orders_to = models.PositiveIntegerField(_("orders a month up to"), null=True, blank=True)
    minimum = models.DecimalField(_("least a month"), max_digits=12, decimal_places=2, null=True, blank=True)
    price_from = models.DecimalField(_("price an order from"), max_digits=10, decimal_places=2, null=True, blank=True)
    price_to = models.DecimalField(_("price an order up to"), max_digits=10, decimal_places=2, null=True, blank=True)
    contract_months = models.PositiveSmallIntegerField(_("contract in months"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("notice in days"), null=True, blank=True)
    cut_off = models.TimeField(_("same-day cut-off"), null=True, blank=True)
    hours = models.CharField(_("hours"), max_length=200, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    founded = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    values: models.ManyToManyField[FacetValue, "Capability"] = models.ManyToManyField(
        FacetValue, through="Capability", related_name="+"
    )

    added_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withheld_at = models.DateTimeField(null=True, blank=True)
    proven_by = models.CharField(max_length=8, choices=ProvenBy, blank=True)
    proven_domain = models.CharField(max_length=253, blank=True)
    proven_at = models.DateTimeField(null=True, blank=True)
    asked_to_look_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="merged", null=True, blank=True)

    objects: ClassVar[VendorQuerySet] = VendorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(orders_from=None) | Q(orders_to=None) | Q(orders_from__lte=F("orders_to")),
                name="vendor_orders_from_before_up_to",
                violation_error_message=_("The most orders a month are fewer than the least."),
            ),
            models.CheckConstraint(
                condition=Q(price_from=None) | Q(price_to=None) | Q(price_from__lte=F("price_to")),
                name="vendor_price_from_before_up_to",
                violation_error_message=_("The highest price is below the lowest."),
            ),
            models.CheckConstraint(
                condition=(Q(minimum=None) | Q(minimum__gte=0)) & (Q(price_from=None) | Q(price_from__gte=0)),
                name="vendor_money_not_negative",
                violation_error_message=_("An amount cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(claimed_at__isnull=False), name="vendor_published_is_claimed"
            ),
            models.CheckConstraint(
                condition=Q(added_by__isnull=False) | Q(claimed_at__isnull=False), name="vendor_somebody_keeps_it"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="vendor_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(proven_by="", proven_at=None) | ~Q(proven_by="") & Q(proven_at__isnull=False),
                name="vendor_proven_somehow_and_somewhen",
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.domain = registered_domain(self.website)
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def moved_to(self) -> int | None:
        """The key of the vendor that this one was merged into."""
        return self.merged_into_id

    @property
    def is_claimed(self) -> bool:
        return self.claimed_at is not None

    @property
    def is_published(self) -> bool:
        return self.published_at is not None and self.withheld_at is None and self.merged_into_id is None

    @property
    def is_proven(self) -> bool:
        """Whether what was proven is still its web site."""
        return bool(self.proven_by) and self.proven_domain == self.domain


@pghistory.track(INSERTED, pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Site(Unguessable):
    """A place from which a vendor works; `region` is the part after the dash of an ISO 3166-2 code, such as SCT."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="sites")
    country = CountryField(_("country"))
    region = models.CharField(_("region"), max_length=10, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    about = models.CharField(_("about it"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.city, self.country.name]))


class How(models.TextChoices):
    """How an integration works."""

    NATIVE = "native", _("Native")
    MIDDLEWARE = "middleware", _("Middleware")
    FILE = "file", _("File exchange")


@pghistory.track(INSERTED, pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Capability(models.Model):
    """A value that a vendor says of itself; an integration's says how."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="capabilities")
    value = models.ForeignKey(FacetValue, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=How, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vendor", "value"], name="capability_unique")]

    def __str__(self) -> str:
        return f"{self.vendor}: {self.value}"
