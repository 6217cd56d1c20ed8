"""A contract from its draft to its end: who moves it, what follows, and what is refused."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from milestones.contracts import drafting, offering, running
from milestones.errors import (
    BadDate,
    NobodyReachable,
    NothingPlanned,
    NotInThisState,
    NotYours,
    Overtaken,
    StillOpen,
)
from milestones.models import Contract, ContractThread, HistoryLine, State, Step, Wish
from milestones.work import judging
from outsourcing.accounts import actions as people
from outsourcing.accounts.models import Invitation, Membership
from outsourcing.conversations import posting
from outsourcing.conversations.models import Asks, Kind, Turn
from outsourcing.conversations.models.entries import digest
from outsourcing.conversations.posting import Receipt
from outsourcing.notifications.models import Mail, Recipient
from tests.conversations.conftest import said
from tests.factories import MembershipFactory, OrganisationFactory, ThreadFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def kinds(contract) -> list[str]:
    return list(HistoryLine.objects.filter(contract=contract).order_by("pk").values_list("kind", flat=True))


# ---- Offering ------------------------------------------------------------------------------------------------------
def test_a_vendor_does_not_see_a_draft(draft, owner, manager):
    assert Contract.objects.visible_to(owner).filter(pk=draft.pk).exists()
    assert not Contract.objects.visible_to(manager).filter(pk=draft.pk).exists()


def test_an_offer_is_read_and_accepted_with_its_text(offered, manager):
    made = offered.offers.get()
    assert "Peak overflow" in made.text
    assert "1. Cycle count, due 4 December 2026, pays £2,000" in made.text
    assert "- 98.5 % or better" in made.text
    assert made.digest == digest(made.text)
    contract = offering.accept(made, read=made.digest, by=manager, at=MONDAY)
    made.refresh_from_db()
    assert (made.state, made.decided_by, made.decided_at) == ("accepted", manager, MONDAY)
    assert contract.state == State.ACTIVE
    assert {one.baseline_due for one in contract.milestones.all()} == {DUE, DUE + WEEK}
    assert kinds(contract)[-2:] == ["offered", "accepted"]


def test_the_vendor_hears_of_an_offer_and_the_merchant_of_the_answer(contract):
    told = set(Mail.objects.values_list("subject", "address"))
    assert told == {
        ("Juniper & Pine: A contract for you to decide: Peak overflow", contract.vendor_owner.email),
        ("Pallet & Post: Accepted: Peak overflow", "theo@juniperandpine.example"),
    }


def test_another_text_is_not_accepted(offered, manager):
    with pytest.raises(Overtaken, match="not the text"):
        offering.accept(offered.offers.get(), read=digest("another"), by=manager, at=MONDAY)


def test_a_contact_does_not_accept(offered, contact):
    made = offered.offers.get()
    with pytest.raises(NotYours):
        offering.accept(made, read=made.digest, by=contact, at=MONDAY)


def test_an_offer_is_not_made_to_nobody(shop, owner):
    lonely = OrganisationFactory(kind="vendor", name="Nobody There")
    Membership.objects.create(organisation=lonely, email="written@down.example", roles=["contact"])
    contract = drafting.draft(lonely, {"title": "Post", "starts_on": DUE}, by=owner, at=MONDAY)
    with pytest.raises(NobodyReachable, match="Nobody There"):
        offering.offer(contract, by=owner, at=MONDAY)
    contract.refresh_from_db()
    assert contract.state == State.DRAFT
    assert not contract.offers.exists()


def test_who_was_asked_in_and_has_not_joined_finds_the_way_in_beside_the_offer(owner):
    vendor = OrganisationFactory(kind="vendor", name="Ledger Lane")
    invited = people.invite(vendor, email="june@ledgerlane.example", roles=["manager"], by=owner, at=MONDAY)
    for days, title in ((1, "Bookkeeping"), (30, "Payroll")):  # the second time her invitation is over
        contract = drafting.draft(vendor, {"title": title, "starts_on": DUE}, by=owner, at=MONDAY)
        offering.offer(contract, by=owner, at=MONDAY + days * DAY)
        mail = Mail.objects.get(template="contract_news", subject__endswith=title)
        assert (mail.membership, mail.is_secret) == (invited.membership, True)
        [way] = re.findall(r"/join/(\S+)/", mail.text)
        newest = people.invitation_of(way)
        assert newest in Invitation.objects.open(MONDAY + days * DAY)
    assert newest != invited


def test_an_offer_is_not_made_to_people_whom_mails_do_not_reach(draft, owner):
    for email in draft.vendor.memberships.values_list("email", flat=True):
        Recipient.objects.create(address=email, unreachable_since=MONDAY)
    with pytest.raises(NobodyReachable, match=str(draft.vendor)):
        offering.offer(draft, by=owner, at=MONDAY)
    assert not draft.offers.exists()


def test_a_withdrawn_offer_is_a_draft_again_and_cannot_be_accepted(offered, owner, manager):
    made = offered.offers.get()
    offering.withdraw(made, by=owner, at=MONDAY)
    offered.refresh_from_db()
    assert offered.state == State.DRAFT
    with pytest.raises(Overtaken, match="withdrew"):
        offering.accept(made, read=made.digest, by=manager, at=MONDAY)


def test_a_declined_offer_ends_with_its_reason(offered, manager):
    offering.decline(offered.offers.get(), reason="We are full until March.", by=manager, at=MONDAY)
    offered.refresh_from_db()
    assert (offered.state, offered.ended_at) == (State.DECLINED, MONDAY)
    assert Mail.objects.filter(text__contains="full until March", address="theo@juniperandpine.example").exists()


def test_an_offer_lapses_after_its_last_day_and_not_before(draft, owner, manager):
    made = offering.offer(draft, expires_on=date(2026, 11, 23), by=owner, at=MONDAY)
    assert not offering.lapse(made, at=MONDAY)
    with pytest.raises(Overtaken, match="open until"):
        offering.accept(made, read=made.digest, by=manager, at=MONDAY + DAY)
    assert offering.lapse(made, at=MONDAY + DAY)
    assert not offering.lapse(made, at=MONDAY + DAY)
    draft.refresh_from_db()
    assert draft.state == State.LAPSED


def test_an_offer_that_is_over_before_it_is_read_is_refused(draft, owner):
    with pytest.raises(BadDate):
        offering.offer(draft, expires_on=date(2026, 11, 22), by=owner, at=MONDAY)


def test_a_contract_signed_outside_is_recorded_with_its_file(draft, owner):
    upload = SimpleUploadedFile("signed.pdf", PDF)
    contract = offering.record_running(draft, Receipt("post", MONDAY - DAY), upload, by=owner, at=MONDAY)
    made = contract.offers.get()
    assert contract.state == State.ACTIVE
    assert (made.recorded_by, made.channel, made.received_at) == (owner, "post", MONDAY - DAY)
    assert contract.documents.get().file == made.file
    assert {one.baseline_due for one in contract.milestones.all()} == {DUE, DUE + WEEK}


def test_what_was_read_is_never_written_anew(offered):
    with pytest.raises(Exception, match=r"offer_kept_as_read|Cannot update"), transaction.atomic():
        offered.offers.update(text="Something else")


# ---- Amendments ----------------------------------------------------------------------------------------------------
def test_an_amendment_holds_once_it_is_accepted(contract, owner, manager):
    made = offering.propose_change(contract, {"value": Decimal(20_000), "review_days": 3}, by=owner, at=MONDAY)
    contract.refresh_from_db()
    assert (made.number, contract.value, contract.review_days) == (2, 18_400, 5)
    assert "£20,000" in made.text
    offering.accept(made, read=made.digest, by=manager, at=MONDAY)
    contract.refresh_from_db()
    assert (contract.value, contract.review_days, contract.state) == (Decimal(20_000), 3, State.ACTIVE)


def test_a_declined_amendment_changes_nothing(contract, owner, manager):
    made = offering.propose_change(contract, {"ends_on": date(2027, 6, 30)}, by=owner, at=MONDAY)
    offering.decline(made, reason="Too long.", by=manager, at=MONDAY)
    contract.refresh_from_db()
    assert (contract.ends_on, contract.state) == (date(2027, 1, 29), State.ACTIVE)


def test_one_change_at_a_time_and_never_none(contract, owner):
    with pytest.raises(NothingPlanned):
        offering.propose_change(contract, {"review_days": 5}, by=owner, at=MONDAY)
    offering.propose_change(contract, {"review_days": 4}, by=owner, at=MONDAY)
    with pytest.raises(Overtaken):
        offering.propose_change(contract, {"review_days": 3}, by=owner, at=MONDAY)


# ---- Standing still ------------------------------------------------------------------------------------------------
def test_a_suspension_stops_the_clocks_and_moves_the_dates(contract, count, owner):
    running.suspend(contract, reason="Flood in the warehouse.", by=owner, at=MONDAY)
    contract.refresh_from_db()
    assert contract.state == State.SUSPENDED
    running.resume(contract, by=owner, at=MONDAY + WEEK)
    contract.refresh_from_db()
    count.refresh_from_db()
    assert contract.state == State.ACTIVE
    assert (count.current_due, count.baseline_due) == (date(2026, 12, 11), DUE)
    change = count.date_changes.get()
    assert (change.origin, change.cause, change.state) == ("suspension", "agreed", "agreed")


def test_dates_stay_where_the_merchant_says_so(contract, count, owner):
    running.suspend(contract, reason="Flood.", by=owner, at=MONDAY)
    running.resume(contract, shift=False, by=owner, at=MONDAY + WEEK)
    count.refresh_from_db()
    assert count.current_due == DUE


def test_the_vendor_asks_and_the_merchant_decides(contract, owner, manager, contact):
    with pytest.raises(NotYours):
        running.ask(contract, Wish.Kind.SUSPEND, reason="Stocktaking.", by=contact, at=MONDAY)
    wish = running.ask(contract, Wish.Kind.SUSPEND, reason="Stocktaking.", by=manager, at=MONDAY)
    with pytest.raises(Overtaken):
        running.ask(contract, Wish.Kind.END, reason="Enough.", by=manager, at=MONDAY)
    running.refuse(wish, answer="Not before Christmas.", by=owner, at=MONDAY)
    with pytest.raises(Overtaken):
        running.grant(wish, answer="", by=owner, at=MONDAY)
    again = running.ask(contract, Wish.Kind.SUSPEND, reason="In January then.", by=manager, at=MONDAY)
    running.grant(again, answer="", by=owner, at=MONDAY)
    contract.refresh_from_db()
    again.refresh_from_db()
    assert (contract.state, again.state) == (State.SUSPENDED, "granted")
    assert contract.suspensions.get().reason == "In January then."


# ---- Ending --------------------------------------------------------------------------------------------------------
def test_ending_closes_all_that_is_open(contract, count, packing, owner, manager):
    thread = ThreadFactory(merchant=contract.merchant, vendor=contract.vendor, opened_by=owner)
    ContractThread.objects.create(thread=thread, contract=contract)
    posting.post(thread, said("When?", Kind.QUESTION, asks=Asks.ANSWER), by=owner, at=MONDAY)
    submission = submit(count, manager)
    running.terminate(contract, reason="They closed down.", by=owner, at=MONDAY + DAY)
    contract.refresh_from_db()
    submission.refresh_from_db()
    assert (contract.state, contract.end_reason) == (State.TERMINATED, "They closed down.")
    assert {one.state for one in contract.milestones.all()} == {Step.CANCELLED}
    assert submission.decision == "cancelled"
    assert Turn.objects.get().ending == "contract_ended"
    with pytest.raises(NotInThisState):
        running.suspend(contract, reason="Again", by=owner, at=MONDAY)


def test_a_contract_is_completed_when_nothing_is_open(contract, count, packing, owner):
    with pytest.raises(StillOpen, match="Cycle count"):
        running.complete(contract, by=owner, at=MONDAY)
    for one in (count, packing):
        judging.cancel(one, reason="Not needed.", by=owner, at=MONDAY)
    running.complete(contract, by=owner, at=MONDAY)
    contract.refresh_from_db()
    assert (contract.state, contract.ended_at) == (State.COMPLETED, MONDAY)


def test_what_is_open_after_the_end_date_is_closed_out(contract):
    after = MONDAY.replace(year=2027, month=1, day=29)
    assert not running.close_after_its_end(contract, at=after)
    assert running.close_after_its_end(contract, at=after + DAY)
    assert not running.close_after_its_end(contract, at=after + DAY)
    contract.refresh_from_db()
    assert contract.state == State.CLOSE_OUT


def test_a_successor_runs_what_somebody_ran(contract, count, owner, shop):
    other = MembershipFactory(organisation=shop, user__name="Nadia Okafor")
    running.hand_on(owner, other, MONDAY)
    contract.refresh_from_db()
    assert contract.owner == other
    assert kinds(contract)[-1] == "handed-on"


# ---- Facts that are constraints ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"ends_on": date(2026, 11, 1)}, "contract_ends_after_it_starts"),
        ({"value": Decimal(-1)}, "contract_value_not_negative"),
        ({"pricing": "rate"}, "contract_rate_has_a_unit"),
        ({"silence_days": 4}, "contract_silence_from_5_to_15"),
        ({"review_days": 0}, "contract_days_to_act_from_1_to_60"),
        ({"state": "active"}, "contract_activated_once_it_runs"),
        ({"state": "lapsed"}, "contract_ended_says_when"),
        ({"title": ""}, "contract_title_not_empty"),
    ],
)
def test_what_a_contract_never_is(draft, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Contract.objects.filter(pk=draft.pk).update(**fields)
