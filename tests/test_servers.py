"""On servers, after the journeys: the work was shared, and the same commands start in production. `make prove` only.

The units of the README themselves are checked always.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.error
from pathlib import Path

import psutil
import pytest

from outsourcing.shared.serving import free_port
from tests.running import get, wait_for
from tests.servers import ENVIRONMENT, HOME, ROOT, WORKERS, command_of, units

on_servers = pytest.mark.skipif("JOURNEYS_ON" not in os.environ, reason="JOURNEYS_ON names no broker: see make prove")


# ---- The units -----------------------------------------------------------------------------------------------------
def test_the_readme_has_a_unit_for_each_kind_of_process():
    assert set(units()) == {"outsourcing-web.service", "outsourcing-worker@.service", "outsourcing-beat.service"}
    for unit in units():
        assert Path(command_of(unit)[0]).exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_reads_the_units(tmp_path):
    (tmp_path / "env").write_text("SECRET_KEY=x\n")
    for name, text in units().items():
        text = text.replace(f"{HOME}/.venv/bin", str(Path(sys.executable).parent)).replace(HOME, str(ROOT))
        text = text.replace("User=outsourcing", "User=root").replace(ENVIRONMENT, str(tmp_path / "env"))
        (tmp_path / name.replace("@", "@1")).write_text(text)
    made = sorted(str(path) for path in tmp_path.glob("*.service"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *made], capture_output=True, text=True
    )
    said = [line for line in (done.stdout + done.stderr).splitlines() if "outsourcing-" in line]
    assert (done.returncode, said) == (0, [])


# ---- On servers ----------------------------------------------------------------------------------------------------
@on_servers
def test_there_are_two_web_processes_and_both_workers_worked(servers):
    web = psutil.Process(servers.programs["web"].pid)
    assert len([one for one in web.children() if "resource_tracker" not in " ".join(one.cmdline())]) == 2
    app = servers.celery()

    def done() -> dict[str, int]:
        stats = app.control.inspect(timeout=3).stats() or {}
        return {name: sum(one["total"].values()) for name, one in stats.items() if name.split("@")[0] in WORKERS}

    wait_for(lambda: len(done()) == 2 and all(done().values()), 120)
    app.close()


@on_servers
def test_the_same_command_serves_production_and_logs_lines_of_json(servers):
    port = free_port()
    production = {
        "OUTSOURCING_ENV": "production", "ALLOWED_HOSTS": "shop.example", "BEHIND_PROXY": "true",
        "BASE_URL": "https://shop.example", "GRANIAN_PORT": str(port),
    }  # fmt: skip
    servers.run("production", command_of("outsourcing-web.service"), **production)
    here = f"http://127.0.0.1:{port}"
    wait_for(lambda: _answers(f"{here}/healthz"), 30)
    given = {"Host": "shop.example", "X-Forwarded-Proto": "https", "X-Request-ID": "from-the-proxy-1"}
    assert json.loads(get(f"{here}/readyz").read())["broker"] == "ok"
    page = get(f"{here}/accounts/login/", **given)
    assert page.headers["X-Request-ID"] == "from-the-proxy-1"
    assert "__Host-csrf" in page.headers["Set-Cookie"]
    servers.programs["production"].terminate()
    servers.programs["production"].wait(30)
    servers.programs.pop("production")  # or the end of all would take it for one that fell
    said = [json.loads(line) for line in (servers.var / "production.log").read_text().splitlines() if line[0] == "{"]
    (line,) = [one for one in said if one.get("route") == "/accounts/login/"]
    assert (line["request"], line["status"]) == ("from-the-proxy-1", 200)


def _answers(address: str) -> bool:
    try:
        return get(address).status == 200
    except (OSError, urllib.error.URLError):
        return False
