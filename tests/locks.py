"""Whether other connections have come to wait for a lock, seen from inside a transaction that holds it."""

import time

from django.db import connection

SECONDS = 30


def until_they_wait(count: int = 1) -> None:
    """Come back once so many connections to this database wait for a lock."""
    deadline = time.monotonic() + SECONDS
    while waiting() < count:
        assert time.monotonic() < deadline, "the others did not come to wait for a lock"
        time.sleep(0.02)


def waiting() -> int:
    """How many connections to this database wait for a lock; what is seen of the others is kept for a transaction
    unless it is thrown away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        return cursor.fetchone()[0]
