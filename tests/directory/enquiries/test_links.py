"""What a link is worth: for its purpose, for thirty days, once."""

import os

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from outsourcing.accounts import actions as people
from outsourcing.shared import clock
from tests.directory.enquiries.conftest import filled, path_of
from vendors.directory.enquiries import answering, asking, links
from vendors.directory.models import Enquiry, Reference, ReferenceAnswer
from vendors.directory.models import Testimonial as Words

pytestmark = pytest.mark.django_db
VISITS = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "prove" else 200
VERBS = ("", "save", "decline", "share", "withdraw")


def at(token: str) -> str:
    return reverse("directory:enquiry", args=[token])


def test_any_one_changed_character_is_no_page(asked, client):
    token = links.token_of(asked)
    for place in range(len(token)):
        other = "a" if token[place] != "a" else "b"
        page = client.get(at(token[:place] + other + token[place + 1 :]))
        assert page.status_code == 404


def test_a_forged_link_is_the_page_that_does_not_exist(asked, client, nothing_written):
    forged = at(links.token_of(asked)[:-1] + "-")
    unknown = client.get("/no/such/page/")
    with nothing_written():
        for verb in ("", "save/", "decline/", "share/", "withdraw/"):
            page = client.post(forged + verb, filled())
            assert (page.status_code, page.content) == (404, unknown.content)


@pytest.mark.parametrize("token", ["x", ":", "a:b:c", "%00", "x" * 5_000, "💥", "W10:1:x", ".", "%F0%9F"], ids=ascii)
def test_nonsense_is_no_page(db, client, token):
    assert client.get(f"/r/{token}/").status_code == 404


def test_a_link_for_another_purpose_is_forged(asked, ask, quoted, owner, client):
    other = ask(quoted, email="ann@ember.example")
    for purpose in ("testimonial", "partner"):
        assert client.get(at(signing.dumps([asked.pk, asked.secret], salt=links.SALT + purpose))).status_code == 404
    assert client.get(at(signing.dumps([other.pk, other.secret], salt=links.SALT + "reference"))).status_code == 404
    invitation = people.invite(owner.organisation, email="rosa@x.example", roles=["buyer"], by=owner, at=clock.now())
    assert client.get(at(people.token_of(invitation))).status_code == 404
    assert client.get(reverse("accounts:join", args=[links.token_of(asked)])).status_code == 410


def test_another_secret_is_forged(asked, client):
    asked.secret = "x" * 32
    assert client.get(at(links.token_of(asked))).status_code == 404


def rows() -> list:
    """What is asked and what it is about, as it stands; how often somebody tried is kept elsewhere."""
    return [list(model.objects.order_by("pk").values()) for model in (Enquiry, Reference, ReferenceAnswer, Words)]


# ---- No longer -----------------------------------------------------------------------------------------------------
def expired(enquiry: Enquiry) -> None:
    Enquiry.objects.update(expires_at=clock.now())


def revoked(enquiry: Enquiry) -> None:
    asking.revoke(enquiry, at=clock.now())


def renewed(enquiry: Enquiry) -> None:
    asking.ask(enquiry.reference, by=enquiry.asked_by, at=clock.now())


def declined(enquiry: Enquiry) -> None:
    answering.decline(enquiry, reason="", at=clock.now())


def withdrawn(enquiry: Enquiry) -> None:
    Client().post(path_of(enquiry), filled())
    answering.withdraw(enquiry, at=clock.now())


@pytest.mark.parametrize(
    ("spoil", "says", "advises"),
    [
        (expired, "has expired", "Theo Marchetti of Juniper &amp; Pine can send you a new one"),
        (revoked, "no longer works", "nothing is expected of you"),
        (renewed, "no longer works", "look for a later mail"),
        (declined, "would rather not", "Tell Theo Marchetti"),
        (withdrawn, "took it back", "nothing more to do"),
    ],
)
def test_says_what_is_wrong_and_what_to_do_and_writes_nothing(asked, client, nothing_written, spoil, says, advises):
    spoil(asked)
    with nothing_written():
        pages = [client.get(path_of(asked)), *(client.post(path_of(asked, verb), filled()) for verb in VERBS)]
    for page in pages:
        assertContains(page, says, status_code=410)
        assertContains(page, advises, status_code=410)


def test_what_is_not_answered_is_neither_shared_nor_taken_back(asked, client):
    before = rows()
    for verb in ("share", "withdraw"):
        page = client.post(path_of(asked, verb), {"sharing": "named"})
        assertContains(page, "not possible here", status_code=410)
    assert rows() == before
    assert client.get(path_of(asked)).status_code == 200


def test_a_testimonials_link_saves_no_reference(ask, quoted, client):
    enquiry = ask(quoted, email="ann@ember.example")
    before = rows()
    assert client.post(path_of(enquiry, "save"), filled()).status_code == 410
    assert client.post(path_of(enquiry, "share"), {"sharing": "named"}).status_code == 410
    assert rows() == before


def test_works_until_the_thirtieth_day_is_over(asked, client):
    with time_machine.travel(asked.expires_at, tick=False):
        assert client.get(path_of(asked)).status_code == 410
        assert client.post(path_of(asked), filled()).status_code == 410
    with time_machine.travel(asked.expires_at.timestamp() - 1, tick=False):
        assert client.get(path_of(asked)).status_code == 200
    assert not ReferenceAnswer.objects.exists()


# ---- Scanners ------------------------------------------------------------------------------------------------------
def test_visits_of_mail_scanners_write_nothing(asked, client, nothing_written):
    client.post(path_of(asked, "save"), {"text": "Half"})
    paths = [path_of(asked), path_of(asked, "decline"), path_of(asked, "save")]
    with nothing_written():
        for number in range(VISITS):
            visitor = Client() if number % 10 else client
            page = (visitor.head if number % 2 else visitor.get)(paths[number % 3])
            assert page.status_code == (405 if number % 3 == 2 else 200)
    assert client.post(path_of(asked), filled()).status_code == 302


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_not_allowed(asked, client, method):
    for verb in VERBS:
        assert getattr(client, method)(path_of(asked, verb)).status_code == 405
