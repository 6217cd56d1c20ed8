"""What a merchant sees of the references of a vendor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import cast

from django.db.models import Q, QuerySet
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


def readable_references(acting: Membership) -> QuerySet[Reference]:
    """For a merchant its own, the vendors' own names and what other merchants' referees share; for a vendor those it
    named itself or handed to somebody."""
    rows = cast("QuerySet[Reference]", Reference.objects.current().visible_to(acting))
    if not acting.organisation.is_merchant:
        return rows
    shared = Q(answer__withdrawn_at=None, answer__sharing__in=[Sharing.ANONYMOUS, Sharing.NAMED])
    return rows.filter(Q(merchant=None) | Q(merchant=acting.organisation_id) | shared)


def references_of(vendor: Vendor, acting: Membership) -> list[ShownReference]:
    """Those that this reader may read of a vendor, newest first. One query."""
    rows = readable_references(acting).filter(vendor=vendor).select_related("answer").order_by("-created_at", "pk")
    return [shown_reference(row, acting) for row in rows]


def shown_reference(row: Reference, acting: Membership) -> ShownReference:
    """The row for this reader."""
    if not acting.organisation.is_merchant:
        return _for_the_vendor(row)
    is_own = row.merchant_id == acting.organisation_id
    answer = _readable(row, is_own)
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


def _for_the_vendor(row: Reference) -> ShownReference:
    """Whom the vendor named, and whether they answered: no word of the answer, no date, no level, no reason."""
    answered = row.state == Reference.State.ANSWERED
    return ShownReference(
        pk=row.pk,
        name=row.name,
        role=row.role,
        company=row.company,
        quote="",
        scores=MappingProxyType({}),
        hire_again="",
        level=0,
        level_label="",
        level_reason="",
        answered_at=None,
        state=Reference.State.ANSWERED if answered else "",
        state_label=str(Reference.State.ANSWERED.label) if answered else _("Not answered yet"),
        contradiction="",
        is_own=False,
        named_by=row.get_named_by_display(),
    )


def _readable(row: Reference, is_own: bool) -> ReferenceAnswer | None:
    """The answer, where it stands and this reader may see it."""
    answer: ReferenceAnswer | None = getattr(row, "answer", None)
    if answer is None or answer.withdrawn_at is not None:
        return None
    return answer if is_own or (row.is_shared and answer.sharing != Sharing.NOTHING) else None
