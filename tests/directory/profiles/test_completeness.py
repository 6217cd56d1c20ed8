"""How complete a profile is, and what it asks for next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing.accounts.models import Organisation
from vendors.directory.models import Vendor
from vendors.directory.profiles.completeness import completeness
from vendors.directory.profiles.facts import Facts, Place, Said
from vendors.directory.profiles.saving import FIELDS
from vendors.directory.profiles.sections import SECTIONS

KITTING = Said(1, "service", "Kitting", "Fulfilment")
BOOKS = Said(2, "service", "Bookkeeping", "Office")
REST = [Said(3, "language", "English"), Said(4, "ships_to", "Europe"), Said(5, "integration", "Shopify", how="native")]
FULL = {
    "tagline": "Packs",
    "description": "Packs well",
    "website": "https://a.example",
    "logo_id": 7,
    "hours": "Mon-Fri",
    "contract_months": 0,
    "notice_days": 0,
    "orders_from": 0,
}


def vendor(**said) -> Vendor:
    return Vendor(
        organisation=Organisation(kind="vendor", name="Pallet & Post", country=said.pop("country", "")), **said
    )


def test_an_empty_profile_begins_with_what_shops_need_at_least():
    done = completeness(vendor(), Facts())
    assert done.percent == 0
    assert [part.is_least for part in done.missing][:4] == [True, True, True, False]
    assert done.next.section == "about"
    assert len(done.least_missing) == 3


def test_a_full_one_asks_for_nothing():
    done = completeness(vendor(**FULL), Facts([Place(1, "GB")], [KITTING, *REST]))
    assert (done.percent, done.next, done.least_missing) == (100, None, [])


def test_who_packs_nothing_is_not_asked_where_to():
    facts = Facts([Place(1, "GB")], [BOOKS, REST[0]])
    said = {name: value for name, value in FULL.items() if name != "orders_from"}
    assert completeness(vendor(**said), facts).percent == 100
    packs = completeness(vendor(**said), Facts([Place(1, "GB")], [BOOKS, KITTING, REST[0]]))
    assert packs.percent < 100
    assert {part.anchor for part in packs.missing} == {"id_ships_to", "id_ways", "id_orders_from"}


@pytest.mark.parametrize("country", ["", "GB"])
def test_a_country_or_a_site_is_enough_to_publish(country):
    least = {part.section for part in completeness(vendor(country=country), Facts()).least_missing}
    assert ("sites" in least) is (country == "")
    assert "sites" not in {part.section for part in completeness(vendor(), Facts([Place(1, "NL")])).least_missing}


@given(st.sets(st.sampled_from(sorted(FULL))), st.booleans(), st.booleans())
def test_whatever_is_said_the_figure_grows_with_it(said, has_place, packs):
    values = [KITTING, *REST] if packs else []
    facts = Facts([Place(1, "GB")] if has_place else [], values)
    less = completeness(vendor(**{name: FULL[name] for name in said}), facts)
    more = completeness(vendor(**FULL), facts)
    assert 0 <= less.percent <= more.percent <= 100
    assert (less.percent == 100) is (less.next is None)


def test_each_part_is_asked_in_a_section_that_there_is():
    for part in completeness(vendor(), Facts([], [KITTING])).parts:
        assert part.section in SECTIONS
        assert part.section in FIELDS
