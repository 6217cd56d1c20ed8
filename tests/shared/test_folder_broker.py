"""The broker in a folder: no worker meets half a message."""

from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from outsourcing.celery import app


@pytest.fixture
def channel(tmp_path):
    folder = str(tmp_path)
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": str(tmp_path / "control")}
    assert app.connection_for_write("filesystem://").transport_cls == "filesystem"  # where ours is known by this name
    with Connection("filesystem://", transport_options=options) as connection:
        yield connection.channel()


def test_a_message_comes_back(channel):
    channel._put("work", {"body": "wake"})
    assert channel._get("work") == {"body": "wake"}
    with pytest.raises(Empty):
        channel._get("work")


def test_messages_come_in_the_order_in_which_they_were_put(channel, monkeypatch):
    seconds = iter(range(1000, 1003))
    monkeypatch.setattr("outsourcing.shared.folder_broker.monotonic", lambda: next(seconds))
    for number in range(3):
        channel._put("work", number)
    assert [channel._get("work") for _ in range(3)] == [0, 1, 2]


def test_nobody_reads_what_is_still_being_written(channel, monkeypatch):
    looked = []
    rename = Path.rename

    def whole(half: Path, to: Path) -> Path:
        with pytest.raises(Empty):
            channel._get("work")
        looked.append(half.read_text())
        return rename(half, to)

    monkeypatch.setattr(Path, "rename", whole)
    channel._put("work", {"body": "wake"})
    assert looked == ['{"body": "wake"}']
    assert channel._get("work") == {"body": "wake"}
