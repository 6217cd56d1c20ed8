"""Deciding: what it needs, what is frozen, and the contract that an award drafts."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from milestones.models import Contract
from tests.factories import MembershipFactory, ReferenceFactory
from tests.sourcing.conftest import DEADLINE
from tests.sourcing.shortlists import DAY, MONDAY, answer, priced, shortlist
from vendors.sourcing.candidates import moving
from vendors.sourcing.deciding import choosing
from vendors.sourcing.deciding.choosing import Choice, Promised
from vendors.sourcing.deciding.errors import CannotBeAwarded, ReasonMissing
from vendors.sourcing.deciding.freezing import fingerprint, page_of, record_of
from vendors.sourcing.errors import NotInThisState, NotTheChair, Overtaken
from vendors.sourcing.models import Answer, Brief, Candidate, Decision, Promise, ScoreEvidence
from vendors.sourcing.scores import giving, settling
from vendors.sourcing.scores.errors import StillHidden
from vendors.sourcing.sheet import sheet_of


@pytest.fixture
def scored(listed, owner, operations):
    """4.60, 3.60 and 2.00; everybody has submitted."""
    for person in (owner, operations):
        listed.score(listed.evaluator(person), (5, 4, 2), (4, 3, 2))
    return listed


def decide(listed, by, place=0, *, at=MONDAY, **fields):
    chosen = None if place is None else listed.candidates[place]
    read = fields.pop("read", None) or fingerprint(record_of(sheet_of(Brief.objects.get(pk=listed.brief.pk), by)))
    choice = Choice(chosen=chosen, **{"reason": "Best damage record.", **fields})
    return choosing.decide(listed.brief, choice, read=read, by=by, at=at)


def stages(listed):
    return list(Candidate.objects.filter(brief=listed.brief).order_by("pk").values_list("stage", flat=True))


def test_a_decision_is_frozen_with_everything_it_rested_on(scored, buyer):
    made = decide(scored, buyer, reserve=scored.candidates[1], dissent="Rosa would rather wait.")
    assert (made.number, made.result, made.reserve) == (1, "awarded", scored.candidates[1])
    assert [one["total"] for one in made.record["vendors"]] == ["4.60", "3.60", "2.00"]
    for said in ("Best damage record.", "Rosa would rather wait.", "Theo Marchetti 5", "weight 60, 60\u00a0%", "4.60"):
        assert said in made.page
    assert "certainly ahead" in made.page
    assert len(made.digest) == 64
    scored.brief.refresh_from_db()
    assert scored.brief.state == "decided"
    assert {one.vendor.name: one.stage for one in Candidate.objects.filter(brief=scored.brief)} == {
        "Harrow & Quay": "chosen", "Pallet & Post": "not_chosen", "Fellgate Logistics": "not_chosen",
    }  # fmt: skip


def test_it_says_whose_word_each_thing_was_and_what_it_rested_on(shop, owner, buyer):
    """Who waived and when, what was agreed and what does not apply, whose answer, at which rate, on what evidence."""
    listed = shortlist(shop, buyer, gates=["Live link"])
    first, second = listed.candidates[:2]
    answer(first, price_order=Decimal("4.0000"), currency="USD", rate=Decimal("0.8"), rate_by=buyer, rate_at=MONDAY)
    answer(second, is_late=True, gates=[(listed.gates[0], True)])
    moving.rule(first, listed.gates[0], "waived", reason="Live in May.", by=owner, at=MONDAY)
    mine = listed.evaluator(owner)
    listed.score(mine, (5, 4, 2), (4, 3, 2), submit=False)
    Answer.objects.filter(candidate=second).update(opened_at=MONDAY + DAY)
    proof = ReferenceFactory(vendor=first.vendor.vendor, merchant=shop)
    ScoreEvidence.objects.create(score=mine.scores.get(candidate=first, criterion=listed.criteria[0]), reference=proof)
    giving.submit(mine, blanks=True, by=owner, at=MONDAY)
    settling.settle(first, listed.criteria[0], Decimal("4.5"), "We saw it together.", by=buyer, at=MONDAY)
    settling.leave_out(second, listed.criteria[1], "No peak here.", by=buyer, at=MONDAY)
    made = decide(listed, buyer, close_call_reason="So")
    vendors = {one["key"]: one for one in made.record["vendors"]}
    one, other = vendors[first.pk], vendors[second.pk]
    assert (one["gates"][0]["word"], one["gates"][0]["by"]) == ("Waived", "Theo Marchetti")
    assert (one["currency"], one["price_order_there"], one["rate"], one["price_order"]) == (
        "USD",
        "4.00",
        "0.8",
        "3.20",
    )
    assert (one["cells"][0]["settled_as"]["why"], one["cells"][0]["pieces"]) == (
        "We saw it together.",
        {"references": 1},
    )
    assert (other["cells"][1]["left_out_as"]["by"], other["answer"], other["late"]) == ("Rosa Imberg", 1, True)
    assert other["cells"][0]["opinions"][0]["before"] == 1
    for said in (
        "Theo Marchetti, 23 November 2026", "Live in May.", "4.00 USD at 0.8", "late, accepted", "(before answer 1)",
        "Rosa Imberg, 23 November 2026: We saw it together.", "Rosa Imberg, 23 November 2026: No peak here.",
        "References: 1", "1, 20 November 2026",
    ):  # fmt: skip
        assert said in made.page, said
    assert proof.name not in made.page  # a referee can be taken out, a record cannot be changed


def test_a_record_that_says_less_is_drawn_again(scored, buyer):
    """One of before: a correction draws it as far as it goes."""
    record = decide(scored, buyer).record
    for vendor in record["vendors"]:
        for name in ("answer", "answered_at", "late", "recorded", "currency", "price_order_there", "rate"):
            del vendor[name]
        for cell in vendor["cells"]:
            for name in ("settled_as", "left_out_as", "pieces"):
                del cell[name]
    assert "4.60" in page_of(record, {"reason": "So"}, by="Rosa", at=MONDAY)


@pytest.mark.parametrize("change", [{"reason": "Else"}, {"record": {}}, {"page": ""}, {"digest": "0"}, {"number": 7}])
def test_nothing_of_it_changes_in_the_database(scored, buyer, change):
    made = decide(scored, buyer)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=made.pk).delete()


def test_promises_are_kept_for_good(scored, buyer):
    decide(scored, buyer, promises=[Promised("On time", Decimal(98), "%")])
    for change in (lambda rows: rows.update(target=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Promise.objects.all())


def test_an_award_drafts_the_contract_with_the_promises_as_its_first_measures(
    listed, owner, operations, buyer, signed_in
):
    priced(listed, "3.1250", "3.50", "3.60")
    for person in (owner, operations):
        listed.score(listed.evaluator(person), (5, 4, 2), (4, 3, 2))
    Brief.objects.filter(pk=listed.brief.pk).update(scope="Pick and pack.", starts_on=date(2027, 2, 1))
    made = decide(
        listed, buyer, runs=operations,
        promises=[
            Promised("Price an order", Decimal("3.1250"), "GBP", is_at_least=False),
            Promised("On-time ship", Decimal("98.5"), "%"),
            Promised("A named person"),
        ],
    )  # fmt: skip
    contract = Contract.objects.get(pk=made.contract.pk)
    assert (contract.title, contract.scope, contract.starts_on) == (
        "UK pick and pack",
        "Pick and pack.",
        date(2027, 2, 1),
    )
    assert (contract.pricing, contract.value, contract.state) == ("rate", Decimal("3.13"), "draft")
    assert contract.owner == operations
    assert contract.created_by == buyer
    assert contract.vendor == listed.candidates[0].vendor
    assert [one.target for one in contract.measures.all()] == ["at most 3.125 GBP", "at least 98.5 %"]
    assert choosing.asked_exactly(made, contract) == Decimal("3.125")
    page = signed_in(buyer).get(reverse("sourcing:decision", args=[made.pk])).content.decode()
    assert "3.1250 GBP an order was asked; a contract holds cents, so it says 3.13." in page


def test_a_promise_becomes_a_measure_that_is_no_less(scored, buyer):
    made = decide(
        scored, buyer,
        promises=[
            Promised("Lost goods", Decimal("0.0455"), "%", is_at_least=False),
            Promised("Accuracy", Decimal("99.9501"), "%"),
        ],
    )  # fmt: skip
    assert [one.target for one in made.contract.measures.all()] == ["at most 0.045 %", "at least 99.951 %"]


def test_for_a_buyer_somebody_who_runs_contracts_owns_it(scored, buyer, operations):
    assert decide(scored, buyer).contract.owner == operations


def test_where_nobody_runs_contracts_it_is_decided_and_drafted_later(shop, buyer):
    listed = shortlist(shop, buyer)
    listed.score(listed.evaluator(buyer), (5, 4, 2), (4, 3, 2))
    made = decide(listed, buyer)
    assert made.contract is None
    with pytest.raises(choosing.NobodyRuns):
        choosing.draft_later(made, by=buyer, at=MONDAY)
    MembershipFactory(organisation=shop, roles=["operations"])
    first = choosing.draft_later(made, by=buyer, at=MONDAY + DAY)
    assert choosing.draft_later(made, by=buyer, at=MONDAY + DAY) == first
    assert Contract.objects.count() == 1


def test_none_suitable(scored, buyer):
    made = decide(scored, buyer, None)
    assert (made.result, made.contract) == ("none_suitable", None)
    assert set(stages(scored)) == {"not_chosen"}
    assert not Contract.objects.exists()


def test_who_is_not_first_needs_a_reason(scored, buyer):
    with pytest.raises(ReasonMissing, match="not ranked first"):
        decide(scored, buyer, 1)
    assert decide(scored, buyer, 1, not_first_reason="Nearer to us.").not_first_reason == "Nearer to us."


def test_a_tie_and_a_close_call_need_one(listed, buyer, owner, operations):
    listed.score(listed.evaluator(owner), (4, 4, 2), (4, 4, 2))
    with pytest.raises(ReasonMissing, match="level"):
        decide(listed, buyer)
    with pytest.raises(ReasonMissing, match="close call"):
        decide(listed, buyer, tie_reason="Nearer.")
    decide(listed, buyer, tie_reason="Nearer.", close_call_reason="We have met them.")


def test_must_haves_that_fail_or_are_open_are_not_awarded(shop, buyer, owner, operations):
    listed = shortlist(shop, buyer, gates=["Live link"])
    answer(listed.candidates[0], gates=[(listed.gates[0], False)])
    listed.score(listed.evaluator(owner), (5, 4, 2), (4, 3, 2))
    with pytest.raises(CannotBeAwarded, match="fails a must-have"):
        decide(listed, buyer)
    with pytest.raises(CannotBeAwarded, match="not known yet"):
        decide(listed, buyer, 1)
    for one in listed.candidates[1:]:
        moving.rule(one, listed.gates[0], "pass", reason="Seen.", by=buyer, at=MONDAY)
    assert decide(listed, buyer, 1).chosen == listed.candidates[1]


def test_only_the_chair_decides_and_not_blindly(scored, listed, buyer, operations, shop):
    with pytest.raises(NotTheChair):
        decide(scored, operations)
    other = MembershipFactory(organisation=shop, roles=["buyer"])
    with pytest.raises(NotTheChair):
        decide(scored, other)
    scored.evaluator(buyer)
    with pytest.raises(StillHidden):
        decide(scored, buyer)


@pytest.mark.parametrize("state", ["draft", "open", "cancelled", "decided"])
def test_when_a_brief_is_decided(shop, buyer, state):
    more = {"cancelled_at": MONDAY, "cancel_reason": "So"} if state == "cancelled" else {}
    listed = shortlist(shop, buyer, state=state, **more, **({"decided_at": MONDAY} if state == "decided" else {}))
    with pytest.raises(NotInThisState):
        decide(listed, buyer, None, at=MONDAY - 2 * DAY)


def test_what_changed_since_it_was_read(scored, buyer, operations):
    read = fingerprint(record_of(sheet_of(scored.brief, buyer)))
    giving.recuse(scored.evaluators[1], "A tie", by=buyer, at=MONDAY)
    with pytest.raises(Overtaken):
        decide(scored, buyer, read=read)
    assert not Decision.objects.exists()


def test_a_vendor_of_another_brief(scored, buyer, shop):
    other = shortlist(shop, buyer, vendors=["Far Away"])
    with pytest.raises(CannotBeAwarded):
        choosing.decide(
            scored.brief, Choice(chosen=other.candidates[0], reason="So"),
            read=fingerprint(record_of(sheet_of(scored.brief, buyer))), by=buyer, at=MONDAY,
        )  # fmt: skip


# ---- Afterwards ----------------------------------------------------------------------------------------------------
def test_a_correction_is_the_next_version(scored, buyer, operations):
    first = decide(scored, buyer)
    with pytest.raises(ReasonMissing):
        choosing.correct(first, Choice(chosen=first.chosen, reason="Better"), by=buyer, at=MONDAY)
    fixed = Choice(chosen=first.chosen, reason="Best damage record of three.", correction="Three, not four.")
    second = choosing.correct(first, fixed, by=buyer, at=MONDAY + DAY)
    assert (second.number, second.record, second.contract) == (2, first.record, None)
    assert choosing.contract_of(second) == first.contract
    first.refresh_from_db()
    assert first.reason == "Best damage record."
    with pytest.raises(Overtaken):
        choosing.correct(first, fixed, by=buyer, at=MONDAY + DAY)


def test_when_the_chosen_vendor_withdraws_the_runner_up_is_offered(scored, buyer, operations):
    first = decide(scored, buyer, reserve=scored.candidates[1])
    gone = scored.candidates[0]
    Candidate.objects.filter(pk=gone.pk).update(stage="withdrawn", withdrawn_at=MONDAY + DAY)
    choosing.after_withdrawal(gone, buyer, MONDAY + DAY)
    scored.brief.refresh_from_db()
    assert scored.brief.state == "evaluating"
    assert {one.stage for one in scored.brief.candidates.exclude(pk=gone.pk)} == {"shortlisted"}
    ranking = sheet_of(scored.brief, buyer).ranking
    assert [each.contender.name for each in ranking.leaders] == ["Pallet & Post"]
    second = decide(scored, buyer, 1, correction="Harrow & Quay withdrew.", at=MONDAY + 2 * DAY)
    assert (second.number, second.contract.vendor) == (2, scored.candidates[1].vendor)
    assert Decision.objects.get(pk=first.pk).chosen == gone


def test_when_another_vendor_withdraws_the_decision_stays(scored, buyer, operations):
    decide(scored, buyer)
    choosing.after_withdrawal(scored.candidates[1], buyer, MONDAY + DAY)
    scored.brief.refresh_from_db()
    assert scored.brief.state == "decided"


def test_opened_again_with_the_same_vendor_no_second_contract(scored, buyer, operations):
    first = decide(scored, buyer)
    choosing.reopen(scored.brief, "A new price", by=buyer, at=MONDAY + DAY)
    second = decide(scored, buyer, at=MONDAY + 2 * DAY, correction="A new price.")
    assert second.contract is None
    assert choosing.contract_of(second) == first.contract
    assert Contract.objects.count() == 1


def test_nothing_is_to_be_decided_while_answers_come(brief, sealed):
    for one in (brief, sealed):
        assert not choosing.can_be_decided(one, MONDAY)
    assert choosing.can_be_decided(brief, DEADLINE + DAY)
    assert not choosing.can_be_decided(sealed, DEADLINE + DAY)  # closed, and not opened yet
