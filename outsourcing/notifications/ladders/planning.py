"""Plans ladders: a new thing that is owed gets its next rung as a row, a changed one starts anew, one that is over has
nothing planned any more. Runs in the transaction of whatever changed.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.notifications.errors import NothingAhead, TooFarOff
from outsourcing.notifications.ladders.people import Calendars
from outsourcing.notifications.ladders.policies import Delays, Policies
from outsourcing.notifications.ladders.rules import CLOSING, Rule, Standing, known, rule_of, standings_of, start_of
from outsourcing.notifications.models.ladders import Ladder, Rung

logger = logging.getLogger(__name__)
#: No fault of what is looked at: time is up, or the database is away.
ENDS = (OperationalError, InterfaceError, SoftTimeLimitExceeded)
#: So many days ahead one's own people may put a reminder off.
SNOOZE_DAYS = 10
State = Rung.State
#: A ladder's rule and subject.
Name = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Next:
    """A step of a ladder and when it comes."""

    step: int
    due_at: datetime


def split(
    rule: Rule, standing: Standing, delays: Delays, at: datetime, *, since: int = 0, snoozed: datetime | None = None
) -> tuple[Next | None, Next | None]:
    """Of the steps from `since` on, the last one that has come by `at`, and the first that is to come.

    A promise (`waits_until`) and a date until which it is put off hold all of them back.
    """
    latest: Next | None = None
    for one in moments(rule, standing, delays, since=since, snoozed=snoozed):
        if one.due_at > at:
            return latest, one
        latest = one
    if latest is not None and latest.step >= len(delays):
        latest = _last_repeat(rule, standing, delays, at, latest)
        return latest, repeat_of(rule, standing, delays, latest.step + 1)
    return latest, None


def ahead(
    rule: Rule, standing: Standing, delays: Delays, at: datetime, *, since: int = 0, snoozed: datetime | None = None
) -> Next | None:
    """The rung to plan: the last step from `since` on that has come by `at`, else the first that is to come.

    So nobody gets two reminders of one thing at once, however long the sweep was away.
    """
    latest, following = split(rule, standing, delays, at, since=since, snoozed=snoozed)
    return latest or following


def moments(
    rule: Rule, standing: Standing, delays: Delays, *, since: int = 0, snoozed: datetime | None = None
) -> Iterable[Next]:
    """Each step from `since` on with its time, and the first repeat after them."""
    held = start_of(standing.waits_until, standing.zone) if standing.waits_until else None
    hold = max(filter(None, (held, snoozed)), default=None)
    for step in range(since, len(delays)):
        delay = delays[step]
        due = rule.moment(standing, step, delay) if delay is not None else None
        if due is not None:
            yield Next(step, max(due, hold) if hold else due)
    if rule.repeats and (first := repeat_of(rule, standing, delays, max(since, len(delays)))):
        yield Next(first.step, max(first.due_at, hold) if hold else first.due_at)


def repeat_of(rule: Rule, standing: Standing, delays: Delays, step: int) -> Next | None:
    """The step-th rung of a ladder that repeats its end."""
    places = [place for place, delay in enumerate(delays.delays) if delay is not None]
    if not places:
        return None
    last = places[-1]
    delay = cast("int", delays[last]) + rule.repeats * (step - len(delays) + 1)
    due = rule.moment(standing, last, delay)
    return Next(step, due) if due else None


def _last_repeat(rule: Rule, standing: Standing, delays: Delays, at: datetime, first: Next) -> Next:
    """The last repeat that has come by `at`."""
    due = standing.due.astimezone(standing.zone).date() if isinstance(standing.due, datetime) else standing.due
    passed = standing.calendar.business_days_between(due, at.astimezone(standing.zone).date())
    last = next(delay for delay in reversed(delays.delays) if delay is not None)
    gone = (passed - last) // rule.repeats  # repeats that have come by then, a day more or less
    step = max(first.step, len(delays) + gone - 2)  # near it, however long ago it was due
    found = first
    while (later := repeat_of(rule, standing, delays, step)) and later.due_at <= at:
        found, step = later, step + 1
    return found


def snoozed_until(ladder: Ladder, standing: Standing) -> datetime | None:
    """From when on it reminds again, where one's own people have put it off."""
    return start_of(ladder.snoozed_until, standing.zone) if ladder.snoozed_until else None


# ---- What happened to what is owed -----------------------------------------------------------------------------------
def follow(key: str, subjects: Iterable[int], *, at: datetime) -> None:
    """Bring the ladders of these subjects to where things stand now; see follow_all."""
    follow_all({key: subjects}, at=at)


@transaction.atomic(savepoint=False)
def follow_all(concerned: Mapping[str, Iterable[int]], *, at: datetime) -> None:
    """Bring ladders, by their rules' keys and subjects, to where things stand now, in the transaction of what changed.

    Four queries, those of the rules and two of calendars, however many subjects; a few more where anything changes;
    none without subjects.
    """
    asked = {key: sorted(set(subjects)) for key, subjects in concerned.items()}
    rules = {key: rule for key, keys in asked.items() if keys and (rule := rule_of(key)) is not None}
    if not rules:
        return
    calendars = Calendars(at)
    found: dict[Name, Standing | str] = {}
    for key, rule in rules.items():
        standings = standings_of(rule, asked[key], calendars)
        found |= {(key, one): standings.get(one, _("It is no longer there.")) for one in asked[key]}
    held = Held(found)
    _end([one for name, one in held.ladders.items() if one.ended_at is None and isinstance(found[name], str)],
         {name: one for name, one in found.items() if isinstance(one, str)}, at)  # fmt: skip
    owed = {name: one for name, one in found.items() if isinstance(one, Standing)}
    if not owed:
        return
    policies = Policies(one.organisation for one in owed.values())
    new = [_new(rules[name[0]], one, at) for name, one in owed.items() if name not in held.ladders]
    if new:
        # Two at once, about one thing: the second waits here for the first, and finds its row.
        Ladder.objects.bulk_create(new, ignore_conflicts=True)
        held.read([(one.rule, one.subject) for one in new])
    rungs = []
    for name, standing in owed.items():
        rule, ladder = rules[name[0]], held.ladders[name]
        delays = policies.of(standing.organisation, rule)
        if ladder.ended_at is not None or ladder.version != standing.version:
            begin_again(rule, ladder, standing, at=at)
        elif ladder.pk in held.ahead or ladder.pk in held.last:
            _keep_up(rule, ladder, standing, held, delays, at)
            continue
        if one := _planned(rule, ladder, standing, delays, at):
            rungs.append(one)
    Rung.objects.bulk_create(rungs)


def follow_all_of(organisation: int, *, at: datetime) -> None:
    """An organisation closes, or is open again: what concerns it ends, or begins again."""
    theirs = Ladder.objects.filter(Q(organisation=organisation) | Q(owed_by=organisation))
    concerned: dict[str, list[int]] = {}
    for rule, subject in theirs.filter(Q(ended_at=None) | Q(why=str(CLOSING))).values_list("rule", "subject"):
        concerned.setdefault(rule, []).append(subject)
    follow_all(concerned, at=at)


class Held:
    """Ladders that are ours until the transaction ends, with the rung that each has ahead, and the last step that it
    has done in its epoch. Three queries."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.ladders: dict[Name, Ladder] = {}
        self.ahead: dict[int, Rung] = {}
        self.last: dict[int, int] = {}
        self.read(names)

    def read(self, names: Iterable[Name]) -> None:
        """Hold these too."""
        wanted = set(names)
        rows = Ladder.objects.select_for_update().filter(
            rule__in={rule for rule, _subject in wanted}, subject__in=[subject for _rule, subject in wanted]
        )
        more = {(one.rule, one.subject): one for one in rows.order_by("pk") if (one.rule, one.subject) in wanted}
        self.ladders |= more
        keys = [one.pk for one in more.values()]
        if not keys:
            return
        self.ahead |= {one.ladder_id: one for one in Rung.objects.ahead().filter(ladder__in=keys)}
        over = Rung.objects.over().filter(ladder__in=keys, epoch=F("ladder__epoch")).order_by()
        self.last |= dict(over.values_list("ladder").annotate(last=Max("step")))


def _new(rule: Rule, standing: Standing, at: datetime) -> Ladder:
    return Ladder(
        rule=rule.key, subject=standing.subject, organisation_id=standing.organisation, owed_by_id=standing.owed_by,
        version=standing.version, title=standing.title[:300], url=standing.url, started_at=at,
        promised_until=standing.waits_until,
    )  # fmt: skip


def _planned(rule: Rule, ladder: Ladder, standing: Standing, delays: Delays, at: datetime) -> Rung | None:
    since = _first(rule, standing, delays, at)
    one = ahead(rule, standing, delays, at, since=since, snoozed=snoozed_until(ladder, standing))
    return rung_of(ladder, one) if one else None


def _first(rule: Rule, standing: Standing, delays: Delays, at: datetime) -> int:
    """The step from which on an epoch that begins at `at` reminds."""
    for one in moments(rule, standing, delays):
        if one.due_at > at or one.step >= len(rule.steps) or not rule.steps[one.step].only_ahead:
            return one.step
    return len(delays)  # all that there were are over, and meant for before only


def rung_of(ladder: Ladder, one: Next) -> Rung:
    """A step as a row that is not saved yet."""
    return Rung(
        ladder=ladder, organisation_id=ladder.organisation_id, epoch=ladder.epoch, step=one.step, due_at=one.due_at
    )


def begin_again(rule: Rule, ladder: Ladder, standing: Standing, *, at: datetime) -> None:
    """A new epoch of a ladder that the caller holds; what was planned before is cancelled, with the reason."""
    why = rule.why_anew(ladder.version, standing) if ladder.ended_at is None else ladder.why
    cancel([ladder.pk], why, at)
    ladder.epoch, ladder.version, ladder.ended_at, ladder.why = ladder.epoch + 1, standing.version, None, ""
    ladder.title, ladder.url, ladder.started_at = standing.title[:300], standing.url, at
    ladder.organisation_id, ladder.owed_by_id = standing.organisation, standing.owed_by
    ladder.snoozed_until = ladder.snoozed_by = None
    ladder.promised_until = standing.waits_until
    ladder.save()


def _keep_up(rule: Rule, ladder: Ladder, standing: Standing, held: Held, delays: Delays, at: datetime) -> None:
    """The same epoch: its next rung comes when it should come by now (a promise, another calendar, another policy)."""
    now = (standing.title[:300], standing.organisation, standing.owed_by, standing.waits_until or ladder.promised_until)
    moves = ladder.organisation_id != standing.organisation
    if now != (ladder.title, ladder.organisation_id, ladder.owed_by_id, ladder.promised_until):
        ladder.title, ladder.organisation_id, ladder.owed_by_id, ladder.promised_until = now
        ladder.save(update_fields=["title", "organisation", "owed_by", "promised_until"])
        if moves:
            Rung.objects.ahead().filter(ladder=ladder).update(organisation=ladder.organisation_id)
    rung = held.ahead.get(ladder.pk)
    if rung is not None and rung.at_once:
        return
    since = held.last.get(ladder.pk, -1) + 1
    one = ahead(rule, standing, delays, at, since=since, snoozed=snoozed_until(ladder, standing))
    if rung is None:
        if one:
            rung_of(ladder, one).save(force_insert=True)
    elif one is None:
        cancel([ladder.pk], _("No further reminder is wanted."), at)
    elif max(rung.due_at, one.due_at) > at and (rung.step, rung.due_at) != (one.step, one.due_at):
        Rung.objects.filter(pk=rung.pk).update(step=one.step, due_at=one.due_at, why="")


def _end(ladders: Sequence[Ladder], whys: Mapping[Name, str], at: datetime) -> None:
    by_why: dict[str, list[int]] = {}
    for one in ladders:
        by_why.setdefault((whys.get((one.rule, one.subject)) or _("It is no longer there."))[:300], []).append(one.pk)
    for why, keys in by_why.items():
        cancel(keys, why, at)
        Ladder.objects.filter(pk__in=keys).update(ended_at=at, why=why)


def cancel(ladders: Sequence[int], why: str, at: datetime) -> int:
    """Take back what is planned of ladders that the caller holds; how many rungs."""
    rows = Rung.objects.ahead().filter(ladder__in=ladders)
    return rows.update(state=State.CANCELLED, why=why[:300], done_at=at)


def forget(key: str, subjects: Iterable[int], why: str, *, at: datetime) -> None:
    """End ladders of what is no longer a rule's."""
    held = list(Ladder.objects.select_for_update().open().filter(rule=key, subject__in=list(subjects)).order_by("pk"))
    _end(held, {(one.rule, one.subject): why for one in held}, at)


# ---- What people do with one -----------------------------------------------------------------------------------------
@transaction.atomic
def hold(rung: Rung, *, by: Membership) -> None:
    """Keep a planned reminder from going until somebody lets it go. Raises NothingAhead."""
    if not Rung.objects.planned().filter(pk=rung.pk).update(state=State.HELD, by=by):
        raise NothingAhead(_("It has gone, or is not wanted any more: reload the page."))


@transaction.atomic
def let_go(rung: Rung, *, at: datetime) -> None:
    """A held one goes when it is due, or now where that is past. Raises NothingAhead."""
    ladder = _held(rung)
    if not Rung.objects.filter(pk=rung.pk, state=State.HELD).update(state=State.PLANNED, by=None):
        raise NothingAhead(_("It is not held any more: reload the page."))
    follow(ladder.rule, [ladder.subject], at=at)


@transaction.atomic
def send_now(rung: Rung, *, by: Membership, at: datetime) -> None:
    """Have the next reminder go at once; it counts like every other. Raises NothingAhead."""
    _held(rung)
    rows = Rung.objects.ahead().filter(pk=rung.pk)
    if not rows.update(state=State.PLANNED, due_at=at, at_once=True, by=by):
        raise NothingAhead(_("It has gone, or is not wanted any more: reload the page."))


@transaction.atomic
def try_again(rung: Rung, *, by: Membership, at: datetime) -> None:
    """Have one go at once that did not go and after which nothing came; it counts like every other. Raises
    NothingAhead."""
    ladder = _held(rung)
    last = ladder.ended_at is None and rung.epoch == ladder.epoch
    last = last and not ladder.rungs.filter(epoch=ladder.epoch, step__gt=rung.step).exists()
    now = {"state": State.PLANNED, "due_at": at, "done_at": None, "why": "", "at_once": True, "by": by}
    if not last or not Rung.objects.filter(pk=rung.pk, state=State.SKIPPED).update(**now):
        raise NothingAhead(_("It has gone, or is not wanted any more: reload the page."))
    rung.notices.all().delete()  # that it did not go: perhaps it goes to the same person now


@transaction.atomic
def snooze(ladder: Ladder, day: date, *, by: Membership, at: datetime) -> None:
    """Put off what one's own side owes, to a day in its zone. Raises TooFarOff, NothingAhead."""
    rule = rule_of(ladder.rule)
    held = Ladder.objects.select_for_update().get(pk=ladder.pk)
    if rule is None or not rule.may_snooze or held.ended_at is not None or held.owed_by_id != by.organisation_id:
        raise NothingAhead(_("Nothing of yours is reminded of here."))
    if not 0 < (day - at.astimezone(by.zone).date()).days <= SNOOZE_DAYS:
        raise TooFarOff(_("Put it off by %(days)s days at most.") % {"days": SNOOZE_DAYS})
    held.snoozed_until, held.snoozed_by = day, by
    held.save(update_fields=["snoozed_until", "snoozed_by"])
    follow(held.rule, [held.subject], at=at)


def _held(rung: Rung) -> Ladder:
    return Ladder.objects.select_for_update().get(pk=rung.ladder_id)


# ---- None is lost ----------------------------------------------------------------------------------------------------
LOST = """
SELECT s.id FROM unnest(%(keys)s) AS s(id)
WHERE NOT EXISTS (SELECT FROM notifications_ladder l WHERE l.rule = %(rule)s AND l.subject = s.id)
"""


def find_lost(at: datetime, most: int = 1_000) -> int:
    """For the beat: plan what is owed and has no ladder (rows from before there were ladders, a room that forgot);
    how many were looked at."""
    looked = 0
    for rule in known():
        after = 0
        while keys := list(rule.subjects(after, most, at)):
            with connection.cursor() as cursor:
                cursor.execute(LOST, {"keys": keys, "rule": rule.key})
                lost = [row[0] for row in cursor.fetchall()]
            for place in range(0, len(lost), 100):
                follow_what_can_be_read(rule.key, lost[place : place + 100], at)
            looked, after = looked + len(keys), keys[-1]
    return looked


def follow_what_can_be_read(key: str, subjects: Sequence[int], at: datetime) -> None:
    """Where something is wrong with one of them, the others are followed all the same."""
    try:
        with transaction.atomic():
            follow(key, subjects, at=at)
    except ENDS:
        raise
    except Exception:
        if len(subjects) == 1:
            logger.exception("No reminder of %s %s could be planned", key, subjects[0])
            return
        for one in subjects:
            follow_what_can_be_read(key, [one], at)
