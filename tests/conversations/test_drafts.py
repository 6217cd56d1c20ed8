"""What is kept while somebody writes: their words, their files, and what becomes of both."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from outsourcing.conversations.models import Attachment, Draft, Entry, InternalNote, Thread
from outsourcing.files.models import File
from tests.access.directory_evidence import picture
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bytes_here(settings, tmp_path):
    settings.FILES_DIR = tmp_path


def png(name="gate.png"):
    return SimpleUploadedFile(name, picture())


def to(route, thread):
    return reverse(f"conversations:{route}", args=[thread.pk])


def words(**fields):
    return {"key": str(uuid.uuid4()), "kind": "question", "text": "Which gate", **fields}


def page(client, thread) -> str:
    return client.get(to("thread", thread)).content.decode()


def test_words_are_there_again_with_their_kind_and_key(thread, owner, viewer, manager, signed_in):
    client, form = signed_in(owner), words(wanted_by="2026-12-01", asks="on")
    assert "Draft saved" in client.post(to("draft", thread), form).content.decode()
    client.post(to("draft", thread), form | {"text": "Which gate is"})
    shown = page(client, thread)
    assert ">Which gate is</textarea>" in shown
    assert f'value="{form["key"]}"' in shown
    assert 'value="question" id="k-question" checked' in shown
    assert 'value="2026-12-01"' in shown
    assert Draft.objects.get().text == "Which gate is"
    colleague = MembershipFactory(organisation=owner.organisation)
    for other in (colleague, viewer, manager):
        assert "Which gate" not in page(signed_in(other), thread)


def test_nothing_is_kept_of_nothing(thread, owner, signed_in):
    client = signed_in(owner)
    client.post(to("draft", thread), words())
    client.post(to("draft", thread), words(text=" \n"))
    assert not Draft.objects.exists()


def test_what_was_sent_is_no_draft_any_more_however_late_it_is_saved(thread, owner, signed_in):
    client, form = signed_in(owner), words()
    client.post(to("draft", thread), form)
    client.post(to("post", thread), form)
    client.post(to("draft", thread), form)  # it was on its way
    assert not Draft.objects.exists()
    note = words(kind="note")
    client.post(to("post", thread), note)
    client.post(to("draft", thread), note)
    assert not Draft.objects.exists()
    Draft.objects.create(membership=owner, thread=thread, key=form["key"], text="Which", saved_at=thread.opened_at)
    shown = page(client, thread)
    assert f'name="key" value="{form["key"]}"' not in shown


@pytest.mark.parametrize(
    "fields", [{"key": "x"}, {"key": ""}, {"text": "a\x00b"}, {"text": "x" * 50_000}, {"to": "9" * 900}]
)
def test_nonsense_is_answered(thread, owner, signed_in, fields):
    client = signed_in(owner)
    assert client.post(to("draft", thread), words(**fields)).status_code in (200, 422)
    assert client.post(reverse("conversations:draft_new") + "?to=" + "9" * 30, words(**fields)).status_code in (
        200,
        422,
    )
    assert client.get(to("thread", thread)).status_code == 200
    assert client.get(reverse("conversations:start")).status_code == 200


def test_a_file_is_there_before_it_is_sent_and_goes_with_it(thread, owner, manager, signed_in):
    client, form = signed_in(owner), words()
    line = client.post(to("attach", thread), {"key": form["key"], "uploads": png()}).content.decode()
    made = Attachment.objects.get()
    assert f'name="attached" value="{made.pk}"' in line
    assert reverse("conversations:thumbnail", args=[made.pk]) in page(client, thread)
    assert signed_in(manager).get(reverse("conversations:file", args=[made.pk])).status_code == 404
    client.post(to("post", thread), form | {"attached": ["", made.pk]})
    made.refresh_from_db()
    assert (made.draft, made.entry) == (None, Entry.objects.get())
    assert signed_in(manager).get(reverse("conversations:file", args=[made.pk])).status_code == 200
    assert not Draft.objects.exists()


def test_a_note_takes_its_files_and_they_stay_inside(thread, owner, manager, signed_in):
    client, form = signed_in(owner), words(kind="note")
    client.post(to("attach", thread), {"key": form["key"], "uploads": png("canary.png")})
    client.post(to("post", thread), form | {"attached": ["", Attachment.objects.get().pk]})
    assert Attachment.objects.get().note == InternalNote.objects.get()
    assert "canary.png" in page(client, thread)
    assert "canary.png" not in page(signed_in(manager), thread)
    assert signed_in(manager).get(reverse("conversations:file", args=[Attachment.objects.get().pk])).status_code == 404


def test_only_what_the_form_names_is_sent_and_the_rest_is_kept(thread, owner, signed_in):
    client, form = signed_in(owner), words()
    for name in ("one.png", "two.png"):
        client.post(to("attach", thread), {"key": form["key"], "uploads": png(name)})
    one, two = Attachment.objects.order_by("file__created_at", "file__name")
    client.post(to("post", thread), form | {"attached": ["", one.pk]})
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.entry is not None
    assert (two.entry, two.draft.text) == (None, "")
    assert "two.png" in page(client, thread)


def test_nobody_sends_what_is_in_the_draft_of_another(thread, owner, manager, signed_in):
    signed_in(owner).post(to("attach", thread), {"key": str(uuid.uuid4()), "uploads": png()})
    made = Attachment.objects.get()
    signed_in(manager).post(to("post", thread), words(attached=["", made.pk]))
    made.refresh_from_db()
    assert (made.entry, made.draft.membership) == (None, owner)


def test_a_file_is_taken_out_with_its_bytes(thread, owner, signed_in, settings, django_capture_on_commit_callbacks):
    client = signed_in(owner)
    client.post(to("attach", thread), {"key": str(uuid.uuid4()), "uploads": png()})
    made, form = Attachment.objects.get(), words()
    with django_capture_on_commit_callbacks(execute=True):
        gone = client.post(reverse("conversations:remove_file", args=[made.pk]), form)
    assert gone["Location"] == to("thread", thread) + "#reply"
    assert not File.objects.exists()
    assert [one for one in settings.FILES_DIR.rglob("*") if one.is_file()] == []
    assert "Which gate</textarea>" in page(client, thread)  # a browser without scripts sent the form along


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"<html><script>alert(1)</script></html>", "photo.png", "photo.png: This file is not of a kind"),
        (b"", "empty.txt", "submitted file is empty"),
        (b"MZ\x90\x00" * 40, "tool.pdf", "tool.pdf: This file is not of a kind"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(thread, owner, signed_in, content, name, says):
    answer = signed_in(owner).post(
        to("attach", thread), {"key": str(uuid.uuid4()), "uploads": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 422
    assert answer["Content-Type"] == "text/plain"
    assert says in answer.content.decode()
    assert not File.objects.exists()


def test_ten_files_are_enough(thread, owner, signed_in):
    client, key = signed_in(owner), str(uuid.uuid4())
    text = {"uploads": SimpleUploadedFile("a.txt", b"one")}
    for _ in range(10):
        text["uploads"].seek(0)
        assert client.post(to("attach", thread), {"key": key, **text}).status_code == 200
    text["uploads"].seek(0)
    refused = client.post(to("attach", thread), {"key": key, **text})
    assert (refused.status_code, refused.content.decode()) == (422, "a.txt: Send 10 files at a time.")


def test_a_new_thread_is_kept_for_each_whom_the_page_names(thread, owner, vendor, signed_in):
    client, form = signed_in(owner), words(subject="Docks", to=str(vendor.pk), text="For Pallet & Post")
    here = f"?to={vendor.pk}"
    client.post(reverse("conversations:draft_new") + here, form)
    client.post(reverse("conversations:attach_new") + here, {"key": form["key"], "uploads": png()})
    shown = client.get(reverse("conversations:start") + here).content.decode()
    assert "For Pallet &amp; Post</textarea>" in shown
    assert 'value="Docks"' in shown
    assert "gate.png" in shown
    assert "For Pallet" not in client.get(reverse("conversations:start")).content.decode()
    client.post(reverse("conversations:start") + here, form | {"attached": ["", Attachment.objects.get().pk]})
    made = Thread.objects.exclude(pk=thread.pk).get()
    assert Attachment.objects.get().entry == made.last_entry
    assert not Draft.objects.exists()


def test_a_draft_says_nothing_of_whom_one_may_not_write_to(owner, rival, signed_in):
    client = signed_in(owner)
    client.post(reverse("conversations:draft_new") + f"?to={rival.organisation_id}", words())
    assert Draft.objects.get().counterpart is None


def test_several_files_come_by_the_plain_form(thread, owner, signed_in):
    signed_in(owner).post(to("post", thread), words(uploads=[png("one.png"), png("two.png")]))
    assert Entry.objects.get().attachments.count() == 2
