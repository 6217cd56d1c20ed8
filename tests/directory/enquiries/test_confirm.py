"""A quoted company and a partner say whether it is right."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from tests.directory.enquiries.conftest import link_in, path_of
from vendors.directory.models import Enquiry, Listing, Partner
from vendors.directory.models import Testimonial as Words

pytestmark = pytest.mark.django_db
YES = {"is_right": "yes", "said_by": "Ann Vale, press", "comment": ""}
NO = {"is_right": "no", "said_by": "Ann Vale, press", "comment": "We never said that."}


def test_the_page_asks_one_question(ask, quoted, client):
    enquiry = ask(quoted, email="ann@ember.example", name="Ann Vale")
    page = client.get(link_in(enquiry.mail))
    for words in ("Our peak went well.", "That is right", "That is not right", "Ann Vale"):
        assertContains(page, words)


def test_a_company_confirms_its_words(ask, quoted, owner, client, signed_in):
    enquiry = ask(quoted, email="ann@ember.example")
    assertRedirects(client.post(path_of(enquiry), YES), path_of(enquiry))
    quoted.refresh_from_db()
    assert quoted.confirmed_at
    assert (quoted.level, quoted.level_reason, quoted.disputed_at) == (3, "", None)
    assertContains(client.get(path_of(enquiry)), "That is right")
    told = Mail.objects.get(template="enquiry_answered")
    assert (told.address, f"/testimonials/{quoted.pk}/ask/" in told.text) == (owner.email, True)
    page = signed_in(owner).get(f"/testimonials/{quoted.pk}/ask/")
    assertContains(page, "Ann Vale, press")


def test_a_company_disputes_its_words(ask, quoted, rival, manager, client, signed_in):
    client.post(path_of(ask(quoted, email="ann@ember.example")), NO)
    quoted.refresh_from_db()
    assert quoted.disputed_at
    assert (quoted.level, quoted.level_reason, quoted.confirmed_at) == (0, "Disputed by the company", None)
    for member in (rival, manager):
        page = signed_in(member).get(f"/vendors/{quoted.vendor_id}/?show=testimonials")
        assertContains(page, "The company says it is not so")
        assertNotContains(page, "We never said that.")
        assertNotContains(page, "Ann Vale")


def test_a_partner_confirms(ask, carrier, client):
    client.post(path_of(ask(carrier, email="bo@mail.swift.example")), YES)
    assert Partner.objects.get().level == 3


@pytest.mark.parametrize(
    ("email", "level"), [("ann@gmail.com", 0), ("ann@harrowquay.example", 0), ("ann@juniperandpine.example", 0)]
)
def test_addresses_that_count_for_nothing_confirm_nothing(ask, harrow, owner, client, email, level):
    own = Words.objects.create(
        vendor=harrow, merchant=owner.organisation, quote="Fine.", company="X", created_at=clock.now()
    )
    client.post(path_of(ask(own, email=email)), YES)
    own.refresh_from_db()
    assert own.level == level
    assert own.level_reason


def test_an_address_that_one_shop_chose_says_nothing_to_others(ask, quoted, owner, rival, client, signed_in):
    enquiry = ask(quoted, email="somebody@elsewhere.example")
    client.post(path_of(enquiry), NO)
    quoted.refresh_from_db()
    assert (quoted.level, quoted.confirmed_at, quoted.disputed_at) == (0, None, None)
    path = f"/testimonials/{quoted.pk}/ask/"
    assertContains(signed_in(owner).get(path), "We never said that.")
    assertNotContains(signed_in(rival).get(path), "We never said that.")


def test_the_address_that_the_vendor_gave_speaks_for_all(ask, quoted, client):
    Words.objects.update(url="", email="press@ember.example")
    quoted.refresh_from_db()
    client.post(path_of(ask(quoted, email="ann@ember.example")), YES)
    assert Words.objects.get().level == 3


@pytest.mark.parametrize(
    ("name", "value"), [("is_right", ""), ("is_right", "maybe"), ("said_by", ""), ("said_by", "\u200b"),
                        ("said_by", "x" * 121), ("comment", "x" * 2_001)]
)  # fmt: skip
def test_bad_input_is_named_and_kept(ask, quoted, client, name, value):
    page = client.post(path_of(ask(quoted, email="ann@ember.example")), NO | {name: value})
    assertContains(page, "Not sent yet")
    assertContains(page, "We never said that." if name != "comment" else "x" * 2_001)
    assert not Enquiry.objects.get().answered_at


def test_it_is_said_once(ask, quoted, client):
    enquiry = ask(quoted, email="ann@ember.example")
    client.post(path_of(enquiry), YES)
    assert client.post(path_of(enquiry), NO).status_code == 410
    assert Words.objects.get().confirmed_at


def test_it_is_taken_back(ask, quoted, client):
    enquiry = ask(quoted, email="ann@ember.example")
    client.post(path_of(enquiry), YES)
    client.post(path_of(enquiry, "withdraw"), {"erase": "yes"})
    quoted.refresh_from_db()
    assert (quoted.level, quoted.confirmed_at) == (0, None)
    enquiry.refresh_from_db()
    assert (enquiry.said_by, enquiry.is_right, enquiry.name) == ("", None, "")
    assert "ann@" not in enquiry.email


def test_somebody_would_rather_not_say(ask, quoted, client):
    client.post(path_of(ask(quoted, email="ann@ember.example"), "decline"))
    quoted.refresh_from_db()
    assert (quoted.level, quoted.confirmed_at, quoted.disputed_at) == (0, None, None)


def test_the_search_follows(ask, quoted, client):
    client.post(path_of(ask(quoted, email="ann@ember.example")), YES)
    assert Listing.objects.get(vendor=quoted.vendor, merchant=None).testimonials == 1


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_yes_and_no_at_once_are_one(ask, quoted, at_once):
    path = path_of(ask(quoted, email="ann@ember.example"))
    calls = [lambda body=body: Client().post(path, body).status_code for body in (YES, NO)]
    assert sorted(at_once(Enquiry.objects.all(), *calls)) == [302, 410]
    now = Words.objects.get()
    assert (now.confirmed_at is None) is not (now.disputed_at is None)
    assert Enquiry.objects.get().is_right is (now.confirmed_at is not None)
