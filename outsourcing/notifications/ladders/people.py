"""Who is there to be reminded: members of some organisations, who stands in for whom, whom mails reach, and when they
work. Read for many at once, as plain values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Opening, Organisation, Role
from outsourcing.accounts.working_time import calendar_from

#: The category that stands for every one.
ALL = "*"
#: Roles that run an organisation, its head's first.
HEADS = {"merchant": (Role.OWNER,), "vendor": (Role.MANAGER,)}
#: Somebody who has joined; of a vendor, who was asked in too and may be written to. A former member is nobody,
#: and so are those of an organisation that closes.
PEOPLE = """
SELECT m.id, m.organisation_id, m.email, coalesce(nullif(m.name, ''), m.email), m.phone, m.roles, m.is_backup,
    coalesce(nullif(u.time_zone, ''), o.time_zone), m.user_id IS NOT NULL,
    EXISTS (SELECT FROM notifications_recipient r WHERE r.address = m.email AND r.unreachable_since IS NOT NULL),
    (SELECT array_agg(category) FROM notifications_optout p WHERE p.membership_id = m.id)
FROM accounts_membership m JOIN accounts_organisation o ON o.id = m.organisation_id
LEFT JOIN accounts_user u ON u.id = m.user_id
WHERE m.organisation_id = ANY(%(all)s) AND m.left_at IS NULL AND o.closes_at IS NULL AND (m.user_id IS NOT NULL
    OR o.kind = 'vendor' AND EXISTS (
        SELECT FROM accounts_invitation i WHERE i.membership_id = m.id AND i.revoked_at IS NULL))
ORDER BY m.id
"""
PLACES = """
SELECT o.id, o.kind, o.name, o.time_zone, o.country, o.region, o.reply_to, o.closes_at
FROM accounts_organisation o
WHERE o.id = ANY(%(all)s)
"""
HOURS = """
SELECT organisation_id, weekday, opens, closes, NULL FROM accounts_opening WHERE organisation_id = ANY(%(all)s)
UNION ALL
SELECT organisation_id, NULL, NULL, NULL, day::text FROM accounts_closedday WHERE organisation_id = ANY(%(all)s)
"""
AWAY = """
SELECT a.membership_id, a.stand_in_id, a.starts_on, a.ends_on FROM accounts_absence a
JOIN accounts_membership m ON m.id = a.membership_id
WHERE m.organisation_id = ANY(%(all)s) AND a.ends_on >= %(since)s AND a.starts_on <= %(until)s
"""


@dataclass(slots=True)
class Person:
    """A member as mails need one."""

    pk: int
    organisation: int
    email: str
    name: str
    phone: str
    roles: Sequence[str]
    is_backup: bool
    zone: ZoneInfo
    has_joined: bool
    is_unreachable: bool
    opted_out: frozenset[str]

    def has_role(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)

    def wants_none(self, category: str) -> bool:
        """Whether they have switched these mails off, or all."""
        return category in self.opted_out or ALL in self.opted_out


class Calendars:
    """Organisations and when they work, around an instant `at`; read in bulk, once each."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.places: dict[int, Organisation] = {}
        self._openings: dict[int, list[tuple[int, int, int]]] = {}
        self._closed: dict[int, list[str]] = {}
        self._years = tuple(range(at.year - 1, at.year + 3))
        self._made: dict[int, WorkingCalendar] = {}

    def read(self, organisations: Iterable[int | None]) -> None:
        """Have these at hand. Two queries where any is new."""
        new = sorted({one for one in organisations if one is not None and one not in self.places})
        if not new:
            return
        self.places |= {row[0]: _place(row) for row in rows(PLACES, all=new)}
        for place, weekday, opens, closes, day in rows(HOURS, all=new):
            if day is None:
                self._openings.setdefault(place, []).append((weekday, opens, closes))
            else:
                self._closed.setdefault(place, []).append(day)

    def of(self, organisation: int) -> WorkingCalendar:
        """When one works; it was read before."""
        if organisation not in self._made:
            place = self.places[organisation]
            self._made[organisation] = _calendar(
                str(place.time_zone), place.country.code or "", place.region, self._years,
                tuple(sorted(self._openings.get(organisation, ()))), tuple(sorted(self._closed.get(organisation, ()))),
            )  # fmt: skip
        return self._made[organisation]

    def zone(self, organisation: int) -> ZoneInfo:
        return zone_of(str(self.places[organisation].time_zone))


@lru_cache(maxsize=5_000)
def _calendar(
    zone: str, country: str, region: str, years: Sequence[int], openings: Sequence[Sequence[int]], closed: Sequence[str]
) -> WorkingCalendar:
    """A calendar is what it is made of: many organisations have the same."""
    place = Organisation(time_zone=zone, country=country, region=region)
    windows = [Opening(weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in openings]
    return calendar_from(place, windows, map(date.fromisoformat, closed), years)


class Roster:
    """The people of some organisations at the calendars' instant; read in bulk, once each. `mails` are those of theirs
    that go much later, by occurrence, as far as they are known (posting.py)."""

    def __init__(self, calendars: Calendars) -> None:
        self.calendars = calendars
        self.people: dict[int, Person] = {}
        self.of: dict[int, list[Person]] = {}
        self.away: dict[int, list[tuple[int, date, date]]] = {}
        self.mails: dict[str, int] = {}

    @classmethod
    def of_organisations(cls, organisations: Iterable[int | None], calendars: Calendars) -> "Roster":
        """Those of these organisations."""
        made = cls(calendars)
        made.read(organisations)
        return made

    def read(self, organisations: Iterable[int | None]) -> None:
        """Have these at hand. Two queries where any is new, and two for those that the calendars do not know yet."""
        new = sorted({one for one in organisations if one is not None and one not in self.of})
        if not new:
            return
        self.calendars.read(new)
        at = self.calendars.at
        self.of |= {key: [] for key in new}
        for one in map(_person, rows(PEOPLE, all=new)):
            self.people[one.pk] = one
            self.of[one.organisation].append(one)
        window = {"since": at.date() - timedelta(days=1), "until": at.date() + timedelta(days=1)}
        for member, stand_in, first, last in rows(AWAY, all=new, **window):
            self.away.setdefault(member, []).append((stand_in, first, last))

    @property
    def at(self) -> datetime:
        return self.calendars.at

    @property
    def places(self) -> dict[int, Organisation]:
        return self.calendars.places

    def heads(self, organisation: int) -> list[Person]:
        """Who runs it."""
        kind = self.places[organisation].kind if organisation in self.places else "vendor"
        return [one for one in self.of.get(organisation, ()) if one.has_role(*HEADS[kind])]

    def first(
        self,
        organisation: int | None,
        candidates: Iterable[int | None],
        *,
        roles: Sequence[str] = (),
        backup: bool = False,
        heads: bool = True,
        category: str = "",
    ) -> Person | None:
        """The first of these who is a member of the organisation, else one of its backups or of those with such a role,
        where these are asked for, else the first head; their stand-in while away. Whom no
        mail reaches, or none of this `category` by their own wish, is passed over as long as there is somebody else."""
        unreached: Person | None = None
        for one in self._candidates(organisation, candidates, roles, backup, heads):
            there = self.present(one)
            if not there.is_unreachable and not (category and there.wants_none(category)):
                return there
            unreached = unreached or there
        return unreached

    def _candidates(
        self, organisation: int | None, named: Iterable[int | None], roles: Sequence[str], backup: bool, heads: bool
    ) -> Iterator[Person]:
        for key in named:
            one = self.people.get(key) if key is not None else None
            if one is not None and organisation in (None, one.organisation):
                yield one
        if organisation is None:
            return
        if backup or roles:
            for one in self.of.get(organisation, ()):
                if (backup and one.is_backup) or (roles and one.has_role(*roles)):
                    yield one
        if heads:
            yield from self.heads(organisation)

    def present(self, one: Person) -> Person:
        """Who gets what falls into this person's absence: the stand-in, if that one is there; else the person."""
        seen = {one.pk}
        while (stand_in := self._stand_in(one)) is not None and stand_in.pk not in seen:
            one = stand_in
            seen.add(one.pk)
        return one

    def _stand_in(self, one: Person) -> Person | None:
        if one.pk not in self.away:
            return None
        today = self.calendars.at.astimezone(one.zone).date()
        for stand_in, first, last in self.away[one.pk]:
            if first <= today <= last:
                return self.people.get(stand_in)
        return None

    def calendar(self, organisation: int) -> WorkingCalendar:
        """When it works."""
        return self.calendars.of(organisation)


def _place(row: Sequence[Any]) -> Organisation:
    names = ("pk", "kind", "name", "time_zone", "country", "region", "reply_to", "closes_at")
    return Organisation(**dict(zip(names, row, strict=True)))


_ZONES: dict[str, ZoneInfo] = {}


def zone_of(name: str) -> ZoneInfo:
    return _ZONES[name] if name in _ZONES else _ZONES.setdefault(name, ZoneInfo(name))


def _person(row: Sequence[Any]) -> Person:
    pk, place, email, name, phone, roles, backup, zone, joined, unreachable, out = row
    return Person(
        pk, place, email, name, phone, roles, backup, zone_of(zone), joined, unreachable, frozenset(out or ())
    )


def rows(statement: str, **given: Any) -> list[Sequence[Any]]:
    """The rows of a written statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[Sequence[Any]] = cursor.fetchall()
    return found
