"""Invited vendors are reminded at half of the time and a day before the end, evaluators before the decision."""

from datetime import timedelta

import pytest

from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Notice, Rung
from tests.sourcing.conftest import DAY, DEADLINE, HOUR, MONDAY, answer, of
from vendors.sourcing.answering import submitting
from vendors.sourcing.briefs import evaluators, publishing, writing
from vendors.sourcing.scores import giving

pytestmark = pytest.mark.django_db
HALF = MONDAY + (DEADLINE - MONDAY) / 2


def reminded(rule):
    rows = Notice.objects.filter(rung__ladder__rule=rule)
    return sorted(rows.values_list("rung__step", "membership__user__name"))


def ended(subject):
    """Why the ladder of something is over."""
    return Ladder.objects.get(subject=subject.pk).why


def planned():
    return set(Rung.objects.filter(state="planned", ladder__rule="brief_invited").values_list("due_at", flat=True))


def test_an_invited_vendor_is_reminded_at_half_of_the_time_and_a_day_before(brief, manager, second):
    assert planned() == {HALF}
    sweep(HALF)
    assert {step for step, _name in reminded("brief_invited")} == {0}
    assert len(reminded("brief_invited")) == 2
    assert planned() == {DEADLINE - 3 * DAY - 8 * HOUR}  # on Friday when they open, not on a Sunday
    answer(brief, manager, at=HALF + HOUR)
    assert ended(of(brief, manager.organisation)) == "It was answered."  # at once, not when its rung is due
    sweep(DEADLINE - DAY)
    assert [name for step, name in reminded("brief_invited") if step == 1] == [second.user.name]
    sweep(DEADLINE + DAY)
    assert len(reminded("brief_invited")) == 3


def test_the_last_call_before_a_monday_goes_on_friday_at_once(brief, owner):
    """A digest of Monday morning would come after the deadline."""
    monday = DEADLINE + timedelta(days=7 - DEADLINE.weekday())
    publishing.extend(brief, monday.replace(hour=9, minute=0), by=owner, at=MONDAY + HOUR)
    sweep(MONDAY + (monday - MONDAY) / 2 + HOUR)
    (last,) = planned()
    assert (last.weekday(), monday.date() - last.date()) == (4, timedelta(days=3))
    sweep(last)
    assert all(one.mail.not_before == last for one in Notice.objects.filter(rung__step=1).select_related("mail"))
    assert Notice.objects.filter(rung__step=1).count() == 2


def test_of_a_sealed_brief_all_are_reminded_alike(sealed, manager, second):
    answer(sealed, manager, at=MONDAY + HOUR)
    sweep(HALF)
    sweep(DEADLINE - DAY)
    assert len(reminded("brief_invited")) == 4
    whys = set(Ladder.objects.filter(rule="brief_invited").values_list("why", "ended_at"))
    assert whys == {("", None)}


def test_more_time_moves_the_reminders(brief, owner):
    publishing.extend(brief, DEADLINE + 10 * DAY, by=owner, at=MONDAY + HOUR)
    assert planned() == {HALF + 5 * DAY}


def test_who_declines_or_leaves_hears_no_more(brief, owner, manager, second):
    submitting.decline(of(brief, manager.organisation), kind="fit", text="", by=manager, at=MONDAY + HOUR)
    assert ended(of(brief, manager.organisation)) == "The vendor takes no part."
    sweep(HALF)
    assert [name for _step, name in reminded("brief_invited")] == [second.user.name]


def test_an_evaluator_is_reminded_two_working_days_and_one_before(brief, owner, buyer, manager):
    people = list(brief.criteria.filter(source="people"))
    evaluators.name(brief, {owner: people, buyer: people}, by=owner, at=MONDAY)
    decision = DEADLINE + 10 * DAY  # a Thursday
    writing.change_text(brief, {"decide_by": decision.date()}, by=owner, at=MONDAY)
    answer(brief, manager)
    assert not Rung.objects.filter(state="planned", ladder__rule="brief_scores").exists()
    publishing.open_answers(brief, by=owner, at=DEADLINE)
    mine = brief.evaluators.get(member=owner)
    giving.state_conflict(mine, "", by=owner, at=DEADLINE)
    giving.recuse(mine, "I know them too well.", by=owner, at=DEADLINE)
    assert ended(mine) == "They no longer score."
    sweep(decision - 2 * DAY)
    assert reminded("brief_scores") == [(0, buyer.user.name)]
    sweep(decision - DAY)
    assert reminded("brief_scores") == [(0, buyer.user.name), (1, buyer.user.name)]
