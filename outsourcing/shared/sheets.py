"""Tables to take away; no cell of them is ever run as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
Cells = Sequence[object]


def csv_response(name: str, header: Cells, rows: Iterable[Cells]) -> HttpResponse:
    """A CSV file in UTF-8 with a byte order mark."""
    answer = HttpResponse(b"".join(lines(header, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def lines(header: Cells, rows: Iterable[Cells]) -> Iterator[bytes]:
    """The lines of a CSV file."""
    yield "\ufeff".encode()
    yield line(header)
    for row in rows:
        yield line(row)


def line(row: Cells) -> bytes:
    """One row, with what would be a formula made text."""
    out = io.StringIO()
    csv.writer(out).writerow([safe(cell) for cell in row])
    return out.getvalue().encode()


def safe(cell: object) -> str:
    """The text of a cell, after an apostrophe where a spreadsheet would run it."""
    words = "" if cell is None else str(cell)
    return f"'{words}" if isinstance(cell, str) and words.startswith(DANGEROUS) else words


def xlsx_response(name: str, header: Cells, rows: Iterable[Cells]) -> HttpResponse:
    """An XLSX file whose texts are texts, whatever they begin with."""
    from openpyxl import Workbook  # 10 MB that a web process without files does not hold
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (header, *rows):
        cells = []
        for value in row:
            text = isinstance(value, str)
            cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value)
            if text:
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
