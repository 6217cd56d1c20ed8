"""What a merchant sees of the references of a vendor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.directory.models import Vendor
from vendors.directory.models.evidence import Reference, ReferenceAnswer, Sharing

SCORES = ("delivery", "accuracy", "communication", "problem_solving", "value")
LATE = frozenset({ReferenceAnswer.OnTime.HALF, ReferenceAnswer.OnTime.RARELY})


@dataclass(frozen=True)
class ShownReference:
    """One reference as the acting member may read it; name, role and company are empty where withheld."""

    pk: int
    name: str
    role: str
    company: str
    quote: str
    scores: Mapping[str, int | None]
    hire_again: str
    level: int
    level_label: str
    level_reason: str
    answered_at: datetime | None
    state: str
    state_label: str
    contradiction: str
    is_own: bool
    named_by: str


def references_of(vendor: Vendor, acting: Membership) -> list[ShownReference]:
    """Own references, the vendor's own names and what referees share, newest first; none for a vendor. One query."""
    if not acting.organisation.is_merchant:
        return []
    seen = cast("QuerySet[Reference]", Reference.objects.current().visible_to(acting))
    rows = seen.filter(vendor=vendor).select_related("answer").order_by("-created_at", "-pk")
    return [shown for row in rows if (shown := _shown(row, acting)) is not None]


def _shown(row: Reference, acting: Membership) -> ShownReference | None:
    """The row for this reader; None where another merchant's referee does not share it."""
    is_own = row.merchant_id == acting.organisation_id
    answer = _readable(row, is_own)
    if answer is None and not is_own and row.merchant_id is not None:
        return None
    is_named = is_own or answer is None or answer.sharing == Sharing.NAMED
    return ShownReference(
        pk=row.pk,
        name=row.name if is_named else "",
        role=row.role if is_named else "",
        company=row.company if is_named else "",
        quote=answer.text if answer else "",
        scores=MappingProxyType({name: getattr(answer, name) for name in SCORES} if answer else {}),
        hire_again=answer.get_hire_again_display() if answer else "",
        level=row.level,
        level_label=row.get_level_display(),
        level_reason=row.level_reason if is_named else "",
        answered_at=answer.answered_at if answer else None,
        state=row.state,
        state_label=row.get_state_display(),
        contradiction=_("Often late, says the referee.") if answer and answer.on_time in LATE else "",
        is_own=is_own,
        named_by=row.get_named_by_display(),
    )


def _readable(row: Reference, is_own: bool) -> ReferenceAnswer | None:
    """The answer, where it stands and this reader may see it."""
    answer: ReferenceAnswer | None = getattr(row, "answer", None)
    if answer is None or answer.withdrawn_at is not None:
        return None
    return answer if is_own or (row.is_shared and answer.sharing != Sharing.NOTHING) else None
