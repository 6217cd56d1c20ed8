"""The environment: what is missing or malformed stops every start with one sentence; what keeps pages safe stays on."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "SECRET_KEY": "a-key-of-fifty-characters-or-more-0123456789-abcdefghij",
    "DATABASE_URL": "postgresql://somebody:secret@db.example/outsourcing",
    "ALLOWED_HOSTS": "outsourcing.example.com",
    "BROKER_URL": "redis://broker.example/0",
}
STARTS = {
    "manage": ["manage.py", "check"],
    "celery": ["-m", "celery", "-A", "outsourcing", "report"],
    "wsgi": ["-c", "import outsourcing.wsgi"],
}


def start(how: str = "manage", *more: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
    """Start a program in production with some variables changed, or unset where None."""
    environment = {**PRODUCTION, "PATH": os.environ["PATH"], **changed}
    return subprocess.run(
        [sys.executable, *STARTS[how], *more],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=30,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Traceback" not in said
    assert "s3cret" not in said
    assert len(said.strip().splitlines()) == 1
    assert said.endswith(".\n")
    assert not said.endswith("..\n")
    for word in words:
        assert word in said


@pytest.mark.parametrize("name", PRODUCTION)
def test_what_production_needs_is_named_when_missing(name):
    assert_one_sentence(start(**{name: None}), f"{name} is missing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OUTSOURCING_ENV", "foo"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://user:s3cret@host/name"),
        ("DATABASE_URL", "postgresql://user:s3cret@host:port/name"),
        ("DATABASE_URL", "postgresql://host"),
        ("BROKER_URL", "foo://user:s3cret@host"),
        ("EMAIL_URL", "garbage"),
        ("EMAIL_URL", "smtp://user:s3cret@host:port"),
        ("CLOCK_OFFSET", "abc"),
        ("CLOCK_OFFSET", "99999999999999999999"),
        ("ALLOWED_HOSTS", "  "),
        ("ALLOWED_HOSTS", ","),
        ("BASE_URL", "outsourcing.example.com"),
        ("SENDER_ADDRESS", "no reply@example.com"),
        ("DEBUG", "maybe"),
    ],
)
def test_what_cannot_be_read_is_named(name, value):
    assert_one_sentence(start(**{name: value}), name)


@pytest.mark.parametrize("how", ["celery", "wsgi"])
@pytest.mark.parametrize(("name", "value"), [("BROKER_URL", None), ("BROKER_URL", "foo://x")])
def test_every_other_start_stops_with_the_same_sentence(how, name, value):
    assert_one_sentence(start(how, **{name: value}), name)


def test_a_wildcard_of_hosts_asks_for_the_address_people_see():
    assert_one_sentence(start(ALLOWED_HOSTS="*"), "BASE_URL")
    assert start(ALLOWED_HOSTS="*", BASE_URL="https://shop.example").returncode == 0


def test_production_refuses_to_move_the_clock():
    assert_one_sentence(start(CLOCK_OFFSET="3600"), "CLOCK_OFFSET", "production")
    assert start(CLOCK_OFFSET="3600", OUTSOURCING_ENV="test").returncode == 0


def test_production_is_ready_to_deploy():
    done = start("manage", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


# ---- The pages that come out ---------------------------------------------------------------------------------------
class Inline(HTMLParser):
    """Collects what a strict content security policy would refuse to run or paint."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}>" for name in names if name == "style" or name.startswith("on")]
        self.found += [f"<{tag} {name}={value}>" for name, value in attrs if (value or "").startswith("javascript:")]


def inline_of(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    return parser.found


def test_the_search_for_inline_parts_finds_them():
    html = """<p style="color: red" onclick="x()"><a href="javascript:x()"></a><style></style><script>x()</script>"""
    assert sorted(inline_of(html)) == ["<a href=javascript:x()>", "<p onclick>", "<p style>", "<script>", "<style>"]


def assert_strict(page) -> None:
    assert page.status_code in {200, 403, 404}
    assert {part.strip() for part in page["Content-Security-Policy"].split(";")} == {
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    }
    assert inline_of(page.content.decode()) == []


MEMBERS_PAGES = [
    *("today", "search", "accounts:profile", "accounts:organisation"),
    *("account_set_password", "account_email", "account_logout"),
]
STRANGERS_PAGES = ["account_login", "account_request_login_code", "account_reset_password", "account_signup"]


@pytest.mark.parametrize("name", MEMBERS_PAGES)
@pytest.mark.parametrize("side", ["owner", "manager"])
def test_no_page_of_a_member_needs_anything_inline(name, side, request, signed_in):
    assert_strict(signed_in(request.getfixturevalue(side)).get(reverse(name)))


def test_the_change_of_a_password_needs_nothing_inline(owner, client):
    owner.user.set_password("seven-brass-kettles")
    owner.user.save()
    client.force_login(owner.user)
    assert_strict(client.get(reverse("account_change_password")))


@pytest.mark.parametrize("name", STRANGERS_PAGES)
def test_no_page_of_a_stranger_needs_anything_inline(name, db, client):
    assert_strict(client.get(reverse(name)))


def test_no_form_with_errors_needs_anything_inline(owner, client, signed_in):
    assert_strict(client.post(reverse("account_login"), {"login": "x", "password": ""}))
    assert_strict(signed_in(owner).post(reverse("accounts:profile"), {"name": "", "time_zone": "Mars/Base"}))


def test_error_pages_are_as_strict(viewer, client, signed_in):
    assert_strict(signed_in(viewer).get("/no/such/page/"))
    assert_strict(signed_in(viewer).get(reverse("accounts:organisation")))


def test_no_template_writes_anything_inline():
    """Templates that no test renders count too; mails are no pages, and mail programs need their styles."""
    pages = [page for page in (ROOT / "templates").rglob("*.html") if not {"mail", "email"} & set(page.parts)]
    assert len(pages) > 30
    written = {path: re.sub(r"{%.*?%}|{#.*?#}", "", path.read_text(encoding="utf-8")) for path in pages}
    assert {str(path): found for path, html in written.items() if (found := inline_of(html))} == {}


def test_tests_run_in_their_own_mode():
    assert (settings.MODE, settings.DEBUG) == ("test", False)
