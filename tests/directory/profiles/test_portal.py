"""A vendor edits its own profile, a section at a time, and never over what it has not seen."""

import io
from datetime import time
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Role
from outsourcing.files import storage
from outsourcing.files.models import File
from tests.directory.profiles.conftest import fields_of
from tests.factories import MembershipFactory, VendorFactory
from vendors.directory.models import Capability, Facet, Listing, Site, Vendor
from vendors.directory.profiles.completeness import completeness
from vendors.directory.profiles.facts import facts_of

pytestmark = pytest.mark.django_db
PROFILE = reverse("directory:profile")


def section(name: str) -> str:
    return reverse("directory:profile_section", args=[name])


def picture(colour="red") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (200, 100), colour).save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue(), "image/png")


# ---- About ---------------------------------------------------------------------------------------------------------
def test_a_manager_says_who_they_are(profile, manager, signed_in, save):
    said = {"tagline": "Packs  glass", "description": "Two floors.", "website": "https://www.palletandpost.example/x"}
    said |= {
        "links": "https://film.example/a\n\nhttps://film.example/a\nhttp://b.example",
        "founded": 1998,
        "people": 74,
    }
    assertRedirects(save(signed_in(manager), "about", **said), PROFILE)
    now = Vendor.objects.get(pk=profile.pk)
    assert (now.tagline, now.domain, now.founded, now.people) == ("Packs glass", "palletandpost.example", 1998, 74)
    assert now.links == ["https://film.example/a", "http://b.example"]
    assert now.changed_at > profile.changed_at
    assertContains(signed_in(manager).get(PROFILE), "Packs glass")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("website", "javascript:alert(1)"),
        ("links", "javascript:alert(1)"),
        ("links", "https://a.example\nno address"),
        ("links", "\n".join(f"https://a{number}.example" for number in range(11))),
        ("links", "https://a.example/" + "x" * 500),
        ("tagline", "x" * 5_000),
        ("tagline", "nul\0byte"),
        ("founded", "12"),
        ("founded", "9999"),
        ("people", "9" * 30),
        ("people", "-1"),
        ("people", "many"),
    ],
)
def test_bad_input_is_refused_at_its_field(name, value, profile, manager, signed_in, save):
    response = save(signed_in(manager), "about", **{"tagline": "New", name: value})
    assert set(response.context["form"].errors) == {name}
    assertContains(response, "is-invalid")
    assert Vendor.objects.get(pk=profile.pk).changed_at == profile.changed_at


# ---- Logo ----------------------------------------------------------------------------------------------------------
def test_a_logo_is_kept_shown_replaced_and_taken_away(
    profile, owner, manager, signed_in, save, django_capture_on_commit_callbacks
):
    client, shown = signed_in(manager), reverse("directory:logo", args=[profile.pk])
    assert client.get(shown).status_code == 404
    save(client, "about", logo=picture())
    first = File.objects.get()
    assert first.organisation == manager.organisation
    answer = client.get(shown)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assertContains(client.get(PROFILE), f'src="{shown}?v={first.pk}"')
    assert signed_in(owner).get(shown).status_code == 404  # not published
    with django_capture_on_commit_callbacks(execute=True):
        save(client, "about", logo=picture("blue"))
    second = File.objects.get()
    assert second.pk != first.pk
    assert not storage.path(first.key).exists()
    with django_capture_on_commit_callbacks(execute=True):
        save(client, "about", no_logo="on")
    assert not File.objects.exists()
    assert not storage.path(second.key).exists()


def test_a_logo_that_is_html_is_refused_with_the_reason(profile, manager, signed_in, save):
    page = SimpleUploadedFile("logo.png", b"<html><script>alert(1)</script></html>", "image/png")
    response = save(signed_in(manager), "about", logo=page)
    assertContains(response, "This file is not of a kind that is taken here")
    assert not File.objects.exists()


def test_the_logo_of_a_private_vendor_is_its_merchants_alone(owner, rival, manager, signed_in, save):
    vendor = VendorFactory(private_to=owner.organisation)
    url = reverse("directory:edit_section", args=[vendor.pk, "about"])
    save(signed_in(owner), "about", url, logo=picture())
    shown = reverse("directory:logo", args=[vendor.pk])
    statuses = [signed_in(one).get(shown).status_code for one in (owner, rival, manager)]
    assert statuses == [200, 404, 404]


# ---- Sites ---------------------------------------------------------------------------------------------------------
def test_sites_are_added_changed_ordered_and_taken_out(profile, manager, signed_in, save):
    client = signed_in(manager)
    again = {"again": "1"}
    first = {"site-0-country": "GB", "site-0-part": "GB-ENG", "site-0-city": "Bristol", "site-0-about": "61,000 sq ft"}
    assertRedirects(save(client, "sites", **first, **again), section("sites"))
    save(client, "sites", **{"site-1-country": "NL", "site-1-city": "Rotterdam"})
    assert [str(place) for place in facts_of(profile).places] == [
        "Bristol, England, United Kingdom",
        "Rotterdam, Netherlands",
    ]
    bristol = Site.objects.get(city="Bristol")
    save(client, "sites", **{"site-0-ORDER": "2", "site-1-ORDER": "1", "site-0-city": "Avonmouth"})
    assert [place.city for place in facts_of(profile).places] == ["Rotterdam", "Avonmouth"]
    assert Site.objects.get(city="Avonmouth").pk == bristol.pk
    save(client, "sites", **{"site-0-DELETE": "on"})
    assert [place.city for place in facts_of(profile).places] == ["Avonmouth"]
    assert (Site.objects.get().region, Site.objects.get().about) == ("ENG", "61,000 sq ft")


@pytest.mark.parametrize(
    "said",
    [
        {"site-0-city": "Bristol"},
        {"site-0-country": "XX"},
        {"site-0-country": "NL", "site-0-part": "GB-ENG"},
        {"site-0-country": "GB", "site-0-city": "x" * 100},
        {"site-0-country": "GB", "site-0-city": "​"},
        {"site-0-country": "GB", "site-0-pk": "1"},
        {"site-TOTAL_FORMS": "x"},
        {"site-0-country": "GB", "site-TOTAL_FORMS": "1000000000"},
    ],
)
def test_a_site_that_is_none_is_refused(said, profile, manager, signed_in, save):
    response = save(signed_in(manager), "sites", **said)
    assert response.status_code == 200
    assert response.context["form"].total_error_count() == 1
    assert not Site.objects.exists()


def test_a_site_of_another_vendor_is_never_touched(profile, manager, signed_in, save):
    theirs = Site.objects.create(vendor=VendorFactory(), country="GB", city="Leeds")
    response = save(signed_in(manager), "sites", **{"site-0-country": "NL", "site-0-pk": theirs.pk})
    assertContains(response, "One of the sites is not yours")
    theirs.refresh_from_db()
    assert (theirs.city, theirs.country.code) == ("Leeds", "GB")


# ---- Services ------------------------------------------------------------------------------------------------------
def test_services_and_the_rest_are_chosen_and_found(profile, manager, signed_in, save, value):
    Vendor.objects.filter(pk=profile.pk).update(published_at=profile.added_at)
    kitting, shopify, edi = value("service", "kitting"), value("integration", "shopify"), value("integration", "edi")
    eu, german, fragile = value("ships_to", "eu"), value("language", "german"), value("handling", "fragile")
    weekend = value("hours", "weekend-shipping")
    said = {"service": [kitting.pk], "ships_to": [eu.pk], "language": [german.pk], "handling": [fragile.pk]}
    said |= {"hours": [weekend.pk], f"ways_{shopify.pk}": "native", f"ways_{edi.pk}": "file"}
    save(signed_in(manager), "services", **said)
    facts = facts_of(profile)
    assert facts.services == [("Fulfilment", facts.of(Facet.SERVICE))]
    assert [(one.name, one.how) for one in facts.integrations] == [("Shopify", "native"), ("EDI", "file")]
    chosen = {kitting.pk, shopify.pk, edi.pk, eu.pk, german.pk, fragile.pk, weekend.pk}
    assert chosen <= set(Listing.objects.get(vendor=profile).facets)
    shopify_says = Capability.objects.get(value=shopify)
    save(signed_in(manager), "services", service=[], **{f"ways_{edi.pk}": "middleware"})
    assert not facts_of(profile).services
    assert Capability.objects.get(value=edi).how == "middleware"
    assert Capability.objects.get(value=shopify).pk == shopify_says.pk  # what stays is not written anew


def test_a_value_that_is_offered_no_more_stays_where_it_was_chosen(profile, manager, signed_in, save, value):
    kitting = value("service", "kitting")
    Capability.objects.create(vendor=profile, value=kitting)
    type(kitting).objects.filter(pk=kitting.pk).update(is_active=False)
    assert str(kitting.pk) in fields_of(signed_in(manager).get(section("services")))["service"]
    save(signed_in(manager), "services", language=[value("language", "german").pk])
    assert [one.name for one in facts_of(profile).of(Facet.SERVICE)] == ["Kitting"]


@pytest.mark.parametrize("chosen", [["0"], ["x"], ["9" * 40], ["1' OR 1=1"], ["\0"]])
def test_an_unknown_value_is_refused(chosen, profile, manager, signed_in, save, value):
    response = save(signed_in(manager), "services", service=chosen)
    assertContains(response, "is-invalid")
    wrong_facet = save(signed_in(manager), "services", service=[value("handling", "fragile").pk])
    assertContains(wrong_facet, "is-invalid")
    way = save(signed_in(manager), "services", **{f"ways_{value('integration', 'edi').pk}": "by pigeon"})
    assertContains(way, "Choose one of the ways that are offered.")
    assert not Capability.objects.exists()


# ---- Terms ---------------------------------------------------------------------------------------------------------
def test_numbers_and_terms(profile, manager, signed_in, save, value):
    said = {"orders_from": 1500, "orders_to": 9000, "price_from": "3.10", "price_to": "3.60", "minimum": "400"}
    said |= {"contract_months": 0, "notice_days": 60, "cut_off": "15:00", "hours": "Mon-Fri 8:00-18:00"}
    save(signed_in(manager), "terms", terms=[value("terms", "no-setup-fee").pk], **said)
    now = Vendor.objects.get(pk=profile.pk)
    assert (now.orders_from, now.orders_to, now.price_to, now.cut_off) == (1500, 9000, Decimal("3.60"), time(15))
    page = signed_in(manager).get(PROFILE)
    for words in ("1,500 to 9,000", "3.10 to 3.60 GBP", "15:00, same day", "No fixed term", "60 days", "No setup fee"):
        assertContains(page, words)


@pytest.mark.parametrize(
    "said",
    [
        {"orders_from": 9, "orders_to": 1},
        {"price_from": "9", "price_to": "1"},
        {"price_from": "-1"},
        {"minimum": "1e400"},
        {"minimum": "NaN"},
        {"orders_from": "9" * 30},
        {"contract_months": "99999999"},
        {"cut_off": "25:99"},
    ],
)
def test_terms_that_cannot_be_are_refused(said, profile, manager, signed_in, save):
    response = save(signed_in(manager), "terms", **said)
    assert response.status_code == 200
    assert set(response.context["form"].errors) <= {*said, "__all__"} != set()
    assert Vendor.objects.get(pk=profile.pk).changed_at == profile.changed_at


# ---- Two at once ---------------------------------------------------------------------------------------------------
def test_two_who_edit_the_same_section_do_not_lose_each_others_words(profile, manager, signed_in, save):
    other = MembershipFactory(organisation=manager.organisation, roles=[Role.MANAGER])
    client = signed_in(manager)
    opened = fields_of(client.get(section("about")))
    save(signed_in(other), "about", description="By the other one")
    answer = client.post(section("about"), opened | {"tagline": "By the first"})
    assert answer.status_code == 409
    assertContains(answer, "Somebody saved this after you opened it.", status_code=409)
    assertContains(answer, "By the first", status_code=409)  # what was typed is still there
    now = Vendor.objects.get(pk=profile.pk)
    assert (now.tagline, now.description) == ("", "By the other one")
    again = fields_of(answer) | {"description": "By the other one"}
    assertRedirects(client.post(section("about"), again), PROFILE)
    now.refresh_from_db()
    assert (now.tagline, now.description) == ("By the first", "By the other one")


@pytest.mark.parametrize("version", ["", "x", "0" * 20])
def test_a_form_that_names_no_version_overwrites_nothing(version, profile, manager, signed_in, save):
    assert save(signed_in(manager), "about", version=version, tagline="Blind").status_code == 409
    assert Vendor.objects.get(pk=profile.pk).tagline == ""


def test_two_sections_do_not_stand_in_each_others_way(profile, manager, signed_in, save):
    client = signed_in(manager)
    opened = fields_of(client.get(section("terms")))
    save(client, "about", tagline="Packs glass")
    assertRedirects(client.post(section("terms"), opened | {"people": "5", "hours": "Mon"}), PROFILE)
    now = Vendor.objects.get(pk=profile.pk)
    assert (now.tagline, now.hours) == ("Packs glass", "Mon")


# ---- Who may -------------------------------------------------------------------------------------------------------
def test_contacts_read_and_merchants_meet_the_wall(profile, contact, owner, signed_in):
    page = signed_in(contact).get(PROFILE)
    assert page.status_code == 200
    assertNotContains(page, section("about"))
    assert signed_in(contact).get(section("about")).status_code == 403
    assert signed_in(owner).get(PROFILE).status_code == 403


def test_an_unknown_section_is_no_page(profile, manager, signed_in):
    assert signed_in(manager).get(section("nothing")).status_code == 404


def test_until_it_is_claimed_a_merchant_keeps_it(owner, manager, signed_in, save):
    vendor = VendorFactory(organisation=manager.organisation, private_to=owner.organisation)
    assertContains(signed_in(manager).get(PROFILE), "A shop keeps this profile")
    assert signed_in(manager).get(section("about")).status_code == 409
    url = reverse("directory:edit_section", args=[vendor.pk, "about"])
    assert save(signed_in(owner), "about", url, tagline="As the shop says").status_code == 302


def test_what_the_pages_cost(profile, manager, signed_in, value, django_assert_num_queries):
    client = signed_in(manager)
    for number in range(20):
        Site.objects.create(vendor=profile, country="GB", city=f"Town {number}", position=number)
    for one in type(value("service", "kitting")).objects.filter(facet="service"):
        Capability.objects.create(vendor=profile, value=one)
    client.get(PROFILE)
    for url, count in [(PROFILE, 4), (section("about"), 4), (section("services"), 5), (section("sites"), 5)]:
        with django_assert_num_queries(count):
            assert client.get(url).status_code == 200


def test_each_step_leads_to_a_place_that_is_on_its_page(profile, manager, signed_in, value):
    client = signed_in(manager)
    Capability.objects.create(vendor=profile, value=value("service", "kitting"))
    for part in completeness(profile, facts_of(profile)).parts:
        assertContains(client.get(section(part.section)), f'id="{part.anchor}"')
