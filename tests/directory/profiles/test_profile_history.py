"""Who changed what about a profile, for its own people."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.accounts.models import Role
from tests.factories import MembershipFactory, VendorFactory
from vendors.directory.models import Site, Vendor
from vendors.directory.profiles import history

# Each change in a transaction of its own, as it happens: those of one have the same time.
pytestmark = pytest.mark.django_db(transaction=True)
HISTORY = reverse("directory:profile_history")


def told(vendor: Vendor) -> list[tuple[str, str, list[str]]]:
    """Oldest first."""
    return [(one.by, one.about, one.lines) for one in reversed(history.page_of(vendor, "").object_list)]


def test_every_change_is_told_from_what_to_what(profile, manager, signed_in, save, value):
    client, kitting, edi = signed_in(manager), value("service", "kitting"), value("integration", "edi")
    save(client, "about", tagline="Packs glass")
    save(client, "terms", orders_from=100, cut_off="15:00")
    save(client, "about", tagline="Packs glass and clay")
    save(client, "sites", **{"site-0-country": "GB", "site-0-city": "Bristol"})
    save(client, "sites", **{"site-0-city": "Avonmouth"})
    save(client, "sites", **{"site-0-DELETE": "on"})
    save(client, "services", service=[kitting.pk], **{f"ways_{edi.pk}": "file"})
    save(client, "services", service=[], **{f"ways_{edi.pk}": "native"})
    assert told(profile)[1:] == [
        ("Imogen Tully", "Profile", ["in one sentence: nothing → Packs glass"]),
        ("Imogen Tully", "Profile", ["orders a month from: nothing → 100", "same-day cut-off: nothing → 15:00"]),
        ("Imogen Tully", "Profile", ["in one sentence: Packs glass → Packs glass and clay"]),
        ("Imogen Tully", "Site Bristol", ["added"]),
        ("Imogen Tully", "Site Avonmouth", ["town: Bristol → Avonmouth"]),
        ("Imogen Tully", "Site Avonmouth", ["taken out"]),
        ("Imogen Tully", "Services", ["added: Kitting"]),
        ("Imogen Tully", "Works with", ["added: EDI, file exchange"]),
        ("Imogen Tully", "Services", ["taken out: Kitting"]),
        ("Imogen Tully", "Works with", ["now: EDI, native"]),
    ]


def test_name_and_country_are_told_and_found_by(profile, manager, signed_in):
    place = {"name": "Pallet and Parcel", "country": "IE", "time_zone": "Europe/Dublin", "currency": "EUR"}
    signed_in(manager).post(reverse("accounts:organisation"), place)
    assert told(profile)[-1] == (
        "Imogen Tully",
        "Profile",
        ["name: Pallet & Post → Pallet and Parcel", "country: United Kingdom → Ireland"],
    )


def test_what_a_merchant_wrote_before_the_claim_is_never_told(owner, vendor, manager, signed_in, save):
    private = VendorFactory(organisation=vendor, private_to=owner.organisation)
    url = reverse("directory:edit", args=[private.pk])
    save(signed_in(owner), "about", url, tagline="Slow and sloppy")
    save(signed_in(owner), "about", url, tagline="Packs glass")
    Site.objects.create(vendor=private, country="GB", city="Secretville")
    assertContains(signed_in(manager).get(HISTORY), "Nothing has changed yet")
    Vendor.objects.filter(pk=private.pk).update(claimed_at=private.added_at)
    save(signed_in(manager), "about", tagline="Packs glass well")
    page = signed_in(manager).get(HISTORY)
    assertContains(page, "Packs glass → Packs glass well")
    for secret in ("Slow and sloppy", "Secretville", owner.name, owner.organisation.name):
        assertNotContains(page, secret)


def test_who_is_not_of_the_vendor_has_no_name(profile, owner, manager, signed_in):
    import pghistory

    with pghistory.context(user=owner.user.pk, url="/vendors/secret/"):
        Vendor.objects.filter(pk=profile.pk).update(tagline="By somebody else")
    page = signed_in(manager).get(HISTORY)
    assertContains(page, "Somebody outside")
    assertNotContains(page, owner.name)
    assertNotContains(page, "/vendors/secret/")


def test_another_vendors_changes_are_not_told(profile, manager, signed_in):
    other = VendorFactory(organisation__name="Rival Storage")
    Vendor.objects.filter(pk=other.pk).update(tagline="Rival words")
    assertNotContains(signed_in(manager).get(HISTORY), "Rival words")
    stranger = MembershipFactory(organisation=other.organisation, roles=[Role.CONTACT])
    assertContains(signed_in(stranger).get(HISTORY), "Rival words")


@pytest.mark.parametrize("number", ["0", "-1", "x", "1000000000", ""])
def test_whatever_page_is_asked_for_answers(number, profile, manager, signed_in):
    assert signed_in(manager).get(HISTORY, {"page": number}).status_code == 200


def test_the_page_costs_the_same_for_any_number(profile, manager, signed_in, save, value, django_assert_num_queries):
    client, way = signed_in(manager), f"ways_{value('integration', 'edi').pk}"
    place = {"country": "IE", "time_zone": "Europe/Dublin", "currency": "EUR"}
    for extra in range(3):
        save(client, "about", tagline=f"Packs {extra}")
        save(client, "sites", **{f"site-{extra}-country": "GB", f"site-{extra}-city": f"Town {extra}"})
        save(client, "sites", **{f"site-{extra}-city": f"City {extra}"})
        save(client, "services", **{way: ["file", "native", "middleware"][extra]})
        client.post(reverse("accounts:organisation"), {"name": f"Pallet {extra}", **place})
        if extra:  # session, person, profile; since when, count, keys, two for each of four kinds, people
            with django_assert_num_queries(15):
                assertContains(client.get(HISTORY), f"Town {extra} → City {extra}")
