"""The demo's own small supervisor: starts programs, prefixes their lines, restarts one that falls, stops them in order.

Each child stands in a session of its own, so that Ctrl-C reaches the supervisor alone, and asks the kernel for a signal
when the supervisor is gone, so that a kill -9 or a closed terminal leaves nothing behind. Each also inherits a lock, so
that the next start can wait until the last child of this one is gone.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil
from rich.console import Console
from rich.text import Text

from outsourcing.shared.errors import Stop
from outsourcing.shared.hooks import Progress
from outsourcing.shared.postgres import die_with_parent
from outsourcing.shared.progress import bars

STOP_SECONDS = 15
FALLS, FALL_SECONDS = 5, 60  # so many falls within so many seconds, and the whole demo stops
STOPPING = "stopping"  # what a lock says whose holder will let go of it by itself
COLOURS = ["cyan", "green", "yellow", "magenta", "blue", "red"]


class Lock:
    """Held by the supervisor and, since they inherit it, by each of its children; names the supervisor's process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = -1

    def take(self, *, seconds: float = STOP_SECONDS + 30) -> None:
        """Take it; waits for children that a dead supervisor left and that are still stopping.

        Raises Stop where a living supervisor holds it, or where what is left does not go away in time.
        """
        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + seconds
        while not self._taken():
            holder, _, what = os.pread(self.descriptor, 500, 0).decode(errors="replace").partition(" ")
            if holder.isdecimal() and _alive(int(holder)) and what != STOPPING:
                raise Stop(
                    f"It is already running {what.strip()} (process {holder}): stop that one first, with Ctrl-C."
                )
            if time.monotonic() > deadline:
                raise Stop("Parts of the last run are still there: end them yourself, then start again.")
            time.sleep(0.2)
        self.sign("")

    def sign(self, what: str) -> None:
        """Write down who holds it and where it can be reached."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{os.getpid()} {what}".encode(), 0)

    def _taken(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _alive(pid: int) -> bool:
    """Whether it runs; one that has ended and that nobody has buried does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@dataclass
class Child:
    """A program under supervision; `start` begins it, given where its output goes, and returns its process."""

    name: str
    start: Callable[[int], subprocess.Popen[bytes]]
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    reader: threading.Thread | None = None
    falls: deque[float] = field(default_factory=lambda: deque(maxlen=FALLS))

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs children until it is told to stop; the first one started is the last one stopped."""

    def __init__(self, lock: Lock, output: IO[str] | None = None) -> None:
        self.lock = lock
        self.children: list[Child] = []
        self.stopping = threading.Event()
        self.console = Console(file=output or sys.stdout, highlight=False, soft_wrap=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    # ---- Starting --------------------------------------------------------------------------------------------------
    def add(self, child: Child) -> None:
        """Start a child now and keep it running."""
        self.children.append(child)
        self._start(child)

    def command(self, name: str, *argv: str, environment: dict[str, str]) -> None:
        """Start the program `argv` with our environment and `environment` on top."""

        def start(output: int) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                preexec_fn=die_with_parent(signal.SIGTERM),
                start_new_session=True,
                pass_fds=(self.lock.descriptor,),
            )

        self.add(Child(name, start))

    def _start(self, child: Child) -> None:
        reading, writing = os.pipe()
        child.reader = threading.Thread(target=self._copy, args=(child.name, reading), daemon=True)
        child.reader.start()
        try:
            child.process = child.start(writing)
        finally:
            os.close(writing)

    # ---- Speaking --------------------------------------------------------------------------------------------------
    def say(self, line: str, name: str = "demo") -> None:
        """One line of a child's, or of ours; a terminal that is gone is no reason to fall."""
        names = [child.name for child in self.children]
        colour = COLOURS[names.index(name) % len(COLOURS)] if name in names else "bold"
        try:
            self.console.print(Text(f"{name:>8} ", style=colour) + Text("| ") + Text.from_ansi(line))
        except OSError:
            self.stopping.set()

    @contextlib.contextmanager
    def bar(self, what: str, total: int | None) -> Iterator[Progress]:
        """A bar for `what` while it lasts, moving to and fro where its total is not known, and one line off a terminal;
        nothing at all where nothing is to be done."""
        if total != 0 and not self.console.is_terminal:
            self.say(what)
        with bars(self.console) as drawn:
            task = drawn.add_task(what, total=total, visible=total != 0)
            yield lambda rows=1: drawn.advance(task, rows)

    def _copy(self, name: str, reading: int) -> None:
        with open(reading, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                self.say(line.rstrip(), name)

    # ---- Running ---------------------------------------------------------------------------------------------------
    def run(self, seconds: float | None = None, until: Callable[[], bool] = lambda: False) -> bool:
        """Keep the children running until `until()` (then True), until told to stop, or for so many seconds."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self.stopping.wait(0.25):
            for child in self.children:
                if not child.runs:
                    self._pick_up(child)
            if until():
                return True
            if deadline is not None and time.monotonic() > deadline:
                break
        return False

    def _pick_up(self, child: Child) -> None:
        """Start a fallen child again; too many falls stop everything."""
        code = child.process.returncode if child.process else None
        child.falls.append(time.monotonic())
        if len(child.falls) == FALLS and child.falls[-1] - child.falls[0] < FALL_SECONDS:
            raise Stop(f"{child.name} falls again and again (exit code {code}); its reason stands above.")
        self.say(f"{child.name} ended (exit code {code}); starting it again")
        if child.process:
            _sweep(child.process)
        self.stopping.wait(len(child.falls) - 1)  # at once, then ever more slowly
        if not self.stopping.is_set():
            self._start(child)

    # ---- Stopping --------------------------------------------------------------------------------------------------
    def stop(self) -> None:
        """Stop all children but the first together, then the first, which the others stand on."""
        self.stopping.set()
        self.lock.sign(STOPPING)
        first, rest = self.children[:1], self.children[1:]
        for group in (rest, first):
            for child in group:
                if child.runs and child.process:
                    child.process.send_signal(child.stop_signal)
            deadline = time.monotonic() + STOP_SECONDS
            for child in group:
                if child.process:
                    self._wait(child.process, deadline)
                if child.reader:
                    child.reader.join(1)  # what it still said is told before the next is stopped

    def _wait(self, process: subprocess.Popen[bytes], deadline: float) -> None:
        """Wait for its end, then take down what is left of its session."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0, deadline - time.monotonic()))
        _sweep(process)
        process.wait()


def _sweep(process: subprocess.Popen[bytes]) -> None:
    """Kill what a child leaves in its session: granian's processes outlive their parent's kill -9."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
