"""A milestone from its plan to its acceptance: who moves it, how its date moves, and what is refused."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from milestones.errors import (
    BadDate,
    Circle,
    CriteriaOpen,
    NothingPlanned,
    NotInThisState,
    NotYours,
    Overtaken,
    OwnSubmission,
)
from milestones.models import Cause, Milestone, Step, Submission
from milestones.work import handing_in, judging, moving, planning
from milestones.work.handing_in import Handed
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from outsourcing.conversations.posting import Receipt
from outsourcing.notifications.ladders.planning import follow
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Mail
from tests.factories import MembershipFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit


# ---- Plans ---------------------------------------------------------------------------------------------------------
def test_a_circle_is_refused_by_name(draft, owner):
    count, packing = draft.milestones.all()
    with pytest.raises(Circle, match=r"Cycle count.*Gift packing"):
        planning.edit(count, {}, after=[packing], by=owner, at=MONDAY)
    assert not count.waits_for.exists()


def test_a_milestone_does_not_wait_for_itself(draft, owner):
    count = draft.milestones.first()
    with pytest.raises(IntegrityError, match="dependency_on_another"), transaction.atomic():
        planning.edit(count, {}, after=[count], by=owner, at=MONDAY)


def test_an_agreed_milestone_keeps_its_words(contract, count, owner, operations):
    planning.edit(count, {"title": "Easier", "responsible": operations}, criteria=["any"], by=owner, at=MONDAY)
    count.refresh_from_db()
    assert (count.title, count.responsible) == ("Cycle count", operations)
    assert [one.text for one in count.criteria.all()] == ["98.5 % or better"]


def test_one_that_comes_later_is_agreed_as_it_stands(contract, owner):
    late = planning.add(contract, {"title": "Recount", "current_due": DUE}, by=owner, at=MONDAY)
    assert late.baseline_due == DUE
    assert Mail.objects.filter(subject__contains="A new milestone: Recount").exists()


def test_a_draft_loses_a_milestone_and_a_running_contract_does_not(draft, owner):
    planning.remove(draft.milestones.last(), by=owner)
    assert draft.milestones.count() == 1


def test_nobody_of_another_side_judges(contract, count, owner, manager):
    with pytest.raises(NotYours):
        planning.edit(count, {"responsible": manager}, by=owner, at=MONDAY)


# ---- Handing in ----------------------------------------------------------------------------------------------------
def test_the_first_report_starts_it(count, manager):
    handing_in.report(count, progress=40, forecast=DUE + DAY, by=manager, at=MONDAY)
    count.refresh_from_db()
    assert (count.state, count.progress, count.forecast_due) == (Step.IN_PROGRESS, 40, DUE + DAY)
    count.contract.refresh_from_db()
    assert count.contract.last_vendor_act_at == MONDAY


def test_handing_in_says_how_each_point_is_met_or_shows_it(count, manager):
    with pytest.raises(NothingPlanned):
        handing_in.submit(count, Handed(text="Done."), by=manager, at=MONDAY)
    sheet = SimpleUploadedFile("count.csv", b"line,counted\nA,12\n")
    made = handing_in.submit(count, Handed(uploads=[sheet]), by=manager, at=MONDAY)
    count.refresh_from_db()
    assert (count.state, count.submitted_at, count.review_due) == (Step.SUBMITTED, MONDAY, date(2026, 11, 30))
    assert made.proofs.get().file.name == "count.csv"
    assert (made.due_on, made.late_days) == (DUE, 0)


def test_late_days_are_the_vendors_working_days_without_those_held_up(count, owner, manager):
    monday = MONDAY + 2 * WEEK  # 7 December, one working day after
    judging.block(count, reason="Wait for our labels.", by=owner, at=monday)
    judging.unblock(count, by=owner, at=monday + 2 * DAY)  # held up on Monday, Tuesday and Wednesday
    made = submit(count, manager, at=monday + 4 * DAY)
    assert made.late_days == 2
    assert made.milestone.history.filter(kind="submitted-late", details__late=2).exists()


def test_only_the_vendor_hands_in_and_the_merchant_records(count, owner, manager):
    with pytest.raises(NotYours):
        submit(count, owner)
    made = submit(count, owner, at=MONDAY, receipt=Receipt("phone", MONDAY - DAY, manager))
    assert (made.recorded_by, made.by, made.submitted_at) == (owner, manager, MONDAY - DAY)
    judging.accept(made, Verdict(), by=owner, at=MONDAY)
    count.refresh_from_db()
    assert count.state == Step.ACCEPTED
    assert count.history.filter(kind="accepted-own-record").exists()


def test_what_is_handed_in_can_be_taken_back_before_a_decision(count, manager, owner):
    made = submit(count, manager)
    handing_in.withdraw(made, by=manager, at=MONDAY)
    count.refresh_from_db()
    assert (count.state, count.review_due) == (Step.IN_PROGRESS, None)
    with pytest.raises(Overtaken, match="took the submission back"):
        judging.accept(made, Verdict(), by=owner, at=MONDAY)


def test_an_old_page_changes_nothing(count, manager):
    seen = count.version
    handing_in.start(count, by=manager, at=MONDAY)
    with pytest.raises(Overtaken, match="started"):
        submit(count, manager, seen=seen)


# ---- Judging -------------------------------------------------------------------------------------------------------
def test_accepted(count, manager, owner):
    made = submit(count, manager)
    judging.accept(made, Verdict(words="Well done.", quality=5, communication=4), by=owner, at=MONDAY + DAY)
    count.refresh_from_db()
    made.refresh_from_db()
    assert (count.state, count.accepted_at, count.progress) == (Step.ACCEPTED, MONDAY + DAY, 100)
    assert (made.decision, made.quality, made.points.get().is_met) == ("accepted", 5, True)
    assert Mail.objects.filter(subject__contains="Accepted: Cycle count", text__contains="£2,000 falls due").exists()


def test_nobody_accepts_their_own(count, manager, owner):
    made = submit(count, manager)
    both = MembershipFactory(organisation=owner.organisation, user=manager.user)
    with pytest.raises(OwnSubmission):
        judging.accept(made, Verdict(), by=both, at=MONDAY)


def test_sent_back_with_what_is_missing(count, manager, owner):
    made = submit(count, manager, at=MONDAY + 2 * WEEK)
    point = made.points.get()
    with pytest.raises(CriteriaOpen):
        judging.accept(made, Verdict(missing={point.pk: "Only 97 %."}), by=owner, at=MONDAY + 2 * WEEK)
    with pytest.raises(CriteriaOpen):
        judging.send_back(made, Verdict(), by=owner, at=MONDAY + 2 * WEEK)
    judging.send_back(made, Verdict(missing={point.pk: "Only 97 %."}), by=owner, at=MONDAY + 2 * WEEK)
    count.refresh_from_db()
    point.refresh_from_db()
    assert (count.state, count.rework_round, count.current_due) == (Step.CHANGES_REQUESTED, 1, date(2026, 12, 14))
    assert count.baseline_due == DUE
    assert (point.is_met, point.reason) == (False, "Only 97 %.")
    change = count.date_changes.get()
    assert (change.cause, change.origin) == ("vendor", "rework")
    again = submit(count, manager, at=MONDAY + 2 * WEEK + DAY)
    assert again.number == 2


def test_a_date_far_off_stays_when_work_is_sent_back(count, manager, owner):
    made = submit(count, manager)
    judging.send_back(made, Verdict(missing={made.points.get().pk: "Count again."}), by=owner, at=MONDAY)
    count.refresh_from_db()
    assert count.current_due == DUE
    assert not count.date_changes.exists()


def test_opened_again_within_ten_working_days(count, manager, owner):
    judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
    with pytest.raises(NotInThisState):
        judging.reopen(count, reason="Wrong sheet.", by=owner, at=MONDAY + 2 * WEEK + DAY)
    judging.reopen(count, reason="Wrong sheet.", by=owner, at=MONDAY + 2 * WEEK)
    count.refresh_from_db()
    assert (count.state, count.reopened_count, count.accepted_at) == (Step.IN_PROGRESS, 1, None)


def test_silence_accepts_only_where_the_contract_says_so(contract, count, manager, owner, send):
    made = submit(count, manager)
    late = MONDAY + 2 * WEEK
    assert not judging.accept_by_silence(made, at=late)
    type(contract).objects.filter(pk=contract.pk).update(silence_accepts=True)
    follow("silence", [count.pk], at=MONDAY)
    sweep(late - 3 * DAY)
    send(late - 3 * DAY)
    assert not judging.accept_by_silence(made, at=late - DAY)
    assert judging.accept_by_silence(made, at=late)
    count.refresh_from_db()
    assert (count.state, count.accepted_by_silence) == (Step.ACCEPTED, True)


def test_paid_and_not_paid(count, packing, manager, owner):
    with pytest.raises(NotInThisState):
        judging.mark_paid(count, DUE, by=owner, at=MONDAY)
    judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
    judging.mark_paid(count, DUE, by=owner, at=MONDAY)
    with pytest.raises(NotInThisState, match="paid"):
        judging.reopen(count, reason="Hm.", by=owner, at=MONDAY)
    judging.mark_paid(count, None, by=owner, at=MONDAY)
    count.refresh_from_db()
    assert count.paid_on is None


def test_the_vendor_answers_a_verdict_once(count, manager, owner):
    made = submit(count, manager)
    with pytest.raises(Overtaken):
        judging.reply(made, "Thanks", by=manager, at=MONDAY)
    judging.accept(made, Verdict(), by=owner, at=MONDAY)
    judging.reply(made, "Thank you.", by=manager, at=MONDAY)
    with pytest.raises(Overtaken):
        judging.reply(made, "And more", by=manager, at=MONDAY)
    with pytest.raises(NotYours):
        judging.reply(made, "Ours", by=owner, at=MONDAY)


# ---- Dates ---------------------------------------------------------------------------------------------------------
def wanted(due, cause=Cause.VENDOR) -> Wanted:
    return Wanted(due, "The carrier clears cages a week later.", cause)


def test_a_vendor_asks_and_the_merchant_agrees(count, manager, owner):
    change = moving.propose(count, wanted(DUE + WEEK), by=manager, at=MONDAY)
    count.refresh_from_db()
    assert (count.current_due, count.forecast_due, change.decide_by) == (DUE, DUE + WEEK, date(2026, 11, 26))
    with pytest.raises(NotYours):
        moving.agree(change, by=manager, at=MONDAY)
    moving.agree(change, by=owner, at=MONDAY, cause=Cause.EXTERNAL)
    count.refresh_from_db()
    change.refresh_from_db()
    assert (count.current_due, count.baseline_due, count.forecast_due) == (DUE + WEEK, DUE, None)
    assert (change.state, change.cause) == ("agreed", "external")
    with pytest.raises(Overtaken):
        moving.refuse(change, answer="No", by=owner, at=MONDAY)


def test_a_merchant_moves_later_at_once_and_earlier_by_consent(count, manager, owner):
    at_once = moving.propose(count, wanted(DUE + WEEK, Cause.MERCHANT), by=owner, at=MONDAY)
    assert at_once.state == "agreed"
    asked = moving.propose(count, wanted(DUE, Cause.MERCHANT), by=owner, at=MONDAY)
    count.refresh_from_db()
    assert (asked.state, asked.decides, count.current_due) == ("proposed", "vendor", DUE + WEEK)
    with pytest.raises(Overtaken, match="decide that first"):
        moving.propose(count, wanted(DUE + 2 * WEEK), by=manager, at=MONDAY)
    moving.agree(asked, by=manager, at=MONDAY)
    count.refresh_from_db()
    assert count.current_due == DUE


def test_a_new_proposal_takes_the_place_of_ones_own(count, manager):
    first = moving.propose(count, wanted(DUE + WEEK), by=manager, at=MONDAY)
    moving.propose(count, wanted(DUE + 2 * WEEK), by=manager, at=MONDAY)
    first.refresh_from_db()
    assert first.state == "overtaken"


@pytest.mark.parametrize("due", [DUE, date(2026, 11, 8), date(2999, 1, 1)])
def test_dates_that_cannot_be(count, manager, due):
    with pytest.raises(BadDate):
        moving.propose(count, wanted(due), by=manager, at=MONDAY)


def test_what_is_finished_does_not_move(count, manager, owner):
    change = moving.propose(count, wanted(DUE + WEEK), by=manager, at=MONDAY)
    made = submit(count, manager)
    judging.accept(made, Verdict(), by=owner, at=MONDAY)
    change.refresh_from_db()
    assert change.state == "overtaken"
    with pytest.raises(NotInThisState, match="accepted"):
        moving.propose(count, wanted(DUE + 2 * WEEK), by=manager, at=MONDAY)


# ---- Facts that are constraints ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"starts_on": DUE + DAY}, "milestone_due_after_it_starts"),
        ({"progress": 101}, "milestone_progress_to_100"),
        ({"state": "submitted"}, "milestone_submitted_has_a_review_date"),
        ({"state": "accepted"}, "milestone_accepted_says_when"),
        ({"state": "cancelled"}, "milestone_cancelled_says_when_and_why"),
        ({"paid_on": DUE}, "milestone_paid_was_accepted_and_pays"),
        ({"amount": -1}, "milestone_amount_not_negative"),
    ],
)
def test_what_a_milestone_never_is(count, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Milestone.objects.filter(pk=count.pk).update(**fields)


def test_a_round_is_never_accepted_by_its_author(count, manager):
    made = submit(count, manager)
    with pytest.raises(IntegrityError, match="not_accepted_by_its_author"), transaction.atomic():
        Submission.objects.filter(pk=made.pk).update(decision="accepted", decided_by=manager, decided_at=MONDAY)
