"""An authenticator app and recovery codes as the second step of signing in."""

import time
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects, assertTemplateUsed

from outsourcing.accounts.models import User
from outsourcing.notifications.models import Mail
from tests.accounts.test_sign_in import ask_for_code, code_in

PASSWORD = "seven-brass-kettles"
ACTIVATE, LOGIN, STEP = reverse("mfa_activate_totp"), reverse("account_login"), reverse("mfa_authenticate")


def code_of(secret: str, at: float | None = None) -> str:
    """What the app shows now, or at another time."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(at or time.time()) // 30))


@pytest.fixture(autouse=True)
def still():
    """The clock stands: a code lasts half a minute, and no longer."""
    with time_machine.travel(time.time(), tick=False):
        yield


@pytest.fixture
def theo(owner) -> User:
    owner.user.set_password(PASSWORD)
    owner.user.save()
    return owner.user


def with_password(theo: User) -> Client:
    client = Client()
    client.post(LOGIN, {"login": theo.email, "password": PASSWORD})
    return client


def confirmed(theo: User) -> Client:
    """Signed in, and the password entered once more: without it nothing about signing in is changed."""
    client = with_password(theo)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def secret(theo) -> str:
    """The app's secret, set up on the pages."""
    client = confirmed(theo)
    secret = client.get(ACTIVATE).context["form"].secret
    page = client.post(ACTIVATE, {"code": code_of(secret)})
    assert page.status_code == 302
    return secret


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


# ---- Setting it up -------------------------------------------------------------------------------------------------
def test_setting_it_up_gives_recovery_codes(theo, secret):
    kinds = set(Authenticator.objects.values_list("type", flat=True))
    assert kinds == {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}


def test_the_password_is_asked_for_first(theo):
    assertRedirects(
        with_password(theo).get(ACTIVATE), f"{reverse('account_reauthenticate')}?next={quote(ACTIVATE, '')}"
    )


def test_a_wrong_code_sets_nothing_up(theo):
    client = confirmed(theo)
    client.get(ACTIVATE)
    assertContains(client.post(ACTIVATE, {"code": "000000"}), "is-invalid")
    assert not Authenticator.objects.exists()


def test_the_secret_is_shown_as_a_picture_and_in_letters(theo):
    page = confirmed(theo).get(ACTIVATE)
    assertContains(page, 'src="data:image/svg+xml')
    assertContains(page, page.context["form"].secret)


# ---- Signing in with it --------------------------------------------------------------------------------------------
def test_password_alone_no_longer_signs_in(theo, secret):
    client = with_password(theo)
    assertRedirects(client.get("/"), f"{LOGIN}?next=/", fetch_redirect_response=False)
    assertTemplateUsed(client.get(STEP), "mfa/authenticate.html")


def test_password_and_the_apps_code_sign_in(theo, secret):
    client = with_password(theo)
    assertRedirects(client.post(STEP, {"code": code_of(secret)}), "/")
    assert is_in(client)


def test_a_code_by_mail_asks_for_the_second_step_too(theo, secret, client):
    ask_for_code(client, theo.email)
    client.post(reverse("account_confirm_login_code"), {"code": code_in(Mail.objects.order_by("pk").last())})
    assert not is_in(client)
    client.post(STEP, {"code": code_of(secret)})
    assert is_in(client)


@pytest.mark.parametrize("code", ["", "000000", "12345", "x" * 10_000, "\x00"], ids=lambda code: ascii(code[:10]))
def test_a_wrong_code_does_not(theo, secret, code):
    client = with_password(theo)
    assertTemplateUsed(client.post(STEP, {"code": code}), "mfa/authenticate.html")
    assert not is_in(client)


def test_a_code_of_an_hour_ago_does_not(theo, secret):
    client = with_password(theo)
    client.post(STEP, {"code": code_of(secret, time.time() - 3600)})
    assert not is_in(client)


def test_an_apps_code_works_once(theo, secret):
    code = code_of(secret)
    with_password(theo).post(STEP, {"code": code})
    again = with_password(theo)
    again.post(STEP, {"code": code})
    assert not is_in(again)


# ---- Recovery codes ------------------------------------------------------------------------------------------------
def recovery_codes(theo: User) -> list[str]:
    return RecoveryCodes(Authenticator.objects.get(user=theo, type="recovery_codes")).get_unused_codes()


def test_a_recovery_code_signs_in_once(theo, secret):
    code = recovery_codes(theo)[0]
    client = with_password(theo)
    assertRedirects(client.post(STEP, {"code": code}), "/")
    again = with_password(theo)
    again.post(STEP, {"code": code})
    assert not is_in(again)
    assert code not in recovery_codes(theo)


def test_new_recovery_codes_take_the_place_of_the_old(theo, secret):
    old = recovery_codes(theo)
    client = with_password(theo)
    client.post(STEP, {"code": code_of(secret)})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert not set(old) & set(recovery_codes(theo))
    again = with_password(theo)
    again.post(STEP, {"code": old[0]})
    assert not is_in(again)


def test_switched_off_the_password_is_enough_again(theo, secret):
    client = with_password(theo)
    client.post(STEP, {"code": code_of(secret)})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert is_in(with_password(theo))
