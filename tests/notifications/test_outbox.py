"""Posting a mail: a row in the caller's transaction."""

import pytest
from django.db import transaction

from outsourcing.notifications import outbox
from outsourcing.notifications.models import Mail
from tests.factories import OrganisationFactory
from tests.notifications.conftest import NOW

pytestmark = pytest.mark.django_db
READER = "imogen@palletandpost.example"


@pytest.fixture
def question(tmp_path, settings):
    """A mail's three templates."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "question_subject.txt").write_text("Can you ship\n on {{ day }}?\n")
    (folder / "question.txt").write_text('{% extends "mail/base.txt" %}{% block content %}On {{ day }}?{% endblock %}')
    (folder / "question.html").write_text(
        '{% extends "mail/base.html" %}{% block content %}<p class="quiet">On {{ day }}?</p>{% endblock %}'
    )
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]


def post(**more) -> Mail:
    return outbox.post("question", **{"to": READER, "context": {"day": "Saturday"}, **more})


# ---- What is written -----------------------------------------------------------------------------------------------
def test_subject_and_sender_name_the_organisation(question, shop):
    mail = post(organisation=shop)
    assert mail.subject == "Juniper & Pine: Can you ship on Saturday?"
    assert mail.sender_name == "Juniper & Pine via Outsourcing"
    assert mail.organisation == shop


def test_without_an_organisation_the_site_writes(question):
    mail = post()
    assert (mail.subject, mail.sender_name) == ("Can you ship on Saturday?", "Outsourcing")


def test_text_is_plain_and_html_is_escaped(question, shop):
    mail = post(organisation=shop, context={"day": "<b>R&D</b> day"})
    assert "On <b>R&D</b> day?" in mail.text
    assert "Juniper & Pine" in mail.text
    assert "On &lt;b&gt;R&amp;D&lt;/b&gt; day?" in mail.html
    assert "Juniper &amp; Pine" in mail.html


def test_styles_are_inlined(question):
    html = post().html
    assert '<p class="quiet" style="' in html
    assert "@media (prefers-color-scheme: dark)" in html  # kept for the programs that read it


def test_a_row_begins_as_waiting_and_due(question, monkeypatch):
    monkeypatch.setattr("outsourcing.shared.clock.now", lambda: NOW)
    mail = post()
    assert (mail.state, mail.attempts, mail.created_at, mail.not_before) == (Mail.State.PENDING, 0, NOW, NOW)


def test_each_row_has_a_message_id_of_its_own(question):
    assert post().message_id != post().message_id


def test_the_readers_membership_is_kept(question, manager):
    assert post(membership=manager).membership == manager


def test_a_subject_that_is_too_long_is_cut(question):
    assert len(post(context={"day": "x" * 1000}).subject) == 300


# ---- Once ----------------------------------------------------------------------------------------------------------
def test_the_same_occurrence_twice_is_one_row(question):
    first = post(occurrence="milestone:7:1")
    second = post(occurrence="milestone:7:1", context={"day": "Sunday"})
    assert second == first
    assert second.subject == "Can you ship on Saturday?"
    assert Mail.objects.count() == 1


def test_the_same_occurrence_to_two_addresses_is_two_rows(question):
    post(occurrence="milestone:7:1")
    post(occurrence="milestone:7:1", to="sam@palletandpost.example")
    assert Mail.objects.count() == 2


def test_without_an_occurrence_each_post_is_a_row(question):
    assert post() != post()


# ---- With the caller's transaction ---------------------------------------------------------------------------------
def test_a_post_is_undone_with_what_it_was_about(question):
    with transaction.atomic():
        OrganisationFactory()
        post()
        transaction.set_rollback(True)
    assert not Mail.objects.exists()


def test_workers_are_woken_after_the_commit(question, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as wakes:
        post()
    assert len(wakes) == 1


# ---- No second header ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"], ids=ascii)
def test_a_line_break_in_a_name_adds_no_header(question, sink, send, break_, monkeypatch):
    monkeypatch.setattr("outsourcing.shared.clock.now", lambda: NOW)
    evil = OrganisationFactory(name=f"Evil{break_}Bcc: x@evil.example")
    post(organisation=evil, context={"day": f"Monday{break_}Cc: y@evil.example"})
    assert send() == 1
    message = sink.only()
    assert (message["Bcc"], message["Cc"]) == (None, None)
    assert sink.readers == [READER]
    assert message["From"].addresses[0].display_name == "Evil Bcc: x@evil.example via Outsourcing"
    assert message["Subject"] == "Evil Bcc: x@evil.example: Can you ship on Monday Cc: y@evil.example?"


@pytest.mark.parametrize(
    "name", ['Quote "Q" & Co', "Käse, Größe & Söhne", "x" * 120, "東京" * 60], ids=lambda name: ascii(name[:8])
)
def test_any_name_arrives_whole(question, sink, send, name, monkeypatch):
    monkeypatch.setattr("outsourcing.shared.clock.now", lambda: NOW)
    post(organisation=OrganisationFactory(name=name))
    assert send() == 1
    # The parser leaves a blank where a long word went over two lines; mail programs do not.
    assert sink.only()["From"].addresses[0].display_name.replace(" ", "") == f"{name} via Outsourcing".replace(" ", "")
    assert sink.only()["Subject"] == f"{name}: Can you ship on Saturday?"


@pytest.mark.django_db(transaction=True)
def test_many_mails_of_one_transaction_wake_one_worker(monkeypatch):
    wakes = []
    monkeypatch.setattr(outbox.deliver, "delay", lambda: wakes.append(1))
    with transaction.atomic():
        for number in range(20):
            outbox.enqueue(template="test", address=f"reader{number}@shop.example", subject="Hello", text="Hello")
        assert wakes == []
    assert wakes == [1]
