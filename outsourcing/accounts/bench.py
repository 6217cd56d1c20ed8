"""Points of people: the members page of a large organisation, and a sign-in beside the password's hash alone."""

import re
import time
from functools import partial
from http.client import HTTPConnection
from urllib.parse import urlencode

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password

from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.shared.bench import Bench, Probe, needs, point
from outsourcing.shared.budgets import NotMeasured, Result, p95_over, p95_within, queries_within

needs(organisations=1_000, memberships=20_000)
MEMBERS = 200
PASSWORD = "a-password-for-the-benchmark"
HASH = "password hash"


@point("members.page", p95_within(100), queries_within(10), order=20)
def members_page(bench: Bench) -> Result:
    """An owner looks at 200 members."""
    owner = _owner()
    _fill_up(owner.organisation)
    assert owner.user is not None
    rows = {"members": owner.organisation.memberships.count(), **bench.rows(Organisation, Membership)}
    return bench.page("/settings/members/", by=owner.user, expects="Invite somebody", rows=rows)


def _fill_up(organisation: Organisation) -> None:
    """As many members as the point is about, one in ten of them asked in and not there yet."""
    short = range(max(0, MEMBERS - organisation.memberships.count()))
    emails = [f"member{organisation.pk}-{n}@bench.example" for n in short]
    people = User.objects.bulk_create(User(email=email, name=email.partition("@")[0]) for email in emails)
    Membership.objects.bulk_create(
        Membership(
            organisation=organisation,
            user=None if n % 10 == 0 else user,
            email=user.email,
            name=user.name,
            roles=[Role.VIEWER],
        )
        for n, user in enumerate(people)
    )


@point("sign-in", p95_over(HASH, times=1.5, plus_ms=60), order=80)
def sign_in(bench: Bench) -> Result:
    """The POST that signs somebody in by password, to the redirect; most of it is the hash, slow on purpose."""
    owner = _owner().user
    assert owner is not None
    owner.set_password(PASSWORD)
    owner.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(user=owner, email=owner.email, defaults={"verified": True, "primary": True})
    signing_in = Probe("sign-in", partial(_sign_in, bench, owner.email))
    hashing = Probe(HASH, partial(_hash, owner.password))
    times, hashed = bench.in_turns(signing_in, hashing, at_most=20)
    return Result(bench.rows(User), times, HASH, hashed)


def _sign_in(bench: Bench, email: str) -> float:
    """The seconds that one sign-in takes, as a browser with no cookies makes it."""
    wire = HTTPConnection("127.0.0.1", bench.web.port, timeout=60)
    try:
        wire.request("GET", "/accounts/login/")
        page = wire.getresponse()
        cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
        if token is None:
            raise NotMeasured("the sign-in page has no form")
        body = urlencode({"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]})
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        wire.request("POST", "/accounts/login/", body, headers)
        answer = wire.getresponse()
        answer.read()
        if answer.status != 302 or answer.getheader("Location") != "/":
            raise NotMeasured(f"the sign-in was answered with {answer.status} {answer.getheader('Location')}")
        return time.perf_counter() - started
    finally:
        wire.close()


def _hash(encoded: str) -> float:
    started = time.perf_counter()
    check_password(PASSWORD, encoded)
    return time.perf_counter() - started


def _owner() -> Membership:
    """The owner of the second shop; the first one's is the roof's."""
    places = Membership.objects.joined().filter(organisation__kind="merchant", roles__contains=[Role.OWNER])
    return places.select_related("user", "organisation").order_by("pk")[1]
