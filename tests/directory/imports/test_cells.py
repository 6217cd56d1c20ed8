"""What a cell means, and what is said where it means nothing."""

from decimal import Decimal

import pytest

from vendors.directory.imports import cells
from vendors.directory.imports.cells import Bad, parts, together


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        *(("1200", "1200"), ("1,200", "1200"), ("1.200", "1200"), ("1 200", "1200"), ("1'200", "1200")),
        *(("1\u00a0200", "1200"), ("1,234,567", "1234567"), ("3.50", "3.50"), ("3,5", "3.5"), ("1,234.50", "1234.50")),
        *(("1.234,50", "1234.50"), ("0", "0"), (" 7 ", "7"), ("1.2340", "1.2340")),
    ],
)
def test_numbers(text, figure):
    assert cells.number(text) == Decimal(figure)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "1,23,456",
        "1,234,56",
        "-5",
        "1e9",
        "NaN",
        "Infinity",
        "٣",
        "1.2.3",
        "2026-11-03",
        "9" * 5000,
        "--1",
        "1,2,3",
        "",
    ],
)
def test_no_numbers(text):
    with pytest.raises(Bad):
        cells.number(text)


@pytest.mark.parametrize(
    ("text", "amount"), [("£3.10", "3.10"), ("3,10 GBP", "3.10"), ("GBP 1,200", "1200.00"), ("250", "250.00")]
)
def test_money(text, amount):
    assert str(cells.money(text, 8, "GBP")) == amount


@pytest.mark.parametrize("text", ["€3.10", "$3", "3 EUR", "3.1055", "123456789", "three", "£", "-1"])
def test_no_money(text):
    with pytest.raises(Bad):
        cells.money(text, 8, "GBP")


@pytest.mark.parametrize(
    ("text", "months"), [("12", 12), ("12 months", 12), ("1 year", 12), ("2 years", 24), ("0", 0), ("6 mo.", 6)]
)
def test_how_long(text, months):
    assert cells.span(text, {"m": 1, "y": 12}, 32767) == months


@pytest.mark.parametrize("text", ["a year", "12 weeks", "99999", "9999 years", "1.5", "months"])
def test_not_how_long(text):
    with pytest.raises(Bad):
        cells.span(text, {"m": 1, "y": 12}, 32767)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GB", "GB"),
        ("gbr", "GB"),
        ("United Kingdom", "GB"),
        ("uk", "GB"),
        ("Netherlands", "NL"),
        ("turkiye", "TR"),
    ],
)
def test_countries(text, code):
    assert cells.country(text) == code


@pytest.mark.parametrize("text", ["Atlantis", "G", "XX", "\u200b"])
def test_no_countries(text):
    with pytest.raises(Bad):
        cells.country(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [("acme.example", "https://acme.example"), ("http://acme.example/a?b=1", "http://acme.example/a?b=1")],
)
def test_web_addresses(text, address):
    assert cells.website(text) == address


@pytest.mark.parametrize("text", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "ftp://a.example", "acme", "a b.example", "https://"])  # fmt: skip  # noqa: E501
def test_no_web_addresses(text):
    with pytest.raises(Bad):
        cells.website(text)


@pytest.mark.parametrize("text", ["x", "a@b", "a@b.example;c@d.example", "@", "a b@c.example"])
def test_no_email_addresses(text):
    with pytest.raises(Bad):
        cells.email(text)


@pytest.mark.parametrize(("text", "most"), [("\u200b", 10), ("x" * 11, 10)])
def test_no_lines(text, most):
    with pytest.raises(Bad):
        cells.line(text, most)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *(("a; b,c", ["a", "b,c"]), ("a, b", ["a", "b"]), ("a\nb, c", ["a", "b, c"]), (" ;; ", []), ("a; a", ["a"])),
        *(('"a;b"; c', ["a;b", "c"]), ("one", ["one"])),
    ],
)
def test_several_in_one_cell(text, words):
    assert parts(text) == words


@pytest.mark.parametrize("words", [["a"], ["a", "b"], ["a, b"], ["a;b", 'c "d"', "e"], ["5'", "x,y"]])
def test_what_is_put_together_comes_apart_again(words):
    assert parts(together(words)) == words
