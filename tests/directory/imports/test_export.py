"""The list as a file."""

import pytest

from tests.factories import VendorFactory

pytestmark = pytest.mark.django_db


def test_everything_one_sees_and_nothing_private_of_others(viewer, rival, signed_in):
    VendorFactory(organisation__name="=Ours()", private_to=viewer.organisation)
    VendorFactory(organisation__name="Theirs", private_to=rival.organisation)
    text = signed_in(viewer).get("/vendors/export.csv").content.decode("utf-8-sig")
    assert "'=Ours()" in text
    assert "Theirs" not in text


def test_the_words_of_the_list_choose(viewer, signed_in):
    VendorFactory(organisation__name="Apple", private_to=viewer.organisation)
    VendorFactory(organisation__name="Pear", private_to=viewer.organisation)
    text = signed_in(viewer).get("/vendors/export.csv?q=pea").content.decode()
    assert "Pear" in text
    assert "Apple" not in text
