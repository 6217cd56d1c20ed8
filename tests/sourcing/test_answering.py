"""A vendor answers a brief: drafts, revisions, withdrawing, declining, late ones, and what others may read of it."""

from decimal import Decimal

import pytest

from outsourcing.conversations.models.entries import Channel
from outsourcing.conversations.posting import Receipt
from outsourcing.notifications.models import Mail
from tests.sourcing.conftest import DAY, DEADLINE, HOUR, MONDAY, answer, begin, of, said, send_out
from vendors.sourcing.answering import asking, submitting
from vendors.sourcing.answering.said import Said
from vendors.sourcing.briefs import publishing, writing
from vendors.sourcing.candidates import adding, inviting, moving
from vendors.sourcing.candidates.shown import cards_of, one_candidate
from vendors.sourcing.errors import (
    AlreadyThere,
    NamesAnother,
    NoLongerOpen,
    NotInThisState,
    NotTheChair,
    NotYours,
    Overtaken,
)
from vendors.sourcing.models import Answer, AnswerDraft, Candidate, LogLine, Stage
from vendors.sourcing.naming import names

pytestmark = pytest.mark.django_db


def test_a_draft_is_kept_and_seen_by_nobody_else(brief, owner, manager, contact):
    one = of(brief, manager.organisation)
    draft = submitting.save_draft(one, Said(message="Half a thought"), by=manager, at=MONDAY)
    with pytest.raises(Overtaken, match="Imogen"):
        submitting.save_draft(one, Said(message="Another"), by=contact, at=MONDAY, seen=draft.version - 1)
    submitting.save_draft(one, Said(message="Whole"), by=contact, at=MONDAY, seen=draft.version)
    assert AnswerDraft.objects.get().content["message"] == "Whole"
    assert not Answer.objects.visible_to(owner).exists()


def test_two_colleagues_who_begin_at_once_overwrite_neither_draft_nor_answer(brief, manager, contact, signed_in):
    """Both opened the page before there was a draft."""
    page = f"/portal/briefs/{of(brief, manager.organisation).pk}/"
    first, second = signed_in(manager), signed_in(contact)
    assert 'name="seen" value="0"' in second.get(page).content.decode()
    typed = {f"g_{one.pk}": "yes" for one in brief.gates.all()} | {"currency": "GBP", "seen": "0"}
    assert first.post(f"{page}draft/", typed | {"message": "Mine"}).status_code == 302
    for act in ("draft", "submit"):
        answered = second.post(f"{page}{act}/", typed | {"message": "Theirs"})
        assert answered.status_code == 409
        assert "Imogen" in answered.content.decode()
    assert AnswerDraft.objects.get().content["message"] == "Mine"
    assert first.post(f"{page}submit/", typed | {"message": "Mine", "seen": "1"}).status_code == 302
    answered = second.post(f"{page}submit/", typed | {"message": "Theirs", "seen": "1"})
    assert (answered.status_code, Answer.objects.get().message) == (409, "Mine")


def test_each_revision_is_kept_and_one_is_live(brief, owner, manager):
    first = answer(brief, manager, price="100.00")
    second = answer(brief, manager, at=MONDAY + 2 * DAY, price="90.00")
    first.refresh_from_db()
    assert (first.state, first.price_month, second.state, second.number) == ("replaced", 100, "live", 2)
    assert set(Answer.objects.visible_to(owner)) == {first, second}
    assert of(brief, manager.organisation).stage == Stage.ANSWERED
    assert not AnswerDraft.objects.exists()


def test_an_answer_that_leaves_out_a_must_have_is_told_which(brief, manager):
    gates = {one.pk: (True, "") for one in brief.gates.all()[1:]}
    with pytest.raises(NotInThisState, match="Ships from and to"):
        answer(brief, manager, gates=gates)


def test_nobody_answers_for_another(brief, manager, second):
    with pytest.raises(NotYours):
        submitting.submit(of(brief, second.organisation), said(brief), by=manager, at=MONDAY)


def test_parts_of_another_brief_are_left_out(brief, owner, manager, profile):
    other = begin(owner, title="Another")
    gates = {one.pk: (True, "Yes") for one in [*brief.gates.all(), *other.gates.all()]}
    made = answer(brief, manager, gates=gates)
    assert made.gates.count() == brief.gates.count()


def test_taking_back_and_answering_anew(brief, manager):
    made = answer(brief, manager)
    submitting.take_back(of(brief, manager.organisation), by=manager, at=MONDAY + 2 * DAY)
    made.refresh_from_db()
    assert (made.state, of(brief, manager.organisation).stage) == ("withdrawn", Stage.INVITED)
    again = answer(brief, manager, at=MONDAY + 3 * DAY)
    assert again.number == 2
    with pytest.raises(NoLongerOpen):
        submitting.take_back(of(brief, manager.organisation), by=manager, at=DEADLINE)


def test_declining_says_why_and_is_taken_back_while_open(brief, owner, manager):
    one = of(brief, manager.organisation)
    submitting.decline(one, kind="capacity", text="Full until May", by=manager, at=MONDAY)
    assert "Full until May" in Mail.objects.filter(address=owner.email).latest("pk").text
    with pytest.raises(NoLongerOpen):
        answer(brief, manager)
    submitting.undo_decline(one, by=manager, at=MONDAY + HOUR)
    assert of(brief, manager.organisation).stage == Stage.INVITED
    with pytest.raises(NoLongerOpen):
        submitting.decline(one, kind="fit", text="", by=manager, at=DEADLINE)


# ---- Sealed --------------------------------------------------------------------------------------------------------
def test_of_a_sealed_answer_the_merchant_learns_a_count_and_no_more(sealed, owner, manager, client, signed_in):
    answer(sealed, manager, price="4711.11", message="Sesame")
    one = of(sealed, manager.organisation)
    assert one.stage == Stage.INVITED
    assert LogLine.objects.filter(kind="answer-sealed").get().candidate is None
    assert not Mail.objects.filter(address=owner.email).exists()
    (mine, other) = sorted(cards_of(sealed, owner), key=lambda card: card.candidate.pk != one.pk)
    assert (mine.answer, mine.price_month, mine.candidate.stage) == (None, None, other.candidate.stage)
    assert one_candidate(one, owner, MONDAY + 2 * DAY)["answer"] is None


def test_what_is_taken_back_before_the_deadline_is_never_opened(sealed, owner, manager):
    made = answer(sealed, manager)
    submitting.take_back(of(sealed, manager.organisation), by=manager, at=MONDAY + 2 * DAY)
    publishing.open_answers(sealed, by=owner, at=DEADLINE)
    made.refresh_from_db()
    assert made.opened_at is None
    assert not Answer.objects.visible_to(owner).exists()


def test_nothing_is_recorded_on_a_sealed_brief_before_it_is_opened(sealed, owner, manager):
    receipt = Receipt(Channel.PHONE, MONDAY)
    with pytest.raises(NotInThisState, match="sealed"):
        submitting.enter(of(sealed, manager.organisation), said(sealed), by=owner, at=MONDAY + DAY, receipt=receipt)


# ---- Late ----------------------------------------------------------------------------------------------------------
def test_a_late_answer_is_unread_until_accepted_and_all_hear_of_it(brief, owner, buyer, manager, second):
    late = answer(brief, manager, at=DEADLINE + HOUR)
    assert (late.state, late.is_late, late.opened_at) == ("late", True, None)
    assert not Answer.objects.visible_to(owner).exists()
    with pytest.raises(NotTheChair):
        submitting.accept_late(late, reason="Snow", by=buyer, at=DEADLINE + 2 * HOUR)
    submitting.accept_late(late, reason="Snow", by=owner, at=DEADLINE + 2 * HOUR)
    late.refresh_from_db()
    assert (late.state, late.is_late) == ("live", True)
    letter = Mail.objects.filter(address=second.email).latest("pk")
    assert "came after the deadline" in letter.text
    assert manager.organisation.name not in letter.text


def test_after_opening_a_late_answer_can_only_be_refused(sealed, owner, manager, second):
    answer(sealed, second)
    publishing.open_answers(sealed, by=owner, at=DEADLINE)
    late = answer(sealed, manager, at=DEADLINE + HOUR)
    with pytest.raises(NotInThisState):
        submitting.accept_late(late, reason="Snow", by=owner, at=DEADLINE + 2 * HOUR)
    submitting.refuse_late(late, reason="Others kept to it", by=owner, at=DEADLINE + 2 * HOUR)
    late.refresh_from_db()
    assert (late.state, late.opened_at) == ("refused", None)
    assert late not in Answer.objects.visible_to(owner)
    assert "was not read" in Mail.objects.filter(address=manager.email).latest("pk").text


# ---- Entered by the merchant ---------------------------------------------------------------------------------------
def test_what_is_recorded_is_marked_never_takes_the_vendors_place_and_is_objected_to_once(brief, owner, manager):
    one = of(brief, manager.organisation)
    receipt = Receipt(Channel.PHONE, MONDAY)
    with pytest.raises(NotInThisState):
        submitting.enter(one, said(brief), by=owner, at=MONDAY + DAY)
    made = submitting.enter(one, said(brief), by=owner, at=MONDAY + DAY, receipt=receipt)
    assert (made.is_recorded, made.recorded_by, made.submitted_by) == (True, owner, None)
    submitting.object_to(made, "We never said so", by=manager, at=MONDAY + 2 * DAY)
    made.refresh_from_db()
    assert (made.state, of(brief, manager.organisation).stage) == ("withdrawn", Stage.INVITED)
    with pytest.raises(NotInThisState):
        submitting.object_to(made, "Again", by=manager, at=MONDAY + 2 * DAY)
    answer(brief, manager, at=MONDAY + 3 * DAY)
    with pytest.raises(NotInThisState, match="itself"):
        submitting.enter(one, said(brief), by=owner, at=MONDAY + 4 * DAY, receipt=receipt)


def test_on_a_private_brief_prices_and_must_haves_are_entered_by_us(owner, profile, manager):
    private = begin(owner, is_private=True, deadline_at=None)
    (one,) = adding.add(private, [profile], by=owner, at=MONDAY)
    publishing.compare_without_asking(private, by=owner, at=MONDAY)
    made = submitting.enter(one, said(private), by=owner, at=MONDAY)
    assert (made.is_ours, made.is_recorded) == (True, True)
    assert not Candidate.objects.visible_to(manager).exists()
    assert not Answer.objects.visible_to(manager).exists()


def test_a_foreign_price_keeps_its_own_beside_a_rate(brief, owner, manager):
    made = answer(brief, manager, currency="EUR", price="100.00")
    (card,) = [card for card in cards_of(brief, owner) if card.answer]
    assert card.price_month is None
    moving.enter_rate(made, Decimal("0.857142"), by=owner, at=MONDAY + 2 * DAY)
    (card,) = [card for card in cards_of(brief, owner) if card.answer]
    assert (card.price_month, card.answer.price_month) == (Decimal("85.71"), Decimal("100.00"))


# ---- The list ------------------------------------------------------------------------------------------------------
def test_a_vendor_twice_is_a_clear_answer(draft, owner, profile):
    with pytest.raises(AlreadyThere, match="Pallet & Post"):
        adding.add(draft, [profile], by=owner, at=MONDAY)


def test_a_candidate_that_nobody_asked_is_taken_off_and_put_on_again(draft, owner, profile):
    adding.remove(of(draft, profile.organisation), by=owner, at=MONDAY)
    assert draft.candidates.count() == 1
    adding.add(draft, [profile], by=owner, at=MONDAY)
    send_out(draft, owner)
    with pytest.raises(NotInThisState):
        adding.remove(of(draft, profile.organisation), by=owner, at=MONDAY)


def test_one_more_is_invited_while_open(draft, owner, manager, second):
    publishing.publish(draft, [of(draft, manager.organisation)], by=owner, at=MONDAY)
    one = of(draft, second.organisation)
    inviting.invite(one, by=owner, at=MONDAY + DAY)
    with pytest.raises(NotInThisState):
        inviting.invite(one, by=owner, at=MONDAY + DAY)


def test_a_waiver_says_why_and_rulings_are_kept(brief, owner, manager):
    answer(brief, manager)
    one, gate = of(brief, manager.organisation), brief.gates.first()
    with pytest.raises(NotInThisState):
        moving.rule(one, gate, "waived", reason=" ", by=owner, at=MONDAY)
    moving.rule(one, gate, "fail", reason="Link is not live", by=owner, at=MONDAY)
    moving.rule(one, gate, "waived", reason="Live in May", by=owner, at=MONDAY + DAY)
    assert one.rulings.count() == 2
    assert one_candidate(one, owner, MONDAY)["gates"][0].word == "Waived"


def test_whoever_withdraws_keeps_its_answer_and_cannot_answer_again(brief, owner, manager):
    answer(brief, manager)
    moving.withdraw(of(brief, manager.organisation), reason="Fully booked", by=manager, at=MONDAY + 2 * DAY)
    assert Answer.objects.visible_to(owner).live().count() == 1
    with pytest.raises(NoLongerOpen):
        answer(brief, manager, at=MONDAY + 3 * DAY)
    with pytest.raises(NotInThisState):
        moving.withdraw(of(brief, manager.organisation), reason="Again", by=manager, at=MONDAY + 3 * DAY)


# ---- Questions -----------------------------------------------------------------------------------------------------
def test_an_answer_goes_to_all_without_the_asker(brief, owner, manager, second, signed_in):
    asked = asking.ask(of(brief, manager.organisation), "As Pallet & Post, may we?", by=manager, at=MONDAY)
    page = signed_in(second).get(f"/portal/briefs/{of(brief, second.organisation).pk}/").content.decode()
    assert "may we" not in page
    with pytest.raises(NamesAnother):
        asking.reply(asked, shown_text=asked.text, answer="Yes.", changes_brief=False, by=owner, at=MONDAY + HOUR)
    asking.reply(
        asked, shown_text="May a vendor?", answer="Yes, it may.", changes_brief=True, by=owner, at=MONDAY + HOUR
    )
    page = signed_in(second).get(f"/portal/briefs/{of(brief, second.organisation).pk}/").content.decode()
    assert "Yes, it may." in page
    assert brief.versions.last().changes == ["Answer to a question added: May a vendor? Yes, it may."]
    letters = Mail.objects.filter(address=second.email)
    assert "Yes, it may." in letters.latest("pk").text
    assert "Pallet" not in page + "".join(one.text + one.html for one in letters)
    with pytest.raises(NotInThisState):
        asking.reply(asked, shown_text="x", answer="No.", changes_brief=False, by=owner, at=MONDAY + HOUR)


@pytest.mark.parametrize(
    ("vendor", "text", "is_named"),
    [
        ("Pallet & Post", "as pallet &\npost we ask", True),
        ("Pack", "Is pick and pack in it?", False),
        ("Pack", "We at Pack ask", True),
        ("Pack", "The packing is ours", False),
        ("Parcelio", "we at parcelio ask", True),
        ("Fell.", "As Fell., may we?", True),
    ],
)
def test_a_vendor_is_named_by_its_name_and_not_by_a_word_of_the_brief(vendor, text, is_named):
    assert names(text, vendor, "UK pick and pack") is is_named


def test_questions_end_at_their_cut_off(brief, owner, manager):
    writing.change_text(brief, {"questions_until": MONDAY + 2 * DAY}, by=owner, at=MONDAY)
    asking.ask(of(brief, manager.organisation), "How many?", by=manager, at=MONDAY + DAY)
    with pytest.raises(NoLongerOpen):
        asking.ask(of(brief, manager.organisation), "By when?", by=manager, at=MONDAY + 2 * DAY)
