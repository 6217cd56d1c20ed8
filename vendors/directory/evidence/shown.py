"""The evidence about a vendor as one reader sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from outsourcing.accounts.models import Membership
from vendors.directory.evidence.references import ShownReference, references_of
from vendors.directory.models import Certificate, Evidence, Partner, Testimonial, Vendor, WorkSample

SOON = timedelta(days=90)
E = TypeVar("E", bound=Evidence)


@dataclass(frozen=True)
class ShownCertificate:
    """A certificate and how it stands on the day of the look."""

    paper: Certificate
    is_expired: bool
    expires_soon: bool


@dataclass(frozen=True)
class ShownEvidence:
    """What nobody has taken back, newest first."""

    references: Sequence[ShownReference]
    testimonials: Sequence[Testimonial]
    samples: Sequence[WorkSample]
    partners: Sequence[Partner]
    certificates: Sequence[ShownCertificate]

    def __len__(self) -> int:
        kinds: list[Sequence[Any]] = [self.references, self.testimonials, self.samples, self.partners]
        return sum(map(len, [*kinds, self.certificates]))


def evidence_of(vendor: Vendor, *, acting: Membership, today: date) -> ShownEvidence:
    """One query for each kind, each within what `acting` may see."""
    return ShownEvidence(
        references=references_of(vendor, acting),
        testimonials=_of(Testimonial, vendor, acting),
        samples=_of(WorkSample, vendor, acting),
        partners=_of(Partner, vendor, acting),
        certificates=[_standing(paper, today) for paper in _of(Certificate, vendor, acting)],
    )


def _of(kind: type[E], vendor: Vendor, acting: Membership) -> list[E]:
    pieces = kind.objects.visible_to(acting).current().filter(vendor=vendor)
    return cast("list[E]", list(pieces.order_by("-created_at", "pk")))


def _standing(paper: Certificate, today: date) -> ShownCertificate:
    expired = paper.is_expired(today)
    soon = not expired and paper.expires_on is not None and paper.expires_on <= today + SOON
    return ShownCertificate(paper, expired, soon)
