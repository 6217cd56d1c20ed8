"""`make demo` as its users meet it: the real supervisor, PostgreSQL, web, worker, beat, SMTP and browser."""

import os
import re
import signal
import subprocess

import psutil
import psycopg2
import pytest
from playwright.sync_api import Browser, Page, expect

from outsourcing.accounts.demo import PASSWORD, PEOPLE
from outsourcing.shared.postgres import Server
from outsourcing.shared.serving import free_port
from tests.journeys.people import signs_in_by_code
from tests.running import Demo, get, refusal

pytestmark = pytest.mark.xdist_group("demo")  # one worker, and so one demo for them all
THEO = PEOPLE[0]


# ---- A start -------------------------------------------------------------------------------------------------------
def test_says_where_it_is_and_who_can_sign_in(demo):
    assert THEO.email in demo.log
    assert PASSWORD in demo.log


def test_says_what_takes_its_time(demo):
    lines = ["    demo | making the tables", "    demo | loading the demo world", "    demo | starting the programs"]
    assert [line for line in demo.log.splitlines() if line in lines] == lines


def test_is_ready_in_all_its_parts(demo):
    assert get(f"{demo.address}/readyz").read() == b'{"database": "ok", "broker": "ok", "beat": "ok", "sweep": "ok"}'


def test_static_files_are_hashed_compressed_and_kept(demo):
    page = get(f"{demo.address}/accounts/login/").read().decode()
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", page)  # nothing of another host
    addresses = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    assert len(set(addresses)) >= 5
    for address in addresses:
        answer = get(demo.address + address, **{"Accept-Encoding": "br"})
        assert re.search(r"\.[0-9a-f]{12}\.", address), address
        assert "immutable" in answer.headers["Cache-Control"]
        if not address.endswith(".svg") or int(answer.headers["Content-Length"]) > 1000:
            assert answer.headers["Content-Encoding"] == "br", address


def test_a_second_one_beside_it_is_told_where_it_is(demo):
    assert f"already running at {demo.address}" in refusal(free_port(), demo.var)


def test_a_taken_port_is_named_with_a_way_out(demo, tmp_path):
    assert refusal(demo.port, tmp_path / "var") == (
        f"Port {demo.port} is taken: choose another, for example make demo PORT={demo.port + 1}.\n"
    )


# ---- In the browser ------------------------------------------------------------------------------------------------
def test_somebody_signs_in_with_the_code_that_the_mail_brought(demo, page: Page):
    page.goto(demo.address)
    page.get_by_role("link", name=re.compile("code", re.I)).click()
    page.get_by_label("Email", exact=False).fill(THEO.email)
    signs_in_by_code(page, THEO.email)
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()


@pytest.fixture
def signed_in_page(demo, page: Page) -> Page:
    page.goto(demo.address)
    page.get_by_label("email", exact=False).fill(THEO.email)
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{demo.address}/")
    return page


def test_the_first_visit_is_light_and_still(demo, signed_in_page: Page, browser: Browser):
    """At most 120 KB over the wire, from this host only, and nothing moves while it loads."""
    context = browser.new_context(storage_state=signed_in_page.context.storage_state())
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => window.moved += e.value))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(demo.address, wait_until="networkidle")
    assert hosts == {f"localhost:{demo.port}"}
    assert len(sizes) > 4
    assert sum(sizes) <= 120 * 1024, f"{sum(sizes):.0f} bytes"
    assert page.evaluate("window.moved") == 0
    context.close()


# ---- An end, and the start after it --------------------------------------------------------------------------------
def test_a_killed_supervisor_takes_all_along_and_the_next_start_keeps_the_data(tmp_path):
    demo = Demo(tmp_path / "var", free_port()).start()
    try:
        mark = psycopg2.connect(Server(demo.var / "demo" / "postgres").url)
        with mark, mark.cursor() as cursor:
            cursor.execute("UPDATE accounts_organisation SET name = 'Kept' WHERE name = 'Copper Kettle'")
        mark.close()
        family = psutil.Process(demo.process.pid).children(recursive=True)
        assert len(family) > 8
        demo.end(signal.SIGKILL)
        demo.start()
        assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        mark = psycopg2.connect(Server(demo.var / "demo" / "postgres").url)
        with mark, mark.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_organisation WHERE name = 'Kept'")
            assert cursor.fetchone() == (1,)
            # What a later release would have left behind:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('accounts', '0099_later', now())"
            )
        mark.close()
        demo.end(signal.SIGHUP)  # a terminal that closes
        assert "The database is newer than this code, which does not know accounts.0099_later" in refusal(
            demo.port, demo.var
        )
    finally:
        demo.process.kill()
        demo.process.wait()
        Server(demo.var / "demo" / "postgres").remove()


# ---- Starts that cannot work ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("port", ["0", "99999", "http"])
def test_what_is_no_port_is_refused(tmp_path, port):
    assert f"{port} is not a port" in refusal(port, tmp_path / "var")


def test_a_var_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "var").write_text("a file stands in its place")
    assert f"{tmp_path}/var/demo cannot be written" in refusal(free_port(), tmp_path / "var")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_var_of_somebody_else_is_named(tmp_path):
    (tmp_path / "var" / "demo").mkdir(parents=True)
    os.chown(tmp_path / "var" / "demo", 12345, 12345)
    assert "belongs to somebody else" in refusal(free_port(), tmp_path / "var")


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], check=False).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_is_named(small_disk):
    assert re.search(r"has \d MB left and 300 MB are needed", refusal(free_port(), small_disk))
