"""Django's own way to send mail ends in the outbox."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail

from outsourcing.notifications.models import Mail
from outsourcing.notifications.tasks import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings):
    """Django's test runner puts a mailbox in memory in place of ours."""
    settings.EMAIL_BACKEND = "outsourcing.notifications.backend.OutboxBackend"


def test_two_recipients_are_two_rows():
    assert send_mail("A code", "It is 42.", None, ["theo@shop.example", "rosa@shop.example"]) == 1
    rows = Mail.objects.order_by("pk")
    assert [(row.address, row.subject, row.text, row.html) for row in rows] == [
        ("theo@shop.example", "A code", "It is 42.\n", ""),
        ("rosa@shop.example", "A code", "It is 42.\n", ""),
    ]


def test_copies_are_rows_too():
    EmailMessage("A code", "It is 42.", to=["a@shop.example"], cc=["b@shop.example"], bcc=["c@shop.example"]).send()
    assert set(Mail.objects.values_list("address", flat=True)) == {"a@shop.example", "b@shop.example", "c@shop.example"}


def test_an_html_alternative_is_kept_with_its_styles_inlined():
    html = "<html><head><style>p { color: red }</style></head><body><p>42</p></body></html>"
    message = EmailMultiAlternatives("A code", "It is 42.", to=["theo@shop.example"])
    message.attach_alternative('{"code": 42}', "application/json")
    message.attach_alternative(html, "text/html")
    message.send()
    row = Mail.objects.get()
    assert row.text == "It is 42.\n"
    assert '<p style="color: red;">42</p>' in row.html


def test_it_reaches_the_mail_server(sink):
    send_mail("A code", "It is 42.", None, ["theo@shop.example"], html_message="<p>42</p>")
    deliver()
    assert sink.readers == ["theo@shop.example"]
    assert sink.only()["From"].addresses[0].display_name == "Outsourcing"


def test_nothing_is_written_for_nobody():
    assert send_mail("A code", "It is 42.", None, []) == 0
    assert not Mail.objects.exists()
