"""Mail is held and let go; the drill of tests/shared/test_backups.py does it over a restored database."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from outsourcing.notifications import delivery, holding, tasks
from outsourcing.notifications.models import Mail, Rung
from outsourcing.shared.errors import Stop
from outsourcing.shared.models import MailHold, Pulse
from tests.factories import MailFactory, RungFactory
from tests.notifications.conftest import NOW

pytestmark = pytest.mark.django_db
UNTOUCHED = {"later": "pending", "new secret": "pending"}


def states() -> dict[str, str]:
    return dict(Mail.objects.values_list("subject", "state"))


@pytest.fixture
def waiting():
    """What a database holds when it comes back an hour after its backup."""
    hour = NOW - timedelta(hours=1)
    old = {"created_at": hour - timedelta(minutes=5), "not_before": hour - timedelta(minutes=5)}
    claim = {"claim": "00000000-0000-0000-0000-000000000001", "lease_until": NOW + timedelta(minutes=9)}
    MailFactory(subject="old", **old)
    MailFactory(subject="old secret", is_secret=True, **old)
    MailFactory(subject="in hand", state="sending", **old, **claim)
    MailFactory(subject="later", created_at=old["created_at"], not_before=NOW + timedelta(days=1))
    MailFactory(subject="new secret", is_secret=True, created_at=NOW, not_before=NOW)
    with connection.cursor() as cursor:
        cursor.execute(holding.after_restore(hour))


def test_nothing_is_touched_while_it_is_held(waiting, sink):
    long_ago = NOW - timedelta(days=400)
    left = {"claim": "00000000-0000-0000-0000-000000000002", "lease_until": long_ago, "data_started_at": long_ago}
    MailFactory(subject="left by a worker that died", state="sending", resent=1, **left)
    before = states()
    rung = RungFactory(due_at=NOW - timedelta(days=9))
    assert delivery.send_due(now=lambda: NOW) == 0
    tasks.sweep()
    assert states() == before
    assert Rung.objects.get(pk=rung.pk).state == "planned"
    assert sink.calls == 0
    assert Pulse.objects.filter(name="sweep").exists()  # it is as ready as before


def test_what_may_have_arrived_waits_for_a_person(waiting):
    held = holding.held(at=NOW)
    assert (held.waiting, held.before, held.sending) == ({"test": 3}, 2, 1)
    assert holding.release(at=NOW) == 2
    assert states() == {"old": "pending", "old secret": "uncertain", "in hand": "uncertain"} | UNTOUCHED
    assert not MailHold.objects.is_held()
    assert holding.release(at=NOW) == 0  # once


def test_all_that_was_due_at_the_backup_can_be_set_aside(waiting):
    assert holding.release(at=NOW, set_aside=True) == 3
    assert states() == {"old": "uncertain", "old secret": "uncertain", "in hand": "uncertain"} | UNTOUCHED


def test_what_was_held_by_hand_goes_as_it_is(sink, capsys):
    MailFactory(subject="old", created_at=NOW, not_before=NOW)
    call_command("mail", "--hold")
    call_command("mail", "--hold")
    assert MailHold.objects.count() == 1
    assert "Mail is held since" in capsys.readouterr().out
    assert delivery.send_due(now=lambda: NOW) == 0
    call_command("mail", "--release")
    assert capsys.readouterr().out.endswith("Mail goes out.\n")
    assert delivery.send_due(now=lambda: NOW) == 1
    with pytest.raises(Stop, match="goes with --release"):
        call_command("mail", "--set-aside")
