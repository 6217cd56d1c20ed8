"""What must be written although the database is away for a moment."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

#: So long a restart is waited for, and so long between two tries.
SECONDS, PAUSE = 60, 0.5
T = TypeVar("T")


def outlast(write: Callable[[], T]) -> T:
    """Do what `write` does, again over a new connection where the database went away; it may have happened already.

    Within a transaction, which is lost then, it is not tried again. Raises what `write` raises in the end.
    """
    until = time.monotonic() + SECONDS
    while True:
        try:
            return write()
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            connection.close()
            time.sleep(PAUSE)
