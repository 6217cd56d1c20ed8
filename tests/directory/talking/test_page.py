"""What stands on a vendor's page about talking to it: only of this merchant's own conversations."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains
from time_machine import travel

from outsourcing.conversations import answering, posting
from outsourcing.conversations.models import Channel, Kind
from outsourcing.conversations.posting import Receipt
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.conversations.test_responding import FRIDAY, exchange, without_proofs
from tests.factories import MembershipFactory, RelationshipFactory, ThreadFactory, VendorFactory
from vendors.directory.keeping import contacts

pytestmark = pytest.mark.django_db
LATER = FRIDAY + 4 * HOUR


@pytest.fixture
def listed(manager):
    return VendorFactory(organisation=manager.organisation)


@pytest.fixture
def thread(listed, shop, owner):
    return ThreadFactory(merchant=shop, vendor=listed.organisation, opened_by=owner)


def page_of(client, vendor):
    return client.get(reverse("directory:vendor", args=[vendor.pk]))


@travel(LATER, tick=False)
def test_the_median_with_you_stands_on_it_with_a_drawing_in_words(listed, thread, owner, manager, signed_in):
    exchange(thread, owner, manager, 60, 120, 180, 240, 300)
    page = page_of(signed_in(owner), listed)
    assertContains(page, "<dt>Median reply, with you</dt><dd>3 h <small>of 5</small></dd>", html=False)
    assertContains(page, 'role="img" aria-label="Replies by working hours taken: under 1 0, 1 to 2 1, 2 to 4 2,')
    assertContains(page, "Score 100 of 100")


@travel(LATER, tick=False)
def test_below_five_it_says_so(listed, thread, owner, manager, signed_in):
    exchange(thread, owner, manager, 60, None)
    page = page_of(signed_in(owner), listed)
    assertContains(page, "not enough data, 2 of 5")
    assertContains(page, "Open longest: ")


@travel(LATER, tick=False)
def test_a_rivals_conversations_change_not_a_byte_of_it(listed, thread, owner, manager, rival, signed_in):
    exchange(thread, owner, manager, 60)
    before = without_proofs(page_of(signed_in(owner), listed))
    foreign = ThreadFactory(merchant=rival.organisation, vendor=listed.organisation, subject="Zebra", opened_by=rival)
    exchange(foreign, rival, manager, 300, 300, 300, 300, None)
    assert without_proofs(page_of(signed_in(owner), listed)) == before
    theirs = page_of(signed_in(rival), listed)
    assertContains(theirs, "Zebra")
    assertNotContains(theirs, thread.subject)


def test_a_merchant_who_has_said_nothing_sees_no_figure_of_others(listed, thread, owner, manager, rival, signed_in):
    exchange(thread, owner, manager, 60, 60, 60, 60, 60)
    page = page_of(signed_in(rival), listed)
    assertContains(page, "nothing asked yet")
    assertContains(page, "Nothing said yet.")
    assertContains(page, "you know none of them yet")
    for secret in ("How fast they reply", manager.label, thread.subject):
        assertNotContains(page, secret)


def test_a_vendors_own_people_see_none_of_it(listed, thread, owner, manager, signed_in):
    exchange(thread, owner, manager, 60)
    page = page_of(signed_in(manager), listed)
    for word in ("with you", "How to reach them", "Conversations", thread.subject):
        assertNotContains(page, word)


def test_conversations_stand_newest_first_with_who_owes_whom(listed, thread, owner, manager, shop, signed_in):
    exchange(thread, owner, manager, None)
    back = ThreadFactory(merchant=shop, vendor=listed.organisation, subject="Lids", opened_by=owner)
    posting.post(back, said("Which lids?", Kind.QUESTION), by=manager, at=MONDAY + HOUR)
    posting.note(back, "Quokka", key=uuid.uuid4(), by=manager, at=MONDAY + HOUR)
    talks = page_of(signed_in(owner), listed).context["talking"].talks
    assert [(one.subject, one.standing, one.is_unread) for one in talks] == [
        ("Lids", "Waiting for you", True),
        (thread.subject, "Waiting for them", False),
    ]
    answering.read(back, 1, by=owner, at=MONDAY + HOUR)
    page = page_of(signed_in(owner), listed)
    assert not page.context["talking"].talks[0].is_unread
    assertNotContains(page, "Quokka")


# ---- Reachability --------------------------------------------------------------------------------------------------
@travel(MONDAY + 3 * HOUR, tick=False)
def test_who_can_be_reached_how(listed, thread, owner, manager, contact, signed_in):
    manager.phone = "+44 20 7946 0018"
    manager.save()
    contact.is_backup = True
    contact.save()
    posting.include(thread, [manager, contact], at=MONDAY)
    exchange(thread, owner, manager, 60)
    reach = page_of(signed_in(owner), listed).context["talking"].reach
    assert (reach.people, reach.backups) == ([manager.label], [contact.label])
    assert reach.phone == manager.phone
    assert (reach.hours, reach.is_assumed) == ("at work until 17:00", True)
    assert reach.heard_at == MONDAY + HOUR


def test_an_acknowledgement_is_hearing_from_them_and_a_record_is_not(listed, thread, owner, manager, signed_in):
    rule = posting.post(thread, said("Kraft tape", Kind.INSTRUCTION), by=owner, at=MONDAY)
    receipt = Receipt(Channel.PHONE, MONDAY + HOUR)
    posting.post(thread, said("Fine, said Bess", receipt=receipt), by=owner, at=MONDAY + 2 * HOUR)
    client = signed_in(owner)
    assert page_of(client, listed).context["talking"].reach.heard_at is None
    answering.acknowledge(rule, version=1, by=manager, at=MONDAY + 3 * HOUR)
    assert page_of(client, listed).context["talking"].reach.heard_at == MONDAY + 3 * HOUR


def test_a_private_vendor_with_nobody_in_it_says_how_to_go_on(shop, owner, viewer, signed_in):
    private = VendorFactory(private_to=shop)
    contacts.add_contact(private, email="bess@bramble.example", name="Bess", phone="01", by=owner, at=MONDAY)
    page = page_of(signed_in(owner), private)
    assertContains(page, "None of them reads here yet")
    assertContains(page, reverse("directory:invite", args=[private.pk]))
    reach = page.context["talking"].reach
    assert (reach.people, reach.phone) == ([], "01")
    assertNotContains(page_of(signed_in(viewer), private), "None of them reads here yet")


@travel(MONDAY + 3 * HOUR, tick=False)
def test_recorded_answers_of_such_a_vendor_count_as_of_when_they_came(shop, owner, signed_in):
    private = VendorFactory(private_to=shop)
    question = said("Lids?", Kind.QUESTION)
    thread = posting.start(private.organisation, "Lids", question, by=owner, at=MONDAY)
    receipt = Receipt(Channel.PHONE, MONDAY + HOUR)
    posting.post(thread, said("Black", receipt=receipt), by=owner, at=MONDAY + 2 * HOUR)
    page = page_of(signed_in(owner), private)
    assert page.context["talking"].they.n == 1
    assert page.context["talking"].they.longest is None
    assert thread.turns.get().response_seconds == 3600


def test_a_blocked_vendor_is_not_offered_and_what_is_there_still_shown(listed, thread, owner, shop, signed_in):
    posting.post(thread, said(), by=owner, at=MONDAY)
    about = {"status": "blocked", "blocked_reason": "Late", "blocked_at": MONDAY}
    RelationshipFactory(vendor=listed, merchant=shop, **about)
    page = page_of(signed_in(owner), listed)
    assertContains(page, "You can begin no new conversation with them.")
    assertContains(page, thread.subject)


def test_more_than_five_lead_to_all(listed, owner, shop, signed_in):
    for number in range(6):
        ThreadFactory(
            merchant=shop,
            vendor=listed.organisation,
            opened_by=owner,
            subject=f"Talk {number}",
            last_entry_at=MONDAY + timedelta(days=number),
        )
    page = page_of(signed_in(owner), listed)
    assertContains(page, f"?show=all&amp;with={listed.organisation_id}")
    assertNotContains(page, "Talk 0")


def test_somebody_who_has_left_is_nobody_to_reach(listed, thread, owner, signed_in):
    left = MembershipFactory(organisation=listed.organisation, roles=["contact"], name="Gone Person")
    posting.include(thread, [left], at=MONDAY)
    left.left_at = MONDAY
    left.save()
    assertNotContains(page_of(signed_in(owner), listed), "Gone Person")
