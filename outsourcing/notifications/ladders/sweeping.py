"""The sweep: what is due becomes notices and mails, and the next rung is planned, in batches and in one transaction
each. Any number of sweeps may run at once; each rung is one's alone. It costs what is due, not what exists.

A rung that is due is looked at once more: is it still owed, and is it still the time? Of several rungs that have come
only the highest goes; the others are missed, and say so.
"""

import logging
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from outsourcing.notifications.ladders import brake, planning, poison, posting
from outsourcing.notifications.ladders.people import ALL, Calendars, Person, Roster
from outsourcing.notifications.ladders.planning import Next
from outsourcing.notifications.ladders.policies import Policies
from outsourcing.notifications.ladders.rules import Kind, Rule, Standing, rule_of, standings_of, start_of
from outsourcing.notifications.models.choices import OptOut
from outsourcing.notifications.models.ladders import Notice, Rung
from outsourcing.shared.keys import random_key

logger = logging.getLogger(__name__)
#: Locked for less than a second, and large enough that what a batch costs by itself counts no more.
BATCH = 5_000
#: So many people are remembered from one batch to the next; a sweep takes a minute, and each mail is looked at again
#: before it goes.
PEOPLE = 20_000
#: A batch ends with the rung that brings it to so many notices, as one rung may be for thousands (a certificate that
#: many merchants know). What it leaves is as due as before, for the next sweep.
NOTICES = 5 * BATCH
#: Later than this after an outage, a rung says so.
LATE = timedelta(days=2)
State = Rung.State
#: Where a sweep has got to: when a rung was due, and its key.
Place = tuple[datetime, int]
FIRST: Place = (datetime.min.replace(tzinfo=UTC), 0)
CLAIM = """
WITH r AS MATERIALIZED (
    SELECT id, step, due_at, at_once, ladder_id, epoch FROM notifications_rung
    WHERE state = 'planned' AND due_at <= %(at)s AND (due_at, id) > (%(after)s, %(after_id)s)
    ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
SELECT r.id, r.step, r.due_at, r.at_once, l.id, l.rule, l.subject, l.organisation_id, l.owed_by_id, l.epoch, l.version,
    l.snoozed_until, l.promised_until, r.epoch
FROM r JOIN notifications_ladder l ON l.id = r.ladder_id ORDER BY r.due_at, r.id FOR UPDATE OF l SKIP LOCKED
"""
SETTLE = """
UPDATE notifications_rung r SET state = n.state, why = n.why, done_at = %(at)s
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(whys)s::text[]) AS n(id, state, why) WHERE r.id = n.id
"""
MOVE = """
UPDATE notifications_rung r SET due_at = n.due_at, why = ''
FROM unnest(%(ids)s::bigint[], %(dues)s::timestamptz[]) AS n(id, due_at) WHERE r.id = n.id
"""
BROKEN = """
UPDATE notifications_ladder SET broken_promises = broken_promises + 1, promised_until = NULL WHERE id = ANY(%(ids)s)
"""
PLAN = """
INSERT INTO notifications_rung (id, ladder_id, organisation_id, epoch, step, state, due_at, done_at, why, at_once)
SELECT n.id, n.ladder, n.place, n.epoch, n.step, n.state, n.due_at,
    CASE WHEN n.state = 'planned' THEN NULL ELSE %(at)s END, n.why, FALSE
FROM unnest(%(ids)s::bigint[], %(ladders)s::bigint[], %(places)s::bigint[], %(epochs)s::int[], %(steps)s::int[],
    %(states)s::text[], %(dues)s::timestamptz[], %(whys)s::text[])
    AS n(id, ladder, place, epoch, step, state, due_at, why)
"""
TELL = """
INSERT INTO notifications_notice (id, rung_id, organisation_id, membership_id, address, kind, title, url, created_at,
    state, at_once, mail_id, why)
SELECT n.id, n.rung, n.place, n.member, n.address, n.kind, n.title, n.url, %(at)s, n.state, n.at_once, n.mail, n.why
FROM unnest(%(ids)s::bigint[], %(rungs)s::bigint[], %(places)s::bigint[], %(members)s::bigint[],
    %(addresses)s::text[], %(kinds)s::text[], %(titles)s::text[], %(urls)s::text[], %(states)s::text[],
    %(at_once)s::boolean[], %(mails)s::bigint[], %(whys)s::text[])
    AS n(id, rung, place, member, address, kind, title, url, state, at_once, mail, why)
"""
#: Whom earlier rungs of these epochs have told already.
TOLD = """
SELECT r.ladder_id, n.membership_id FROM notifications_notice n JOIN notifications_rung r ON r.id = n.rung_id
JOIN notifications_ladder l ON l.id = r.ladder_id AND l.epoch = r.epoch
WHERE r.ladder_id = ANY(%(ladders)s) AND n.membership_id IS NOT NULL AND n.kind <> 'know'
"""


@dataclass(slots=True)
class Due:
    """A rung that is due, with its ladder."""

    pk: int
    step: int
    due_at: datetime
    at_once: bool
    ladder: int
    rule: str
    subject: int
    organisation: int
    owed_by: int | None
    epoch: int
    version: str
    snoozed_until: Any
    promised_until: Any
    of_epoch: int


@dataclass(slots=True)
class Telling:
    """A notice that is about to be: a row of Notice without what making one costs."""

    rung_id: int
    organisation_id: int
    membership_id: int | None
    address: str
    kind: str
    title: str
    url: str
    state: str
    at_once: bool
    why: str
    due_at: datetime
    category: str
    mail_id: int | None = None


class Before:
    """Whom the rungs before have told, of these ladders; read when it is first asked for, since most are for whoever
    they were for before."""

    def __init__(self, ladders: Sequence[int]) -> None:
        self._ladders = ladders
        self._told: dict[int, set[int]] | None = None

    def of(self, ladder: int) -> Set[int]:
        """Members. One query for all, the first time."""
        if self._told is None:
            self._told = {}
            for one, member in _rows(TOLD, ladders=self._ladders):
                self._told.setdefault(one, set()).add(member)
        return self._told.get(ladder, frozenset())


@dataclass
class Outcome:
    """What becomes of one batch, to be written at once."""

    settled: list[tuple[int, str, str]] = field(default_factory=list)
    moved: list[tuple[int, datetime]] = field(default_factory=list)
    rungs: list[tuple[int, int, int, int, int, str, datetime, str]] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    notices: list[Telling] = field(default_factory=list)
    stale: dict[str, list[int]] = field(default_factory=dict)


def sweep(
    at: datetime, *, most: int = 200_000, batch: int = BATCH, call_help: Callable[[], object] | None = None
) -> int:
    """Do what is due by `at`; how many rungs. A batch is one transaction; memory holds one batch, and so many people.

    Where something is wrong with a rung, its batch is done one by one, and it is put off alone. `call_help` is called
    once, where there may be more than a batch: another sweep that runs beside this one shares the work.
    """
    done, after, roster = 0, FIRST, Roster(Calendars(at))
    while done < most:
        if len(roster.people) > PEOPLE:
            roster = Roster(Calendars(at))
        try:
            due = _batch(roster, batch, after)
        except planning.ENDS:
            raise
        except Exception:
            logger.exception("A batch of reminders failed: each is tried by itself")
            roster.mails.clear()  # those that it had made are gone
            due = _one_by_one(roster, batch, after)
        if not due:
            break
        if call_help is not None and not done and len(due) == batch:
            call_help()
        done, after = done + len(due), (due[-1].due_at, due[-1].pk)
    return done


@transaction.atomic
def _batch(roster: Roster, most: int, after: Place) -> list[Due]:
    """Do so many, all or none."""
    due = _claim(roster, most, after)
    if due:
        _settle(due, roster)
    return due


def _claim(roster: Roster, most: int, after: Place) -> list[Due]:
    """So many that are due, ours until the transaction ends. Those of earlier batches are not met again, whose rows
    the index still holds."""
    return [Due(*row) for row in _rows(CLAIM, at=roster.at, most=most, after=after[0], after_id=after[1])]


def _one_by_one(roster: Roster, most: int, after: Place) -> list[Due]:
    """Do so many, each in a transaction of its own; one that fails is tried again later (poison.py)."""
    done: list[Due] = []
    while len(done) < most:
        with transaction.atomic():
            due = _claim(roster, 1, after)
            if not due:
                break
            try:
                with transaction.atomic():
                    _settle(due, roster)
            except planning.ENDS:
                raise
            except Exception as error:
                logger.exception("Reminder %s failed", due[0].pk)
                roster.mails.clear()
                poison.put_off(due[0].pk, error, at=roster.at)
        done += due
        after = (due[0].due_at, due[0].pk)
    return done


def _settle(due: Sequence[Due], roster: Roster) -> None:
    """Decide and write one batch."""
    at = roster.at
    by_rule: dict[str, list[Due]] = {}
    for one in due:
        by_rule.setdefault(one.rule, []).append(one)
    out = Outcome()
    told = Before([one.ladder for one in due if one.step])
    for key, some in by_rule.items():
        _settle_rule(key, some, told, out, roster)
    _write(out, at)
    _leave_out(out.notices)
    brake.apply(out.notices, at)
    posting.post(out.notices, roster, at)
    _tell(out.notices, at)
    for key, subjects in out.stale.items():
        planning.follow(key, subjects, at=at)


def _settle_rule(key: str, due: Sequence[Due], told: Before, out: Outcome, roster: Roster) -> None:
    """The rungs of one rule."""
    rule, at = rule_of(key), roster.at
    if rule is None:
        out.settled += [(one.pk, State.SKIPPED, _("Nothing in this house reminds of it any more.")) for one in due]
        return
    standings = standings_of(rule, [one.subject for one in due], roster.calendars)
    owed = [found for found in standings.values() if isinstance(found, Standing)]
    policies = Policies(found.organisation for found in owed)
    roster.read(places_of(owed))
    for one in due:
        if len(out.notices) >= NOTICES:
            break
        found = standings.get(one.subject)
        if not isinstance(found, Standing) or found.version != one.version or one.of_epoch != one.epoch:
            why = found if isinstance(found, str) else _("It has changed meanwhile.")
            out.settled.append((one.pk, State.SKIPPED, why[:300]))
            out.stale.setdefault(key, []).append(one.subject)
            continue
        _climb(rule, one, found, policies, roster, told, out, at)


def _climb(
    rule: Rule, one: Due, found: Standing, policies: Policies, roster: Roster, told: Before, out: Outcome,
    at: datetime,
) -> None:  # fmt: skip
    """One rung that is owed: it goes, or a later one that has come by now goes in its place; the next is planned."""
    delays = policies.of(found.organisation, rule)
    snoozed = start_of(one.snoozed_until, found.zone) if one.snoozed_until else None
    come, following = planning.split(rule, found, delays, at, since=one.step, snoozed=snoozed)
    if come is None and not one.at_once:
        if following is not None and following.step == one.step:
            out.moved.append((one.pk, following.due_at))  # the calendar or a promise has moved it
        else:
            out.settled.append((one.pk, State.SKIPPED, _("It is not wanted any more.")))
            if following is not None:
                out.rungs.append(_row(one, following, State.PLANNED, ""))
        return
    step, rung = one.step, one.pk
    if come is not None and come.step > one.step:
        _miss(rule, one, found, delays, come, out)
        step, rung = come.step, out.rungs[-1][0]
    if found.broke_promise and one.promised_until is not None:
        out.broken.append(one.ladder)
    made = _notices(rule, found, step, rung, roster, told, one, at)
    out.notices += made
    if rung == one.pk:
        out.settled.append((rung, State.DONE if made else State.SKIPPED, _why(one, made, at)))
    if following is not None and following.step <= step:  # it was sent before its time
        following = planning.ahead(rule, found, delays, at, since=step + 1, snoozed=snoozed)
    if following is not None:
        out.rungs.append(_row(one, following, State.PLANNED, ""))


def _miss(rule: Rule, one: Due, found: Standing, delays: Any, highest: Next, out: Outcome) -> None:
    """All rungs below the one that goes are missed, with a row each; the last row added is that one."""
    why = _("Too late: the next reminder was due too.")
    out.settled.append((one.pk, State.MISSED, why))
    for between in planning.moments(rule, found, delays, since=one.step + 1):
        if between.step >= highest.step:
            break
        out.rungs.append(_row(one, between, State.MISSED, why))
    out.rungs.append(_row(one, highest, State.DONE, ""))


def _row(one: Due, at_step: Next, state: str, why: str) -> tuple[int, int, int, int, int, str, datetime, str]:
    return (random_key(), one.ladder, one.organisation, one.epoch, at_step.step, state, at_step.due_at, why)


def _why(one: Due, made: Sequence[Telling], at: datetime) -> str:
    if not made:
        return _("Nobody is there to be reminded.")
    return _("Late: nothing went out for a time.") if at - one.due_at > LATE else ""


def _notices(
    rule: Rule, found: Standing, step: int, rung: int, roster: Roster, told: Before, one: Due, at: datetime
) -> list[Telling]:
    """Whom a rung tells, each once. Whom it would only reach again has it to decide, and no other mail."""
    made: dict[int, Telling] = {}
    by_address: list[Telling] = []
    wanted = reached = False
    for to in rule.to(found, step):
        if to.address:
            by_address.append(_notice(rule, found, step, rung, to.kind, None, to.address, one, at))
            continue
        owes = to.kind == Kind.ACT and to.organisation == found.owed_by
        wanted = wanted or owes
        person = roster.first(
            to.organisation, to.people, roles=to.roles, backup=to.backup, heads=to.heads,
            category="" if to.kind == Kind.DECIDE else rule.category,
        )  # fmt: skip
        if person is None or person.pk in made:
            continue
        again = to.kind == Kind.ACT and not to.again and person.pk in told.of(one.ladder)
        notice = _notice(rule, found, step, rung, Kind.DECIDE if again else to.kind, person, "", one, at)
        made[person.pk] = notice
        reached = reached or (owes and notice.state != Notice.State.DROPPED)
    if wanted and not reached and (last := _call(rule, found, step, rung, roster, one, at)):
        made.setdefault(last.membership_id or 0, last)
    return [*made.values(), *by_address]


def _call(rule: Rule, found: Standing, step: int, rung: int, roster: Roster, one: Due, at: datetime) -> Telling | None:
    """Nobody is reached by mail: whoever waits for it has to find another way."""
    if found.owed_by in (None, found.organisation) or not (heads := roster.heads(found.organisation)):
        return None
    made = _notice(rule, found, step, rung, Kind.DECIDE, roster.present(heads[0]), "", one, at)
    who = roster.places[found.owed_by].name if found.owed_by in roster.places else ""
    made.title = (_("Call %(organisation)s: no mail reaches them") % {"organisation": who})[:300]
    return made


def _notice(
    rule: Rule, found: Standing, step: int, rung: int, kind: Kind, person: Person | None, address: str, one: Due,
    at: datetime,
) -> Telling:  # fmt: skip
    state, why = Notice.State.WAITING, ""
    at_once = rule.is_urgent(found, step) or one.at_once
    if kind == Kind.DECIDE:
        state = Notice.State.SHOWN
    elif person is not None and person.is_unreachable:
        state, why = Notice.State.DROPPED, _("Mails to this address come back.")
    elif person is not None and person.wants_none(rule.category):
        state, why = Notice.State.DROPPED, _("They want no mails of this kind.")
    return Telling(
        rung, _whose(found, person), person.pk if person else None, address, kind,
        rule.title(found, step, kind)[:300], found.url, state, at_once, why, one.due_at,
        rule.category,
    )  # fmt: skip


def _leave_out(notices: Iterable[Telling]) -> None:
    """What addresses without a place have switched off. A query where any is written to."""
    waiting = [one for one in notices if one.address and one.state == Notice.State.WAITING]
    off = opted_out(one.address for one in waiting)
    for one in waiting:
        if off & {(one.address, one.category), (one.address, ALL)}:
            one.state, one.why = Notice.State.DROPPED, _("They want no mails of this kind.")


def opted_out(addresses: Iterable[str]) -> set[tuple[str, str]]:
    """Which kinds of mails these addresses want none of, without a place in an organisation. No query without any."""
    them = sorted(set(filter(None, addresses)))
    return set(OptOut.objects.filter(address__in=them).values_list("address", "category")) if them else set()


def _whose(found: Standing, person: Person | None) -> int:
    """In whose log a notice stands: the ladder's organisation, but for what each reads apart."""
    return person.organisation if found.is_apart and person is not None else found.organisation


def places_of(owed: Iterable[Standing]) -> set[int | None]:
    """Every organisation that has a part in these."""
    return {part for found in owed for part in (found.organisation, found.owed_by, *found.others)}


# ---- Writing ---------------------------------------------------------------------------------------------------------
def _write(out: Outcome, at: datetime) -> None:
    """A few statements, however many rungs."""
    if out.settled:
        ids, states, whys = zip(*out.settled, strict=True)
        _run(SETTLE, ids=list(ids), states=list(states), whys=list(whys), at=at)
    if out.moved:
        ids, dues = zip(*out.moved, strict=True)
        _run(MOVE, ids=list(ids), dues=list(dues))
    if out.broken:
        _run(BROKEN, ids=out.broken)
    if out.rungs:
        names = ("ids", "ladders", "places", "epochs", "steps", "states", "dues", "whys")
        _run(PLAN, at=at, **{name: list(part) for name, part in zip(names, zip(*out.rungs, strict=True), strict=True)})


def _tell(notices: Sequence[Telling], at: datetime) -> None:
    """One statement for all notices of a batch."""
    if not notices:
        return
    given = {
        "ids": [random_key() for _one in notices], "rungs": [one.rung_id for one in notices],
        "places": [one.organisation_id for one in notices], "members": [one.membership_id for one in notices],
        "addresses": [one.address for one in notices], "kinds": [str(one.kind) for one in notices],
        "titles": [one.title for one in notices], "urls": [one.url for one in notices],
        "states": [str(one.state) for one in notices], "at_once": [one.at_once for one in notices],
        "mails": [one.mail_id for one in notices], "whys": [one.why for one in notices],
    }  # fmt: skip
    _run(TELL, at=at, **given)


def _rows(statement: str, **given: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[Any] = cursor.fetchall()
    return found


def _run(statement: str, **given: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
