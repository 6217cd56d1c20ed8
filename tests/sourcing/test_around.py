"""What shortlists add to other rooms: home pages, search, messages, vendors made one, and people who leave."""

import pytest

from outsourcing.accounts import actions as accounts
from outsourcing.accounts.models import Role
from outsourcing.accounts.search import search
from outsourcing.accounts.waiting import in_words, waiting_for
from outsourcing.conversations.posting import may_write_to
from outsourcing.notifications.models import Ladder
from tests.factories import MembershipFactory
from tests.sourcing.conftest import DAY, DEADLINE, HOUR, MONDAY, answer, begin, of, said
from tests.sourcing.deciding.test_choosing import decide
from vendors.sourcing.across import follow
from vendors.sourcing.answering import asking, submitting
from vendors.sourcing.briefs import evaluators, publishing
from vendors.sourcing.briefs.forms import EvaluatorsForm
from vendors.sourcing.briefs.shown import counts
from vendors.sourcing.candidates import adding, moving
from vendors.sourcing.models import Brief, Criterion, Evaluator, Score, Stage
from vendors.sourcing.pipeline.rows import rows_of
from vendors.sourcing.waiting import MOST

pytestmark = pytest.mark.django_db


def titles(member, at):
    lines = [in_words(one) for one in waiting_for(member, at)[0]]
    return [one.title for one in lines if "/brief" in one.url or "/questions/" in one.url]


# ---- Home pages ----------------------------------------------------------------------------------------------------
def test_a_vendor_finds_the_brief_in_its_portal_until_it_has_answered(brief, manager):
    asks = ["Juniper & Pine asks you to answer: UK pick and pack"]
    assert titles(manager, MONDAY + DAY) == asks
    submitting.save_draft(of(brief, manager.organisation), said(brief), by=manager, at=MONDAY + DAY)
    assert titles(manager, MONDAY + DAY) == asks
    answer(brief, manager)
    assert titles(manager, MONDAY + 2 * DAY) == []


def test_nothing_waits_for_a_vendor_after_the_deadline(brief, manager):
    assert titles(manager, DEADLINE) == []


def test_whoever_wrote_the_brief_finds_questions_opening_and_decision(brief, owner, viewer, manager):
    asking.ask(of(brief, manager.organisation), "How many?", by=manager, at=MONDAY + HOUR)
    assert titles(owner, MONDAY + DAY) == ["1 question about UK pick and pack"]
    [asked] = waiting_for(owner, MONDAY + DAY)[0]
    assert asked.when == DEADLINE  # among other things, by when answers end
    answer(brief, manager)
    assert titles(owner, DEADLINE) == ["Begin to compare: UK pick and pack"]
    publishing.open_answers(brief, by=owner, at=DEADLINE)
    assert titles(owner, DEADLINE) == ["Decide: UK pick and pack"]
    assert titles(viewer, DEADLINE) == []


def test_a_late_answer_is_decided_on_before_the_others_are_opened(brief, owner, manager, second):
    answer(brief, second)
    late = answer(brief, manager, at=DEADLINE + HOUR)
    assert titles(owner, DEADLINE + HOUR) == ["Decide on a late answer, then open the others: UK pick and pack"]
    submitting.accept_late(late, reason="Snow", by=owner, at=DEADLINE + 2 * HOUR)
    assert titles(owner, DEADLINE + 2 * HOUR) == ["Begin to compare: UK pick and pack"]


def test_whoever_scores_finds_it_until_they_have_submitted(brief, owner, operations, manager):
    criteria = list(brief.criteria.filter(source="people"))
    evaluators.name(brief, {operations: criteria}, by=owner, at=MONDAY)
    answer(brief, manager)
    assert titles(operations, DEADLINE - HOUR) == []
    publishing.open_answers(brief, by=owner, at=DEADLINE)
    assert titles(operations, DEADLINE) == ["Score the vendors: UK pick and pack"]
    Evaluator.objects.update(stated_at=DEADLINE, submitted_at=DEADLINE)
    assert titles(operations, DEADLINE) == []


def test_many_briefs_to_open_hide_no_question(brief, owner, manager):
    asking.ask(of(brief, manager.organisation), "How many?", by=manager, at=MONDAY + HOUR)
    for number in range(MOST + 1):
        other = Brief.objects.get(pk=brief.pk)
        other.pk, other._state.adding = None, True
        other.title, other.deadline_at, other.questions_until = f"Over {number}", MONDAY + HOUR, None
        other.save()
    found = titles(owner, MONDAY + DAY)
    assert "1 question about UK pick and pack" in found
    assert len(found) == MOST + 1


def test_many_briefs_that_only_wait_for_answers_hide_none_that_asks_something(brief, owner, manager):
    asking.ask(of(brief, manager.organisation), "How many?", by=manager, at=MONDAY + HOUR)
    for number in range(MOST + 5):
        other = Brief.objects.get(pk=brief.pk)
        other.pk, other._state.adding = None, True
        other.title, other.deadline_at = f"Quiet {number}", DEADLINE - HOUR
        other.save()
    assert titles(owner, MONDAY + DAY) == ["1 question about UK pick and pack"]


# ---- Search and messages -------------------------------------------------------------------------------------------
def test_search_finds_ones_own_briefs_and_those_one_was_invited_to(brief, owner, rival, manager, draft):
    def found(member):
        return [one.title for group in search(member, "pick and") for one in group.results]

    assert found(owner) == found(manager) == ["UK pick and pack"]
    assert found(rival) == []


def test_an_invited_vendor_may_write_and_one_that_is_only_considered_may_not(draft, owner, manager, shop):
    assert not may_write_to(manager, shop)
    publishing.publish(draft, [of(draft, manager.organisation)], by=owner, at=MONDAY)
    assert may_write_to(manager, shop)


# ---- Vendors that became one ---------------------------------------------------------------------------------------
def test_a_vendor_made_one_with_another_stands_on_its_lists(draft, owner, profile, second_profile):
    lone = begin(owner, title="Another")
    adding.add(lone, [profile], by=owner, at=MONDAY)
    follow(profile, second_profile, owner, MONDAY)
    assert of(lone, second_profile.organisation).stage == Stage.CONSIDERING
    stages = dict(draft.candidates.values_list("vendor__name", "stage"))
    assert stages == {"Pallet & Post": Stage.WITHDRAWN, "Fellgate Logistics": Stage.CONSIDERING}


def test_of_two_rows_on_one_list_the_one_that_says_more_goes_on(brief, owner, manager, profile, second_profile):
    made = answer(brief, manager)
    follow(profile, second_profile, owner, MONDAY + 2 * DAY)
    went_on = of(brief, second_profile.organisation)
    assert (made.candidate_id, went_on.stage) == (went_on.pk, Stage.ANSWERED)
    assert of(brief, profile.organisation).stage == Stage.WITHDRAWN
    assert brief.log.filter(kind="withdrawn").exists()


def test_reminders_to_answer_go_to_the_one_that_is_left(brief, owner, profile, second_profile):
    """Both were asked: the row of the one that is left goes on, and nobody reminds the other."""
    follow(profile, second_profile, owner, MONDAY + DAY)
    open_ones = Ladder.objects.open().filter(rule="brief_invited")
    assert {one.owed_by for one in open_ones} == {second_profile.organisation}
    over = Ladder.objects.get(rule="brief_invited", subject=of(brief, profile.organisation).pk)
    assert over.why == "The vendor takes no part."


def test_reminders_to_answer_go_to_the_other_one_where_it_alone_was_asked(draft, owner, profile, second_profile):
    draft.candidates.filter(vendor=second_profile.organisation_id).delete()
    publishing.publish(draft, [of(draft, profile.organisation)], by=owner, at=MONDAY)
    follow(profile, second_profile, owner, MONDAY + DAY)
    assert Ladder.objects.open().get(rule="brief_invited").owed_by == second_profile.organisation


def test_a_choice_outlives_that_its_vendor_became_one_with_another(listed, buyer, owner):
    listed.score(listed.evaluator(owner), (5, 4, 2), (4, 3, 2))
    decide(listed, buyer)
    first, second = (one.vendor.vendor for one in listed.candidates[:2])
    follow(first, second, owner, MONDAY)
    listed.brief.refresh_from_db()
    chosen = of(listed.brief, second.organisation)
    assert (listed.brief.state, chosen.pk, chosen.stage) == ("decided", listed.candidates[0].pk, Stage.CHOSEN)


# ---- Somebody leaves -----------------------------------------------------------------------------------------------
def test_briefs_and_scores_to_give_go_to_the_successor(shop, owner, buyer, profile):
    made = begin(buyer)
    criteria = list(made.criteria.filter(source="people"))
    evaluators.name(made, {buyer: criteria}, by=owner, at=MONDAY)
    accounts.remove_member(buyer, successor=owner, at=MONDAY)
    assert Brief.objects.get(pk=made.pk).created_by == owner
    assert list(made.evaluators.current().values_list("member", flat=True)) == [owner.pk]
    assert made.evaluators.current().get().assignments.count() == len(criteria)


def test_scores_of_whoever_has_left_count_on_when_others_are_named(listed, buyer, owner, operations, signed_in):
    listed.score(listed.evaluator(operations), (5, 4, 2), (4, 3, 2))
    listed.evaluator(owner)
    accounts.remove_member(operations, successor=owner, at=MONDAY)
    form = EvaluatorsForm({f"m_{owner.pk}": [listed.criteria[0].pk]}, brief=listed.brief)
    assert form.is_valid()
    evaluators.name(listed.brief, form.wanted, by=buyer, at=MONDAY + DAY)
    assert Score.objects.counted().count() == 6


def test_who_scores_what_can_be_saved_after_a_criterion_was_taken_out(listed, buyer, owner, operations):
    listed.score(listed.evaluator(operations), (5, 4, 2), (4, 3, 2))
    listed.evaluator(owner)
    for one in listed.criteria:
        form = EvaluatorsForm({f"m_{owner.pk}": []}, brief=listed.brief)
        assert form.is_valid(), form.errors
        Criterion.objects.filter(pk=one.pk).update(removed_at=MONDAY)
    form = EvaluatorsForm({f"m_{owner.pk}": []}, brief=listed.brief)
    assert form.is_valid(), form.errors
    evaluators.name(listed.brief, form.wanted, by=buyer, at=MONDAY + DAY)
    assert list(Evaluator.objects.current().values_list("member", flat=True)) == [operations.pk]


def test_only_colleagues_who_can_score_are_named(draft, owner, viewer, rival):
    criteria = list(draft.criteria.all())
    for one in (viewer, rival, MembershipFactory(organisation=draft.merchant, roles=[Role.BUYER], left_at=MONDAY)):
        with pytest.raises(evaluators.NotYours):
            evaluators.name(draft, {one: criteria}, by=owner, at=MONDAY)


# ---- The pipeline --------------------------------------------------------------------------------------------------
def test_the_pipeline_counts_and_says_what_waits(brief, owner, buyer, manager):
    def row(at):
        (found,) = rows_of([Brief.objects.get(pk=brief.pk)], at)
        return found

    first = row(MONDAY + DAY)
    assert (first.listed, first.invited, first.answered) == (2, 2, 0)
    assert [one.words for one in first.waits] == ["2 answers to come"]
    answer(brief, manager)
    assert row(DEADLINE - HOUR).waits[0].tone == "risk"
    assert [one.words for one in row(MONDAY + DAY).waits] == ["1 answer to come"]
    answer(brief, manager, at=DEADLINE + HOUR)
    assert [one.words for one in row(DEADLINE + HOUR).waits] == ["A late answer to decide", "Open the answers"]
    criteria = list(brief.criteria.filter(source="people"))
    evaluators.name(brief, {owner: criteria, buyer: criteria}, by=owner, at=DEADLINE)
    publishing.open_answers(brief, by=owner, at=DEADLINE + 2 * HOUR)
    last = row(DEADLINE + 3 * HOUR)
    assert (last.scored, last.waits[0].whom) == ("0 of 2", "Rosa Imberg, Theo Marchetti")


def test_who_leaves_after_answering_is_not_taken_off_twice(brief, owner, manager):
    answer(brief, manager)
    moving.withdraw(of(brief, manager.organisation), reason="Booked", by=manager, at=MONDAY + 2 * DAY)
    (found,) = rows_of([Brief.objects.get(pk=brief.pk)], MONDAY + 2 * DAY)
    assert (found.listed, found.answered) == (1, 1)
    assert [one.words for one in found.waits] == ["1 answer to come"]
    assert counts(brief) == {"listed": 1, "invited": 2, "answered": 1}
