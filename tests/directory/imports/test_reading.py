"""Whatever a spreadsheet writes is read as it was meant, and whatever is no table is refused with a sentence."""

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.directory.imports.conftest import book, table
from vendors.directory.imports import reading
from vendors.directory.imports.columns import COLUMNS, guess, headings_of
from vendors.directory.imports.errors import Unreadable
from vendors.directory.imports.reading import Raw, clean, rows_of, sheets_of

HEADINGS = [str(column.label) for column in COLUMNS]


def read(content: bytes, sheet: str = "") -> list[Raw]:
    return list(rows_of(io.BytesIO(content), sheet))


def cells(content: bytes, sheet: str = "") -> list[list[str]]:
    return [row.cells for row in read(content, sheet)]


# ---- CSV -----------------------------------------------------------------------------------------------------------
def texts(encoding: str) -> st.SearchStrategy[str]:
    """What stands in a cell; no sign that the encoding lacks, and nothing that a spreadsheet would run."""
    signs = st.characters(codec=encoding, exclude_categories=("Cs", "Cc"), include_characters="\n\t;,|\"' ")
    return st.text(signs, max_size=12).filter(lambda text: not clean(text).startswith(("=", "'")))


@st.composite
def tables(draw) -> tuple[list[list[str]], str, str]:
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    top = draw(st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=6, unique=True))
    row = st.lists(texts("cp1252" if encoding == "cp1252" else "utf-8"), min_size=len(top), max_size=len(top))
    rows = draw(st.lists(row, max_size=8))
    return [top, *rows], draw(st.sampled_from(reading.SEPARATORS)), encoding


def as_read(row: list[str]) -> list[str]:
    kept = [clean(cell) for cell in row]
    while kept and not kept[-1]:
        kept.pop()
    return kept


@given(tables())
def test_any_table_is_read_back(made):
    rows, separator, encoding = made
    wanted = [as_read(row) for row in rows]
    assert cells(table(*rows, separator=separator, encoding=encoding)) == [row for row in wanted if row]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", reading.SEPARATORS)
def test_encodings_and_separators(encoding, separator):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    content = mark + table(["Name", "Town"], ["Käse & Söhne “Ltd”", "Köln"], separator=separator, encoding=encoding)
    assert cells(content) == [["Name", "Town"], ["Käse & Söhne “Ltd”", "Köln"]]


def test_a_line_may_say_what_separates():
    assert read(b"sep=;\nName;Town\nA, B;C\n")[1] == Raw(3, ["A, B", "C"])


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    content = b'\r\nName,Note\r\nAcme,"one\r\ntwo"\r\n,\r\n\r\nBolt,x\r\n'
    assert [(row.number, row.cells) for row in read(content)] == [
        (2, ["Name", "Note"]),
        (3, ["Acme", "one\ntwo"]),
        (6, ["Bolt", "x"]),
    ]


def test_a_quotation_mark_that_is_never_closed_is_named():
    rows = read(b'Name,Note\nAcme,"open\nBolt,x\nCoil,y\n')
    assert "never closed" in rows[-1].bad[-1]
    assert rows[-1].number == 2


def test_inches_are_no_quotation_marks():
    assert cells(b'Name,Note\nAcme,12" box\nBolt,x\n')[1:] == [["Acme", '12" box'], ["Bolt", "x"]]


def test_one_huge_cell_is_refused():
    with pytest.raises(Unreadable, match="line 2"):
        read(b'Name,Note\nAcme,"' + b"x" * 140_000 + b'"\n')


def test_half_a_letter_is_refused():
    with pytest.raises(Unreadable, match="UTF-8"):
        read(b"\xff\xfe" + "Name\nAcme\n".encode("utf-16-le") + b"x")


def test_what_a_spreadsheet_would_run_is_named_and_what_an_export_neutralised_is_not():
    row = read(b"Name,Tagline\n=1+1,'=1+1\n")[1]
    assert list(row.bad) == [0]
    assert row.cells[1] == "=1+1"


# ---- XLSX ----------------------------------------------------------------------------------------------------------
def test_numbers_dates_and_words_as_cells():
    row = [1200, 12.0, 3.5, 1.234, True, date(2026, 11, 3), datetime(2026, 11, 3, 9, 30), "=no", None, " x "]
    assert cells(book(["a"], row))[1] == [
        *("1200", "12", "3.5", "1.2340", "yes", "2026-11-03", "2026-11-03 09:30:00"),
        *("=no", "", "x"),
    ]


def test_formulas_and_errors_are_named_cell_by_cell():
    content = book(["Name", "Orders", "Town"], ["Acme", "=SUM(A1:A9)", "#N/A"])
    row = read(content)[1]
    assert "paste it as values" in row.bad[1]
    assert "error" in row.bad[2]


def test_the_sheet_that_is_chosen_is_read():
    content = book(["Name"], ["First"], Other=[["Name"], ["Second"]])
    assert sheets_of(io.BytesIO(content)) == ["Sheet", "Other"]
    assert cells(content)[1] == ["First"]
    assert cells(content, "Other")[1] == ["Second"]
    assert cells(content, "Gone")[1] == ["First"]


def test_merged_cells_are_empty_but_the_first():
    made = Workbook()
    for row in (["Name", "Town"], ["Acme", "Leeds"], [None, "York"]):
        made.active.append(row)
    made.active.merge_cells("A2:A3")
    out = io.BytesIO()
    made.save(out)
    assert cells(out.getvalue())[1:] == [["Acme", "Leeds"], ["", "York"]]


def sheet_of(rows: str, dimension: str = "A1:XFD1048576") -> bytes:
    """A workbook whose only sheet has these rows, and says that it is as large as can be."""
    out, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(book(["Name"])))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            made.writestr(name, source.read(name))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = f'<worksheet xmlns="{space}"><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    again = io.BytesIO()
    with zipfile.ZipFile(out) as whole, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as made:
        for name in whole.namelist():
            made.writestr(name, text if name == "xl/worksheets/sheet1.xml" else whole.read(name))
    return again.getvalue()


def named(number: int, text: str) -> str:
    return f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def test_a_million_empty_rows_are_not_looked_at(monkeypatch):
    looked: list[int] = []
    whole = reading._book_row
    monkeypatch.setattr(reading, "_book_row", lambda number, found: looked.append(number) or whole(number, found))
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(3, 60_000))
    content = sheet_of(named(1, "Name") + named(2, "Acme") + empty + '<row r="1048576"/>')
    assert cells(content) == [["Name"], ["Acme"]]
    assert len(looked) == 2 + reading.MOST_EMPTY + 1
    looked.clear()
    assert cells(sheet_of(named(1, "Name") + named(1_048_576, "Far"))) == [["Name"]]
    assert len(looked) < 1_100


def test_a_very_wide_row_is_cut_where_it_is_refused():
    wide = f'<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>{named(2, "Acme")}'
    assert cells(sheet_of(wide)) == [["Acme"]]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"", b"<", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"<x/>"])
def test_a_damaged_part_is_refused_or_empty(part, content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(["Name"], ["A"]))) as whole, zipfile.ZipFile(out, "w") as made:
        for name in whole.namelist():
            made.writestr(name, content if name == part else whole.read(name))
    with suppress(Unreadable):
        assert cells(out.getvalue()) == []


# ---- Both ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [table, book])
def test_more_rows_than_are_taken_are_refused(kind, monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 5)
    assert len(read(kind(["Name"], *([f"V{n}"] for n in range(5))))) == 6
    with pytest.raises(Unreadable, match="more than 5 rows"):
        read(kind(["Name"], *([f"V{n}"] for n in range(6))))


# ---- Headings ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("heading", "field"),
    [
        *(
            ("NAME", "name"),
            ("Company", "name"),
            ("web-site", "website"),
            ("URL", "website"),
            ("E-Mail", "contact_email"),
        ),
        *(("Orders/month from", None), ("Orders a month from", "orders_from"), ("Min. orders", "orders_from")),
        *(("Straße", None), ("City", "city"), ("Nótes", "note"), ("", None)),
    ],
)
def test_headings_in_plain_words_are_known(heading, field):
    assert guess([heading]) == ({field: 0} if field else {})


def test_a_heading_that_is_there_twice_counts_once():
    assert guess(["Name", "Company", "Town"]) == {"name": 0, "city": 2}
    assert headings_of(["Name", "", "Name"], 3) == ["Name", "Column B", "Name (column C)"]
    assert headings_of(None, 28)[-1] == "Column AB"


def test_our_own_headings_are_all_known():
    assert list(guess(HEADINGS)) == [column.field for column in COLUMNS]
