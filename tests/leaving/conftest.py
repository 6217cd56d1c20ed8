"""The world of tests/access, where everything of each organisation carries its mark, made once for a file of tests."""

import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from outsourcing.shared import tasks
from tests.access import leaving
from tests.access.world import World
from tests.test_access import ROOMS, taken_back


@pytest.fixture(scope="module")
def whole_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), taken_back():
        tasks.pulse()
        made = World()
        for room in ROOMS:
            if room is leaving:  # its exports are these tests' own
                continue
            getattr(room, "furnish", lambda world: None)(made)
        with connection.cursor() as cursor:  # a planner that takes all tables for empty ones joins them row by row
            cursor.execute("ANALYZE")
        yield made


@pytest.fixture
def world(whole_world, db) -> World:
    """What a test writes in it is taken back."""
    return whole_world


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def signed_in_lately():
    """A client of somebody who has just typed their password."""

    def sign_in(who) -> Client:
        user = getattr(who, "user", who)
        client = Client()
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(user.pk)
        if who is not user:
            session["acting"] = who.pk
        session.save()
        return client

    return sign_in
