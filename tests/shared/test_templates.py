"""What a page was drawn from is let go with the page."""

import gc
import weakref

import pytest
from django.http import HttpRequest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory


class Row:
    """Something that a page shows."""


@pytest.fixture
def uncollected():
    """Nothing goes but what nobody holds."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("request_", [None, RequestFactory().get("/")], ids=["for nobody", "for a request"])
def test_nothing_of_a_page_waits_for_the_collector(uncollected, request_: HttpRequest | None):
    row = Row()
    seen = weakref.ref(row)
    template = engines["django"].from_string("{% with again=row %}{{ again|default:'' }}{% endwith %}")
    assert "Row object" in template.render({"row": row}, request_)
    del row
    assert seen() is None


def test_what_is_missing_is_told_by_its_name():
    for name in ("nowhere.html", ["nowhere.html", "neither.html"]):
        with pytest.raises(TemplateDoesNotExist, match=r"nowhere\.html"):
            render_to_string(name)
    with pytest.raises(TemplateDoesNotExist) as told:
        get_template("nowhere.html")
    assert [one.backend for one in told.value.chain] == [engines["django"]]
    inner = engines["django"].from_string('{% with name="nowhere.html" %}{% include name %}{% endwith %}')
    with pytest.raises(TemplateDoesNotExist) as told:
        inner.render({})
    assert told.value.backend is engines["django"]
