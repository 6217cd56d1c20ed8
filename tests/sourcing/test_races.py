"""Two people at the same instant, on two connections: one wins, the other is told, nothing is doubled or disclosed."""

import threading

import pytest
from django.db import connection, transaction

from outsourcing.shared.errors import DomainError
from tests.locks import until_they_wait
from tests.sourcing.conftest import DAY, DEADLINE, HOUR, MONDAY, answer, of, said, send_out
from vendors.sourcing.answering import submitting
from vendors.sourcing.briefs import evaluators, publishing
from vendors.sourcing.candidates import adding
from vendors.sourcing.holding import advance, hold
from vendors.sourcing.models import Answer, BriefState, Evaluator, Score, Stage
from vendors.sourcing.scores import giving
from vendors.sourcing.scores.errors import NotOpenToScores

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


def at_once(brief, *acts):
    """All of them wait for the brief's row, which is let go once they do; what each was refused with, or None."""
    outcomes: list[Exception | None] = [None] * len(acts)

    def run(place, act):
        try:
            act()
        except DomainError as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    with transaction.atomic():
        hold(brief.pk)
        for one in threads:
            one.start()
        until_they_wait(len(acts))
    for one in threads:
        one.join()
    return outcomes


def test_sending_twice_leaves_one_live(brief, manager):
    one, what = of(brief, manager.organisation), said(brief)
    outcomes = at_once(brief, *[lambda: submitting.submit(one, what, by=manager, at=MONDAY)] * 2)
    assert outcomes == [None, None]
    assert sorted(Answer.objects.values_list("number", "state")) in (
        [(1, "replaced"), (2, "live")],
        [(1, "live"), (2, "replaced")],
    )


def test_opening_and_an_answer_of_the_last_second(sealed, owner, manager):
    """Whatever order they come in, what was not in when the others were opened is late, and unread."""
    one, what = of(sealed, manager.organisation), said(sealed)
    outcomes = at_once(
        sealed,
        lambda: publishing.open_answers(sealed, by=owner, at=DEADLINE),
        lambda: submitting.submit(one, what, by=manager, at=DEADLINE - HOUR),
    )
    made = Answer.objects.get()
    sealed.refresh_from_db()
    assert outcomes == [None, None]
    assert sealed.state == BriefState.EVALUATING
    assert (made.state, made.opened_at) in (("live", DEADLINE), ("late", None))


def test_taking_back_and_opening(sealed, owner, manager):
    answer(sealed, manager)
    one = of(sealed, manager.organisation)
    outcomes = at_once(
        sealed,
        lambda: submitting.take_back(one, by=manager, at=DEADLINE - HOUR),
        lambda: publishing.open_answers(sealed, by=owner, at=DEADLINE),
    )
    made = Answer.objects.get()
    if outcomes[0] is None:
        assert (made.state, made.opened_at) == ("withdrawn", None)
    else:
        assert (made.state, made.opened_at) == ("live", DEADLINE)


def test_a_score_and_the_decision(brief, owner, operations, manager):
    """What waits for a decision to be made is refused after it."""
    criteria = list(brief.criteria.filter(source="people"))
    evaluators.name(brief, {operations: criteria}, by=owner, at=MONDAY)
    answer(brief, manager)
    Evaluator.objects.update(stated_at=MONDAY)
    mine, outcome = Evaluator.objects.get(), []

    def score():
        try:
            giving.score(mine, of(brief, manager.organisation), criteria[0], 4, by=operations, at=MONDAY + 2 * DAY)
        except DomainError as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=score)
    with transaction.atomic():
        advance(hold(brief.pk), BriefState.DECIDED, decided_at=MONDAY + 2 * DAY)
        thread.start()
        until_they_wait()
    thread.join()
    assert isinstance(outcome[0], NotOpenToScores)
    assert not Score.objects.exists()


def test_declining_and_answering(brief, manager, contact):
    one, what = of(brief, manager.organisation), said(brief)
    outcomes = at_once(
        brief,
        lambda: submitting.decline(one, kind="fit", text="", by=manager, at=MONDAY),
        lambda: submitting.submit(one, what, by=contact, at=MONDAY),
    )
    stage = of(brief, manager.organisation).stage
    assert stage == Stage.DECLINED
    assert not Answer.objects.live().exists()
    assert outcomes[0] is None


def test_inviting_twice_and_putting_one_vendor_on_twice(draft, owner, profile, second_profile):
    adding.remove(of(draft, profile.organisation), by=owner, at=MONDAY)
    outcomes = at_once(draft, *[lambda: adding.add(draft, [profile], by=owner, at=MONDAY)] * 2)
    assert len([one for one in outcomes if one]) == 1
    outcomes = at_once(draft, *[lambda: send_out(draft, owner)] * 2)
    assert len([one for one in outcomes if one]) == 1
    assert draft.versions.count() == 1
