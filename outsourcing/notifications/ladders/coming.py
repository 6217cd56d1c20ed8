"""What will go out, to whom and when, if nothing happens until then; for an organisation's own people."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.notifications.ladders import outgoing, planning
from outsourcing.notifications.ladders.drawing import PASSES, read_each
from outsourcing.notifications.ladders.people import Calendars, Person, Roster
from outsourcing.notifications.ladders.policies import Delays, Policies
from outsourcing.notifications.ladders.posting import digest_slot
from outsourcing.notifications.ladders.rules import Kind, Rule, Standing, rule_of
from outsourcing.notifications.ladders.sweeping import places_of
from outsourcing.notifications.models import Ladder, Notice, Rung
from outsourcing.notifications.models.ladders import readable
from outsourcing.shared.dates import day_words
from outsourcing.shared.statements import Read, Values

logger = logging.getLogger(__name__)
AHEAD = timedelta(days=14)
#: So many ladders are looked through; a shop with more sees the next ones.
MOST = 200

#: As `ahead_of` finds them.
NEXT = """
SELECT r.id, r.ladder_id, r.due_at, r.state = 'held' AS is_held, l.title, coalesce(o.name, '') AS owed_by,
    l.rule, r.step
FROM notifications_rung r JOIN notifications_ladder l ON l.id = r.ladder_id
LEFT JOIN accounts_organisation o ON o.id = l.owed_by_id
WHERE r.organisation_id = %(us)s AND r.state IN ('planned', 'held') AND l.rule = ANY(%(rules)s)
ORDER BY r.due_at, r.id LIMIT {most}
"""


@dataclass(frozen=True)
class Coming:
    """One reminder that will go, at the time of its mail to the first of its readers: `rung` where it is planned as a
    row, None for a later one of the same ladder; `notice` where it has come and waits for a mail to one reader."""

    at: datetime
    title: str
    step: str
    to: Sequence[str]
    ladder: Ladder
    rung: Rung | None
    notice: Notice | None = None

    @property
    def is_held(self) -> bool:
        if self.notice is not None:
            return self.notice.state == Notice.State.HELD
        return self.rung is not None and self.rung.state == Rung.State.HELD


@dataclass(frozen=True)
class Soon:
    """A reminder for the home page: what it is about, on which day, which one it is, and who owes it ("" for
    nobody's)."""

    rung_id: int
    ladder_id: int
    day: str
    is_held: bool
    title: str
    owed_by: str
    step: str


def next_ones(acting: Membership, most: int) -> Read[list[Soon]]:
    """The next few reminders of one's organisation; no more are asked for than are shown."""
    given = {"us": acting.organisation_id, "rules": readable(acting)}
    return Read(NEXT.format(most=most), given, lambda rows: [_soon(one) for one in rows])


def _soon(row: Values) -> Soon:
    day = localtime(datetime.fromisoformat(row["due_at"])).date()
    return Soon(
        row["id"], row["ladder_id"], day_words(day, "D j M"), row["is_held"], row["title"], row["owed_by"],
        label_of(rule_of(row["rule"]), row["step"]),
    )  # fmt: skip


def coming(acting: Membership, at: datetime) -> list[Coming]:
    """All of the next 14 days, the earliest first: what waits for its mail, what stands there as a row, and what would
    follow it."""
    until = at + AHEAD
    by_rule: dict[str, list[Rung]] = {}
    for one in Rung.objects.ahead_of(acting).filter(due_at__lte=until)[:MOST]:
        by_rule.setdefault(one.ladder.rule, []).append(one)
    found = _outgoing(acting, at)
    for key, some in by_rule.items():
        if rule := rule_of(key):
            found += _of_rule(rule, some, at, until)
    return sorted(found, key=lambda one: (one.at, one.title))


def _outgoing(acting: Membership, at: datetime) -> list[Coming]:
    """What has come and waits for its mail, or is kept out of it. One query."""
    rows = outgoing.of_organisation(acting).select_related("rung__ladder", "mail", "membership__organisation")
    return [
        Coming(
            max(at, one.mail.not_before) if one.mail else at,
            one.title,
            label_of(rule_of(one.rung.ladder.rule), one.rung.step),
            [f"{one.membership.label}, {one.membership.organisation}" if one.membership else one.address],
            one.rung.ladder,
            None,
            one,
        )
        for one in rows.order_by("created_at", "pk")[:MOST]
    ]


def of_ladder(ladder: Ladder, at: datetime) -> list[Coming]:
    """All that is still to come of one ladder, as far as a repeat."""
    rung = ladder.rungs.ahead().select_related("by").first()
    rule = rule_of(ladder.rule)
    if rung is None or rule is None:
        return []
    rung.ladder = ladder
    return _of_rule(rule, [rung], at, at + timedelta(days=400))


def _of_rule(rule: Rule, rungs: Sequence[Rung], at: datetime, until: datetime) -> list[Coming]:
    calendars = Calendars(at)
    standings = read_each(rule, [one.ladder.subject for one in rungs], calendars)
    owed = [one for one in standings.values() if isinstance(one, Standing)]
    roster, policies = Roster.of_organisations(places_of(owed), calendars), Policies(one.organisation for one in owed)
    found: list[Coming] = []
    for rung in rungs:
        standing = standings.get(rung.ladder.subject)
        try:
            if isinstance(standing, Exception):
                raise standing
            if isinstance(standing, Standing):
                delays = policies.of(standing.organisation, rule)
                found += _of_rung(rule, standing, delays, rung, roster, until)
        except PASSES:
            raise
        except Exception:  # the sweep tries it, and says what is wrong with it; the page shows the others
            logger.exception("What comes of reminder %s could not be read", rung.pk)
            found.append(
                Coming(max(rung.due_at, at), rung.ladder.title, label_of(rule, rung.step), [], rung.ladder, rung)
            )
    return found


def _of_rung(
    rule: Rule, standing: Standing, delays: Delays, rung: Rung, roster: Roster, until: datetime
) -> list[Coming]:
    """What stands there as a row, and what would follow it."""
    snoozed = planning.snoozed_until(rung.ladder, standing)
    steps = list(planning.moments(rule, standing, delays, since=rung.step + 1, snoozed=snoozed))
    same = [one.step for one in steps if one.due_at <= rung.due_at]  # a promise holds several back to one day
    found = [_coming(rule, standing, max([rung.step, *same]), rung.due_at, roster, rung.ladder, rung)]
    for later in steps:
        if rung.due_at < later.due_at <= until and rung.state == Rung.State.PLANNED:
            found.append(_coming(rule, standing, later.step, later.due_at, roster, rung.ladder, None))
    return found


def _coming(
    rule: Rule, standing: Standing, step: int, due: datetime, roster: Roster, ladder: Ladder, rung: Rung | None
) -> Coming:
    names: list[str] = []
    kinds: list[Kind] = []
    first: Person | None = None
    for to in rule.to(standing, step):
        person = roster.first(
            to.organisation, to.people, roles=to.roles, backup=to.backup, heads=to.heads,
            category="" if to.kind == Kind.DECIDE else rule.category,
        )  # fmt: skip
        name = f"{person.name}, {roster.places[person.organisation].name}" if person and not to.address else to.address
        kinds.append(to.kind)
        first = first or person
        if standing.is_apart and (person is None or person.organisation != ladder.organisation_id):
            continue
        if name and name not in names:
            names.append(name)
    kind = kinds[0] if kinds else Kind.ACT
    at = max(due, roster.calendars.at)
    if first is None:  # to an address, while whoever asks is at work
        at = roster.calendar(standing.organisation).next_opening(at)
    elif rule.is_urgent(standing, step):
        at = roster.calendar(first.organisation).next_opening(at)
    elif kind != Kind.DECIDE:
        _day, at = digest_slot(first, roster, due, at)
    return Coming(at, rule.title(standing, step, kind), label_of(rule, step), names, ladder, rung)


def label_of(rule: Rule | None, step: int) -> str:
    """What a step is called."""
    if rule is None:
        return ""
    return str(rule.steps[step].label) if step < len(rule.steps) else _("Once a week")
