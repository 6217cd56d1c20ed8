"""The merchant judges what came, and notes what reached it another way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.directory.requests.conftest import JUDGED, NOW, REFEREE, at
from tests.files.conftest import picture, upload
from vendors.directory.models import Judgement, Reference, SamplePhoto, WorkSample

pytestmark = pytest.mark.django_db
ARRIVED = {"arrived_on": "2026-11-24", "title": "Two mugs, packed", "description": "One corner crushed"}
PHONE = {"outcome": "came", "channel": "phone", "came_on": "2026-11-24"}


def seen(item) -> str:
    return item.judged_at.isoformat() if item.judged_at else ""


# ---- Verdicts ------------------------------------------------------------------------------------------------------
def test_what_came_is_judged_with_a_reason(received, buyer, owner, signed_in):
    one = received("referees")
    assertRedirects(signed_in(buyer).post(at("judge", one), JUDGED), at("request", one.request))
    one.refresh_from_db()
    assert (one.state, one.verdict, one.judged_by, one.judged_at) == ("judged", "good", buyer, NOW)
    page = signed_in(owner).get(at("request", one.request))
    assertContains(page, "Judged: Good")
    assertContains(page, "Neat packing, quick answers")


@pytest.mark.parametrize("body", [{"verdict": "superb"}, {"verdict": ""}, {"text": " "}, {"text": "x" * 2001}])
def test_a_verdict_needs_a_known_word_and_a_reason(body, received, owner, signed_in):
    one = received("referees")
    assertContains(signed_in(owner).post(at("judge", one), JUDGED | body), "is-invalid")
    one.refresh_from_db()
    assert one.state == "received"


@pytest.mark.parametrize("said", ["x", "2026-13-45T00:00:00+00:00", "2026-11-24T11:30:00", "1\x00"])
def test_a_made_up_mark_of_what_was_seen_judges_nothing(said, received, owner, signed_in):
    one = received("referees")
    signed_in(owner).post(at("judge", one), JUDGED | {"seen": said})
    one.refresh_from_db()
    assert one.state == "received"


def test_a_verdict_is_changed_and_the_earlier_one_kept(received, owner, buyer, signed_in, it_is_tuesday):
    one = received("referees")
    signed_in(owner).post(at("judge", one), JUDGED)
    one.refresh_from_db()
    it_is_tuesday.at = NOW + timedelta(days=1)
    signed_in(buyer).post(at("judge", one), {"verdict": "poor", "text": "Two never answered", "seen": seen(one)})
    one.refresh_from_db()
    assert (one.verdict, one.judged_by) == ("poor", buyer)
    assert list(Judgement.objects.values_list("verdict", "by__name")) == [
        ("poor", "Rosa Imberg"),
        ("good", "Theo Marchetti"),
    ]
    page = signed_in(owner).get(at("request", one.request))
    assertContains(page, "Two never answered")
    assertContains(page, "Neat packing, quick answers")


def test_the_second_of_two_colleagues_is_told_what_happened(received, owner, buyer, signed_in):
    one = received("referees")
    signed_in(owner).post(at("judge", one), JUDGED)
    response = signed_in(buyer).post(at("judge", one), {"verdict": "poor", "text": "Mine", "seen": ""})
    assertContains(response, "Theo Marchetti has judged this as good meanwhile", status_code=409)
    one.refresh_from_db()
    assert (one.verdict, Judgement.objects.count()) == ("good", 1)


def test_what_has_not_come_is_not_judged(item, owner, signed_in):
    response = signed_in(owner).post(at("judge", item("samples")), JUDGED)
    assertRedirects(response, at("request", item("samples").request))
    assert item("samples").state == "asked"


def test_only_buyers_judge(received, viewer, manager, rival, signed_in):
    one = received("referees")
    for member, status in [(viewer, 403), (manager, 403), (rival, 404)]:
        assert signed_in(member).post(at("judge", one), JUDGED).status_code == status
    assert not Judgement.objects.exists()


# ---- A parcel ------------------------------------------------------------------------------------------------------
def test_a_parcel_has_its_day_photos_and_verdict(item, owner, viewer, signed_in):
    client, one = signed_in(owner), item("physical")
    photos = [upload(picture("HEIF", (900, 600)), "a.heic"), upload(picture("JPEG"), "b.jpg")]
    client.post(at("arrived", one), ARRIVED | {"photos": photos})
    sample = WorkSample.objects.get()
    assert (sample.arrived_on, sample.form, sample.merchant) == (date(2026, 11, 24), "physical", owner.organisation)
    assert item("physical").state == "received"
    assert [photo.file.content_type for photo in sample.photos.all()] == ["image/jpeg", "image/jpeg"]
    page = signed_in(viewer).get(at("request", one.request))
    for photo in sample.photos.all():
        small = at("photo_thumbnail", sample, photo.file)
        assertContains(page, small)
        assert signed_in(viewer).get(small)["Content-Type"] == "image/jpeg"
    client.post(at("judge", one), {"verdict": "fair", "text": "One corner"})
    sample.refresh_from_db()
    assert (sample.verdict, sample.verdict_text, sample.judged_at) == ("fair", "One corner", NOW)


def test_a_second_look_adds_photos_to_the_same_parcel(item, owner, signed_in):
    client, one = signed_in(owner), item("physical")
    client.post(at("arrived", one), ARRIVED | {"photos": [upload(picture())]})
    client.post(at("arrived", one), ARRIVED | {"title": "Three mugs", "photos": [upload(picture())]})
    assert WorkSample.objects.get().title == "Three mugs"
    assert SamplePhoto.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        {"arrived_on": "2026-11-25"},
        {"arrived_on": "2026-11-01"},
        {"title": "\u200b"},
        {"photos": [upload(b"no picture at all", "a.jpg")]},
        {"photos": [upload(b"%PDF-1.4", "a.pdf")]},
    ],
)
def test_bad_arrivals_are_refused(body, item, owner, signed_in):
    for one in body.get("photos", []):
        one.seek(0)
    assertContains(signed_in(owner).post(at("arrived", item("physical")), ARRIVED | body), "is-invalid")
    assert not WorkSample.objects.exists()
    assert item("physical").state == "asked"


def test_photos_are_the_merchants_alone(item, owner, manager, rival, signed_in):
    signed_in(owner).post(at("arrived", item("physical")), ARRIVED | {"photos": [upload(picture())]})
    photo = SamplePhoto.objects.get()
    for member in (manager, rival):
        for name in ("sample_photo", "photo_thumbnail"):
            assert signed_in(member).get(at(name, photo.sample, photo.file)).status_code == 404


def test_files_are_for_both_sides_and_nobody_else(received, owner, viewer, manager, rival, signed_in):
    received("samples")
    sample = WorkSample.objects.get()
    for name in ("sample_file", "sample_thumbnail"):
        for member, status in [(owner, 200), (viewer, 200), (manager, 200), (rival, 404)]:
            assert signed_in(member).get(at(name, sample)).status_code == status


# ---- Recorded for the vendor ---------------------------------------------------------------------------------------
def test_what_came_by_phone_is_recorded_as_of_then(item, owner, signed_in, it_is_tuesday):
    it_is_tuesday.at = NOW + timedelta(days=3)
    one = item("referees")
    signed_in(owner).post(at("record", one), PHONE | {"came_on": "2026-11-25"})
    one = item("referees")
    assert (one.state, one.channel, one.recorded_by) == ("received", "phone", owner)
    assert one.received_at == datetime(2026, 11, 25, 12, tzinfo=UTC)
    signed_in(owner).post(at("record_piece", one), REFEREE)
    assert Reference.objects.get().named_by == "vendor"
    page = signed_in(owner).get(at("request", one.request))
    assertContains(page, "By phone, recorded by Theo Marchetti")
    assertContains(page, "Maren Holt")


def test_a_refusal_by_phone_is_recorded(item, owner, manager, signed_in):
    one = item("referees")
    body = PHONE | {"outcome": "refused", "reason": "Not before a contract"}
    signed_in(owner).post(at("record", one), body)
    one = item("referees")
    assert (one.state, one.refused_reason, one.recorded_by) == ("refused", "Not before a contract", owner)
    assertNotContains(signed_in(manager).get("/"), "asks for referees")


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "pigeon"},
        {"came_on": "2026-11-25"},
        {"came_on": "2026-11-23"},
        {"outcome": "refused", "reason": ""},
        {"outcome": "refused", "reason": "x" * 501},
    ],
)
def test_bad_records_are_refused(body, item, owner, signed_in):
    assertContains(signed_in(owner).post(at("record", item("referees")), PHONE | body), "is-invalid")
    assert item("referees").state == "asked"


def test_what_is_judged_is_not_recorded_again(received, owner, signed_in):
    one = received("referees")
    signed_in(owner).post(at("judge", one), JUDGED)
    assert signed_in(owner).post(at("record", one), PHONE).status_code == 409


@pytest.mark.parametrize("count", [1, 8])
def test_the_request_page_costs_the_same_for_any_number(count, item, owner, signed_in, django_assert_num_queries):
    client = signed_in(owner)
    photos = [upload(picture()) for _ in range(count)]
    client.post(at("arrived", item("physical")), ARRIVED | {"photos": photos})
    with django_assert_num_queries(13):
        client.get(at("request", item("physical").request))
