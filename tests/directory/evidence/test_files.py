"""Files of evidence: kept with their piece or not at all, and handed to whoever may see it."""

from datetime import UTC, date, datetime, timedelta

import pillow_heif
import pytest
from django.db import DatabaseError
from django.urls import reverse
from PIL import Image

from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.models import File
from outsourcing.files.orphans import sweep
from outsourcing.files.storage import keep
from outsourcing.shared import clock
from tests.factories import VendorFactory
from tests.files.conftest import on_disk, picture, upload
from vendors.directory.models import Certificate, Level, SamplePhoto, WorkSample

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def known(manager):
    return VendorFactory(organisation=manager.organisation)


def send(client, vendor, kind="samples", **data):
    return client.post(reverse("directory:add_evidence", args=[vendor.pk, kind]), data)


def get(client, route, *args):
    return client.get(reverse(f"directory:{route}", args=args))


def test_several_files_are_several_samples(known, owner, signed_in):
    files = [upload(picture(), "box.jpg"), upload(PDF, "report.pdf")]
    assert send(signed_in(owner), known, title="Last spring", attachments=files).status_code == 302
    rows = {row.title: row for row in WorkSample.objects.select_related("file")}
    assert set(rows) == {"Last spring (box.jpg)", "Last spring (report.pdf)"}
    assert {row.level for row in rows.values()} == {Level.SEEN}
    assert rows["Last spring (box.jpg)"].file.organisation == owner.organisation
    page = get(signed_in(owner), "vendor", known.pk).content.decode()
    assert page.count("<img") == 1


def test_a_photo_of_a_phone_becomes_a_jpeg_that_is_served_safely(known, owner, signed_in, tmp_path):
    pillow_heif.from_pillow(Image.new("RGB", (64, 64), "teal")).save(tmp_path / "a.heic")
    photo = upload((tmp_path / "a.heic").read_bytes(), 'evil"\r\n<b>.heic')
    assert send(signed_in(owner), known, title="A box", attachments=photo).status_code == 302
    sample = WorkSample.objects.get()
    response = get(signed_in(owner), "sample_file", sample.pk)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not set(response["Content-Disposition"]) & {"\r", "\n", "<"} or "utf-8''" in response["Content-Disposition"]
    small = get(signed_in(owner), "sample_thumbnail", sample.pk)
    assert (small.status_code, small["Content-Type"]) == (200, "image/jpeg")


def test_a_paper_makes_a_certificate_a_document_seen(known, manager, rival, signed_in):
    data = {"name": "Tidy floors", "upload": upload(PDF, "tidy.pdf"), "expires_on": "2099-01-01"}
    assert send(signed_in(manager), known, "certificates", **data).status_code == 302
    paper = Certificate.objects.get()
    assert (paper.level, paper.merchant) == (Level.SEEN, None)
    assert get(signed_in(rival), "certificate_file", paper.pk).content == PDF


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<html><script>alert(1)</script></html>", "invoice.pdf", "not of a kind"),
        (b"", "empty.pdf", "empty"),
        (b"\xff\xd8\xff\xe0broken", "box.jpg", "cannot be read"),
        (b"%PDF-1.7\n" + b"a" * (25 * 1024 * 1024), "large.pdf", "at most 25.0"),
    ],
)
def test_a_file_that_is_not_taken_is_named_and_nothing_is_kept(
    content, name, words, known, owner, signed_in, files_dir
):
    page = send(signed_in(owner), known, title="A box", attachments=[upload(picture()), upload(content, name)])
    assert page.status_code == 200
    assert words in str(page.context["form"].errors["attachments"])
    assert not WorkSample.objects.exists()
    assert on_disk(files_dir) == []


def test_what_is_far_too_large_is_turned_away_unread(known, owner, signed_in, settings):
    assert (
        send(signed_in(owner), known, title="x", attachments=upload(b"a" * (settings.FILE_LIMIT + 2**21))).status_code
        == 413
    )


def test_a_piece_that_fails_after_its_file_leaves_no_row_and_its_bytes_are_swept(
    known, owner, signed_in, files_dir, monkeypatch
):
    def fail(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr("vendors.directory.search.index.refresh", fail)
    with pytest.raises(DatabaseError):
        send(signed_in(owner), known, title="A box", attachments=[upload(picture()), upload(PDF, "a.pdf")])
    assert not WorkSample.objects.exists()
    assert not File.objects.exists()
    assert len(on_disk(files_dir)) == 3  # two of the picture
    assert sweep(clock.now() + timedelta(hours=25)).removed == 3
    assert on_disk(files_dir) == []


def kept(member, content=PDF, name="a.pdf"):
    return keep(upload(content, name), by=member, organisation=member.organisation, at=AT, kinds=DOCUMENTS)


def test_a_merchants_file_is_its_own(known, owner, viewer, rival, manager, signed_in):
    said = {"vendor": known, "merchant": owner.organisation, "created_at": AT}
    sample = WorkSample.objects.create(**said, title="A box", form="file", file=kept(owner))
    paper = Certificate.objects.create(**said, name="ISO", file=kept(owner))
    for member, status in ((owner, 200), (viewer, 200), (rival, 404), (manager, 404)):
        assert get(signed_in(member), "sample_file", sample.pk).status_code == status
        assert get(signed_in(member), "certificate_file", paper.pk).status_code == status


def test_photos_of_a_parcel_are_not_even_the_vendors_who_sent_it(known, owner, manager, signed_in):
    said = {"vendor": known, "merchant": owner.organisation, "created_by": manager, "created_at": AT}
    parcel = WorkSample.objects.create(**said, title="A bowl", form="physical", arrived_on=date(2026, 11, 1))
    photo = SamplePhoto.objects.create(sample=parcel, file=kept(owner, picture(), "a.jpg"))
    other = kept(owner, picture(), "b.jpg")
    for route in ("sample_photo", "photo_thumbnail"):
        assert get(signed_in(owner), route, parcel.pk, photo.file_id).status_code == 200
        assert get(signed_in(manager), route, parcel.pk, photo.file_id).status_code == 404
        for unknown in (other.pk, 10**30):
            assert get(signed_in(owner), route, parcel.pk, unknown).status_code == 404
    assert b"<img" in get(signed_in(owner), "evidence", known.pk, "samples").content
    assert b"<img" not in get(signed_in(manager), "evidence", known.pk, "samples").content


def test_the_file_of_a_piece_that_was_taken_back_is_gone(known, owner, signed_in):
    said = {"vendor": known, "merchant": owner.organisation, "created_at": AT}
    sample = WorkSample.objects.create(**said, title="A box", form="file", file=kept(owner, picture(), "a.jpg"))
    client = signed_in(owner)
    assert get(client, "sample_thumbnail", sample.pk).status_code == 200
    client.post(reverse("directory:remove_evidence", args=["samples", sample.pk]))
    for route in ("sample_file", "sample_thumbnail"):
        assert get(client, route, sample.pk).status_code == 404


def test_a_link_has_no_file_and_a_paper_no_thumbnail(known, owner, signed_in):
    said = {"vendor": known, "created_at": AT}
    link = WorkSample.objects.create(**said, title="A film", form="link", url="https://a.example")
    report = WorkSample.objects.create(**said, title="A report", form="file", file=kept(owner))
    assert get(signed_in(owner), "sample_file", link.pk).status_code == 404
    assert get(signed_in(owner), "sample_thumbnail", report.pk).status_code == 404


def test_a_new_paper_takes_the_old_ones_place(known, manager, signed_in, files_dir, django_capture_on_commit_callbacks):
    paper = Certificate.objects.create(vendor=known, name="ISO", file=kept(manager), level=1, created_at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(manager).post(
            reverse("directory:edit_evidence", args=["certificates", paper.pk]),
            {"name": "ISO", "upload": upload(picture(), "new.jpg")},
        )
    paper.refresh_from_db()
    assert paper.file.name == "new.jpg"
    assert File.objects.count() == 1
    assert len(on_disk(files_dir)) == 2
