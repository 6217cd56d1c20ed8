"""A table out of a CSV or XLSX file, row by row: no more of it than the row at hand is in memory."""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from outsourcing.shared.sheets import DANGEROUS
from vendors.directory.imports.columns import field_of
from vendors.directory.imports.errors import Unreadable

MOST_ROWS, MOST_COLUMNS = 20_000, 100
#: A sheet that is formatted to its end has a million empty rows: nobody looks further than this.
MOST_EMPTY = 1_000
SEPARATORS = (",", ";", "\t", "|")
NO_SEPARATOR = "\x1f"  # stands in no file that is taken
SAMPLE = 65_536
ZIP = b"PK\x03\x04"
UNREAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Raw:
    """A row as it stands in the file: its number there, its cells as text, and what is wrong with single cells."""

    number: int
    cells: list[str]
    bad: dict[int, str] = field(default_factory=dict)


def sheets_of(binary: BinaryIO) -> list[str]:
    """The names of the sheets that can be seen; none in a CSV file. Raises Unreadable."""
    if not _is_book(binary):
        return []
    with _book(binary) as book:
        names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not names:
        raise Unreadable(_("The file has no sheet with a table."))
    return names


def rows_of(binary: BinaryIO, sheet: str = "") -> Generator[Raw, None, None]:
    """The rows that hold something, in their order. Raises Unreadable, also at the row after the last that is taken."""
    rows = _book_rows(binary, sheet) if _is_book(binary) else _csv_rows(binary)
    for count, row in enumerate(rows):
        if count > MOST_ROWS:  # the headings beside them
            words = _("The file has more than %(most)s rows: split it, and bring the parts in one after the other.")
            raise Unreadable(words % {"most": f"{MOST_ROWS:,}"})
        yield row


def _is_book(binary: BinaryIO) -> bool:
    binary.seek(0)
    start = binary.read(4)
    binary.seek(0)
    return start == ZIP


# ---- XLSX ----------------------------------------------------------------------------------------------------------
@contextmanager
def _book(binary: BinaryIO) -> Iterator[Any]:
    """The workbook, open to be read. Raises Unreadable."""
    from openpyxl import load_workbook  # 10 MB that a web process without imports does not hold

    with _readable():
        book = load_workbook(binary, read_only=True, keep_links=False)
    try:
        yield book
    finally:
        book.close()


@contextmanager
def _readable() -> Iterator[None]:
    """Whatever openpyxl stumbles over is Unreadable: a damaged part surfaces as nearly anything."""
    try:
        yield
    except Exception as error:
        words = _("The file cannot be read as a spreadsheet (%(why)s): save it again, or save it as CSV.")
        raise Unreadable(words % {"why": type(error).__name__}) from error


def _cells_of(sheet: Any) -> Iterator[Any]:
    """The rows of a sheet as openpyxl has them."""
    with _readable():
        sheet.reset_dimensions()  # what the file says of its size need not be true
        rows = iter(sheet.iter_rows(max_col=MOST_COLUMNS + 1))
    while True:
        with _readable():
            cells = next(rows, None)
        if cells is None:
            return
        yield cells


def _book_rows(binary: BinaryIO, wanted: str) -> Iterator[Raw]:
    with _book(binary) as book:
        names = {sheet.title: sheet for sheet in book.worksheets if sheet.sheet_state == "visible"}
        sheet = names.get(wanted) or next(iter(names.values()), None)
        if sheet is None:
            raise Unreadable(_("The file has no sheet with a table."))
        empty = 0
        for number, cells in enumerate(_cells_of(sheet), 1):
            row = _book_row(number, cells)
            empty = 0 if any(row.cells) or row.bad else empty + 1
            if empty > MOST_EMPTY:
                return
            if not empty:
                yield row


def _book_row(number: int, cells: Iterable[Any]) -> Raw:
    texts: list[str] = []
    bad: dict[int, str] = {}
    for place, cell in enumerate(cells):
        text, problem = _cell(cell)
        texts.append(text)
        if problem:
            bad[place] = problem
    return Raw(number, _trimmed(texts, keep=max(bad, default=-1)), bad)


def _cell(cell: Any) -> tuple[str, str]:
    """The text of a cell and what is wrong with it; formulas are never run, nor is what they last gave believed."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return str(value)[:200], _("It is a formula: copy the column and paste it as values.")
    if cell.data_type == "e":
        return str(value), _("It holds an error of the spreadsheet's: mend it there.")
    return _text(value), ""


def _text(value: object) -> str:
    match value:
        case str():
            return clean(value)
        case bool():
            return _("yes") if value else _("no")
        case float():
            number = Decimal(repr(value))
            if not number.is_finite() or number == number.to_integral_value():
                return f"{number:.0f}"
            digits = f"{number:f}"
            return f"{digits}0" if digits[-4:-3] == "." else digits  # 1.234 would be read as a thousand
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
        case _:
            return str(value)


# ---- CSV -----------------------------------------------------------------------------------------------------------
def _csv_rows(binary: BinaryIO) -> Iterator[Raw]:
    binary.seek(0)
    text = io.TextIOWrapper(binary, encoding=encoding_of(binary), newline="")
    try:
        separator, skipped = separator_of(text)
        quotes = Quotes(text)
        records = csv.reader(islice(quotes, skipped, None), delimiter=separator)
        lines = 0
        for number, cells in enumerate(records, 1 + skipped):
            cells = _trimmed([clean(cell) for cell in cells])
            spans, lines = records.line_num - lines, records.line_num
            if quotes.is_open and spans > 1 and quotes.has_ended:
                unclosed = _("A quotation mark opens in this row and is never closed: close it.")
                yield Raw(number, cells, {-1: unclosed})
            elif any(cells):
                yield Raw(number, [_unescaped(cell) for cell in cells], _formulas(cells))
    except csv.Error:
        where = {"row": records.line_num}
        words = _("Something near line %(row)s is no table: a quotation mark that is never closed, or a huge text.")
        raise Unreadable(words % where) from None
    except UnicodeError:
        raise Unreadable(_("The letters of the file cannot be read: save it as CSV in UTF-8.")) from None
    finally:
        text.detach()


class Quotes:
    """Lines, with the quotation marks in them counted: an odd number means one that is never closed."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self.is_open, self.has_ended = iter(lines), False, False
        self._next = next(self._lines, None)

    def __iter__(self) -> Iterator[str]:
        while (line := self._next) is not None:
            self._next = next(self._lines, None)
            self.is_open ^= bool(line.count('"') % 2)
            self.has_ended = self._next is None
            yield line


def encoding_of(binary: BinaryIO) -> str:
    """By its mark, else UTF-8 where all of it reads as such, else what older spreadsheets write."""
    start = binary.read(4)
    binary.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := binary.read(SAMPLE):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        binary.seek(0)
    return "utf-8-sig"


def separator_of(text: io.TextIOWrapper) -> tuple[str, int]:
    """What stands between the cells, and how many lines at the start only say so (`sep=;`); leaves `text` at 0."""
    sample = text.read(SAMPLE)
    text.seek(0)
    first = sample.split("\n", 1)[0].strip().strip('"').lower()
    if first.startswith("sep=") and len(first) == 5 and first[4] in SEPARATORS:
        return first[4], 1
    scores = {separator: _score(sample, separator) for separator in SEPARATORS}
    best = max(scores, key=lambda separator: scores[separator])
    return (best if scores[best][2] > 1 else NO_SEPARATOR), 0


def _score(sample: str, separator: str) -> tuple[int, float, int]:
    """How well a separator fits: headings that it makes known, rows as long as the first, and columns."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows += [row for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), 50) if row]
    if not rows:
        return 0, 0, 0
    width = len(rows[0])
    known = len({field_of(cell) for cell in rows[0]} - {None}) if width > 1 else 0
    alike = sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0
    return known, alike, width


def _formulas(cells: list[str]) -> dict[int, str]:
    """Cells that a spreadsheet would run."""
    words = _("It begins like a formula: write what it gives, or take the = away.")
    return {place: words for place, cell in enumerate(cells) if cell.startswith("=")}


def _unescaped(cell: str) -> str:
    """Without the apostrophe that an export puts before what a spreadsheet would run."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in DANGEROUS else cell


# ---- Both ----------------------------------------------------------------------------------------------------------
def clean(cell: str) -> str:
    """Without space around it and without signs that stand for nothing."""
    return UNREAL.sub("", cell.replace("\r\n", "\n").replace("\r", "\n")).strip(" \n\t\ufeff")


def _trimmed(cells: list[str], keep: int = -1) -> list[str]:
    """Without the empty cells at its end, up to the place `keep`."""
    while len(cells) > keep + 1 and not cells[-1]:
        cells.pop()
    return cells
