"""What a merchant keeps to itself about a vendor, read in one query; and about many at once, for lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, JSONObject, Lower, NullIf
from django.db.models.query import QuerySet

from outsourcing.accounts.models import Invitation, Membership, Role
from vendors.directory.models import Contact, Note, Relationship, Tag, Vendor

NOTES, SUGGESTED = 50, 200
LABEL = Coalesce(NullIf(F("author__name"), Value("")), F("author__email"))


@dataclass(frozen=True)
class Standing:
    """How the merchant stands to the vendor; `status` is empty where it has not said."""

    status: str = ""
    label: str = ""
    blocked_reason: str = ""
    blocked_at: datetime | None = None


@dataclass(frozen=True)
class KeptNote:
    """A note, newest first; `may_change` for its author and an owner."""

    pk: int
    text: str
    author: str
    created_at: datetime
    edited_at: datetime | None
    may_change: bool


@dataclass(frozen=True)
class KeptTag:
    pk: int
    name: str


@dataclass(frozen=True)
class KeptContact:
    """Somebody at the vendor. `is_own`: the merchant wrote them down; else they are the vendor's own word."""

    pk: int
    name: str
    email: str
    phone: str
    about: str
    is_backup: bool
    has_joined: bool
    is_own: bool


@dataclass(frozen=True)
class Kept:
    """All of it; empty for a vendor's own people. `may_keep_contacts` until somebody of the vendor has joined."""

    standing: Standing = Standing()
    notes: Sequence[KeptNote] = ()
    note_count: int = 0
    tags: Sequence[KeptTag] = ()
    own_tags: Sequence[str] = ()
    contacts: Sequence[KeptContact] = ()
    may_keep_contacts: bool = False


@dataclass(frozen=True)
class Mark:
    """What a list shows beside one vendor."""

    status: str = ""
    label: str = ""
    tags: Sequence[KeptTag] = field(default_factory=tuple)

    @property
    def is_blocked(self) -> bool:
        return self.status == Relationship.Status.BLOCKED


def kept_about(vendor: Vendor, acting: Membership) -> Kept:
    """One query; none for a vendor's own people."""
    if not acting.organisation.is_merchant:
        return Kept()
    row = cast("dict[str, Any]", Vendor.objects.filter(pk=vendor.pk).values(**_columns(acting)).get())
    contacts = [_contact(one, is_own=True) for one in row["kept_contacts"]]
    known = {contact.email for contact in contacts}
    contacts += [_contact(one, is_own=False) for one in row["kept_people"] if one["email"] not in known]
    return Kept(
        standing=_standing(row["kept_standing"]),
        notes=[_note(one, acting) for one in row["kept_notes"][:NOTES]],
        note_count=len(row["kept_notes"]),
        tags=[KeptTag(**one) for one in row["kept_tags"]],
        own_tags=row["kept_words"],
        contacts=contacts,
        may_keep_contacts=not row["has_joined"]
        and not vendor.is_claimed
        and vendor.added_by_id == acting.organisation_id,
    )


def marks_of(vendors: Iterable[int], acting: Membership) -> dict[int, Mark]:
    """By the vendor's key: status and tags of the acting merchant, for those that have any. One query for a page."""
    if not acting.organisation.is_merchant:
        return {}
    columns = _columns(acting)
    rows = Vendor.objects.filter(pk__in=list(vendors)).values(
        "pk", kept_standing=columns["kept_standing"], kept_tags=columns["kept_tags"]
    )
    return {
        row["pk"]: Mark(standing.status, standing.label, [KeptTag(**one) for one in row["kept_tags"]])
        for row in rows
        if (standing := _standing(row["kept_standing"])).status or row["kept_tags"]
    }


def has_joined(vendor: Vendor) -> bool:
    """Whether somebody of the vendor's can sign in: from then on its own people keep its contacts."""
    return Membership.objects.joined().filter(organisation=vendor.organisation_id).exists()


def _columns(acting: Membership) -> dict[str, Any]:
    """Every column within what the acting merchant may see."""
    here = {"vendor": OuterRef("pk")}
    invited_by_us = Invitation.objects.filter(
        membership__organisation=OuterRef(OuterRef("organisation")),
        invited_by__organisation=acting.organisation_id,
        used_at__isnull=False,
    )
    people = Membership.objects.joined().filter(Exists(invited_by_us), organisation=OuterRef("organisation"))
    joined = Membership.objects.joined().filter(organisation=OuterRef("organisation"))
    words = Tag.objects.visible_to(acting).order_by(Lower("name"))
    return {
        "kept_standing": _rows(
            Relationship.objects.visible_to(acting).filter(**here),
            status="status",
            reason="blocked_reason",
            at="blocked_at",
        ),
        "kept_notes": _rows(
            Note.objects.visible_to(acting).filter(**here).order_by("-created_at", "pk"),
            pk="pk",
            text="text",
            author=LABEL,
            author_id="author_id",
            created_at="created_at",
            edited_at="edited_at",
        ),
        "kept_tags": _rows(
            Tag.objects.visible_to(acting).filter(taggings__vendor=OuterRef("pk")).order_by(Lower("name")),
            pk="pk",
            name="name",
        ),
        "kept_words": ArraySubquery(words.values("name")[:SUGGESTED]),
        "kept_contacts": _rows(
            Contact.objects.visible_to(acting).filter(**here).order_by("membership__is_backup", "membership__name"),
            pk="pk",
            name="membership__name",
            email="membership__email",
            phone="membership__phone",
            about="about",
            is_backup="membership__is_backup",
            user="membership__user_id",
            left="membership__left_at",
            roles="membership__roles",
        ),
        "kept_people": _rows(
            people.order_by("is_backup", "name"),
            pk="pk",
            name="name",
            email="email",
            phone="phone",
            is_backup="is_backup",
            user="user_id",
            left="left_at",
            roles="roles",
        ),
        "has_joined": Exists(joined),
    }


def _rows(rows: QuerySet[Any, Any], **columns: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(row=JSONObject(**columns)))


def _standing(rows: list[dict[str, Any]]) -> Standing:
    if not rows:
        return Standing()
    status = Relationship.Status(rows[0]["status"])
    return Standing(status.value, str(status.label), rows[0]["reason"], _instant(rows[0]["at"]))


def _note(one: dict[str, Any], acting: Membership) -> KeptNote:
    created_at, edited_at = _instant(one["created_at"]), _instant(one["edited_at"])
    assert created_at is not None
    may_change = acting.has_role(Role.OWNER) or one["author_id"] == acting.pk
    return KeptNote(one["pk"], one["text"], one["author"], created_at, edited_at, may_change)


def _contact(one: dict[str, Any], *, is_own: bool) -> KeptContact:
    joined = one["user"] is not None and one["left"] is None
    said = ", ".join(str(Role(role).label) for role in one["roles"]) if joined else ""
    return KeptContact(
        one["pk"], one["name"], one["email"], one["phone"], one.get("about") or said, one["is_backup"], joined, is_own
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def of_tag(tag: str, acting: Membership) -> Q:
    """The condition on vendors that have this tag of the acting merchant's, whatever its case; for filters."""
    own = Tag.objects.visible_to(acting).filter(name__iexact=tag, taggings__vendor=OuterRef("pk"))
    return Q(Exists(own))
