"""What a mail looks like on the wire."""

from email.utils import parsedate_to_datetime

import pytest

from tests.factories import MailFactory
from tests.notifications.conftest import NOW

pytestmark = pytest.mark.django_db


def test_headers(sink, send, settings):
    mail = MailFactory(address="theo@shop.example", reply_to="help@juniperandpine.example")
    send()
    message = sink.only()
    assert message["From"] == f"Juniper & Pine via Outsourcing <{settings.SENDER_ADDRESS}>"
    assert message["To"] == "theo@shop.example"
    assert message["Subject"] == "Juniper & Pine: a question"
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "help@juniperandpine.example"
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert sink.taken[0].mail_from == settings.SENDER_ADDRESS


def test_a_text_and_an_html_part_in_this_order(sink, send):
    MailFactory(text="Grüße\n.\nein Punkt\n", html="<p>Grüße</p>")
    send()
    assert sink.only().get_content_type() == "multipart/alternative"
    text, html = sink.only().iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content().splitlines() == ["Grüße", ".", "ein Punkt"]
    assert (html.get_content_type(), html.get_content().strip()) == ("text/html", "<p>Grüße</p>")


def test_text_alone_is_no_multipart(sink, send):
    MailFactory(html="")
    send()
    assert sink.only().get_content_type() == "text/plain"


def test_short_umlauts_are_encoded_too(sink, send):
    MailFactory(text="Grüße\n", html="<p>Grüße</p>")
    send()
    assert sink.taken[0].content.isascii()


def test_only_what_every_mail_server_takes_goes_over_the_wire(sink, send):
    MailFactory(
        sender_name="Käse & Größe",
        subject="Größe 💥",
        text="ü" * 2000 + "\n" + "x" * 5000,
        html="<p>" + "é" * 5000 + "</p>",
    )
    send()
    wire = sink.taken[0].content
    assert wire.isascii()
    assert all(len(line) <= 998 for line in wire.split(b"\r\n"))
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert sink.only()["Subject"] == "Größe 💥"
    assert sink.only()["From"].addresses[0].display_name == "Käse & Größe"
    assert sink.only().get_body(("plain",)).get_content().startswith("ü" * 2000)


@pytest.mark.parametrize(
    "name", ['Quote "Q" & Co', "Comma, Ltd", "<angle@evil.example>", "back\\slash", "a@b.example", "東京"]
)
def test_any_name_of_a_sender_is_one_name(sink, send, settings, name):
    MailFactory(sender_name=name)
    send()
    (sender,) = sink.only()["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, settings.SENDER_ADDRESS)


def test_mails_of_one_thread_hang_together(sink, send):
    MailFactory.create_batch(2, thread="milestone-7")
    MailFactory(thread="milestone-8")
    MailFactory()
    send()
    one, two, other, alone = sink.messages
    assert one["References"] == one["In-Reply-To"] == two["References"] == "<thread-milestone-7@localhost>"
    assert one["Message-ID"] != two["Message-ID"]
    assert other["References"] != one["References"]
    assert alone["References"] is None
