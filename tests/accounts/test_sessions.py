"""Where somebody is signed in, and signing out everywhere else."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import User
from tests.accounts.conftest import path_of

SESSIONS, LOGIN = reverse("usersessions_list"), reverse("account_login")
PASSWORD = "seven-brass-kettles"
DAY = 24 * 3600
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def sign_in(owner):
    owner.user.set_password(PASSWORD)
    owner.user.save()

    def with_password(**headers) -> Client:
        client = Client(headers=headers)
        assertRedirects(client.post(LOGIN, {"login": owner.email, "password": PASSWORD}), "/")
        return client

    return with_password


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_each_browser_is_listed_by_name(sign_in):
    here, _there = sign_in(user_agent=FIREFOX), sign_in(user_agent="curl/8")
    page = here.get(SESSIONS)
    assertContains(page, "Firefox on Linux")
    assertContains(page, "This one", count=1)
    assert len(page.context["sessions"]) == 2


def test_signing_out_everywhere_ends_the_other_sessions_and_not_this_one(sign_in):
    here, there = sign_in(), sign_in()
    assertRedirects(here.post(SESSIONS), SESSIONS)
    assert is_in(here)
    assert not is_in(there)
    assert UserSession.objects.count() == 1


def test_a_session_that_began_with_an_invitation_is_ended_too(invited):
    first = Client()
    first.post(path_of(invited("rosa@juniperandpine.example")))
    rosa = User.objects.get(email="rosa@juniperandpine.example")
    rosa.set_password(PASSWORD)
    rosa.save()
    here = Client()
    here.post(LOGIN, {"login": rosa.email, "password": PASSWORD})
    here.post(SESSIONS)
    assert not is_in(first)


def test_others_sessions_are_neither_shown_nor_ended(sign_in, rival, client):
    rival.user.set_password(PASSWORD)
    rival.user.save()
    client.post(LOGIN, {"login": rival.email, "password": PASSWORD}, headers={"user-agent": FIREFOX})
    here = sign_in()
    assertNotContains(here.get(SESSIONS), "Firefox")
    here.post(SESSIONS)
    assert is_in(client)


def test_a_new_password_ends_the_sessions_elsewhere(sign_in):
    here, there = sign_in(), sign_in()
    new = {"oldpassword": PASSWORD, "password1": "nine-tin-whistles", "password2": "nine-tin-whistles"}
    assert here.post(reverse("account_change_password"), new).status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_a_device_stays_signed_in_for_thirty_days_where_that_was_ticked(owner, sign_in):
    sign_in()  # sets the password
    client = Client()
    client.post(LOGIN, {"login": owner.email, "password": PASSWORD, "remember": "on"})
    client.get("/")  # names the place that one acts for, and so renews the session
    start = timezone.now().timestamp()
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 30 * DAY
    with time_machine.travel(start + 29 * DAY):
        assert is_in(client)
    with time_machine.travel(start + 31 * DAY):
        assert not is_in(client)


def test_elsewhere_the_session_ends_with_the_browser(sign_in):
    assert sign_in().cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""


@pytest.mark.django_db(transaction=True)  # outside a transaction its row is found by a planned statement
def test_a_session_that_is_over_or_was_ended_lets_nobody_in(sign_in):
    def run_out() -> None:
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    def end() -> None:
        UserSession.objects.latest("pk").end()

    for over in (run_out, end):
        client = sign_in()
        assert is_in(client)
        over()
        assertRedirects(client.get("/"), f"{LOGIN}?next=/", fetch_redirect_response=False)
