"""The cast, and the browser."""

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import override_settings
from hypothesis import HealthCheck, settings
from playwright.sync_api import expect, sync_playwright
from pytest_django.plugin import blocking_manager_key

from outsourcing.accounts.middleware import SESSION_KEY
from outsourcing.accounts.models import Membership, Organisation, Role
from tests import facets
from tests.factories import MembershipFactory, OrganisationFactory
from tests.running import CHROMIUM, demo, servers  # noqa: F401  (fixtures)

# `make prove` asks for the long form.
for name, examples in {"short": 15, "prove": 1_000}.items():
    settings.register_profile(name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


# ---- The database: as migrations leave it, whatever the test before has flushed -------------------------------------
COMMITS = {"transactional_db", "live_server"}
flushed = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        facets.remember()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the test's own transaction begins."""
    if item.session.stash.get(flushed, False):
        item.session.stash[flushed] = False
        with item.config.stash[blocking_manager_key].unblock():
            facets.have()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    mark = item.get_closest_marker("django_db")
    if COMMITS & set(getattr(item, "fixturenames", ())) or (mark and mark.kwargs.get("transaction")):
        item.session.stash[flushed] = True


@pytest.fixture(scope="session", autouse=True)
def files_of_ones_own(tmp_path_factory) -> Iterator[None]:
    """A neighbour's sweep, whose database knows no row of ours, would take our files for orphans."""
    with override_settings(FILES_DIR=tmp_path_factory.mktemp("files")):
        yield


# ---- The cast ------------------------------------------------------------------------------------------------------
@pytest.fixture
def shop(db) -> Organisation:
    return OrganisationFactory(name="Juniper & Pine", country="GB", time_zone="Europe/London")


@pytest.fixture
def vendor(db) -> Organisation:
    return OrganisationFactory(name="Pallet & Post", kind="vendor", country="GB", time_zone="Europe/London")


@pytest.fixture
def owner(shop) -> Membership:
    return MembershipFactory(organisation=shop, user__name="Theo Marchetti", user__email="theo@juniperandpine.example")


@pytest.fixture
def viewer(shop) -> Membership:
    return MembershipFactory(organisation=shop, user__name="Piet Larsen", roles=[Role.VIEWER])


@pytest.fixture
def rival(db) -> Membership:
    return MembershipFactory(organisation__name="Copper Kettle", user__name="Orla Byrne")


@pytest.fixture
def manager(vendor) -> Membership:
    return MembershipFactory(organisation=vendor, user__name="Imogen Tully", roles=[Role.MANAGER])


@pytest.fixture
def contact(vendor) -> Membership:
    return MembershipFactory(organisation=vendor, user__name="Sam Adeyemi", roles=[Role.CONTACT])


@pytest.fixture
def signed_in():
    """A browserless client of somebody: `signed_in(owner).get("/")`."""

    return signed_in_client


def signed_in_client(membership: Membership) -> Client:
    """Somebody who is signed in and acts as `membership`, as the first visit would have noted."""
    client = Client()
    client.force_login(membership.user)
    session = client.session
    session[SESSION_KEY] = membership.pk
    session.save()
    return client


# ---- The browser ---------------------------------------------------------------------------------------------------
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests are marked; without a Chromium they are skipped, in CI they fail."""
    for item in items:
        if {"page", "context", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: install it to run this test"))


@pytest.fixture(scope="session")
def playwright():
    """Playwright's loop runs in this thread from here on, and Django keeps one set of connections inside a loop and
    another outside: each is closed before the other begins, or it would hold the test database for good."""
    connections.close_all()
    expect.set_options(timeout=20_000)  # a machine that does much else at once is slow, and the page not wrong
    with sync_playwright() as playwright:
        yield playwright
        connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if CHROMIUM is None:
        pytest.fail("CI needs a Chromium: .ci/run installs it.")
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses its sandbox to root
    quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": [*sandbox, *quiet, "--disable-sync"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1360, "height": 900}, "locale": "en-GB"}


@pytest.fixture
def sign_in(live_server, context):
    """Sign a member in to the browser: `sign_in(owner)` sets the session's cookie."""

    def with_session(membership: Membership) -> None:
        client = signed_in_client(membership)
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])

    return with_session
