"""Signing in by password or by code, out again, and back in after a forgotten password."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects, assertTemplateUsed

from outsourcing.accounts.models import User
from outsourcing.notifications.models import Mail
from tests.factories import MembershipFactory, UserFactory

PASSWORD = "seven-brass-kettles"
LOGIN = reverse("account_login")


@pytest.fixture
def person(shop) -> User:
    return MembershipFactory(organisation=shop, user__email="theo@juniperandpine.example", user__password=PASSWORD).user


def is_signed_in(client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


# ---- By password ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "email", ["theo@juniperandpine.example", "Theo@JuniperAndPine.example", " THEO@juniperandpine.example "]
)
def test_password_signs_in_whatever_the_case_of_the_address(person, client, email):
    assertRedirects(client.post(LOGIN, {"login": email, "password": PASSWORD}), "/")
    assert is_signed_in(client)


def test_sign_in_leads_to_the_page_that_was_asked_for(person, client):
    to = reverse("accounts:organisation")
    assertRedirects(client.get(to), f"{LOGIN}?next={to}")
    assertRedirects(client.post(LOGIN, {"login": person.email, "password": PASSWORD, "next": to}), to)


def test_sign_in_leads_to_no_other_site(person, client):
    page = client.post(LOGIN, {"login": person.email, "password": PASSWORD, "next": "https://evil.example/"})
    assertRedirects(page, "/")


def test_wrong_password_is_refused(person, client):
    page = client.post(LOGIN, {"login": person.email, "password": "eight-brass-kettles"})
    assertContains(page, "not correct")
    assert not is_signed_in(client)


def test_unknown_address_is_refused_in_the_same_words(person, client):
    def words(email: str) -> str:
        page = client.post(LOGIN, {"login": email, "password": "wrong-wrong-wrong"}).content.decode()
        page = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", page)
        return page.replace(email, "")

    assert words("nobody@juniperandpine.example") == words(person.email)


def test_inactive_person_is_refused(person, client):
    User.objects.update(is_active=False)
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert not is_signed_in(client)


def test_guessing_is_slowed_down(person, client):
    for _ in range(5):
        client.post(LOGIN, {"login": person.email, "password": "wrong-wrong-wrong"})
    page = client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assertContains(page, "Too many")
    assert not is_signed_in(client)


@pytest.mark.parametrize("login", ["\x00", "x" * 10_000, "a@b\x00.example", ""])
def test_nonsense_for_an_address_is_an_error_on_the_form(db, client, login):
    page = client.post(LOGIN, {"login": login, "password": "\x00"})
    assert page.status_code == 200
    assertTemplateUsed(page, "account/login.html")


# ---- By code -------------------------------------------------------------------------------------------------------
def code_in(mail: Mail) -> str:
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail.text, re.MULTILINE)[1]


def ask_for_code(client, email: str):
    return client.post(reverse("account_request_login_code"), {"email": email})


def test_code_from_the_mail_signs_in(person, client):
    assertRedirects(ask_for_code(client, "Theo@juniperandpine.example"), reverse("account_confirm_login_code"))
    mail = Mail.objects.get()
    assert (mail.address, mail.state) == (person.email, Mail.State.PENDING)
    assert code_in(mail) in mail.html
    page = client.post(reverse("account_confirm_login_code"), {"code": code_in(mail)})
    assertRedirects(page, "/")
    assert is_signed_in(client)


def test_wrong_code_does_not(person, client):
    ask_for_code(client, person.email)
    page = client.post(reverse("account_confirm_login_code"), {"code": "AAAA-BBBB"})
    assertTemplateUsed(page, "account/confirm_login_code.html")
    assert not is_signed_in(client)


def test_code_works_only_where_it_was_asked_for(person, client):
    ask_for_code(client, person.email)
    thief = Client()
    thief.post(reverse("account_confirm_login_code"), {"code": code_in(Mail.objects.get())})
    assert not is_signed_in(thief)


def test_code_for_an_unknown_address_looks_the_same_and_holds_no_code(db, client):
    page = ask_for_code(client, "nobody@juniperandpine.example")
    assertRedirects(page, reverse("account_confirm_login_code"))
    assert not re.search(r"^\s*[A-Z0-9]{4}-[A-Z0-9]{4}\s*$", Mail.objects.get().text, re.MULTILINE)


# ---- Out -----------------------------------------------------------------------------------------------------------
def test_only_a_post_signs_out(owner, signed_in):
    client = signed_in(owner)
    assertTemplateUsed(client.get(reverse("account_logout")), "account/logout.html")
    assert is_signed_in(client)
    assertRedirects(client.post(reverse("account_logout")), LOGIN)
    assert not is_signed_in(client)


# ---- Forgotten -----------------------------------------------------------------------------------------------------
def test_forgotten_password_comes_as_a_mail_whose_link_sets_a_new_one(person, client):
    client.post(reverse("account_reset_password"), {"email": "THEO@juniperandpine.example"})
    mail = Mail.objects.get()
    assert mail.address == person.email
    assert "<html" in mail.html
    link = re.search(r"https?://\S+/accounts/password/reset/key/\S+", mail.text)[0]
    assert link in mail.html
    form = client.get(link.replace("http://localhost:8000", ""), follow=True)
    page = client.post(form.request["PATH_INFO"], {"password1": "nine-tin-whistles", "password2": "nine-tin-whistles"})
    assert page.status_code == 302
    person.refresh_from_db()
    assert person.check_password("nine-tin-whistles")


def test_unknown_address_meets_the_same_page(person, client):
    pages = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (person.email, "nobody@juniperandpine.example")
    ]
    assert pages[0].url == pages[1].url
    assert "/password/reset/key/" not in Mail.objects.get(address="nobody@juniperandpine.example").text


# ---- Known without a query -----------------------------------------------------------------------------------------
def test_the_sign_in_page_costs_no_query(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        client.get(LOGIN)


def test_somebody_signed_in_is_sent_on(db, client):
    client.force_login(UserFactory())
    assertRedirects(client.get(LOGIN), "/")
