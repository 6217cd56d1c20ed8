"""What is taken is decided by content."""

import io

import pytest
from PIL import Image

from outsourcing.files import pictures
from outsourcing.files.checks import check
from outsourcing.files.errors import Refused
from outsourcing.files.forms import CheckedFileField
from outsourcing.files.kinds import CSV, DOCUMENTS, DOCX, ODS, ODT, PICTURES, PPTX, SHEETS, TEXT, XLSX
from tests.files.conftest import packed, picture, upload

OFFICE = [(XLSX, "xl/workbook.xml"), (DOCX, "word/document.xml"), (PPTX, "ppt/presentation.xml")]


def office(part: str) -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", part: b"<x/>"})


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "png"), ("HEIF", "jpeg")],
)
def test_a_picture_is_known_by_its_content(kind, kept):
    checked = check(upload(picture(kind), "evil.html"), PICTURES)
    assert checked.content_type == f"image/{kept}"
    assert checked.name == ("evil.jpg" if kept == "jpeg" else f"evil.{kept}")
    assert Image.open(io.BytesIO(checked.content)).format == kept.upper()


def test_location_is_left_behind_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    checked = check(upload(picture(exif=exif, comment=b"where I live")), PICTURES)
    kept = Image.open(io.BytesIO(checked.content))
    assert kept.size == (40, 60)
    assert not kept.getexif()
    assert b"SecretPhone" not in checked.content
    assert b"where I live" not in checked.content


def test_a_thumbnail_is_at_most_480_wide():
    checked = check(upload(picture(size=(1000, 500))), PICTURES)
    assert Image.open(io.BytesIO(checked.picture.thumbnail)).size == (480, 240)


@pytest.mark.parametrize(("kind", "part"), OFFICE)
def test_an_office_file_is_known_by_its_parts(kind, part):
    assert check(upload(office(part), "x.zip"), DOCUMENTS).content_type == kind


@pytest.mark.parametrize("kind", [ODT, ODS])
def test_an_open_document_says_what_it_is(kind):
    content = packed({"mimetype": kind.encode(), "content.xml": b"<x/>"})
    assert check(upload(content), DOCUMENTS).content_type == kind


def test_pdf_and_text():
    assert check(upload(b"%PDF-1.4\n%\xe2\xe3\n"), DOCUMENTS).content_type == "application/pdf"
    assert check(upload("Größe;1\n".encode("cp1252"), "a.csv"), SHEETS).content_type == CSV
    assert check(upload(b"BM is how a bitmap begins too\n"), DOCUMENTS).content_type == TEXT
    text = check(upload(b"name,city\nA,B\n", "../../a.csv"), DOCUMENTS)
    assert (text.content_type, text.name) == (TEXT, "a.csv")


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script>",
        b"  <svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        b"a,b\n<script>alert(1)</script>",
        b"<?xml version='1.0'?><svg/>",
        b"MZ\x90\x00" * 20,
        b"\x00\x01\x02",
        packed({"a.txt": b"a"}),
        b"PK\x03\x04 damaged",
        b"",
        picture()[:200],
        b"GIF89a<script>alert(1)</script>",
    ],
)
@pytest.mark.parametrize("kinds", [DOCUMENTS, PICTURES, SHEETS])
def test_everything_else_is_refused_whatever_its_name(content, kinds):
    with pytest.raises(Refused):
        check(upload(content, "logo.png", "image/png"), kinds)


def test_each_place_takes_its_own_kinds():
    for content, kinds in [(picture(), SHEETS), (office("word/document.xml"), SHEETS), (b"%PDF-1.4\n", PICTURES)]:
        with pytest.raises(Refused, match="choose"):
            check(upload(content), kinds)


def test_a_zip_bomb_is_refused():
    bomb = packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"0" * 5_000_000})
    with pytest.raises(Refused, match="unpacks"):
        check(upload(bomb), SHEETS)


def test_a_picture_of_too_many_points_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST_PICTURE", 100)
    with pytest.raises(Refused, match="too many points"):
        check(upload(picture()), PICTURES)


def test_a_decompression_bomb_is_refused():
    out = io.BytesIO()
    Image.new("1", (15_000, 14_000)).save(out, "PNG")
    with pytest.raises(Refused, match="too many points"):
        check(upload(out.getvalue()), PICTURES)


def test_a_file_above_the_limit_is_refused(settings):
    settings.FILE_LIMIT = 10
    with pytest.raises(Refused, match="at most 10"):
        check(upload(b"eleven sign"), DOCUMENTS)


def test_the_field_says_why_and_gives_the_upload():
    field = CheckedFileField(kinds=SHEETS)
    good = upload(b"a,b\n", "a.csv")
    assert field.clean(good) is good
    assert good.read() == b"a,b\n"
    assert field.widget.attrs["accept"] == ".csv,.xlsx"
    with pytest.raises(Exception, match="CSV or XLSX"):
        field.clean(upload(b"<html>", "a.csv"))
    assert CheckedFileField(kinds=SHEETS, required=False).clean(None) is None
