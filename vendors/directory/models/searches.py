"""What search reads: kept by `vendors.directory.search.index`, and made anew from the other rows at any time."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.keys import Unguessable
from vendors.directory.models.facets import FacetValue
from vendors.directory.models.profiles import Vendor

PUBLIC, OWN = Q(merchant=None), Q(merchant__isnull=False)


class Listing(models.Model):
    """A vendor as one audience finds it: all merchants (`merchant` None, published vendors only), or one merchant.

    A merchant has its own row of a vendor where what it may see differs from the public one: a vendor that is not
    published, or evidence of its own. Its own row then stands in place of the public one.

    `facets` are ids of facet values; none of a place where one around it is there too. `bound` is the lower bound of
    the Wilson interval of "would hire again" among verified answers, None without any; `score` orders by strength and
    then by it. `sort_name` is the name
    without accents, in lower case. `stale_on` is the day on which a certificate starts or is over, so that the row is
    another.
    """

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="listings")
    merchant = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=200)
    sort_name = models.CharField(max_length=400, default="")
    document = SearchVectorField()
    facets = ArrayField(models.IntegerField(), default=list)
    strength = models.PositiveSmallIntegerField(default=0)
    bound = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    score = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    verified = models.PositiveIntegerField(default=0)
    hire_again = models.PositiveIntegerField(default=0)
    testimonials = models.PositiveIntegerField(default=0)
    samples = models.PositiveIntegerField(default=0)
    partners = models.PositiveIntegerField(default=0)
    certificates = models.PositiveIntegerField(default=0)
    listed_at = models.DateTimeField()
    stale_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor"], condition=Q(merchant=None), name="listing_public_unique"),
            models.UniqueConstraint(fields=["merchant", "vendor"], name="listing_of_merchant_unique"),
        ]
        indexes = [
            GinIndex(fields=["document", "facets"], fastupdate=False, condition=PUBLIC, name="listing_public_search"),
            GinIndex(
                fields=["merchant", "document", "facets"], fastupdate=False, condition=OWN, name="listing_own_search"
            ),
            models.Index(
                fields=["-score", "sort_name", "vendor"], include=["id"], condition=PUBLIC, name="listing_by_score"
            ),
            models.Index(fields=["sort_name", "vendor"], include=["id"], condition=PUBLIC, name="listing_by_name"),
            models.Index(fields=["-listed_at"], condition=PUBLIC, name="listing_public_newest"),
            models.Index(fields=["merchant", "-listed_at"], condition=OWN, name="listing_own_newest"),
            models.Index(fields=["stale_on"], condition=Q(stale_on__isnull=False), name="listing_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.merchant or 'everybody'}"


class FacetTally(models.Model):
    """Public listings that a value gained or lost. Rows are only ever added, so that no two writers wait for each
    other, and folded into one for each value by a task; how many have the value is their sum."""

    value = models.ForeignKey(FacetValue, on_delete=models.CASCADE, related_name="+")
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.value}: {self.count}"


class Relisting(models.Model):
    """That staff have changed a value, and listings of vendors with it are to be written anew from the vendor whose key
    comes after `after`; it is gone once they are."""

    value = models.OneToOneField(FacetValue, on_delete=models.CASCADE, related_name="relisting")
    after = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.value} after {self.after}"


class Word(models.Model):
    """A word of the public listings (`merchant` None) or of a merchant's own: what a misspelt one may have meant.

    `count` is how many listings had it when that was last counted.
    """

    merchant = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    text = models.CharField(max_length=100)
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "merchant"], nulls_distinct=False, name="word_unique"),
        ]
        indexes = [GinIndex(fields=["text"], opclasses=["gin_trgm_ops"], name="word_alike")]

    def __str__(self) -> str:
        return self.text


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's own."""
        return self.filter(membership=acting)


class SavedSearch(Unguessable):
    """A search that somebody wants to see again, as the query of its address, and when they last looked."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    looked_at = models.DateTimeField()
    created_at = models.DateTimeField()

    objects: ClassVar[SavedSearchQuerySet] = SavedSearchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint("membership", Lower("name"), name="saved_search_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_search_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
