"""How a contract is doing, by reference/milestones.md 4.4: the first rule that fits, its reasons as sentences.

Pure: no database, no clock. Dates are in the contract's zone, working days on the vendor's calendar unless it says the
merchant's. `next_look_at` is the earliest instant from which time alone may change the answer, so that nobody has to
look at what cannot have changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.models import WITH_VENDOR, Health, State, Step
from outsourcing.accounts.calendars import MIDNIGHT, WorkingCalendar, first_instant
from outsourcing.shared.dates import day_words

DAY = timedelta(days=1)
#: Overdue for so many working days without a decided date, it has gone quiet all the same.
LONG_OVERDUE = 10
#: Not begun with so much of its time gone; behind by so much of its length.
TIME_GONE, BEHIND = Decimal("0.75"), Decimal("0.20")
MOVES, REWORK, SLIP_DAYS, SLIP_SHARE = 2, 2, 5, Decimal("0.20")
MISSED = 2
LOW_SCORE, ENOUGH = 50, 5
#: At risk is over after so many looks on days of their own that found nothing.
CLEAN = 2
NEXT = 2


@dataclass(frozen=True)
class Reason:
    """Why, in words; about which milestone, by its key, if about one, and how many working days it is late."""

    code: str
    sentence: str
    milestone: int | None = None
    days: int | None = None


@dataclass(frozen=True)
class MilestoneFacts:
    """What of one milestone matters; `moves` were asked for and agreed, `slip` are working days that the vendor caused,
    `replanned_on` is when its date was last agreed anew."""

    key: int
    title: str
    state: str
    begins_on: date
    due: date
    baseline: date
    forecast: date | None = None
    progress: int = 0
    is_blocked: bool = False
    moves: int = 0
    slip: int = 0
    rework: int = 0
    review_due: date | None = None
    replanned_on: date | None = None

    @property
    def is_with_vendor(self) -> bool:
        return self.state in WITH_VENDOR and not self.is_blocked

    @property
    def length(self) -> int:
        """Days from its beginning to its due date, both included."""
        return max(1, (self.due - self.begins_on).days + 1)


@dataclass(frozen=True)
class Owed:
    """An answer that one side owes, and when it is due."""

    about: str
    due_at: datetime


@dataclass(frozen=True)
class Before:
    """What was found the last time: since when, and how many looks in a row have found nothing."""

    level: Health = Health.DRAFT
    since: datetime | None = None
    clean: int = 0
    looked_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """All that a contract's health depends on, as of an instant."""

    state: str
    vendor: WorkingCalendar
    merchant: WorkingCalendar
    zone: ZoneInfo
    silence_days: int
    activated_at: datetime | None
    last_act_at: datetime | None
    milestones: Sequence[MilestoneFacts] = ()
    by_vendor: Sequence[Owed] = ()
    by_merchant: Sequence[Owed] = ()
    dates_to_decide: Sequence[tuple[int, str, date]] = ()
    check_ins: Sequence[date] = ()
    has_check_ins: bool = False
    is_reachable: bool = True
    score: Decimal | None = None
    before: Before = Before()


@dataclass(frozen=True)
class Assessment:
    """What was found."""

    level: Health
    reasons: tuple[Reason, ...] = ()
    waiting: tuple[Reason, ...] = ()
    clean: int = 0
    next_look_at: datetime | None = None


def assess(facts: Facts, at: datetime) -> Assessment:
    """The health of a contract at an instant."""
    if facts.state not in (State.ACTIVE, State.CLOSE_OUT):
        return Assessment(_resting(facts.state))
    today = at.astimezone(facts.zone).date()
    waiting = tuple(_waits_for_us(facts, at))
    coming = _next(facts, today, at)
    if not (facts.milestones or facts.has_check_ins or facts.by_vendor or facts.by_merchant):
        return Assessment(Health.UNMEASURED, waiting=waiting, next_look_at=coming)
    for level, rule in ((Health.LANGUISHING, _quiet), (Health.OVERDUE, _overdue), (Health.AT_RISK, _at_risk)):
        if reasons := tuple(rule(facts, today, at)):
            said = {one.milestone for one in reasons}
            late = () if level != Health.LANGUISHING else _overdue(facts, today, at)
            more = tuple(one for one in late if one.milestone not in said)
            return Assessment(level, reasons + more, waiting, 0, coming)
    if facts.before.level == Health.AT_RISK:
        is_new_day = facts.before.looked_on is None or today > facts.before.looked_on
        clean = facts.before.clean + is_new_day
        if clean < CLEAN:
            words = _("Nothing speaks for a risk any more; it counts as over after two days without one.")
            tomorrow = _instant(today + DAY, facts.zone)
            soon = min(filter(None, (coming, tomorrow)))
            return Assessment(Health.AT_RISK, (Reason("lingers", words),), waiting, clean, soon)
    return Assessment(Health.ON_TRACK, (), waiting, 0, coming)


def _resting(state: str) -> Health:
    if state == State.SUSPENDED:
        return Health.SUSPENDED
    return Health.DRAFT if state in (State.DRAFT, State.OFFERED) else Health.ENDED


# ---- The rules, worst first ----------------------------------------------------------------------------------------
def _quiet(facts: Facts, today: date, at: datetime) -> Iterator[Reason]:
    """Something is with the vendor, and nothing of substance has come from it."""
    if not _is_with_vendor(facts):
        return
    heard = _heard_on(facts)
    silent = facts.vendor.business_days_between(heard, today)
    stays = facts.before.level == Health.LANGUISHING and not _has_acted(facts)
    if silent >= facts.silence_days or stays:
        words = ngettext(
            "Nothing has been heard for %(days)s working day, while something is with the vendor.",
            "Nothing has been heard for %(days)s working days, while something is with the vendor.",
            silent,
        )
        yield Reason("silent", words % {"days": silent})
    for one in facts.milestones:
        late = _late(facts, one, today)
        if late >= LONG_OVERDUE and (one.replanned_on is None or one.replanned_on < one.due):
            words = _("“%(title)s” is %(days)s working days overdue, and no new date was agreed.")
            yield Reason("long-overdue", words % {"title": one.title, "days": late}, one.key, late)


def _overdue(facts: Facts, today: date, at: datetime) -> Iterator[Reason]:
    for one in facts.milestones:
        if one.is_with_vendor and one.due < today:
            late = max(1, _late(facts, one, today))
            words = ngettext(
                "“%(title)s” is %(days)s working day overdue.", "“%(title)s” is %(days)s working days overdue.", late
            )
            yield Reason("overdue", words % {"title": one.title, "days": late}, one.key, late)


def _at_risk(facts: Facts, today: date, at: datetime) -> Iterator[Reason]:
    coming = sorted((one for one in facts.milestones if one.state in WITH_VENDOR), key=lambda one: (one.due, one.key))
    for one in coming[:NEXT]:
        if one.forecast and one.forecast > one.due:
            words = _("“%(title)s” is expected on %(forecast)s, after it is due.")
            yield Reason("forecast", words % {"title": one.title, "forecast": day_words(one.forecast)}, one.key)
    for one in facts.milestones:
        yield from _of_milestone(one, today)
    for owed in facts.by_vendor:
        if owed.due_at < at:
            yield Reason("unanswered", _("An answer is overdue in “%(about)s”.") % {"about": owed.about})
    for day in facts.check_ins:
        if facts.merchant.business_days_between(day, today) >= MISSED:
            yield Reason("check-in", _("The check-in of %(day)s was missed.") % {"day": day_words(day)})
    if not facts.is_reachable:
        yield Reason("unreachable", _("Nobody of the vendor can be reached here."))
    if facts.score is not None and facts.score < LOW_SCORE:
        words = _("Their replies score %(score)s of 100.")
        yield Reason("score", words % {"score": round(facts.score)})


def _of_milestone(one: MilestoneFacts, today: date) -> Iterator[Reason]:
    """What puts one milestone at risk; done and cancelled ones put nothing there."""
    if one.state not in WITH_VENDOR:
        return
    if one.state == Step.PLANNED and not one.is_blocked and today >= _three_quarters(one):
        words = _("“%(title)s” has not begun, and three quarters of its time are gone.")
        yield Reason("not-begun", words % {"title": one.title}, one.key)
    if one.state == Step.IN_PROGRESS and not one.is_blocked and one.progress and today >= _behind_from(one):
        words = _("“%(title)s” is behind: %(progress)s per cent are done.")
        yield Reason("behind", words % {"title": one.title, "progress": one.progress}, one.key)
    if one.moves >= MOVES:
        words = _("The date of “%(title)s” was moved %(moves)s times.")
        yield Reason("moved", words % {"title": one.title, "moves": one.moves}, one.key)
    if one.slip >= SLIP_DAYS or (one.slip and one.slip >= SLIP_SHARE * max(1, (one.baseline - one.begins_on).days + 1)):
        words = ngettext(
            "“%(title)s” slipped by %(days)s working day through the vendor.",
            "“%(title)s” slipped by %(days)s working days through the vendor.",
            one.slip,
        )
        yield Reason("slipped", words % {"title": one.title, "days": one.slip}, one.key)
    if one.rework >= REWORK:
        words = _("“%(title)s” was sent back %(rounds)s times.")
        yield Reason("rework", words % {"title": one.title, "rounds": one.rework}, one.key)


def _waits_for_us(facts: Facts, at: datetime) -> Iterator[Reason]:
    """What the merchant is late with; it never lowers the vendor's level."""
    today = at.astimezone(facts.merchant.zone).date()
    for one in facts.milestones:
        if one.state == Step.SUBMITTED and one.review_due and one.review_due < today:
            words = _("“%(title)s” waits for your verdict since %(day)s.")
            yield Reason("review", words % {"title": one.title, "day": day_words(one.review_due)}, one.key)
    for owed in facts.by_merchant:
        if owed.due_at < at:
            yield Reason("our-answer", _("Your answer is overdue in “%(about)s”.") % {"about": owed.about})
    for key, title, decide_by in facts.dates_to_decide:
        if decide_by < today:
            words = _("A new date for “%(title)s” waits for your decision.")
            yield Reason("our-date", words % {"title": title}, key)


# ---- Their parts ---------------------------------------------------------------------------------------------------
def _is_with_vendor(facts: Facts) -> bool:
    return bool(facts.by_vendor) or any(one.is_with_vendor for one in facts.milestones)


def _has_acted(facts: Facts) -> bool:
    """Whether something of substance has come since it went quiet."""
    since = facts.before.since
    return since is None or (facts.last_act_at is not None and facts.last_act_at > since)


def _heard_on(facts: Facts) -> date:
    """The day from which silence is counted: the vendor's last act, or the beginning."""
    instants = [one for one in (facts.activated_at, facts.last_act_at) if one is not None]
    return max(instants).astimezone(facts.vendor.zone).date()


def _late(facts: Facts, one: MilestoneFacts, today: date) -> int:
    return facts.vendor.business_days_between(one.due, today) if one.is_with_vendor and one.due < today else 0


def _three_quarters(one: MilestoneFacts) -> date:
    return one.begins_on + timedelta(days=ceil(TIME_GONE * one.length))


def _behind_from(one: MilestoneFacts) -> date:
    """The first day on which what is done is a fifth of its length behind."""
    reached = one.begins_on + timedelta(days=int(Decimal(one.length) * one.progress / 100))
    return reached + timedelta(days=ceil(BEHIND * one.length))


def _next(facts: Facts, today: date, at: datetime) -> datetime | None:
    """The earliest instant after `at` from which one of the rules may answer otherwise."""
    return min((one for one in _instants(facts, today) if one > at), default=None)


def _instants(facts: Facts, today: date) -> Iterator[datetime]:
    if _is_with_vendor(facts):
        yield _instant(facts.vendor.add_business_days(_heard_on(facts), facts.silence_days), facts.zone)
        silent = facts.vendor.business_days_between(_heard_on(facts), today)
        if silent >= facts.silence_days or facts.before.level == Health.LANGUISHING:
            yield _instant(today + DAY, facts.zone)  # one day more is another sentence
    for one in facts.milestones:
        if one.is_with_vendor:
            yield _instant(one.due + DAY, facts.zone)
            yield _instant(facts.vendor.add_business_days(one.due, LONG_OVERDUE), facts.zone)
            yield _instant(_three_quarters(one), facts.zone)
            yield _instant(_behind_from(one), facts.zone)
            if one.due < today:
                yield _instant(today + DAY, facts.zone)  # one day later is another sentence
        if one.review_due:
            yield _instant(one.review_due + DAY, facts.merchant.zone)
    for owed in (*facts.by_vendor, *facts.by_merchant):
        yield owed.due_at + timedelta.resolution
    for _key, _title, decide_by in facts.dates_to_decide:
        yield _instant(decide_by + DAY, facts.merchant.zone)
    for day in facts.check_ins:
        yield _instant(facts.merchant.add_business_days(day, MISSED), facts.zone)


def _instant(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in a zone."""
    return first_instant(day, MIDNIGHT, zone)
