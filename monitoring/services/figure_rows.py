"""The dry run of a file with figures: what each row would change, or why it cannot be. Nothing is written."""

from collections.abc import Mapping, Sequence
from datetime import date

from agreements.models import AgreedIndicator
from monitoring.figure_words import measured
from monitoring.figures import Figure
from monitoring.importers.figure_sheet import TITLE_OF, InRow
from monitoring.models import ImportRow, Measurement, MonitoringCycle
from monitoring.round_facts import ReturnFacts, facts_of
from monitoring.services import intake
from monitoring.typed_figures import FigureRefused

Outcome = ImportRow.Outcome


def check_rows(
    cycle: MonitoringCycle, rows: Sequence[InRow], seen: dict, *, today: date
) -> list[ImportRow]:
    """One row each, except for those in which nothing is filled."""
    ids = list(dict.fromkeys(row.return_id for row in rows if row.return_id))
    facts = {one.return_.pk: one for one in facts_of(cycle, ids)}
    editable = {pk: one.return_.is_editable for pk, one in facts.items()}
    found = []
    for row in rows:
        made = ImportRow(
            line=row.line, typed={name: _kept_text(cell) for name, cell in row.typed.items()}
        )
        try:
            keep = _check_row(row, made, facts, editable, seen, today=today)
        except FigureRefused as refusal:
            made.outcome, made.message = Outcome.ERROR, refusal.message[:300]
            made.field = TITLE_OF.get(refusal.field, refusal.field)
            keep = True
        if keep:
            found.append(made)
    return found


def _kept_text(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell


def _check_row(
    row: InRow,
    made: ImportRow,
    facts: Mapping[int, ReturnFacts],
    editable: Mapping[int, bool],
    seen: dict,
    *,
    today: date,
) -> bool:
    """Fills `made`; False for a row in which nothing is filled. Refusal: `FigureRefused`."""
    of = facts.get(row.return_id)
    indicator = of.indicators.get(row.series_key) if of and row.series_key else None
    if of is None or indicator is None:
        raise FigureRefused("Deze regel hoort bij geen indicator van deze ronde.", field="Sleutel")
    made.of_return, made.series_key = of.return_, indicator.series_key
    made.label = f"{of.return_.version.ikc_name}: {indicator}"[:300]
    kept = of.now.get(indicator.series_key)
    figure = intake.read(
        indicator,
        row.typed,
        year=of.return_.cycle.year,
        today=today,
        kept=kept,
        via=Measurement.Via.IMPORT,
    )
    if figure is None:
        return False
    _require_once(row, seen)
    made.before = measured(kept, indicator)[:100] if kept else "–"
    made.after = _figure_words(figure, indicator)[:100]
    if kept is not None and intake.is_same(figure, kept):
        made.outcome = Outcome.SAME
        return True
    if not editable[of.return_.pk]:
        raise FigureRefused(
            f"De aanlevering is {of.return_.get_state_display()}: dit cijfer kan niet meer veranderen.",
            field="Sleutel",
        )
    made.outcome = Outcome.CHANGED if kept else Outcome.NEW
    made.message = _remark(indicator, figure, of)
    return True


def _require_once(row: InRow, seen: dict) -> None:
    key = (row.return_id, str(row.series_key))
    if first := seen.get(key):
        raise FigureRefused(
            f"Dit IKC en deze indicator staan ook al op regel {first}.", field="Sleutel"
        )
    seen[key] = row.line


def _figure_words(figure: Figure, indicator: AgreedIndicator) -> str:
    facts = {
        name: getattr(figure, name)
        for name in ("value", "numerator", "denominator", "level", "reached_on", "missing_reason")
    }
    return measured(Measurement(**facts), indicator)


def _remark(indicator: AgreedIndicator, figure: Figure, of: ReturnFacts) -> str:
    """What asks for a word of explanation: no mistake, and told before somebody files."""
    if figure.note:
        return ""
    odd = of.beside.remarkable(indicator, figure)
    return f"{odd[0].message} Licht dit toe." if odd else ""
