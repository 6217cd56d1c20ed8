"""Which vendors are probably the same company, among what the viewer sees."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import VendorFactory
from vendors.directory.merging.duplicates import likely_duplicates, pairs_of, told

pytestmark = pytest.mark.django_db


def names(acting, name, website=""):
    return [one.name for one in likely_duplicates(acting, name=name, website=website)]


@pytest.mark.parametrize(
    "written",
    [
        "HARROW & QUAY",
        "Harrow and Quay Ltd.",
        "Hárrow-Quay GmbH & Co. KG",
        "The Harrow Quay, Inc.",
        "Harrow & Quay S.A.",
        "Harrow & Quai",
    ],
)
def test_a_name_written_otherwise_is_found(written, owner):
    VendorFactory(organisation__name="Harrow & Quay Limited")
    assert names(owner, written) == ["Harrow & Quay Limited"]


@pytest.mark.parametrize("other", ["Harrow Bay", "Quayside Storage", "Harrow", "Ltd", "北京", "\u200b"])
def test_another_name_is_not(other, owner):
    VendorFactory(organisation__name="Harrow & Quay Limited")
    assert names(owner, other) == []


def test_a_name_of_nothing_but_an_ending_is_still_a_name(owner):
    VendorFactory(organisation__name="Limited")
    assert names(owner, "LIMITED") == ["Limited"]


def test_a_domain_tells_but_not_one_where_anybody_is(owner):
    VendorFactory(organisation__name="Pallet & Post", website="https://www.palletpost.co.uk/about")
    VendorFactory(organisation__name="At Home", website="https://gmail.com")
    assert names(owner, "Another", "http://shop.palletpost.co.uk") == ["Pallet & Post"]
    assert names(owner, "Another", "https://gmail.com") == []


def test_what_one_does_not_see_is_like_nothing(owner, rival, signed_in):
    theirs = VendorFactory(
        organisation__name="Canary Storage", website="https://canary.example", private_to=rival.organisation
    )
    mine = VendorFactory(
        organisation__name="Canary Storage", website="https://canary.example", private_to=owner.organisation
    )
    assert names(owner, "Canary Storage", "https://canary.example") == ["Canary Storage"]
    assert likely_duplicates(owner, name="Canary Storage", website="", besides=mine) == []
    assert pairs_of(owner) == []
    for path in (reverse("directory:duplicates"), reverse("directory:vendor", args=[mine.pk])):
        assertNotContains(signed_in(owner).get(path), f"/{theirs.pk}/")


def test_own_vendors_stand_beside_what_they_are_like_once(owner, signed_in, django_assert_num_queries):
    mine = VendorFactory(
        organisation__name="Orchard Lane Ltd", website="https://orchard.example", private_to=owner.organisation
    )
    again = VendorFactory(organisation__name="ORCHARD LANE", private_to=owner.organisation)
    open_to_all = VendorFactory(organisation__name="Fruit and Veg", website="https://www.orchard.example")
    with django_assert_num_queries(6):  # two of them beside the transaction and its threshold
        pairs = told(pairs_of(owner), owner)
    assert {frozenset([pair.own.pk, pair.other.pk]): str(pair.why) for pair in pairs} == {
        frozenset([mine.pk, open_to_all.pk]): "Same web site",
        frozenset([mine.pk, again.pk]): "Same name",
    }
    page = signed_in(owner).get(reverse("directory:duplicates"))
    assertContains(page, f"/vendors/{mine.pk}/merge/?into={open_to_all.pk}")
    assertContains(signed_in(owner).get(reverse("directory:vendor", args=[mine.pk])), "Is it there twice?")


@pytest.mark.parametrize(("one", "other"), [("\u2605\u2605", "\u2606\u2606"), ("!!!", "???")])
def test_names_of_signs_alone_are_not_the_same(one, other, owner):
    for name in (one, other):
        VendorFactory(organisation__name=name, private_to=owner.organisation)
    assert pairs_of(owner) == []


def test_none_twice_says_so(owner, signed_in):
    assertContains(signed_in(owner).get(reverse("directory:duplicates"), {"page": "x"}), "None is there twice")
