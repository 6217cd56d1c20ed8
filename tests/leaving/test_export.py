"""What an organisation takes away: all of its own and nothing of anybody else's."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from outsourcing.accounts.models import Membership
from outsourcing.conversations.models import InternalNote
from outsourcing.files.models import File
from outsourcing.files.storage import path
from outsourcing.leaving import exporting, tables
from outsourcing.leaving.errors import OneAtATime
from outsourcing.leaving.models import Export
from outsourcing.leaving.names import name_in_zip
from outsourcing.notifications.models import Mail
from outsourcing.shared.retention import forget_all
from tests.access.world import MARKS, World
from tests.factories import MembershipFactory
from vendors.directory.models import ReferenceAnswer
from vendors.sourcing.models import Answer, AnswerDraft, Brief, Score


def made(by: Membership, at) -> Export:
    export = exporting.ask(by=by, at=at)
    exporting.make(export.pk, now=lambda: at)
    export.refresh_from_db()
    assert export.state == Export.State.READY, export.failure
    return export


def opened(export: Export) -> zipfile.ZipFile:
    return zipfile.ZipFile(path(export.file.key))


def rows(export: Export) -> dict[str, list[dict]]:
    return json.loads(opened(export).read("everything.json"))["tables"]


def words(export: Export) -> str:
    """Everything in it that can be read, in lower case; names of files too."""
    archive = opened(export)
    texts = [archive.read(name).decode() for name in archive.namelist() if not name.startswith("files/")]
    return "\n".join([*archive.namelist(), *texts]).lower()


def test_it_holds_what_is_ones_own(world: World):
    export = made(world.shop.head, world.at)
    found = rows(export)
    now = [some for name, some in found.items() if not name.endswith(".history")]
    assert export.done == export.size == sum(map(len, now))
    assert {row["title"] for row in found["milestones.contract"]} >= {"Draft of quillshop", "Running of quillshop"}
    assert "Said among us" in {row["text"] for row in found["conversations.internalnote"]}
    assert {row["name"] for row in found["accounts.membership"]} >= {"Owner Quillshop", "Buyer Quillshop"}
    assert len(found["accounts.organisation.history"]) == 1
    full = {name for name, some in found.items() if some}
    assert len(full) > 80, "furnish the world with more, or the walls below prove little"


def test_both_forms_say_the_same(world: World):
    export = made(world.shop.head, world.at)
    archive = opened(export)
    for name, some in rows(export).items():
        lines = list(csv.reader(io.StringIO(archive.read(f"tables/{name}.csv").decode("utf-8-sig"))))
        assert len(lines) == len(some) + 1, name
        if some:
            assert lines[0] == list(some[0]), name
    assert archive.testzip() is None


def test_files_come_with_their_rows_under_names_that_lead_nowhere(world: World):
    export = made(world.shop.head, world.at)
    archive = opened(export)
    named = {name for name in archive.namelist() if name.startswith("files/")}
    attached = rows(export)["conversations.attachment"]
    assert attached
    assert {row["file"] for row in attached} <= named
    assert archive.read(attached[0]["file"]).startswith(b"\x89PNG")
    for wild in ("../../etc/passwd", "..\\..\\x.exe", "/etc/x", "a/../../b.png", "con.", "...", "é ü.PNG"):
        safe = name_in_zip(File(pk=7, name=wild))
        assert safe.startswith("files/7-")
        assert ".." not in safe
        assert safe.count("/") == 1
        assert "\\" not in safe


def test_a_cell_is_never_run(world: World):
    InternalNote.objects.create(
        thread=world.shop.talk, organisation=world.shop.organisation, author=world.shop.head, after=0,
        text="=HYPERLINK(1)", created_at=world.at,
    )  # fmt: skip
    archive = opened(made(world.shop.head, world.at))
    assert "'=HYPERLINK(1)" in archive.read("tables/conversations.internalnote.csv").decode()
    assert '"=HYPERLINK(1)"' in archive.read("everything.json").decode()


# ---- Walls ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "strangers"),
    [
        # Each shop has its vendor as the other side; the vendors are published, so shops may know their names.
        ("shop", ["quillfoe", "@quillthird.example"]),
        ("rival", ["quillshop", "@quillvendor.example"]),
        ("vendor", ["quillfoe", "quillthird"]),
        ("rival_vendor", ["quillshop", "quillvendor"]),
    ],
)
def test_nothing_of_rivals_is_in_it(world: World, place: str, strangers: list[str]):
    text = words(made(world.places[place].head, world.at))
    assert MARKS[place].lower() in text
    for other in strangers:
        assert other not in text


def test_a_vendor_never_reads_what_a_merchant_thinks(world: World):
    """Every table that is a merchant's alone, and every column that no vendor may read."""
    head = world.vendor.head
    found = rows(made(head, world.at))
    assert not set(found) & {
        *("sourcing.score", "sourcing.decision", "sourcing.evaluator", "sourcing.criterion", "sourcing.logline"),
        *("sourcing.gateruling", "sourcing.consensus", "directory.note", "directory.referenceanswer"),
        *("directory.enquiry", "directory.judgement", "directory.relationship", "directory.contact"),
        *("sourcing.brief", "sourcing.gate"),
        *("milestones.override", "milestones.plan", "needs.need", "needs.opinion", "needs.peer"),
    }
    assert not any("stage" in row for row in found["sourcing.candidate"])
    assert not any("verdict" in row for row in found["directory.requesteditem"])
    assert not any(row["state"] == "draft" for row in found["milestones.contract"])
    text = words(made(head, world.at + timedelta(seconds=1)))
    for secret in ("a hunch at", "since quillshop likes it", "words for quillshop", "plan of quillshop", "draft of"):
        assert secret not in text
    assert "well done, quillshop" in text  # what it was told


def test_the_other_sides_notes_and_drafts_stay_there(world: World):
    for place, canary in ((world.shop, "canaryofshop"), (world.vendor, "canaryofvendor")):
        InternalNote.objects.create(
            thread=world.shop.talk, organisation=place.organisation, author=place.head, after=0, text=canary,
            created_at=world.at,
        )  # fmt: skip
    AnswerDraft.objects.create(
        candidate=world.shop.candidates["open"], content={"message": "canaryofdraft"}, saved_by=world.vendor.head,
        saved_at=world.at,
    )  # fmt: skip
    shop, vendor = words(made(world.shop.head, world.at)), words(made(world.vendor.head, world.at))
    assert ("canaryofshop" in shop, "canaryofvendor" in shop, "canaryofdraft" in shop) == (True, False, False)
    assert ("canaryofshop" in vendor, "canaryofvendor" in vendor, "canaryofdraft" in vendor) == (False, True, True)


def test_a_sealed_answer_is_not_in_it_before_it_is_opened(world: World):
    answer = world.vendor.answer
    # As a sealed one is kept until its deadline.
    Answer.objects.filter(pk=answer.pk).update(opened_at=None)
    assert str(answer.pk) not in {str(row["id"]) for row in rows(made(world.shop.head, world.at))["sourcing.answer"]}
    found = rows(made(world.vendor.head, world.at))
    assert answer.pk in {row["id"] for row in found["sourcing.answer"]}


def test_scores_of_others_are_hidden_until_ones_own_are_in(world: World):
    found = rows(made(world.shop.head, world.at))
    stated = world.shop.shortlists.stated
    others = Score.objects.filter(evaluator__brief=stated.brief).exclude(evaluator__member=world.shop.head)
    assert others.exists()
    assert not {row["id"] for row in found["sourcing.score"]} & set(others.values_list("pk", flat=True))
    assert not {row["score"] for row in found["sourcing.scoreevidence"]} & set(others.values_list("pk", flat=True))


def test_who_spoke_without_a_name_stays_so(world: World):
    found = rows(made(world.shop.head, world.at))
    assert found["needs.opinion"]
    assert not any({"peer", "ask"} & set(row) for row in found["needs.opinion"])
    assert not any("member" in row for row in found["needs.assessment"])


def test_numbers_that_count_rows_are_not_in_it(world: World):
    """A key that goes up by one tells how much there is of it."""
    for name, some in rows(made(world.vendor.head, world.at)).items():
        for row in some:
            assert row.get("id", 2**40) > 10**6, name


def test_no_link_that_acts_is_in_it(world: World):
    text = words(made(world.shop.head, world.at))
    assert world.shop.asked_peer.secret.lower() not in text
    assert world.shop.token.lower() not in text
    assert ReferenceAnswer.objects.filter(reference__merchant=world.shop.organisation).exists()


# ---- Memory and queries --------------------------------------------------------------------------------------------
def test_rows_are_read_so_many_at_a_time(world: World, monkeypatch):
    """However many rows, no statement reads more than a batch."""
    monkeypatch.setattr(tables, "BATCH", 10)
    place = world.shop
    InternalNote.objects.bulk_create(
        InternalNote(thread=place.talk, organisation=place.organisation, author=place.head, after=0, text=f"Note {n}",
                     created_at=world.at)
        for n in range(95)
    )  # fmt: skip
    [notes] = [table for table in tables.Tables(place.head).all if table.name == "conversations.internalnote"]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        sizes = [len(batch) for batch in notes.batches()]
    assert sum(sizes) == notes.count() >= 95
    assert max(sizes) == 10
    reads = [one["sql"] for one in queries if "conversations_internalnote" in one["sql"]]
    assert all("LIMIT 10" in sql for sql in reads)


# ---- Its way -------------------------------------------------------------------------------------------------------
def test_who_runs_the_organisation_asks_and_is_told(world: World, signed_in, django_capture_on_commit_callbacks):
    client = signed_in(world.shop.head)
    with django_capture_on_commit_callbacks(execute=False) as wakes:
        answer = client.post(reverse("leaving:export"), follow=True)
    assert len(wakes) == 1
    assert "Being made" in answer.text
    export = Export.objects.get()
    exporting.make(export.pk, now=lambda: world.at)
    assert "Download" in client.get(reverse("leaving:export")).text
    mail = Mail.objects.get(template="export_ready")
    assert (mail.address, mail.membership) == (world.shop.head.email, world.shop.head)
    assert reverse("leaving:export") in mail.text
    answer = client.get(reverse("leaving:download", args=[export.pk]))
    assert answer.headers["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None


def test_another_who_runs_it_may_not_fetch_it(world: World, signed_in):
    """Who scores apart sees apart: a file that one may read says more than another may know yet."""
    export = made(world.shop.head, world.at)
    other = MembershipFactory(organisation=world.shop.organisation)
    assert signed_in(other).get(reverse("leaving:download", args=[export.pk])).status_code == 404


def test_there_is_one_at_a_time(world: World):
    exporting.ask(by=world.shop.head, at=world.at)
    with pytest.raises(OneAtATime):
        exporting.ask(by=MembershipFactory(organisation=world.shop.organisation), at=world.at)
    exporting.ask(by=world.rival.head, at=world.at)


def test_a_killed_workers_try_is_taken_up_again(world: World):
    export = exporting.ask(by=world.shop.head, at=world.at)
    Export.objects.filter(pk=export.pk).update(attempt=1, done=5)
    exporting.make(export.pk, now=lambda: world.at)  # somebody is at it
    assert Export.objects.get().done == 5
    later = world.at + timedelta(minutes=2)
    assert list(Export.objects.abandoned(later)) == [export]
    exporting.make(export.pk, now=lambda: later)
    export.refresh_from_db()
    assert (export.state, export.attempt, export.done) == ("ready", 2, export.size)


def test_one_over_which_workers_die_is_given_up(world: World):
    export = exporting.ask(by=world.shop.head, at=world.at)
    Export.objects.filter(pk=export.pk).update(attempt=3)
    exporting.make(export.pk, now=lambda: world.at + timedelta(minutes=2))
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", "It was interrupted several times: ask for it again.")
    made(world.shop.head, world.at + timedelta(minutes=3))


def test_the_slower_of_two_workers_leaves_nothing(world: World, settings, monkeypatch):
    export = exporting.ask(by=world.shop.head, at=world.at)
    pack = exporting.pack

    def overtaken(*args, **kwargs):
        Export.objects.filter(pk=export.pk).update(attempt=2)
        pack(*args, **kwargs)

    monkeypatch.setattr(exporting, "pack", overtaken)
    before = set(settings.FILES_DIR.rglob("*"))
    exporting.make(export.pk, now=lambda: world.at)
    export.refresh_from_db()
    assert (export.state, export.file) == ("making", None)
    assert {one for one in settings.FILES_DIR.rglob("*") if one.is_file()} <= before


def test_who_has_left_meanwhile_gets_nothing(world: World):
    export = exporting.ask(by=world.shop.head, at=world.at)
    Membership.objects.filter(pk=world.shop.head.pk).update(left_at=world.at)
    exporting.make(export.pk, now=lambda: world.at)
    export.refresh_from_db()
    assert (export.state, export.file) == ("failed", None)


def test_the_file_goes_after_a_week(world: World, signed_in, django_capture_on_commit_callbacks):
    export = made(world.shop.head, world.at)
    stored = path(export.file.key)
    assert forget_all(world.at + timedelta(days=6))["files of exports"] == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_all(world.at + timedelta(days=7))["files of exports"] == 1
    assert not stored.exists()
    client = signed_in(world.shop.head)
    assert client.get(reverse("leaving:download", args=[export.pk])).status_code == 404
    assert "The last one was deleted" in client.get(reverse("leaving:export")).text


def test_briefs_of_the_shop_are_in_it(world: World):
    found = rows(made(world.shop.head, world.at))
    mine = Brief.objects.filter(merchant=world.shop.organisation)
    assert {row["id"] for row in found["sourcing.brief"]} == set(mine.values_list("pk", flat=True))
