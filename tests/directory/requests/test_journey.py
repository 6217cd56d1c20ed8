"""In a real browser, the vendor on a phone: asked, answered with two referees and a photo, judged."""

import pytest
from playwright.sync_api import expect

from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from tests.directory.requests.conftest import NOW
from tests.files.conftest import picture
from tests.test_pages import faults
from vendors.directory.models import Judgement, Reference, SamplePhoto, WorkSample

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sits_down(browser, live_server, signed_in):
    """`sits_down(member, width)`: somebody at a device of their own."""
    contexts = []

    def at_a_device(member, width):
        context = browser.new_context(
            base_url=live_server.url, locale="en-GB", viewport={"width": width, "height": 844}
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        cookie = signed_in(member).cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        return context.new_page()

    yield at_a_device
    for context in contexts:
        context.close()


def fits(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert faults(page) == []


def names_referee(page, item, name: str, relation: str) -> None:
    for label, said in {"Name": name, "Company": "Ember", "Work email": f"{name[:2].lower()}@ember.example"}.items():
        item.get_by_label(label, exact=False).first.fill(said)
    item.get_by_label(relation).check()
    item.get_by_label("They agreed to be asked").check()
    item.get_by_role("button", name="Add").click()
    expect(item.locator(".feed").get_by_text(name, exact=True)).to_be_visible()


def test_two_referees_and_a_photo_are_handed_over_on_a_phone_and_judged(supplier, owner, manager, sits_down):
    assert clock.now() == NOW
    merchant = sits_down(owner, 1360)
    merchant.goto(f"/vendors/{supplier.pk}/")
    merchant.get_by_role("link", name="Ask for evidence").click()
    merchant.wait_for_url(f"**/vendors/{supplier.pk}/ask/*")
    fits(merchant)
    merchant.get_by_role("button", name="Send the request").click()
    expect(merchant.get_by_role("heading", name="Asked of Pallet & Post")).to_be_visible()
    fits(merchant)

    vendor = sits_down(manager, 390)
    vendor.goto("/portal" + Mail.objects.get().text.split("/portal")[1].split()[0])
    fits(vendor)
    referees = vendor.get_by_role("article", name="Referees")
    names_referee(vendor, referees, "Maren Holt", "Is a client")
    expect(referees.get_by_text("asks for a former client too")).to_be_visible()
    referees.locator("summary", has_text="Name another").click()
    names_referee(vendor, referees, "Jo Marsh", "Was a client")
    expect(referees.get_by_text("asks for a former client too")).to_be_hidden()
    referees.get_by_role("button", name="That is all").click()
    expect(referees.get_by_text("Handed over")).to_be_visible()
    samples = vendor.get_by_role("article", name="Samples of work")
    if not samples.get_by_label("Photos or files").is_visible():
        samples.locator("summary", has_text="Add files or links").click()
    photo = {"name": "bench.heic", "mimeType": "image/heic", "buffer": picture("HEIF", (800, 600))}
    samples.get_by_label("Photos or files").set_input_files([photo])
    samples.get_by_role("button", name="Add").click()
    expect(samples.get_by_role("img", name="bench")).to_be_visible()
    samples.get_by_role("button", name="That is all").click()
    expect(samples.get_by_text("Handed over")).to_be_visible()
    fits(vendor)

    merchant.goto("/")
    merchant.get_by_role("link", name="Judge what Pallet & Post sent").first.click()
    expect(merchant.get_by_text("Maren Holt")).to_be_visible()
    expect(merchant.get_by_role("img", name="bench")).to_be_visible()
    fits(merchant)
    merchant.get_by_role("article", name="Samples of work").get_by_role("link", name="Judge").click()
    merchant.wait_for_url("**/judge/*")
    fits(merchant)
    merchant.get_by_label("Good").check()
    merchant.get_by_label("Why").fill("A tidy bench")
    merchant.get_by_role("button", name="Keep verdict").click()
    expect(merchant.get_by_text("Judged: Good")).to_be_visible()
    assert Reference.objects.count() == 2
    assert WorkSample.objects.get().file.content_type == "image/jpeg"
    assert Judgement.objects.get().text == "A tidy bench"
    assert not SamplePhoto.objects.exists()

    vendor.reload()
    expect(vendor.get_by_text("nothing more can be added")).to_be_visible()
    expect(vendor.get_by_text("A tidy bench")).to_be_hidden()
    expect(vendor.get_by_text("Good", exact=True)).to_be_hidden()
