"""Vendors become one: what was said with the one goes on with the other, and nothing is lost or told."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.accounts.models import Role
from outsourcing.conversations import answering, moving, posting
from outsourcing.conversations.errors import MayNotWrite
from outsourcing.conversations.models import Draft, Entry, InternalNote, Kind, Participant, ReadMark, Thread, Turn
from outsourcing.conversations.posting import Channel, Receipt
from outsourcing.conversations.search import search
from outsourcing.notifications.models import Ladder
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.factories import MembershipFactory, RelationshipFactory, ThreadFactory, VendorFactory
from tests.locks import until_they_wait
from vendors.directory.merging import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def private(shop):
    """A vendor that the shop alone has, with nobody in it."""
    return VendorFactory(organisation__name="Bramble Packing", private_to=shop)


@pytest.fixture
def theirs(manager):
    return VendorFactory(organisation=manager.organisation)


@pytest.fixture
def talk(private, owner, shop):
    """A question, an answer that came by phone, and a question that is open."""
    thread = ThreadFactory(merchant=shop, vendor=private.organisation, opened_by=owner)
    posting.post(thread, said("Which zephyr tape?", Kind.QUESTION), by=owner, at=MONDAY)
    receipt = Receipt(Channel.PHONE, MONDAY + HOUR)
    posting.post(thread, said("Kraft, said Bess", receipt=receipt), by=owner, at=MONDAY + 2 * HOUR)
    posting.post(thread, said("And the lids?", Kind.QUESTION), by=owner, at=MONDAY + 3 * HOUR)
    posting.note(thread, "They sound unsure", key=uuid.uuid4(), by=owner, at=MONDAY + 3 * HOUR)
    return thread


def test_threads_and_turns_follow_and_are_found(private, theirs, talk, owner, manager, signed_in):
    assert search(manager, "zephyr")[1] == 0
    actions.merge(private, theirs, by=owner, at=MONDAY + 4 * HOUR)
    talk.refresh_from_db()
    assert talk.vendor == theirs.organisation
    assert set(Turn.objects.values_list("answerer", flat=True)) == {theirs.organisation_id}
    ladder = Ladder.objects.open().get(rule="turn")
    assert (ladder.organisation, ladder.owed_by) == (talk.merchant, theirs.organisation)
    for reader in (owner, manager):
        assert search(reader, "zephyr")[1] == 1
        assertContains(signed_in(reader).get(reverse("conversations:thread", args=[talk.pk])), "And the lids?")
    assert posting.post(talk, said("Black ones"), by=manager, at=MONDAY + 5 * HOUR).number == 4
    assert Turn.objects.open().count() == 0


def test_internal_notes_stay_where_they_were(private, theirs, talk, owner, manager, signed_in):
    actions.merge(private, theirs, by=owner, at=MONDAY + 4 * HOUR)
    assert search(owner, "unsure")[1] == 1
    assert search(manager, "unsure")[1] == 0
    assertNotContains(signed_in(manager).get(reverse("conversations:thread", args=[talk.pk])), "unsure")


def test_a_merchant_is_told_before_who_will_read_it(private, theirs, talk, owner, signed_in):
    page = signed_in(owner).get(reverse("directory:merge", args=[private.pk]), {"into": theirs.pk})
    assertContains(page, "its people read them from then on")
    other = VendorFactory(private_to=owner.organisation)
    assertNotContains(
        signed_in(owner).get(reverse("directory:merge", args=[other.pk]), {"into": theirs.pk}), "its people read them"
    )


def test_threads_of_others_with_the_one_that_stays_are_not_touched(private, theirs, talk, owner, rival, manager):
    foreign = ThreadFactory(merchant=rival.organisation, vendor=theirs.organisation, opened_by=rival)
    posting.post(foreign, said("Rival's zephyr?", Kind.QUESTION), by=rival, at=MONDAY)
    before = list(Entry.objects.filter(thread=foreign).values())
    actions.merge(private, theirs, by=owner, at=MONDAY + 4 * HOUR)
    assert list(Entry.objects.filter(thread=foreign).values()) == before
    assert search(owner, "zephyr")[1] == 1
    assert search(rival, "zephyr")[1] == 1


@pytest.fixture
def two(manager):
    """A second organisation of the manager's with its vendor, and their place in it."""
    second = VendorFactory(organisation__name="Pallet Two")
    place = MembershipFactory(organisation=second.organisation, user=manager.user, roles=[Role.MANAGER])
    return second, place


def test_a_joined_vendors_notes_marks_and_people_follow(theirs, two, owner, shop, manager):
    second, place = two
    sam = MembershipFactory(organisation=second.organisation, user__name="Sam", roles=[Role.CONTACT])
    thread = ThreadFactory(merchant=shop, vendor=second.organisation, opened_by=owner)
    posting.include(thread, [owner, place, sam], at=MONDAY)
    posting.post(thread, said("Where is it?", Kind.QUESTION), by=owner, at=MONDAY)
    posting.note(thread, "Careful, their quokka", key=uuid.uuid4(), by=place, at=MONDAY)
    answering.read(thread, 1, by=place, at=MONDAY)
    answering.hand_over(Turn.objects.get(), place, by=sam, at=MONDAY)
    actions.join(second, theirs, by=manager, at=MONDAY + HOUR)
    sam.refresh_from_db()
    assert sam.organisation == theirs.organisation
    assert InternalNote.objects.get().organisation == theirs.organisation
    assert search(manager, "quokka")[1] == 1
    assert search(owner, "quokka")[1] == 0
    assert Turn.objects.get().assignee == manager
    assert set(Participant.objects.values_list("membership", flat=True)) == {owner.pk, manager.pk, sam.pk}
    assert ReadMark.objects.get(thread=thread, membership=manager).number == 1


def test_what_is_owed_is_due_by_the_calendar_of_the_one_that_is_left(theirs, two, owner, shop, manager):
    second, _place = two
    thread = ThreadFactory(merchant=shop, vendor=second.organisation, opened_by=owner)
    turn = posting.post(thread, said("Where?", Kind.QUESTION), by=owner, at=MONDAY).turn
    theirs.organisation.closed_days.create(day=MONDAY.date(), name="Fair")
    theirs.organisation.closed_days.create(day=MONDAY.date() + timedelta(days=1), name="Fair")
    actions.join(second, theirs, by=manager, at=MONDAY + HOUR)
    assert Turn.objects.get().due_at > turn.due_at


def test_a_draft_towards_the_old_one_goes_to_the_new_one(private, theirs, owner):
    draft = Draft.objects.create(membership=owner, counterpart=private.organisation, text="Dear", saved_at=MONDAY)
    moving.move(private.organisation, theirs.organisation, at=MONDAY)
    draft.refresh_from_db()
    assert draft.counterpart == theirs.organisation


# ---- Blocked -------------------------------------------------------------------------------------------------------
def block(vendor, merchant):
    about = {"status": "blocked", "blocked_reason": "Two invoices too many", "blocked_at": MONDAY}
    RelationshipFactory(vendor=vendor, merchant=merchant, **about)


def test_a_blocked_vendor_gets_no_new_thread_and_the_page_says_why(theirs, owner, shop, thread, signed_in):
    block(theirs, shop)
    with pytest.raises(MayNotWrite, match="Two invoices too many"):
        posting.start(theirs.organisation, "Again", said(), by=owner, at=MONDAY)
    page = signed_in(owner).get(reverse("conversations:start"), {"to": theirs.organisation_id})
    assertContains(page, "Two invoices too many. Take the block back first.")
    assert page.context["choices"] == []


def test_threads_that_are_there_go_on_and_the_vendor_never_learns_of_a_block(theirs, owner, shop, manager, say):
    say(owner, "Where?", Kind.QUESTION)
    block(theirs, shop)
    say(manager, "Here", at=MONDAY + HOUR)
    say(owner, "Good", at=MONDAY + 2 * HOUR)
    begun = posting.start(shop, "Ours", said(), by=manager, at=MONDAY + 3 * HOUR)
    assert begun.merchant == shop


def test_a_kind_may_be_named_by_the_address(theirs, owner, signed_in):
    address = reverse("conversations:start")
    asked = signed_in(owner).get(address, {"to": theirs.organisation_id, "kind": "question"})
    assert asked.context["form"]["kind"].value() == "question"
    assert signed_in(owner).get(address, {"kind": "hack"}).context["form"]["kind"].value() == "message"


# ---- At once -------------------------------------------------------------------------------------------------------
@pytest.mark.server
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False], ids=["a new thread", "a thread that is there"])
def test_what_is_written_while_two_become_one_is_not_lost(private, theirs, owner, shop, is_new):
    thread = ThreadFactory(merchant=shop, vendor=private.organisation, opened_by=owner)
    outcome = []

    def write():
        try:
            if is_new:
                outcome.append(posting.start(private.organisation, "Lids", said(), by=owner, at=MONDAY))
            else:
                outcome.append(posting.post(thread, said("Lids?", Kind.QUESTION), by=owner, at=MONDAY))
        except MayNotWrite as refused:
            outcome.append(refused)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    with transaction.atomic():
        actions.merge(private, theirs, by=owner, at=MONDAY)
        writer.start()
        until_they_wait()
    writer.join(timeout=60)
    [said_] = outcome
    assert isinstance(said_, MayNotWrite if is_new else Entry), said_
    assert set(Thread.objects.values_list("vendor", flat=True)) == {theirs.organisation_id}
    assert set(Turn.objects.values_list("answerer", flat=True)) <= {theirs.organisation_id}
