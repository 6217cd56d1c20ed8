"""Staff let mail go that a restore has held: they are asked first, and nobody else can."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.notifications import holding
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from outsourcing.shared.models import MailHold
from tests.factories import MailFactory, UserFactory

pytestmark = pytest.mark.django_db
HOLDS = reverse("admin:shared_mailhold_changelist")


@pytest.fixture
def keeper(client):
    """The browser of somebody of staff."""
    client.force_login(UserFactory(is_staff=True))
    return client


@pytest.fixture
def restored():
    """A database that came back: of its backup are a mail and a secret."""
    hour = clock.now() - timedelta(hours=1)
    old = {"created_at": hour - timedelta(minutes=5), "not_before": hour - timedelta(minutes=5)}
    MailFactory(subject="old", **old)
    MailFactory(subject="old secret", is_secret=True, **old)
    with connection.cursor() as cursor:
        cursor.execute(holding.after_restore(hour))


def release(client, **said):
    chosen = [str(pk) for pk in MailHold.objects.values_list("pk", flat=True)]
    return client.post(HOLDS, {"action": "release", "_selected_action": chosen, **said}, follow=True)


def states() -> dict[str, str]:
    return dict(Mail.objects.values_list("subject", "state"))


def test_staff_are_asked_first(keeper, restored):
    page = release(keeper)
    assertContains(page, "Let mail go?")
    assertContains(page, "2 mails wait, 2 of them since before the backup.")
    assert MailHold.objects.is_held()
    assert states() == {"old": "pending", "old secret": "pending"}
    assert not LogEntry.objects.exists()


def test_staff_let_it_go(keeper, restored):
    page = release(keeper, sure="yes")
    assertContains(page, "Mail goes out.")
    assertContains(page, "1 may have been sent before")
    assert not MailHold.objects.is_held()
    assert states() == {"old": "pending", "old secret": "uncertain"}
    assert LogEntry.objects.get().get_edited_object() == MailHold.objects.get()


def test_what_was_due_at_the_backup_is_set_aside(keeper, restored):
    release(keeper, sure="yes", set_aside="on")
    assert states() == {"old": "uncertain", "old secret": "uncertain"}


def test_what_was_let_go_is_not_let_go_again(keeper, restored):
    release(keeper, sure="yes")
    page = release(keeper, sure="yes")
    assertContains(page, "Mail is not held.")
    assertNotContains(page, "may have been sent before")


def test_nobody_holds_changes_or_deletes_here(keeper, restored):
    hold = MailHold.objects.get()
    page = reverse("admin:shared_mailhold_change", args=[hold.pk])
    assert keeper.get(reverse("admin:shared_mailhold_add")).status_code == 403
    assert keeper.get(page).status_code == 200
    assert keeper.post(page, {"released_at_0": "2026-01-01", "released_at_1": "09:00"}).status_code == 403
    assert keeper.get(f"{HOLDS}{hold.pk}/delete/").status_code == 404
    assert MailHold.objects.is_held()


def test_for_everybody_else_it_is_not_there(client, signed_in, owner, manager, restored):
    for browser in (signed_in(owner), signed_in(manager)):
        assert browser.get(HOLDS).status_code == 404
        assert release(browser, sure="yes").status_code == 404
    assert client.post(HOLDS, {"action": "release", "sure": "yes"}).status_code == 302
    assert MailHold.objects.is_held()
