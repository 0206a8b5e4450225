"""Figures of districts out of a file: what is read, what is refused and why, and that nothing is kept unconfirmed."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ikc.importers.area_figures import ColumnMapping, parse_figures, read_file
from ikc.importers.tables import UnreadableFile
from ikc.models import AreaFigure, AreaImport
from ikc.services import area_imports as services
from ikc.tests.factories import (
    AreaFigureFactory,
    AreaImportFactory,
    AreaIndicatorFactory,
    DistrictFactory,
    UserFactory,
)
from kvk2.core.audit import events_of
from kvk2.core.models import StoredFile
from kvk2.core.tests.uploads import office, zipped
from kvk2.core.uploads import FileRefused

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
ORIGIN = services.Origin("Jeugdmonitor 2025", "afspraak", date(2026, 8, 30), 2024)
BY_COLUMN = ColumnMapping("WIJKCODE", year_column="JAAR", values={"ARMOEDE": "armoede"})
KNOWN = {"ARMOEDE": "armoede", "KINDEREN IN ARMOEDE": "armoede"}


def csv_of(*lines, header="wijkcode;jaar;armoede") -> bytes:
    return "\n".join([header, *lines]).encode()


def parsed(*lines, mapping=BY_COLUMN, header="wijkcode;jaar;armoede"):
    return parse_figures(read_file(csv_of(*lines, header=header)), mapping, known=KNOWN)


def excel(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# --- reading


@pytest.mark.parametrize(
    ("cell", "value", "missing"),
    [
        ("12,5", "12.5", ""),
        ("12.5", "12.5", ""),
        ("12,5%", "12.5", ""),
        ("1.234,5", "1234.5", ""),
        ("1.234.567", "1234567", ""),
        ("-3", "-3", ""),
        (".", None, "not_published"),
        ("<5", None, "too_few"),
        ("< 10", None, "too_few"),
        ("", None, "not_measured"),
        ("n.v.t.", None, "not_measured"),
    ],
)
def test_a_dutch_figure_or_the_reason_that_there_is_none(cell, value, missing):
    ((row,), errors) = parsed(f"WK008050;2024;{cell}")

    assert (row.value, row.missing) == (value and Decimal(value), missing)
    assert errors == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("WK008050;2024;veel", "regel 2, kolom ARMOEDE: ‘veel’ is geen getal"),
        ("WK008050;2024;1.234", "kan twee getallen zijn; schrijf 1234 of 1,234"),
        ("WK008050;2024;1,23456", "heeft meer dan 3 decimalen"),
        ("WK008050;2024;=1+1", "begint met een teken waarmee een formule begint"),
        ("WK008050;24;12", "regel 2, kolom JAAR: ‘24’ is geen jaar"),
        (
            "WK50;2024;12",
            "regel 2, kolom WIJKCODE: ‘WK50’ is geen wijkcode; die ziet eruit als WK008011",
        ),
        (";2024;12", "regel 2, kolom WIJKCODE: is leeg"),
        ("WK008050;2024;12;9", "regel 2: heeft 4 cellen, de kopregel heeft er 3"),
        ("WK008050;2024;\u202e12", "onzichtbaar stuurteken"),
    ],
)
def test_a_mistake_names_its_line_and_column(line, told):
    rows, (error,) = parsed(line)

    assert rows == []
    assert told in str(error)


def test_the_same_figure_twice_is_told():
    rows, (error,) = parsed("WK008050;2024;12", "WK008050;2024;13")

    assert len(rows) == 1
    assert "regel 3" in str(error)
    assert "al op regel 2" in str(error)


def test_one_row_per_figure_by_code_or_name_with_its_mark():
    mapping = ColumnMapping(
        "CODE", year=2023, mark_column="BI", indicator_column="WAT", value_column="CIJFER"
    )
    header = "code;wat;cijfer;bi"

    rows, errors = parsed(
        "WK008050;armoede;5;I",
        "WK008051;Kinderen in armoede;6;betrouwbaar",
        "WK008052;geluk;7;B",
        "WK008053;armoede;7;?",
        mapping=mapping,
        header=header,
    )

    assert [(row.indicator, row.year, row.mark) for row in rows] == [
        ("armoede", 2023, "I"),
        ("armoede", 2023, "B"),
    ]
    assert [error.line for error in errors] == [4, 5]


def test_an_excel_file_with_numbers_and_text():
    file = read_file(
        excel(
            ["Wijkcode", "Jaar", "Armoede"],
            ["WK008050", 2024, 12.5],
            ["WK008051", "2024", "12,5"],
            ["WK008052", 2024, "."],
        )
    )

    rows, errors = parse_figures(file, BY_COLUMN, known=KNOWN)

    assert [row.value for row in rows] == [Decimal("12.5"), Decimal("12.5"), None]
    assert errors == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "leeg"),
        (b"wijkcode;jaar", "geen regels"),
        (b"wijkcode;wijkcode\nWK008050;1", "twee keer"),
        (b"wijkcode;\nWK008050;1", "geen naam"),
        ("wijkcode;jaar\n".encode("utf-16"), "UTF-16"),
        (b"wijkcode;jaar\n\x00;1", "nul-tekens"),
        (b";".join([b"a%d" % n for n in range(61)]) + b"\n1", "61 kolommen"),
        (b"a;b\n" + b"1;2\n" * 5001, "5000 regels"),
        (b"PK\x03\x04 geen zip", "Excel"),
        (zipped({"xl/workbook.xml": "<workbook/>"}), "Excel"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content, told):
    with pytest.raises(UnreadableFile, match=told):
        read_file(content)


# --- keeping


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def places():
    AreaIndicatorFactory(code="armoede", name="Kinderen in armoede")
    return [
        DistrictFactory(code=code, year=2024, name=name)
        for code, name in (("WK008050", "Heechterp"), ("WK008051", "Aldlân"))
    ]


def uploaded(leader, *lines, **options):
    made = services.upload(
        "cijfers.csv", csv_of(*lines, **options), origin=ORIGIN, by=leader, at=AT
    )
    return services.map_columns(made, BY_COLUMN, by=leader, at=AT)


def test_nothing_is_written_before_it_is_confirmed(leader, places):
    made = uploaded(leader, "WK008050;2024;12,5", "WK008051;2024;<5")

    found = services.preview(made)

    assert (len(found.new), found.errors) == (2, [])
    assert not AreaFigure.objects.exists()

    services.apply(made, skip_errors=False, by=leader, at=AT)

    first, second = AreaFigure.objects.order_by("district__code")
    assert (first.value, first.source, first.area_import_id) == (
        Decimal("12.5"),
        ORIGIN.source,
        made.pk,
    )
    assert (second.value, second.missing_reason) == (None, "too_few")
    made.refresh_from_db()
    assert (made.state, made.created_count, made.closed_by) == ("applied", 2, leader)


def test_a_later_file_changes_a_figure_and_says_what_it_was(leader, places):
    old = AreaFigureFactory(district=places[0], indicator__code="x", value=10)
    old.indicator = services.AreaIndicator.objects.get(code="armoede")
    old.save()
    made = uploaded(leader, "WK008050;2024;12,5", "WK008051;2024;3")

    (change,) = services.preview(made).changed

    assert (change.known.value, change.row.value) == (10, Decimal("12.5"))
    services.apply(made, skip_errors=False, by=leader, at=AT)
    old.refresh_from_db()
    assert old.value == Decimal("12.5")


def test_a_code_of_another_year_is_never_taken_for_this_map(leader, places):
    DistrictFactory(code="WK008036", year=2016, name="Camminghaburen")
    made = uploaded(leader, "WK008036;2024;12,5", "WK008099;2024;1", "WK008050;2024;1")

    found = services.preview(made)

    assert [str(error) for error in found.errors] == [
        "regel 2, kolom WIJKCODE: WK008036 bestaat niet in de wijkindeling van 2024, wel in die van 2016 (Camminghaburen)",
        "regel 3, kolom WIJKCODE: WK008099 bestaat niet in de wijkindeling van 2024",
    ]
    with pytest.raises(services.ImportRefused):
        services.apply(made, skip_errors=False, by=leader, at=AT)
    services.apply(made, skip_errors=True, by=leader, at=AT)
    assert AreaFigure.objects.count() == 1


def test_the_same_file_is_refused_until_it_is_thrown_away(leader, places):
    uploaded(leader, "WK008050;2024;12,5")
    with pytest.raises(services.ImportRefused, match="al geüpload"):
        uploaded(leader, "WK008050;2024;12,5")
    with (
        pytest.raises(IntegrityError, match="area_import_file_once"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ikc_areaimport (file_id, name, sha256, source, licence, retrieved_on, map_year, mapping, state,"
            " uploaded_by_id, uploaded_at, created_count, changed_count, same_count, error_count)"
            " SELECT file_id + 1, name, sha256, source, licence, retrieved_on, map_year, mapping, state,"
            " uploaded_by_id, uploaded_at, 0, 0, 0, 0 FROM ikc_areaimport"
        )


def test_a_file_that_was_thrown_away_may_come_again(leader, places):
    made = uploaded(leader, "WK008050;2024;12,5")
    services.discard(made, by=leader, at=AT)

    uploaded(leader, "WK008050;2024;12,5")

    assert AreaImport.objects.count() == 2


def test_what_was_read_is_closed_for_good_also_for_sql(leader, places):
    made = services.apply(uploaded(leader, "WK008050;2024;1"), skip_errors=False, by=leader, at=AT)

    with pytest.raises(services.DomainError):
        services.apply(made, skip_errors=False, by=leader, at=AT)
    with pytest.raises(IntegrityError, match="closed"), connection.cursor() as cursor:
        cursor.execute("UPDATE ikc_areaimport SET source = 'anders'")


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("cijfers.pdf", b"%PDF-1.7", FileRefused),
        ("cijfers.csv", b"", FileRefused),
        ("cijfers.csv", b"a;b\n" + b"x" * (5 * 1024 * 1024), FileRefused),
        ("cijfers.xlsx", b"wijkcode;jaar", FileRefused),
        (
            "cijfers.xlsx",
            zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "a" * 5_000_000}),
            FileRefused,
        ),
        (
            "macro.xlsx",
            office("xl/workbook.xml", "<workbook/>", **{"xl/vbaProject.bin": "x"}),
            FileRefused,
        ),
        ("cijfers.csv", b"a;b\n\x00;1", UnreadableFile),
    ],
)
def test_a_hostile_file_is_refused(leader, places, name, content, refusal):
    with pytest.raises(refusal):
        services.upload(name, content, origin=ORIGIN, by=leader, at=AT)
    assert not AreaImport.objects.exists()


def test_a_map_that_is_not_there_is_refused(leader, places):
    with pytest.raises(services.ImportRefused, match="2016"):
        services.upload(
            "a.csv",
            csv_of("WK008050;2024;1"),
            origin=ORIGIN._replace(map_year=2016),
            by=leader,
            at=AT,
        )


# --- in the browser


def url(name, *args) -> str:
    return reverse(f"ikc:{name}", args=args)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_from_upload_to_figures(client, leader, places):
    client.force_login(leader)
    data = csv_of("WK008050;2024;12,5", "WK008051;2024;veel")
    values = {
        "file": SimpleUploadedFile("monitor.csv", data), "source": "Jeugdmonitor", "licence": "CC BY 4.0",
        "retrieved_on": "30-8-2026", "map_year": "2024",
    }  # fmt: skip

    client.post(url("area_import_add"), values)
    made = AreaImport.objects.get()
    page = text_of(client.get(url("area_import_map", made.pk)))
    assert "WK008050" in page
    assert "Kies eerst welke kolom wat is" in text_of(client.get(made.get_absolute_url()))

    empty = client.post(url("area_import_map", made.pk), {"layout": "columns", "mark": "B"})
    assert empty.status_code == 422
    for sentence in ("Kies de kolom met de wijkcode", "vul het jaar in", "minstens één kolom"):
        assert sentence in text_of(empty)
    mapping = {
        "district_column": "WIJKCODE", "year_column": "JAAR", "mark": "I", "layout": "columns", "column_2": "armoede",
    }  # fmt: skip
    response = client.post(url("area_import_map", made.pk), mapping, follow=True)
    page = text_of(response)
    assert "Regel 3, kolom ARMOEDE: ‘veel’ is geen getal." in page
    assert "12,5" in page

    refused = client.post(url("area_import_apply", made.pk), {})
    assert refused.status_code == 422
    response = client.post(url("area_import_apply", made.pk), {"skip_errors": "on"}, follow=True)
    assert "De cijfers zijn ingelezen" in text_of(response)
    assert AreaFigure.objects.get().reliability == "I"
    assert "monitor.csv" in text_of(client.get(url("area_import_list")))


def test_a_file_can_be_thrown_away(client, leader, places):
    client.force_login(leader)
    made = uploaded(leader, "WK008050;2024;1")

    client.post(url("area_import_discard", made.pk))

    made.refresh_from_db()
    assert made.state == "discarded"
    assert not AreaFigure.objects.exists()


def test_a_refused_file_is_told_on_the_form(client, leader, places):
    client.force_login(leader)
    values = {
        "file": SimpleUploadedFile("x.csv", b""), "source": "a", "licence": "b", "retrieved_on": "1-8-2026", "map_year": "2024",
    }  # fmt: skip

    response = client.post(url("area_import_add"), values)

    assert response.status_code == 422
    assert "is leeg" in text_of(response)


def test_the_list_is_searched_paged_and_costs_the_same(client, leader):
    AreaImportFactory(name="oab-2024.csv", uploaded_by=leader)
    address = url("area_import_list")

    def cost(words: str = "") -> int:
        with CaptureQueriesContext(connection) as made:
            assert client.get(address + words).status_code == 200
        return len(made)

    client.force_login(leader)
    client.get(address)
    one = cost()
    AreaImportFactory.create_batch(2, source="Jeugdmonitor", state="preview", uploaded_by=leader)
    assert cost() == one
    page = text_of(client.get(f"{address}?q=oab"))
    assert "oab-2024.csv" in page
    assert "Jeugdmonitor" not in page
    assert "Geen bestanden gevonden" in text_of(client.get(f"{address}?q=nergens"))
    assert text_of(client.get(f"{address}?state=preview&export=csv")).count(".csv;") == 3


def test_the_file_is_for_few_and_taking_it_is_on_record(client, leader, places):
    made = uploaded(leader, "WK008050;2024;12,5")
    address = url("area_import_file", made.pk)
    client.force_login(leader)
    assert client.get(address).status_code == 302  # the scanner did not look yet
    StoredFile.objects.filter(pk=made.file.pk).update(scan_state="clean", scanned_at=AT)

    answer = client.get(address)
    assert b"".join(answer.streaming_content) == csv_of("WK008050;2024;12,5")
    assert answer["Content-Disposition"].startswith("attachment")
    assert events_of(made)[0].verb == "area_import.opened"
    assert address in text_of(client.get(made.get_absolute_url()))

    assert client.get(url("area_import_file", made.pk + 1)).status_code == 404

    for other in ("development_group", "director", "school_board", "researcher"):
        client.force_login(UserFactory(**{other: True}))
        assert client.get(address).status_code == 403, other
    client.force_login(UserFactory(development_group=True))
    assert address not in text_of(client.get(made.get_absolute_url()))

    client.force_login(leader)
    StoredFile.objects.filter(pk=made.file.pk).update(
        scan_state="infected", signature="Eicar", file=""
    )
    assert client.get(address).status_code == 302  # the scanner threw it away
