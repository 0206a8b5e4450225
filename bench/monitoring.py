"""A million figures of eight years: judged all over again, on dashboards, and a hundred thousand rows out of a file.

The figures of one year of one agreement of the demonstration world are copied in the database itself, past the
triggers, as a restored backup would.
"""

import io
import resource
import time
from typing import Any

from django.db import connection, models

from agreements.models import AgreedIndicator, ResultAgreement
from bench import agreements
from monitoring.models import Measurement, MonitoringCycle, Return, StatusResult
from monitoring.states import CycleState

COPIED = "Meting "  # how the copied IKCs are called


def fill(size: int) -> dict[str, int]:
    """`size` agreements with figures and judgements in all eight years; gives what `bench.agreements.fill` gives."""
    facts = agreements.fill(size)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        _years(cursor)
        _rows(cursor, Return, _of_agreement(), "template.id = (SELECT min(id) FROM monitoring_return)",
              agreement_id="agreement.id", version_id="version.id", cycle_id="cycle.id")  # fmt: skip
        for model, extra in ((Measurement, {}), (StatusResult, {"indicator_id": "indicator.id"})):
            _rows(cursor, model, _of_indicator(model), "true",
                  of_return_id="filed.id", series_key="indicator.series_key", **extra)  # fmt: skip
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return {**facts, "cycle": MonitoringCycle.objects.order_by("-year__index")[0].pk}


def _years(cursor: Any) -> None:
    """A cycle for each year of the programme, like the first one that is there."""
    first = MonitoringCycle.objects.order_by("pk").first()
    names = [
        field.column
        for field in MonitoringCycle._meta.concrete_fields
        if not field.primary_key and field.column != "year_id"
    ]
    columns, templates = ", ".join(names), ", ".join(f"template.{name}" for name in names)
    cursor.execute(
        f"INSERT INTO monitoring_monitoringcycle (year_id, {columns})"  # noqa: S608 - names of columns
        f" SELECT year.id, {templates} FROM agreements_programmeyear year, monitoring_monitoringcycle template"
        " WHERE template.id = %s AND year.id NOT IN (SELECT year_id FROM monitoring_monitoringcycle)",
        [first.pk],
    )


def _of_agreement() -> str:
    return (
        " FROM monitoring_return template, monitoring_monitoringcycle cycle, agreements_resultagreement agreement"
        " JOIN agreements_agreementversion version ON version.agreement_id = agreement.id"
        " JOIN ikc_ikc ikc ON ikc.id = agreement.ikc_id"
        f" WHERE ikc.name LIKE '{COPIED}%' AND "
    )


def _of_indicator(model: type[models.Model]) -> str:
    """Each copied indicator with a row of its own definition as the template, in each year."""
    table = model._meta.db_table
    return (
        " FROM monitoring_return filed"  # noqa: S608 - names of tables
        " JOIN agreements_resultagreement agreement ON agreement.id = filed.agreement_id"
        " JOIN ikc_ikc ikc ON ikc.id = agreement.ikc_id"
        " JOIN agreements_agreedindicator indicator ON indicator.version_id = filed.version_id"
        " JOIN (SELECT DISTINCT ON (asked.definition_version_id) asked.definition_version_id AS of_definition, old.*"
        f" FROM {table} old JOIN agreements_agreedindicator asked ON asked.series_key = old.series_key"
        " ORDER BY asked.definition_version_id, old.id) template"
        " ON template.of_definition = indicator.definition_version_id"
        f" WHERE ikc.name LIKE '{COPIED}%' AND "
    )


def _rows(
    cursor: Any, model: type[models.Model], source: str, condition: str, **changed: str
) -> None:
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = [changed.get(column, f"template.{column}") for column in columns]
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"
        f" SELECT {', '.join(values)} {source} {condition}"
    )


# ---------------------------------------------------------------- judging again


def rejudge() -> dict[str, float]:
    """Every judgement once more: how many a CPU second, and the peak of memory in megabytes."""
    from monitoring.services.rejudging import rejudge_all  # noqa: PLC0415 - loading is no part of it

    begun, judged, halfway = time.process_time(), 0, 0.0
    total = StatusResult.objects.count()
    for recount in rejudge_all():
        judged += recount.judged
        if not halfway and judged > total / 10:
            halfway = _peak()
    seconds = time.process_time() - begun
    return {
        "judged": judged,
        "seconds": seconds,
        "peak_mb": _peak(),
        "tenth_mb": halfway,
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---------------------------------------------------------------- a file


def read_file(rows: int) -> dict[str, float]:
    """A file of about `rows` rows: handed out, filled, taken back, checked and read in; CPU seconds of each."""
    import openpyxl  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from ikc.models import User  # noqa: PLC0415
    from monitoring.services import figure_files  # noqa: PLC0415

    cycle = _open_cycle(rows)
    at, by = timezone.now(), User.objects.get(email="onderzoeker@demo.example")
    watch = _Watch()
    with figure_files.fill_in_file(cycle, at=at) as file:
        content = file.read()
    watch.lap("handed_out")
    book = openpyxl.load_workbook(io.BytesIO(content))
    count = _fill(book["Cijfers"])
    buffer = io.BytesIO()
    book.save(buffer)
    del book
    watch.lap("filled")
    batch = figure_files.upload(cycle, "cijfers.xlsx", buffer.getvalue(), by=by, at=at)
    watch.lap("uploaded")
    figure_files.check(batch, at=at)
    watch.lap("checked")
    batch.refresh_from_db()
    figure_files.confirm(batch, skip_errors=True, by=by, at=at)
    batch.refresh_from_db()
    while not figure_files.apply_some(batch, at=at, most=500):
        pass
    watch.lap("read_in")
    written = batch.rows.filter(outcome="applied").count()
    return {**watch.laps, "rows": count, "written": written, "peak_mb": _peak()}


class _Watch:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._begun = time.process_time()

    def lap(self, name: str) -> None:
        now = time.process_time()
        self.laps[name], self._begun = now - self._begun, now


def _open_cycle(rows: int) -> MonitoringCycle:
    """The last year, of which the copied agreements have no figures yet, with returns for about `rows` of them."""
    cycle = MonitoringCycle.objects.order_by("-year__index")[0]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for model in (StatusResult, Measurement):
            cursor.execute(
                f"DELETE FROM {model._meta.db_table} WHERE of_return_id IN"  # noqa: S608
                " (SELECT id FROM monitoring_return WHERE cycle_id = %s)",
                [cycle.pk],
            )
        wanted = -(-rows // agreements.INDICATORS)
        kept = ResultAgreement.objects.filter(ikc__name__startswith=COPIED).order_by("pk")
        cursor.execute(
            "DELETE FROM monitoring_return WHERE cycle_id = %s AND NOT agreement_id = ANY(%s)",
            [cycle.pk, list(kept.values_list("pk", flat=True)[:wanted])],
        )
        cursor.execute(
            "UPDATE monitoring_return SET state = 'draft', submitted_at = NULL, submitted_by_id = NULL,"
            " checked_at = NULL, checked_by_id = NULL, adopted_at = NULL, adopted_by_id = NULL, locked_at = NULL"
            " WHERE cycle_id = %s",
            [cycle.pk],
        )
        cursor.execute(
            "UPDATE monitoring_monitoringcycle SET state = %s, submit_by = current_date + 30 WHERE id = %s",
            [CycleState.COLLECTING, cycle.pk],
        )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    cycle.refresh_from_db()
    return cycle


def _fill(sheet: Any) -> int:
    """Something plausible in each row; how many rows."""
    indicators = {
        row.series_key.hex: row.definition_version.definition.type
        for row in AgreedIndicator.objects.select_related("definition_version__definition").only(
            "series_key", "definition_version__definition__type"
        )
    }
    count = 0
    for row in sheet.iter_rows(min_row=2):
        kind = indicators[row[0].value.partition("-")[2]]
        if kind == "percentage":
            row[8].value, row[9].value = 30, 60
        elif kind == "scale":
            row[10].value = 2
        elif kind == "milestone":
            row[12].value = "niet gemeten"
        else:
            row[7].value = 12
        row[15].value = "Geteld door het bureau."
        count += 1
    return count
