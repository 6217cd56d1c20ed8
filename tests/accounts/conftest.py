"""What the tests of accounts share: the outbox, what was written, and calls that meet at once."""

import re
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse

from outsourcing.accounts import actions, hooks
from outsourcing.accounts.models import Invitation, Membership, Role
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from tests.locks import until_they_wait

BASE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def outbox(settings):
    """Django's test runner puts a mailbox in memory in place of ours; here mail goes where it goes for everybody."""
    settings.EMAIL_BACKEND = "outsourcing.notifications.backend.OutboxBackend"


# ---- Invitations ---------------------------------------------------------------------------------------------------
@pytest.fixture
def invited(owner):
    """`invited("rosa@...", Role.BUYER)`: an invitation to the shop, by its owner, seven days old less `left`."""

    def invite(email="rosa@juniperandpine.example", *roles, left=Invitation.LASTS, by=owner, name="") -> Invitation:
        at = clock.now() - Invitation.LASTS + left
        return actions.invite(by.organisation, email=email, roles=roles or [Role.BUYER], by=by, at=at, name=name)

    return invite


def path_of(invitation: Invitation) -> str:
    """Where the invitation's link leads, without the host."""
    return reverse("accounts:join", args=[actions.token_of(invitation)])


def link_in(mail: Mail) -> str:
    """The path of the only link to join in a mail."""
    (path,) = set(re.findall(rf"{BASE}(/join/\S+)", mail.text))
    return path


def expire(invitation: Invitation) -> None:
    past = clock.now() - timedelta(seconds=1)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=past)


# ---- What was written ----------------------------------------------------------------------------------------------
def everything() -> dict[str, tuple[int, str]]:
    """Each table's rows as a number and a hash."""
    with connection.cursor() as cursor:
        tables = sorted(table.name for table in connection.introspection.get_table_list(cursor) if table.type == "t")
        one = "SELECT '{0}', count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {0} t"
        cursor.execute(" UNION ALL ".join(one.format(table) for table in tables))
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


@pytest.fixture
def nothing_written(db):
    """`with nothing_written(): ...`: every table afterwards holds what it held before; sessions may come and go."""

    @contextmanager
    def compare(*, sessions=False):
        before = everything()
        yield
        after = everything()
        changed = {name for name in after if after[name] != before[name]}
        assert changed <= ({"django_session", "usersessions_usersession"} if sessions else set())

    return compare


@pytest.fixture
def told():
    """What the hooks of accounts were told: a list of (name, arguments), in order."""
    heard: list[tuple] = []

    def left(*arguments) -> None:
        heard.append(("member_left", *arguments))

    def changed(*arguments) -> None:
        heard.append(("calendar_changed", *arguments))

    hooks.member_left.add(left)
    hooks.calendar_changed.add(changed)
    yield heard
    hooks.member_left.remove(left)
    hooks.calendar_changed.remove(changed)


# ---- At once -------------------------------------------------------------------------------------------------------
@pytest.fixture
def at_once(transactional_db):
    """Run calls each on a connection of its own, all let loose when all of them wait for the rows `held`.

    Returns what each returned, or the error that it raised.
    """

    def run(held: QuerySet, *calls) -> list:
        outcomes: list = [None] * len(calls)

        def work(number: int) -> None:
            try:
                outcomes[number] = calls[number]()
            except Exception as error:
                outcomes[number] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=[number]) for number in range(len(calls))]
        with transaction.atomic():
            assert list(held.select_for_update())
            for thread in threads:
                thread.start()
            until_they_wait(len(calls))
        for thread in threads:
            thread.join(30)
        return outcomes

    return run


def member_of(organisation, email: str) -> Membership:
    return Membership.objects.get(organisation=organisation, email=email)
