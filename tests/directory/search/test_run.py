"""What a merchant finds, and what it never learns."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from tests.factories import ReferenceFactory, RelationshipFactory, VendorFactory
from vendors.directory.models import Capability, FacetTally, FacetValue, Partner, Relationship, Vendor, Word
from vendors.directory.search import index
from vendors.directory.search.query import read
from vendors.directory.search.run import run
from vendors.directory.search.sets import search_of
from vendors.directory.search.values import values
from vendors.directory.search.words import lone_word

pytestmark = pytest.mark.django_db


def value(facet, slug, **more):
    row, _ = FacetValue.objects.update_or_create(facet=facet, slug=slug, defaults={"name": slug, **more})
    return row


def listed(name, *values, **more):
    vendor = VendorFactory(organisation__name=name, **more)
    Capability.objects.bulk_create(Capability(vendor=vendor, value=v) for v in values)
    index.refresh([vendor.pk])
    return vendor


def found(address, acting, **more):
    return run(read(QueryDict(address), acting, values()), acting, **more)


def names(address, acting, **more):
    return [row.name for row in found(address, acting, **more).rows]


def test_finds_prefixes_accents_phrases_and_synonyms_and_leaves_out_exclusions(owner):
    service = value("service", "test-fulfilment", name="Fulfilment", synonyms=["3pl", "fulfillment"])
    listed("Café Nord", service)
    listed("Nord Sud")
    assert names("q=cafe", owner) == names("q=3pl", owner) == names("q=fulfill", owner) == ["Café Nord"]
    assert names("q=nord+-cafe", owner) == ["Nord Sud"]
    assert names('q="nord+sud"', owner) == ["Nord Sud"]


@pytest.mark.parametrize("words", ["o\u02bcbrien", "O\u02bcBRIEN", "o'brien", "\u0149a", "na", "fi", "\ufb01"])
def test_apostrophes_that_are_letters_and_letters_that_are_two(words, owner):
    listed("O\u02bcBrien \u0149a \ufb01")
    assert names(f"q={words}", owner) == ["O\u02bcBrien \u0149a \ufb01"]


def test_a_typo_is_searched_again(owner):
    listed("Kestrel Fulfilment")
    again = found("q=kestrell", owner)
    assert ([row.name for row in again.rows], again.meant) == (["Kestrel Fulfilment"], "kestrel")


def test_a_private_vendor_is_found_by_its_merchant_alone(owner, rival, manager):
    listed("Secret Store", private_to=owner.organisation)
    assert names("q=secret", owner) == ["Secret Store"]
    assert names("q=secret", rival) == names("", manager) == []
    assert found("q=secrett", rival).meant == ""


def test_own_evidence_counts_for_its_merchant_only(owner, rival):
    vendor = listed("Open House")
    ReferenceFactory(vendor=vendor, merchant=owner.organisation, state="asked")
    Partner.objects.create(
        vendor=vendor, merchant=owner.organisation, name="Zanzibar", kind="client", created_at=vendor.added_at
    )
    index.refresh([vendor.pk])
    assert [row.asked for row in found("q=open", owner).rows] == [1]
    assert [row.asked for row in found("q=open", rival).rows] == [0]
    assert (names("q=zanzibar", owner), names("q=zanzibar", rival)) == (["Open House"], [])


def test_counts_of_a_facet_ignore_its_own_filter_and_expand(owner):
    red, blue, short, long = (
        value("service", "test-red"), value("service", "test-blue"),
        value("notice", "test-30", high=30), value("notice", "test-60", high=60),
    )  # fmt: skip
    listed("A", red, notice_days=20)
    listed("B", blue, notice_days=55)
    seen = found("service=test-red&notice=test-60", owner)
    assert ([row.name for row in seen.rows], seen.total) == (["A"], 1)
    assert (seen.counts[red.pk], seen.counts[blue.pk]) == (1, 1)
    assert (seen.counts[short.pk], seen.counts[long.pk]) == (1, 1)
    assert names("service=test-red&service=test-blue&sort=name", owner) == ["A", "B"]


def test_tallies_follow(owner):
    red = value("service", "test-red")
    vendor = listed("A", red)
    index.refresh([vendor.pk])
    assert sum(FacetTally.objects.filter(value=red).values_list("count", flat=True)) == 1
    index.fold()
    assert FacetTally.objects.get(value=red).count == 1


@pytest.mark.parametrize("page", ["0", "-1", "1000000000", "x", "3"])
def test_pages_are_clamped(owner, page):
    for name in "ABC":
        listed(name)
    assert len(names(f"sort=name&page={page}", owner, per_page=1)) == 1


@pytest.mark.parametrize("words", ["\0", "x" * 5000, "!!! && |", '"open', "' OR 1=1 --", "a:*b", "-", "%s", "\\"])
def test_no_words_are_an_error(owner, words):
    params = QueryDict(mutable=True)
    params["q"] = params["service"] = params["sort"] = words
    query = read(params, owner, values())
    run(query, owner)
    assert read(QueryDict(query.address()), owner, values()) == query


@pytest.mark.parametrize("address", ["q=store", "q=store&sort=name", "q=store&sort=evidence"])
def test_pages_of_more_hits_than_are_counted_follow_each_other_in_the_same_order(address, owner, monkeypatch):
    monkeypatch.setattr("vendors.directory.search.run.RANKED", 3)
    for number in range(9):
        own = {"private_to": owner.organisation} if number % 4 == 0 else {}
        vendor = listed(f"Store {number}", **own)
        ReferenceFactory.create_batch(number, vendor=vendor)
        index.refresh([vendor.pk])
    whole = [row.name for row in found(address, owner).rows]
    assert len(whole) == 9
    for module in ("run", "sets"):
        monkeypatch.setattr(f"vendors.directory.search.{module}.CAP", 6)
    pages = [found(f"{address}&page={page}", owner, per_page=2) for page in (1, 2, 3, 4)]
    assert [(one.total, one.is_capped, one.pages) for one in pages] == [(6, True, 3)] * 4
    assert [row.name for one in pages[:3] for row in one.rows] == whole[:6]
    assert [row.name for row in pages[3].rows] == whole[4:6]


def test_the_fastest_reply_stands_first_among_more_than_are_counted(owner, monkeypatch):
    vendors = [listed(f"Store {number}") for number in range(6)]
    replied = {vendors[4].pk: 100, vendors[1].pk: 900, vendors[5].pk: 50}
    for name in ("run.RANKED", "run.CAP", "sets.CAP"):
        monkeypatch.setattr(f"vendors.directory.search.{name}", 2 if name == "run.RANKED" else 4)
    pages = [found(f"q=store&sort=reply&page={page}", owner, per_page=2, replied=replied) for page in (1, 2)]
    assert [row.name for one in pages for row in one.rows] == ["Store 5", "Store 4", "Store 1", "Store 0"]


def test_no_page_shows_again_what_another_has_shown(owner, monkeypatch):
    for number in range(9):
        named = number % 3 == 2
        vendor = listed(f"Store {number}" if named else f"Depot {number}", tagline="A store of things")
        ReferenceFactory.create_batch(9 - number, vendor=vendor)
        index.refresh([vendor.pk])
    for name, value_ in {"run.RANKED": 4, "run.CAP": 8, "sets.CAP": 8}.items():
        monkeypatch.setattr(f"vendors.directory.search.{name}", value_)
    pages = [names(f"q=store&page={page}", owner, per_page=2) for page in (1, 2, 3, 4)]
    shown = [name for one in pages for name in one]
    assert len(set(shown)) == len(shown) == 8


@pytest.mark.parametrize("address", ["q=store", "q=Stor", "q=store&sort=name", "q=store&sort=evidence", "q=störe"])
@pytest.mark.parametrize("common", [20, 5])  # all hits are read and sorted, or the best are walked to and some counted
def test_words_that_are_known_to_be_common_are_found_alike(address, common, owner, monkeypatch):
    fragile, rare = value("handling", "test-fragile"), value("handling", "test-rare")
    listed("Depot", rare)
    for number in range(9):
        own = {"private_to": owner.organisation} if number % 4 == 0 else {}
        vendor = listed(f"Store {number}", fragile, **own)
        ReferenceFactory.create_batch(number, vendor=vendor)
        index.refresh([vendor.pk])
        status = ["active", "prospect"][number % 2]
        Relationship.objects.filter(vendor=vendor, merchant=owner.organisation).delete()
        RelationshipFactory(vendor=vendor, merchant=owner.organisation, status=status)
    whole = found(address, owner)
    assert (whole.total, whole.counts[fragile.pk], whole.at_least) == (9, 9, frozenset())
    for name, value_ in {"run.RANKED": 4, "run.CAP": 4, "sets.CAP": 4, "run.COMMON": common, "run.SAMPLE": 2}.items():
        monkeypatch.setattr(f"vendors.directory.search.{name}", value_)
    index.recount()
    Word.objects.filter(text="store", merchant=None).update(count=6)
    pages = [found(f"{address}&page={page}", owner, per_page=2) for page in (1, 2)]
    assert [row.name for one in pages for row in one.rows] == [row.name for row in whole.rows[:4]]
    for one in pages:
        assert (one.total, one.is_capped, one.pages, one.at_least) == (4, True, 2, frozenset({""}))
        assert one.statuses == whole.statuses == {"active": 5, "prospect": 4}
        assert one.counts[fragile.pk] in ({2} if common == 20 else {2, 4})  # two of its own, of the others two or none
        assert one.counts[rare.pk] == 0  # offered, since one that was not counted may have it


@pytest.mark.parametrize("believed", [10, 1_000])  # all hits are read, or a sample
def test_what_was_common_and_is_not_any_more_is_counted_to_the_last_one(believed, owner, monkeypatch):
    fragile, unused = value("handling", "test-fragile"), value("handling", "test-unused")
    for number in range(5):
        listed(f"Store {number}", fragile)
    limits = {"run.RANKED": 4, "run.CAP": 6, "sets.CAP": 6, "run.SAMPLE": 2, "run.COMMON": 20}
    for name, value_ in limits.items():
        monkeypatch.setattr(f"vendors.directory.search.{name}", value_)
    Word.objects.update(count=believed)
    for address in ("q=store", "q=store&sort=name"):
        pages = [found(f"{address}&page={page}", owner, per_page=4) for page in (1, 2)]
        assert [[row.name for row in one.rows] for one in pages] == [[f"Store {n}" for n in range(4)], ["Store 4"]]
        if believed == 1_000:
            continue  # a full page does not tell that there are no more than the cap
        for one in pages:
            assert (one.total, one.is_capped, one.counts[fragile.pk], one.at_least) == (5, False, 5, frozenset())
            assert unused.pk not in one.counts
    Vendor.objects.update(withheld_at=datetime(2026, 11, 2, tzinfo=UTC))
    index.refresh(list(Vendor.objects.values_list("pk", flat=True)))
    assert (found("q=store", owner, per_page=4).total, found("q=stora", owner, per_page=4).total) == (0, 0)


def test_what_is_common_and_more_than_was_counted_is_walked_to(owner, monkeypatch):
    for number in range(9):
        vendor = listed(f"Store {number}")
        ReferenceFactory.create_batch(number, vendor=vendor)
        index.refresh([vendor.pk])
    whole = names("q=store", owner)
    limits = {"run.RANKED": 4, "run.CAP": 4, "sets.CAP": 4, "run.SAMPLE": 2, "run.COMMON": 6}
    for name, value_ in limits.items():
        monkeypatch.setattr(f"vendors.directory.search.{name}", value_)
    Word.objects.update(count=5)
    pages = [found(f"q=store&page={page}", owner, per_page=2) for page in (1, 2)]
    assert [row.name for one in pages for row in one.rows] == whole[:4]
    assert {(one.total, one.is_capped) for one in pages} == {(4, True)}


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ("store", "store"), (" Störe ", "störe"), ("store house", ""), ('"store"', ""), ("-store", ""), ("", ""),
        ("store's", ""), ("!!", ""), ("3PL", "3pl"),
    ],
)  # fmt: skip
def test_which_searches_are_for_a_single_word(words, word):
    assert lone_word(words) == word


def test_only_a_search_for_nothing_but_a_word_goes_by_what_is_known_of_it(owner):
    fragile = value("handling", "test-fragile")
    asked = {
        address: search_of(read(QueryDict(address), owner, values()), owner, values()).word
        for address in ("q=store", f"q=store&handling={fragile.slug}", "q=store&known=1", "q=store&sort=name")
    }
    assert list(asked.values()) == ["store", "", "", "store"]
