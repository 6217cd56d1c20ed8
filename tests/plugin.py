"""Named in pyproject.toml, so that it is imported before Django's settings are: the tests' own PostgreSQL.

Where `DATABASE_URL` is not set, each run has a server of its own in var/test/<process>, thrown away at its end; what a
killed run left is thrown away by the next one.
"""

import gc
import os
import shutil
from pathlib import Path

import psutil
import pytest

from outsourcing.shared.postgres import Server

os.environ.setdefault("OUTSOURCING_ENV", "test")
# Playwright keeps an event loop in the thread that the tests use the database from.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

RUNS = Path(os.environ.get("VAR_DIR", Path(__file__).parent.parent / "var")) / "test"
server: Server | None = None
if "DATABASE_URL" not in os.environ:  # the workers of a parallel run find it set
    server = Server(RUNS / str(os.getpid()) / "postgres", durable=False)
    os.environ["DATABASE_URL"] = server.url


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if server is not None and not config.option.collectonly:
        for run in RUNS.glob("[0-9]*"):
            if not psutil.pid_exists(int(run.name)):
                Server(run / "postgres").remove()
                shutil.rmtree(run, ignore_errors=True)
        (RUNS / str(os.getpid())).mkdir(parents=True, exist_ok=True)  # by it the next run finds what this one left
        server.start()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays until the end: looking through it for garbage takes a sixth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if server is not None:
        server.remove()
        shutil.rmtree(RUNS / str(os.getpid()), ignore_errors=True)
