"""Measured criteria: what the log says becomes points by steps that everybody sees."""

from datetime import timedelta

import pytest
from django.urls import reverse

from outsourcing.accounts.models import Role
from outsourcing.conversations import posting
from outsourcing.conversations.models import Kind
from tests.conversations.conftest import said
from tests.factories import CriterionFactory, MembershipFactory, ReferenceFactory, ThreadFactory
from tests.sourcing.shortlists import DAY, MONDAY, shortlist, steps
from vendors.directory.models import ReferenceAnswer
from vendors.directory.search import index
from vendors.sourcing.comparing.table import measured_rows
from vendors.sourcing.measured import keeping
from vendors.sourcing.models import Measurement
from vendors.sourcing.sheet import sheet_of

HOUR = timedelta(hours=1)


@pytest.fixture
def listed(shop, buyer):
    """Three vendors and one criterion that people score."""
    return shortlist(shop, buyer, criteria=[("Accuracy", 50)])


def measured(listed, source, *bounds):
    made = CriterionFactory(brief=listed.brief, name=f"From {source}", source=source, weight=50, position=5)
    steps(made, *bounds)
    listed.criteria.append(made)
    return made


def ask_and_answer(listed, buyer, place, hours):
    """A question of the shop's on a Monday morning, and the answer so many working hours later; None for none."""
    vendor = listed.candidates[place].vendor
    manager = MembershipFactory(organisation=vendor, roles=[Role.MANAGER])
    thread = ThreadFactory(merchant=listed.brief.merchant, vendor=vendor, opened_by=buyer, opened_at=MONDAY - 7 * DAY)
    posting.post(thread, said("How full are you?", Kind.QUESTION), by=buyer, at=MONDAY - 7 * DAY)
    if hours is not None:
        posting.post(thread, said("Two thirds."), by=manager, at=MONDAY - 7 * DAY + hours * HOUR)


def points(listed, criterion):
    keeping.measure(listed.brief, MONDAY)
    rows = {one.candidate_id: one for one in Measurement.objects.filter(criterion=criterion)}
    found = [rows[one.pk] for one in listed.candidates]
    return [
        (None if one.figure is None else str(one.figure), None if one.points is None else int(one.points))
        for one in found
    ]


def test_time_to_reply_during_the_evaluation(listed, buyer):
    criterion = measured(listed, "replies", "24", "16", "8", "4", "2")
    ask_and_answer(listed, buyer, 0, 2)
    ask_and_answer(listed, buyer, 1, None)  # a week of working days without an answer: 5 x 8 hours and more
    assert points(listed, criterion) == [("2.00", 5), ("40.00", 0), (None, None)]
    assert [str(sheet_of(listed.brief, buyer).ranking.of(one.pk).total) for one in listed.candidates] == [
        "5.00", "0.00", "None",
    ]  # fmt: skip


def test_a_time_of_which_only_the_least_is_known_proves_nothing_better_than_a_0(listed, buyer):
    """Asked an hour ago and not answered is no quick reply."""
    criterion = measured(listed, "replies", "24", "16", "8", "4", "2")
    ask_and_answer(listed, buyer, 0, None)
    ask_and_answer(listed, buyer, 1, 1)
    soon = MONDAY - 7 * DAY + HOUR
    keeping.measure(listed.brief, soon)
    rows = {one.candidate_id: one for one in Measurement.objects.filter(criterion=criterion)}
    waits, quick = (rows[one.pk] for one in listed.candidates[:2])
    assert (waits.figure, waits.points) == (1, None)
    assert (quick.figure, quick.points) == (1, 5)
    row = next(one for one in measured_rows(sheet_of(listed.brief, buyer), listed.candidates) if "replies" in one.label)
    assert [one.text for one in row.cells[:2]] == ["over 1 h so far: no points yet", "5.0 · 1 h to reply"]


def test_what_was_measured_counts_no_more_where_people_score(listed, buyer, owner):
    criterion = measured(listed, "references", "1", "2", "3", "4", "5")
    keeping.measure(listed.brief, MONDAY)
    criterion.source = "people"
    criterion.save()
    listed.score(listed.evaluator(owner), (5, 4, 2), (4, 3, 1))
    cells = sheet_of(listed.brief, buyer).cells
    assert [cells[one.pk, criterion.pk].value for one in listed.candidates] == [4, 3, 1]


def test_what_was_asked_before_the_brief_went_out_does_not_count(listed, buyer):
    criterion = measured(listed, "replies", "24", "16", "8", "4", "2")
    listed.brief.published_at = MONDAY - 3 * DAY
    listed.brief.save()
    ask_and_answer(listed, buyer, 0, 2)
    assert points(listed, criterion)[0] == (None, None)


def test_verified_references(listed, buyer):
    criterion = measured(listed, "references", "1", "2", "3", "4", "5")
    assert points(listed, criterion) == [("0.00", 0)] * 3
    vendor = listed.candidates[0].vendor.vendor
    made = ReferenceFactory(vendor=vendor, merchant=listed.brief.merchant, state="answered", level=3)
    ReferenceAnswer.objects.create(reference=made, hire_again="yes", answered_at=MONDAY)
    index.refresh([vendor.pk])
    assert points(listed, criterion) == [("1.00", 1), ("0.00", 0), ("0.00", 0)]


def test_milestones_on_time_without_any_is_neither_nothing_nor_all(listed, buyer):
    criterion = measured(listed, "on_time", "50", "70", "85", "93", "98")
    assert points(listed, criterion) == [(None, None)] * 3
    assert sheet_of(listed.brief, buyer).cells[listed.candidates[0].pk, criterion.pk].value is None


def test_nothing_changes_once_it_is_decided(listed, buyer):
    measured(listed, "references", "1", "2", "3", "4", "5")
    listed.brief.state, listed.brief.decided_at = "decided", MONDAY
    listed.brief.save()
    assert keeping.measure(listed.brief, MONDAY) == 0
    assert not Measurement.objects.exists()


def test_reading_again_writes_only_what_is_another(listed):
    measured(listed, "references", "1", "2", "3", "4", "5")
    assert keeping.measure(listed.brief, MONDAY) == 3
    assert keeping.measure(listed.brief, MONDAY + DAY) == 0
    assert keeping.measure_all(MONDAY + DAY) == 0


def test_a_button_reads_the_log_again(listed, buyer, owner, operations, signed_in):
    criterion = measured(listed, "references", "1", "2", "3", "4", "5")
    path = reverse("sourcing:measure", args=[listed.brief.pk])
    assert signed_in(operations).post(path).status_code == 404  # scores nothing here
    assert signed_in(buyer).post(path).status_code == 302
    assert Measurement.objects.filter(criterion=criterion).count() == 3
    cell = reverse("sourcing:cell", args=[listed.candidates[0].pk, criterion.pk])
    text = signed_in(buyer).get(cell).content.decode()
    assert "references verified" in text
    assert "Step 5" in text
    assert path in text
