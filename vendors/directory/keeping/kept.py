"""What a merchant keeps to itself about a vendor, read in one query; and about many at once, for lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from outsourcing.accounts.models import Membership, Role
from outsourcing.shared import statements
from vendors.directory.models import Relationship, Tag, Vendor

NOTES, SUGGESTED = 50, 200


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


#: One row of a vendor's, each column within what the acting merchant may see; Django would take longer to write it than
#: PostgreSQL to answer it.
STANDING = """(SELECT json_build_object('status', r.status, 'reason', r.blocked_reason, 'at', r.blocked_at)
    FROM directory_relationship r WHERE r.vendor_id = v.id AND r.merchant_id = %(own)s)"""
TAGS = """(SELECT coalesce(json_agg(json_build_object('pk', t.id, 'name', t.name) ORDER BY lower(t.name)), '[]')
    FROM directory_tagging g JOIN directory_tag t ON t.id = g.tag_id
    WHERE g.vendor_id = v.id AND t.merchant_id = %(own)s)"""
PERSON = """'pk', {key}.id, 'name', m.name, 'email', m.email, 'phone', m.phone, 'about', {about},
    'is_backup', m.is_backup, 'has_joined', m.user_id IS NOT NULL AND m.left_at IS NULL, 'roles', m.roles"""
#: Somebody of the vendor's who can sign in.
JOINED = "m.organisation_id = v.organisation_id AND m.user_id IS NOT NULL AND m.left_at IS NULL"
KEPT = f"""
SELECT {STANDING}, (SELECT coalesce(json_agg(json_build_object('pk', n.id, 'text', n.text,
        'author', coalesce(nullif(a.name, ''), a.email), 'author_id', n.author_id, 'created_at', n.created_at,
        'edited_at', n.edited_at) ORDER BY n.created_at DESC, n.id), '[]')
    FROM directory_note n JOIN accounts_membership a ON a.id = n.author_id
    WHERE n.vendor_id = v.id AND n.merchant_id = %(own)s),
{TAGS},
ARRAY(SELECT t.name FROM directory_tag t WHERE t.merchant_id = %(own)s ORDER BY lower(t.name) LIMIT {SUGGESTED}),
(SELECT coalesce(json_agg(json_build_object({PERSON.format(key="c", about="c.about")})
        ORDER BY m.is_backup, m.name), '[]')
    FROM directory_contact c JOIN accounts_membership m ON m.id = c.membership_id
    WHERE c.vendor_id = v.id AND c.merchant_id = %(own)s),
(SELECT coalesce(json_agg(json_build_object({PERSON.format(key="m", about="''")}) ORDER BY m.is_backup, m.name), '[]')
    FROM accounts_membership m WHERE {JOINED} AND EXISTS (
        SELECT FROM accounts_invitation i JOIN accounts_membership asked ON asked.id = i.membership_id
        JOIN accounts_membership asker ON asker.id = i.invited_by_id WHERE i.used_at IS NOT NULL
        AND asked.organisation_id = v.organisation_id AND asker.organisation_id = %(own)s)),
EXISTS (SELECT FROM accounts_membership m WHERE {JOINED})
FROM directory_vendor v WHERE v.id = %(vendor)s
"""
MARKS = f"SELECT v.id, {STANDING}, {TAGS} FROM directory_vendor v WHERE v.id = ANY(%(vendors)s)"


def kept_about(vendor: Vendor, acting: Membership) -> Kept:
    """One query; none for a vendor's own people."""
    if not acting.organisation.is_merchant:
        return Kept()
    given = {"own": acting.organisation_id, "vendor": vendor.pk}
    standing, notes, tags, words, kept_ones, people, has_people = statements.row(KEPT, given)
    contacts = [_contact(one, is_own=True) for one in kept_ones]
    known = {contact.email for contact in contacts}
    contacts += [_contact(one, is_own=False) for one in people if one["email"] not in known]
    return Kept(
        standing=_standing(standing),
        notes=[_note(one, acting) for one in notes[:NOTES]],
        note_count=len(notes),
        tags=[KeptTag(**one) for one in tags],
        own_tags=words,
        contacts=contacts,
        may_keep_contacts=not has_people and not vendor.is_claimed and vendor.added_by_id == acting.organisation_id,
    )


def marks_of(vendors: Iterable[int], acting: Membership) -> dict[int, Mark]:
    """By the vendor's key: status and tags of the acting merchant, for those that have any. One query for a page."""
    if not acting.organisation.is_merchant:
        return {}
    given = {"own": acting.organisation_id, "vendors": list(vendors)}
    return {
        pk: Mark(standing.status, standing.label, [KeptTag(**one) for one in tags])
        for pk, row, tags in statements.rows(MARKS, given)
        if (standing := _standing(row)).status or tags
    }


def has_joined(vendor: Vendor) -> bool:
    """Whether somebody of the vendor's can sign in: from then on its own people keep its contacts."""
    return Membership.objects.joined().filter(organisation=vendor.organisation_id).exists()


def _standing(row: dict[str, Any] | None) -> Standing:
    if row is None:
        return Standing()
    status = Relationship.Status(row["status"])
    return Standing(status.value, str(status.label), row["reason"], _instant(row["at"]))


def _note(one: dict[str, Any], acting: Membership) -> KeptNote:
    created_at, edited_at = _instant(one["created_at"]), _instant(one["edited_at"])
    assert created_at is not None
    may_change = acting.has_role(Role.OWNER) or one["author_id"] == acting.pk
    return KeptNote(one["pk"], one["text"], one["author"], created_at, edited_at, may_change)


def _contact(one: dict[str, Any], *, is_own: bool) -> KeptContact:
    joined = one["has_joined"]
    said = ", ".join(str(Role(role).label) for role in one["roles"]) if joined else ""
    return KeptContact(
        one["pk"], one["name"], one["email"], one["phone"], one["about"] or said, one["is_backup"], joined, is_own
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def of_tag(tag: str, acting: Membership) -> Q:
    """The condition on vendors that have this tag of the acting merchant's, whatever its case; for filters."""
    own = Tag.objects.visible_to(acting).filter(name__iexact=tag, taggings__vendor=OuterRef("pk"))
    return Q(Exists(own))
