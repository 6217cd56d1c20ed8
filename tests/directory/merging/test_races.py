"""Two at once, on two real connections: one wins, the other is told, and nothing lands on a row that is gone."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from tests.factories import VendorFactory
from tests.locks import until_they_wait
from vendors.directory.keeping import actions as keeping
from vendors.directory.merging import actions
from vendors.directory.merging.errors import AlreadyMerged
from vendors.directory.models import Note, Vendor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def at_once(*jobs):
    """What each job, in a thread and on a connection of its own, returned or raised."""
    start, said = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(number, job):
        try:
            start.wait(timeout=30)
            said[number] = job()
        except Exception as error:
            said[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return said


@pytest.mark.parametrize("opposite", [True, False], ids=["each into the other", "one into two"])
def test_of_two_merges_one_wins_and_the_other_is_told(opposite, owner, shop):
    one, two, three = (VendorFactory(private_to=shop) for _ in range(3))
    second = (two, one) if opposite else (one, three)
    said = at_once(
        lambda: actions.merge(one, two, by=owner, at=AT),
        lambda: actions.merge(*second, by=owner, at=AT),
    )
    assert sorted(type(one).__name__ for one in said) == ["AlreadyMerged", "Vendor"], said
    assert isinstance(next(one for one in said if not isinstance(one, Vendor)), AlreadyMerged)
    assert Vendor.objects.exclude(merged_into=None).count() == 1


def test_a_note_written_meanwhile_lands_on_the_one_that_is_left(owner, shop):
    loser, winner = VendorFactory(private_to=shop), VendorFactory(private_to=shop)
    said = []

    def write():
        try:
            said.append(keeping.add_note(loser, "Meanwhile", by=owner, at=AT))
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    with transaction.atomic():
        actions.merge(loser, winner, by=owner, at=AT)
        writer.start()
        until_they_wait()
    writer.join(timeout=60)
    assert [note.vendor for note in said] == [winner]
    assert Note.objects.get().vendor == winner
