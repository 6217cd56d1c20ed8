"""A rule of the tests' own, whose things stand in a dict: what is due when, who does it, and whether it is over."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from outsourcing.accounts.models import Membership, Opening, Organisation, Role
from outsourcing.notifications.ladders import planning, rules
from outsourcing.notifications.ladders.rules import Category, Kind, Letter, Rule, Standing, Step, To
from outsourcing.notifications.models import Ladder, Mail, Notice, Rung
from tests.factories import MembershipFactory


@dataclass(frozen=True)
class Thing:
    """Something that a vendor's person owes a merchant."""

    merchant: Organisation
    person: Membership
    due: date | datetime
    title: str = "Sweep the yard"
    version: str = "1"
    urgent: bool = False
    promised: date | None = None
    over: str = ""
    address: str = ""


class Chores(Rule):
    """One before, two after, one to operations; what is in `broken` cannot be read, what is in `mute` not be drawn."""

    key, label, about, category, may_snooze = "chore", "Chores", "Chores wait.", Category.MILESTONES, True
    steps = (
        Step("Before", (None, -3, -3), only_ahead=True),
        Step("First", (2, 1, 1)),
        Step("Second", (5, 3, 2)),
        Step("To decide", (9, 5, 3)),
    )
    placeholders = {"title": "its title", "due": "the date"}

    def __init__(self) -> None:
        self.things: dict[int, Thing] = {}
        self.broken: set[int] = set()
        self.mute: set[int] = set()
        self.looks = 0

    def standings(self, subjects, calendars):
        self.looks += 1
        if broken := self.broken & set(subjects):
            raise ZeroDivisionError(f"{broken} cannot be read")
        found = {key: self.things[key] for key in subjects if key in self.things}
        calendars.read({key for one in found.values() for key in (one.merchant.pk, one.person.organisation_id)})
        return {key: one.over or self._standing(key, one, calendars) for key, one in found.items()}

    def _standing(self, key: int, one: Thing, calendars) -> Standing:
        place = one.person.organisation_id
        return Standing(
            key, one.merchant.pk, place, one.version, one.due, calendars.zone(place), calendars.of(place), one.title,
            "/chores/", waits_until=one.promised, is_urgent=one.urgent, row=one,
        )  # fmt: skip

    def subjects(self, after, most, at):
        return sorted(key for key in self.things if key > after)[:most]

    def to(self, standing, step):
        one = standing.row
        if step == len(self.steps) - 1:
            yield To([], Kind.DECIDE, one.merchant.pk, roles=(Role.OPERATIONS,))
        elif one.address:
            yield To(address=one.address)
        else:
            yield To([one.person.pk], Kind.ACT, one.person.organisation_id, again=True)

    def words(self, standing):
        return {"title": standing.title, "due": f"{standing.due}"}

    def letter(self, standing, step, kind, reader, roster):
        if standing.subject in self.mute:
            raise KeyError("No words for it")
        calls = [("Rosa Imberg", "020 7946 0018")]
        return Letter(
            f"Waits: {standing.title}", standing.title, [f"Step {step}."], (), "Look", standing.url, calls=calls
        )

    # What the tests do with it
    def owe(self, key: int, *, at: datetime, **more) -> None:
        """Put a thing there, or change the one that is there, and let its ladder follow."""
        self.things[key] = replace(self.things[key], **more) if key in self.things else Thing(**more)
        planning.follow(self.key, [key], at=at)


class Daily(Chores):
    """A step each working day, for as long as anybody looks."""

    key, may_snooze = "daily", False
    steps = (*(Step(f"Day {number}", (number,) * 3) for number in range(1, 120)), Step("To decide", (200,) * 3))


def registered(rule: Rule):
    rules.register(rule)
    yield rule
    rules._rules.pop(rule.key)


@pytest.fixture
def chores():
    yield from registered(Chores())


@pytest.fixture
def daily():
    yield from registered(Daily())


@pytest.fixture
def operations(shop) -> Membership:
    return MembershipFactory(organisation=shop, user__name="Rosa Imberg", roles=[Role.OPERATIONS])


def open_always(organisation: Organisation) -> None:
    """Day and night."""
    Opening.objects.bulk_create(
        Opening(organisation=organisation, weekday=day, opens=0, closes=1440) for day in range(7)
    )


def ladder_of(key: int, rule: str = "chore") -> Ladder:
    return Ladder.objects.get(rule=rule, subject=key)


def ahead_of(key: int, rule: str = "chore") -> tuple[int, datetime] | None:
    """Which step is planned or held, and for when."""
    return Rung.objects.ahead().filter(ladder__rule=rule, ladder__subject=key).values_list("step", "due_at").first()


def states(key: int, rule: str = "chore") -> list[tuple[int, int, str]]:
    """Epoch, step and state of each rung."""
    rows = Rung.objects.filter(ladder__rule=rule, ladder__subject=key).order_by("epoch", "step")
    return list(rows.values_list("epoch", "step", "state"))


def told(key: int) -> list[tuple[int, Membership | None, str, str]]:
    """Step, whom, as what, and what became of it."""
    rows = Notice.objects.filter(rung__ladder__rule="chore", rung__ladder__subject=key).order_by("rung__step", "pk")
    return [(one.rung.step, one.membership, one.kind, one.state) for one in rows.select_related("rung", "membership")]


def mails() -> list[Mail]:
    return list(Mail.objects.order_by("not_before", "pk"))


def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
