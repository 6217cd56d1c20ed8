"""The kinds of files that are taken, each with the endings its name may have; the first is given where none fits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # of the stubs only

PDF = "application/pdf"
TEXT = "text/plain"
CSV = "text/csv"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{OFFICE}wordprocessingml.document"
XLSX = f"{OFFICE}spreadsheetml.sheet"
PPTX = f"{OFFICE}presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"

ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    PDF: (".pdf",),
    TEXT: (".txt", ".csv"),
    CSV: (".csv",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    PPTX: (".pptx",),
    ODT: (".odt",),
    ODS: (".ods",),
}
#: What Pillow calls the pictures that are taken, and what each is kept as.
KEPT_AS = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "PNG", "HEIF": "JPEG"}


@dataclass(frozen=True)
class Kinds:
    """What one place takes: `words` names it to people."""

    words: "_StrPromise"
    types: frozenset[str]
    endings: tuple[str, ...]
    pictures: bool = False


PICTURES = Kinds(
    _("a picture (JPEG, PNG, WebP, GIF or HEIC)"),
    frozenset(),
    (".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic", ".heif"),
    pictures=True,
)
DOCUMENTS = Kinds(
    _("a picture (JPEG, PNG, WebP, GIF or HEIC) or a PDF, TXT, CSV, DOCX, XLSX, PPTX, ODT or ODS file"),
    frozenset({PDF, TEXT, DOCX, XLSX, PPTX, ODT, ODS}),
    (*PICTURES.endings, ".pdf", ".txt", ".csv", ".docx", ".xlsx", ".pptx", ".odt", ".ods"),
    pictures=True,
)
SHEETS = Kinds(_("a CSV or XLSX file"), frozenset({CSV, XLSX}), (".csv", ".xlsx"))
