"""Tables to take away."""

import io

import pytest
from openpyxl import load_workbook

from outsourcing.shared.sheets import csv_response, xlsx_response


@pytest.mark.parametrize("bad", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(bad):
    text = csv_response("a.csv", ["Name", "Orders"], [[bad, -3]]).content.decode("utf-8-sig")
    assert f"'{bad}" in text
    assert ",-3" in text
    answer = xlsx_response("a.xlsx", ["Name"], [[bad]])
    cell = load_workbook(io.BytesIO(answer.content)).active["A2"]
    assert cell.data_type == "s"


def test_the_file_is_utf_8_with_its_mark():
    answer = csv_response("a.csv", ["Näme"], [[None]])
    assert answer.content.startswith(b"\xef\xbb\xbfN\xc3\xa4me")
