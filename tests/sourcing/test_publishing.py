"""A brief goes out, is closed, opened, extended, asked again and cancelled (M7, M8, M11)."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from outsourcing.notifications.models import Mail
from tests.sourcing.conftest import DAY, DEADLINE, HOUR, MONDAY, answer, begin, of, send_out
from vendors.sourcing.answering import submitting
from vendors.sourcing.briefs import deadlines, publishing, versions, writing
from vendors.sourcing.briefs.forms import CriterionForm
from vendors.sourcing.candidates import adding, moving
from vendors.sourcing.candidates.shown import cards_of
from vendors.sourcing.comparing.views import terms_band
from vendors.sourcing.errors import (
    BadDeadline,
    NamesAnother,
    NobodyReachable,
    NotInThisState,
    NotReady,
    NotTheChair,
    Overtaken,
    StillSealed,
)
from vendors.sourcing.models import Answer, Brief, BriefState, Criterion, LogLine, Stage
from vendors.sourcing.sheet import sheet_of

pytestmark = pytest.mark.django_db


def test_publishing_names_all_that_is_missing(owner):
    brief = begin(owner, deadline_at=None)
    Criterion.objects.filter(brief=brief).update(weight=0)
    with pytest.raises(NotReady) as refused:
        publishing.publish(brief, [], by=owner, at=MONDAY)
    assert "All weights are 0" in str(refused.value)
    assert "until when" in str(refused.value)
    assert "at least one vendor" in str(refused.value)
    brief.refresh_from_db()
    assert (brief.state, brief.published_at, Mail.objects.count()) == ("draft", None, 0)


def test_publishing_invites_and_freezes_the_text(draft, owner, manager, second):
    brief = send_out(draft, owner)
    assert (brief.state, brief.number) == (BriefState.OPEN, 1)
    assert {one.stage for one in brief.candidates.all()} == {Stage.INVITED}
    assert set(Mail.objects.values_list("address", flat=True)) == {manager.email, second.email}
    content = brief.versions.get().content
    assert len(content["criteria"]) == 11
    assert all(len(one["steps"]) == 6 for one in content["criteria"])


def test_a_mail_to_one_vendor_names_no_other(brief, manager, second):
    for reader, other in ((manager, second), (second, manager)):
        letter = Mail.objects.get(address=reader.email)
        assert other.organisation.name not in letter.text + letter.html + letter.subject


def test_a_vendor_that_nobody_can_reach_keeps_the_brief_from_going_out(draft, owner, manager):
    type(manager).objects.filter(pk=manager.pk).update(left_at=MONDAY)
    with pytest.raises(NobodyReachable):
        send_out(draft, owner)
    draft.refresh_from_db()
    assert draft.state == BriefState.DRAFT


def test_a_change_after_publishing_is_a_version_that_says_what_changed(brief, owner, manager):
    writing.change_text(brief, {"orders_base": 5000, "scope": "Pack."}, by=owner, at=MONDAY + DAY, note="Growth")
    last = brief.versions.last()
    assert (last.number, last.note) == (2, "Growth")
    assert last.changes == ["What the vendor is to do: now Pack.", "Orders a month: 5000 instead of 4200."]
    assert "5000 instead of 4200" in Mail.objects.filter(address=manager.email).latest("pk").text


def test_what_vendors_do_not_read_makes_no_version(brief, owner):
    writing.change_text(brief, {"decide_by": DEADLINE.date()}, by=owner, at=MONDAY + DAY)
    assert brief.versions.count() == 1


def test_what_is_fixed_once_vendors_are_asked(brief, owner):
    for fields in ({"currency": "EUR"}, {"deadline_at": DEADLINE - DAY}, {"is_sealed": True}):
        with pytest.raises(NotInThisState):
            writing.change_text(brief, fields, by=owner, at=MONDAY + DAY)


def test_an_old_page_is_told(brief, owner):
    seen = brief.version
    writing.change_text(brief, {"scope": "Pack."}, by=owner, at=MONDAY + DAY, seen=seen)
    with pytest.raises(Overtaken):
        writing.change_text(brief, {"scope": "Post."}, by=owner, at=MONDAY + DAY, seen=seen)


def test_a_deadline_is_only_ever_moved_to_a_later_time_while_open(brief, owner):
    with pytest.raises(BadDeadline):
        publishing.extend(brief, DEADLINE - HOUR, by=owner, at=MONDAY)
    publishing.extend(brief, DEADLINE + DAY, by=owner, at=MONDAY)
    brief.refresh_from_db()
    assert brief.deadline_at == DEADLINE + DAY
    with pytest.raises(NotInThisState):
        publishing.extend(brief, DEADLINE + 3 * DAY, by=owner, at=DEADLINE + DAY)


def test_it_is_closed_from_the_deadline_on_whether_or_not_a_worker_said_so(brief, owner):
    assert brief.state_at(DEADLINE) == BriefState.CLOSED
    assert publishing.close_due(DEADLINE - HOUR) == 0
    assert publishing.close_due(DEADLINE + HOUR) == 1
    assert publishing.close_due(DEADLINE + HOUR) == 0
    brief.refresh_from_db()
    assert (brief.state, brief.closed_at) == (BriefState.CLOSED, DEADLINE)


def test_the_chair_opens_no_earlier_and_the_attempt_is_logged(sealed, owner, buyer, manager):
    answer(sealed, manager)
    with pytest.raises(StillSealed):
        publishing.open_answers(sealed, by=owner, at=DEADLINE - HOUR)
    assert LogLine.objects.filter(brief=sealed, kind="open-refused", by=owner).count() == 1
    assert not Answer.objects.opened().exists()
    with pytest.raises(NotTheChair):
        publishing.open_answers(sealed, by=buyer, at=DEADLINE)
    publishing.open_answers(sealed, by=owner, at=DEADLINE)
    sealed.refresh_from_db()
    assert (sealed.state, Answer.objects.opened().count()) == (BriefState.EVALUATING, 1)
    assert of(sealed, manager.organisation).stage == Stage.ANSWERED


def test_everybody_is_asked_again_with_one_deadline(sealed, owner, manager, second):
    first = answer(sealed, manager)
    publishing.open_answers(sealed, by=owner, at=DEADLINE)
    late = answer(sealed, second, at=DEADLINE + HOUR)
    publishing.ask_again(sealed, DEADLINE + 7 * DAY, reason="One came late", by=owner, at=DEADLINE + DAY)
    sealed.refresh_from_db()
    late.refresh_from_db()
    assert (sealed.state, sealed.opened_at, late.state, late.opened_at) == (BriefState.OPEN, None, "live", None)
    again = answer(sealed, manager, at=DEADLINE + 2 * DAY, price="1.00")
    assert again.opened_at is None
    assert not Answer.objects.visible_to(owner).exists()  # dark for all: else the one that is gone has answered
    publishing.open_answers(sealed, by=owner, at=DEADLINE + 7 * DAY)
    assert set(Answer.objects.visible_to(owner)) == {first, late, again}


def test_who_answers_anew_under_seal_changes_nothing_that_the_merchant_sees(sealed, owner, manager, second, signed_in):
    for person in (manager, second):
        answer(sealed, person, price="4711.00")
    publishing.open_answers(sealed, by=owner, at=DEADLINE)
    moving.shortlist(of(sealed, second.organisation), by=owner, at=DEADLINE)
    publishing.ask_again(sealed, DEADLINE + 7 * DAY, reason="Volumes doubled", by=owner, at=DEADLINE + DAY)

    def seen():
        sheet = sheet_of(Brief.objects.get(pk=sealed.pk), owner)
        band = terms_band(sheet, sheet.candidates)
        cards = [(one.candidate.stage, one.word, one.answer, one.price_month) for one in cards_of(sealed, owner)]
        return cards, sheet.prices, sheet.rulings, [cell.text for row in band.rows for cell in row.cells]

    before = seen()
    assert before[1] == {}
    answer(sealed, manager, at=DEADLINE + 2 * DAY, price="1.00")
    assert seen() == before
    submitting.take_back(of(sealed, second.organisation), by=second, at=DEADLINE + 2 * DAY)
    assert seen() == before
    moving.unshortlist(of(sealed, second.organisation), by=owner, at=DEADLINE + 2 * DAY)
    assert of(sealed, second.organisation).stage == Stage.ANSWERED
    publishing.open_answers(sealed, by=owner, at=DEADLINE + 7 * DAY)
    assert of(sealed, second.organisation).stage == Stage.INVITED
    assert list(sheet_of(Brief.objects.get(pk=sealed.pk), owner).prices) == [of(sealed, manager.organisation).pk]


def test_cancelling_says_why_to_whoever_was_invited(brief, owner, buyer, manager):
    with pytest.raises(NotTheChair):
        publishing.cancel(brief, reason="No", by=buyer, at=MONDAY)
    with pytest.raises(NamesAnother):
        publishing.cancel(brief, reason="Fellgate Logistics does it already.", by=owner, at=MONDAY)
    publishing.cancel(brief, reason="We keep it in house.", by=owner, at=MONDAY)
    assert "We keep it in house." in Mail.objects.filter(address=manager.email).latest("pk").text
    with pytest.raises(NotInThisState):
        publishing.cancel(brief, reason="Again", by=owner, at=MONDAY)


def test_a_private_brief_is_compared_without_asking(owner, profile):
    brief = begin(owner, is_private=True, deadline_at=None)
    with pytest.raises(NotReady):
        publishing.compare_without_asking(brief, by=owner, at=MONDAY)
    adding.add(brief, [profile], by=owner, at=MONDAY)
    with pytest.raises(NotReady):
        publishing.publish(brief, list(brief.candidates.all()), by=owner, at=MONDAY)
    publishing.compare_without_asking(brief, by=owner, at=MONDAY)
    brief.refresh_from_db()
    assert (brief.state, Mail.objects.count()) == (BriefState.EVALUATING, 0)


@pytest.mark.parametrize(
    ("wall", "words"),
    [("2027-03-28T01:30", "There is no 01:30"), ("2027-10-31T01:30", "comes twice"), ("2027-03-28T02:30", "")],
)
def test_a_deadline_inside_the_change_of_the_clocks(brief, wall, words):
    typed = datetime.fromisoformat(wall)
    if not words:
        assert deadlines.instant(typed, brief.zone).isoformat() == "2027-03-28T01:30:00+00:00"
        return
    with pytest.raises(BadDeadline, match=words):
        deadlines.instant(typed, brief.zone)


def test_a_clone_has_the_text_and_neither_vendors_nor_dates(brief, owner):
    made = writing.clone(brief, by=owner, at=MONDAY + DAY)
    assert (made.state, made.deadline_at, made.candidates.count()) == ("draft", None, 0)
    assert list(made.criteria.values_list("name", "weight")) == list(brief.criteria.values_list("name", "weight"))
    assert made.criteria.first().steps.count() == 6


def test_weights_after_closing_are_the_chairs_with_a_reason(brief, owner, buyer):
    key = brief.criteria.first().pk
    at = DEADLINE + HOUR
    with pytest.raises(NotTheChair):
        writing.weigh(brief, {key: 30}, by=buyer, at=at, why="More")
    with pytest.raises(NotInThisState):
        writing.weigh(brief, {key: 30}, by=owner, at=at)
    writing.weigh(brief, {key: 30}, by=owner, at=at, why="Cost matters more now")
    assert brief.versions.last().note == "Cost matters more now"


def test_weights_that_change_no_share_are_written_down_too(brief, owner):
    brief.criteria.update(weight=10)
    versions.freeze(brief, by=owner, at=MONDAY)
    before = brief.versions.count()
    writing.weigh(brief, dict.fromkeys(brief.criteria.values_list("pk", flat=True), 20), by=owner,
                  at=DEADLINE + HOUR, why="Twenties read better")  # fmt: skip
    assert brief.versions.count() == before
    assert LogLine.objects.get(kind="weighed").details == {"reason": "Twenties read better"}


def test_nothing_goes_out_with_a_price_that_gets_no_points(draft, owner):
    draft.criteria.filter(source="price").update(target=None)
    with pytest.raises(NotReady, match="say which price gets 5 points"):
        send_out(draft, owner)
    draft.criteria.filter(source="price").update(weight=0)
    send_out(draft, owner)


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ("price", {"target": Decimal("3.10")}),
        ("price", {"walk_away": Decimal("5.00")}),
        ("price", {"price_is_relative": True}),
        ("references", {"source": "people"}),
        ("people", {"minimum": 3}),
    ],
)
def test_a_yardstick_stays_once_vendors_are_asked(brief, draft, owner, source, change):
    part = brief.criteria.filter(source=source).first()
    for name, value in change.items():
        setattr(part, name, value)
    with pytest.raises(NotInThisState, match="worked out from stays"):
        writing.save_part(part, by=owner, at=MONDAY + HOUR)
    part.refresh_from_db()
    part.name = "Another name"
    writing.save_part(part, by=owner, at=MONDAY + HOUR)


def test_the_figure_of_a_step_stays_too_and_its_words_may_change(brief, owner, signed_in):
    part = brief.criteria.get(source="references")
    steps = [(one.text, one.bound) for one in part.steps.all()]
    writing.save_part(part, by=owner, at=MONDAY + HOUR, steps=[("Anew", bound) for _text, bound in steps])
    moved = [(text, bound and bound + 1) for text, bound in steps]
    with pytest.raises(NotInThisState):
        writing.save_part(part, by=owner, at=MONDAY + HOUR, steps=moved)
    form = CriterionForm(instance=brief.criteria.get(pk=part.pk))
    assert form.fields["bound_1"].disabled
    assert not form.fields["text_1"].disabled


def test_an_older_page_of_a_criterion_undoes_no_newer_weight(draft, owner, signed_in):
    part = draft.criteria.filter(source="people").first()
    draft.refresh_from_db()
    typed = {"name": part.name, "weight": "18", "source": "people", "seen": str(draft.version)}
    writing.weigh(draft, {part.pk: 40}, by=owner, at=MONDAY + HOUR)
    answered = signed_in(owner).post(reverse("sourcing:edit_criterion", args=[part.pk]), typed)
    part.refresh_from_db()
    assert (answered.status_code, part.weight) == (409, 40)


def test_the_same_click_twice_begins_one_brief(owner, buyer):
    first = begin(owner)
    assert begin(owner, at=MONDAY + HOUR / 120) == first
    assert begin(buyer) != first
    assert begin(owner, at=MONDAY + HOUR) != first
    assert writing.clone(first, by=owner, at=MONDAY) == writing.clone(first, by=owner, at=MONDAY)
