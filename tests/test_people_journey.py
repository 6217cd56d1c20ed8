"""People find their way in, in a real browser: sign-up, invitations by mail, two organisations, a passkey."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from outsourcing.accounts.models import Membership
from outsourcing.notifications.models import Mail

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "seven-brass-kettles"
PLACE = {"Country": "United Kingdom", "Time zone": "Europe/London", "Currency": "GBP, British Pound"}


@pytest.fixture
def house(live_server, settings) -> str:
    """The address of the running house, by the name that passkeys need; its mails are rows, their links lead to it."""
    settings.EMAIL_BACKEND = "outsourcing.notifications.backend.OutboxBackend"
    settings.BASE_URL = live_server.url.replace("127.0.0.1", "localhost")
    return settings.BASE_URL


@pytest.fixture
def somebody(browser: Browser, house: str):
    """`somebody()` is a person at a device of their own, at first signed in to nothing."""
    contexts: list[BrowserContext] = []

    def sits_down() -> Page:
        contexts.append(browser.new_context(base_url=house, locale="en-GB", viewport={"width": 1360, "height": 900}))
        contexts[-1].set_default_timeout(15_000)
        return contexts[-1].new_page()

    yield sits_down
    for context in contexts:
        context.close()


@pytest.fixture
def met(house):
    """`met(page)` looks at a page once with axe, whatever numbers and tokens its address holds."""
    seen: set[str] = set()

    def look(page: Page) -> None:
        path = re.sub(r"\d+|(?<=/join/)[^/]+", "…", page.url.removeprefix(house))
        if path not in seen:
            seen.add(path)
            found = Axe().run(page).response["violations"]
            faults = [
                f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")
            ]
            assert faults == [], path

    return look


def letter_to(address: str) -> str:
    """The text of the newest mail to an address."""
    return Mail.objects.filter(address=address).latest("pk").text


def signs_up(page: Page, email: str, met) -> None:
    page.goto("/accounts/signup/")
    met(page)
    page.get_by_label("Work email").fill(email)
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_label("Code", exact=False).wait_for()
    met(page)
    page.get_by_label("Code", exact=False).fill(re.search(r"^\s+([A-Z0-9-]{6,9})$", letter_to(email), re.MULTILINE)[1])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You belong to no organisation yet")).to_be_visible()
    met(page)
    page.get_by_role("link", name="Start your own").click()


def starts(page: Page, kind: str, name: str, met) -> None:
    met(page)
    form = page.locator("main")
    form.get_by_label(kind).check()
    form.get_by_label("Name").fill(name)
    for label, choice in PLACE.items():
        form.get_by_label(label).select_option(label=choice)
    form.get_by_role("button", name="Begin").click()
    expect(page.get_by_text(name, exact=True).first).to_be_visible()
    met(page)


def invites(page: Page, email: str, name: str, role: str, met) -> str:
    """Returns the link of the mail that went out."""
    page.goto("/settings/members/invite/")
    met(page)
    form = page.locator("main")
    form.get_by_label("Email").fill(email)
    form.get_by_label("Name").fill(name)
    form.get_by_label(role).check()
    form.get_by_role("button", name="Send invitation").click()
    expect(page.locator("main").get_by_text(email)).to_be_visible()
    met(page)
    return re.search(r"http://localhost\S+/join/\S+", letter_to(email))[0]


def joins(page: Page, link: str, organisation: str, met) -> None:
    page.goto(link)
    met(page)
    page.get_by_role("button", name=f"Join {organisation}").click()
    expect(page.get_by_text(organisation).first).to_be_visible()
    met(page)


def test_colleagues_and_a_vendors_contact_join_by_mail(somebody, met):
    theo, rosa, nadia, imogen, sam = (somebody() for _ in range(5))
    signs_up(theo, "theo@juniperandpine.example", met)
    starts(theo, "A shop that hands work over", "Juniper & Pine", met)
    to_rosa = invites(theo, "rosa@juniperandpine.example", "Rosa Imberg", "Buyer", met)
    to_nadia = invites(theo, "nadia@juniperandpine.example", "Nadia Okafor", "Operations", met)
    joins(rosa, to_rosa, "Juniper & Pine", met)
    joins(nadia, to_nadia, "Juniper & Pine", met)

    signs_up(imogen, "imogen@palletandpost.example", met)
    starts(imogen, "A company that takes work on", "Pallet & Post", met)
    joins(sam, invites(imogen, "sam@palletandpost.example", "Sam Adeyemi", "Contact", met), "Pallet & Post", met)

    assert {(one.name, one.organisation.name, one.role_names) for one in Membership.objects.joined()} >= {
        ("Rosa Imberg", "Juniper & Pine", "Buyer"),
        ("Nadia Okafor", "Juniper & Pine", "Operations"),
        ("Sam Adeyemi", "Pallet & Post", "Contact"),
    }
    theo.goto("/settings/members/")
    expect(theo.locator("main")).to_contain_text("Rosa Imberg")
    expect(theo.locator("main")).not_to_contain_text("Sam Adeyemi")
    for page in (rosa, sam):  # neither runs the organisation
        page.goto("/settings/members/")
        expect(page.get_by_role("heading", name="This is not yours to do")).to_be_visible()

    # A used link says so, and who signs out comes back with one code.
    sam.goto("/")
    sam.context.clear_cookies()
    sam.goto("/accounts/login/code/")
    met(sam)
    sam.get_by_label("Email", exact=False).fill("sam@palletandpost.example")
    sam.get_by_role("button", name="Send the code").click()
    sam.get_by_label("Code", exact=False).wait_for()
    met(sam)
    code = re.search(r"^\s+([A-Z0-9-]{6,9})$", letter_to("sam@palletandpost.example"), re.MULTILINE)[1]
    sam.get_by_label("Code", exact=False).fill(code)
    sam.keyboard.press("Enter")
    expect(sam.get_by_text("Pallet & Post").first).to_be_visible()
    stranger = somebody()
    stranger.goto(to_rosa)
    expect(stranger.get_by_role("heading", name="This invitation has been used")).to_be_visible()
    met(stranger)


def test_one_person_acts_for_two_organisations_and_never_sees_one_under_the_other(
    house, page, sign_in, owner, viewer, met
):
    sign_in(owner)
    page.goto(f"{house}/start/")
    starts(page, "A shop that hands work over", "Zebra Trade", met)
    for address in ("/", "/settings/members/", "/settings/history/", "/settings/absences/", "/search/?q=piet"):
        page.goto(house + address)
        met(page)
        expect(page.locator("main")).not_to_contain_text("Piet Larsen")
        expect(page.locator("main")).not_to_contain_text("Juniper & Pine")
    # Somebody of the other organisation: a page that offers to switch, and says no name.
    page.goto(f"{house}/settings/members/{viewer.pk}/")
    met(page)
    expect(page.locator("main")).not_to_contain_text("Piet Larsen")
    page.get_by_role("button", name="Switch to Juniper & Pine").last.click()
    expect(page.get_by_role("heading", name="Piet Larsen")).to_be_visible()
    met(page)
    # A form that another tab made for the first organisation.
    other = page.context.new_page()
    other.goto(house)
    other.locator("summary", has_text="Juniper & Pine").first.click()
    other.get_by_role("button", name="Zebra Trade").first.click()
    expect(other.locator("summary", has_text="Zebra Trade").first).to_be_visible()
    page.locator("main").get_by_label("Buyer").check()
    page.locator("main").get_by_role("button", name="Save").click()
    expect(page.get_by_text("This form was made for another organisation")).to_be_visible()
    met(page)
    viewer.refresh_from_db()
    assert viewer.roles == ["viewer"]


def test_a_passkey_is_added_and_signs_in(house, page, owner, met):
    owner.user.set_password(PASSWORD)
    owner.user.save()
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**device, "isUserVerified": True, "automaticPresenceSimulation": True}
    key = wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    page.goto(f"{house}/accounts/login/?next=/accounts/2fa/")
    page.get_by_label("Work email").fill(owner.email)
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Passkeys and second step").wait_for()
    met(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    met(page)
    page.locator("main").get_by_role("button", name="Confirm").click()
    page.get_by_role("heading", name="Add a passkey").wait_for()
    met(page)
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(lambda address: "add" not in address)
    met(page)
    assert len(wire.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    page.goto(f"{house}/accounts/2fa/")
    expect(page.get_by_role("link", name="Rename Work laptop")).to_be_visible()
    met(page)

    page.context.clear_cookies()
    page.goto(f"{house}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_visible()
    assert page.url == f"{house}/"
