"""The room's recurring work: workers know it, beat wakes it, and it may be lost or done twice."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import VendorFactory
from vendors.directory import tasks
from vendors.directory.models import Capability, FacetTally, FacetValue, Word
from vendors.directory.search import index

ROOT = Path(__file__).parents[2]
KNOWN = "from outsourcing.celery import app; app.loader.import_default_modules(); print(*app.tasks)"


def test_a_worker_knows_all_that_beat_wakes():
    """In a process of its own: this one has imported everything already."""
    environment = os.environ | {"OUTSOURCING_ENV": "test"}
    known = subprocess.run(
        [sys.executable, "-c", KNOWN], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    woken = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert woken - set(known) == set()
    assert {getattr(tasks, name).name for name in tasks.__all__} - set(known) == set()


@pytest.mark.django_db
def test_tallies_are_folded_into_one_for_each_value_and_what_is_folded_is_left():
    fragile, food = (FacetValue.objects.get(facet="handling", slug=slug) for slug in ("fragile", "food"))
    vendors = VendorFactory.create_batch(3)
    for vendor in vendors:
        Capability.objects.create(vendor=vendor, value=fragile)
        index.refresh([vendor.pk])
    Capability.objects.create(vendor=vendors[0], value=food)
    index.refresh([vendors[0].pk])
    assert FacetTally.objects.filter(value=fragile).count() == 3
    tasks.fold()
    folded = list(FacetTally.objects.filter(value__in=[fragile, food]).order_by("count").values_list("value", "count"))
    assert folded == [(food.pk, 1), (fragile.pk, 3)]
    before = set(FacetTally.objects.values_list("pk", flat=True))
    tasks.fold()
    assert set(FacetTally.objects.values_list("pk", flat=True)) == before
    Capability.objects.filter(value=food).delete()
    index.refresh([vendors[0].pk])
    tasks.fold()
    assert not FacetTally.objects.filter(value=food).exists()


@pytest.mark.django_db
def test_words_that_nobody_uses_any_more_are_forgotten(owner):
    vendor = VendorFactory(organisation__name="Zanzibar Storage")
    VendorFactory(organisation__name="Other Storage")
    tasks.recount()
    assert dict(Word.objects.filter(text__in=["zanzibar", "storage"]).values_list("text", "count")) == {
        "zanzibar": 1,
        "storage": 2,
    }
    vendor.organisation.name = "Quay Storage"
    vendor.organisation.save()
    index.refresh([vendor.pk])
    tasks.recount()
    assert not Word.objects.filter(text="zanzibar").exists()
    assert Word.objects.get(text="quay").count == 1


@pytest.mark.django_db
def test_a_certificate_that_ends_while_no_task_runs_is_found_by_the_next(owner, time_machine):
    time_machine.move_to("2026-11-24T12:00:00Z", tick=False)
    vendor = VendorFactory()
    iso = FacetValue.objects.get(facet="certificate", slug="iso-9001")
    vendor.certificates.create(name="ISO 9001", value=iso, expires_on=date(2026, 11, 26), created_at=vendor.added_at)
    index.refresh([vendor.pk])
    assert vendor.listings.get().certificates == 1
    time_machine.move_to("2026-12-24T12:00:00Z", tick=False)  # a month later: nobody was there
    tasks.expire()
    listing = vendor.listings.get()
    assert (listing.certificates, listing.stale_on, iso.pk in listing.facets) == (0, None, False)
