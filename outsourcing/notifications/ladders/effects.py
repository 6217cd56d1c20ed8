"""What a change of policy does to what is open, said before it is saved; and its doing, once it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

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
    """Save a choice and re-plan what is open, as many as a request may take; how many are left for a worker. That they
    are stands in the row: should the worker never hear of it, the beat finds them."""
    rows = {"preset": policy.preset, "delays": policy.delays, "words": policy.words, "left_after": None}
    kept, _is_new = Policy.objects.update_or_create(organisation=policy.organisation, rule=policy.rule, defaults=rows)
    found = list(_open_ones(kept).values_list("pk", "subject")[:AT_ONCE])
    replan(policy.rule, [subject for _key, subject in found], at)
    left = _open_ones(kept).filter(pk__gt=found[-1][0]).count() if len(found) == AT_ONCE else 0
    if left:
        Policy.objects.filter(pk=kept.pk).update(left_after=found[-1][0])
    return left


def replan(rule: str, subjects: Sequence[int], at: datetime) -> None:
    """Bring the next rungs of these to where the policy puts them."""
    for place in range(0, len(subjects), CHUNK):
        planning.follow(rule, subjects[place : place + CHUNK], at=at)


def go_on(policy: int, at: datetime) -> None:
    """Bring what a choice has left to where it puts it, a transaction for each hundred. One worker does it at a time;
    one that dies is made up for by the next."""
    while _go_on(policy, at):
        pass


@transaction.atomic
def _go_on(policy: int, at: datetime) -> bool:
    """The next hundred; whether there may be more."""
    rows = Policy.objects.filter(pk=policy, left_after__isnull=False)
    one = rows.select_for_update(skip_locked=True).first()
    if one is None:
        return False
    found = list(_open_ones(one).filter(pk__gt=one.left_after).values_list("pk", "subject")[:CHUNK])
    planning.follow_what_can_be_read(one.rule, [subject for _key, subject in found], at)
    one.left_after = found[-1][0] if len(found) == CHUNK else None
    one.save(update_fields=["left_after"])
    return one.left_after is not None


def find_left(at: datetime) -> None:
    """For the beat: what no worker heard of, or died over."""
    for key in list(Policy.objects.filter(left_after__isnull=False).order_by("pk").values_list("pk", flat=True)):
        go_on(key, at)


def _open_ones(policy: Policy) -> QuerySet[Ladder]:
    return Ladder.objects.open().filter(organisation=policy.organisation_id, rule=policy.rule).order_by("pk")
