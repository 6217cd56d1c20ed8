"""Search in one's own conversations: what is found, what is marked, and what nobody else ever finds."""

import uuid
from random import Random

import pytest
from django.db import connection

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.populate import memberships, organisations
from outsourcing.conversations import answering, posting, search
from outsourcing.conversations.models import Attachment, Entry, Kind, Thread, Turn
from outsourcing.conversations.populate import entries, threads
from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.storage import keep
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.factories import ThreadFactory
from tests.files.conftest import upload

pytestmark = pytest.mark.django_db


def texts(by, words, **more) -> list[str]:
    return [str(hit.text) for hit in search.search(by, words, **more)[0]]


def test_words_prefixes_and_accents(say, owner, manager):
    say(owner, "The café at gate four.")
    say(owner, "Nothing of the kind.", at=MONDAY + HOUR)
    for words in ("cafe", "CAFÉ", "caf gate", "gate, four"):
        assert len(texts(manager, words)) == 1, words
    assert texts(manager, "gate five") == texts(manager, "") == texts(manager, "&|!:*'") == []


def test_hits_are_marked_and_markup_is_text(say, owner):
    say(owner, "<b>Gates</b> and a gate & more")
    assert texts(owner, "gate") == ["&lt;b&gt;<mark>Gates</mark>&lt;/b&gt; and a <mark>gate</mark> &amp; more"]


def test_a_long_text_is_cut_around_its_hit(say, owner):
    say(owner, "word " * 500 + "needle" + " word" * 500)
    (found,) = texts(owner, "needle")
    assert "<mark>needle</mark>" in found
    assert len(found) < 400


def test_the_newest_first_by_page_and_kind(say, owner, manager):
    for number in range(30):
        say(owner, f"Gate {number}.", at=MONDAY + number * HOUR)
    say(owner, "Gate of rules.", Kind.INSTRUCTION, at=MONDAY)
    hits, total = search.search(manager, "gate")
    assert (len(hits), total, hits[0].text) == (25, 31, "<mark>Gate</mark> 29.")
    assert len(search.search(manager, "gate", page=2)[0]) == 6
    assert texts(manager, "gate rules", kind="instruction") == ["<mark>Gate</mark> of <mark>rules</mark>."]
    assert search.search(manager, "gate", kind="call_note") == ([], 0)


def test_an_edit_is_found_by_its_new_words(say, owner):
    answering.edit(say(owner, "Kraft tape."), "Clear tape.", by=owner, at=MONDAY)
    assert (len(texts(owner, "clear")), len(texts(owner, "kraft"))) == (1, 0)


def test_nobody_finds_what_is_not_theirs(say, thread, owner, manager, rival, vendor):
    say(owner, "Canary in the thread.")
    for by in (owner, manager):
        posting.note(thread, f"Canary of {by.organisation}.", key=uuid.uuid4(), by=by, at=MONDAY)
    other = ThreadFactory(merchant=rival.organisation, vendor=vendor, opened_by=rival)
    posting.post(other, said("Canary of the rival."), by=rival, at=MONDAY)
    assert sorted(texts(owner, "canary")) == [
        "<mark>Canary</mark> in the thread.",
        "<mark>Canary</mark> of Juniper &amp; Pine.",
    ]
    assert texts(rival, "canary") == ["<mark>Canary</mark> of the rival."]
    assert sorted(texts(manager, "canary")) == [
        "<mark>Canary</mark> in the thread.",
        "<mark>Canary</mark> of Pallet &amp; Post.",
        "<mark>Canary</mark> of the rival.",
    ]
    assert texts(manager, "canary", other=rival.organisation_id) == ["<mark>Canary</mark> of the rival."]
    assert texts(rival, f"{owner.organisation_id}") == texts(rival, f"@{owner.organisation_id}") == []


def test_across_rooms_by_subject_by_name_of_a_file_and_by_words(say, thread, owner, manager, rival, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    entry = say(owner, "Here it is.")
    note = posting.note(thread, "Ours alone.", key=uuid.uuid4(), by=owner, at=MONDAY)
    for name, of in (("Gate plan.txt", {"entry": entry}), ("Gate codes.txt", {"note": note})):
        file = keep(upload(b"gate", name), by=owner, organisation=owner.organisation, at=MONDAY, kinds=DOCUMENTS)
        Attachment.objects.create(file=file, **of)
    Thread.objects.filter(pk=thread.pk).update(subject="The gate at the back")
    say(owner, "A gate is said once: its conversation stands there already.")
    other = ThreadFactory(merchant=thread.merchant, vendor=thread.vendor, opened_by=owner, subject="Labels")
    posting.post(other, said("At which gate?"), by=owner, at=MONDAY)

    def found(by) -> list[str]:
        return [one.title for one in search.in_messages(by, "gate").results]

    assert found(owner)[0] == "The gate at the back"
    assert sorted(found(owner)) == ["Gate codes.txt", "Gate plan.txt", "Labels", "The gate at the back"]
    assert sorted(found(manager)) == ["Gate plan.txt", "Labels", "The gate at the back"]
    assert found(rival) == []


def test_the_pages(say, owner, manager, rival, signed_in):
    entry = say(owner, "Gate four.")
    shown = signed_in(manager).get("/messages/?q=gate").content.decode()
    assert "<mark>Gate</mark> four." in shown
    assert f"/messages/{entry.thread_id}/?upto=21#e1" in shown
    assert "Peak overflow" in signed_in(manager).get("/search/?q=gate").content.decode()
    assert "Nothing said" in signed_in(rival).get("/messages/?q=gate").content.decode()
    for nonsense in ("q=%00", "q=gate&page=0", "q=gate&page=x", "q=gate&page=99999", "q=gate&kind=x&with=y", "q='@1'"):
        assert signed_in(manager).get(f"/messages/?{nonsense}").status_code == 200


def test_a_search_costs_three_queries(say, thread, owner, django_assert_num_queries):
    for number in range(5):
        say(owner, f"Gate {number}.")
        posting.note(thread, f"Gate note {number}.", key=uuid.uuid4(), by=owner, at=MONDAY)
    with django_assert_num_queries(3):
        assert len(texts(owner, "gate")) == 10


# ---- What fills the tables -----------------------------------------------------------------------------------------
def test_populate_makes_what_the_actions_would():
    def silent(rows: int = 1) -> None:
        told.append(rows)

    told: list[int] = []
    organisations(9, Random(1), silent)
    memberships(18, Random(1), silent)
    told.clear()
    threads(20, Random(1), silent)
    entries(300, Random(1), silent)
    assert sum(told) == 320
    assert Thread.objects.exclude(last_entry=None).count() == 20
    for thread in Thread.objects.all():
        numbers = list(thread.entries.order_by("number").values_list("number", flat=True))
        assert numbers == [*range(1, thread.entry_count + 1)]
        assert thread.last_entry.number == thread.entry_count
    assert Turn.objects.filter(ending="answered").exists()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    entry = Entry.objects.select_related("thread").first()
    owners = [entry.thread.merchant_id, entry.thread.vendor_id]
    by_hand = Entry.objects.filter(pk=entry.pk).annotate(same=posting.searchable(entry.text, owners))
    assert by_hand.values_list("search", flat=True)[0] == by_hand.values_list("same", flat=True)[0]
    head = Membership.objects.select_related("organisation").get(
        organisation=Organisation.objects.get(pk=entry.thread.merchant_id), pk=entry.thread.opened_by_id
    )
    assert search.search(head, "pallet")[1] > 0
