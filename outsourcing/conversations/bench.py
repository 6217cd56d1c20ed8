"""Points of conversations: a large merchant's inbox, a thread of thousands of entries, posting in it, and search."""

import re
import time
import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count

from outsourcing.accounts.models import Membership, Organisation, User
from outsourcing.conversations.inbox import PER_PAGE
from outsourcing.conversations.models import Entry, Thread
from outsourcing.shared import premises
from outsourcing.shared.bench import BARE, Bench, Probe, needs, point
from outsourcing.shared.budgets import NotMeasured, Result, p95_within, queries_within

needs(organisations=1_000, memberships=20_000, threads=100_000, entries=1_000_000)


@point("inbox.page", p95_within(60), queries_within(11), order=50)
def inbox_page(bench: Bench) -> Result:
    """The first page of everything, of the merchant with the most threads."""
    return bench.page("/messages/?show=all", by=_user(_busiest()), expects="data-row-link", rows=_rows(bench))


@point("inbox.last", p95_within(60), queries_within(11), order=50)
def inbox_last(bench: Bench) -> Result:
    """Its last page."""
    number = -(-Thread.objects.filter(merchant=_busiest()).count() // PER_PAGE)
    path = f"/messages/?show=all&page={number}"
    return bench.page(path, by=_user(_busiest()), expects="data-row-link", rows=_rows(bench))


@point("inbox.waiting", p95_within(60), queries_within(11), order=50)
def inbox_waiting(bench: Bench) -> Result:
    """What waits for it, most urgent first."""
    return bench.page("/messages/?show=us", by=_user(_busiest()), expects="data-row-link", rows=_rows(bench))


@point("thread.page", p95_within(40), order=50)
def thread_page(bench: Bench) -> Result:
    """The newest 50 of the longest thread."""
    thread = _longest()
    rows = {"entries of the thread": thread.entry_count, **_rows(bench)}
    return bench.page(f"/messages/{thread.pk}/", by=_user(thread.merchant), expects='id="reply"', rows=rows)


@point("messages.search", p95_within(100), order=50)
def messages_search(bench: Bench) -> Result:
    """A word that is in every second entry, among those of the merchant with the most."""
    return bench.page("/messages/?q=pallet", by=_user(_busiest()), expects="<mark>", rows=_rows(bench))


@point("messages.search.rare", p95_within(100), order=50)
def messages_search_rare(bench: Bench) -> Result:
    """A word in one of seven hundred entries, by its beginning."""
    return bench.page("/messages/?q=obsid", by=_user(_busiest()), expects="<mark>", rows=_rows(bench))


@point("message.post", p95_within(40), order=55)
def message_post(bench: Bench) -> Result:
    """A question posted in the longest thread, to the redirect: the entry, its turn, and the mail's row."""
    premises.make_broker_room()  # or the worker is called in vain, and that takes its time
    thread = _longest()
    owner = _user(thread.merchant)
    client = bench._signed_in(owner)
    page = client.get(f"/messages/{thread.pk}/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    acting = re.search(r'name="acting" value="(\d+)"', page.content.decode())
    if token is None or acting is None:
        raise NotMeasured("the thread has no form")
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    cookies = "; ".join(f"{name}={client.cookies[name].value}" for name in names)
    wire = bench.web.wire()
    form = {"csrfmiddlewaretoken": token[1], "acting": acting[1], "kind": "question", "text": "Which gate?"}

    def once() -> float:
        body = urlencode({**form, "key": str(uuid.uuid4())})
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        wire.request("POST", f"/messages/{thread.pk}/post/", body, headers)
        answer = wire.getresponse()
        answer.read()
        seconds = time.perf_counter() - started
        if answer.status != 302:
            raise NotMeasured(f"the message was answered with {answer.status}")
        return seconds

    times, bare = bench.in_turns(Probe("message.post", once), bench.bare_page(by=owner))
    return Result({"entries of the thread": thread.entry_count, **_rows(bench)}, times, BARE, bare)


def _rows(bench: Bench) -> dict[str, int]:
    return bench.rows(Thread, Entry)


def _busiest() -> Organisation:
    """The merchant with the most threads."""
    counted = Thread.objects.values("merchant").annotate(count=Count("pk")).order_by("-count")
    return Organisation.objects.get(pk=counted[0]["merchant"])


def _longest() -> Thread:
    return Thread.objects.select_related("merchant").order_by("-entry_count")[0]


def _user(organisation: Organisation) -> User:
    """Its head."""
    place = Membership.objects.joined().filter(organisation=organisation, roles__contains=[organisation.head]).first()
    assert place is not None
    assert place.user is not None
    return place.user
