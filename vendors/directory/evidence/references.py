"""What a merchant sees of the references of a vendor, and the little that the vendor sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.notifications.models import Mail
from vendors.directory.models import Enquiry, HireAgain, Level, Testimonial, Vendor
from vendors.directory.models.evidence import Reference, ReferenceAnswer, Sharing
from vendors.directory.references.contradictions import Band, Claims, Said, against_testimonial, contradictions

SCORES = ("delivery", "accuracy", "communication", "problem_solving", "value")
#: What a vendor is told is answered.
ANSWERED = (Reference.State.ANSWERED, Reference.State.WITHDRAWN)


@dataclass(frozen=True)
class ShownReference:
    """One reference as the acting member may read it; name, role and company are empty where withheld.

    `answer` is the whole answer where the reader may have it, `sending` how the latest mail fares ("" where none was
    sent, "waiting", "delivered", "undelivered", "expired"), the latter two for the asker's own alone.
    """

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
    contradictions: list[str]
    is_own: bool
    named_by: str
    answer: ReferenceAnswer | None = field(default=None, compare=False)
    services: list[str] = field(default_factory=list)
    hire_again_value: str = ""
    orders: str = ""
    sending: str = ""

    @property
    def contradiction(self) -> str:
        """All that does not fit, as one text; empty where everything does."""
        return " ".join(self.contradictions)


def readable_references(acting: Membership) -> QuerySet[Reference]:
    """For a merchant its own, the vendors' own names and what other merchants' referees share; for a vendor those it
    named itself or handed to somebody."""
    rows = cast("QuerySet[Reference]", Reference.objects.current().visible_to(acting))
    if not acting.organisation.is_merchant:
        return rows
    shared = Q(answer__withdrawn_at=None, answer__sharing__in=[Sharing.ANONYMOUS, Sharing.NAMED])
    return rows.filter(Q(merchant=None) | Q(merchant=acting.organisation_id) | shared)


def references_of(vendor: Vendor, acting: Membership, *, today: date) -> list[ShownReference]:
    """Those that this reader may read of a vendor, newest first. One query."""
    rows = readable_references(acting).filter(vendor=vendor).order_by("-created_at", "pk")
    return [shown_reference(row, acting, vendor=vendor, today=today) for row in with_all(rows, acting)]


def with_all(rows: QuerySet[Reference], acting: Membership) -> QuerySet[Any]:
    """The rows with what `shown_reference` reads of other tables: answer, ticks, latest mail, quotations."""
    return rows.select_related("answer__orders", "answer__recorded_by", "orders").annotate(**_beside(acting))


def _beside(acting: Membership) -> dict[str, Any]:
    """What stands in other tables, as parts of the one query."""
    latest = Enquiry.objects.filter(reference=OuterRef("pk"), asker=acting.organisation_id).order_by("-created_at")
    facts = JSONObject(mail="mail__state", expires="expires_at", revoked="revoked_at", answered="answered_at")
    ticked = ReferenceAnswer.services.through.objects.filter(referenceanswer__reference=OuterRef("pk"))
    claimed = Reference.services.through.objects.filter(reference=OuterRef("pk"))
    quotations = cast("QuerySet[Testimonial]", Testimonial.objects.current())
    return {
        "latest": Subquery(latest.values(facts=facts)[:1]),
        "ticked": ArraySubquery(ticked.order_by("facetvalue__name").values("facetvalue__name")),
        "claimed": ArraySubquery(claimed.order_by("facetvalue__name").values("facetvalue__name")),
        "quoted": ArraySubquery(quotations.filter(vendor=OuterRef("vendor"), merchant=None).values("company")),
    }


def shown_reference(row: Any, acting: Membership, *, vendor: Vendor, today: date) -> ShownReference:
    """The row (of `with_all`) for this reader, about the vendor."""
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
        level_label=_known_by(row),
        level_reason=row.level_reason if is_named and row.channel == Reference.Channel.LINK else "",
        answered_at=answer.answered_at if answer else None,
        state=row.state,
        state_label=row.get_state_display(),
        contradictions=_contradictions(row, answer, vendor, is_own=is_own, is_named=is_named) if answer else [],
        is_own=is_own,
        named_by=row.get_named_by_display(),
        answer=answer,
        services=row.ticked if answer else [],
        hire_again_value=answer.hire_again if answer else "",
        orders=answer.orders.name if answer and answer.orders else "",
        sending=_sending(row.latest, today, acting) if is_own else "",
    )


def _for_the_vendor(row: Reference) -> ShownReference:
    """Whom the vendor named, and whether they answered: no word of the answer, no date, no level, no reason; nor does
    it learn that an answer was taken back."""
    answered = row.state in ANSWERED
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
        contradictions=[],
        is_own=False,
        named_by=row.get_named_by_display(),
    )


def _contradictions(row: Any, answer: ReferenceAnswer, vendor: Vendor, *, is_own: bool, is_named: bool) -> list[str]:
    """What does not fit. Words that would tell who an unnamed referee is, or whom a vendor named to another shop, are
    left out."""
    said = _said(answer, row.ticked, row.company if is_named else "")
    found = contradictions(_claims(row, vendor, is_own=is_own), said)
    quoted = (against_testimonial(company, said) for company in sorted(set(row.quoted)))
    return [*found, *filter(None, quoted)]


def _known_by(row: Reference) -> str:
    """How we know, in the words for a person: what was heard by phone is no document."""
    if row.channel != Reference.Channel.LINK and row.level == Level.SEEN:
        return row.level_reason
    if row.level == Level.SEEN:
        return _("Said through the link")
    return _("Confirmed by work email") if row.level == Level.CONFIRMED else _("Not confirmed")


def _sending(latest: Mapping[str, Any] | None, today: date, acting: Membership) -> str:
    """How the mail with the link fares."""
    if latest is None or latest["revoked"]:
        return ""
    if latest["mail"] in (Mail.State.FAILED, Mail.State.CANCELLED, Mail.State.UNCERTAIN):
        return "undelivered"
    if latest["mail"] != Mail.State.SENT:
        return "waiting"
    last_day = datetime.fromisoformat(latest["expires"]).astimezone(acting.zone).date()
    return "expired" if not latest["answered"] and last_day < today else "delivered"


def _claims(row: Any, vendor: Vendor, *, is_own: bool) -> Claims:
    """What the vendor says: of itself, and of this client where it named them to this reader."""
    is_theirs = is_own and row.named_by == Reference.NamedBy.VENDOR
    return Claims(
        has_cut_off=vendor.cut_off is not None,
        orders_from=vendor.orders_from,
        orders_to=vendor.orders_to,
        services=row.claimed if is_theirs else (),
        band=_band(row.orders) if is_theirs else None,
        relation=row.relation if is_theirs else "",
    )


def _said(answer: ReferenceAnswer, services: list[str], company: str = "") -> Said:
    return Said(
        on_time=answer.on_time,
        on_time_label=answer.get_on_time_display(),
        services=services,
        band=_band(answer.orders),
        relation=answer.relation,
        hire_again=answer.hire_again,
        company=company,
    )


def _band(value: Any) -> Band | None:
    return Band(value.name, value.low, value.high) if value else None


def _readable(row: Reference, is_own: bool) -> ReferenceAnswer | None:
    """The answer, where it stands and this reader may see it."""
    answer: ReferenceAnswer | None = getattr(row, "answer", None)
    if answer is None or answer.withdrawn_at is not None:
        return None
    return answer if is_own or (row.is_shared and answer.sharing != Sharing.NOTHING) else None


def companies_against(vendor: Vendor, acting: Membership) -> list[str]:
    """The companies whose referee would not hire the vendor again, as far as this reader may know who they are."""
    known = Q(merchant=acting.organisation_id) | Q(answer__sharing=Sharing.NAMED)
    rows = readable_references(acting).filter(known, vendor=vendor, answer__withdrawn_at=None)
    return list(rows.filter(answer__hire_again=HireAgain.NO).values_list("company", flat=True))
