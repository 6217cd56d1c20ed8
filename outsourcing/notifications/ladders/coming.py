"""What will go out, to whom and when, if nothing happens until then; for an organisation's own people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.notifications.ladders import planning
from outsourcing.notifications.ladders.people import Calendars, Roster
from outsourcing.notifications.ladders.policies import Policies
from outsourcing.notifications.ladders.rules import Kind, Rule, Standing, rule_of
from outsourcing.notifications.ladders.sweeping import places_of
from outsourcing.notifications.models import Ladder, Rung

AHEAD = timedelta(days=14)
#: So many ladders are looked through; a shop with more sees the next ones.
MOST = 200


@dataclass(frozen=True)
class Coming:
    """One reminder that will go: `rung` where it is planned as a row, None for a later one of the same ladder."""

    at: datetime
    title: str
    step: str
    to: Sequence[str]
    ladder: Ladder
    rung: Rung | None

    @property
    def is_held(self) -> bool:
        return self.rung is not None and self.rung.state == Rung.State.HELD


def next_ones(acting: Membership, most: int) -> list[Rung]:
    """The next few reminders of one's organisation, with who owes what they are about. One query."""
    rows = Rung.objects.visible_to(acting).ahead().select_related("ladder__owed_by", "by")
    return list(rows.order_by("due_at", "pk")[:most])


def coming(acting: Membership, at: datetime) -> list[Coming]:
    """All of the next 14 days, the earliest first; what stands there as a row, and what would follow it."""
    until = at + AHEAD
    rungs = Rung.objects.visible_to(acting).ahead().filter(due_at__lte=until).select_related("ladder__owed_by", "by")
    by_rule: dict[str, list[Rung]] = {}
    for one in rungs.order_by("due_at", "pk")[:MOST]:
        by_rule.setdefault(one.ladder.rule, []).append(one)
    found: list[Coming] = []
    for key, some in by_rule.items():
        if rule := rule_of(key):
            found += _of_rule(rule, some, at, until)
    return sorted(found, key=lambda one: (one.at, one.title))


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
    standings = rule.standings([one.ladder.subject for one in rungs], calendars)
    owed = [one for one in standings.values() if isinstance(one, Standing)]
    roster, policies = Roster.of_organisations(places_of(owed), calendars), Policies(one.organisation for one in owed)
    found: list[Coming] = []
    for rung in rungs:
        standing = standings.get(rung.ladder.subject)
        if not isinstance(standing, Standing):
            continue
        found.append(_coming(rule, standing, rung.step, rung.due_at, roster, rung.ladder, rung))
        snoozed = planning.snoozed_until(rung.ladder, standing)
        delays = policies.of(standing.organisation, rule)
        for later in planning.moments(rule, standing, delays, since=rung.step + 1, snoozed=snoozed):
            if rung.due_at < later.due_at <= until and rung.state == Rung.State.PLANNED:
                found.append(_coming(rule, standing, later.step, later.due_at, roster, rung.ladder, None))
    return found


def _coming(
    rule: Rule, standing: Standing, step: int, at: datetime, roster: Roster, ladder: Ladder, rung: Rung | None
) -> Coming:
    kinds = [(one.kind, roster.first(one.organisation, one.people, roles=one.roles, backup=one.backup,
                                     heads=one.heads), one.address) for one in rule.to(standing, step)]  # fmt: skip
    names: list[str] = []
    for person, address in [(person, address) for one, person, address in kinds]:
        place = roster.places[person.organisation].name if person else ""
        name = f"{person.name}, {place}" if person else address
        if name and name not in names:
            names.append(name)
    kind = kinds[0][0] if kinds else Kind.ACT
    return Coming(at, rule.title(standing, step, kind), label_of(rule, step), names, ladder, rung)


def label_of(rule: Rule | None, step: int) -> str:
    """What a step is called."""
    if rule is None:
        return ""
    return str(rule.steps[step].label) if step < len(rule.steps) else _("Once a week")
