"""How fast each side replies, out of the turns; each side sees both figures, and nobody those of others."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains
from time_machine import travel

from outsourcing.conversations import answering, posting, responding
from outsourcing.conversations.models import Kind, Thread, Turn
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.factories import MembershipFactory, OrganisationFactory, ThreadFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def exchange(thread, asks, answers, *taken, at=MONDAY):
    """Questions a day apart from a Monday on, ten o'clock, each answered after so many minutes; None is not."""
    for day, minutes in enumerate(taken):
        asked_at = at + timedelta(days=day)
        posting.post(thread, said(f"Question {day}?", Kind.QUESTION), by=asks, at=asked_at)
        if minutes is not None:
            posting.post(thread, said(f"Answer {day}"), by=answers, at=asked_at + minutes * MINUTE)


def without_proofs(page) -> bytes:
    """A page without what protects its forms, which is another each time."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page.content)


def figures(us, other, at):
    places = [us, other]
    rows = list(responding.turns_between(us.pk, [other.pk], at))
    return responding.both_ways(us.pk, rows, responding.calendars(places, at), at)


WEDNESDAY = MONDAY + timedelta(days=2)
#: The Friday after, noon.
FRIDAY = MONDAY + timedelta(days=4, hours=2)


def test_the_median_is_of_the_other_sides_turns_by_its_working_time(thread, owner, manager, shop, vendor):
    exchange(thread, owner, manager, 60, 120, 180, 240, 300)
    they, we = figures(shop, vendor, FRIDAY + 4 * HOUR)
    assert (they.in_words, they.n) == ("3 h", 5)
    assert (we.in_words, we.n) == ("", 0)
    assert [bar.count for bar in they.bars] == [0, 1, 2, 2, 0]
    assert [bar.is_median for bar in they.bars] == [False, False, True, False, False]
    same, _other = figures(vendor, shop, FRIDAY + 4 * HOUR)
    assert same.n == 0
    assert figures(vendor, shop, FRIDAY + 4 * HOUR)[1].in_words == "3 h"


def test_below_five_there_is_no_figure_and_what_is_open_is_said(thread, owner, manager, shop, vendor):
    exchange(thread, owner, manager, 60, 120, None)
    they, _we = figures(shop, vendor, WEDNESDAY + 3 * HOUR)
    assert (they.in_words, they.n, they.bars, they.points) == ("", 3, [], None)
    assert (they.longest, they.waits_in_words) == (Turn.objects.open().get(), "3 h")


def test_leaving_one_open_improves_nothing(thread, owner, manager, shop, vendor):
    exchange(thread, owner, manager, 60, 60, None)
    late = figures(shop, vendor, MONDAY + timedelta(days=30))[0]
    assert late.waits > 8 * 3600
    other = ThreadFactory(merchant=shop, vendor=vendor, opened_by=owner)
    exchange(other, owner, manager, None)
    assert figures(shop, vendor, FRIDAY)[0].median.seconds >= 3600


def test_a_question_older_than_the_window_that_is_open_is_still_named(thread, owner, manager, shop, vendor):
    exchange(thread, owner, manager, None)
    they, _we = figures(shop, vendor, MONDAY + timedelta(days=120))
    assert they.n == 0
    assert they.longest is not None


def test_what_was_taken_back_counts_nowhere(thread, owner, manager, shop, vendor):
    exchange(thread, owner, manager, None)
    answering.withdraw(Turn.objects.get(), by=owner, at=MONDAY + HOUR)
    they, _we = figures(shop, vendor, FRIDAY)
    assert (they.n, they.longest) == (0, None)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "1 min"), (90, "1 min"), (3599, "59 min"), (3600, "1 h"), (11_000, "3.1 h")]
)
def test_hours_in_words(seconds, words):
    assert responding.hours(seconds) == words


# ---- The page of two organisations ---------------------------------------------------------------------------------
def made_of(client, thread, side="they"):
    return client.get(reverse("conversations:replies", args=[thread.pk]), {"side": side})


@travel(FRIDAY + 4 * HOUR, tick=False)
def test_both_sides_see_the_same_figures_and_the_turns_behind_them(thread, owner, manager, signed_in):
    exchange(thread, owner, manager, 60, 120, 180, 240, 300)
    for reader, side in ((owner, "they"), (manager, "we")):
        page = made_of(signed_in(reader), thread, side)
        assertContains(page, "Median 3 h of 5")
        assertContains(page, "under 1 0, 1 to 2 1, 2 to 4 2, 4 to 8 2, over 8 0. Median 3 h.")
        assertContains(page, "Question 4?")
        assertContains(page, "5 h")
    assertNotContains(made_of(signed_in(owner), thread, "we"), "Question 4?")


@travel(FRIDAY, tick=False)
def test_turns_with_others_are_in_no_figure_of_theirs(thread, owner, manager, rival, signed_in):
    exchange(thread, owner, manager, 60)
    foreign = ThreadFactory(merchant=rival.organisation, vendor=manager.organisation, opened_by=rival)
    exchange(foreign, rival, manager, 300, 300, 300, 300, 300)
    before = without_proofs(made_of(signed_in(owner), thread))
    exchange(foreign, rival, manager, 420, at=MONDAY + timedelta(days=3))
    assert without_proofs(made_of(signed_in(owner), thread)) == before
    assert b"Copper" not in before
    assert b"1 of the 5" in before


@travel(FRIDAY, tick=False)
def test_internal_notes_and_who_was_handed_it_are_not_on_it(thread, owner, manager, contact, signed_in):
    exchange(thread, owner, manager, None)
    answering.hand_over(Turn.objects.get(), contact, by=manager, at=MONDAY)
    posting.note(thread, "Quokka note", key=said().key, by=manager, at=MONDAY)
    page = made_of(signed_in(owner), thread)
    assertContains(page, "Question 0?")
    assertNotContains(page, "Quokka")
    assertNotContains(page, contact.label)


@travel(FRIDAY, tick=False)
def test_it_costs_as_many_queries_with_sixty_turns(thread, owner, manager, signed_in, django_assert_num_queries):
    exchange(thread, owner, manager, 60, None)
    client = signed_in(owner)
    made_of(client, thread)
    # Session, person, thread, places, their hours in two, turns, when their clocks stood still, words.
    with django_assert_num_queries(9):
        made_of(client, thread)
    more = ThreadFactory(merchant=thread.merchant, vendor=thread.vendor, opened_by=owner)
    exchange(more, owner, manager, *[30] * 60, at=MONDAY - timedelta(days=70))
    with django_assert_num_queries(9):
        page = made_of(client, thread)
    assertContains(page, 'rel="next"')


# ---- Everybody at once ---------------------------------------------------------------------------------------------
@travel(FRIDAY + 4 * HOUR, tick=False)
def test_a_vendor_sees_its_figure_with_each_merchant_and_theirs_with_it(thread, owner, manager, rival, signed_in):
    exchange(thread, owner, manager, 60, 120, 180, 240, 300)
    exchange(thread, manager, owner, 30, 30, 30, 30, 30, at=MONDAY + 6 * HOUR)
    foreign = ThreadFactory(merchant=rival.organisation, vendor=manager.organisation, opened_by=rival)
    exchange(foreign, rival, manager, 60)
    page = signed_in(manager).get(reverse("conversations:responding"))
    shown = {row.other.name: (row.we.in_words, row.they.in_words) for row in page.context["rows"]}
    assert shown == {"Juniper & Pine": ("3 h", "30 min"), "Copper Kettle": ("", "")}
    assert page.context["own"].n == 6
    assertContains(page, "1 of 5 needed")


@travel(FRIDAY, tick=False)
def test_a_merchant_sees_its_vendors_and_no_total_of_anybody(thread, owner, manager, rival, signed_in):
    exchange(thread, owner, manager, 60)
    foreign = ThreadFactory(merchant=rival.organisation, vendor=manager.organisation, opened_by=rival)
    exchange(foreign, rival, manager, 300)
    page = signed_in(owner).get(reverse("conversations:responding"))
    assert [(row.other, row.they.n) for row in page.context["rows"]] == [(manager.organisation, 1)]
    assert page.context["own"] is None
    assertNotContains(page, "Copper Kettle")


@travel(FRIDAY, tick=False)
def test_many_vendors_cost_as_many_queries_as_one(owner, shop, signed_in, django_assert_num_queries):
    address = reverse("conversations:responding")

    def talk():
        person = MembershipFactory(organisation=OrganisationFactory(kind="vendor"), roles=["manager"])
        thread = ThreadFactory(merchant=shop, vendor=person.organisation, opened_by=owner)
        exchange(thread, owner, person, 60, None)

    talk()
    client = signed_in(owner)
    client.get(address)
    # Session, person; how many, which, who, hours in two, newest, turns, when their clocks stood still.
    with django_assert_num_queries(10):
        client.get(address)
    for _ in range(4):
        talk()
    with django_assert_num_queries(10):
        page = client.get(address)
    assert len(page.context["rows"]) == 5
    assert Thread.objects.count() == 5


def test_nothing_to_measure_is_said(owner, signed_in):
    assertContains(signed_in(owner).get(reverse("conversations:responding")), "Nothing to measure yet")
