"""Writing: who may, what is stored once, what is mailed to whom, and eight at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from outsourcing.conversations import hooks, posting
from outsourcing.conversations.errors import AlreadySent, MayNotWrite
from outsourcing.conversations.models import (
    Asks,
    Attachment,
    Draft,
    Entry,
    InternalNote,
    Kind,
    Participant,
    ReadMark,
    Thread,
    Turn,
)
from outsourcing.notifications.models import Mail
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


# ---- Beginning -----------------------------------------------------------------------------------------------------
@pytest.fixture
def open_to_all():
    hooks.may_write_to.add(yes := lambda by, other: True)
    yield
    hooks.may_write_to.remove(yes)


def test_a_thread_is_begun_once(owner, manager, vendor, open_to_all):
    words = said(kind=Kind.QUESTION)
    threads = [posting.start(vendor, "Vans", words, by=owner, at=MONDAY, people=[manager]) for _ in range(2)]
    assert threads[0] == threads[1] == Thread.objects.get()
    assert (threads[0].merchant, threads[0].vendor, Entry.objects.get().number) == (owner.organisation, vendor, 1)
    assert set(Participant.objects.values_list("membership", flat=True)) == {owner.pk, manager.pk}


def test_a_vendor_writes_only_to_who_wrote_to_it(manager, owner, vendor, shop, thread):
    assert posting.start(shop, "Docks", said(), by=manager, at=MONDAY).merchant == shop
    stranger = OrganisationFactory(name="Copper Kettle")
    with pytest.raises(MayNotWrite):
        posting.start(stranger, "Docks", said(), by=manager, at=MONDAY)


def test_two_of_a_kind_do_not_talk_here(owner, rival, open_to_all):
    with pytest.raises(MayNotWrite):
        posting.start(rival.organisation, "Hello", said(), by=owner, at=MONDAY)


def test_people_are_of_either_side(owner, vendor, rival, open_to_all):
    with pytest.raises(MayNotWrite):
        posting.start(vendor, "Vans", said(), by=owner, at=MONDAY, people=[rival])
    assert not Thread.objects.exists()


# ---- Once ----------------------------------------------------------------------------------------------------------
def test_the_same_form_twice_is_one_entry(thread, owner):
    words = said(kind=Kind.QUESTION)
    first, second = (posting.post(thread, words, by=owner, at=at) for at in (MONDAY, MONDAY + HOUR))
    thread.refresh_from_db()
    assert (first, thread.entry_count, thread.last_entry) == (second, 1, first)


def test_a_form_sent_again_with_other_words_is_not_taken_for_the_first(thread, owner):
    words = said("At ten.")
    posting.post(thread, words, by=owner, at=MONDAY)
    with pytest.raises(AlreadySent):
        posting.post(thread, said("At eleven.", key=words.key), by=owner, at=MONDAY)
    assert Entry.objects.count() == 1


def test_an_internal_note_is_kept_once_too(thread, owner):
    for _ in range(2):
        posting.note(thread, "Too dear.", key=(words := said()).key, by=owner, at=MONDAY)
    key = said().key
    for _ in range(2):
        posting.note(thread, words.text, key=key, by=owner, at=MONDAY)
    assert InternalNote.objects.count() == 3
    with pytest.raises(AlreadySent):
        posting.note(thread, "Cheap.", key=key, by=owner, at=MONDAY)


# ---- Who and what --------------------------------------------------------------------------------------------------
def test_a_viewer_writes_nothing(thread, viewer):
    with pytest.raises(MayNotWrite):
        posting.post(thread, said(), by=viewer, at=MONDAY)
    with pytest.raises(MayNotWrite):
        posting.note(thread, "Hm.", key=said().key, by=viewer, at=MONDAY)


@pytest.mark.parametrize("kind", [Kind.INSTRUCTION, Kind.SYSTEM])
def test_a_vendor_gives_no_instructions_and_is_not_the_system(thread, manager, kind):
    with pytest.raises(MayNotWrite):
        posting.post(thread, said(kind=kind), by=manager, at=MONDAY)


def test_a_vendor_records_nothing_for_itself(thread, manager):
    receipt = posting.Receipt("phone", MONDAY)
    with pytest.raises(MayNotWrite):
        posting.post(thread, said(receipt=receipt), by=manager, at=MONDAY)


def test_what_is_recorded_is_of_somebody_of_the_vendor(thread, owner, rival):
    with pytest.raises(MayNotWrite):
        posting.post(thread, said(receipt=posting.Receipt("phone", MONDAY, rival)), by=owner, at=MONDAY)


def test_files_come_with_it_and_those_of_the_draft(thread, owner, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    words = said(uploads=[SimpleUploadedFile("count.csv", b"sku,count\nEG-01,4\n")])
    draft = Draft.objects.create(membership=owner, thread=thread, key=words.key, saved_at=MONDAY)
    (before,) = posting.kept([SimpleUploadedFile("part.csv", b"sku,count\nEG-02,5\n")], by=owner, at=MONDAY)
    Attachment.objects.create(draft=draft, file=before)
    entry = posting.post(thread, words, by=owner, at=MONDAY)
    assert {one.file.name for one in entry.attachments.all()} == {"count.csv", "part.csv"}
    assert not Draft.objects.exists()


def test_whoever_had_read_everything_has_read_their_own(thread, owner, manager, say):
    say(owner)
    ReadMark.objects.create(thread=thread, membership=manager, number=1, read_at=MONDAY)
    say(manager)
    assert ReadMark.objects.get().number == 2
    say(owner)
    say(manager)
    assert ReadMark.objects.get().number == 2


# ---- Mails ---------------------------------------------------------------------------------------------------------
def to() -> list[str]:
    return sorted(Mail.objects.values_list("address", flat=True))


def test_the_other_sides_people_are_told(say, owner, manager, contact):
    say(owner, kind=Kind.QUESTION)
    assert to() == sorted([manager.email, contact.email])
    say(manager)
    say(owner, "Thank you.", at=MONDAY + HOUR)
    last = Mail.objects.filter(address=manager.email).order_by("pk").last()
    assert "Thank you." in last.text
    assert not Mail.objects.filter(address=contact.email, text__contains="Thank you.").exists()
    assert f"/messages/{Thread.objects.get().pk}/" in last.text


def test_viewers_leavers_and_those_asked_in_are_not_told(say, owner, manager, shop, viewer):
    MembershipFactory(organisation=shop, left_at=MONDAY)
    MembershipFactory(organisation=shop, user=None, email="asked@shop.example", name="")
    say(manager)
    assert to() == [owner.email]


def test_the_due_time_is_the_readers(say, owner, manager, vendor):
    vendor.time_zone = "Europe/Berlin"
    vendor.country = "DE"
    vendor.save()
    manager.refresh_from_db()
    say(owner, kind=Kind.QUESTION)
    assert "Tuesday 24 November, 11:00 CET" in Mail.objects.get(address=manager.email).text


def test_internal_notes_system_lines_and_what_was_recorded_are_not_mailed(thread, say, owner, manager):
    posting.note(thread, "Too dear.", key=said().key, by=owner, at=MONDAY)
    posting.tell(thread, "Submitted.", at=MONDAY)
    say(owner, "At ten.", receipt=posting.Receipt("phone", MONDAY))
    assert to() == []


def test_markup_is_text_in_a_mail(say, owner, manager):
    say(owner, "<script>alert(1)</script>")
    mail = Mail.objects.get()
    assert "<script>" not in mail.html
    assert "<script>alert(1)</script>" in mail.text


# ---- Eight at once -------------------------------------------------------------------------------------------------
@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_eight_writers_lose_and_double_nothing(shop, vendor, thread):
    """Real connections; each entry has its number, each turn opens and closes once, one is open each way at most."""
    members = [MembershipFactory(organisation=one) for one in (shop, vendor) for _ in range(4)]
    for member in members[4:]:
        member.roles = ["manager"]
        member.save()
    barrier = Barrier(8)

    def write(number: int) -> None:
        try:
            barrier.wait()
            for turn in range(5):
                words = said(f"{number}: {turn}", asks=Asks.ANSWER)
                for _ in range(2):
                    posting.post(thread, words, by=members[number], at=MONDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    entries = list(Entry.objects.order_by("number").select_related("turn"))
    assert [entry.number for entry in entries] == [*range(1, 41)]
    thread.refresh_from_db()
    assert (thread.entry_count, thread.last_entry) == (40, entries[-1])
    owed: dict[str, object] = {}
    for entry in entries:  # replayed in their order: each opens or joins what the rule says
        other = "vendor" if entry.side == "merchant" else "merchant"
        owed.pop(other, None)
        assert owed.setdefault(entry.side, entry.turn) == entry.turn
    assert Turn.objects.open().count() == len(owed) == 1
    assert Turn.objects.exclude(ending="").count() == len({entry.turn_id for entry in entries}) - 1


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_begin_one_thread(owner, vendor, manager):
    hooks.may_write_to.add(yes := lambda by, other: True)
    words, barrier = said(), Barrier(2)

    def begin(_: int) -> int:
        try:
            barrier.wait()
            return posting.start(vendor, "Vans", words, by=owner, at=MONDAY).pk
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(2) as pool:
            found = set(pool.map(begin, range(2)))
    finally:
        hooks.may_write_to.remove(yes)
    assert found == {Thread.objects.get().pk}
    assert Entry.objects.count() == 1
