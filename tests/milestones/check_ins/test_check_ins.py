"""Check-ins: planned, filled with facts, signed once as a snapshot, answered once; and what was promised beside it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import signing
from django.db import DatabaseError, transaction

from milestones.check_ins import planning
from milestones.check_ins import signing as check_ins
from milestones.check_ins.facts import facts_of, lines, sealed
from milestones.check_ins.signing import Came, Evaluation
from milestones.contracts import offering
from milestones.contracts.text import text_of
from milestones.errors import BadDate, NameTaken, NothingPlanned, NotInThisState, Overtaken
from milestones.health import looking
from milestones.models import Cause, CheckIn, Health
from milestones.work import judging, moving
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from outsourcing.notifications.models import Mail
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture
def check_in(contract, owner) -> CheckIn:
    (made,) = planning.plan(contract, TODAY, by=owner, at=MONDAY)
    return made


@pytest.fixture
def measure(contract, owner):
    return planning.promise(contract, "Orders sent on time", Decimal(98), unit="%", by=owner, at=MONDAY)


def sign(check_in, by, at=MONDAY, said=None, read=None):
    read = read or sealed(check_in, facts_of(check_in.contract, at))
    return check_ins.sign(check_in, said or Evaluation(quality=4), read=read, by=by, at=at)


class TestPlanning:
    def test_every_month_until_the_contract_ends(self, contract, owner):
        made = planning.plan(contract, date(2026, 11, 30), every_months=1, by=owner, at=MONDAY)
        assert [one.due_on for one in made] == [date(2026, 11, 30), date(2026, 12, 30)]  # it ends on 29 January

    def test_without_an_end_for_a_year(self, contract, owner):
        type(contract).objects.update(ends_on=None)
        made = planning.plan(contract, date(2026, 11, 30), every_months=3, by=owner, at=MONDAY)
        assert [one.due_on.month for one in made] == [11, 2, 5, 8]

    def test_a_day_that_has_one_keeps_it(self, contract, owner, check_in):
        assert planning.plan(contract, TODAY, by=owner, at=MONDAY) == []
        assert contract.check_ins.count() == 1

    @pytest.mark.parametrize("day", [TODAY - DAY, date(2027, 1, 30)])
    def test_not_behind_us_nor_after_the_end(self, contract, owner, day):
        with pytest.raises(BadDate):
            planning.plan(contract, day, by=owner, at=MONDAY)

    def test_left_out_with_a_reason_once(self, check_in, owner):
        planning.skip(check_in, reason="Stocktaking", by=owner, at=MONDAY)
        with pytest.raises(Overtaken):
            planning.skip(check_in, reason="Again", by=owner, at=MONDAY)
        with pytest.raises(Overtaken):
            sign(check_in, owner)

    def test_a_contract_that_never_ran_is_not_looked_at(self, offered, owner, manager):
        planning.plan(offered, TODAY, by=owner, at=MONDAY)
        offering.decline(offered.offers.get(), reason="Too cheap", by=manager, at=MONDAY)
        assert not offered.check_ins.open().exists()


class TestMeasures:
    def test_a_name_once(self, contract, owner, measure):
        with pytest.raises(NameTaken):
            planning.promise(contract, measure.name, Decimal(1), by=owner, at=MONDAY)

    def test_reads_as_people_write(self, measure):
        assert measure.target == "at least 98 %"

    def test_one_that_was_measured_stays(self, check_in, measure, owner):
        sign(check_in, owner, said=Evaluation(came={measure.pk: Came(Decimal("97.5"), "Carrier scans")}))
        with pytest.raises(NotInThisState):
            planning.drop(measure, by=owner, at=MONDAY)

    def test_one_that_was_not_can_go(self, measure, owner):
        planning.drop(measure, by=owner, at=MONDAY)
        assert not type(measure).objects.exists()

    def test_stands_in_the_text_that_is_offered(self, draft, owner):
        planning.promise(draft, "Orders sent on time", Decimal(98), unit="%", by=owner, at=MONDAY)
        draft.refresh_from_db()
        assert "Orders sent on time: at least 98 %" in text_of(draft, [])


class TestFacts:
    def test_count_what_was_decided_since_the_last_one(self, contract, count, packing, owner, manager):
        judging.send_back(
            submit(count, manager), Verdict(missing={count.submissions.get().points.get().pk: "Two lines"}),
            by=owner, at=MONDAY,
        )  # fmt: skip
        judging.accept(submit(count, manager, at=MONDAY + 2 * WEEK + DAY), Verdict(), by=owner, at=MONDAY + 3 * WEEK)
        wanted = Wanted(DUE + 2 * WEEK, "Snow", Cause.EXTERNAL)
        moving.agree(moving.propose(packing, wanted, by=manager, at=MONDAY), by=owner, at=MONDAY)
        found = facts_of(contract, MONDAY + 3 * WEEK)
        assert (found.accepted, found.on_time, found.sent_back) == (1, 0, 1)
        assert found.slip == {"vendor": 2, "merchant": 0, "agreed": 0, "external": 5}
        assert ("Accepted", "0 of 1 on time") in lines(vars(found))

    def test_begin_anew_after_one_was_signed(self, contract, check_in, count, owner, manager):
        judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
        sign(check_in, owner, at=MONDAY + DAY)
        assert facts_of(contract, MONDAY + 2 * DAY).accepted == 0

    def test_constant_queries(self, contract, check_in, django_assert_max_num_queries):
        with django_assert_max_num_queries(7):
            facts_of(contract, MONDAY)


class TestSigning:
    def test_keeps_the_facts_as_they_were_read(self, check_in, count, owner, manager):
        read = sealed(check_in, facts_of(check_in.contract, MONDAY))
        judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
        signed = sign(check_in, owner, at=MONDAY + timedelta(hours=1), read=read)
        assert signed.facts["accepted"] == 0
        assert len(signed.digest) == 64

    def test_facts_that_were_edited_are_refused(self, check_in, owner):
        read = sealed(check_in, facts_of(check_in.contract, MONDAY))
        for forged in (read[:-1] + ("a" if read[-1] != "a" else "b"), "", signing.dumps([check_in.pk, {}])):
            with pytest.raises(Overtaken):
                check_ins.sign(check_in, Evaluation(), read=forged, by=owner, at=MONDAY)
        check_in.refresh_from_db()
        assert check_in.signed_at is None

    def test_those_of_another_check_in_are_refused(self, contract, check_in, owner):
        (other,) = planning.plan(contract, TODAY + DAY, by=owner, at=MONDAY)
        with pytest.raises(Overtaken):
            sign(check_in, owner, read=sealed(other, facts_of(contract, MONDAY)))

    def test_those_of_yesterday_are_refused(self, check_in, owner):
        with time_machine.travel(MONDAY - 2 * DAY):
            read = sealed(check_in, facts_of(check_in.contract, MONDAY))
        with time_machine.travel(MONDAY), pytest.raises(Overtaken, match="a day old"):
            sign(check_in, owner, read=read)

    def test_once(self, check_in, owner):
        sign(check_in, owner)
        with pytest.raises(Overtaken):
            sign(check_in, owner)

    def test_a_figure_says_its_source(self, check_in, measure, owner):
        with pytest.raises(NothingPlanned):
            sign(check_in, owner, said=Evaluation(came={measure.pk: Came(Decimal(97))}))
        assert not check_in.readings.exists()

    def test_what_is_missing_stays_missing(self, check_in, measure, owner):
        sign(check_in, owner)
        assert check_in.readings.get().actual is None

    def test_is_never_deleted(self, check_in, owner):
        sign(check_in, owner)
        with pytest.raises(DatabaseError), transaction.atomic():
            CheckIn.objects.all().delete()

    def test_the_vendor_is_told_and_answers_once(self, check_in, owner, manager):
        sign(check_in, owner, said=Evaluation(words="Better than in October."))
        told = Mail.objects.get(address=manager.email, occurrence=f"check-in:{check_in.pk}")
        assert "Check-in of 23 November" in told.subject
        check_ins.reply(check_in, "Thank you.", by=manager, at=MONDAY)
        with pytest.raises(Overtaken):
            check_ins.reply(check_in, "Once more.", by=manager, at=MONDAY)

    def test_a_missed_one_is_a_risk_until_it_is_signed(self, contract, check_in, owner, manager, count, packing):
        looking.look([contract.pk], at=MONDAY + 2 * DAY, active=True)
        contract.refresh_from_db()
        assert contract.health == Health.AT_RISK
        sign(check_in, owner, at=MONDAY + 2 * DAY)
        contract.refresh_from_db()
        assert [one["code"] for one in contract.health_reasons] == ["lingers"]


class TestPages:
    def test_facts_stand_on_the_page_and_are_signed(self, client, check_in, measure, owner, manager):
        client.force_login(owner.user)
        with time_machine.travel(MONDAY):
            answer = client.get(f"/check-ins/{check_in.pk}/")
            assert "What the record says" in answer.text
            read = answer.context["form"].initial["read"]
            data = {"read": read, "quality": 4, "words": "Good.", f"actual_{measure.pk}": "97.5"}
            bad = client.post(f"/check-ins/{check_in.pk}/sign/", data)
            assert bad.status_code == 422
            assert "Say where the figure is from." in bad.text
            assert "97.5" in bad.text
            data[f"source_{measure.pk}"] = "Carrier scans"
            assert client.post(f"/check-ins/{check_in.pk}/sign/", data).status_code == 302
        text = client.get(f"/check-ins/{check_in.pk}/").text
        assert "97.5 %, not kept" in " ".join(text.split())

    def test_the_vendor_sees_it_only_once_signed(self, client, check_in, owner, manager):
        client.force_login(manager.user)
        assert client.get(f"/check-ins/{check_in.pk}/").status_code == 404
        assert "Check-ins" not in client.get(f"/contracts/{check_in.contract_id}/").text
        sign(check_in, owner, said=Evaluation(words="Better."))
        assert "Better." in client.get(f"/check-ins/{check_in.pk}/").text
        assert "Signed" in client.get(f"/contracts/{check_in.contract_id}/").text

    def test_waits_on_the_home_page_on_its_day(self, client, check_in, owner):
        client.force_login(owner.user)
        with time_machine.travel(MONDAY):
            assert f"/check-ins/{check_in.pk}/" in client.get("/").text
        sign(check_in, owner)
        with time_machine.travel(MONDAY):
            assert f"/check-ins/{check_in.pk}/" not in client.get("/").text
