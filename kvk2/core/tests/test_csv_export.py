import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kvk2.core.csv_export import csv_response, csv_text, safe_cell


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "ja"),
        (False, "nee"),
        (12, "12"),
        (-5, "-5"),
        (Decimal("1234.50"), "1234,50"),
        (0.5, "0,5"),
        (date(2026, 5, 14), "2026-05-14"),
        (datetime(2026, 5, 14, 12, 32, tzinfo=UTC), "2026-05-14 14:32"),
        ("IKC Nylân", "IKC Nylân"),
    ],
)
def test_values_read_as_a_dutch_spreadsheet_expects(value, text):
    assert safe_cell(value) == text


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x")',
        "+31582",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1+1",
        "\u00a0@x",
        "＝1",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_kept_as_text(text):
    assert safe_cell(text) == f"'{text}"


def test_the_export_is_one_table_that_csv_readers_understand():
    text = csv_text(["Naam", "Bedrag"], [['De Sprong; "oud"', Decimal("1.50")], ["A\nB", None]])

    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))

    assert text.startswith("\ufeffNaam;Bedrag\r\n")
    assert rows == [["Naam", "Bedrag"], ['De Sprong; "oud"', "1,50"], ["A\nB", ""]]


def test_the_response_is_a_download_that_no_proxy_keeps():
    response = csv_response("ikcs.csv", ["Naam"], [["IKC Franciscus"]])

    assert response["Content-Disposition"] == 'attachment; filename="ikcs.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    assert response.content.startswith(b"\xef\xbb\xbf")
