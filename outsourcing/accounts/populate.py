"""Invented organisations and the people in them, by the thousand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Max
from django.utils.text import slugify

from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.shared.errors import Stop
from outsourcing.shared.hooks import Progress, populates
from outsourcing.shared.populate import BATCH, copy_in, reserve

#: The years in which they joined: fixed, so that a seed gives the same rows on any day.
FIRST_DAY, DAYS = datetime(2024, 1, 1, tzinfo=UTC), 700
#: Country, zone, currency.
PLACES = [
    ("GB", "Europe/London", "GBP"),
    ("IE", "Europe/Dublin", "EUR"),
    ("NL", "Europe/Amsterdam", "EUR"),
    ("DE", "Europe/Berlin", "EUR"),
    ("FR", "Europe/Paris", "EUR"),
    ("ES", "Europe/Madrid", "EUR"),
    ("PL", "Europe/Warsaw", "PLN"),
    ("SE", "Europe/Stockholm", "SEK"),
    ("US", "America/New_York", "USD"),
    ("US", "America/Los_Angeles", "USD"),
    ("CA", "America/Toronto", "CAD"),
    ("IN", "Asia/Kolkata", "INR"),
    ("JP", "Asia/Tokyo", "JPY"),
    ("AU", "Australia/Sydney", "AUD"),
]
FIRST_WORDS = (
    "Alder Amber Birch Bramble Brass Briar Cedar Clover Copper Cobalt Driftwood Elm Ember Fern Flint Foxglove Harbour "
    "Hazel Heron Indigo Ivory Juniper Kestrel Lantern Larch Linden Marigold Marram Meadow Nettle North Oak Ochre Otter "
    "Pebble Plover Quill Rowan Saffron Sorrel Tansy Teasel Thistle Tidewell Umber Velvet Willow Wren Yarrow Zephyr"
)
SHOPS = "Ceramics Coffee Cycles Garden Goods Home Kitchen Linen Paper Provisions Soap Stationers Supply Tea Toys Wool"
SERVICES = (
    "Accounts Analytics Bookkeeping Care Copy Creative Dispatch Freight Fulfilment Labs Media Photo Search Studio"
)
FIRST_NAMES = (
    "Ada Amara Anika Bram Caspian Chidi Clara Dilys Elif Esme Farah Freya Gareth Hana Idris Imogen Ines Joost Kaya "
    "Kenji Lars Leila Lucia Malik Marta Mina Nadia Niamh Nils Olu Orla Piet Priya Rafael Rosa Sam Saoirse Tariq Theo"
)
LAST_NAMES = (
    "Adeyemi Agarwal Bakker Byrne Castellan Dahl Dubois Ekström Fischer Garcia Haddad Hughes Imberg Ito Jansen Kaplan "
    "Kowalski Larsen Lindqvist Marchetti Mbeki Moreau Nakamura Nowak Okafor Oyelaran Patel Quinn Rahman Romero Sato "
    "Schmidt Tanaka Tully Usman Vermeer Virtanen Walsh Yilmaz Zieliński"
)
MERCHANT_ROLES = [[Role.BUYER], [Role.OPERATIONS], [Role.BUYER, Role.OPERATIONS], [Role.VIEWER]]
VENDOR_ROLES = [[Role.CONTACT], [Role.CONTACT], [Role.MANAGER, Role.CONTACT]]
NOT_JOINED, HAS_LEFT = 0.10, 0.05  # the shares of places


@populates("organisations", order=10)
def organisations(count: int, rng: Random, progress: Progress) -> None:
    """One merchant, then two vendors, and so on, in fourteen zones."""

    def rows() -> Iterator[list[object]]:
        for number in range(count):
            is_merchant = number % 3 == 0
            first, last = _word(rng, FIRST_WORDS), _word(rng, SHOPS if is_merchant else SERVICES)
            name = f"{first} & {_word(rng, FIRST_WORDS)} {last}" if rng.random() < 0.5 else f"{first} {last}"
            kind = Organisation.Kind.MERCHANT if is_merchant else Organisation.Kind.VENDOR
            yield [kind.value, name, *rng.choice(PLACES), _some_day(rng)]

    copy_in(Organisation, ["kind", "name", "country", "time_zone", "currency", "created_at"], rows(), progress)


@populates("memberships", order=11)
def memberships(count: int, rng: Random, progress: Progress) -> None:
    """People with their places: an owner or manager for each organisation first, then anybody anywhere.

    Of the others one in ten has not joined yet and has no user, one in twenty has left. Nobody can sign in with a
    password. Raises Stop where there is no organisation.
    """
    places = list(Organisation.objects.order_by("pk").values_list("pk", "kind"))
    if count and not places:
        raise Stop("People need somewhere to work: ask for organisations too, for example organisations=1000.")
    last = Membership.objects.aggregate(last=Max("pk"))["last"] or 0  # addresses count on from here
    for start in range(0, count, BATCH):
        members = []
        for number in range(start, min(start + BATCH, count)):
            is_head = number < len(places)
            organisation, kind = places[number] if is_head else rng.choice(places)
            members.append(_member(rng, organisation, kind, is_head, number=last + number + 1))
        _give_users(members)
        copy_in(Membership, list(Member._fields), members, progress)


class Member(NamedTuple):
    """A row of memberships."""

    organisation: int
    user: int | None
    email: str
    name: str
    roles: list[Role]
    created_at: datetime
    left_at: datetime | None


def _member(rng: Random, organisation: int, kind: str, is_head: bool, *, number: int) -> Member:
    """Somebody with a user of number 0, which is yet to be made, or none."""
    name = f"{_word(rng, FIRST_NAMES)} {_word(rng, LAST_NAMES)}"
    is_merchant = kind == Organisation.Kind.MERCHANT
    if is_head:
        roles = [Role.OWNER] if is_merchant else [Role.MANAGER]
    else:
        roles = rng.choice(MERCHANT_ROLES if is_merchant else VENDOR_ROLES)
    joined_at = _some_day(rng)
    has_joined = is_head or rng.random() >= NOT_JOINED
    has_left = not is_head and rng.random() < HAS_LEFT
    return Member(
        organisation,
        0 if has_joined else None,
        f"{slugify(name)}.{number}@people.example",
        name,
        roles,
        joined_at,
        joined_at + timedelta(days=rng.randrange(1, 90)) if has_left else None,
    )


def _give_users(members: list[Member]) -> None:
    """Make a user for each who has joined, and write its number into the row."""
    joined = [at for at, member in enumerate(members) if member.user is not None]
    for at, number in zip(joined, reserve(User, len(joined)), strict=True):
        members[at] = members[at]._replace(user=number)
    rows = ([m.user, m.email, m.name, m.created_at, UNUSABLE_PASSWORD_PREFIX] for m in members if m.user is not None)
    copy_in(User, ["id", "email", "name", "joined_at", "password"], rows)


def _some_day(rng: Random) -> datetime:
    return FIRST_DAY + timedelta(minutes=rng.randrange(DAYS * 24 * 60))


def _word(rng: Random, words: str) -> str:
    return rng.choice(words.split())
