"""What fresh eyes found: pages that were stale, words that were lost, texts that changed after they were agreed."""

from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from milestones.check_ins import planning as check_ins
from milestones.check_ins import signing
from milestones.check_ins.facts import facts_of, sealed
from milestones.check_ins.signing import Evaluation
from milestones.contracts import drafting, offering, running
from milestones.errors import NotInThisState, Overtaken
from milestones.health import overriding
from milestones.models import Cause, Contract, ContractThread, Health, Milestone, Override
from milestones.record import record_of
from milestones.work import handing_in, judging, moving, planning
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from tests.factories import ThreadFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit

pytestmark = pytest.mark.django_db


# ---- What was agreed stays as it was read --------------------------------------------------------------------------
def test_what_is_measured_does_not_change_while_it_is_offered_nor_once_it_is_agreed(draft, owner, manager):
    promised = check_ins.promise(draft, "Sent on time", Decimal(98), unit="%", by=owner, at=MONDAY)
    offer = offering.offer(draft, by=owner, at=MONDAY)
    for act in (
        lambda: check_ins.drop(promised, by=owner, at=MONDAY),
        lambda: check_ins.promise(draft, "More", Decimal(1), by=owner, at=MONDAY),
    ):
        with pytest.raises(NotInThisState):
            act()
    offering.accept(offer, read=offer.digest, by=manager, at=MONDAY)
    with pytest.raises(NotInThisState, match="agreed"):
        check_ins.drop(promised, by=owner, at=MONDAY)
    aim = check_ins.promise(draft, "More", Decimal(1), by=owner, at=MONDAY)
    assert not aim.is_agreed
    check_ins.drop(aim, by=owner, at=MONDAY)


def test_a_milestone_that_was_talked_about_can_leave_a_draft(draft, owner):
    count = draft.milestones.get(title="Cycle count")
    thread = ThreadFactory(merchant=draft.merchant, vendor=draft.vendor, opened_by=owner)
    about = ContractThread.objects.create(thread=thread, contract=draft, milestone=count)
    planning.remove(count, by=owner)
    about.refresh_from_db()
    assert about.milestone is None


def test_an_amendment_is_taken_back_when_closing_begins(contract, owner):
    made = offering.propose_change(contract, {"value": Decimal(5)}, by=owner, at=MONDAY)
    running.begin_closing(contract, by=owner, at=MONDAY)
    made.refresh_from_db()
    assert made.state == "withdrawn"


# ---- Dates that came by themselves ---------------------------------------------------------------------------------
def test_a_date_that_is_in_force_by_now_is_not_agreed_to(contract, count, owner, manager):
    handed = submit(count, manager)
    wanted = Wanted(DUE + 4 * DAY, "Two are ill", Cause.VENDOR)  # where sending back leads too
    asked = moving.propose(count, wanted, by=manager, at=MONDAY + 2 * WEEK - 3 * DAY)
    missing = {handed.points.get().pk: "Two lines"}
    judging.send_back(handed, Verdict(missing=missing), by=owner, at=MONDAY + 2 * WEEK - 4 * DAY + DAY)
    count.refresh_from_db()
    asked.refresh_from_db()
    if count.current_due == wanted.due:
        assert asked.state == "overtaken"
    Milestone.objects.filter(pk=count.pk).update(current_due=wanted.due)
    with pytest.raises(Overtaken):
        moving.agree(asked, by=owner, at=MONDAY)


def test_what_is_accepted_is_asked_nothing_any_more(contract, count, owner, manager):
    handed = submit(count, manager)
    asked = moving.propose(count, Wanted(DUE + WEEK, "Snow", Cause.EXTERNAL), by=manager, at=MONDAY)
    judging.accept(handed, Verdict(), by=owner, at=MONDAY)
    asked.refresh_from_db()
    assert asked.state == "overtaken"


def test_no_verdict_no_answer(contract, count, manager):
    handed = submit(count, manager)
    handing_in.withdraw(handed, by=manager, at=MONDAY)
    with pytest.raises(Overtaken):
        judging.reply(handed, "But why?", by=manager, at=MONDAY)


def test_paid_twice_is_said(contract, count, owner, manager):
    judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
    judging.mark_paid(count, MONDAY.date(), by=owner, at=MONDAY)
    with pytest.raises(Overtaken):
        judging.mark_paid(count, MONDAY.date() - DAY, by=owner, at=MONDAY)


# ---- Stale pages ---------------------------------------------------------------------------------------------------
def test_a_stale_draft_overwrites_nothing_and_keeps_what_was_typed(client, draft, owner):
    client.force_login(owner.user)
    page = client.get(f"/contracts/{draft.pk}/edit/")
    stale = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    drafting.change_draft(draft, {"scope": "New words"}, by=owner, at=timezone.now())
    answer = client.post(f"/contracts/{draft.pk}/edit/", {**stale, "reference": "CT-99"})
    assert answer.status_code == 409
    assert "CT-99" in answer.text
    assert "changed the draft" in answer.text
    draft.refresh_from_db()
    assert (draft.scope, draft.reference) == ("New words", "")


def test_an_offer_from_a_stale_page_is_not_sent(client, draft, owner, manager):
    client.force_login(owner.user)
    seen = client.get(f"/contracts/{draft.pk}/offer/").context["form"].initial["seen"]
    count = draft.milestones.get(title="Cycle count")
    planning.edit(count, {"amount": Decimal(999_999)}, by=owner, at=MONDAY)
    assert client.post(f"/contracts/{draft.pk}/offer/", {"seen": seen}).status_code == 409
    draft.refresh_from_db()
    assert draft.state == Contract.State.DRAFT


def test_one_click_twice_is_one_draft_and_one_milestone(client, vendor, manager, draft, owner):
    client.force_login(owner.user)
    fields = {"title": "Twice", "starts_on": MONDAY.date()}
    assert len({drafting.draft(vendor, fields, by=owner, at=MONDAY).pk for _click in range(2)}) == 1
    page = client.get(f"/contracts/{draft.pk}/milestones/add/")
    data = {"title": "Twice", "current_due": DUE, "seen": page.context["form"].initial["seen"]}
    answers = [client.post(f"/contracts/{draft.pk}/milestones/add/", data).status_code for _click in range(2)]
    assert answers == [302, 409]
    assert draft.milestones.filter(title="Twice").count() == 1


# ---- Verdicts ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("data", [{"verdict": "accept"}, {}, {"verdict": "nonsense"}])
def test_what_is_not_ticked_is_not_met(client, contract, count, owner, manager, data):
    handed = submit(count, manager)
    client.force_login(owner.user)
    answer = client.post(f"/submissions/{handed.pk}/judge/", {**data, "words": "My long words"})
    assert answer.status_code in (409, 422)
    assert "My long words" in answer.text
    count.refresh_from_db()
    assert count.state == "submitted"


def test_a_verdict_that_comes_too_late_says_so_and_gives_the_words_back(client, contract, count, owner, manager):
    handed = submit(count, manager)
    handing_in.withdraw(handed, by=manager, at=MONDAY)
    client.force_login(owner.user)
    data = {"verdict": "back", "words": "My long words"}
    answer = client.post(f"/submissions/{handed.pk}/judge/", data)
    assert answer.status_code == 409
    assert "My long words" in answer.text


def test_a_submission_that_says_too_little_keeps_what_was_typed(client, contract, count, manager):
    client.force_login(manager.user)
    answer = client.post(f"/milestones/{count.pk}/submit/", {"text": "My long words"})
    assert answer.status_code == 409
    assert "My long words" in answer.text
    assert "Say for each point" in answer.text


# ---- One definition of accepted ------------------------------------------------------------------------------------
def test_a_form_that_comes_too_late_says_why_and_keeps_what_was_typed(client, contract, count, owner, manager):
    asked = {"kind": "suspend", "reason": "The canary of our roof"}
    client.force_login(manager.user)
    answers = [client.post(f"/contracts/{contract.pk}/ask/", asked) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 409]
    assert "asked for something already" in answers[1].text
    assert "The canary of our roof" in answers[1].text
    client.force_login(owner.user)
    for path, data in (
        (f"/contracts/{contract.pk}/resume/", {"shift": "on"}),
        (f"/milestones/{count.pk}/pay/", {"on": "2026-11-20"}),
    ):
        answer = client.post(path, data)
        assert answer.status_code == 409
        assert answer.context["form"].errors["__all__"]
        assert {name: answer.context["form"].data[name] for name in data} == data


def test_opened_again_it_counts_once(shop, vendor, contract, count, owner, manager):
    judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
    judging.reopen(count, reason="It broke", by=owner, at=MONDAY)
    assert record_of(shop, vendor.pk).accepted == 0
    judging.accept(submit(count, manager, at=MONDAY + DAY), Verdict(), by=owner, at=MONDAY + DAY)
    assert record_of(shop, vendor.pk).accepted == 1
    assert facts_of(contract, MONDAY + 2 * DAY).accepted == 1


# ---- Check-ins -----------------------------------------------------------------------------------------------------
def test_two_that_were_opened_side_by_side_do_not_count_the_same(contract, owner):
    first, second = check_ins.plan(contract, MONDAY.date(), every_months=1, by=owner, at=MONDAY)[:2]
    reads = [sealed(one, facts_of(contract, MONDAY)) for one in (first, second)]
    signing.sign(first, Evaluation(), read=reads[0], by=owner, at=MONDAY)
    with pytest.raises(Overtaken, match="read it again"):
        signing.sign(second, Evaluation(), read=reads[1], by=owner, at=MONDAY)


def test_after_an_error_the_page_shows_what_it_will_sign(client, contract, count, owner, manager):
    (one,) = check_ins.plan(contract, MONDAY.date(), by=owner, at=MONDAY)
    aim = check_ins.promise(contract, "Sent on time", Decimal(98), by=owner, at=MONDAY)
    client.force_login(owner.user)
    with time_machine.travel(MONDAY):
        read = client.get(f"/check-ins/{one.pk}/").context["form"].initial["read"]
        judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
        answer = client.post(f"/check-ins/{one.pk}/sign/", {"read": read, f"actual_{aim.pk}": "97"})
        assert answer.status_code == 422
        assert ("Accepted", "none") in answer.context["facts"]
        empty = client.post(f"/check-ins/{one.pk}/sign/", {"read": "", "words": "My long words"})
        assert empty.status_code == 409
        assert "My long words" in empty.text
        assert ("Accepted", "1 of 1 on time") in empty.context["facts"]


# ---- One's own word ------------------------------------------------------------------------------------------------
def test_an_override_ends_with_what_it_is_about(client, contract, owner):
    overriding.override(contract, Health.ON_TRACK, reason="I know", by=owner, at=timezone.now())
    running.suspend(contract, reason="Flood", by=owner, at=timezone.now())
    assert not Override.objects.filter(ended_at=None).exists()
    client.force_login(owner.user)
    page = client.get(f"/contracts/{contract.pk}/").text.partition("What happened")[0]
    assert "Suspended" in page
    assert "On track" not in page


def test_the_vendor_is_not_told_that_somebody_waits_for_it_when_it_waits(client, contract, count, owner, manager):
    judging.block(count, reason="Labels", by=owner, at=MONDAY)
    client.force_login(manager.user)
    for path in (f"/milestones/{count.pk}/", f"/contracts/{contract.pk}/"):
        text = client.get(path).text
        assert "Waits for you" not in text
        assert "Held up" in text
