"""An account of one's own: the address is confirmed by the mail that the outbox holds."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects, assertTemplateUsed

from outsourcing.accounts.models import Membership, User
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from tests.accounts.conftest import path_of
from tests.accounts.test_start import SHOP, START
from tests.factories import UserFactory

PASSWORD = "seven-brass-kettles"
SIGN_UP, CONFIRM = reverse("account_signup"), reverse("account_email_verification_sent")
NEW = {"email": "Theo@JuniperAndPine.example", "password1": PASSWORD}
THEO = "theo@juniperandpine.example"


def code_in(mail: Mail) -> str:
    return re.search(r"^\s+([A-Z0-9-]{6,9})$", mail.text, re.MULTILINE)[1]


def test_somebody_signs_up_confirms_and_begins_a_shop(db, client):
    assertRedirects(client.post(SIGN_UP, NEW), CONFIRM)
    mail = Mail.objects.get()
    assert mail.address == THEO
    assert code_in(mail) in mail.html
    assertRedirects(client.post(CONFIRM, {"code": code_in(mail)}), "/")
    assertTemplateUsed(client.get("/"), "no_organisation.html")
    assertRedirects(client.post(START, SHOP), "/")
    assert Membership.objects.get().user == User.objects.get(email=THEO)


def test_before_the_address_is_confirmed_nothing_is_seen(db, client):
    client.post(SIGN_UP, NEW)
    for address in ("/", START, reverse("accounts:profile")):
        assert client.get(address).status_code == 302
    assert not User.objects.get().emailaddress_set.filter(verified=True).exists()


def test_a_wrong_code_confirms_nothing(db, client):
    client.post(SIGN_UP, NEW)
    assertTemplateUsed(client.post(CONFIRM, {"code": "AAAA-BBBB"}), "account/confirm_email_verification_code.html")
    assert not User.objects.get().emailaddress_set.filter(verified=True).exists()


def test_a_code_works_only_in_the_browser_that_asked(db, client):
    client.post(SIGN_UP, NEW)
    thief = Client()
    thief.post(CONFIRM, {"code": code_in(Mail.objects.get())})
    assert thief.get("/").status_code == 302
    assert not User.objects.get().emailaddress_set.filter(verified=True).exists()


def test_signing_in_before_confirming_asks_for_the_code_again(db, client):
    client.post(SIGN_UP, NEW)
    other = Client()
    with time_machine.travel(clock.now() + timedelta(minutes=4)):  # one code in three minutes
        assertRedirects(other.post(reverse("account_login"), {"login": THEO, "password": PASSWORD}), CONFIRM)
        assertRedirects(other.post(CONFIRM, {"code": code_in(Mail.objects.order_by("pk").last())}), "/")


def test_an_address_with_an_account_meets_the_same_page_and_its_owner_is_told(db, client):
    UserFactory(email=THEO)
    assertRedirects(client.post(SIGN_UP, NEW), CONFIRM)
    assert User.objects.count() == 1
    assert "already" in Mail.objects.get(address=THEO).text
    assert not re.search(r"^\s+[A-Z0-9]{4}-[A-Z0-9]{4}$", Mail.objects.get().text, re.MULTILINE)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        *(
            ({"email": email}, "email")
            for email in ("", "theo", "theo@shop.example\nBcc: x@evil.example", "t\r\n@a.example")
        ),
        *(({"email": email}, "email") for email in ("a@b\x00.example", f"{'t' * 250}@shop.example", "x" * 10_000)),
        *(({"password1": password}, "password1") for password in ("", "short", "password", "juniperandpine", "\x00")),
    ],
    ids=lambda one: ascii(one)[:40],
)
def test_a_refused_sign_up_says_so_at_the_field(db, client, wrong, field):
    page = client.post(SIGN_UP, NEW | wrong)
    assert list(page.context["form"].errors) == [field]
    assertContains(page, "is-invalid")
    assert not User.objects.exists()
    assert not Mail.objects.exists()


def test_by_invitation_only_sign_up_is_closed(db, client, settings):
    settings.INVITATION_ONLY = True
    for page in (client.get(SIGN_UP), client.post(SIGN_UP, NEW)):
        assertTemplateUsed(page, "account/signup_closed.html")
    assert not User.objects.exists()


def test_by_invitation_only_the_invited_still_join(owner, settings, client, invited):
    settings.INVITATION_ONLY = True
    assertRedirects(client.post(path_of(invited("rosa@juniperandpine.example"))), "/")


def test_sign_up_is_slowed_down(db):
    answers = [Client().post(SIGN_UP, NEW | {"email": f"new{n}@shop.example"}).status_code for n in range(25)]
    assert answers[0] == 302
    assert answers[-1] == 429
