"""A vendor with its people, and forms as a browser would send them."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from tests.factories import VendorFactory
from vendors.directory.models import FacetValue


class Fields(HTMLParser):
    """The fields of each form of a page, by name, as lists of values."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.forms = [self.found]
        self.area = self.select = ""

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "form":
            self.found = {}
            self.forms.append(self.found)
        elif tag == "textarea":
            self.area, self.found[name] = name, [""]
        elif tag == "select":
            self.select, self.found[name] = name, []
        elif tag == "option" and "selected" in said:
            self.found[self.select].append(said.get("value", ""))
        elif tag == "input" and name and said.get("type") != "file":
            is_box = said.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in said:
                self.found.setdefault(name, []).append(said.get("value", "on" if is_box else ""))

    def handle_endtag(self, tag):
        if tag == "textarea":
            # A browser drops the line break that follows the tag.
            self.found[self.area] = [self.found[self.area][0].removeprefix("\n")]
            self.area = ""

    def handle_data(self, text):
        if self.area:
            self.found[self.area][0] += text


def fields_of(response) -> dict[str, list[str]]:
    """What a browser would send of the page's form, the one that knows its version."""
    parser = Fields()
    parser.feed(response.content.decode())
    return next(form for form in parser.forms if "version" in form)


@pytest.fixture
def profile(vendor):
    """The profile of the cast's vendor, not published yet."""
    return VendorFactory(organisation=vendor, published_at=None)


@pytest.fixture
def value(db):
    """`value("service", "kitting")`; made where a test that commits has emptied the tables."""

    def of(facet, slug):
        name = "EDI" if slug == "edi" else slug.capitalize()
        return FacetValue.objects.get_or_create(facet=facet, slug=slug, defaults={"name": name})[0]

    return of


@pytest.fixture
def save():
    """Open a section, change some fields and send it: `save(client, "about", tagline="Packs glass")`."""

    def sent(client, section, url="", **changes):
        url = url or reverse("directory:profile_section", args=[section])
        given = fields_of(client.get(url))
        return client.post(url, {**given, **changes})

    return sent
