"""From the mail to the thread: a link that offers a code, and what it gives to nobody else."""

import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from outsourcing.accounts import by_code
from outsourcing.conversations import posting
from outsourcing.conversations.models import Entry, Kind
from outsourcing.notifications.models import Mail
from tests.accounts.test_sign_in import code_in
from tests.conversations.conftest import said
from tests.factories import ThreadFactory

pytestmark = pytest.mark.django_db
CODE = reverse("account_request_login_code")


def mailed(to: str) -> str:
    """The link of the newest mail to somebody, without the host."""
    mail = Mail.objects.filter(address=to).order_by("-pk")[0]
    found = urlsplit(re.search(r"https?://\S*/messages/\S+", mail.text)[0])
    return f"{found.path}?{found.query}" if found.query else found.path


def test_a_vendors_link_offers_the_code_with_the_address_and_comes_back(thread, say, owner, manager, client):
    say(owner, "Which gate?", Kind.QUESTION)
    offered = client.get(mailed(manager.email))
    assert offered["Location"].startswith(CODE)
    shown = client.get(offered["Location"]).content.decode()
    assert f'value="{manager.user.email}"' in shown
    assert f'name="next" value="/messages/{thread.pk}/"' in shown


def test_a_merchants_link_offers_the_login_as_ever(thread, say, owner, manager, client):
    say(owner)
    say(manager, "Which pallets?", Kind.QUESTION)
    address = mailed(owner.email)
    assert client.get(address)["Location"] == f"{reverse('account_login')}?next=/messages/{thread.pk}/"


def test_whoever_is_signed_in_reads_at_once(say, owner, manager, signed_in):
    say(owner, "Which gate?", Kind.QUESTION)
    shown = signed_in(manager).get(mailed(manager.email))
    assert "Which gate?" in shown.content.decode()


def test_a_forwarded_link_shows_its_readers_own_pages_alone(say, owner, manager, rival, signed_in):
    say(owner, "Which gate?", Kind.QUESTION)
    assert signed_in(rival).get(mailed(manager.email)).status_code == 404


@pytest.mark.parametrize("token", ["x", "", "a" * 4000, "%00", "W10:1:x"])
def test_a_forged_link_is_a_plain_address(thread, client, token):
    answer = client.get(f"/messages/{thread.pk}/?for={token}")
    assert answer["Location"].startswith(reverse("account_login"))
    assert client.get(f"{CODE}?for={token}").status_code == 200


def test_who_has_left_is_offered_no_address(say, owner, manager, client):
    say(owner, "Which gate?", Kind.QUESTION)
    address = mailed(manager.email)
    manager.left_at = timezone.now()
    manager.save()
    assert manager.user.email not in client.get(address, follow=True).content.decode()


def test_a_form_is_no_link(thread, manager, client):
    token = by_code.address("/", manager).partition("for=")[2]
    answer = client.post(f"/messages/{thread.pk}/post/?for={token}")
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.django_db(transaction=True)
def test_from_the_mail_to_the_answer_on_a_phone(browser, live_server, owner, manager, settings):
    settings.EMAIL_BACKEND = "outsourcing.notifications.backend.OutboxBackend"
    thread = ThreadFactory(merchant=owner.organisation, vendor=manager.organisation, opened_by=owner)
    posting.post(thread, said("Which gate on Thursday?", Kind.QUESTION), by=owner, at=timezone.now())
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=live_server.url)
    page = context.new_page()
    page.goto(mailed(manager.email))
    expect(page.get_by_label("Email")).to_have_value(manager.user.email)
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    mail = Mail.objects.filter(address=manager.user.email).exclude(template="message").get()
    page.get_by_label("Code").fill(code_in(mail))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("#asks").get_by_role("link", name="Answer").click()
    expect(page.get_by_label("Your words")).to_be_focused()
    page.keyboard.type("Gate four.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log").get_by_text("Gate four.")).to_be_visible()
    assert Entry.objects.get(number=2).turn is None
    assert not thread.turns.open().exists()
    context.close()
