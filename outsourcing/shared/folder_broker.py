"""Kombu's broker in a folder, for the demo and the benchmarks, with messages that nobody reads half.

Kombu's own (5.7) opens a message under its name, then writes it: a worker that looks in between takes an empty file,
and falls (celery/kombu#1551).
"""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # like its own
        """Write it under a name that no reader looks for, then give it its own, by which readers sort."""
        folder, name = Path(self.data_folder_out), f"{round(monotonic() * 1000)}_{uuid4()}"
        half = folder / f"{name}.half"
        half.write_text(dumps(payload))  # type: ignore[no-untyped-call]
        half.rename(folder / f"{name}.{queue}.msg")


class Transport(filesystem.Transport):
    Channel = Channel
