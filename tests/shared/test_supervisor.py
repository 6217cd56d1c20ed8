"""The supervisor over small real programs."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest
from rich.console import Console
from rich.text import Text

from outsourcing.shared.errors import Stop
from outsourcing.shared.supervisor import Lock, Supervisor

RESTORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path, output):
    handlers = [signal.getsignal(number) for number in RESTORED]
    lock = Lock(tmp_path / "lock")
    lock.take()
    supervisor = Supervisor(lock, output)
    yield supervisor
    supervisor.stop()
    os.close(lock.descriptor)
    for number, handler in zip(RESTORED, handlers, strict=True):
        signal.signal(number, handler)


def python(supervisor: Supervisor, name: str, code: str, **environment: str) -> None:
    supervisor.command(name, sys.executable, "-c", textwrap.dedent(code), environment=environment)


SLEEP = "import time; print('up', flush=True); time.sleep(60)"


def test_lines_carry_the_name_of_who_said_them(supervisor, output):
    python(supervisor, "web", "import time; print('hello'); time.sleep(60)")
    assert supervisor.run(10, until=lambda: "hello" in output.getvalue())
    assert "     web | hello\n" in output.getvalue()


def test_a_fallen_child_is_started_again(supervisor, output, tmp_path):
    python(
        supervisor,
        "worker",
        f"""
        import pathlib, time
        before = pathlib.Path({str(tmp_path / "before")!r})
        if not before.exists():
            before.touch()
            raise SystemExit(3)
        print("second life", flush=True)
        time.sleep(60)
        """,
    )
    assert supervisor.run(20, until=lambda: "second life" in output.getvalue())
    assert "worker ended (exit code 3); starting it again" in output.getvalue()


def test_what_a_fallen_child_leaves_is_ended_before_it_starts_again(supervisor, output):
    python(
        supervisor,
        "web",
        """
        import os, time
        if os.fork() == 0:
            time.sleep(60)
        print("family of", os.getpgrp(), flush=True)
        time.sleep(60)
        """,
    )
    assert supervisor.run(10, until=lambda: "family of" in output.getvalue())
    (orphan,) = psutil.Process(supervisor.children[0].process.pid).children()
    supervisor.children[0].process.kill()
    assert supervisor.run(20, until=lambda: output.getvalue().count("family of") == 2)
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE


def test_a_run_that_waits_in_vain_says_so(supervisor):
    python(supervisor, "web", SLEEP)
    assert supervisor.run(0.5, until=lambda: False) is False
    assert not supervisor.stopping.is_set()


def test_one_that_falls_again_and_again_stops_everything(supervisor):
    python(supervisor, "worker", "raise SystemExit(1)")
    with pytest.raises(Stop, match="worker falls again and again"):
        supervisor.run(60)


def test_the_first_child_is_the_last_to_stop(supervisor, output):
    say_when_stopped = """
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: (print("stopped", flush=True), sys.exit(0)))
        print("up", flush=True)
        time.sleep(60)
    """
    python(supervisor, "ground", say_when_stopped)
    python(supervisor, "web", say_when_stopped)
    assert supervisor.run(10, until=lambda: output.getvalue().count("up") == 2)
    supervisor.stop()
    words = output.getvalue()
    assert words.index("web | stopped") < words.index("ground | stopped")


@pytest.mark.parametrize("number", RESTORED)
def test_a_signal_ends_the_run(supervisor, number):
    python(supervisor, "web", SLEEP)
    os.kill(os.getpid(), number)
    assert supervisor.run(10) is False
    supervisor.stop()
    assert not any(child.runs for child in supervisor.children)


def test_a_terminal_that_is_gone_is_no_reason_to_fall(supervisor):
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    supervisor.console.file = Gone()
    supervisor.say("anybody there?")
    assert supervisor.stopping.is_set()


# ---- What takes long -----------------------------------------------------------------------------------------------
def test_what_takes_long_is_a_line_where_there_is_no_terminal(supervisor, output):
    with supervisor.bar("making the tables", 2) as progress:
        progress()
    assert output.getvalue() == "    demo | making the tables\n"


def test_what_takes_long_is_a_bar_on_a_terminal_and_lines_stand_above_it(supervisor, output):
    supervisor.console = Console(file=output, force_terminal=True, width=100)
    with supervisor.bar("making the tables", 4) as progress:
        progress(3)
        supervisor.say("hello", "web")
    drawn = Text.from_ansi(output.getvalue()).plain
    assert "     web | hello\n" in drawn
    assert "3/4" in drawn.rpartition("hello")[2]


def test_where_nothing_is_to_be_done_nothing_is_said(supervisor, output):
    with supervisor.bar("making the tables", 0):
        pass
    assert output.getvalue() == ""


# ---- The lock ------------------------------------------------------------------------------------------------------
HOLD = """
import sys, time
from pathlib import Path
from outsourcing.shared.supervisor import Lock, Supervisor
lock = Lock(Path(sys.argv[1])); lock.take(); lock.sign("at http://localhost:8000")
supervisor = Supervisor(lock)
supervisor.command("child", sys.executable, "-c", sys.argv[2], environment={})
print("held", flush=True)
supervisor.run()
supervisor.stop()
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, lambda *_: time.sleep(1.5) or exit()); time.sleep(60)"


@pytest.fixture
def holder(tmp_path):
    argv = [sys.executable, "-c", HOLD, str(tmp_path / "lock"), STUBBORN]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert "held" in process.stdout.readline()
        yield process
        process.kill()


def test_a_second_one_beside_it_is_told_where_the_first_is(holder, tmp_path):
    with pytest.raises(Stop, match=rf"already running at http://localhost:8000 \(process {holder.pid}\)"):
        Lock(tmp_path / "lock").take()


def test_after_a_kill_the_next_waits_for_the_last_child(holder, tmp_path):
    children = psutil.Process(holder.pid).children()
    assert len(children) == 1
    holder.kill()
    holder.wait()
    lock = Lock(tmp_path / "lock")
    lock.take(seconds=20)
    assert not children[0].is_running() or children[0].status() == psutil.STATUS_ZOMBIE
    os.close(lock.descriptor)


def test_one_that_is_stopping_is_waited_for(holder, tmp_path):
    holder.send_signal(signal.SIGHUP)  # its terminal was closed; the stubborn child takes a while
    lock = Lock(tmp_path / "lock")
    deadline = time.monotonic() + 10
    while "stopping" not in (tmp_path / "lock").read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert holder.poll() is None
    lock.take(seconds=20)
    os.close(lock.descriptor)


def test_the_lock_is_of_its_own_user_only(tmp_path: Path):
    lock = Lock(tmp_path / "lock")
    lock.take()
    assert lock.path.stat().st_mode & 0o777 == 0o600
    os.close(lock.descriptor)
