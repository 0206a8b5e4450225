"""The parsers against the official layouts, and against files that mean no good. No database."""

import io
import json
from pathlib import Path

import openpyxl
import pytest

from ikc.importers.cbs import parse_figures_csv, parse_figures_xlsx, parse_outlines
from ikc.importers.duo import parse_locations, parse_pupils, place_name
from ikc.importers.tables import UnreadableFile, decode, read_limited

FIXTURES = Path(__file__).parent / "fixtures"
CODE = "1999"


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def locations(data: bytes):
    return parse_locations(data, municipality=CODE)


def edited(name: str, old: str, new: str, *, encoding: str = "cp1252") -> bytes:
    text = fixture(name).decode(encoding)
    assert old in text
    return text.replace(old, new, 1).encode(encoding)


@pytest.mark.parametrize(
    "name", ["duo_locations.csv", "duo_locations_comma.csv"], ids=["semicolon", "comma"]
)
def test_both_distributions_of_the_location_list_say_the_same(name):
    parsed = locations(fixture(name))

    assert parsed.errors == []
    assert parsed.elsewhere == 1
    assert [(row.code, row.name) for row in parsed.rows] == [
        ("01AA00", "IKC De Brêge"),
        ("01AB00", "De Iepen"),
        ("01AC00", "Doarpsskoalle 't Hoekje"),
    ]
    assert parsed.rows[1].street == "Iepenlaan 2-B"
    assert parsed.rows[1].in_town
    assert (parsed.rows[2].city, parsed.rows[2].postcode) == ("Wirdum FR", "")
    assert not parsed.rows[2].in_town


def test_the_header_from_before_2022_is_understood():
    parsed = locations(fixture("duo_locations_2021-10-01.csv"))

    assert [row.code for row in parsed.rows] == ["01AA00", "01AB00", "01AD00"]
    assert parsed.errors == []


def test_pupils_of_primary_schools_in_this_municipality_only():
    parsed = parse_pupils(fixture("duo_pupils.csv"), municipality=CODE)

    assert [row.code for row in parsed.rows] == ["01AA00", "01AB00", "01AZ00"]
    assert parsed.elsewhere == 2
    assert parsed.rows[0].by_year == {
        2019: 0, 2020: 0, 2021: 120, 2022: 131, 2023: 128, 2024: 140, 2025: 152
    }  # fmt: skip
    assert parsed.rows[1].by_year[2021] is None, "DUO writes '<5'"


def test_a_municipality_number_without_leading_zero_is_the_same_number():
    parsed = parse_pupils(fixture("duo_pupils.csv"), municipality="0080")

    assert [row.code for row in parsed.rows] == ["02ZZ00"]


def test_a_year_left_blank_says_nothing():
    data = edited("duo_pupils.csv", ";120;", "; ;", encoding="utf-8-sig")

    parsed = parse_pupils(data, municipality=CODE)

    assert 2021 not in parsed.rows[0].by_year
    assert parsed.errors == []


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("01AA00;", "1AA00;", 2, "VESTIGINGSCODE"),
        (";49001;", ";4900;", 2, "BEVOEGD GEZAG NUMMER"),
        ("1234 AB", "0234 AB", 2, "POSTCODE"),
        ("IKC De Brêge", " ", 2, "VESTIGINGSNAAM"),
        ("IKC De Brêge", "=cmd|' /C calc'!A0", 2, "VESTIGINGSNAAM"),
        ("De Iepen", "@SUM(A1)", 3, "VESTIGINGSNAAM"),
        ("De Iepen", "De\u00adIepen", 3, "VESTIGINGSNAAM"),
        ("De Iepen", "Nijlân".encode().decode("cp1252"), 3, "VESTIGINGSNAAM"),
        ("De Iepen", "x" * 121, 3, "VESTIGINGSNAAM"),
        (";1999;", ";abc;", 2, "GEMEENTENUMMER"),
        (";3; ;WIRDUM FR;", ";", 4, ""),
        ("Voorbeeldland;49001;01AB", "Voorbeeldland;;49001;01AB", 3, ""),
        ("01AB00;De Iepen", "01AA00;De Iepen", 3, ""),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(old, new, line, column):
    parsed = locations(edited("duo_locations.csv", old, new))

    assert [(error.line, error.column) for error in parsed.errors] == [(line, column)]
    assert len(parsed.rows) == 2
    assert str(parsed.errors[0]).startswith(f"regel {line}")


@pytest.mark.parametrize("value", ["-3", "12,5", "9999999", "n.v.t.", "<10", "٣"])
def test_what_is_no_number_of_pupils_is_refused(value):
    data = edited("duo_pupils.csv", ";120;", f";{value};", encoding="utf-8-sig")

    parsed = parse_pupils(data, municipality=CODE)

    assert [(error.line, error.column) for error in parsed.errors] == [(2, "LEERLINGEN_2021")]


def test_a_file_cut_off_in_the_middle_loses_its_last_row_only():
    parsed = locations(fixture("duo_locations.csv")[:-60])

    assert [row.code for row in parsed.rows] == ["01AA00", "01AB00", "01AC00"]
    assert [error.line for error in parsed.errors] == [5]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        "PROVINCIE;NAAM\r\n".encode("utf-16"),
        b"PK\x03\x04\x00\x00",
        b"naam;plaats\r\nx;y\r\n",
        b"\x81\x8d\x8f;x\r\n",
        b"VESTIGINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM\r\n",
    ],
    ids=["empty", "no-header", "utf-16", "zip", "other-columns", "no-encoding", "double-column"],
)
def test_what_is_no_list_of_locations_is_refused_as_a_whole(data):
    with pytest.raises(UnreadableFile):
        locations(data)


def test_a_quote_that_never_closes_is_an_error_of_its_row():
    parsed = locations(edited("duo_locations.csv", ";De Iepen;", ';"De Iepen;'))

    assert [row.code for row in parsed.rows] == ["01AA00"]
    assert len(parsed.errors) == 1


def test_a_file_of_100_megabytes_is_refused_before_it_is_read(tmp_path):
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(100 * 1024 * 1024)

    with pytest.raises(UnreadableFile, match="100 MB"):
        read_limited(big)


def test_what_is_not_there_or_no_file_is_refused(tmp_path):
    with pytest.raises(UnreadableFile):
        read_limited(tmp_path / "nothing.csv")
    with pytest.raises(UnreadableFile):
        read_limited(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_each_encoding_in_use_gives_the_same_text(encoding):
    assert decode("Fryslân; Nijlân".encode(encoding)) == "Fryslân; Nijlân"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("LEEUWARDEN", "Leeuwarden"),
        ("WIRDUM FR", "Wirdum FR"),
        ("ALPHEN AAN DEN RIJN", "Alphen aan den Rijn"),
        ("'S-GRAVENHAGE", "'s-Gravenhage"),
        ("IJLST", "IJlst"),
        ("HEMPENS-TEERNS", "Hempens-Teerns"),
    ],
)
def test_place_names_are_written_as_people_write_them(text, name):
    assert place_name(text) == name


# --- CBS


def outlines(data: bytes):
    return parse_outlines(data, municipality=CODE)


def test_the_outlines_carry_code_year_and_rings():
    parsed = outlines(fixture("cbs_wijken_2024.geojson"))

    assert parsed.errors == []
    assert parsed.elsewhere == 1
    assert [(row.code, row.year, row.name, len(row.rings)) for row in parsed.rows] == [
        ("WK199910", 2024, "Binnenstad", 1),
        ("WK199911", 2024, "Nijlân & De Kade", 2),
    ]
    assert parsed.rows[0].rings[0][0] == (5.8, 53.2)


@pytest.mark.parametrize(
    "change",
    [
        {"properties": None},
        {"properties": {"statcode": "WK19991", "jrstatcode": "2024WK19991", "statnaam": "x"}},
        {"properties": {"statcode": "WK199910", "jrstatcode": "WK199910", "statnaam": "x"}},
        {"properties": {"statcode": "WK199910", "jrstatcode": "2024WK199910", "statnaam": " "}},
        {"geometry": {"type": "Point", "coordinates": [5.8, 53.2]}},
        {"geometry": {"type": "Polygon", "coordinates": []}},
        {"geometry": {"type": "Polygon", "coordinates": [[[5.8, 53.2], [5.8, 53.2]]]}},
        {"geometry": {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [3, 3]]]}},
        # Dutch national coordinates in metres instead of degrees
        {"geometry": {"type": "Polygon", "coordinates": [[[182000, 579000]] * 4]}},
        {
            "geometry": {
                "type": "Polygon",
                "coordinates": [[["5", True], [1, 1], [2, 2], ["5", True]]],
            }
        },
        {"geometry": None},
    ],
)
def test_a_feature_that_is_no_district_is_an_error_and_the_rest_is_read(change):
    document = json.loads(fixture("cbs_wijken_2024.geojson"))
    document["features"][0] |= change

    parsed = outlines(json.dumps(document).encode())

    assert [error.line for error in parsed.errors] == [1]
    assert [row.code for row in parsed.rows] == ["WK199911"]


def test_a_district_drawn_twice_is_kept_once():
    document = json.loads(fixture("cbs_wijken_2024.geojson"))
    document["features"].append(document["features"][0])

    parsed = outlines(json.dumps(document).encode())

    assert len(parsed.rows) == 2
    assert [error.line for error in parsed.errors] == [4]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"features": 3}', b"[" * 100_000, b'{"features": [NaN]}'],
    ids=["empty", "list", "no-features", "number", "too-deep", "nan"],
)
def test_what_is_no_geojson_is_refused_as_a_whole(data):
    with pytest.raises(UnreadableFile):
        outlines(data)


def test_figures_are_found_whatever_number_ends_the_column_name():
    data = edited(
        "cbs_kwb2024_wijken.csv", "AantalInwoners_5", "AantalInwoners_7", encoding="utf-8"
    )

    file = parse_figures_csv(data, municipality=CODE)

    assert file.municipality_inhabitants == 10010
    assert file.districts.elsewhere == 2
    assert [(row.inhabitants, row.dwellings) for row in file.districts.rows] == [
        (6015, 3000),
        (4000, None),
    ]


def workbook(*rows: list) -> bytes:
    book = openpyxl.Workbook()
    header = ["gwb_code_10", "gwb_code_8", "regio", "gm_naam", "recs", "gwb_code"]
    book.active.append([*header, "ind_wbi", "a_inw", "a_woning", "a_opp_ha"])
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def district(code="WK199910", inhabitants: object = 6015, dwellings: object = 3000):
    return [code, code[2:], "Binnenstad", "V", "Wijk", code, 1, inhabitants, dwellings, "100"]


@pytest.mark.parametrize(
    ("given", "read"), [(6015, 6015), ("6015", 6015), (6015.0, 6015), (".", None), (None, None)]
)
def test_the_excel_file_gives_numbers_texts_and_dots(given, read):
    file = parse_figures_xlsx(workbook(district(inhabitants=given)), municipality=CODE)

    assert [row.inhabitants for row in file.districts.rows] == [read]
    assert file.districts.errors == []


@pytest.mark.parametrize("value", ["=1+1", "veel", "-5", "1e9", True])
def test_a_cell_that_is_no_figure_is_an_error(value):
    data = workbook(district(), district("WK199911", dwellings=value))

    file = parse_figures_xlsx(data, municipality=CODE)

    if value == "=1+1":
        # a formula is never calculated: without a stored result the cell is empty
        assert file.districts.rows[1].dwellings is None
    else:
        assert [(error.line, error.column) for error in file.districts.errors] == [(3, "A WONING")]


def test_an_excel_file_that_is_none_is_refused():
    good = workbook(district())
    for data in (b"", b"PK\x03\x04", good[:400], good.replace(b"workbook", b"workbok1")):
        with pytest.raises(UnreadableFile):
            parse_figures_xlsx(data, municipality=CODE)
