"""People who know the shop: whom to ask, the link, what they say, and what becomes of it."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.accounts.models import Role
from outsourcing.notifications.ladders import drawing, sweeping
from outsourcing.notifications.models import Ladder, Mail, Notice
from tests.factories import MembershipFactory
from tests.needs.conftest import NOW, rated
from vendors.needs.errors import AlreadyDone, NoLongerOpen, NotAskable, NothingToAsk
from vendors.needs.models import Ask, Opinion, Peer
from vendors.needs.peers import answering, asking
from vendors.needs.peers.links import token_of
from vendors.needs.reading import job_of
from vendors.needs.verdict import View

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def asked(owner, books, packing):
    """Four people asked about two jobs."""
    rated(books, owner, skill=4, liking=2, hours="9")
    rated(packing, owner, skill=4, liking=1, hours="12")
    return [ask(owner, n) for n in range(4)]


def ask(owner, number, **more) -> Ask:
    return asking.ask(f"peer{number}@friend.example", by=owner, at=NOW, name=f"Peer {number}", **more)


def opinion(ask: Ask, task) -> Opinion:
    return ask.opinions.get(need__task=task)


def says(ask: Ask, task, score=None, stance="dispute", comment="") -> None:
    answering.answer(ask, {opinion(ask, task).pk: {"stance": stance, "score": score, "comment": comment}}, at=NOW)


def link(ask: Ask, *more: str) -> str:
    return "/".join(["/p", token_of(ask), *more, ""])


# ---- Asking --------------------------------------------------------------------------------------------------------
def test_the_mail_has_the_link_and_says_what_becomes_of_names(asked):
    mail = Mail.objects.get(address="peer0@friend.example")
    address = next(word for word in mail.text.split() if "/p/" in word)
    assert urlsplit(address).path == link(asked[0])
    assert "Bookkeeping, Picking and packing orders" in mail.text
    assert "fewer than three have answered, your name stands beside" in mail.text
    assert mail.is_secret


def test_nothing_rated_nothing_to_ask(owner):
    with pytest.raises(NothingToAsk):
        ask(owner, 1)


@pytest.mark.parametrize(
    ("change", "email", "words"),
    [
        (None, "THEO@juniperandpine.example", "your own address"),
        (Role.BUYER, "ines@juniper.example", "a colleague who rates"),
    ],
)
def test_a_peer_who_is_the_asker_or_rates_here(owner, shop, books, signed_in, change, email, words):
    if change:
        MembershipFactory(organisation=shop, user__email=email, roles=[change])
    rated(books, owner, skill=4)
    answer = signed_in(owner).post("/needs/peers/", {"email": email, "name": "X", "showing": "named"})
    assertContains(answer, words, status_code=422)
    assert not Peer.objects.exists()


def test_the_same_peer_twice(asked, owner, signed_in):
    form = {"email": "Peer0@Friend.example", "name": "Again", "showing": "named"}
    assertContains(
        signed_in(owner).post("/needs/peers/", form), "You asked Peer 0 on 24 November already", status_code=422
    )
    assert Ask.objects.count() == 4
    says(asked[0], asked[0].opinions.first().need.task, 2)
    assertContains(signed_in(owner).post("/needs/peers/", form), "Peer 0 has answered.", status_code=422)


def test_who_declined_or_took_it_back_is_not_asked_again(asked, owner, books):
    answering.decline(asked[0], at=NOW)
    says(asked[1], books, 2)
    answering.withdraw(asked[1], erase=False, at=NOW)
    for number, words in ((0, "would rather not"), (1, "took back")):
        with pytest.raises(NotAskable, match=words):
            ask(owner, number)


def test_not_more_than_fifty_a_day(owner, books):
    rated(books, owner, skill=4)
    for number in range(50):
        ask(owner, number)
    with pytest.raises(NotAskable, match="enough mail"):
        ask(owner, 50)


def test_sent_again_the_first_link_ends_and_the_draft_moves(asked, owner, books):
    first = asked[0]
    answering.save_draft(first, {f"o{opinion(first, books).pk}-comment": "Half a"}, at=NOW)
    again = asking.send_again(first, by=owner, at=NOW + timedelta(days=1))
    again.refresh_from_db()
    assert again.draft == {f"o{opinion(again, books).pk}-comment": "Half a"}
    assert Client().get(link(first)).status_code == 410
    assertContains(Client().get(link(again)), "Half a")


# ---- The link ------------------------------------------------------------------------------------------------------
def test_a_look_writes_nothing(asked):
    path = link(asked[0])
    Client().get(path)
    for method in ("get", "head"):
        with CaptureQueriesContext(connection) as queries:
            for _ in range(20):
                assert getattr(Client(), method)(path).status_code == 200
        assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


def test_somebody_without_an_account_answers_once(asked, books, packing):
    client, path = Client(), link(asked[0])
    page = client.get(path)
    assertContains(page, "Juniper &amp; Pine says of itself: <b>4 of 5</b>.")
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "no-store"
    first, second = opinion(asked[0], books), opinion(asked[0], packing)
    form = {
        f"o{first.pk}-stance": "dispute",
        f"o{first.pk}-score": "2",
        f"o{first.pk}-comment": "Receipts are found in coats.",
        f"o{second.pk}-stance": "agree",
    }
    assert client.post(path, form).status_code == 302
    assertContains(client.get(path), "Receipts are found in coats.")
    for one, score in ((first, 2), (second, 4)):
        one.refresh_from_db()
        assert (one.score, one.is_current) == (score, True)
    again = client.post(path, form)  # used twice
    assertContains(again, "You have answered already", status_code=410)
    assert Mail.objects.filter(template="peer_answered").count() == 1


def test_an_altered_link_is_no_page(asked):
    token = token_of(asked[0])
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), token + "x", "x", token_of(asked[0])[1:]):
        assert Client().get(f"/p/{wrong}/").status_code == 404


def test_an_expired_or_revoked_link_says_so(asked):
    asking.revoke(asked[0], at=NOW)
    assertContains(Client().get(link(asked[0])), "no longer works", status_code=410)
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        assertContains(Client().get(link(asked[1])), "has expired", status_code=410)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Say something about at least one of them"),
        ({"stance": "dispute"}, "Say how good, from 1 to 5."),
        ({"stance": "dispute", "score": "4"}, "That is what they say too"),
        ({"stance": "dispute", "score": "9"}, "Select a valid choice"),
        ({"stance": "perhaps"}, "Select a valid choice"),
        ({"stance": "agree", "comment": "x" * 10_000}, "at most 1000 characters"),
    ],
)
def test_a_wrong_answer_is_said_and_nothing_is_lost(asked, books, said, words):
    key = opinion(asked[0], books).pk
    answer = Client().post(link(asked[0]), {f"o{key}-{name}": value for name, value in said.items()})
    assertContains(answer, words, status_code=422)
    asked[0].refresh_from_db()
    assert asked[0].answered_at is None
    if said.get("comment"):
        assert len(asked[0].draft[f"o{key}-comment"]) == 5_000


def test_a_foreign_opinion_in_the_form_is_not_taken(asked, books):
    mine, theirs = opinion(asked[0], books), opinion(asked[1], books)
    form = {f"o{mine.pk}-stance": "agree", f"o{theirs.pk}-stance": "agree", "nul": "\0"}
    Client().post(link(asked[0]), form)
    theirs.refresh_from_db()
    assert (theirs.stance, theirs.is_current) == ("", False)


def test_it_saves_itself(asked, books):
    key = opinion(asked[0], books).pk
    headers = {"HTTP_HX_REQUEST": "true"}
    answer = Client().post(link(asked[0], "save"), {f"o{key}-stance": "agree", f"o{key}-comment": "a\0b"}, **headers)
    assertContains(answer, "<b>1 of 2</b>")
    asked[0].refresh_from_db()
    assert asked[0].draft == {f"o{key}-stance": "agree", f"o{key}-comment": "ab"}


# ---- Names ---------------------------------------------------------------------------------------------------------
def test_names_stand_until_three_have_answered(asked, owner, signed_in, books):
    path = f"/needs/{books.pk}/"
    says(asked[0], books, 2, comment="In coats.")
    says(asked[1], books, 2)
    page = signed_in(owner).get(path)
    assertContains(page, "Peer 0")
    assertContains(page, "all 2 others rate you 2")
    says(asked[2], books, 2)
    page = signed_in(owner).get(path)
    assertContains(page, "In coats.")
    assertNotContains(page, "Peer 0")
    says(asked[3], books, 4, stance="agree")
    assertContains(signed_in(owner).get(path), "You rate yourself 4, 3 of 4 others rate you 2.")


def test_withheld_is_neither_read_nor_counted_until_the_third(owner, signed_in, books):
    rated(books, owner, skill=4, liking=2, hours="9")
    asks = [ask(owner, n, showing="withheld") for n in range(3)]
    path = f"/needs/{books.pk}/"
    for one in asks[:2]:
        says(one, books, 1, comment="Never again.")
    for page in (signed_in(owner).get(path), signed_in(owner).get("/needs/")):
        assertNotContains(page, "Never again.")
        assertNotContains(page, "rate you 1")
    assertContains(signed_in(owner).get(path), "2 answers wait until there are three like them")
    assert job_of(owner, books).judged.skill == 4
    hidden = Opinion.objects.current().first()
    assert signed_in(owner).post(f"/needs/opinions/{hidden.pk}/answer/", {"outcome": "accept"}).status_code == 404
    says(asks[2], books, 1)
    assertContains(signed_in(owner).get(path), "Never again.")
    assert job_of(owner, books).judged.skill == 2  # (4 + 2 x 1) / 3
    answering.withdraw(asks[0], erase=False, at=NOW)
    assertNotContains(signed_in(owner).get(path), "Never again.")


def again(owner, ask: Ask, task) -> Ask:
    """The same person asked once more about one job."""
    need = opinion(ask, task).need
    return asking.post(ask.peer, [(need, Decimal(4))], by=owner, at=NOW, showing=ask.showing)


@pytest.mark.parametrize("how", ["takes it back", "cannot say any more"])
def test_a_hidden_name_never_comes_back(asked, owner, signed_in, books, how):
    path, client = f"/needs/{books.pk}/", signed_in(owner)
    for number, one in enumerate(asked[:3]):
        says(one, books, 2, comment=f"Word {number}.")
    if how == "takes it back":
        answering.withdraw(asked[0], erase=False, at=NOW)
    else:
        says(again(owner, asked[0], books), books, None, stance="unsure")
    page = client.get(path)
    assertContains(page, f"{2 if how == 'takes it back' else 3} answers are kept back")
    for words in ("Peer 1", "Peer 2", "Word 1", "others rate you"):
        assertNotContains(page, words)
    assertContains(client.get("/needs/"), "kept back for now")
    assert job_of(owner, books).judged.skill == 4
    assert (
        client.post(f"/needs/opinions/{opinion(asked[1], books).pk}/answer/", {"outcome": "accept"}).status_code == 404
    )
    says(asked[3], books, 2)  # three again
    page = client.get(path)
    assertContains(page, "Word 1")
    assertNotContains(page, "Peer 1")


def test_one_withheld_answer_beside_named_ones_is_nobodys_to_find(asked, owner, signed_in, books):
    """Two were read with names: a third that is told to be without one would be known by that."""
    path, client = f"/needs/{books.pk}/", signed_in(owner)
    hidden = [ask(owner, number, showing="withheld") for number in (4, 5, 6)]
    for number, one in enumerate([*asked[:2], hidden[0]]):
        says(one, books, 2, comment=f"Word {number}.")
    page = client.get(path)
    assertContains(page, "3 answers are kept back")
    assertNotContains(page, "Word")
    says(asked[2], books, 2, comment="Word 3.")
    page = client.get(path)
    assertContains(page, "1 answer waits until there are three like it")
    assert [f"Word {number}." in page.content.decode() for number in range(4)] == [True, True, False, True]
    assert job_of(owner, books).said.scores == (2, 2, 2)
    unread = opinion(hidden[0], books)
    assert not Opinion.objects.visible_to(owner).filter(pk=unread.pk).exists()
    for one in hidden[1:]:
        says(one, books, 2)
    assertContains(client.get(path), "Word 2.")
    assert Opinion.objects.visible_to(owner).count() == 6


def test_the_mail_names_nobody_once_the_page_does_not(asked, books):
    def subjects() -> list[str]:
        told = Mail.objects.filter(template="peer_answered").order_by("created_at", "pk")
        return [mail.subject.removeprefix("Juniper & Pine: ") for mail in told]

    for one in asked[:3]:
        says(one, books, 2)
    answering.withdraw(asked[0], erase=False, at=NOW)
    somebody = "Somebody whom you asked"
    said = [f"{who} has said what they think of your jobs" for who in ("Peer 0", "Peer 1", somebody)]
    assert sorted(subjects()) == sorted([*said, f"{somebody} took back what they said of you"])


def test_cannot_say_is_no_score(asked, owner, books):
    for one in asked[:3]:
        says(one, books, None, stance="unsure")
    job = job_of(owner, books)
    assert (job.said.unsure, job.said.scores, job.said.is_hidden) == (3, (), False)


# ---- What it says --------------------------------------------------------------------------------------------------
def test_three_of_four_make_a_blind_spot(asked, owner, books, signed_in):
    """Mean (2 + 2 + 2 + 4)/4 = 2.5, gap 4 - 2.5 = 1.5; skill' = (4 + 5)/3 = 3."""
    for one, score in zip(asked, (2, 2, 2, 4), strict=True):
        says(one, books, score, stance="agree" if score == 4 else "dispute")
    judged = job_of(owner, books).judged
    assert (judged.gap, judged.view, judged.skill, judged.is_contested) == (Decimal("1.5"), View.BLIND_SPOT, 3, True)
    page = signed_in(owner).get("/needs/")
    assertContains(page, "Blind spot")
    assertContains(page, "1 of 4 agree, mean 2.5")
    assertContains(page, "+1.5")


def test_who_agrees_gives_what_they_were_shown(asked, owner, books, buyer, signed_in):
    """Colleagues say 4 and 3, so 3.5 is shown; three who agree leave no gap."""
    rated(books, buyer, skill=3)
    for number in (4, 5, 6):
        one = ask(owner, number)
        form = {f"o{opinion(one, books).pk}-stance": "agree"}
        assert Client().post(link(one), form).status_code == 302
    assertContains(Client().get(link(one)), "I agree, 3.5 of 5")
    judged = job_of(owner, books).judged
    assert (judged.gap, judged.peers_mean, judged.skill) == (0, Decimal("3.5"), Decimal("3.5"))
    page = signed_in(owner).get(f"/needs/{books.pk}/")
    assertContains(page, "You rate yourself 3.5, all 3 others rate you 3.5.")
    assertContains(page, "<b>3.5 of 5</b>")


# ---- Disputes ------------------------------------------------------------------------------------------------------
def test_each_dispute_is_answered_once(asked, owner, books, signed_in):
    says(asked[0], books, 2)
    one = opinion(asked[0], books)
    path = f"/needs/opinions/{one.pk}/answer/"
    client = signed_in(owner)
    assertContains(client.post(path, {}), "Choose one.", status_code=422)
    assertContains(client.post(path, {"outcome": "keep"}), "Say why you stay with yours", status_code=422)
    assert client.post(path, {"outcome": "keep", "reason": "The new till does it."}).status_code == 302
    assertContains(client.post(path, {"outcome": "accept"}), "Somebody answered it already", status_code=409)
    assertContains(Client().get(link(asked[0])), "The new till does it.")


def test_ask_again_goes_to_the_one_who_is_named(asked, owner, books):
    says(asked[0], books, 2)
    assert asking.settle(opinion(asked[0], books), outcome="ask_again", reason="Now?", by=owner, at=NOW) == 1
    again = Ask.objects.open(NOW).get(peer=asked[0].peer)
    assert [str(one.need) for one in again.opinions.all()] == ["Bookkeeping"]
    answering.answer(again, {again.opinions.get().pk: {"stance": "agree", "score": 4, "comment": ""}}, at=NOW)
    assert job_of(owner, books).said.scores == (4,)


def test_ask_again_goes_to_all_where_nobody_is_named(asked, owner, books):
    for one in asked[:3]:
        says(one, books, 2)
    assert asking.settle(opinion(asked[0], books), outcome="ask_again", reason="", by=owner, at=NOW) == 3


def test_an_answer_to_what_was_taken_back_is_refused(asked, owner, books):
    says(asked[0], books, 2)
    answering.withdraw(asked[0], erase=False, at=NOW)
    with pytest.raises(AlreadyDone):
        asking.settle(opinion(asked[0], books), outcome="accept", reason="", by=owner, at=NOW)


# ---- Taking back ---------------------------------------------------------------------------------------------------
def test_withdrawn_counts_and_shows_nowhere(asked, owner, books, signed_in):
    says(asked[0], books, 2, comment="In coats.")
    assert Client().post(link(asked[0], "withdraw")).status_code == 302
    assertContains(Client().get(link(asked[0])), "You took it back", status_code=410)
    assertNotContains(signed_in(owner).get(f"/needs/{books.pk}/"), "In coats.")
    assert job_of(owner, books).said.answers == 0
    with pytest.raises(NoLongerOpen):
        answering.withdraw(asked[0], erase=False, at=NOW)


def test_withdrawn_and_erased_leaves_no_name_and_no_word(asked, books):
    says(asked[0], books, 2, comment="In coats.")
    Client().post(link(asked[0], "withdraw"), {"erase": "yes"})
    rows = [*Peer.objects.values(), *Ask.objects.values(), *Opinion.objects.values(), *Mail.objects.values()]
    told = " ".join(str(row) for row in rows)
    for trace in ("peer0@friend.example", "Peer 0", "In coats."):
        assert trace not in told
    assert "Peer 1" in told  # the control


def test_the_shop_deletes_a_name_and_the_words_stay_under_nobodys(asked, owner, books, signed_in):
    says(asked[0], books, 2, comment="In coats.")
    assert signed_in(owner).post(f"/needs/peers/{asked[0].peer_id}/erase/").status_code == 302
    page = signed_in(owner).get(f"/needs/{books.pk}/")
    assertContains(page, "In coats.")
    assertNotContains(page, "Peer 0")
    assertContains(signed_in(owner).get("/needs/peers/"), "Somebody whose name was deleted")


def test_decline(asked):
    assert Client().post(link(asked[0], "decline")).status_code == 302
    assertContains(Client().get(link(asked[0])), "You would rather not", status_code=410)
    with pytest.raises(NoLongerOpen):
        answering.decline(asked[0], at=NOW)


def test_a_flood_through_one_link_is_stopped(asked, monkeypatch):
    from vendors.needs.peers import portal

    monkeypatch.setattr(portal, "MOST_AN_HOUR", 3)
    answers = [Client().post(link(asked[0], "save"), {}).status_code for _ in range(5)]
    assert answers == [302, 302, 302, 429, 429]


# ---- Reminders -----------------------------------------------------------------------------------------------------
def sweep(days: int) -> None:
    """The engine as beat runs it, so many days after the question."""
    at = NOW + timedelta(days=days)
    with time_machine.travel(at, tick=False):
        sweeping.sweep(at)


def reminders(address: str) -> list[Mail]:
    """Those of the engine, with the text that they go out with."""
    found = list(Mail.objects.filter(address=address).exclude(template="peer_request").order_by("created_at"))
    drawing.draw(found, at=NOW + timedelta(days=8))
    return found


def test_one_reminder_after_five_working_days_then_the_asker_is_told(asked, owner):
    """Asked on Tuesday 24 November: the reminder is due on Tuesday 1 December, word to the asker on the eighth."""
    answering.decline(asked[1], at=NOW)
    sweep(6)
    assert not reminders("peer0@friend.example")
    sweep(8)
    [one] = reminders("peer0@friend.example")
    assert link(asked[0]) in one.text
    assert "it is the only reminder" in one.text
    assert not reminders("peer1@friend.example")  # who declined
    sweep(15)
    assert len(reminders("peer0@friend.example")) == 1
    assert Notice.objects.filter(membership=owner, title="No answer about your jobs: Peer 0").exists()


def test_who_answers_is_not_reminded(asked, books):
    says(asked[0], books, 2)
    sweep(8)
    assert not reminders("peer0@friend.example")


def test_who_is_erased_is_gone_from_reminders_too(asked, books):
    sweep(8)
    says(asked[0], books, 2)
    answering.withdraw(asked[0], erase=True, at=NOW)
    rows = [*Ladder.objects.values(), *Notice.objects.values(), *Mail.objects.values()]
    told = " ".join(str(row) for row in rows)
    assert "peer0@friend.example" not in told
    assert "Peer 0" not in told
    assert "peer1@friend.example" in told  # the control
