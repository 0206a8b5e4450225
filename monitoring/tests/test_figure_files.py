"""The Excel file of a round: out, back in, checked row by row, read in once; and what is never taken."""

import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ikc.importers.tables import UnreadableFile
from ikc.tests.factories import UserFactory
from kvk2.core.models import AuditEvent, StoredFile
from kvk2.core.storage import store
from kvk2.core.uploads import FileRefused
from monitoring import tasks
from monitoring.importers.figure_sheet import FIGURES, MARK, TITLES
from monitoring.models import ImportBatch, ImportRow, Measurement, StatusResult
from monitoring.services import figure_files, measuring
from monitoring.tests.factories import AT, indicators, on_target, open_cycle, return_of, submitted
from monitoring.tests.figure_sheets import KEY, book_of, column, filled_file, saved

pytestmark = pytest.mark.django_db
NAME = "cijfers.xlsx"
COUNTS = {"numerator": 120, "denominator": 200, "source": "lijsten", "note": "geteld"}


@pytest.fixture
def researcher():
    return UserFactory(researcher=True)


@pytest.fixture
def cycle():
    return open_cycle()


def upload(cycle, content: bytes, by, name: str = NAME) -> ImportBatch:
    """Uploaded and checked."""
    batch = figure_files.upload(cycle, name, content, by=by, at=AT)
    figure_files.check(batch, at=AT)
    return figure_files._lock(batch)


def outcomes(batch) -> dict[int, tuple[str, str]]:
    return {row.line: (row.outcome, row.field) for row in batch.rows.in_order()}


def test_the_file_tells_what_is_known_and_locks_it(cycle):
    book = book_of(cycle)
    sheet = book[FIGURES]
    rows = list(sheet.iter_rows(values_only=True))
    first = indicators(return_of(cycle))[0]
    assert list(rows[0]) == TITLES
    assert len(rows) == 1 + len(indicators(return_of(cycle)))
    assert rows[1][1:4] == (return_of(cycle).version.ikc_name, str(first), "teller en de noemer")
    assert rows[1][5] == "niet gemeten"
    assert sheet.protection.sheet
    assert book.security.lockStructure
    assert book[MARK].sheet_state == "veryHidden"
    assert sheet.column_dimensions["A"].hidden
    assert sheet.cell(2, 2).protection.locked
    assert not sheet.column_dimensions["I"].protection.locked
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert any("nog niet gemeten" in formula for formula in lists)


def test_the_same_file_goes_both_ways(cycle, researcher):
    kinds = [row.definition_version.definition.type for row in indicators(return_of(cycle))]
    rows = {
        line: COUNTS if kind == "percentage" else {"value": "12,5", "note": "geteld"}
        for line, kind in enumerate(kinds, 2)
    }
    batch = upload(cycle, filled_file(cycle, rows), researcher)
    assert batch.state == "preview"
    assert {outcome for outcome, _ in outcomes(batch).values()} == {"new"}
    assert not Measurement.objects.exists()  # a dry run

    figure_files.confirm(batch, skip_errors=False, by=researcher, at=AT)
    assert figure_files.apply_some(figure_files._lock(batch), at=AT)
    batch = figure_files._lock(batch)
    assert (batch.state, batch.done_count) == ("applied", len(kinds))
    assert Measurement.objects.count() == StatusResult.objects.count() == len(kinds)
    assert AuditEvent.objects.filter(verb="figure_entered", actor=researcher).count() == len(kinds)
    assert AuditEvent.objects.filter(verb="import_applied", data__written=len(kinds)).count() == 2

    # What comes out now is what went in: read back it changes nothing.
    again = upload(cycle, filled_file(cycle, {}), researcher)
    assert {outcome for outcome, _ in outcomes(again).values()} == {"same"}
    with pytest.raises(figure_files.ImportRefused, match="verandert niets"):
        figure_files.confirm(again, skip_errors=False, by=researcher, at=AT)


def test_a_changed_cell_is_shown_beside_what_there_was(cycle, researcher):
    return_ = return_of(cycle)
    first = indicators(return_)[0]
    measuring.enter_figure(return_, first, on_target(return_, first), by=researcher, at=AT)
    batch = upload(cycle, filled_file(cycle, {2: {"numerator": 3}}), researcher)
    row = batch.rows.get(line=2)
    assert row.outcome == "changed"
    assert row.after.endswith("(3 van 200)")
    assert batch.empty_count == len(indicators(return_)) - 1


def test_rows_with_a_mistake_stay_out_only_when_that_is_said(cycle, researcher):
    content = filled_file(cycle, {2: COUNTS, 3: {"value": "n.v.t."}})
    batch = upload(cycle, content, researcher)
    assert outcomes(batch)[3] == ("error", "Waarde")
    with pytest.raises(figure_files.ImportRefused, match="met een fout"):
        figure_files.confirm(batch, skip_errors=False, by=researcher, at=AT)
    figure_files.confirm(batch, skip_errors=True, by=researcher, at=AT)
    figure_files.apply_some(figure_files._lock(batch), at=AT)
    assert Measurement.objects.count() == 1


def test_a_row_twice_and_a_row_of_nothing_are_named(cycle, researcher):
    key = book_of(cycle)[FIGURES].cell(2, 1).value
    content = filled_file(
        cycle, {2: COUNTS, 3: {KEY: key, **COUNTS}, 4: {KEY: "9-" + "0" * 32, **COUNTS}}
    )
    batch = upload(cycle, content, researcher)
    assert outcomes(batch) == {2: ("new", ""), 3: ("error", "Sleutel"), 4: ("error", "Sleutel")}
    assert "regel 2" in batch.rows.get(line=3).message


def test_a_formula_is_not_read(cycle, researcher):
    batch = upload(
        cycle, filled_file(cycle, {2: {"numerator": "=1+1", "denominator": 9}}), researcher
    )
    assert "formule" in batch.rows.get(line=2).message


def test_what_was_filed_meanwhile_stays_as_it_is(cycle, researcher):
    batch = upload(cycle, filled_file(cycle, {2: COUNTS}), researcher)
    figure_files.confirm(batch, skip_errors=False, by=researcher, at=AT)
    submitted(return_of(cycle))
    before = list(Measurement.objects.order_by("pk").values_list("numerator", flat=True))
    figure_files.apply_some(figure_files._lock(batch), at=AT)
    assert batch.rows.get(line=2).outcome == "refused"
    assert list(Measurement.objects.order_by("pk").values_list("numerator", flat=True)) == before


def test_a_file_of_another_round_is_refused_by_name(cycle, researcher):
    with pytest.raises(figure_files.FileNotForRound, match=r"gemaakt voor .*2024/25.*2025/26"):
        upload(open_cycle(index=5, agreements=0), filled_file(cycle, {2: COUNTS}), researcher)


def test_a_file_from_before_the_agreements_changed_is_refused(cycle, researcher):
    content = filled_file(cycle, {2: COUNTS})
    cycle.returns.all().delete()
    with pytest.raises(figure_files.FileNotForRound, match="afspraken zijn veranderd"):
        upload(cycle, content, researcher)


def test_the_same_file_is_taken_once(cycle, researcher):
    content = filled_file(cycle, {2: COUNTS})
    batch = upload(cycle, content, researcher)
    with pytest.raises(figure_files.ImportRefused, match="al geüpload"):
        upload(cycle, content, researcher)
    other = store(b"x", name="x", content_type="x", scan_state="own", by=None, at=AT)
    with pytest.raises(IntegrityError, match="import_batch_file_once"), transaction.atomic():
        ImportBatch.objects.create(
            cycle=cycle,
            file=other,
            name="x",
            sha256=batch.sha256,
            uploaded_by=researcher,
            uploaded_at=AT,
        )
    figure_files.discard(batch, by=researcher, at=AT)
    assert upload(cycle, content, researcher).state == "preview"


def forged(cycle) -> bytes:
    book = book_of(cycle)
    book[MARK].cell(1, 1).value = signing.dumps([1, cycle.pk, "x", "y", "z"], salt="another")
    return saved(book)


def with_column(cycle, title: str) -> bytes:
    book = book_of(cycle)
    book[FIGURES].cell(1, len(TITLES) + 1).value = title
    return saved(book)


def without_column(cycle) -> bytes:
    book = book_of(cycle)
    book[FIGURES].cell(1, column("note")).value = None
    return saved(book)


def foreign(cycle) -> bytes:
    return saved(openpyxl.Workbook())


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (forged, "geen invulbestand van het portaal"),
        (foreign, "geen invulbestand van het portaal"),
        (lambda cycle: with_column(cycle, "Geboorte-datum"), "kolom ‘Geboorte-datum’"),
        (lambda cycle: with_column(cycle, "Voornaam"), "kolom ‘Voornaam’"),
        (lambda cycle: with_column(cycle, "BSN"), "kolom ‘BSN’"),
        (lambda cycle: filled_file(cycle, {3: {"note": "kind 1112.22.333"}}), "burgerservicenummer"),
        (lambda cycle: filled_file(cycle, {3: {"value": 111222333}}), "burgerservicenummer"),
        (lambda cycle: b"%PDF-1.7", "geen Excel-bestand"),
        (lambda cycle: b"", "leeg"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_ours_or_holds_persons_is_refused_and_not_kept(
    cycle, researcher, made, told
):
    with pytest.raises((FileRefused, UnreadableFile), match=told):
        figure_files.upload(cycle, NAME, made(cycle), by=researcher, at=AT)
    assert not StoredFile.objects.filter(name=NAME).exists()


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda cycle: with_column(cycle, "Opmerking"), "‘Opmerking’ hoort niet"),
        (without_column, "‘Toelichting’ ontbreekt"),
    ],
)
def test_another_structure_is_told_and_thrown_away(cycle, researcher, made, told):
    batch = upload(cycle, made(cycle), researcher)
    assert batch.state == "discarded"
    assert told in batch.problem


def test_a_bomb_and_entities_are_refused(cycle, researcher):
    with zipfile.ZipFile(io.BytesIO(filled_file(cycle, {}))) as good:
        parts = {name: good.read(name) for name in good.namelist()}
    for name, extra in (("xl/bomb.xml", b"<a/>" * 9_000_000), ("xl/x.xml", b"<!DOCTYPE a []><a/>")):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bad:
            for part, content in {**parts, name: extra}.items():
                bad.writestr(part, content)
        with pytest.raises(FileRefused):
            figure_files.upload(cycle, NAME, file.getvalue(), by=researcher, at=AT)


def test_a_worker_goes_on_where_another_died(researcher):
    cycle = open_cycle(agreements=2)
    rows = 2 * len(indicators(return_of(cycle)))
    kinds = [
        indicator
        for row in cycle.returns.order_by("agreement__ikc__name", "pk")
        for indicator in indicators(row)
    ]
    content = filled_file(
        cycle,
        {
            line: COUNTS if one.definition_version.definition.is_percentage else {"value": 12}
            for line, one in enumerate(kinds, 2)
        },
    )
    batch = figure_files.upload(cycle, NAME, content, by=researcher, at=AT)
    ImportRow.objects.create(batch=batch, line=2, outcome="error", message="half nagekeken")
    assert figure_files.claim(batch.pk, at=AT)
    assert not figure_files.claim(batch.pk, at=AT)  # somebody has it
    later = AT + timedelta(minutes=4)
    assert figure_files.claim(batch.pk, at=later)  # and did not finish
    figure_files.check(batch, at=later)
    batch = figure_files.confirm(batch, skip_errors=False, by=researcher, at=later)
    assert not figure_files.apply_some(batch, at=later, most=1)
    assert Measurement.objects.count() == rows / 2
    assert tasks.work_on_figure_file(batch.pk)
    assert Measurement.objects.count() == rows
    assert not tasks.work_on_figure_files()


def test_the_pages_lead_from_upload_to_figures(client, cycle, researcher, settings):
    client.force_login(researcher)
    where = reverse("monitoring:import_list", args=[cycle.pk])
    assert where in client.get(cycle.get_absolute_url()).content.decode()
    assert "Nog geen bestanden" in client.get(where).content.decode()
    answer = client.get(reverse("monitoring:fill_in_file", args=[cycle.pk]))
    assert openpyxl.load_workbook(io.BytesIO(answer.getvalue()))[FIGURES].max_row > 1

    add = reverse("monitoring:import_add", args=[cycle.pk])
    wrong = client.post(add, {"file": SimpleUploadedFile("x.xlsx", b"x")})
    assert (wrong.status_code, "Excel" in wrong.content.decode()) == (422, True)
    content = filled_file(cycle, {2: COUNTS, 3: {"value": "onbekend"}})
    page = client.post(add, {"file": SimpleUploadedFile(NAME, content)}, follow=True)
    batch = ImportBatch.objects.get()
    told = page.content.decode()
    assert "‘onbekend’ is geen getal" in told
    assert "120 van 200" in told
    assert (
        "Regel"
        in client.get(reverse("monitoring:import_errors", args=[batch.pk])).getvalue().decode()
    )
    assert client.get(reverse("monitoring:import_progress", args=[batch.pk])).status_code == 200

    confirm = reverse("monitoring:import_confirm", args=[batch.pk])
    assert client.get(confirm).status_code == 200
    assert client.post(confirm).status_code == 422
    done = client.post(confirm, {"skip_errors": "on"}, follow=True)
    assert "Ingelezen" in done.content.decode()
    assert Measurement.objects.count() == 1
    assert client.get(confirm).status_code == 302
    discard = client.post(reverse("monitoring:import_discard", args=[batch.pk]))
    assert discard.status_code == 422  # it was read in


@pytest.mark.parametrize("role", ["project_leader", "director", "development_group", "auditor"])
def test_files_are_the_business_of_the_bureau(client, cycle, researcher, role):
    batch = upload(cycle, filled_file(cycle, {2: COUNTS}), researcher)
    client.force_login(UserFactory(**{role: True}))
    for name in ("fill_in_file", "import_list", "import_add"):
        assert client.get(reverse(f"monitoring:{name}", args=[cycle.pk])).status_code == 403
    for name in ("import_detail", "import_errors", "import_confirm", "import_discard"):
        assert client.get(reverse(f"monitoring:{name}", args=[batch.pk])).status_code == 404


def test_a_long_file_costs_no_more_questions_per_row(researcher):
    costs = []
    for count, index in ((1, 4), (2, 5)):
        cycle = open_cycle(agreements=count, index=index)
        batch = figure_files.upload(
            cycle, NAME, filled_file(cycle, {2: COUNTS}), by=researcher, at=AT
        )
        with CaptureQueriesContext(connection) as queries:
            figure_files.check(batch, at=AT)
        costs.append(len(queries))
    assert costs[0] == costs[1]
