"""Staff keep the catalogue, and see nothing of what shops say."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import UserFactory
from tests.needs.conftest import GIVEN, NOW, rated
from vendors.needs import keeping
from vendors.needs.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(UserFactory(is_staff=True))
    return client


def test_staff_see_the_catalogue_and_no_job_of_a_shop(staff, owner, packing):
    own = keeping.add({**GIVEN, "name": "Candle dipping"}, by=owner, at=NOW)
    rated(packing, owner, skill=2, done_by="Ana and Piet")
    page = staff.get("/staff/needs/task/")
    assertContains(page, "Picking and packing orders")
    assertNotContains(page, "Candle dipping")
    assert staff.get(f"/staff/needs/task/{own.pk}/change/").status_code == 302  # to where nothing is said of it
    assertNotContains(staff.get(f"/staff/needs/task/{packing.pk}/change/"), "Ana and Piet")


def test_a_job_is_added_for_all(staff, owner, signed_in):
    form = {
        "name": "Product photos",
        "slug": "product-photos",
        "description": "",
        "unit": "",
        "asks": "",
        "position": 12,
    }
    assert staff.post("/staff/needs/task/add/", form).status_code == 302
    assertContains(signed_in(owner).get("/needs/"), "Product photos")
    assert (
        staff.post("/staff/needs/task/add/", {**form, "name": "Other"}).status_code == 200
    )  # the name for good is taken
    assert Task.objects.filter(merchant=None).count() == 12
