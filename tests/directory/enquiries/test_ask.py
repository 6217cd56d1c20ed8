"""Writing to a referee: whom, how often, and the mail as it arrives."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Role
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from tests.directory.enquiries.conftest import BASE, link_in, path_of
from tests.factories import MembershipFactory, ReferenceFactory
from vendors.directory.enquiries import asking
from vendors.directory.enquiries.errors import NotAskable, TooManyEnquiries
from vendors.directory.models import Contact, Enquiry, Reference

pytestmark = pytest.mark.django_db


# ---- The mail ------------------------------------------------------------------------------------------------------
def test_the_mail_says_who_asks_about_whom_how_long_and_until_when(ask, maren):
    mail = ask(maren, message="You were kind at the fair.").mail
    assert mail.address == maren.email
    assert mail.subject == "Juniper & Pine: would you tell us about Pallet & Post?"
    assert mail.sender_name == "Juniper & Pine via Outsourcing"
    day = f"{clock.now() + timedelta(days=30):%-d %B %Y}"
    for words in ("Theo Marchetti", "Pallet & Post", "Six questions, about four minutes", day, "You were kind"):
        assert words in mail.text
        assert words.replace("&", "&amp;") in mail.html
    for words in ("never what", "rather not", "Do not pass it on", "reaches nobody"):
        assert words in mail.text.replace("\n", " ")
        assert words in mail.html


def test_both_forms_hold_one_link_and_it_works(asked, client):
    path = link_in(asked.mail)
    assert set(re.findall(rf'href="{BASE}(/r/[^"]+)"', asked.mail.html)) == {path}
    assert client.get(path).status_code == 200


def test_names_and_words_add_no_headers_and_no_html(ask, maren, owner):
    owner.name = "Theo\r\nBcc: x@evil.example"
    owner.save()
    mail = ask(maren, message="<script>alert(1)</script>").mail
    assert "\n" not in mail.subject
    assert "<script>" not in mail.html


def test_a_testimonial_and_a_partner_have_mails_of_their_own(ask, quoted, carrier):
    words = ask(quoted, email="ann@ember.example", name="Ann").mail
    assert words.subject == "Juniper & Pine: are these words about Pallet & Post yours?"
    assert "Our peak went well." in words.text
    partner = ask(carrier, email="bo@swift.example").mail
    assert partner.subject == "Juniper & Pine: do Swift Post and Pallet & Post work together?"
    assert "as: Carrier" in partner.text.replace("\n", " ")


# ---- The pages -----------------------------------------------------------------------------------------------------
def test_a_reference_is_named_and_asked_in_two_steps(harrow, owner, signed_in):
    client = signed_in(owner)
    add = reverse("directory:add_reference", args=[harrow.pk])
    named = {"name": "Maren Holt", "company": "Ember", "email": "maren@ember.example", "named_by": "us"}
    page = client.post(add, named)
    reference = Reference.objects.get()
    ask = reverse("directory:ask_reference", args=[reference.pk])
    assertRedirects(page, ask)
    assertContains(client.get(ask), "That they answered, never what")
    assertRedirects(client.post(ask, {"message": ""}), reverse("directory:reference", args=[reference.pk]))
    reference.refresh_from_db()
    assert (reference.state, Mail.objects.get().address) == ("asked", "maren@ember.example")


@pytest.mark.parametrize(
    ("email", "words"),
    [("maren@gmail.com", "free mail address"), ("maren@harrowquay.example", "the vendor&#x27;s own")],
)
def test_an_address_that_counts_for_nothing_is_warned_of(maren, owner, signed_in, email, words):
    Reference.objects.update(email=email)
    assertContains(signed_in(owner).get(reverse("directory:ask_reference", args=[maren.pk])), words)


def test_a_refusal_stands_on_the_form(maren, owner, signed_in):
    Reference.objects.update(email="")
    page = signed_in(owner).post(reverse("directory:ask_reference", args=[maren.pk]), {"message": "Please"})
    assertContains(page, "add one first")
    assertContains(page, "Please")


def test_no_address_leads_to_the_reference(harrow, owner, signed_in):
    page = signed_in(owner).post(
        reverse("directory:add_reference", args=[harrow.pk]), {"name": "Maren Holt", "named_by": "us"}
    )
    assertRedirects(page, reverse("directory:reference", args=[Reference.objects.get().pk]))


def test_one_who_is_there_already_is_named(maren, harrow, owner, signed_in):
    page = signed_in(owner).post(
        reverse("directory:add_reference", args=[harrow.pk]),
        {"name": "Maren Holt", "email": maren.email.upper(), "named_by": "us"},
    )
    assertContains(page, "is on the list already")


def test_the_reference_page_costs_as_much_with_ten_mails(asked, ask, owner, signed_in, django_assert_num_queries):
    client, path = signed_in(owner), reverse("directory:reference", args=[asked.reference_id])
    client.get(path)
    with django_assert_num_queries(5):  # session, person; the reference twice; what was sent
        client.get(path)
    for _ in range(10):
        Enquiry.objects.update(created_at=clock.now() - timedelta(days=2))
        ask(asked.reference)
    with django_assert_num_queries(5):
        assertContains(client.get(path), "Taken back by you", count=10)


# ---- Who is not asked ----------------------------------------------------------------------------------------------
def test_nobody_without_an_address(ask, maren):
    Reference.objects.update(email="")
    maren.email = ""
    with pytest.raises(NotAskable, match="no address"):
        ask(maren)


def test_nobody_of_the_own_shop(ask, maren, owner, viewer):
    for email in (owner.email, viewer.email, owner.email.upper()):
        maren.email = email
        with pytest.raises(NotAskable, match="your own shop"):
            ask(maren)


def test_nobody_of_the_vendors(ask, maren, contact):
    maren.email = contact.email
    with pytest.raises(NotAskable, match="own people"):
        ask(maren)


def test_a_contact_that_a_rival_keeps_is_not_told_of(ask, maren, harrow, owner, rival):
    kept = MembershipFactory(
        organisation=harrow.organisation, user=None, email="k@x.example", name="K", roles=["contact"]
    )
    entry = Contact.objects.create(membership=kept, vendor=harrow, merchant=rival.organisation, created_at=clock.now())
    maren.email = kept.email
    assert ask(maren).email == kept.email
    Contact.objects.filter(pk=entry.pk).update(merchant=owner.organisation)
    with pytest.raises(NotAskable, match="own people"):
        ask(maren)


def test_nobody_twice_under_two_entries(asked, ask, harrow, owner):
    again = ReferenceFactory(vendor=harrow, merchant=owner.organisation, email=asked.email)
    with pytest.raises(NotAskable, match=r"You asked maren@ember-ceramics\.example about Pallet & Post on"):
        ask(again)
    Enquiry.objects.update(created_at=clock.now() - timedelta(days=31))
    assert ask(again)


def test_another_shop_asks_the_same_person(asked, ask, harrow, rival):
    theirs = ReferenceFactory(vendor=harrow, merchant=rival.organisation, email=asked.email)
    assert ask(theirs, by=rival)
    asked.refresh_from_db()
    assert asked.revoked_at is None


def test_two_shops_that_ask_about_one_quotation_do_not_meet(ask, quoted, rival):
    mine = ask(quoted, email="ann@ember.example")
    theirs = ask(quoted, by=rival, email="ann@ember.example")
    mine.refresh_from_db()
    assert (mine.revoked_at, theirs.revoked_at) == (None, None)


@pytest.mark.parametrize("state", ["answered", "declined", "withdrawn"])
def test_who_has_spoken_is_not_asked_again(ask, maren, state):
    Reference.objects.update(state=state)
    with pytest.raises(NotAskable, match="not asked again"):
        ask(maren)


def test_nobody_who_was_taken_off_the_list(ask, maren):
    Reference.objects.update(removed_at=clock.now())
    with pytest.raises(NotAskable, match="taken off"):
        ask(maren)


def test_a_shop_writes_only_so_much_a_day(ask, harrow, owner, monkeypatch):
    monkeypatch.setattr(asking, "MOST_A_DAY", 2)
    people = [ReferenceFactory(vendor=harrow, merchant=owner.organisation) for _ in range(3)]
    ask(people[0])
    ask(people[1])
    with pytest.raises(TooManyEnquiries, match="tomorrow"):
        ask(people[2])
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=1)):
        assert ask(people[2])


def test_nobody_is_written_to_again_and_again(ask, maren):
    for _ in range(asking.MOST_TO_ONE):
        ask(maren)
    with pytest.raises(TooManyEnquiries):
        ask(maren)


# ---- Again, and back -----------------------------------------------------------------------------------------------
def test_a_newer_link_takes_the_older_back(asked, ask, client):
    again = ask(asked.reference)
    assertContains(client.get(path_of(asked)), "look for a later mail", status_code=410)
    assert client.get(path_of(again)).status_code == 200


def test_a_link_is_taken_back(asked, owner, signed_in, client):
    page = signed_in(owner).post(reverse("directory:revoke_enquiry", args=[asked.pk]))
    assertRedirects(page, reverse("directory:reference", args=[asked.reference_id]))
    assertContains(client.get(path_of(asked)), "no longer works", status_code=410)
    assert Reference.objects.get().state == "named"


def test_what_is_answered_is_not_taken_back(asked, owner, signed_in):
    Enquiry.objects.update(answered_at=clock.now())
    page = signed_in(owner).post(reverse("directory:revoke_enquiry", args=[asked.pk]))
    assertContains(page, "already", status_code=409)


def test_a_mail_that_did_not_arrive_says_what_to_do(asked, owner, signed_in, harrow):
    Mail.objects.update(state="failed")
    client = signed_in(owner)
    assertContains(client.get(reverse("directory:reference", args=[asked.reference_id])), "Correct the address")
    assertContains(client.get(reverse("directory:vendor", args=[harrow.pk])), "Could not be delivered")
    assertContains(client.get("/"), "The mail to Maren Holt could not be delivered")


def test_what_expired_unanswered_waits_for_buyers_alone(asked, owner, viewer, rival, signed_in):
    Enquiry.objects.update(expires_at=clock.now())
    Mail.objects.update(state="sent", sent_at=clock.now())
    assertContains(signed_in(owner).get("/"), "Maren Holt has not answered")
    for other in (viewer, rival):
        assertNotContains(signed_in(other).get("/"), "Maren Holt")
    viewer.roles = [Role.BUYER]
    viewer.save()
    assertContains(signed_in(viewer).get("/"), "Maren Holt has not answered")


def test_what_waits_for_an_answer_or_has_one_is_nothing_to_do(asked, owner, signed_in):
    Mail.objects.update(state="sent", sent_at=clock.now())
    assertNotContains(signed_in(owner).get("/"), "Maren Holt")
    Enquiry.objects.update(answered_at=clock.now(), expires_at=clock.now())
    assertNotContains(signed_in(owner).get("/"), "Maren Holt")


# ---- Written down --------------------------------------------------------------------------------------------------
def spoken(**changes) -> dict:
    return {
        "channel": "phone",
        "on": "2026-01-02",
        "hire_again": "yes",
        "has_conflict": "no",
        "text": "Solid.",
    } | changes


def test_what_was_said_by_phone_is_the_shops_word(asked, owner, signed_in, client, rival):
    path = reverse("directory:record_reference", args=[asked.reference_id])
    page = signed_in(owner).post(path, spoken(), follow=True)
    assertContains(page, "Spoken to by phone")
    assertContains(page, "written down by Theo Marchetti")
    reference = Reference.objects.get()
    assert (reference.level, reference.is_shared, reference.channel) == (1, False, "phone")
    assert f"{reference.contacted_on}" == "2026-01-02"
    assert reference.answer.recorded_by == owner
    assertContains(client.get(path_of(asked)), "no longer works", status_code=410)
    assertNotContains(signed_in(rival).get(reverse("directory:vendor", args=[asked.vendor.pk])), "Solid.")


@pytest.mark.parametrize(("name", "value"), [("on", "2999-01-01"), ("on", "x"), ("channel", "link"), ("channel", "")])
def test_how_and_when_it_was_said_must_be_real(maren, owner, signed_in, name, value):
    page = signed_in(owner).post(reverse("directory:record_reference", args=[maren.pk]), spoken(**{name: value}))
    assertContains(page, "Not saved yet")
    assertContains(page, "Solid.")


def test_nothing_is_written_over_an_answer(maren, owner, signed_in):
    path = reverse("directory:record_reference", args=[maren.pk])
    client = signed_in(owner)
    client.post(path, spoken())
    assertContains(client.post(path, spoken(hire_again="no")), "already", status_code=409)
