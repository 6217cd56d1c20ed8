"""Search across rooms: each room adds what it finds for the acting person, among what that person may see."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.shared.hooks import Hook

MOST = 10


@dataclass(frozen=True)
class Result:
    """One thing found."""

    title: str
    meta: str
    url: str = ""
    icon: str = "search"


@dataclass(frozen=True)
class Found:
    """What one room found, best first, ten at most."""

    label: str
    results: list[Result] = field(default_factory=list)


#: For the acting membership and some words (not empty, at most 200 characters): what a room found.
search: Hook[[Membership, str], Found] = Hook("accounts.search")


def colleagues(acting: Membership, words: str) -> Found:
    """People of one's own organisation, by name or address."""
    people = (
        Membership.objects.current()
        .visible_to(acting)
        .filter(Q(name__icontains=words) | Q(email__icontains=words))
        .order_by("name", "pk")[:MOST]
    )
    return Found(
        _("People"), [Result(one.name or one.email, one.email, f"mailto:{one.email}", "user") for one in people]
    )


search.add(colleagues, order=90)
