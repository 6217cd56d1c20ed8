"""The list, one job, and what a merchant keeps of its own."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import MembershipFactory
from tests.needs.conftest import GIVEN, NOW, rated
from vendors.directory.models import FacetValue
from vendors.needs import keeping
from vendors.needs.models import Assessment, Need, Task
from vendors.needs.reading import board, job_of

pytestmark = pytest.mark.django_db


def test_eleven_jobs_each_with_what_to_ask_and_where_to_look(owner, signed_in):
    jobs = board(owner).jobs
    assert len(jobs) == 11
    for job in jobs:
        assert job.task.description
        assert job.task.unit
        assert job.task.asks
        assert job.services
    page = signed_in(owner).get("/needs/")
    for job in jobs:
        assertContains(page, job.task.name)
    assertContains(page, "Rate your jobs")


def test_a_look_makes_no_row(owner, signed_in, books):
    for path in ("/needs/", "/needs/rate/", f"/needs/{books.pk}/"):
        assert signed_in(owner).get(path).status_code == 200
    assert not Need.objects.exists()


def test_the_verdict_follows_the_rating(owner, signed_in, packing):
    rated(packing, owner, skill=2, liking=1, hours="12")
    page = signed_in(owner).get("/needs/")
    assertContains(page, "12 hours a week")
    # (.3 x .75 + .2 x 1 + .2 x 1) / .7 = 89.3
    assertContains(page, "89.3")
    one = signed_in(owner).get(f"/needs/{packing.pk}/")
    assertContains(one, "You rate yourself 2 of 5.")
    assertContains(one, "12 hours a week, 52 a month; 40 count in full.")
    assertContains(one, "Without saving: not known yet.")
    assertContains(one, "/vendors/?service=dtc-fulfilment&amp;service=returns&amp;service=kitting")


def test_self_is_the_mean_of_colleagues_each_over_who_said_it(owner, buyer, packing, signed_in):
    rated(packing, owner, skill=2, liking=1, hours="10")
    rated(packing, buyer, skill=3, hours="14")
    job = job_of(owner, packing)
    assert (job.facts.skill, job.facts.liking, job.facts.hours) == (Decimal("2.5"), 1, 12)
    assert (job.facts.hours_range.low, job.facts.hours_range.high) == (10, 14)
    assertContains(signed_in(owner).get(f"/needs/{packing.pk}/"), "the mean of 2 colleagues")


def test_who_has_left_is_not_counted(owner, buyer, packing):
    rated(packing, owner, skill=2)
    rated(packing, buyer, skill=4)
    buyer.left_at = NOW
    buyer.save()
    assert job_of(owner, packing).facts.skill == 2


def test_a_rival_rates_the_same_job_apart(owner, rival, packing):
    rated(packing, rival, skill=5, liking=5, hours="1")
    assert job_of(owner, packing).facts.skill is None


# ---- Rating --------------------------------------------------------------------------------------------------------
def send(client, task, htmx=False, **said):
    headers = {"HTTP_HX_REQUEST": "true"} if htmx else {}
    data = {f"t{task.pk}-{name}": value for name, value in said.items()}
    return client.post(f"/needs/{task.pk}/assess/", data, **headers)


def test_it_saves_itself_and_answers_with_the_verdict(owner, signed_in, packing):
    answer = send(signed_in(owner), packing, htmx=True, skill="2", liking="1", hours="12")
    assertContains(answer, "Saved")
    assertContains(answer, "Outsource")
    one = Assessment.objects.get()
    assert (one.skill, one.liking, one.hours, one.brand, one.direct_cost) == (2, 1, 12, None, None)


def test_without_script_it_is_a_plain_form(owner, signed_in, packing):
    answer = send(signed_in(owner), packing, skill="2")
    assert (answer.status_code, answer["Location"]) == (302, f"/needs/rate/#job-{packing.pk}")


def test_empty_takes_back(owner, signed_in, packing):
    rated(packing, owner, skill=2, liking=1, hours="12")
    send(signed_in(owner), packing, skill="", liking="1", hours="")
    one = Assessment.objects.get()
    assert (one.skill, one.liking, one.hours) == (None, 1, None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("7,5", "7.5"), ("7.5", "7.5"), (" 12 ", "12"), ("0", "0"), ("1,5", "1.5")],
)
def test_hours_with_a_comma_or_a_point(owner, signed_in, packing, typed, kept):
    assert send(signed_in(owner), packing, hours=typed).status_code == 302
    assert Assessment.objects.get().hours == Decimal(kept)


@pytest.mark.parametrize(("typed", "kept"), [("32,50", "32.5"), ("1,200.00", "1200"), ("1.200,00", "1200")])
def test_the_value_of_an_hour_with_a_comma(owner, signed_in, packing, typed, kept):
    assert send(signed_in(owner), packing, hour_value=typed).status_code == 302
    assert Assessment.objects.get().hour_value == Decimal(kept)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"hours": "300"}, "A week has 168 hours."),
        ({"hours": "400", "people": "2"}, "That is more than 168 hours a week for each of 2 people"),
        ({"hours": "a lot"}, "Write a number, such as 12 or 7.5."),
        ({"hours": "-3"}, "Less than nothing is not possible."),
        ({"hours": "9" * 10_000}, "Write a number, such as 12 or 7.5."),
        ({"hours": "1.2345"}, "Two digits after the point are enough."),
        ({"people": "0"}, "At least one, or leave it empty."),
        ({"people": "1.5"}, "A whole number."),
        ({"skill": "6"}, "Select a valid choice."),
        ({"done_by": "x" * 10_000}, "at most 120 characters"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_wrong_is_said_and_the_rest_is_kept(owner, signed_in, packing, said, words, htmx):
    answer = send(signed_in(owner), packing, htmx=htmx, **{"liking": "3", **said})
    assertContains(answer, words, status_code=422)
    one = Assessment.objects.get()
    assert one.liking == 3
    assert (one.hours, one.people, one.skill, one.done_by) == (None, None, None, "")
    if not htmx:
        assertContains(answer, 'aria-invalid="true"', status_code=422)


def test_several_people_may_work_more_than_one_week(owner, signed_in, packing):
    assert send(signed_in(owner), packing, hours="300", people="8").status_code == 302
    assert Assessment.objects.get().hours == 300
    answer = send(signed_in(owner), packing, hours="300", people="1")
    assertContains(answer, "A week has 168 hours.", status_code=422)
    assert (Assessment.objects.get().hours, Assessment.objects.get().people) == (300, 8)


def test_a_nul_is_no_fall(owner, signed_in, packing):
    assert send(signed_in(owner), packing, done_by="An\0a", hours="1\0").status_code == 302
    assert Assessment.objects.get().done_by == "Ana"


def test_the_database_holds_the_bounds_too(owner, packing):
    rated(packing, owner, skill=2)
    for wrong in ({"skill": 6}, {"hours": 169}, {"hours": -1}, {"hour_value": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.update(**wrong)


# ---- Must stay, and the market -------------------------------------------------------------------------------------
def test_must_stay_needs_a_reason_and_keeps(owner, signed_in, packing):
    rated(packing, owner, skill=1, liking=1, hours="20")
    client = signed_in(owner)
    answer = client.post(f"/needs/{packing.pk}/must-stay/", {"must_stay": "on"})
    assertContains(answer, "Say why", status_code=422)
    assert (
        client.post(f"/needs/{packing.pk}/must-stay/", {"must_stay": "on", "reason": "Our gift notes"}).status_code
        == 302
    )
    assertContains(client.get(f"/needs/{packing.pk}/"), "It must stay: Our gift notes")
    assert job_of(owner, packing).judged.verdict == "keep"
    client.post(f"/needs/{packing.pk}/must-stay/", {"reason": "left over"})
    assert job_of(owner, packing).judged.verdict == "outsource"


def test_what_it_would_save_stands_on_the_page(owner, signed_in, packing):
    """The case of test_verdict.py, through the page."""
    rated(
        packing,
        owner,
        skill=2,
        liking=1,
        hours="12",
        hour_value="30",
        direct_cost="180",
        space_cost="240",
        rework_cost="60",
    )
    client = signed_in(owner)
    client.post(f"/needs/{packing.pk}/market/", {"market_from": "900", "market_to": "1.200,00", "managing_hours": "1"})
    page = client.get(f"/needs/{packing.pk}/")
    assertContains(page, "It costs you £2,040 a month now")
    assertContains(page, "£8,520 to £12,120")
    assertContains(page, "£8.81 to £15.10")
    assertContains(page, "572")  # (12 - 1) x 52 hours
    assertContains(page, "After the hours spent on the vendor, 1 a week.")


def test_one_price_is_both_ends_and_the_lower_comes_first(owner, signed_in, packing):
    client = signed_in(owner)
    client.post(f"/needs/{packing.pk}/market/", {"market_to": "900"})
    need = Need.objects.get()
    assert (need.market_from, need.market_to) == (900, 900)
    answer = client.post(f"/needs/{packing.pk}/market/", {"market_from": "900", "market_to": "800"})
    assertContains(answer, "The lower price comes first.", status_code=422)


# ---- Own jobs ------------------------------------------------------------------------------------------------------
def test_add_clone_edit_hide(owner, signed_in, rival, packing):
    client = signed_in(owner)
    service = FacetValue.objects.get(slug="product-photos")
    made = client.post("/needs/add/", {"name": "Photographs", "services": [service.pk]})
    task = Task.objects.get(name="Photographs")
    assert made["Location"] == f"/needs/{task.pk}/"
    assert signed_in(rival).get(f"/needs/{task.pk}/").status_code == 404
    copy = client.post(f"/needs/{packing.pk}/clone/")
    mine = Task.objects.get(copied_from=packing)
    assert copy["Location"] == f"/needs/{mine.pk}/edit/"
    assert (mine.name, set(mine.services.all())) == ("Picking and packing orders (2)", set(packing.services.all()))
    client.post(f"/needs/{mine.pk}/edit/", {"name": "Packing gifts"})
    mine.refresh_from_db()
    assert (mine.name, mine.services.count()) == ("Packing gifts", 0)
    rated(mine, owner, skill=3)
    client.post(f"/needs/{mine.pk}/hide/")
    assert mine.pk not in [job.task.pk for job in board(owner).shown]
    assert job_of(owner, mine).facts.skill == 3
    client.post(f"/needs/{mine.pk}/show/")
    assert mine.pk in [job.task.pk for job in board(owner).shown]


def test_a_name_is_taken_once(owner, signed_in):
    client = signed_in(owner)
    client.post("/needs/add/", {"name": "Photographs"})
    answer = client.post("/needs/add/", {"name": "PHOTOGRAPHS"})
    assertContains(answer, "You have a job called PHOTOGRAPHS already.", status_code=422)
    assert Task.objects.filter(merchant=owner.organisation).count() == 1


@pytest.mark.parametrize("name", ["", "x" * 10_000, "\u200b"])
def test_a_name_must_be_one(owner, signed_in, name):
    assert signed_in(owner).post("/needs/add/", {"name": name}).status_code == 422
    assert not Task.objects.filter(merchant=owner.organisation).exists()


def test_weights_change_the_verdict(owner, signed_in, packing):
    rated(packing, owner, skill=5, liking=1, hours="1")
    client = signed_in(owner)
    before = job_of(owner, packing).judged.score
    client.post(
        "/needs/judging/",
        {"skill": 0, "dislike": 50, "saving": 0, "time": 0, "keep_below": 40, "consider_below": 65},
    )
    assert (round(before, 1), job_of(owner, packing).judged.score) == (Decimal("31.7"), 100)
    answer = client.post(
        "/needs/judging/",
        {"skill": 101, "dislike": -1, "saving": 0, "time": 0, "keep_below": 70, "consider_below": 65},
    )
    assertContains(answer, "From 0 to 100.", status_code=422)
    nothing = {**dict.fromkeys(("skill", "dislike", "saving", "time"), 0), "keep_below": 40, "consider_below": 65}
    assertContains(client.post("/needs/judging/", nothing), "One of the four has to count", status_code=422)
    assert job_of(owner, packing).judged.score == 100


# ---- Viewers, and many ---------------------------------------------------------------------------------------------
def test_a_viewer_reads_verdicts_only(owner, viewer, signed_in, packing):
    rated(packing, owner, skill=2, liking=1, hours="12.25", done_by="Ana and Piet")
    for path in ("/needs/", f"/needs/{packing.pk}/"):
        page = signed_in(viewer).get(path)
        assertContains(page, "Outsource")
        for hidden in ("12.25", "12.3", "Ana and Piet", "You rate yourself", "Rate"):
            assertNotContains(page, hidden)


def test_the_list_takes_nine_queries_however_many_jobs(owner, signed_in, packing, books):
    client = signed_in(owner)
    for number in range(3):
        rated(keeping.add({**GIVEN, "name": f"Job {number}"}, by=owner, at=NOW), owner, skill=2, liking=2, hours="3")
    client.get("/needs/")
    with CaptureQueriesContext(connection) as few:
        client.get("/needs/")
    for number in range(3, 30):
        task = keeping.add({**GIVEN, "name": f"Job {number}"}, by=owner, at=NOW)
        rated(task, owner, skill=2, liking=2, hours="3")
        rated(task, MembershipFactory(organisation=owner.organisation), skill=4)
    with CaptureQueriesContext(connection) as many:
        client.get("/needs/")
    assert len(few) == len(many) <= 9, "\n".join(query["sql"][:150] for query in many)


def test_the_picture_has_a_circle_for_each_rated_job(owner, signed_in, packing, books):
    rated(packing, owner, skill=2, liking=1, hours="38")
    rated(books, owner, skill=5, liking=5, hours="9")
    page = signed_in(owner).get("/needs/").content.decode()
    svg = page[page.index('<svg class="chart quadrant"') : page.index("</svg>", page.index("chart quadrant"))]
    assert re.findall(r'<circle class="(\S+)" cx="(\S+)" cy="(\S+)" r="(\S+)"', svg) == [
        # x = 84 + (skill - 1)/4 x 598, y = 344 - (liking - 1)/4 x 294, r = 6.2 x sqrt(hours)
        ("q-out", "233.5", "344.0", "38.2"),
        ("q-keep", "682.0", "50.0", "18.6"),
    ]
    assert "Picking and packing orders, 38 h" in svg
    assert "style=" not in svg


def test_export(owner, signed_in, packing):
    rated(packing, owner, skill=2, liking=1, hours="12")
    text = signed_in(owner).get("/needs/export.csv").content.decode()
    assert "Picking and packing orders,12.00,2.00,1.00,,0,,89.3,Outsource" in text


def test_clones_never_end(owner, packing):
    names = [keeping.clone(packing, by=owner, at=NOW + timedelta(seconds=n)).name for n in range(3)]
    assert names == [f"Picking and packing orders ({n})" for n in (2, 3, 4)]
