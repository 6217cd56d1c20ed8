"""Instructions: changed, acknowledged by their version, taken back; which hold; and what was changed in any text."""

import uuid

import pytest
from django.urls import reverse

from outsourcing.conversations import answering, hooks, instructions, posting
from outsourcing.conversations.errors import MayNotWrite, NotInForce, NotYourTurn
from outsourcing.conversations.hooks import Topic
from outsourcing.conversations.models import Asks, Entry, Kind, Participant, Turn
from outsourcing.notifications.models import Mail
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.factories import MembershipFactory, ThreadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_monday(time_machine):
    time_machine.move_to(MONDAY + 6 * HOUR, tick=False)


@pytest.fixture
def rule(say, owner) -> Entry:
    return say(owner, "Use the plain kraft tape.", Kind.INSTRUCTION)


def body(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# ---- Taking back ---------------------------------------------------------------------------------------------------
def test_what_is_taken_back_waits_for_nobody_and_they_are_told(rule, owner, manager):
    instructions.take_back(rule, reason="The roll is gone.", by=owner, at=MONDAY + HOUR)
    assert Turn.objects.get().ending == "withdrawn"
    mail = Mail.objects.filter(address=manager.email).order_by("pk").last()
    assert "took this instruction back" in mail.text
    assert "Why: The roll is gone." in mail.text
    with pytest.raises(NotYourTurn):
        answering.acknowledge(rule, version=1, by=manager, at=MONDAY + HOUR)
    with pytest.raises(MayNotWrite):
        answering.edit(rule, "Use it.", by=owner, at=MONDAY + HOUR)
    with pytest.raises(NotInForce):
        instructions.take_back(rule, by=owner, at=MONDAY + HOUR)


def test_a_question_beside_it_stays_open(rule, say, owner, manager):
    say(owner, "And when?", Kind.QUESTION)
    instructions.take_back(rule, by=owner, at=MONDAY + HOUR)
    assert (Turn.objects.get().is_open, Turn.objects.get().needs_answer) == (True, True)


def test_what_stands_open_is_what_still_waits(thread, rule, say, owner, manager, signed_in):
    say(owner, "And when?", Kind.QUESTION)
    instructions.take_back(rule, by=owner, at=MONDAY + HOUR)
    (owed,) = signed_in(manager).get(f"/messages/{thread.pk}/").context["page"].owed
    assert (owed.text, owed.number) == ("And when?", 2)


def test_an_instruction_beside_it_is_still_acknowledged(rule, say, owner, manager):
    wordy = say(owner, "Which roll have you?", Kind.INSTRUCTION, asks=Asks.ANSWER)
    instructions.take_back(wordy, by=owner, at=MONDAY + HOUR)
    assert not Turn.objects.get().needs_answer
    answering.acknowledge(rule, version=1, by=manager, at=MONDAY + 2 * HOUR)
    assert Turn.objects.get().ending == "acknowledged"


def test_the_last_one_that_waits_taken_back_ends_the_turn(rule, say, owner, manager):
    other = say(owner, "No glass.", Kind.INSTRUCTION)
    answering.acknowledge(rule, version=1, by=manager, at=MONDAY + HOUR)
    instructions.take_back(other, by=owner, at=MONDAY + 2 * HOUR)
    assert Turn.objects.get().ending == "withdrawn"


def test_the_answer_to_a_question_about_it_does_not_ask_again(rule, say, owner, manager):
    say(manager, "On all?", Kind.QUESTION, about=rule, at=MONDAY + HOUR)
    instructions.take_back(rule, by=owner, at=MONDAY + 2 * HOUR)
    say(owner, "Never mind.", at=MONDAY + 3 * HOUR)
    assert not Turn.objects.open().exists()


def test_only_its_side_takes_it_back(rule, say, owner, manager, viewer, rival):
    for by in (manager, viewer, rival):
        with pytest.raises(MayNotWrite):
            instructions.take_back(rule, by=by, at=MONDAY)
    with pytest.raises(NotInForce):
        instructions.take_back(say(owner), by=owner, at=MONDAY)


# ---- Changed -------------------------------------------------------------------------------------------------------
def test_a_change_shows_what_is_new_since_it_was_acknowledged(thread, rule, owner, manager, signed_in):
    answering.acknowledge(rule, version=1, by=manager, at=MONDAY + HOUR)
    answering.edit(rule, "Use the clear tape.", by=owner, at=MONDAY + 2 * HOUR)
    answering.edit(rule, "Use the clear tape on glass.", by=owner, at=MONDAY + 3 * HOUR)
    for client, words in ((signed_in(manager), "What was changed"), (signed_in(owner), "What you changed")):
        shown = body(client, f"/messages/{thread.pk}/")
        assert words in shown
        assert ('class="what-changed" open' in shown) is (words == "What was changed")
        assert ">[taken out: </span>plain kraft<" in shown
        assert ">[added: </span>clear<" in shown
        assert ">[added: </span> on glass<" in shown
    answering.acknowledge(rule, version=3, by=manager, at=MONDAY + 4 * HOUR)
    assert "<ins>" not in body(signed_in(manager), f"/messages/{thread.pk}/")


def test_edited_leads_to_the_versions_of_any_entry(thread, rule, say, owner, manager, signed_in, viewer):
    answering.acknowledge(rule, version=1, by=manager, at=MONDAY + HOUR)
    answering.edit(rule, "Use the <i>clear</i> tape.", by=owner, at=MONDAY + 2 * HOUR)
    word = say(manager, "At tne.")
    answering.edit(word, "At ten.", by=manager, at=MONDAY + 2 * HOUR)
    for by in (owner, viewer, manager):
        client = signed_in(by)
        shown = body(client, f"/messages/{thread.pk}/")
        for entry in (rule, word):
            assert reverse("conversations:versions", args=[entry.pk]) in shown
        shown = body(client, reverse("conversations:versions", args=[rule.pk]))
        assert "Version 2, as it is now" in shown
        assert "Use the plain kraft tape." in shown
        assert "&lt;i&gt;clear&lt;/i&gt;" in shown
        assert "Acknowledged by <bdi>Imogen Tully</bdi>, 23 November, 11:00" in shown
        assert "At tne." in body(client, reverse("conversations:versions", args=[word.pk]))


def test_a_text_never_changed_has_one_version(rule, owner, signed_in):
    assert "never changed" in body(signed_in(owner), reverse("conversations:versions", args=[rule.pk]))


def test_whoever_saves_over_a_colleagues_change_has_seen_it_and_loses_nothing(rule, owner, signed_in, shop):
    colleague = MembershipFactory(organisation=shop, user__name="Rosa Imberg")
    address = reverse("conversations:edit", args=[rule.pk])
    answering.edit(rule, "Use no tape.", by=colleague, at=MONDAY + HOUR)
    shown = signed_in(owner).post(address, {"version": 1, "text": "Use the clear tape."}).content.decode()
    assert "Use no tape." in shown
    assert "Use the clear tape." in shown
    assert 'name="version" value="2"' in shown
    signed_in(owner).post(address, {"version": 2, "text": "Use the clear tape."})
    rule.refresh_from_db()
    assert (rule.text, rule.version) == ("Use the clear tape.", 3)


# ---- In force ------------------------------------------------------------------------------------------------------
LIST = "/messages/instructions/"


def test_what_holds_is_listed_for_both_sides(thread, rule, say, owner, manager, viewer, signed_in, vendor, shop):
    gone = say(owner, "No glass on Mondays.", Kind.INSTRUCTION)
    instructions.take_back(gone, by=owner, at=MONDAY + HOUR)
    say(owner, "A message is none.")
    answering.acknowledge(rule, version=1, by=manager, at=MONDAY + HOUR)
    answering.edit(rule, "Use the clear tape.", by=owner, at=MONDAY + 2 * HOUR)
    posting.note(thread, "Canary among us", key=uuid.uuid4(), by=owner, at=MONDAY)
    for by, other in ((owner, vendor), (viewer, vendor), (manager, shop)):
        client = signed_in(by)
        for address in (LIST, f"{LIST}?with={other.pk}"):
            shown = body(client, address)
            assert "Use the clear tape." in shown
            assert "Changed since version 1 was acknowledged" in shown
            for absent in ("plain kraft", "No glass", "A message is none", "Canary"):
                assert absent not in shown
        assert LIST + f"?with={other.pk}" in body(client, f"/messages/{thread.pk}/")
    answering.acknowledge(rule, version=2, by=manager, at=MONDAY + 3 * HOUR)
    assert "Acknowledged by <bdi>Imogen Tully</bdi>" in body(signed_in(owner), LIST)


def test_one_vendor_is_not_mixed_with_another_nor_one_merchant_with_its_rival(
    thread, rule, owner, manager, rival, signed_in
):
    third = ThreadFactory(merchant=owner.organisation, opened_by=owner)
    posting.post(third, said("Stack by four.", Kind.INSTRUCTION), by=owner, at=MONDAY)
    beside = ThreadFactory(merchant=rival.organisation, vendor=manager.organisation, opened_by=rival)
    posting.post(beside, said("Canary of the rival.", Kind.INSTRUCTION), by=rival, at=MONDAY)
    everything = body(signed_in(owner), LIST)
    assert ("plain kraft" in everything, "Stack by four" in everything, "Canary" in everything) == (True, True, False)
    ours = body(signed_in(owner), f"{LIST}?with={manager.organisation_id}")
    assert ("plain kraft" in ours, "Stack by four" in ours) == (True, False)
    theirs = body(signed_in(manager), f"{LIST}?with={owner.organisation_id}")
    assert ("plain kraft" in theirs, "Canary" in theirs, "Copper Kettle" in theirs) == (True, False, False)


@pytest.mark.parametrize("named", ["0", "-1", "x", "9" * 30, "", "%00"])
def test_whoever_has_no_thread_with_somebody_learns_nothing(named, rule, rival, owner, signed_in):
    for key in (named, str(rival.organisation_id)):
        shown = body(signed_in(owner), f"{LIST}?with={key}&page=x")
        assert "Copper Kettle" not in shown
    assert "No instructions in force" in body(signed_in(rival), f"{LIST}?with={owner.organisation_id}")


def test_the_list_costs_the_same_with_more_of_them(
    thread, rule, say, owner, manager, signed_in, django_assert_num_queries
):
    client = signed_in(manager)
    client.get(LIST)
    with django_assert_num_queries(6):  # one of them: what the threads are about
        client.get(LIST)
    for number in range(30):
        entry = say(owner, f"Tape {number}.", Kind.INSTRUCTION)
        answering.acknowledge(entry, version=1, by=manager, at=MONDAY)
    with django_assert_num_queries(6):  # one of them: what the threads are about
        response = client.get(f"{LIST}?page=2")
    assert len(response.context["held"]) == 6


# ---- People and topics ---------------------------------------------------------------------------------------------
def test_colleagues_are_added_and_get_the_mails(thread, say, owner, manager, shop, signed_in):
    rosa = MembershipFactory(organisation=shop, user__name="Rosa \u202eImberg")
    say(owner)
    client, address = signed_in(owner), reverse("conversations:people", args=[thread.pk])
    assert address in body(client, f"/messages/{thread.pk}/")
    assert "Rosa" in body(client, address)
    assert client.post(address, {"people": [rosa.pk]}).status_code == 302
    assert "Theo Marchetti added Rosa Imberg." in body(signed_in(manager), f"/messages/{thread.pk}/")
    say(manager)
    assert Mail.objects.filter(address=rosa.email).exists()
    assert "All colleagues who have joined are in it already." in body(client, address)


def test_nobody_else_is_added(thread, owner, manager, contact, rival, shop, signed_in):
    asked = MembershipFactory(organisation=shop, user=None, email="asked@shop.example", name="")
    client, address = signed_in(owner), reverse("conversations:people", args=[thread.pk])
    for one in (contact.pk, rival.pk, asked.pk, 0, "x", 10**30):
        assert client.post(address, {"people": [one]}).status_code == 422
    for one in (contact, asked, rival):
        with pytest.raises(MayNotWrite):
            answering.add_people(thread, [one], by=owner, at=MONDAY)
    assert client.post(address, {"people": [""]}).status_code == 422
    assert not Participant.objects.exists()


def test_what_a_thread_is_about_stands_as_links(thread, owner, signed_in):
    hooks.topic.add(told := lambda keys, acting: {thread.pk: [Topic("Peak <contract>", "/contracts/1/")]})
    try:
        shown = body(signed_in(owner), f"/messages/{thread.pk}/")
    finally:
        hooks.topic.remove(told)
    assert '<a href="/contracts/1/"><bdi>Peak &lt;contract&gt;</bdi></a>' in shown


# ---- Names ---------------------------------------------------------------------------------------------------------
def test_a_name_that_turns_words_round_turns_only_itself(thread, say, rule, owner, manager, signed_in):
    manager.name = "Imogen\u202e \u2069<b>Tully"
    manager.save()
    answering.acknowledge(rule, version=1, by=manager, at=MONDAY)
    say(owner, at=MONDAY)
    answering.close_thread(thread, by=manager, at=MONDAY + HOUR)
    shown = body(signed_in(owner), f"/messages/{thread.pk}/")
    name = "Imogen\u202e \u2069&lt;b&gt;Tully"
    assert f"Acknowledged by <bdi>{name}</bdi>, 23 November" in shown
    assert f"<bdi>{name}</bdi> closed this conversation" in shown
    assert "Imogen &lt;b&gt;Tully closed the conversation." in shown
    mails = Mail.objects.filter(address=owner.email)
    say(manager, at=MONDAY + HOUR)
    shown += body(signed_in(owner), "/messages/?show=all") + mails.get().html + mails.get().text
    assert "\u202e" not in shown.replace(f"<bdi>{name}</bdi>", "")


def test_no_internal_note_shows_in_versions_differences_or_lists(thread, rule, owner, manager, signed_in):
    answering.edit(rule, "Use the clear tape.", by=owner, at=MONDAY + HOUR)
    for by, words in ((owner, "Canary of the shop"), (manager, "Canary of the vendor")):
        posting.note(thread, words, key=uuid.uuid4(), by=by, at=MONDAY)
    pages = [LIST, *(reverse(f"conversations:{name}", args=[rule.pk]) for name in ("versions",))]
    pages += [reverse("conversations:people", args=[thread.pk])]
    for by in (owner, manager):
        for address in pages:
            assert "Canary" not in body(signed_in(by), address)
    assert "Canary" not in body(signed_in(owner), reverse("conversations:record", args=[thread.pk]))
    assert "Canary" not in body(signed_in(owner), reverse("conversations:take_back", args=[rule.pk]))


def test_it_is_taken_back_from_the_thread(thread, rule, owner, manager, signed_in):
    client, address = signed_in(owner), reverse("conversations:take_back", args=[rule.pk])
    assert address in body(client, f"/messages/{thread.pk}/")
    assert address not in body(signed_in(manager), f"/messages/{thread.pk}/")
    assert "at most 500" in client.post(address, {"reason": "x" * 5_000}).content.decode()
    assert client.post(address, {"reason": "Gone \u202e."}).status_code == 302
    shown = body(signed_in(manager), f"/messages/{thread.pk}/")
    assert "Taken back by <bdi>Theo Marchetti</bdi>" in shown
    assert "I have seen this" not in shown
    assert client.get(address).status_code == 409
    assert client.post(address, {}).status_code == 409


def test_what_is_taken_back_changes_on_an_open_page(thread, rule, owner, manager, signed_in):
    client = signed_in(manager)
    seen = client.get(f"/messages/{thread.pk}/").context["seen"].query
    instructions.take_back(rule, by=owner, at=MONDAY + 6 * HOUR)
    news = body(client, reverse("conversations:news", args=[thread.pk]) + f"?{seen}")
    assert f'id="e{rule.number}" hx-swap-oob="true"' in news
    assert "Taken back by <bdi>Theo Marchetti</bdi>" in news
