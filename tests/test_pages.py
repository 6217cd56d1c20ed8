"""Every page in a real browser: reachable by keyboard, readable, whole at every width, and asking nobody else."""

import io
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from PIL import Image
from playwright.sync_api import Page, expect

from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.storage import keep
from outsourcing.shared import clock
from tests.factories import MembershipFactory, ReferenceFactory, VendorFactory
from vendors.directory.enquiries import asking
from vendors.directory.imports import actions as imports
from vendors.directory.keeping import contacts
from vendors.directory.models import (
    Capability,
    Certificate,
    FacetValue,
    Import,
    Note,
    Partner,
    ReferenceAnswer,
    Relationship,
    SavedSearch,
    Site,
    Tag,
    Tagging,
    WorkSample,
)
from vendors.directory.search import index

pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = [
    "/accounts/login/",
    "/accounts/signup/",
    "/join/not-a-link/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/no-such-page/",
]
SIGNED_IN = ["/", "/search/?q=theo", "/search/?q=nothing", "/settings/profile/", "/settings/organisation/"]
SIGNED_IN += ["/settings/absences/", "/settings/calendar/", "/settings/members/", "/settings/members/invite/"]
SIGNED_IN += ["/settings/history/", "/settings/leave/", "/start/", "/accounts/2fa/", "/accounts/sessions/"]
SIGNED_IN += ["/vendors/", "/vendors/?q=nothing", "/vendors/add/"]
SIGNED_IN += ["/vendors/import/"]
SIGNED_IN += ["/vendors/duplicates/", "/vendors/compare/", "/vendors/compare/?q=nothing"]
SIGNED_IN += ["/accounts/logout/", "/accounts/password/change/", "/accounts/email/"]
VENDOR = ["/", "/settings/profile/", "/settings/organisation/", "/settings/calendar/", "/settings/members/"]
WIDTHS = [1360, 390]


def faults(page: Page) -> list[str]:
    """What axe finds that is serious or critical."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def look(page: Page, address: str) -> None:
    """One page, light and dark, at both widths."""
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            expect(page.locator("h1")).to_have_count(1)
            assert page.locator("html").get_attribute("data-bs-theme") == scheme
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} scrolls at {width} px"
        assert faults(page) == [], f"{address} in {scheme}"
    assert errors == []
    host = address.split("/")[2]
    assert {url.split("/")[2] for url in asked} == {host}


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page(live_server, page, path):
    look(page, live_server.url + path)


@pytest.mark.parametrize("path", SIGNED_IN)
def test_merchants_page(live_server, page, sign_in, owner, path):
    sign_in(owner)
    look(page, live_server.url + path)


@pytest.mark.parametrize("path", VENDOR)
def test_vendors_page(live_server, page, sign_in, manager, path):
    sign_in(manager)
    look(page, live_server.url + path)


def test_page_with_the_longest_names(live_server, page, sign_in, owner):
    owner.organisation.name = "Wolverhampton" * 9
    owner.organisation.country = ""
    owner.organisation.save()
    owner.user.name = "M" * 120
    owner.user.save()
    MembershipFactory(user=owner.user, organisation__name="Llanfairpwllgwyngyll " * 5)
    sign_in(owner)
    look(page, live_server.url)


def test_form_with_errors(live_server, page, sign_in, owner):
    sign_in(owner)
    page.goto(f"{live_server.url}/settings/organisation/")
    page.get_by_label("Name").fill("")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".invalid-feedback")).to_have_count(1)
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    assert faults(page) == []


def test_slash_goes_to_the_search(live_server, page, sign_in, owner):
    sign_in(owner)
    page.goto(live_server.url)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("theo")
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_text("theo@juniperandpine.example")).to_be_visible()


def test_the_first_tab_skips_to_the_content(live_server, page, sign_in, owner):
    sign_in(owner)
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_look_is_chosen_and_kept(live_server, page, sign_in, owner):
    sign_in(owner)
    page.emulate_media(color_scheme="light")
    page.goto(live_server.url)
    page.locator("summary", has=page.locator(".only-light")).first.click()
    page.get_by_role("button", name="Dark").click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_another_organisation_is_chosen(live_server, page, sign_in, owner):
    MembershipFactory(user=owner.user, organisation__name="Juniper Trade")
    sign_in(owner)
    page.goto(live_server.url)
    page.locator("summary", has_text="Juniper & Pine").first.click()
    page.get_by_role("button", name="Juniper Trade").first.click()
    expect(page.locator("summary", has_text="Juniper Trade").first).to_be_visible()


def test_all_of_it_works_without_javascript(live_server, browser, owner):
    owner.user.set_password("let-me-look-around")
    owner.user.save()
    with browser.new_context(java_script_enabled=False, base_url=live_server.url) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("email", exact=False).fill(owner.email)
        page.get_by_label("Password", exact=False).fill("let-me-look-around")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.goto("/settings/profile/")
        page.get_by_label("Name").fill("Theodora")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        page.locator(".topbar details.menu summary").last.click()
        page.get_by_role("button", name="Sign out").first.click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/vendors/{one}/",
        "/vendors/{one}/contacts/add/",
        "/vendors/notes/{note}/edit/",
        "/vendors/duplicates/",
        "/vendors/{one}/merge/",
        "/vendors/{one}/merge/?into={two}",
        "/vendors/compare/?v={one}",
        "/vendors/compare/?v={one}&v={two}&v={three}",
        "/vendors/compare/?v={one}&v={two}&v={three}&differences=1",
    ],
)
def test_pages_of_what_one_keeps_merges_and_compares(live_server, page, sign_in, owner, path):
    shop, long = owner.organisation, "Fulfilment-and-Kitting-" * 5
    one, two = (VendorFactory(organisation__name=long + end, private_to=shop) for end in (" Ltd", " GmbH"))
    three = VendorFactory(organisation__name="Harrow & Quay", website="https://harrowquay.example", price_from=3)
    keeping = {"vendor": one, "merchant": shop, "created_at": one.added_at}
    note = Note.objects.create(author=owner, text="x" * 500, edited_at=one.added_at, **keeping)
    for name in ("W" * 40, "Good with candles"):
        Tagging.objects.create(tag=Tag.objects.create(merchant=shop, name=name), vendor=one)
    person = {"name": "N" * 120, "email": "e" * 60 + "@quay.example", "phone": "5" * 40, "about": "a" * 120}
    contacts.add_contact(one, is_backup=True, by=owner, at=one.added_at, **person)
    Certificate.objects.create(name="C" * 120, expires_on=one.added_at.date(), **keeping)
    sign_in(owner)
    look(page, live_server.url + path.format(one=one.pk, two=two.pk, three=three.pk, note=note.pk))


@pytest.mark.parametrize("path", ["/portal/join/", "/portal/join/{pk}/"])
def test_pages_on_which_a_manager_joins_two(live_server, page, sign_in, manager, path):
    VendorFactory(organisation=manager.organisation)
    other = VendorFactory(organisation__name="Pallet-and-Post-" * 7)
    MembershipFactory(organisation=other.organisation, user=manager.user, roles=["manager"])
    sign_in(manager)
    look(page, live_server.url + path.format(pk=other.pk))


def test_one_vendor_at_a_time_stands_on_a_phone(live_server, page, sign_in, owner):
    one, two = VendorFactory(organisation__name="Harrow"), VendorFactory(organisation__name="Orchard")
    for vendor, people in ((one, 74), (two, 18)):
        type(vendor).objects.filter(pk=vendor.pk).update(people=people)
    sign_in(owner)
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{live_server.url}/vendors/compare/?v={one.pk}&v={two.pk}")
    cells = page.get_by_role("row", name="People").get_by_role("cell")
    expect(cells.filter(visible=True)).to_have_text(["74"])
    page.get_by_text("Orchard", exact=True).first.click()
    expect(cells.filter(visible=True)).to_have_text(["18"])


@pytest.fixture
def found(owner):
    """A list of two pages: names, tags and saved searches as long as they may be, one private, one blocked."""
    fragile, _ = FacetValue.objects.get_or_create(facet="handling", slug="fragile", defaults={"name": "Fragile"})
    vendors = [VendorFactory(organisation__name=f"Sud {n}", tagline="t" * 160) for n in range(26)]
    vendors.append(VendorFactory(organisation__name="W" * 120, private_to=owner.organisation, price_from=3))
    vendors.append(VendorFactory(organisation__name="Harrow " + "and Quay " * 12))
    Capability.objects.bulk_create(Capability(vendor=vendor, value=fragile) for vendor in vendors)
    blocked = {"status": "blocked", "blocked_reason": "r" * 500, "blocked_at": vendors[0].added_at}
    Relationship.objects.create(
        vendor=vendors[-1], merchant=owner.organisation, created_at=vendors[0].added_at, **blocked
    )
    for name in ("T" * 40, "Good with candles"):
        tag = Tag.objects.create(merchant=owner.organisation, name=name)
        Tagging.objects.bulk_create(Tagging(tag=tag, vendor=vendor) for vendor in vendors[-2:])
    index.refresh(vendor.pk for vendor in vendors)
    long_ago = {"looked_at": vendors[0].added_at - timedelta(days=1), "created_at": vendors[0].added_at}
    searches = [("S" * 60, "handling=fragile"), *((f"Search {n}", f"q=w{n}") for n in range(9))]
    return [SavedSearch.objects.create(membership=owner, name=name, query=q, **long_ago) for name, q in searches]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?handling=fragile&known=1&unblocked=1&since=1&sort=name",
        "?q=harow",
        "?q=harrow&handling=fragile",
        "?page=2",
    ],
)
def test_a_list_of_vendors(live_server, page, sign_in, owner, found, query):
    sign_in(owner)
    look(page, f"{live_server.url}/vendors/{query}")
    narrow = page.locator("#narrow > summary")
    narrow.click()
    page.locator("#save-search > summary").click() if query in ("?q=harow", "?q=harrow&handling=fragile") else None
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(page) == []


@pytest.mark.parametrize("query", ["?q=harrow&handling=fragile&status=active&tag={tag}", "?q=" + "x" * 200])
def test_a_search_that_finds_nothing(live_server, page, sign_in, owner, found, query):
    sign_in(owner)
    tag = Tag.objects.get(name="T" * 40).pk
    look(page, f"{live_server.url}/vendors/{query.format(tag=tag)}")


def test_the_pages_of_a_saved_search(live_server, page, sign_in, owner, found):
    sign_in(owner)
    look(page, f"{live_server.url}/vendors/searches/{found[0].pk}/edit/")
    page.get_by_label("Name").fill("Search 1")
    page.locator("main").get_by_role("button", name="Save").click()
    expect(page.get_by_text("You have a search of this name already.")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/vendors/", "/vendors/{pk}/", "/vendors/{pk}/edit/", "/vendors/{pk}/block/"])
def test_pages_about_a_vendor(live_server, page, sign_in, owner, path):
    vendor = VendorFactory(
        organisation__name="Harrow " + "and Quay " * 12,
        website="https://harrowquay.example",
        private_to=owner.organisation,
    )
    Note.objects.create(
        vendor=vendor, merchant=owner.organisation, author=owner, text="x" * 500, created_at=vendor.added_at
    )
    own = {"vendor": vendor, "merchant": owner.organisation, "created_at": vendor.added_at}
    reference = ReferenceFactory(**own, name="N" * 120, state="answered", level=3)
    ReferenceAnswer.objects.create(reference=reference, text="w" * 400, hire_again="yes", answered_at=vendor.added_at)
    Certificate.objects.create(**own, name="C" * 120, expires_on=vendor.added_at.date())
    Partner.objects.create(**own, name="P" * 120, kind="carrier", since=2019)
    Relationship.objects.update(status="blocked", blocked_reason="y" * 300, blocked_at=vendor.added_at)
    sign_in(owner)
    look(page, live_server.url + path.format(pk=vendor.pk))


@pytest.fixture
def asked(owner, manager):
    """A request with words as long as they may be, of which referees have come and a parcel has arrived."""
    from tests.directory.requests.conftest import ALL, DUE, NOW
    from vendors.directory.models import RequestedItem, WorkSample
    from vendors.directory.requests import answering, asking

    vendor = VendorFactory(organisation=manager.organisation)
    asked = asking.ask_vendor(vendor, ALL, message="w" * 300, due_on=DUE, by=owner, at=NOW)
    RequestedItem.objects.update(detail="d" * 300)
    about = {"email": "a@ember.example", "company": "C" * 120, "relation": "former"}
    rows = RequestedItem.objects.select_related("request__vendor", "request__merchant")
    answering.name_referee(rows.get(kind="referees"), by=manager, at=NOW, name="N" * 120, **about)
    answering.say_that_is_all(rows.get(kind="referees"), at=NOW)
    answering.refuse(rows.get(kind="partners"), "r" * 300, at=NOW)
    WorkSample.objects.create(vendor=vendor, title="S" * 160, form="link", url="https://a.example", created_at=NOW)
    return asked


@pytest.mark.parametrize("name", ["ask", "request", "judge", "record", "record_piece", "arrived"])
def test_pages_about_a_request(live_server, page, sign_in, owner, asked, name):
    kinds = {"judge": "referees", "record": "samples", "record_piece": "referees", "arrived": "physical"}
    of = {"ask": asked.vendor, "request": asked}.get(name) or asked.items.get(kind=kinds[name])
    sign_in(owner)
    look(page, live_server.url + reverse(f"directory:{name}", args=[of.pk]))


def test_the_request_in_the_portal(live_server, page, sign_in, manager, asked):
    sign_in(manager)
    look(page, live_server.url + reverse("directory:answer", args=[asked.pk]))


def test_a_vendor_that_cannot_be_asked(live_server, page, sign_in, owner):
    vendor = VendorFactory(private_to=owner.organisation)
    sign_in(owner)
    look(page, live_server.url + reverse("directory:ask", args=[vendor.pk]))


@pytest.mark.parametrize("path", ["", "about/", "sites/", "services/", "terms/", "history/"])
def test_pages_of_a_vendors_own_profile(live_server, page, sign_in, manager, path):
    vendor = VendorFactory(
        organisation=manager.organisation,
        published_at=None,
        tagline="Packs " + "glass" * 25,
        website="https://palletandpost.example",
        links=["https://palletandpost.example/" + "film" * 40],
        orders_from=100,
        price_to=3,
    )
    for facet in ("service", "ships_to", "integration"):
        for name in ("First " + "one" * 20, "Second"):
            value = FacetValue.objects.create(facet=facet, slug=slugify(name)[:60], name=name, group="Fulfilment")
            Capability.objects.create(vendor=vendor, value=value, how="file" if facet == "integration" else "")
    world = FacetValue.objects.create(facet="ships_to", slug="everywhere", name="Everywhere")
    around = FacetValue.objects.create(facet="ships_to", slug="somewhere", name="Somewhere", parent=world)
    FacetValue.objects.create(facet="ships_to", slug="inside", name="Inside", parent=around)
    Site.objects.create(vendor=vendor, country="GB", region="SCT", city="Town" * 20, about="w" * 160)
    sign_in(manager)
    look(page, f"{live_server.url}/portal/profile/{path}")


@pytest.mark.parametrize("section", ["sites", "services", "terms"])
def test_pages_where_a_merchant_describes_its_vendor(live_server, page, sign_in, owner, section):
    vendor = VendorFactory(organisation__name="Harrow " + "and Quay " * 12, private_to=owner.organisation)
    FacetValue.objects.get_or_create(facet="service", slug="kitting", name="Kitting")
    sign_in(owner)
    look(page, f"{live_server.url}/vendors/{vendor.pk}/edit/{section}/")


def test_a_profile_is_written_in_a_browser(live_server, page, sign_in, manager):
    VendorFactory(organisation=manager.organisation, published_at=None)
    world = FacetValue.objects.create(facet="ships_to", slug="everywhere", name="Everywhere")
    around = FacetValue.objects.create(facet="ships_to", slug="somewhere", name="Somewhere", parent=world)
    FacetValue.objects.create(facet="ships_to", slug="inside", name="Inside", parent=around)
    sign_in(manager)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/portal/profile/")
    page.get_by_role("link", name="Say in one sentence what you do").first.click()
    page.get_by_label("In one sentence").fill("Packs glass")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".lede", has_text="Packs glass")).to_be_visible()
    page.get_by_role("link", name="Services", exact=True).click()
    page.locator("summary", has_text="Somewhere").click()
    page.get_by_label("Inside").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".facts", has_text="Inside")).to_be_visible()


@pytest.mark.parametrize("step", ["columns", "checked", "running", "failed", "done"])
def test_pages_of_an_import(live_server, page, sign_in, owner, step, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    rows = [["N" * 110, "https://long.example", "Atlantis"], ["", "x", ""], ["Acme", "", "GB"]]
    words = "\n".join(map(",".join, [["Name", "URL", "Country", "U" * 70], *rows]))
    made = imports.upload(SimpleUploadedFile(f"{'long' * 30}.csv", words.encode()), by=owner, at=timezone.now())
    if step != "columns":
        imports.check(made, made.mapping)
        Import.objects.update(state=step, started_by=owner, progressed_at=made.created_at, failure="It stopped. " * 20)
    sign_in(owner)
    look(page, f"{live_server.url}/vendors/imports/{made.pk}/{'columns/' if step == 'columns' else ''}")


def test_an_import_is_followed_to_its_end(live_server, page, sign_in, owner, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    made = imports.upload(SimpleUploadedFile("a.csv", b"Name\nAcme\n"), by=owner, at=timezone.now())
    imports.check(made, made.mapping)
    imports.start(made, by=owner, at=timezone.now())
    sign_in(owner)
    page.goto(f"{live_server.url}/vendors/imports/{made.pk}/")
    expect(page.get_by_text("0 of 1 rows")).to_be_visible()
    imports.bring_in(made.pk, now=timezone.now)
    expect(page.get_by_role("link", name="See your vendors")).to_be_visible()
    expect(page.locator("#standing")).to_have_count(1)
    assert page.locator("#standing").get_attribute("hx-trigger") is None  # nothing asks any more


@pytest.mark.parametrize("kind", ["references", "testimonials", "samples", "partners", "certificates"])
def test_a_vendor_with_two_hundred_pieces_and_long_names(live_server, page, sign_in, owner, kind, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    fill_with_evidence(vendor := VendorFactory(organisation__name="Harrow " + "and Quay " * 12), owner)
    sign_in(owner)
    look(page, f"{live_server.url}/vendors/{vendor.pk}/?show={kind}")
    look(page, f"{live_server.url}/vendors/{vendor.pk}/evidence/{kind}/?page=2")


def fill_with_evidence(vendor, owner) -> None:
    """Forty pieces of each kind; the newest are the shop's own with the longest names, and one has a file."""
    said = {"vendor": vendor, "created_at": vendor.added_at}
    own = {**said, "merchant": owner.organisation, "created_by": owner, "created_at": clock.now()}
    Partner.objects.bulk_create(Partner(**said, name="Royal Mail", kind="carrier") for _ in range(39))
    Partner.objects.create(**own, name="P" * 120, kind="platform", website="https://a.example", since=2019)
    vendor.testimonials.bulk_create(
        vendor.testimonials.model(**said, quote="Good words", company="Acme") for _ in range(39)
    )
    vendor.testimonials.create(**own, quote="q" * 400, person="p" * 120, role="r" * 120, company="c" * 120)
    Certificate.objects.bulk_create(Certificate(**said, name="ISO 9001") for _ in range(39))
    Certificate.objects.create(**own, name="C" * 120, issuer="i" * 120, number="n" * 80, checked_on=vendor.added_at)
    WorkSample.objects.bulk_create(
        WorkSample(**said, title="Box", form="link", url="https://a.example") for _ in range(39)
    )
    photo = {"by": owner, "organisation": owner.organisation, "at": clock.now(), "kinds": DOCUMENTS}
    box = keep(SimpleUploadedFile("f" * 150 + ".png", drawn()), **photo)
    WorkSample.objects.create(**own, title="t" * 160, description="d" * 300, form="file", file=box)
    for number in range(40):
        reference = ReferenceFactory(vendor=vendor, state="answered", level=3, name="N" * 120 if not number else "Jo")
        ReferenceAnswer.objects.create(
            reference=reference, text="w" * 60, hire_again="yes", answered_at=own["created_at"]
        )
    index.refresh([vendor.pk])


def drawn() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["testimonials", "samples", "partners", "certificates"])
def test_a_form_for_evidence_with_errors(live_server, page, sign_in, owner, kind):
    vendor = VendorFactory()
    sign_in(owner)
    look(page, f"{live_server.url}/vendors/{vendor.pk}/evidence/{kind}/add/")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.locator("main").get_by_role("button", name="Save").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    assert faults(page) == []


def test_a_piece_is_taken_back_after_a_question(live_server, page, sign_in, owner):
    vendor = VendorFactory()
    about = {"vendor": vendor, "merchant": owner.organisation, "created_at": vendor.added_at}
    piece = Partner.objects.create(**about, name="P" * 120, kind="client")
    sign_in(owner)
    look(page, f"{live_server.url}/evidence/partners/{piece.pk}/remove/")
    page.locator("main").get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(page.get_by_text("No partners named yet")).to_be_visible()


def test_the_tabs_of_evidence_open_without_a_reload_and_keep_their_address(live_server, page, sign_in, owner):
    vendor = VendorFactory()
    Partner.objects.create(vendor=vendor, name="Royal Mail", kind="carrier", created_at=vendor.added_at)
    sign_in(owner)
    page.goto(f"{live_server.url}/vendors/{vendor.pk}/?show=samples")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Partners").click()
    expect(page.get_by_role("heading", name="Royal Mail")).to_be_visible()
    assert page.evaluate("window.stayed")
    assert page.url.endswith("?show=partners")
    page.go_back()
    expect(page.get_by_text("No samples of work yet")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/vendors/{vendor}/references/add/",
        *(
            "/references/{asked}/",
            "/references/{asked}/edit/",
            "/references/{asked}/ask/",
            "/references/{asked}/record/",
        ),
        *("/references/{answered}/", "/testimonials/{words}/ask/"),
    ],
)
def test_pages_about_a_reference(live_server, page, sign_in, owner, path):
    vendor = VendorFactory(organisation__name="Harrow " + "and Quay " * 12, cut_off="15:00")
    own = {"vendor": vendor, "merchant": owner.organisation, "name": "N" * 120, "company": "C" * 120}
    asked = ReferenceFactory(**own)
    enquiry = asking.ask(asked, by=owner, at=clock.now(), message="m" * 500)
    enquiry.mail.state = "failed"
    enquiry.mail.save()
    answered = ReferenceFactory(**own, state="answered", level=3, level_reason="Work address")
    words = {"text": "w" * 400, "went_wrong": "x" * 400, "conflict": "y" * 400}
    ReferenceAnswer.objects.create(
        reference=answered, **words, has_conflict=True, hire_again="no", on_time="rarely", answered_at=clock.now()
    )
    said = {"vendor": vendor, "created_at": vendor.added_at}
    quoted = vendor.testimonials.create(quote="q" * 500, company="C" * 120, **said)
    sign_in(owner)
    look(
        page,
        live_server.url + path.format(vendor=vendor.pk, asked=asked.pk, answered=answered.pk, words=quoted.pk),
    )
