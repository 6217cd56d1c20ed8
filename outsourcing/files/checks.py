"""What the content of an upload is, whatever its name and the browser say."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePath

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from outsourcing.files import kinds as k
from outsourcing.files import pictures
from outsourcing.files.errors import Refused

LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_RATIO = 200
MOST_PARTS = 10_000
#: How puremagic names the pictures that are taken; those of phones begin with "ftyp" and a brand it may not know.
PICTURES = {"image/jpeg", "image/png", "image/webp", "image/gif"}
#: What an office file of each type has inside.
PARTS = {k.DOCX: "word/document.xml", k.XLSX: "xl/workbook.xml", k.PPTX: "ppt/presentation.xml"}
MARKUP = re.compile(r"<\s*(!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|img|meta|link|style)\b", re.I)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True)
class Checked:
    """Content as it is to be kept: pictures are re-encoded already."""

    name: str
    content_type: str
    content: bytes
    picture: pictures.Picture | None = None


def check(upload: UploadedFile, kinds: k.Kinds) -> Checked:
    """Read `upload` and say what it is; Refused where it is too large, empty, damaged or of no kind taken here."""
    if upload.size is not None and upload.size > settings.FILE_LIMIT:
        raise too_large()
    upload.seek(0)
    content = upload.read(settings.FILE_LIMIT + 1)
    upload.seek(0)
    if len(content) > settings.FILE_LIMIT:
        raise too_large()
    if not content:
        raise Refused(_("The file is empty: choose another one."))
    guesses = guessed(content)
    if kinds.pictures and (guesses & PICTURES or content[4:8] == b"ftyp"):
        picture = pictures.clean(content)
        return Checked(named(upload.name, picture.content_type), picture.content_type, picture.content, picture)
    found = k.PDF if content.startswith(b"%PDF-") and k.PDF in guesses else packed(content) or text(content, kinds)
    if found is None or found not in kinds.types:
        raise Refused(_("This file is not of a kind that is taken here: choose %(kinds)s.") % {"kinds": kinds.words})
    return Checked(named(upload.name, found), found, content)


def too_large() -> Refused:
    """The refusal that names the limit."""
    limit = filesizeformat(settings.FILE_LIMIT)
    return Refused(_("The file is too large: choose one of at most %(limit)s.") % {"limit": limit})


def guessed(content: bytes) -> set[str]:
    """All types that the first and last bytes allow."""
    try:
        return {match.mime_type for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return set()


def packed(content: bytes) -> str | None:
    """The type of an office file, None for what is none; Refused for a bomb or a damaged one."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            refuse_bomb(archive.infolist())
            names = set(archive.namelist())
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    kind = part.read(100).decode("ascii", "replace").strip()
                return kind if kind in {k.ODT, k.ODS} and "content.xml" in names else None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        raise Refused(_("The file is damaged: save it again and choose the new one.")) from None
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for kind, part in PARTS.items() if part in names), None)


def refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse what would unpack to far more than it is."""
    unpacked, stored = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED or unpacked > LARGEST_RATIO * max(stored, 1):
        raise Refused(_("The file unpacks to far more than it is: save it again without what is not needed."))


def text(content: bytes, kinds: k.Kinds) -> str | None:
    """The type of what reads as text and is no page; None for everything else."""
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            words = content.decode("utf-16")
        else:
            words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            words = content.decode("cp1252")  # what older spreadsheets write
        except UnicodeDecodeError:
            return None
    if CONTROL.search(words) or MARKUP.search(words) or words.lstrip().startswith(("<", "%PDF")):
        return None
    return k.TEXT if k.TEXT in kinds.types else k.CSV


def named(name: str | None, content_type: str) -> str:
    """The name without folders and signs that steer, with an ending that fits the content."""
    plain = "".join(sign for sign in PurePath((name or "").replace("\\", "/")).name if sign.isprintable()).strip(" .")
    endings = k.ENDINGS[content_type]
    if plain.lower().endswith(endings):
        stem, dot, ending = plain.rpartition(".")
    else:
        known = PurePath(plain).suffix
        stem, dot, ending = plain.removesuffix(known) if known else plain, ".", endings[0][1:]
    return f"{stem[:150] or _('file')}{dot}{ending}"
