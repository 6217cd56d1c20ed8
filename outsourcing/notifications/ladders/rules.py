"""What a ladder is made of: the rules that rooms register, their steps, and how one thing that is owed stands.

    class Overdue(Rule):                                          # in milestones/reminders.py
        key, label, category = "milestone", gettext_lazy("Overdue milestones"), Category.MILESTONES
        steps = (...)
        def standings(self, subjects, at): ...

    rules.register(Overdue())                                     # in milestones/apps.py, ready()

A rule reads its rows in bulk and decides nothing about mails: the engine asks it how things stand, when a step comes,
and whom it is for. Source: reference/milestones.md 4.3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.calendars import MIDNIGHT, WorkingCalendar, first_instant
from outsourcing.accounts.models import Role
from outsourcing.notifications.ladders.people import Calendars, Person, Roster
from outsourcing.notifications.models.choices import Preset
from outsourcing.notifications.models.ladders import Notice, readers

Kind = Notice.Kind
#: Who looks after an organisation's reminders.
RUN = (Role.OWNER, Role.OPERATIONS)


class Category(TextChoices):
    """What somebody can switch off, each by itself."""

    MILESTONES = "milestones", gettext_lazy("Milestones that are due")
    MESSAGES = "messages", gettext_lazy("Messages without an answer")
    DECISIONS = "decisions", gettext_lazy("Decisions that wait")
    EVIDENCE = "evidence", gettext_lazy("References and certificates")
    CONTRACTS = "contracts", gettext_lazy("Contracts that end or renew")


class Unit(StrEnum):
    """What a delay counts."""

    WORKING_DAYS = "working days"
    DAYS = "days"
    PERCENT = "percent"


@dataclass(frozen=True)
class Step:
    """One rung of a rule: what it is called, what its delay counts, and what the presets put there.

    `delays` are those of gentle, normal and firm; None leaves the step out. Negative ones lie before what is due.
    Of what begins later than such a step, one that is `only_ahead` is left out.
    """

    label: Any
    delays: tuple[int | None, int | None, int | None]
    unit: Unit = Unit.WORKING_DAYS
    only_ahead: bool = False


@dataclass(slots=True)
class Standing:
    """How one thing that is owed stands. `due` is a date in `zone`, or an instant.

    `version` tells one epoch from the next. No rung comes before `waits_until` (a promise, a date; the rung is due on
    it). `others` are organisations with a part in it besides the two; where it `is_apart`, the
    notices of their people are their own organisation's, and nobody else's. What the rule needs beyond is in `row`.
    """

    subject: int
    organisation: int
    owed_by: int | None
    version: str
    due: date | datetime
    zone: ZoneInfo
    calendar: WorkingCalendar
    title: str
    url: str
    waits_until: date | None = None
    is_urgent: bool = False
    broke_promise: bool = False
    others: Sequence[int] = ()
    is_apart: bool = False
    row: Any = None
    #: For a letter: how many mails of this epoch have reminded whoever owes it, or go now.
    reminded: int = 0


@dataclass(slots=True)
class To:
    """Whom a rung is for, and as what: the first of `people` who is there, else a backup or somebody with such a role,
    else the head. `again` says that it is for them even where an earlier rung was. An `address` needs no place."""

    people: Sequence[int | None] = ()
    kind: Kind = Kind.ACT
    organisation: int | None = None
    roles: Sequence[str] = ()
    backup: bool = False
    heads: bool = True
    again: bool = False
    address: str = ""


@dataclass(frozen=True)
class Letter:
    """What one rung says in a mail: what clears it (`clears`), one button, other ways out, and whom to call with their
    numbers, which the mail of a day says too."""

    subject: str
    heading: str
    sentences: Sequence[str]
    facts: Sequence[tuple[str, str]] = ()
    action: str = ""
    path: str = "/"
    others: Sequence[tuple[str, str]] = ()
    clears: str = ""
    thread: str = ""
    calls: Sequence[tuple[str, str]] = ()


class Rule:
    """One kind of thing that is owed and reminded of; subclasses of rooms say how it stands."""

    key: ClassVar[str]
    label: ClassVar[Any]
    about: ClassVar[Any]
    category: ClassVar[Category]
    steps: ClassVar[Sequence[Step]]
    #: After the last step, again each so many working days as a line in the digest; 0 for never.
    repeats: ClassVar[int] = 0
    #: Names that a merchant's own words may hold in braces.
    placeholders: ClassVar[Mapping[str, Any]] = {}
    #: Whether what it reminds of is somebody of one's own, who may put it off.
    may_snooze: ClassVar[bool] = False
    #: Once what is due is due, nothing more comes: each step lies before it, or on the day.
    only_before: ClassVar[bool] = False
    #: Merchants set it; False for what is always as it is.
    is_editable: ClassVar[bool] = True
    #: Who of the organisation that runs its ladders may know of them: whoever may see what they are about (DESIGN 3).
    #: Who does something with them, the pages say besides.
    readers: ClassVar[Sequence[Role]] = (Role.OWNER, Role.BUYER, Role.OPERATIONS, Role.VIEWER)

    # What a room says
    def standings(self, subjects: Sequence[int], calendars: Calendars) -> Mapping[int, Standing | str]:
        """How these stand at the calendars' instant; a text says why nothing is owed any more. The queries are the
        room's, in bulk."""
        raise NotImplementedError

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        """Keys above `after` of what may be owed at `at`, ascending, `most` at most: for the look for lost ones.
        Each that has no ladder is looked at every few minutes, so what can owe nothing is left out."""
        raise NotImplementedError

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        """For whom a step is."""
        raise NotImplementedError

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        """The line in the app and in a digest."""
        return standing.title

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        """The same as a mail."""
        raise NotImplementedError

    def is_urgent(self, standing: Standing, step: int) -> bool:
        """Whether a step goes at once, inside working hours, and waits for no digest."""
        return standing.is_urgent

    def words(self, standing: Standing) -> Mapping[str, str]:
        """What the placeholders stand for."""
        return {}

    def may_read(self, reader: Person, standing: Standing) -> bool:
        """Whether somebody may still read of it: they are of one of the sides, as their roles are now."""
        return reader.organisation in (standing.organisation, standing.owed_by)

    def why_anew(self, before: str, standing: Standing) -> str:
        """Why a new epoch begins of what had the version `before`."""
        return _("It has changed: reminders start anew.")

    # What they have in common
    def delays(self, preset: str) -> list[int | None]:
        """What a preset puts at each step."""
        place = [one.value for one in Preset].index(preset)
        return [step.delays[place] for step in self.steps]

    def moment(self, standing: Standing, step: int, delay: int) -> datetime | None:
        """When a step comes, None where it does not for this one."""
        return moment(standing, self.steps[step].unit, delay)


def been_reminded(standing: Standing) -> str:
    """How often those who owe it were really reminded, in a letter to others: not what was missed."""
    if not standing.reminded:
        return _("They have not been reminded.")
    if standing.reminded == 1:
        return _("They have been reminded once.")
    if standing.reminded == 2:
        return _("They have been reminded twice.")
    return _("They have been reminded %(count)s times.") % {"count": standing.reminded}


def moment(standing: Standing, unit: Unit, delay: int) -> datetime:
    """What is due moved by a delay: a date to the first instant of the day in its zone, an instant to the same time of
    another day."""
    due = standing.due
    moved = standing.calendar.add_business_days if unit == Unit.WORKING_DAYS else _add_days
    if isinstance(due, datetime):
        if not delay:
            return due
        local = due.astimezone(standing.zone)
        return first_instant(moved(local.date(), delay), local.time().replace(fold=0), standing.zone)
    return start_of(moved(due, delay), standing.zone)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a date in a zone."""
    return first_instant(day, MIDNIGHT, zone)


def _add_days(day: date, days: int) -> date:
    return day + timedelta(days=days)


#: Why a ladder ends that concerns an organisation that closes: what one ended for is how it begins again.
CLOSING = gettext_lazy("An organisation that has a part in it is closing its account.")


def standings_of(rule: Rule, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
    """How these stand at the calendars' instant, as the rule says; nobody is reminded for an organisation that closes,
    nor of what one owes. At most two queries besides the rule's."""
    found = dict(rule.standings(subjects, calendars))
    owed = {key: (one.organisation, one.owed_by) for key, one in found.items() if isinstance(one, Standing)}
    calendars.read(part for parts in owed.values() for part in parts)
    for key, parts in owed.items():
        if any(part in calendars.places and calendars.places[part].is_closing for part in parts if part is not None):
            found[key] = str(CLOSING)
    return found


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Add a room's rule; its key is its name for good."""
    _rules[rule.key] = rule
    readers[rule.key] = rule.readers
    return rule


def known() -> list[Rule]:
    """All rules, in the order in which rooms registered them."""
    return list(_rules.values())


def rule_of(key: str) -> Rule | None:
    """The rule of that name; None where its room is gone."""
    return _rules.get(key)
