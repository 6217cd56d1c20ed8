"""A merchant asks: one click, one dated request, one mail to whoever can be reached."""

import re
from datetime import date, timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts import actions as people
from outsourcing.accounts.models import Invitation, Membership, Role
from outsourcing.notifications.models import Mail
from tests.directory.requests.conftest import NOW, at
from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.hooks import merged
from vendors.directory.models import Contact, EvidenceRequest, RequestedItem
from vendors.directory.requests import asking

pytestmark = pytest.mark.django_db
ASK = {"referees": "on", "referees_wanted": "3", "referees_former": "on", "due_on": "2026-12-08", "message": "Soon?"}


def form_as_it_opens(page) -> dict:
    """What a click on the only button sends."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: ("on" if value is True else value) for name, value in values.items() if value not in (None, False)}


def keep_contact(vendor, merchant, email="ash@orchardlane.example", **more) -> Membership:
    member = Membership.objects.create(
        organisation=vendor.organisation, email=email, name="Ash Lane", roles=[Role.CONTACT], **more
    )
    Contact.objects.create(membership=member, vendor=vendor, merchant=merchant, created_at=NOW)
    return member


# ---- The usual way -------------------------------------------------------------------------------------------------
def test_one_click_suffices(supplier, buyer, signed_in):
    client = signed_in(buyer)
    response = client.post(at("ask", supplier), form_as_it_opens(client.get(at("ask", supplier))))
    asked = EvidenceRequest.objects.get()
    assertRedirects(response, at("request", asked))
    assert asked.due_on == date(2026, 12, 8)  # ten working days after Tuesday 24 November
    assert set(asked.items.values_list("kind", "state")) == {
        (kind, "asked") for kind in ("referees", "samples", "testimonials", "partners")
    }
    referees = asked.items.get(kind="referees")
    assert (referees.wanted, referees.wants_former) == (3, True)


def test_the_usual_date_follows_the_merchants_own_calendar(supplier, owner, signed_in):
    owner.organisation.closed_days.create(day=date(2026, 12, 1), name="Stocktaking")
    page = signed_in(owner).get(at("ask", supplier))
    assert page.context["form"]["due_on"].value() == date(2026, 12, 9)


def test_a_mail_goes_to_each_of_the_vendors_people_who_has_joined(supplier, manager, contact, owner, signed_in):
    keep_contact(supplier, owner.organisation)
    gone = MembershipFactory(organisation=supplier.organisation, roles=[Role.CONTACT], left_at=NOW)
    detail = {"samples": "on", "samples_detail": "Fragile things", "physical": "on", "physical_send_to": "1 Mill Lane"}
    signed_in(owner).post(at("ask", supplier), ASK | detail)
    mails = Mail.objects.all()
    assert {mail.address for mail in mails} == {manager.email, contact.email}
    assert gone.email not in {mail.address for mail in mails}
    asked = EvidenceRequest.objects.get()
    for mail in mails:
        assert mail.reply_to == owner.email
        assert mail.sender_name == "Juniper & Pine via Outsourcing"
        assert mail.subject.startswith(
            "Juniper & Pine: please send referees, samples of work and a physical sample by 8"
        )
        for body in (mail.text, mail.html):
            assert f"http://localhost:8000{at('answer', asked)}" in body
            for said in ("Theo Marchetti", "8 December", "Fragile things", "1 Mill Lane", "Soon?"):
                assert said in body
        assert "one of them a former client" in mail.text


def test_a_second_click_asks_once(supplier, owner, signed_in):
    client = signed_in(owner)
    client.post(at("ask", supplier), ASK)
    client.post(at("ask", supplier), ASK)
    assert EvidenceRequest.objects.count() == 1
    assert Mail.objects.count() == 1


def test_ask_again_makes_a_new_one_with_the_same_wishes(asked, supplier, owner, signed_in, it_is_tuesday):
    it_is_tuesday.at = NOW + timedelta(days=20)
    client = signed_in(owner)
    page = client.get(f"{at('ask', supplier)}?again={asked.pk}")
    client.post(at("ask", supplier), form_as_it_opens(page))
    again = EvidenceRequest.objects.exclude(pk=asked.pk).get()
    assert set(again.items.values_list("kind", "send_to")) == set(asked.items.values_list("kind", "send_to"))
    assert again.message == "Before we sign"
    assert again.due_on > asked.due_on


@pytest.mark.parametrize("number", ["x", "-1", "9" * 40, "%00", ""])
def test_again_of_nothing_opens_as_usual(number, supplier, owner, signed_in):
    assertContains(signed_in(owner).get(f"{at('ask', supplier)}?again={number}"), "Send the request")


def test_a_rivals_request_is_not_asked_again(asked, supplier, rival, signed_in):
    assertNotContains(signed_in(rival).get(f"{at('ask', supplier)}?again={asked.pk}"), "Before we sign")


# ---- Who has not joined --------------------------------------------------------------------------------------------
def test_a_contact_who_has_not_joined_finds_the_way_in_there(owner, signed_in, client):
    vendor = VendorFactory(organisation__name="Orchard Lane", private_to=owner.organisation)
    member = keep_contact(vendor, owner.organisation)
    signed_in(owner).post(at("ask", vendor), ASK)
    mail = Mail.objects.get(template="evidence_request")
    assert mail.address == member.email
    path = re.search(r"http://localhost:8000(/join/\S+)", mail.text)[1]
    assertContains(client.get(path), "Orchard Lane")
    client.post(path)
    member.refresh_from_db()
    assert member.user is not None
    assertContains(signed_in(member).get("/"), "Juniper &amp; Pine asks for")


def test_an_invitation_that_is_open_is_pointed_to_and_not_renewed(owner, signed_in):
    vendor = VendorFactory(organisation__name="Orchard Lane", private_to=owner.organisation)
    member = keep_contact(vendor, owner.organisation)
    invitation = people.resend(member, by=owner, at=NOW)
    signed_in(owner).post(at("ask", vendor), ASK)
    assert Invitation.objects.count() == 1
    token = re.search(r"/join/([^/\s]+)/", Mail.objects.get(template="evidence_request").text)[1]
    assert people.invitation_of(token) == invitation


def test_nobody_is_let_into_a_vendor_that_others_keep(owner, signed_in):
    """A claimed vendor whose people have all left: the mail asks for a reply, and opens no door."""
    vendor = VendorFactory(organisation__name="Harrow & Quay")
    keep_contact(vendor, owner.organisation, email="me@elsewhere.example")
    signed_in(owner).post(at("ask", vendor), ASK)
    assert not Invitation.objects.exists()
    mail = Mail.objects.get()
    assert "/join/" not in mail.text
    assert "A reply to this mail reaches Theo Marchetti" in mail.text


def test_a_rivals_contact_is_not_written_to(owner, rival, signed_in):
    vendor = VendorFactory()
    keep_contact(vendor, rival.organisation)
    response = signed_in(owner).post(at("ask", vendor), ASK)
    assert response.status_code == 409
    assert not Mail.objects.exists()


# ---- Refusals ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "post"])
def test_where_nobody_can_be_reached_it_says_so_and_what_to_do(method, owner, signed_in):
    vendor = VendorFactory(private_to=owner.organisation)
    response = getattr(signed_in(owner), method)(at("ask", vendor), ASK)
    assertContains(response, "can be reached", status_code=409)
    assertContains(response, at("invite", vendor), status_code=409)
    assertContains(response, at("add_contact", vendor), status_code=409)
    assert signed_in(owner).get(at("add_contact", vendor)).status_code == 200
    assert not EvidenceRequest.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_blocked_vendor_is_not_asked(method, supplier, owner, signed_in):
    RelationshipFactory(
        vendor=supplier, merchant=owner.organisation, status="blocked", blocked_reason="Late", blocked_at=NOW
    )
    response = getattr(signed_in(owner), method)(at("ask", supplier), ASK)
    assertContains(response, "take the block back", status_code=409)
    assert not EvidenceRequest.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("due_on", ""),
        ("due_on", "2026-11-23"),
        ("due_on", "9999-12-31"),
        ("due_on", "soon"),
        ("message", "x" * 5001),
        ("message", "a\x00b"),
        ("referees_wanted", "0"),
        ("referees_wanted", "9" * 30),
        ("referees_detail", "x" * 301),
        ("referees", ""),
        ("physical", "on"),
        ("physical_send_to", "x" * 501),
    ],
)
def test_bad_input_is_refused_at_its_place(field, value, supplier, owner, signed_in):
    response = signed_in(owner).post(at("ask", supplier), ASK | {field: value})
    assert response.status_code == 200
    assert b"is-invalid" in response.content or b"Tick at least one" in response.content
    assert not EvidenceRequest.objects.exists()


def test_lines_of_a_wish_add_no_line_to_the_mail(supplier, owner, signed_in):
    signed_in(owner).post(at("ask", supplier), ASK | {"referees_detail": "one\r\nBcc: x@evil.example"})
    assert RequestedItem.objects.get().detail == "one Bcc: x@evil.example"


def test_only_buyers_ask(supplier, viewer, manager, rival, signed_in):
    assert signed_in(viewer).post(at("ask", supplier), ASK).status_code == 403
    assert signed_in(manager).post(at("ask", supplier), ASK).status_code == 403
    private = VendorFactory(private_to=viewer.organisation)
    assert signed_in(rival).post(at("ask", private), ASK).status_code == 404


def test_a_merged_vendor_leads_to_the_other(supplier, owner, signed_in):
    loser = VendorFactory(private_to=owner.organisation, merged_into=supplier)
    assertRedirects(signed_in(owner).get(at("ask", loser)), at("ask", supplier))


def test_what_was_asked_follows_a_merge(asked, owner):
    winner = VendorFactory(organisation__name="The one that is left")
    assert asking.follow in list(merged)
    asking.follow(asked.vendor, winner, owner, winner.added_at)
    asked.refresh_from_db()
    assert asked.vendor == winner


# ---- Withdrawing ---------------------------------------------------------------------------------------------------
def test_withdrawing_keeps_what_has_come(asked, received, owner, manager, signed_in):
    received("referees")
    client = signed_in(owner)
    assertRedirects(client.post(at("withdraw_request", asked)), at("request", asked))
    states = dict(asked.items.values_list("kind", "state"))
    assert states.pop("referees") == "received"
    assert set(states.values()) == {"withdrawn"}
    assertContains(client.get(at("request", asked)), "withdrawn on 24 November 2026")
    page = signed_in(manager).get("/")
    assertNotContains(page, "asks for")
    assert client.post(at("withdraw_request", asked)).status_code == 409
