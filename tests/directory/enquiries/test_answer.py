"""A referee answers through the link: once, in one go or with a break."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.notifications.models import Mail
from tests.directory.enquiries.conftest import filled, link_in, path_of
from vendors.directory.enquiries import views
from vendors.directory.models import Enquiry, Listing, Reference, ReferenceAnswer

pytestmark = pytest.mark.django_db


def test_the_link_in_the_mail_leads_to_six_questions(asked, client):
    page = client.get(link_in(asked.mail))
    assertContains(page, "Your reference for Pallet &amp; Post")
    assertContains(page, "Asked for by Theo Marchetti, Juniper &amp; Pine")
    assertContains(page, '<fieldset class="q">', count=5)
    assertContains(page, "0 of 6")


def test_an_answer_is_kept_whole(asked, client):
    assertRedirects(client.post(path_of(asked), filled()), path_of(asked))
    answer = ReferenceAnswer.objects.get()
    assert (answer.delivery, answer.accuracy, answer.communication, answer.problem_solving, answer.value) == (
        4,
        5,
        3,
        0,
        None,
    )
    assert (answer.hire_again, answer.on_time, answer.relation, answer.sharing) == (
        "yes",
        "mostly",
        "former",
        "anonymous",
    )
    assert (f"{answer.worked_from:%Y-%m}", f"{answer.worked_until:%Y-%m}") == ("2022-03", "2025-06")
    assert (answer.text, answer.why_left) == ("They write back the same day.", "We opened our own floor.")
    assert [one.slug for one in answer.services.order_by("slug")] == ["kitting", "returns"]
    assert (answer.orders.slug, answer.has_conflict, answer.recorded_by) == ("1k-5k", False, None)
    reference = Reference.objects.get()
    assert (reference.state, reference.level, reference.is_shared) == ("answered", 3, True)


def test_the_search_counts_it_at_once(asked, client, owner):
    client.post(path_of(asked), filled())
    public = Listing.objects.get(vendor=asked.vendor, merchant=None)
    own = Listing.objects.get(vendor=asked.vendor, merchant=owner.organisation)
    for listing in (public, own):
        assert (listing.asked, listing.answered, listing.verified, listing.hire_again) == (1, 1, 1, 1)


def test_three_answers_suffice(asked, client):
    little = {"hire_again": "no", "has_conflict": "no", "sharing": "nothing"}
    assertRedirects(client.post(path_of(asked), little), path_of(asked))
    assert ReferenceAnswer.objects.get().delivery is None
    assert not Reference.objects.get().is_shared


@pytest.mark.parametrize("name", ["hire_again", "has_conflict", "sharing"])
def test_what_decides_how_it_counts_must_be_there(asked, client, name):
    page = client.post(path_of(asked), filled(**{name: ""}))
    assertContains(page, "Not sent yet")
    assertContains(page, "is-invalid")
    assert not ReferenceAnswer.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "x" * 10_000),
        ("went_wrong", "<script>alert(1)</script>" + "x" * 5_000),
        ("conflict", "c" * 501),
        ("services", ["999999999999999999999"]),
        ("services", ["x"]),
        ("orders", "-1"),
        ("orders", "x"),
        ("delivery", "6"),
        ("delivery", "a lot"),
        ("worked_until", "2019-01"),
        ("worked_from", "99999-01"),
        ("on_time", "sometimes"),
        ("sharing", "everybody"),
    ],
)
def test_bad_input_is_named_and_nothing_typed_is_lost(asked, client, name, value):
    page = client.post(path_of(asked), filled(**{"has_conflict": "yes", "conflict": "Cousin", name: value}))
    assertContains(page, "Not sent yet")
    assertContains(page, "They write back the same day." if name != "text" else "x" * 10_000)
    assertNotContains(page, "<script>alert")
    assert not ReferenceAnswer.objects.exists()
    kept = client.get(path_of(asked))
    assertContains(kept, "A pallet went missing" if name != "went_wrong" else "x" * 5_000)


def test_nul_bytes_are_left_out(asked, client):
    client.post(path_of(asked), filled(text="Good\0 people"))
    assert ReferenceAnswer.objects.get().text == "Good people"


def test_html_is_shown_as_it_was_typed(asked, client, signed_in, owner):
    client.post(path_of(asked), filled(text="<b>Good</b>"))
    for page in (client.get(path_of(asked)), signed_in(owner).get(f"/references/{asked.reference_id}/")):
        assertContains(page, "&lt;b&gt;Good&lt;/b&gt;")


def test_a_connection_says_how(asked, client):
    assertContains(client.post(path_of(asked), filled(has_conflict="yes", conflict=" ")), "Say how")
    client.post(path_of(asked), filled(has_conflict="yes", conflict="My brother runs it"))
    reference = Reference.objects.get()
    assert (reference.level, reference.level_reason) == (1, "They are connected with the vendor")


def test_a_second_answer_is_refused_in_words(asked, client):
    client.post(path_of(asked), filled())
    page = client.post(path_of(asked), filled(hire_again="no"))
    assertContains(page, "You have answered already", status_code=410)
    assert ReferenceAnswer.objects.get().hire_again == "yes"
    assert Mail.objects.filter(template="enquiry_answered").count() == 1


# ---- A break -------------------------------------------------------------------------------------------------------
def test_what_is_saved_is_there_again(asked, client):
    assertRedirects(client.post(path_of(asked, "save"), {"text": "Half a", "hire_again": "some"}), path_of(asked))
    page = Client().get(path_of(asked))
    assertContains(page, "Half a")
    assertContains(page, "2 of 6")
    assert re.search(r'name="hire_again" value="some"[^>]* checked', page.content.decode())
    assertContains(page, "What you wrote is kept")
    assert not ReferenceAnswer.objects.exists()


def test_a_save_by_script_answers_with_how_far_one_is(asked, client):
    page = client.post(path_of(asked, "save"), filled(), headers={"hx-request": "true"})
    assertContains(page, "<b>6 of 6</b> answered")
    assertContains(page, "Saved")
    assertNotContains(page, "<html")


def test_what_was_saved_goes_with_a_new_link(asked, ask, client):
    client.post(path_of(asked, "save"), {"text": "Half a sentence"})
    again = ask(asked.reference)
    assertContains(client.get(path_of(again)), "Half a sentence")
    assert client.get(path_of(asked)).status_code == 410


def test_a_draft_is_gone_once_it_is_sent(asked, client):
    client.post(path_of(asked, "save"), filled())
    client.post(path_of(asked), filled())
    asked.refresh_from_db()
    assert (asked.draft, asked.saved_at) == ({}, None)


def test_nobody_but_the_link_reads_a_draft(asked, client, signed_in, owner, manager):
    client.post(path_of(asked, "save"), {"text": "canary words"})
    for member in (owner, manager):
        for path in (f"/vendors/{asked.vendor.pk}/", f"/references/{asked.reference_id}/"):
            assert b"canary" not in signed_in(member).get(path).content


# ---- Rather not ----------------------------------------------------------------------------------------------------
def test_somebody_would_rather_not(asked, client, owner):
    assertContains(client.get(path_of(asked, "decline")), "You would rather not")
    page = client.post(path_of(asked, "decline"), {"reason": "We are in court."}, follow=True)
    assertContains(page, "Thank you for saying so", status_code=410)
    asked.refresh_from_db()
    assert (asked.declined_reason, asked.reference.state) == ("We are in court.", "declined")
    assert Mail.objects.get(template="enquiry_answered").address == owner.email


def test_no_reason_need_be_given(asked, client):
    client.post(path_of(asked, "decline"))
    assert Enquiry.objects.get().declined_at


def test_a_reason_that_is_too_long_is_named(asked, client):
    assertContains(client.post(path_of(asked, "decline"), {"reason": "r" * 501}), "r" * 501)
    assert not Enquiry.objects.get().declined_at


def test_who_declined_does_not_answer(asked, client, nothing_written):
    client.post(path_of(asked, "decline"))
    with nothing_written():
        for verb in ("", "save", "decline"):
            assert client.post(path_of(asked, verb), filled()).status_code == 410


# ---- Limits --------------------------------------------------------------------------------------------------------
def test_a_link_writes_only_so_often(asked, client, monkeypatch):
    monkeypatch.setattr(views, "MOST_AN_HOUR", 3)
    answers = [client.post(path_of(asked, "save"), {"text": str(number)}).status_code for number in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert Enquiry.objects.get().draft == {"text": ["2"]}
    cache.clear()


def test_no_session_and_no_cookie_but_the_forms_proof(asked, client):
    client.get(path_of(asked))
    client.post(path_of(asked, "save"), {"text": "x"})
    assert set(client.cookies) <= {"csrftoken"}


def test_the_page_costs_two_queries(asked, client, django_assert_num_queries):
    with django_assert_num_queries(2):  # the enquiry with all that it is about, the values to choose from
        client.get(path_of(asked))


def test_pages_are_kept_by_nobody_and_found_by_nobody(asked, client):
    pages = [client.get(path_of(asked)), client.get(path_of(asked, "decline")), client.post(path_of(asked), {})]
    client.post(path_of(asked), filled())
    pages += [client.get(path_of(asked)), client.post(path_of(asked), filled())]
    for page in pages:
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "same-origin"
        assert "noindex" in page["X-Robots-Tag"]


def test_the_form_is_proven(asked):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path_of(asked), filled()).status_code == 403
    assert not ReferenceAnswer.objects.exists()


# ---- At once -------------------------------------------------------------------------------------------------------
@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one(asked, at_once):
    path = path_of(asked)
    words = ["first", "second"]
    bodies = [filled(text=word) for word in words]
    answers = at_once(
        Enquiry.objects.all(), *(lambda body=body: Client().post(path, body).status_code for body in bodies)
    )
    assert sorted(answers) == [302, 410]
    assert ReferenceAnswer.objects.get().text in words
    assert Mail.objects.filter(template="enquiry_answered").count() == 1


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_revocation_at_once(asked, at_once, signed_in, owner):
    client, path, body = signed_in(owner), path_of(asked), filled()
    revoke = reverse("directory:revoke_enquiry", args=[asked.pk])
    answers = at_once(
        Enquiry.objects.all(), lambda: Client().post(path, body).status_code, lambda: client.post(revoke).status_code
    )
    assert sorted(answers) in ([302, 409], [302, 410])
    asked.refresh_from_db()
    assert (asked.answered_at is None) is not (asked.revoked_at is None)
    assert ReferenceAnswer.objects.exists() is (asked.answered_at is not None)


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_new_address_at_once(asked, at_once, signed_in, owner):
    client, path, body = signed_in(owner), path_of(asked), filled()
    edit = reverse("directory:edit_reference", args=[asked.reference_id])
    changed = {"name": "Maren Holt", "email": "other@ember-ceramics.example", "named_by": "us"}
    at_once(Enquiry.objects.all(), lambda: Client().post(path, body), lambda: client.post(edit, changed))
    asked.refresh_from_db()
    reference = Reference.objects.get()
    assert ReferenceAnswer.objects.exists() is (asked.answered_at is not None) is (reference.state == "answered")
    assert (reference.email == "other@ember-ceramics.example") is (asked.answered_at is None)
