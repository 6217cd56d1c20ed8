"""The values that a new database starts with."""

import importlib

import pytest
from django.apps import apps
from django.db import connection

from vendors.directory.models import Facet, FacetValue
from vendors.needs.models import Task

pytestmark = pytest.mark.django_db


def value(facet, slug):
    return FacetValue.objects.get(facet=facet, slug=slug)


def test_every_facet_has_values():
    assert [facet for facet in Facet if not FacetValue.objects.of(facet)] == []


def test_services_start_with_fulfilment():
    first = FacetValue.objects.of(Facet.SERVICE).first()
    assert (first.name, first.group) == ("DTC fulfilment", "Fulfilment")
    assert "3pl" in first.synonyms


@pytest.mark.parametrize(
    ("slug", "above"),
    [
        ("de", ["eu", "europe", "worldwide"]),
        ("gb", ["europe", "worldwide"]),
        ("us", ["north-america", "worldwide"]),
        ("jp", ["asia", "worldwide"]),
    ],
)
def test_a_country_lies_in_what_contains_it(slug, above):
    one, found = value(Facet.SHIPS_TO, slug), []
    while one := one.parent:
        found.append(one.slug)
    assert found == above


@pytest.mark.parametrize(("slug", "country"), [("gb-sct", "gb"), ("us-ca", "us")])
def test_a_part_of_a_country_lies_in_it(slug, country):
    assert value(Facet.WAREHOUSE, slug).parent == value(Facet.WAREHOUSE, country)


def test_bands_of_orders_neither_overlap_nor_leave_gaps():
    bands = list(FacetValue.objects.of(Facet.VOLUME))
    assert [low.high + 1 for low in bands[:-1]] == [high.low for high in bands[1:]]


def test_they_can_be_taken_out_and_put_back():
    migration = importlib.import_module("vendors.directory.migrations.0002_facets")
    jobs = importlib.import_module("vendors.needs.migrations.0002_catalogue")
    before, mapped = FacetValue.objects.count(), Task.services.through.objects.count()
    with connection.schema_editor() as editor:
        jobs.take_out(apps, editor)  # which point at services: migrations go back in this order
        migration.take_out(apps, editor)
        assert not FacetValue.objects.exists()
        assert not Task.objects.exists()
        migration.add(apps, editor)
        jobs.add(apps, editor)
    assert (FacetValue.objects.count(), Task.services.through.objects.count()) == (before, mapped)
