"""Saved searches: kept for their owner alone, and what is new in them since that person last looked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.models import Capability, FacetValue, SavedSearch, Tag, Tagging, Vendor
from vendors.directory.search import index, saved
from vendors.directory.search.errors import TooManySearches
from vendors.directory.search.query import read
from vendors.directory.search.values import values

pytestmark = pytest.mark.django_db
LIST, SAVE = reverse("directory:list"), reverse("directory:save_search")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def keep(owner, name="Fragile", query="handling=fragile", looked_at=NOW) -> SavedSearch:
    return SavedSearch.objects.create(
        membership=owner, name=name, query=query, looked_at=looked_at, created_at=looked_at
    )


def listed(name, *slugs, at=NOW + timedelta(hours=1), **more) -> Vendor:
    fields = {"added_at": at} if "private_to" in more else {"added_at": at, "published_at": at}
    vendor = VendorFactory(organisation__name=name, **fields, **more)
    for slug in slugs:
        Capability.objects.create(vendor=vendor, value=FacetValue.objects.get(facet="handling", slug=slug))
    index.refresh([vendor.pk])
    return vendor


def new(acting) -> dict[str, tuple[int, bool]]:
    """By the name of a search: how many are new in it, and whether there may be more."""
    tags = list(Tag.objects.visible_to(acting).order_by("name", "pk"))
    return {one.name: (one.count, one.is_more) for one in saved.saved_of(acting, values(), tags)}


def of(saved_search, verb="") -> str:
    route = {"": "saved_search", "edit": "edit_saved_search", "remove": "remove_saved_search"}[verb]
    return reverse(f"directory:{route}", args=[saved_search.pk])


# ---- Saving --------------------------------------------------------------------------------------------------------
def test_what_the_list_shows_is_saved_and_stands_beside_it(owner, signed_in):
    client = signed_in(owner)
    page = client.get(LIST, {"q": "nord", "handling": "fragile", "page": "3", "since": "5", "odd": "x"})
    assertContains(page, '<input type="hidden" name="query" value="q=nord&amp;handling=fragile">')
    assertContains(page, 'value="nord, Fragile" maxlength="60"')
    answer = client.post(SAVE, {"name": " Nord,  fragile ", "query": "q=nord&handling=fragile&page=3&since=5&odd=x"})
    assertRedirects(answer, f"{LIST}?q=nord&handling=fragile")
    kept = SavedSearch.objects.get()
    assert (kept.name, kept.query, kept.membership) == ("Nord, fragile", "q=nord&handling=fragile", owner)
    page = client.get(LIST, {"q": "nord", "handling": "fragile", "page": "2"})
    assertContains(page, f'href="{of(kept)}" aria-current="true"')
    assertContains(page, of(kept, "edit"))
    assertNotContains(page, f'action="{SAVE}"')
    assertNotContains(client.get(LIST), f'{of(kept)}" aria-current')


def test_a_mistyped_one_is_saved_as_what_was_found(owner, signed_in):
    listed("Kestrel Returns")
    page = signed_in(owner).get(LIST, {"q": "kestrell"})
    assertContains(page, '<input type="hidden" name="query" value="q=kestrel">')
    assertContains(page, 'value="kestrel" maxlength="60"')


def test_there_is_nothing_to_save_where_nothing_is_asked_for(owner, signed_in):
    assertNotContains(signed_in(owner).get(LIST, {"sort": "name"}), SAVE)


@pytest.mark.parametrize(
    ("name", "query", "says"),
    [
        ("fragile", "handling=food", "You have a search of this name already."),
        ("Same again", "handling=fragile&page=4", "it is called “Fragile”."),
        ("", "handling=food", "This field is required."),
        ("\u200b", "handling=food", "A name needs a letter"),
        ("x" * 61, "handling=food", "at most 60 characters"),
        ("a\x00b", "handling=food", "Null characters are not allowed."),
    ],
    ids=range(6),
)
def test_what_cannot_be_saved_says_why(name, query, says, owner, signed_in):
    keep(owner)
    answer = signed_in(owner).post(SAVE, {"name": name, "query": query})
    assertContains(answer, says, status_code=422)
    assertContains(answer, "is-invalid", status_code=422)
    assert SavedSearch.objects.count() == 1


def test_a_search_that_is_too_wide_to_keep_says_so(owner, signed_in):
    query = "&".join(f"{one.facet}={one.slug}" for one in FacetValue.objects.order_by("facet", "slug"))
    answer = signed_in(owner).post(SAVE, {"name": "Wide", "query": query})
    assertContains(answer, "This search has more filters than can be kept", status_code=422)
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize("query", ["x" * 100_000, "q=" + "x" * 5_000, "q=a\x00b%00", "%", "&&==", "page=x&since=1e9"])
def test_an_odd_address_is_kept_as_it_reads(query, owner, signed_in):
    client = signed_in(owner)
    assert client.post(SAVE, {"name": "Odd", "query": query}).status_code == 302
    kept = SavedSearch.objects.get()
    assert kept.query == saved.bare(read(QueryDict(kept.query), owner, values()))
    assert client.get(of(kept), follow=True).status_code == 200


def test_ten_are_all_that_fit(owner, signed_in):
    for number in range(saved.MOST):
        keep(owner, name=f"Search {number}", query=f"q=w{number}")
    answer = signed_in(owner).post(SAVE, {"name": "One more", "query": "q=more"})
    assertContains(answer, "You keep 10 searches, which is all that fits: delete one.", status_code=422)
    assert SavedSearch.objects.count() == saved.MOST


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_make_eleven(owner):
    for number in range(saved.MOST - 1):
        keep(owner, name=f"Search {number}", query=f"q=w{number}")
    together = Barrier(2)

    def press(number: int) -> bool:
        try:
            query = read(QueryDict(f"q=more{number}"), owner, values())
            together.wait(10)
            saved.save(f"More {number}", query, by=owner, at=NOW)
        except TooManySearches:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(press, range(2))) == [False, True]
    assert SavedSearch.objects.count() == saved.MOST


# ---- What is new ---------------------------------------------------------------------------------------------------
def test_new_are_those_that_fit_and_were_listed_since(owner):
    keep(owner)
    keep(owner, name="Nord", query="q=nord")
    keep(owner, name="Nobody", query="q=nobody&handling=food")
    listed("Nord Old", "fragile", at=NOW - timedelta(hours=1))
    listed("Nord New", "fragile")
    listed("Sud New", "fragile")
    listed("Nord Plain")
    assert new(owner) == {"Fragile": (2, False), "Nord": (2, False), "Nobody": (0, False)}


def test_each_counts_from_its_own_look(owner):
    keep(owner, name="Early", query="", looked_at=NOW)
    keep(owner, name="Late", query="sort=name", looked_at=NOW + timedelta(hours=2))
    for hours in (1, 3):
        listed(f"After {hours}", at=NOW + timedelta(hours=hours))
    assert new(owner) == {"Early": (2, False), "Late": (1, False)}


def test_a_look_shows_which_are_new_and_from_then_on_they_are_not(owner, signed_in, time_machine):
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    kept = keep(owner)
    listed("Nord Old", "fragile", at=NOW - timedelta(hours=1))
    listed("Nord New", "fragile")
    client = signed_in(owner)
    assertContains(client.get(LIST), "<b>1 new</b>")
    answer = client.get(of(kept))
    assertRedirects(answer, f"{LIST}?handling=fragile&since={int(NOW.timestamp())}")
    page = client.get(answer["Location"])
    assert [(row.name, row.is_new) for row in page.context["rows"]] == [("Nord New", True), ("Nord Old", False)]
    assertContains(page, '<span class="tag tag-new">New</span>', count=1)
    assertNotContains(page, "<b>1 new</b>")
    assertContains(page, 'aria-current="true"')
    again = client.get(client.get(of(kept))["Location"])
    assertNotContains(again, "tag-new")


def test_of_very_many_it_looks_at_the_newest_alone(owner, monkeypatch):
    monkeypatch.setattr(saved, "FRESH", saved.FRESH.replace("LIMIT 1001", "LIMIT 3"))
    monkeypatch.setattr(saved, "NEWEST", 2)
    keep(owner)
    keep(owner, name="Late", query="handling=fragile&sort=name", looked_at=NOW + timedelta(hours=3))
    for hours in range(1, 5):
        listed(f"After {hours}", "fragile", at=NOW + timedelta(hours=hours))
    assert new(owner) == {"Fragile": (3, True), "Late": (1, False)}


def test_ones_own_private_vendor_is_new_and_nobody_elses_ever_is(owner, rival):
    for one in (owner, rival):
        keep(one, query="")
    listed("Mine Alone", private_to=owner.organisation)
    theirs = listed("Theirs Alone", private_to=rival.organisation)
    assert (new(owner), new(rival)) == ({"Fragile": (1, False)}, {"Fragile": (1, False)})
    both = listed("For Everybody")
    RelationshipFactory(vendor=both, merchant=rival.organisation, status="active")
    index.refresh([both.pk, theirs.pk])
    assert new(owner) == {"Fragile": (2, False)}


def test_own_tags_and_statuses_narrow_what_is_new(owner, rival):
    vendor, other = listed("Tagged"), listed("Other")
    tag = Tag.objects.create(merchant=owner.organisation, name="Candles")
    foreign = Tag.objects.create(merchant=rival.organisation, name="Foreign")
    Tagging.objects.create(tag=tag, vendor=vendor)
    Tagging.objects.create(tag=foreign, vendor=other)
    RelationshipFactory(vendor=other, merchant=owner.organisation, status="active")
    keep(owner, name="Tagged", query=f"tag={tag.pk}")
    keep(owner, name="Ours", query="status=active")
    keep(owner, name="Not theirs", query=f"tag={foreign.pk}")
    assert new(owner) == {"Tagged": (1, False), "Ours": (1, False), "Not theirs": (2, False)}


def test_it_costs_the_same_for_one_and_for_ten(owner, signed_in, django_assert_num_queries):
    client, tag = signed_in(owner), Tag.objects.create(merchant=owner.organisation, name="Candles")
    listed("Nord")
    keep(owner)
    client.get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)
    for number in range(1, saved.MOST):
        keep(owner, name=f"Search {number}", query=f"q=%22w%25+{number}&handling=food&tag={tag.pk}&status=active")
    with django_assert_num_queries(9):
        assertContains(client.get(LIST), "Search 9")


# ---- Renaming and deleting -----------------------------------------------------------------------------------------
def test_it_gets_another_name_and_goes(owner, signed_in):
    kept, client = keep(owner), signed_in(owner)
    keep(owner, name="Food", query="handling=food")
    assertContains(client.post(of(kept, "edit"), {"name": "FOOD"}), "of this name already", status_code=422)
    assertRedirects(client.post(of(kept, "edit"), {"name": "fragile"}), f"{LIST}?handling=fragile")
    assert sorted(SavedSearch.objects.values_list("name", flat=True)) == ["Food", "fragile"]
    answer = client.post(of(kept, "remove"), follow=True)
    assertContains(answer, "“fragile” is deleted.")
    assert SavedSearch.objects.get().name == "Food"


def test_a_colleague_and_a_rival_have_their_own(owner, viewer, rival, signed_in):
    kept = keep(owner, name="Quillish")
    for other in (viewer, rival):
        client = signed_in(other)
        assertNotContains(client.get(LIST), "Quillish")
        for path in (of(kept), of(kept, "edit")):
            assert client.get(path).status_code == 404
        assert client.post(of(kept, "remove")).status_code == 404
        assertRedirects(
            client.post(SAVE, {"name": "Quillish", "query": "handling=fragile"}), f"{LIST}?handling=fragile"
        )
    assert SavedSearch.objects.count() == 3
    second = MembershipFactory(user=owner.user, organisation__name="Zebra")
    assertNotContains(signed_in(second).get(LIST), "Quillish")


def test_a_filter_that_is_gone_is_left_out(owner, signed_in):
    tag = Tag.objects.create(merchant=owner.organisation, name="Candles")
    kept = keep(owner, query=f"handling=fragile&tag={tag.pk}")
    tag.delete()
    client = signed_in(owner)
    page = client.get(client.get(of(kept))["Location"])
    assertContains(page, f'href="{of(kept)}" aria-current="true"')
    assertContains(page, of(kept, "edit"))
