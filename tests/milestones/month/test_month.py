"""A month across contracts, and its report: what was due, accepted, slipped, answered and paid, and nothing else's."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from milestones.contracts import drafting
from milestones.models import Cause, Contract, Milestone
from milestones.month.dates import Month
from milestones.month.report import added, report
from milestones.month.timeline import columns, page_of
from milestones.work import judging, moving
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from tests.factories import MembershipFactory, ThreadFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = Month(date(2026, 11, 1)), Month(date(2026, 12, 1))


class TestDates:
    @pytest.mark.parametrize("written", ["", "2026-13", "2026-1", "x", "99999-01", "2026-11-01", "-2026-11"])
    def test_what_names_no_month_is_this_one(self, written):
        assert Month.named({"month": written}, date(2026, 11, 24)) == NOVEMBER

    def test_knows_its_neighbours_and_length(self):
        assert (DECEMBER.before, DECEMBER.after.first, DECEMBER.last) == (
            NOVEMBER,
            date(2027, 1, 1),
            date(2026, 12, 31),
        )
        assert len(Month(date(2028, 2, 1)).days) == 29

    def test_lasts_from_midnight_to_midnight_where_one_is(self):
        since, until = Month(date(2026, 10, 1)).instants(ZoneInfo("Europe/London"))
        assert until - since == timedelta(days=31, hours=1)  # the clocks go back


class TestTimeline:
    def test_rows_hold_what_is_due_in_the_month(self, contract, owner):
        _page, (row,) = page_of(owner, DECEMBER, 1, MONDAY)
        assert [(one.title, one.on) for one in row.due] == [("Cycle count", DUE), ("Gift packing", DUE + WEEK)]
        assert [one.x for one in row.signs] == [30, 100]
        assert page_of(owner, NOVEMBER, 1, MONDAY)[1] == []

    def test_several_on_a_day_show_the_worst_and_how_many(self, contract, count, owner, manager):
        contract.milestones.update(current_due=DUE)
        submit(count, manager)
        _page, (row,) = page_of(owner, DECEMBER, 1, MONDAY + 3 * WEEK)
        assert [(one.kind, one.count) for one in row.signs] == [("f-late", 2)]

    def test_never_anothers_nor_a_draft(self, contract, rival, draft):
        assert page_of(rival, DECEMBER, 1, MONDAY)[1] == []

    def test_days_know_weekends_and_today(self):
        days = columns(NOVEMBER, date(2026, 11, 24))
        assert [one.day.day for one in days if one.is_weekend][:2] == [1, 7]
        assert [one.day.day for one in days if one.is_today] == [24]

    def test_constant_queries(self, client, contract, owner, django_assert_num_queries):
        for _number in range(3):
            Milestone.objects.create(contract=contract, title="More", current_due=DUE, created_at=MONDAY)
        with django_assert_num_queries(3):
            page_of(owner, DECEMBER, 1, MONDAY)

    def test_both_sides_open_it(self, client, contract, owner, manager):
        for person in (owner, manager):
            client.force_login(person.user)
            with time_machine.travel(MONDAY):
                assert "Cycle count" in client.get("/contracts/month/?month=2026-12").text
                assert "Nothing is due" in client.get("/contracts/month/?month=2030-01").text


class TestReport:
    def of(self, owner, month=DECEMBER, at=MONDAY + 6 * WEEK):
        return report(owner, month, at)

    def test_counts_what_was_decided_in_the_month(self, contract, count, packing, owner, manager):
        late = MONDAY + 2 * WEEK + DAY  # two working days after its date
        judging.accept(submit(count, manager, at=late), Verdict(), by=owner, at=late)
        wanted = Wanted(DUE + 2 * WEEK, "Snow", Cause.EXTERNAL)
        moving.agree(moving.propose(packing, wanted, by=manager, at=late), by=owner, at=late)
        judging.mark_paid(count, date(2026, 12, 20), by=owner, at=MONDAY + 4 * WEEK)
        found = self.of(owner)
        assert (found.due, found.accepted, found.on_time, found.late) == (2, 1, 0, 1)
        assert dict(found.slip) == {"the vendors'": 2, "ours": 0, "agreed by both": 0, "somebody else's": 5}
        assert (found.falls_due, found.paid) == (["£2,000"], ["£2,000"])
        assert [(one.name, one.accepted, one.slip) for one in found.vendors] == [("Pallet & Post", 1, 2)]

    def test_another_month_holds_nothing_of_it(self, contract, count, owner, manager):
        judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
        found = self.of(owner, Month(date(2026, 10, 1)))
        assert (found.vendors, found.falls_due) == ([], [])

    def test_a_price_of_the_month_counts_while_it_runs(self, contract, owner):
        Contract.objects.update(pricing="monthly", value=Decimal(1_240))
        assert self.of(owner).falls_due == ["£1,240"]
        assert self.of(owner, Month(date(2026, 10, 1))).falls_due == []

    def test_currencies_are_never_mixed(self):
        sums = [{"GBP": Decimal(1)}, {"EUR": Decimal(2), "GBP": Decimal(3)}]
        assert added(sums) == {"EUR": Decimal(2), "GBP": Decimal(4)}

    def test_nothing_of_a_rivals(self, contract, count, owner, manager, rival):
        judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
        found = self.of(rival, NOVEMBER)
        assert (found.vendors, found.running, found.worrying) == ([], 0, [])

    def test_page_is_the_last_whole_month_and_not_for_vendors(self, client, contract, owner, manager):
        client.force_login(owner.user)
        with time_machine.travel(MONDAY):
            assert "October 2026" in client.get("/reports/").text
            assert "Pallet &amp; Post" in client.get("/reports/?month=2026-12").text
        client.force_login(manager.user)
        assert client.get("/reports/").status_code == 403

    def test_constant_queries(self, contract, owner, vendor, django_assert_max_num_queries):
        for number in range(3):
            other = MembershipFactory(organisation__kind="vendor", organisation__name=f"More {number}")
            more = drafting.draft(
                other.organisation, {"title": "More", "starts_on": date(2026, 11, 1)}, by=owner, at=MONDAY
            )
            Contract.objects.filter(pk=more.pk).update(state="active", activated_at=MONDAY)
            Milestone.objects.create(contract=more, title="More", current_due=DUE, created_at=MONDAY)
            ThreadFactory(merchant=owner.organisation, vendor=other.organisation)
        with django_assert_max_num_queries(13):
            self.of(owner)
