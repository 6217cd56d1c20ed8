"""What a change of policy does to what is open, said before it is saved; and its doing, once it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from outsourcing.accounts.models import Organisation
from outsourcing.notifications.ladders import planning
from outsourcing.notifications.ladders.people import Calendars
from outsourcing.notifications.ladders.policies import Delays
from outsourcing.notifications.ladders.rules import Rule, Standing, standings_of
from outsourcing.notifications.models import Ladder, Policy, Rung

#: So many open ones are looked at for a dry run, and re-planned in the request; more by a worker.
MOST, AT_ONCE, CHUNK = 500, 500, 100


@dataclass(frozen=True)
class Effect:
    """The next reminder of one thing, now and then; None where there is none."""

    ladder: Ladder
    before: datetime | None
    after: datetime | None


def effects(organisation: Organisation, rule: Rule, delays: Delays, at: datetime) -> list[Effect]:
    """The open ones whose next reminder would come at another time, the soonest first. Three queries and the rule's."""
    ladders = list(Ladder.objects.open().filter(organisation=organisation, rule=rule.key).order_by("pk")[:MOST])
    rungs = {one.ladder_id: one for one in Rung.objects.ahead().filter(ladder__in=[one.pk for one in ladders])}
    last: dict[int, int] = {}
    done = Rung.objects.over().filter(ladder__in=[one.pk for one in ladders])
    epochs = {one.pk: one.epoch for one in ladders}
    for ladder, epoch, step in done.values_list("ladder", "epoch", "step"):
        if epoch == epochs[ladder]:
            last[ladder] = max(step, last.get(ladder, -1))
    standings = standings_of(rule, [one.subject for one in ladders], Calendars(at))
    found = []
    for one in ladders:
        standing = standings.get(one.subject)
        if not isinstance(standing, Standing):
            continue
        snoozed = planning.snoozed_until(one, standing)
        then = planning.ahead(rule, standing, delays, at, since=last.get(one.pk, -1) + 1, snoozed=snoozed)
        now = rungs[one.pk].due_at if one.pk in rungs else None
        after = max(then.due_at, at) if then else None
        if (now and max(now, at)) != after:
            found.append(Effect(one, now, after))
    return sorted(found, key=lambda effect: effect.after or effect.before or at)


@transaction.atomic
def save(policy: Policy, *, at: datetime) -> int:
    """Save a choice and re-plan what is open, as many as a request may take; how many are left for a worker."""
    rows = {"preset": policy.preset, "delays": policy.delays, "words": policy.words}
    Policy.objects.update_or_create(organisation=policy.organisation, rule=policy.rule, defaults=rows)
    subjects = list(
        Ladder.objects.open().filter(organisation=policy.organisation, rule=policy.rule)
        .order_by("pk").values_list("subject", flat=True)
    )  # fmt: skip
    replan(policy.rule, subjects[:AT_ONCE], at)
    return max(0, len(subjects) - AT_ONCE)


def replan(rule: str, subjects: Sequence[int], at: datetime) -> None:
    """Bring the next rungs of these to where the policy puts them."""
    for place in range(0, len(subjects), CHUNK):
        planning.follow(rule, subjects[place : place + CHUNK], at=at)
