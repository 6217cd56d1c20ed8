"""The evidence about a vendor as one reader sees it: counts of each kind, and the pieces of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Role
from vendors.directory.evidence.kinds import CERTIFICATES, PARTNERS, REFERENCES, SAMPLES, TESTIMONIALS, Kind
from vendors.directory.evidence.references import (
    ShownReference,
    companies_against,
    readable_references,
    shown_reference,
    with_all,
)
from vendors.directory.models import Certificate, Evidence, SamplePhoto, Testimonial, Vendor, WorkSample
from vendors.directory.references.contradictions import contradiction_of

SOON = timedelta(days=90)
KEEPERS = (Role.OWNER, Role.BUYER, Role.MANAGER)


@dataclass(frozen=True)
class Piece:
    """One piece of evidence (`row`), who it is from, and what this reader may do with it.

    `may_check` is of a certificate that a merchant may check with its issuer for itself, `may_ask` of words and
    partners about which a merchant may ask whoever is named; `contradiction` is what a referee says against it.
    """

    row: Any
    source: str
    source_icon: str
    may_change: bool = False
    may_remove: bool = False
    may_check: bool = False
    may_ask: bool = False
    contradiction: str = ""
    is_expired: bool = False
    expires_soon: bool = False
    photos: Sequence[SamplePhoto] = ()


class Pieces:
    """What a reader sees of one kind, newest first: `count()`, and a slice that reads only what it holds.

    A slice costs one query; two for samples with photos, and for testimonials, beside which referees are laid.
    """

    def __init__(self, kind: Kind, vendor: Vendor, *, acting: Membership, today: date) -> None:
        self.kind, self.vendor, self.acting, self.today = kind, vendor, acting, today
        self.against: list[str] = []

    def count(self) -> int:
        return self.rows().count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> Sequence[Piece | ShownReference]:
        if self.kind is REFERENCES:
            found = with_all(self.rows(), self.acting).order_by("-created_at", "pk")[part]
            return [shown_reference(row, self.acting, vendor=self.vendor, today=self.today) for row in found]
        rows = list(self.rows().order_by("-created_at", "pk")[part])
        if self.kind is SAMPLES:
            with_photos(rows, self.acting)
        if self.kind is TESTIMONIALS and rows and self.acting.organisation.is_merchant:
            self.against = companies_against(self.vendor, self.acting)
        return [self.shown(row) for row in rows]

    def rows(self) -> "QuerySet[Any]":
        """The rows of this kind about the vendor that the reader may see and nobody took back."""
        if self.kind is REFERENCES:
            return readable_references(self.acting).filter(vendor=self.vendor)
        rows: QuerySet[Any] = self.kind.model.objects.visible_to(self.acting).current().filter(vendor=self.vendor)
        return rows.select_related("file") if self.kind in (SAMPLES, CERTIFICATES) else rows

    def shown(self, row: Evidence) -> Piece:
        """The row for this reader."""
        source, icon = source_of(row, self.acting)
        keeps = is_kept_by(row, self.acting)
        expires = row.expires_on if isinstance(row, Certificate) else None
        expired = expires is not None and expires < self.today
        return Piece(
            row,
            source,
            icon,
            may_change=keeps and row.item_id is None,
            may_remove=keeps,
            may_check=isinstance(row, Certificate) and row.merchant_id is None and may_add(self.acting, self.vendor)
            and self.acting.organisation.is_merchant and not expired,
            may_ask=self.kind in (TESTIMONIALS, PARTNERS) and self.acting.has_role(Role.OWNER, Role.BUYER),
            contradiction=contradiction_of(row.company, self.against) if isinstance(row, Testimonial) else "",
            is_expired=expired,
            expires_soon=not expired and expires is not None and expires <= self.today + SOON,
            photos=getattr(row, "_prefetched_objects_cache", {}).get("photos", ()),
        )  # fmt: skip


def with_photos(rows: list[WorkSample], acting: Membership) -> None:
    """Read the photos of parcels that are the reader's own to see."""
    parcels = [row for row in rows if row.form == WorkSample.Form.PHYSICAL and has_open_photos(row, acting)]
    if parcels:
        prefetch_related_objects(parcels, Prefetch("photos", SamplePhoto.objects.select_related("file").order_by("pk")))


def has_open_photos(sample: WorkSample, acting: Membership) -> bool:
    """Photos of a parcel are its merchant's own, as the verdict is; a vendor's statement is open with all it has."""
    return sample.merchant_id in (None, acting.organisation_id)


def source_of(row: Evidence, acting: Membership) -> tuple[str, str]:
    """Who a piece is from in words, and an icon."""
    if not acting.organisation.is_merchant:
        return (_("You say so"), "vendors") if row.merchant_id is None else (_("You, to the shop that asked"), "reply")
    if row.merchant_id is None:
        return _("From the vendor"), "vendors"
    if row.merchant_id != acting.organisation_id:
        return _("From another shop"), "users"
    return (_("Sent to you by the vendor"), "reply") if row.item_id else (_("Added by you"), "user")


def is_kept_by(row: Evidence, acting: Membership) -> bool:
    """Whether it is this person's to take back: a merchant's own, or the vendor's own statement."""
    if not acting.has_role(*KEEPERS):
        return False
    return row.merchant_id == (acting.organisation_id if acting.organisation.is_merchant else None)


def may_add(acting: Membership, vendor: Vendor) -> bool:
    """A merchant's buyers add what they know for themselves, a vendor's manager what it says of itself."""
    return acting.has_role(*KEEPERS) and (acting.organisation.is_merchant or vendor.is_claimed)
