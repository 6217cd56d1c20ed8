"""The timeline: what is drawn where, from dates alone."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from milestones.models import Milestone
from milestones.timeline.drawing import LETTER, NARROW, WIDE, Span, draw
from milestones.timeline.drawing import TODAY as MARK
from milestones.timeline.shown import ON_THE_PAGE, around_now, timeline
from tests.milestones.conftest import DAY, MONDAY, submit

TODAY = date(2026, 11, 23)
dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@st.composite
def spans(draw_from):
    starts = draw_from(dates)
    ends = starts + timedelta(days=draw_from(st.integers(0, 900)))
    return Span(
        key=draw_from(st.integers(1, 9)), number=1, title=draw_from(st.text(min_size=1, max_size=160)),
        word="Sent back", kind="f-ok", starts=starts, ends=ends,
        baseline=draw_from(st.none() | dates), forecast=draw_from(st.none() | dates),
        undone_from=draw_from(st.none() | st.just(ends)), needs=[draw_from(st.integers(1, 9))],
    )  # fmt: skip


@given(st.lists(spans(), min_size=1, max_size=6), st.sampled_from([WIDE, NARROW]))
def test_everything_lies_inside_the_picture(rows, frame):
    drawing = draw(rows, frame, TODAY)
    assert len(drawing.bars) == len(rows)
    for bar in drawing.bars:
        for box in filter(None, (bar.box, bar.ghost, bar.undone)):
            left, right = float(box.x), float(box.x) + float(box.width)
            assert frame.axis <= left < right <= frame.width + 3, (left, right)
        assert float(bar.rule) <= drawing.height
    assert 0 <= float(drawing.today_x) <= frame.width
    assert all(float(tick.x) < frame.width for tick in drawing.ticks)
    box = float(drawing.today_box)
    for tick in drawing.ticks:  # whose name would lie under the mark of today
        begins = float(tick.label_x)
        assert not tick.label or begins >= box + MARK or begins + LETTER * len(tick.label) <= box + 0.1


def test_the_name_of_a_month_beside_today_is_left_out_and_its_line_stays():
    rows = [Span(1, 1, "x", "Planned", "f-ok", starts=date(2026, 10, 5), ends=date(2027, 1, 20))]
    ticks = draw(rows, WIDE, date(2026, 11, 29)).ticks
    assert [tick.label for tick in ticks] == ["November", "", "January 2027"]


def needs_of(contract):
    return {one.pk: [need.pk for need in one.after.all()] for one in contract.milestones.all()}


def test_a_later_day_lies_further_right():
    rows = [
        Span(key=n, number=n, title="x", word="Planned", kind="b-none", starts=TODAY + n * DAY, ends=TODAY + n * DAY)
        for n in (1, 8)
    ]
    first, second = draw(rows, WIDE, TODAY).bars
    assert float(first.box.x) < float(second.box.x)


def test_what_is_late_reaches_to_today_and_is_hatched_from_the_day_after_it_was_due(contract, count):
    at = MONDAY + 14 * DAY
    drawn = timeline(contract, list(contract.milestones.all()), needs_of(contract), at)
    bar = drawn.wide.bars[0]
    assert (bar.kind, bar.word) == ("f-late", "Overdue")
    assert bar.undone
    end = float(bar.box.x) + float(bar.box.width)
    assert float(bar.undone.x) + float(bar.undone.width) == pytest.approx(end, abs=0.2)
    assert {"f-late", "undone", "needs", "ghost"} <= drawn.kinds
    assert len(drawn.wide.links) == 1


def test_what_is_handed_in_ends_on_its_day(contract, count, manager):
    submit(count, manager)
    drawn = timeline(contract, list(contract.milestones.all()), needs_of(contract), MONDAY)
    assert drawn.wide.bars[0].kind == "b-sub"


def test_of_many_those_around_the_first_open_one_are_drawn(contract):
    rows = [Milestone(pk=n, state="accepted" if n < 50 else "planned", current_due=TODAY) for n in range(100)]
    drawn = around_now(rows)
    assert len(drawn) == ON_THE_PAGE
    assert drawn[0].pk == 47
    assert around_now(rows[:10]) == rows[:10]


def test_a_contract_without_milestones_has_none(contract):
    assert timeline(contract, [], {}, MONDAY) is None


def test_the_page_draws_it_in_both_sizes_and_splits_the_slip(contract, count, manager, owner, signed_in):
    page = signed_in(owner).get(reverse("milestones:contract", args=[contract.pk])).content.decode()
    assert page.count('class="chart gantt') == 2
    assert "gantt-narrow" in page
