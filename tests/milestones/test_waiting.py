"""What of contracts waits for a person, on both home pages."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from milestones.contracts import running
from milestones.health import looking
from milestones.models import Cause, Contract, Milestone, Wish
from milestones.waiting import MOST, waiting
from milestones.work import judging, moving
from milestones.work.moving import Wanted
from outsourcing.accounts.waiting import Urgency, Waiting, in_words, waiting_for
from outsourcing.shared.statements import read
from outsourcing.today import figures_of
from tests.factories import OrganisationFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit


def lines(acting, at) -> list[Waiting]:
    return [in_words(one) for one in read(waiting(acting, at))]


def said(acting, at) -> list[tuple[str, str, str]]:
    return [(one.title, one.action, one.urgency.name) for one in lines(acting, at)]


def test_nothing_waits_while_all_goes_well(contract, owner, operations):
    assert said(owner, MONDAY) == said(operations, MONDAY) == []


def test_a_merchant_judges_what_was_handed_in(contract, count, owner, manager, viewer):
    submit(count, manager)
    assert said(owner, MONDAY) == [("Cycle count", "Review", "INFO")]
    assert said(owner, MONDAY + 8 * DAY) == [("Cycle count", "Review", "LATE")]
    assert said(viewer, MONDAY) == []


def test_what_is_late_is_late_for_both(contract, count, packing, owner, manager, contact):
    late = MONDAY + 2 * WEEK
    assert said(owner, late) == [("Cycle count", "Chase", "LATE")]
    assert ("Cycle count", "Submit", "LATE") in said(manager, late)
    assert said(contact, late) == said(manager, late)
    judging.block(count, reason="Labels", by=owner, at=late)
    assert said(owner, late) == []
    assert "Cycle count" not in [one.title for one in lines(manager, late)]


@pytest.mark.parametrize(("zone", "urgency"), [("Europe/London", "IDLE"), ("Pacific/Auckland", "LATE")])
def test_its_day_is_over_where_the_contract_is(zone, urgency, contract, count, manager):
    Contract.objects.filter(pk=contract.pk).update(time_zone=zone)
    noon = datetime.combine(DUE, time(12), UTC)
    assert ("Cycle count", "Submit", urgency) in said(manager, noon)


def test_neither_what_is_late_nor_what_is_blocked_hides_what_was_sent_back(contract, count, owner, manager):
    made = submit(count, manager)
    judging.send_back(made, judging.Verdict(missing={made.points.get().pk: "Aisle 6"}), by=owner, at=MONDAY)
    Milestone.objects.bulk_create(
        Milestone(
            contract=contract, title=f"Earlier {number}", current_due=DUE - DAY, created_at=MONDAY,
            position=number + 10, blocked_since=MONDAY if number % 2 else None,
        )
        for number in range(2 * MOST + 2)
    )  # fmt: skip
    found = said(manager, MONDAY + WEEK)
    assert ("Cycle count", "Submit again", "RISK") in found
    assert len([title for title, _action, _urgency in found if title.startswith("Earlier")]) == MOST


def test_a_date_waits_for_whoever_decides(contract, count, owner, manager):
    wanted = Wanted(DUE + WEEK, "Snow", Cause.EXTERNAL)
    moving.propose(count, wanted, by=manager, at=MONDAY)
    assert said(owner, MONDAY) == [("Cycle count", "Decide", "RISK")]
    assert ("Cycle count", "Decide", "RISK") not in said(manager, MONDAY)


def test_an_offer_waits_for_a_manager(offered, manager, contact):
    assert said(manager, MONDAY) == [("Peak overflow", "Read and decide", "INFO")]
    assert said(contact, MONDAY) == []


def test_what_was_sent_back_waits_for_the_vendor(contract, count, owner, manager):
    made = submit(count, manager)
    judging.send_back(made, judging.Verdict(missing={made.points.get().pk: "Aisle 6"}), by=owner, at=MONDAY)
    assert said(manager, MONDAY) == [("Cycle count", "Submit again", "RISK")]


def test_a_wish_waits_for_the_merchant(contract, owner, manager):
    running.ask(contract, Wish.Kind.END, reason="We close.", by=manager, at=MONDAY)
    assert said(owner, MONDAY) == [("Peak overflow", "Decide", "RISK")]


def test_others_learn_nothing(contract, count, manager, rival):
    submit(count, manager)
    assert said(rival, MONDAY) == []


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_one_query(contract, count, packing, owner, manager, who):
    submit(count, manager)
    with CaptureQueriesContext(connection) as captured:
        list(read(waiting({"owner": owner, "manager": manager}[who], MONDAY + 3 * WEEK)))
    assert len(captured) == 1


def test_the_earliest_first(contract, count, packing, owner):
    found = lines(owner, MONDAY + 4 * WEEK)
    assert [one.when for one in found] == sorted(one.when for one in found)
    assert all(one.urgency == Urgency.LATE for one in found)
    assert found[1].when - found[0].when == timedelta(days=7)


@pytest.mark.parametrize(
    ("days_before", "urgency"), [(91, None), (90, "IDLE"), (60, "INFO"), (30, "RISK"), (0, "RISK"), (-1, None)]
)
@pytest.mark.parametrize("renews", [True, False], ids=["renews", "ends"])
def test_the_last_day_for_notice_is_said_before_it(contract, owner, viewer, renews, days_before, urgency):
    end, notice = date(2027, 1, 29), 20
    contract.ends_on, contract.renews_on = (None, end) if renews else (end, None)
    contract.notice_days = notice
    contract.save()
    contract.milestones.update(current_due=end)
    at = datetime.combine(end - (notice + days_before) * DAY, time(10), UTC)
    expected = [("Peak overflow", "Look", urgency)] if urgency else []
    assert said(owner, at) == expected
    assert said(viewer, at) == []
    if urgency:
        (one,) = lines(owner, at)
        assert one.meta == f"Pallet & Post · {'Renews by itself' if renews else 'Ends'} on 29 Jan"
        assert (one.due, one.due_about) == (
            f"{days_before} days left" if days_before else "Today",
            "to give notice, until 9 Jan",
        )


def test_how_late_it_is_comes_from_the_last_look(contract, count, owner):
    late = MONDAY + 2 * WEEK
    assert [one.due for one in lines(owner, late)] == ["Overdue"]
    looking.look([contract.pk], at=late)
    assert [one.due for one in lines(owner, late)] == ["1 working day late"]
    assert [one.due for one in lines(owner, late + DAY)] == ["Overdue"]


def test_of_many_the_earliest_are_listed_and_none_is_crowded_out_by_others_contracts(contract, count, owner, manager):
    """Suspended contracts, drafts and those of other shops have late milestones too, all of them earlier."""
    submit(count, manager)
    late = [
        Milestone(contract=contract, title=f"Late {number}", current_due=DUE + number * DAY, created_at=MONDAY)
        for number in range(MOST + 5)
    ]
    Milestone.objects.bulk_create(late)
    for name, state in {"other shop": "active", "asleep": "suspended", "draft": "draft"}.items():
        shop = OrganisationFactory(name=name) if name == "other shop" else contract.merchant
        other = Contract.objects.get(pk=contract.pk)
        other.pk, other.merchant, other.state, other._state.adding = None, shop, state, True
        other.activated_at = None if state == "draft" else contract.activated_at
        other.save()
        Milestone.objects.bulk_create(
            Milestone(contract=other, title=name, current_due=DUE - DAY, created_at=MONDAY) for _ in range(MOST)
        )
    found = [one.title for one in lines(owner, MONDAY + 20 * WEEK) if one.title not in ("Gift packing", "Go-live")]
    late, (judged,) = found[:-1], found[-1:]
    assert judged == "Cycle count"  # a kind of its own, which the others do not crowd out
    assert late == [f"Late {number}" for number in range(len(late))]
    assert MOST - 2 <= len(late) <= MOST


def test_much_to_judge_hides_nothing_that_is_late(contract, count, packing, owner):
    """Sixty verdicts wait, and one milestone is overdue: the figures and the list both say so."""
    Milestone.objects.exclude(pk=packing.pk).update(current_due=DUE + 52 * WEEK)
    Milestone.objects.bulk_create(
        Milestone(
            contract=contract, title=f"Handed in {number}", current_due=DUE, created_at=MONDAY, state="submitted",
            submitted_at=MONDAY, review_due=DUE, position=number + 10,
        )
        for number in range(60)
    )  # fmt: skip
    at = MONDAY + 20 * WEEK
    assert ("Gift packing", "Chase", "LATE") in said(owner, at)
    figures = {one.label: one.count for one in figures_of(waiting_for(owner, at)[0])}
    assert (figures["Overdue milestones"], figures["Decisions pending"]) == ("1", "25+")


def test_a_milestone_has_its_contracts_merchant_whatever_is_written(contract, count, rival):
    count.refresh_from_db()
    assert count.merchant_id == contract.merchant_id
    count.merchant = rival.organisation
    count.save()
    Milestone.objects.filter(pk=count.pk).update(merchant=rival.organisation)
    count.refresh_from_db()
    assert count.merchant_id == contract.merchant_id
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(merchant=rival.organisation)
