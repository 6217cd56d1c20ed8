"""The demo's mailbox page, over letters as the demo's mail server keeps them."""

import mailbox
from datetime import timedelta

import pytest
from django.urls import NoReverseMatch, reverse
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing import urls
from outsourcing.notifications import delivery
from outsourcing.notifications import mailbox as pages
from tests.factories import MailFactory
from tests.notifications.conftest import NOW

urlpatterns = [*urls.urlpatterns, *pages.urlpatterns]
handler404 = urls.handler404


@pytest.fixture
def box(tmp_path, settings) -> mailbox.Maildir:
    settings.ROOT_URLCONF = __name__
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    return mailbox.Maildir(settings.MAILBOX_DIR)


def put(box, at=NOW, **fields) -> str:
    return box.add(delivery.compose(MailFactory.build(**fields), at=at).as_bytes())


def test_before_the_first_letter_there_is_no_folder(settings, tmp_path, client):
    settings.ROOT_URLCONF, settings.MAILBOX_DIR = __name__, tmp_path / "none"
    assertContains(client.get(reverse("mailbox:list")), "No mail yet")


def test_letters_are_listed_newest_first(box, client):
    for number in range(3):
        put(box, at=NOW + timedelta(hours=number), subject=f"Letter {number}", address=f"reader{number}@shop.example")
    page = client.get(reverse("mailbox:list"))
    assert [letter.subject for letter in page.context["letters"]] == ["Letter 2", "Letter 1", "Letter 0"]
    assertContains(page, "reader1@shop.example")


def test_only_the_newest_are_listed(box, client, monkeypatch):
    monkeypatch.setattr(pages, "NEWEST", 2)
    for number in range(3):
        put(box, subject=f"Letter {number}")
    assert len(client.get(reverse("mailbox:list")).context["letters"]) == 2


def test_a_letter_is_shown_with_its_headers_and_text(box, client):
    key = put(box, text="Code: 42 <b>", message_id="<test-id@localhost>", address="theo@shop.example")
    page = client.get(reverse("mailbox:letter", args=[key]))
    assertContains(page, "Code: 42 &lt;b&gt;")
    assertContains(page, "&lt;test-id@localhost&gt;")
    assertContains(page, "theo@shop.example")
    assertContains(page, f'src="/mailbox/{key}/html/"')
    assertContains(page, 'sandbox="allow-popups allow-top-navigation-by-user-activation"')


def test_a_letter_without_html_has_no_frame(box, client):
    assertNotContains(client.get(reverse("mailbox:letter", args=[put(box, html="")])), "<iframe")


def test_a_letters_html_may_style_itself_and_nothing_else(box, client):
    key = put(box, html="<html><head><style>p {}</style></head><body><script>x()</script><p>Grüße</p></body></html>")
    page = client.get(reverse("mailbox:html", args=[key]))
    assertContains(page, '<head><base target="_top">')
    assertContains(page, "<p>Grüße</p>")
    assert {part.strip() for part in page["Content-Security-Policy"].split(";")} == {
        *("default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"),
        *("frame-ancestors 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"),
    }
    assert page["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("key", ["nothing", "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "new"])
def test_what_is_no_letter_is_not_found(box, client, key):
    put(box)
    assert client.get(f"/mailbox/{key}/").status_code == 404
    assert client.get(f"/mailbox/{key}/html/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_letters_are_only_read(box, client, method):
    key = put(box)
    for address in ("/mailbox/", f"/mailbox/{key}/", f"/mailbox/{key}/html/"):
        assert getattr(client, method)(address).status_code == 405


def test_outside_the_demo_there_is_no_mailbox(client):
    assert client.get("/mailbox/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("mailbox:list")
