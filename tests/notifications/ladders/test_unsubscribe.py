"""Fewer mails: the header, the link, what a look at it changes (nothing), and what a POST does."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core import signing
from django.test import Client

from outsourcing.notifications import opting
from outsourcing.notifications.ladders import planning
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Mail, Notice, OptOut, Recipient
from tests.factories import MailFactory

pytestmark = pytest.mark.django_db


def at(day: int, hour: int = 6, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def owe(chores, shop, manager):
    def make(**more) -> None:
        key = len(chores.things) + 1
        chores.owe(key, **{"at": at(4, 12), "merchant": shop, "person": manager, "due": date(2026, 12, 4), **more})

    return make


@pytest.fixture
def link(owe, sink, send) -> str:
    """The path of the link in the header of a reminder that has gone."""
    owe()
    sweep(at(7))
    send(at(7, 9, 40))
    header = sink.only()["List-Unsubscribe"]
    return re.fullmatch(r"<http://localhost:8000(/[^>]+)>", header)[1]


def test_the_header_is_as_mail_programs_want_it(link, sink):
    mail = sink.only()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<milestones.localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    raw = sink.taken[0].content  # a parser would decode what no mail program does
    assert b"\r\nList-Unsubscribe: <http" in raw
    assert b"\r\nMessage-ID: <" in raw
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, raw.split(b"\r\n"))) < 998


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(link, method):
    assert getattr(Client(), method)(link).status_code == 200
    assert not OptOut.objects.exists()


def test_a_mail_programs_post_works_without_a_login_and_twice(link, manager):
    for _again in range(2):
        client = Client(enforce_csrf_checks=True)
        answer = client.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
    assert list(OptOut.objects.values_list("membership", "category")) == [(manager.pk, "milestones")]


def test_on_again(link):
    Client().post(link)
    Client().post(link, {"want": "on"})
    assert not OptOut.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_altered_link_is_no_link(link, method):
    token = link.rstrip("/").rsplit("/", 1)[1]
    forged = signing.dumps([1, "", "milestones"], salt="another purpose")
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x" + token, token[:20], "x", forged):
        assert getattr(Client(), method)(link.replace(token, wrong)).status_code == 404
    assert not OptOut.objects.exists()


def test_who_wants_none_gets_none_and_the_line_in_the_app_stays(owe, manager, owner, send):
    OptOut.objects.create(membership=manager, category="milestones", at=at(1))
    owe()
    sweep(at(7))
    mine = Notice.objects.get(membership=manager)
    assert (mine.state, mine.why) == ("dropped", "They want no mails of this kind.")
    called = Notice.objects.get(membership=owner)  # nobody there is reached: the shop finds another way
    assert (called.kind, called.title) == ("decide", "Call Pallet & Post: no mail reaches them")
    assert send(at(7, 10)) == 0


def test_who_switches_it_off_after_the_sweep_gets_none_either(owe, manager, send):
    owe()
    sweep(at(7))
    OptOut.objects.create(membership=manager, category="*", at=at(7))
    assert send(at(7, 9, 40)) == 0
    assert Mail.objects.get().state == "cancelled"


def test_another_kind_still_comes(owe, manager, send):
    OptOut.objects.create(membership=manager, category="messages", at=at(1))
    owe()
    sweep(at(7))
    assert send(at(7, 9, 40)) == 1


def test_whom_no_mail_reaches_is_passed_over_for_who_runs_the_place(owe, manager, contact):
    Recipient.objects.create(address=contact.email, unreachable_since=at(1))
    owe(person=contact)
    sweep(at(7))
    assert Notice.objects.get().membership == manager


def test_who_wants_none_is_passed_over_for_who_runs_the_place(owe, manager, contact):
    OptOut.objects.create(membership=contact, category="milestones", at=at(1))
    owe(person=contact)
    sweep(at(7))
    assert [(one.membership, one.state) for one in Notice.objects.all()] == [(manager, "waiting")]


def test_what_goes_to_an_address_is_a_secret_and_goes_while_the_asker_works(owe, shop):
    owe(address="maren@ember.example")
    sweep(at(7, 3))
    mail = Mail.objects.get()
    assert (mail.is_secret, mail.not_before, mail.organisation) == (True, at(7, 9), shop)


def test_whoever_has_no_place_can_switch_it_off_too(owe, send, sink):
    owe(address="maren@ember.example")
    sweep(at(7))
    assert send(at(7, 9)) == 1
    path = re.search(r"<http://localhost:8000(/[^>]+)>", sink.only()["List-Unsubscribe"])[1]
    Client().post(path)
    owe(address="maren@ember.example")
    sweep(at(7, 10))
    assert Notice.objects.filter(state="dropped", address="maren@ember.example").count() == 1
    assert send(at(7, 11)) == 0


def test_a_link_of_who_has_left_is_no_link(manager):
    mail = MailFactory(membership=manager)
    path = opting.address(mail, "milestones")
    manager.left_at = at(1)
    manager.save()
    assert Client().get(path).status_code == 404


# ---- Between the sweep and the mail ---------------------------------------------------------------------------------
def test_who_leaves_after_the_sweep_gets_nothing(owe, manager, send):
    owe()
    sweep(at(7))
    manager.left_at = at(7)
    manager.save()
    assert send(at(7, 9, 40)) == 0
    assert Mail.objects.get().state == "cancelled"


@pytest.mark.parametrize("how", ["promised", "snoozed"])
def test_what_is_put_off_after_the_sweep_is_not_mailed(owe, chores, manager, send, how):
    owe()
    sweep(at(7))
    if how == "promised":
        chores.owe(1, at=at(7, 7), promised=date(2026, 12, 10))
    else:
        planning.snooze(Ladder.objects.get(), date(2026, 12, 10), by=manager, at=at(7, 7))
    assert send(at(7, 9, 40)) == 0
    assert Notice.objects.get().why == "It was put off to a later day."


def test_who_may_no_longer_read_it_gets_nothing(owe, chores, send, rival):
    owe()
    sweep(at(7))
    chores.may_read = lambda reader, standing: False
    assert send(at(7, 9, 40)) == 0
    assert Notice.objects.get().why == "They may no longer read it."


def test_names_and_titles_add_no_header(owe, shop, manager, sink, send):
    shop.name = "Juniper\r\nBcc: x@evil.example"
    shop.save()
    manager.name = "Imogen\r\nBcc: y@evil.example"
    manager.save()
    owe(title="Sweep\r\nBcc: z@evil.example")
    sweep(at(7))
    assert send(at(7, 9, 40)) == 1
    mail = sink.only()
    assert mail["Bcc"] is None
    assert sink.readers == [manager.email]
    assert "Bcc: z@evil.example" in mail["Subject"]


def test_an_address_with_a_line_break_fails_where_a_person_sees_it(owe, send, manager):
    owe(address="maren@ember.example\r\nBcc: x@evil.example")
    sweep(at(7))
    assert send(at(7, 9, 40)) == 0
    assert set(Mail.objects.values_list("state", flat=True)) == {"failed"}
