"""A request as its two sides see it: each item with what came, since when, and how late."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from outsourcing.accounts.models import Membership
from vendors.directory.models import (
    EvidenceRequest,
    Judgement,
    Partner,
    Pick,
    Reference,
    RequestedItem,
    SamplePhoto,
    Testimonial,
    Vendor,
    WorkSample,
)

Kind, State = RequestedItem.Kind, RequestedItem.State
ORDER = list(Kind)


@dataclass(frozen=True)
class Piece:
    """One piece that came for an item; `file` and `thumbnail` are addresses."""

    pk: int
    title: str
    meta: str = ""
    quote: str = ""
    url: str = ""
    file: str = ""
    thumbnail: str = ""
    photos: Sequence[SamplePhoto] = ()
    is_public: bool = False
    is_former_client: bool = False
    may_remove: bool = False


@dataclass
class ShownItem:
    """An item with its pieces; `days_late` counts the merchant's working days since it was wanted, 0 in time."""

    item: RequestedItem
    pieces: list[Piece] = field(default_factory=list)
    is_late: bool = False
    judgements: list[Judgement] = field(default_factory=list)
    forms: dict[str, Any] = field(default_factory=dict)

    @property
    def lacks_former_client(self) -> bool:
        """Whether one was wanted and none of those named is one."""
        return self.item.wants_former and not any(piece.is_former_client for piece in self.pieces)

    @property
    def is_on_its_way(self) -> bool:
        return self.item.state == State.ASKED and self.item.sent_on is not None

    @property
    def is_open(self) -> bool:
        """Whether the vendor still owes it."""
        return self.item.state == State.ASKED and self.item.sent_on is None

    @property
    def takes_more(self) -> bool:
        return self.item.state in (State.ASKED, State.RECEIVED, State.REFUSED)


def items_of(asked: EvidenceRequest, *, acting: Membership, today: date) -> list[ShownItem]:
    """The items in their order, each with its pieces; `today` is in the merchant's zone. Seven queries at most."""
    pieces = pieces_of(asked, acting)
    shown = []
    for item in sorted(asked.items.all(), key=lambda one: ORDER.index(Kind(one.kind))):
        item.request = asked
        late = is_late(item, today)
        shown.append(ShownItem(item, pieces[item.pk], is_late=late))
    return shown


def is_late(item: RequestedItem, today: date) -> bool:
    """Whether the vendor owes it since a day that is over."""
    due = item.request.due_on
    return item.state == State.ASKED and item.sent_on is None and due is not None and due < today


def pieces_of(asked: EvidenceRequest, acting: Membership) -> dict[int, list[Piece]]:
    """What came, by item. Where a vendor looks: what its own side gave; never what the merchant noted."""
    found: dict[int, list[Piece]] = defaultdict(list)
    own = Q(created_by__organisation=acting.organisation_id)
    given = Q() if acting.organisation.is_merchant else own

    def rows(kind: Any) -> Iterable[Any]:
        pieces = kind.objects.current().filter(given, item__request=asked).select_related("created_by")
        return pieces.order_by("created_at", "pk")  # type: ignore[no-any-return]

    for reference in rows(Reference):
        found[reference.item_id].append(_referee(reference, acting))
    for sample in rows(WorkSample).select_related("file").prefetch_related("photos"):  # type: ignore[attr-defined]
        found[sample.item_id].append(_sample(sample, acting))
    for testimonial in rows(Testimonial):
        found[testimonial.item_id].append(_testimonial(testimonial, acting))
    for partner in rows(Partner):
        found[partner.item_id].append(_partner(partner, acting))
    picks = Pick.objects.filter(item__request=asked).select_related(
        "sample__file",
        "testimonial",
        "partner",
        *(f"{one}__created_by" for one in ("sample", "testimonial", "partner")),
    )
    for pick in picks:
        if piece := _picked(pick, acting):
            found[pick.item_id].append(piece)
    return found


def _may_remove(piece: Any, acting: Membership) -> bool:
    return piece.created_by is not None and piece.created_by.organisation_id == acting.organisation_id


def _line(*parts: Any) -> str:
    return ", ".join(str(part) for part in parts if part)


def _referee(one: Reference, acting: Membership) -> Piece:
    is_former = one.relation == Reference.Relation.FORMER
    meta = _line(one.role, one.company, one.email, one.phone, one.get_relation_display())
    may_remove = _may_remove(one, acting) and one.state == Reference.State.NAMED
    return Piece(one.pk, one.name, meta, is_former_client=is_former, may_remove=may_remove)


def _sample(one: WorkSample, acting: Membership, *, is_public: bool = False) -> Piece:
    is_picture = one.file is not None and one.file.is_picture
    is_merchant = acting.organisation.is_merchant
    return Piece(
        one.pk,
        one.title,
        one.description,
        url=one.url,
        file=reverse("directory:sample_file", args=[one.pk]) if one.file else "",
        thumbnail=reverse("directory:sample_thumbnail", args=[one.pk]) if is_picture else "",
        photos=list(one.photos.all()) if is_merchant and not is_public else (),
        is_public=is_public,
        may_remove=not is_public and one.form != WorkSample.Form.PHYSICAL and _may_remove(one, acting),
    )


def _testimonial(one: Testimonial, acting: Membership) -> Piece:
    title = _line(one.person, one.role, one.company)
    return Piece(one.pk, title, quote=one.quote, url=one.url, may_remove=_may_remove(one, acting))


def _partner(one: Partner, acting: Membership) -> Piece:
    meta = _line(one.get_kind_display(), one.since)
    return Piece(one.pk, one.name, meta, url=one.website, may_remove=_may_remove(one, acting))


def _picked(pick: Pick, acting: Membership) -> Piece | None:
    """A piece of the profile; None where the vendor has taken it back since."""
    may_remove = not acting.organisation.is_merchant
    piece: Any = pick.sample or pick.testimonial or pick.partner
    if piece.removed_at is not None:
        return None
    if isinstance(piece, WorkSample):
        made = _sample(piece, acting, is_public=True)
    elif isinstance(piece, Testimonial):
        made = _testimonial(piece, acting)
    else:
        made = _partner(piece, acting)
    return Piece(**{**made.__dict__, "is_public": True, "may_remove": may_remove})


@dataclass(frozen=True)
class LatestRequest:
    """The last thing that was asked of a vendor, in counts."""

    pk: int
    asked_on: Any
    due_on: date | None
    withdrawn_at: Any
    total: int
    received: int
    judged: int
    refused: int
    open: int
    is_late: bool


def latest_request(vendor: Vendor, *, acting: Membership, today: date) -> LatestRequest | None:
    """The newest request of the acting merchant to this vendor, for the vendor page. One query; none for a vendor."""
    if not acting.organisation.is_merchant:
        return None
    states = {state.value: Count("items", filter=Q(items__state=state)) for state in State}
    owed = Count("items", filter=Q(items__state=State.ASKED, items__sent_on=None))
    rows = EvidenceRequest.objects.visible_to(acting).filter(vendor=vendor)
    row = rows.annotate(total=Count("items"), owed=owed, **{f"in_{name}": count for name, count in states.items()})
    one: Any = row.order_by("-asked_at", "pk").first()
    if one is None:
        return None
    return LatestRequest(
        pk=one.pk,
        asked_on=one.asked_at,
        due_on=one.due_on,
        withdrawn_at=one.withdrawn_at,
        total=one.total,
        received=one.in_received,
        judged=one.in_judged,
        refused=one.in_refused,
        open=one.in_asked,
        is_late=bool(one.owed and one.due_on and one.due_on < today),
    )
