"""Whatever is asked for is answered by a page, and nothing is written."""

import re
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django.asserts import assertContains

from tests.conftest import signed_in_client
from tests.factories import MembershipFactory, VendorFactory
from vendors.directory.models import Facet
from vendors.directory.search.query import OWN, SORTS

LIST, SEARCH, EXPORT = reverse("directory:list"), reverse("search"), reverse("directory:export_csv")
WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s", re.IGNORECASE)
WORDS = {
    "punctuation": "!!! && | :* <-> ()",
    "long": "x" * 5_000,
    "long words": "word " * 1_000,
    "nul": "a\x00b\x00",
    "open quote": '"open',
    "open quotes": '"a" "b',
    "only quotes": '"" """',
    "minus": '- -- -a --b -"c',
    "sql": "' OR 1=1; --",
    "percent": "%s %(text)s %% %",
    "backslash": "\\ \\' \\x00",
    "tsquery": "a:*b & !c | (d <-> e)",
    "signs": "💥 e\u0301 \u202e \ufeff",
    "letters": "ß İ \ufb01 \u0149 o\u02bcbrien \u02ba\u02c6\u02d0 \u00bd \u2474",
}
PAGES = ["", "0", "-1", "1000000000", "9" * 30, "x", "1.5", "\u0661", "1 "]


@contextmanager
def nothing_written():
    wrote = []

    def look(execute, sql, params, many, context):
        if WRITES.search(sql) and "django_session" not in sql:
            wrote.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield
    assert wrote == []


@pytest.fixture
def client(owner, signed_in):
    VendorFactory(organisation__name="Only One")
    client = signed_in(owner)
    client.get(LIST)
    return client


@pytest.mark.django_db
def test_the_control_writes(client):
    with pytest.raises(AssertionError), nothing_written():
        client.post(reverse("directory:save_search"), {"name": "Known", "query": "known=1"})


@pytest.mark.django_db
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("address", [LIST, SEARCH, EXPORT])
def test_odd_words(address, words, client):
    with nothing_written():
        answer = client.get(f"{address}?q={quote(WORDS[words])}")
        assert answer.status_code == 200
        assert b"".join(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("words", ["", "one", "nothing"])
def test_odd_pages(page, words, client):
    with nothing_written():
        answer = client.get(LIST, {"page": page, "q": words})
    assert (answer.status_code, answer.context["found"].page) == (200, 1)
    assertContains(answer, "data-row-link", count=0 if words == "nothing" else 1)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*Facet.values, *OWN, "sort", "since", "nobody"])
def test_unknown_values_are_as_if_they_were_not_there(name, client):
    for value in ("nope", "", "0", "-1", "9" * 40, "\x00", "x" * 5_000, "' OR 1=1 --"):
        with nothing_written():
            answer = client.get(LIST, {name: value})
        assert answer.status_code == 200, value
        assert answer.context["query"].address() == "", value
        assertContains(answer, "Only One")


@pytest.mark.django_db
def test_a_thousand_values_of_a_facet(client):
    with nothing_written():
        answer = client.get(f"{LIST}?{urlencode([('service', n) for n in range(900)])}")
        assertContains(answer, "Only One")
    assert client.get(f"{LIST}?{urlencode([('service', n) for n in range(1_100)])}").status_code == 400


@pytest.mark.django_db
def test_bytes_that_are_no_text(client):
    with nothing_written():
        assert client.get(f"{LIST}?q=%ED%A0%80%FF%FE&handling=%FF").status_code == 200


class AnyText(TestCase):
    """Many searches, each answered."""

    @classmethod
    def setUpTestData(cls):
        cls.owner = MembershipFactory()
        VendorFactory(organisation__name="Kestrel Café", tagline="Picks & packs")

    @given(
        st.text(max_size=300)
        | st.lists(
            st.sampled_from(['"', "-", "kestrel", "kestrell", "café", "&", "|", ":*", "'", "\\", " ", "\x00"])
        ).map("".join),
        st.sampled_from(["", *SORTS]),
        st.text(max_size=12),
    )
    def test_any_text_is_a_search(self, words, sort, page):
        client = signed_in_client(self.owner)
        for address in (LIST, SEARCH):
            asked = urlencode({"q": words, "sort": sort, "page": page}, errors="surrogatepass")
            with nothing_written():
                assert client.get(f"{address}?{asked}").status_code == 200
