"""What a reader sees of the evidence about a vendor."""

import itertools
import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import ReferenceFactory, ThreadFactory, VendorFactory
from vendors.directory.evidence.kinds import KINDS
from vendors.directory.evidence.page import page_of
from vendors.directory.evidence.shown import Pieces
from vendors.directory.models import (
    Capability,
    Certificate,
    FacetValue,
    Partner,
    ReferenceAnswer,
    Relationship,
    WorkSample,
)
from vendors.directory.profiles.facts import facts_of
from vendors.directory.search import index

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def shown(kind, vendor, acting):
    return Pieces(KINDS[kind], vendor, acting=acting, today=TODAY)[:50]


def tab(client, vendor, kind):
    return client.get(reverse("directory:vendor", args=[vendor.pk]), {"show": kind})


def test_what_one_merchant_wrote_down_is_not_shown_to_a_rival_nor_to_the_vendor(owner, rival, manager):
    vendor = VendorFactory(organisation=manager.organisation)
    Partner.objects.create(vendor=vendor, merchant=owner.organisation, name="Ours", kind="client", created_at=AT)
    [ours] = shown("partners", vendor, owner)
    assert (ours.row.name, ours.source, ours.may_change) == ("Ours", "Added by you", True)
    for other in (rival, manager):
        assert shown("partners", vendor, other) == []
        assert {tab.count for tab in page_of(vendor, acting=other, today=TODAY, show="").tabs} == {0}


def test_what_was_taken_back_is_not_shown(owner):
    vendor = VendorFactory()
    vendor.testimonials.create(quote="Good", company="Acme", created_at=AT, removed_at=AT)
    assert shown("testimonials", vendor, owner) == []


def test_a_certificate_is_valid_through_its_last_day_and_then_struck_through(owner, signed_in):
    vendor, today = VendorFactory(), datetime.now(UTC).date()
    Certificate.objects.create(vendor=vendor, name="ISO 9001", expires_on=date(2026, 11, 1), created_at=AT)
    Certificate.objects.create(vendor=vendor, name="ISO 14001", expires_on=today.replace(year=2099), created_at=AT)
    page = tab(signed_in(owner), vendor, "certificates").content.decode()
    assert "<s>ISO 9001</s>" in page
    assert page.count("Expired</span>") == 1
    assert "<s>ISO 14001</s>" not in page
    [one] = [one for one in shown("certificates", vendor, owner) if one.row.name == "ISO 9001"]
    assert one.is_expired
    Certificate.objects.filter(name="ISO 9001").update(expires_on=TODAY)
    [one] = [one for one in shown("certificates", vendor, owner) if one.row.name == "ISO 9001"]
    assert (one.is_expired, one.expires_soon) == (False, True)


def test_each_piece_says_who_it_is_from_when_and_how_we_know(owner, manager, signed_in):
    vendor = VendorFactory(organisation=manager.organisation)
    WorkSample.objects.create(vendor=vendor, title="A box", form="physical", level=1, created_at=AT)
    page = tab(signed_in(owner), vendor, "samples")
    for words in ("Document seen", "From the vendor", "2 Nov 2026"):
        assertContains(page, words)
    assertContains(tab(signed_in(manager), vendor, "samples"), "You say so")


def test_the_first_tab_with_something_is_open_and_a_wrong_name_is_no_error(owner, signed_in):
    vendor = VendorFactory()
    Partner.objects.create(vendor=vendor, name="Royal Mail", kind="carrier", created_at=AT)
    for show in ("", "nonsense", "a" * 5000):
        assertContains(tab(signed_in(owner), vendor, show), "Royal Mail")
    assertContains(tab(signed_in(owner), vendor, "samples"), "No samples of work yet")


def test_figures_say_of_how_many_and_never_a_bare_average(owner, manager, signed_in):
    vendor = VendorFactory(organisation=manager.organisation, price_from="3.10", price_to="3.60")
    own = {"vendor": vendor, "merchant": owner.organisation, "level": 3, "state": "answered"}
    for hire_again in ("yes", "yes", "no", "unsaid"):
        answer = {"hire_again": hire_again, "text": "canary words", "answered_at": AT}
        ReferenceAnswer.objects.create(reference=ReferenceFactory(**own), **answer)
    ReferenceFactory(vendor=vendor, merchant=owner.organisation, state="asked")
    index.refresh([vendor.pk])
    known = page_of(vendor, acting=owner, today=TODAY, show="").figures
    assert (known.asked, known.verified, known.hire_again, known.said) == (5, 4, 2, 3)
    assert known.bound == 15  # Wilson, 2 of 4
    page = tab(signed_in(owner), vendor, "references")
    for words in ("of 5</small>", "of 3 who said", "At least 15%", "Its own word"):
        assertContains(page, words)


def test_a_vendor_reads_that_a_reference_was_answered_and_no_more(owner, manager, signed_in):
    vendor = VendorFactory(organisation=manager.organisation)
    named = ReferenceFactory(vendor=vendor, name="Maren Holt", state="answered", level=3, created_by=manager)
    answer = {"text": "canary words", "why_left": "canary", "hire_again": "no", "on_time": "rarely", "answered_at": AT}
    ReferenceAnswer.objects.create(reference=named, **answer)
    theirs = ReferenceFactory(vendor=vendor, name="Secret Referee", merchant=owner.organisation, state="answered")
    ReferenceAnswer.objects.create(reference=theirs, **answer, sharing="named")
    index.refresh([vendor.pk])
    page = tab(signed_in(manager), vendor, "references")
    assertContains(page, "Maren Holt")
    assertContains(page, "References answered")
    for secret in ("canary", "hire again", "Hire again", "Secret Referee", "third party confirmed it:", "Often late"):
        assertNotContains(page, secret)


def test_two_hundred_pieces_cost_as_many_queries_as_one(owner, signed_in, django_assert_num_queries):
    """Session, person; vendor; facts with counts and figures; the tab; what the merchant keeps, has asked;
    what it says to the vendor, and the turns of that.

    References have their funnel besides, testimonials what referees of the same companies say.
    """
    vendor = VendorFactory()
    Relationship.objects.create(vendor=vendor, merchant=owner.organisation, created_at=AT)
    ThreadFactory(merchant=owner.organisation, vendor=vendor.organisation, opened_by=owner)
    client = signed_in(owner)
    fill(vendor, 40)
    tab(client, vendor, "references")
    for kind in KINDS:
        with django_assert_num_queries(12 if kind in ("references", "testimonials") else 11):
            page = tab(client, vendor, kind)
        assertContains(page, "Show 32 more")


def test_the_pages_of_a_kind_cost_the_same_on_each(owner, signed_in, django_assert_num_queries):
    vendor = VendorFactory()
    fill(vendor, 60)
    client = signed_in(owner)
    for kind in KINDS:
        address = reverse("directory:evidence", args=[vendor.pk, kind])
        for number in ("1", "3", "10000000000", "-1", "x"):
            with django_assert_num_queries(6 if kind == "testimonials" else 5):  # and the count
                assertContains(client.get(address, {"page": number}), "of 3")


@pytest.mark.parametrize("state", ["published", "withheld", "private"])
def test_the_tabs_count_what_their_pieces_are(state, owner, rival, manager, viewer):
    """The statement of the page beside `visible_to`, for every reader and whatever a piece may be."""
    vendor = VendorFactory(organisation=manager.organisation, withheld_at=AT if state == "withheld" else None)
    if state == "private":
        type(vendor).objects.filter(pk=vendor.pk).update(published_at=None)
        vendor.refresh_from_db()
    for merchant in (owner.organisation, rival.organisation):
        Relationship.objects.create(vendor=vendor, merchant=merchant, created_at=AT)
    whose = itertools.product([None, owner, rival], [None, owner, manager], [True, False], [None, AT])
    for number, (merchant, author, is_shared, removed_at) in enumerate(whose):
        said = {"vendor": vendor, "merchant": merchant and merchant.organisation, "created_by": author}
        said |= {"is_shared": is_shared, "removed_at": removed_at, "created_at": AT}
        Partner.objects.create(**said, name="Royal Mail", kind="carrier")
        Certificate.objects.create(**said, name="ISO 9001")
        WorkSample.objects.create(**said, title="Box", form="link", url="https://a.example")
        vendor.testimonials.create(**said, quote="Good", company="Acme")
        reference = ReferenceFactory(**said, state=["answered", "asked", "withdrawn"][number % 3], level=3)
        sharing = ["nothing", "anonymous", "named"][number % 3]
        withdrawn = AT if number % 5 == 0 else None
        ReferenceAnswer.objects.create(
            reference=reference, sharing=sharing, hire_again="yes", answered_at=AT, withdrawn_at=withdrawn
        )
    for reader in (owner, rival, manager, viewer):
        counts = {tab.kind.slug: tab.count for tab in page_of(vendor, acting=reader, today=TODAY, show="").tabs}
        pieces = {kind: len(shown(kind, vendor, reader)) for kind in KINDS}
        assert counts == pieces, reader
        assert min(counts.values()) > 0


def test_the_page_reads_the_facts_of_the_profile(owner):
    vendor = VendorFactory()
    vendor.sites.create(country="GB", region="SCT", city="Glasgow", about="By the river", position=2)
    vendor.sites.create(country="NL", city="Rotterdam", position=1)
    values = list(FacetValue.objects.filter(facet__in=["service", "ships_to", "integration"]))
    Capability.objects.bulk_create(Capability(vendor=vendor, value=value, how="") for value in values)
    Capability.objects.filter(value__facet="integration").update(how="native")
    facts = page_of(vendor, acting=owner, today=TODAY, show="").facts
    assert facts == facts_of(vendor)
    assert (len(facts.places), len(facts.values)) == (2, len(values))


def fill(vendor, each: int) -> None:
    """So many pieces of each kind, of the vendor's own, references answered and shared."""
    said = {"vendor": vendor, "created_at": AT}
    words = vendor.testimonials.model
    words.objects.bulk_create(words(**said, quote="Good " * 20, company="Acme") for _ in range(each))
    WorkSample.objects.bulk_create(
        WorkSample(**said, title="Box", form="link", url="https://a.example") for _ in range(each)
    )
    Partner.objects.bulk_create(Partner(**said, name="Royal Mail", kind="carrier", since=2019) for _ in range(each))
    Certificate.objects.bulk_create(Certificate(**said, name="ISO", expires_on=date(2099, 1, 1)) for _ in range(each))
    for _ in range(each):
        reference = ReferenceFactory(vendor=vendor, state="answered", level=3)
        ReferenceAnswer.objects.create(reference=reference, text="Fine", hire_again="yes", answered_at=AT)


@pytest.mark.django_db(transaction=True)
def test_the_tab_clicked_last_is_the_one_open(live_server, page, sign_in, owner):
    """Two are clicked at once: the answer for the first would take the place that the second is for."""
    vendor = VendorFactory()
    sign_in(owner)
    page.goto(f"{live_server.url}{reverse('directory:vendor', args=[vendor.pk])}")
    page.evaluate("() => ['partners', 'certificates'].forEach(kind => document.getElementById(`tab-${kind}`).click())")
    expect(page).to_have_url(re.compile("show=certificates"))
    expect(page.locator("#tab-certificates")).to_have_attribute("aria-current", "true")
    expect(page.locator("#tab-partners")).not_to_have_attribute("aria-current", "true")
