"""`{% load nlds %}`: icons, badges and Dutch notation, and what the templates of the pack need."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import sanitize_separators
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kvk2.core import money
from kvk2.core.capitals import upper_first
from kvk2.nlds.components import Step, StepState
from kvk2.nlds.forms import is_marked_deleted

register = template.Library()

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
SPRITE = "build/icons.svg"
BADGE_ICONS = {
    "neutral": "circle-dot",
    "warning": "clock",
    "success": "check",
    "danger": "alert-triangle",
    "invalid": "x",
    "inactive": "circle",
}


@register.simple_tag
@lru_cache(maxsize=256)  # the same few, dozens of times a page
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; decorative, unless `label` says what it means."""
    href = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="lw-icon" role="img" aria-label="{}"><use href="{}"/></svg>',
            label,
            href,
        )
    return format_html(
        '<svg class="lw-icon" aria-hidden="true"><use href="{}"/></svg>',
        href,
    )


@register.simple_tag
def status_badge(text: str, kind: str = "neutral", icon_name: str = "") -> SafeString:
    """A status in words with a colour and an icon: `kind` is a key of `BADGE_ICONS`."""
    return format_html(
        '<span class="utrecht-status-badge utrecht-status-badge--{}">{}{}</span>',
        kind,
        icon(icon_name or BADGE_ICONS[kind]),
        upper_first(str(text)),
    )


@register.filter
def euro(amount: Decimal | None) -> str:
    """`€ 1.234,56`, never broken over two lines; nothing for None."""
    if amount in (None, ""):
        return ""
    return money.format_amount(Decimal(amount), space=NO_BREAK_SPACE)


@register.filter
def euro0(amount: Decimal | None) -> str:
    """`€ 1.235`: whole euros, rounded half-up."""
    if amount in (None, ""):
        return ""
    return money.format_amount(Decimal(amount), 0, space=NO_BREAK_SPACE)


@register.filter
def decimal(value: Decimal | float | None, places: int = 1) -> str:
    """`1.234,5` with exactly `places` decimals."""
    return "" if value in (None, "") else money.format_number(Decimal(str(value)), int(places))


@register.filter
def percentage(value: Decimal | float | None, places: int = 0) -> str:
    """`75%` for the figure 75."""
    return "" if value in (None, "") else f"{decimal(value, places)}%"


@register.filter
def dutch_date(day: date | None) -> str:
    """`14 mei 2026`; of a moment, the day on the clock of the portal."""
    if not day:
        return ""
    return format_date(_local(day), "j F Y").replace(" ", NO_BREAK_SPACE, 1)


@register.filter
def dutch_datetime(moment: datetime | None) -> str:
    """`14 mei 2026, 14.32 uur`."""
    if not moment:
        return ""
    return f"{dutch_date(moment)}, {format_date(_local(moment), 'H.i')}{NO_BREAK_SPACE}uur"


def _local(day: date) -> date:
    if isinstance(day, datetime) and timezone.is_aware(day):
        return timezone.localtime(day)
    return day


@register.filter
def file_size(size: int | None) -> str:
    """`412 kB` or `1,2 MB`, for beside the name of a file."""
    if size is None:
        return ""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}{NO_BREAK_SPACE}kB"
    return f"{decimal(Decimal(size) / 1_000_000)}{NO_BREAK_SPACE}MB"


@register.inclusion_tag("nlds/chart_figure.html")
def chart_figure(chart: Any, note: str = "", heading: bool = True) -> dict:
    """A `kvk2.core.charts.Chart` with its title, both drawings and its figures as a table."""
    return {"chart": chart, "note": note, "heading": heading}


@register.simple_tag
def chart_table(chart: Any) -> SafeString:
    """Head and body of the table with the figures of a chart; the first cell of a row names it."""
    names, *figures = chart.headers
    kind = "" if chart.in_words else " lw-num"
    head = format_html_join(
        "",
        '<th scope="col" class="utrecht-table__header-cell{}">{}</th>',
        ((kind, words) for words in figures),
    )
    rows = (
        (
            row[0],
            format_html_join(
                "", '<td class="utrecht-table__cell{}">{}</td>', ((kind, cell) for cell in row[1:])
            ),
        )
        for row in chart.rows
    )
    return format_html(
        '<thead class="utrecht-table__header"><tr>'
        '<th scope="col" class="utrecht-table__header-cell">{}</th>{}</tr></thead>\n'
        '<tbody class="utrecht-table__body">{}</tbody>',
        names,
        head,
        format_html_join("\n", _CHART_ROW, rows),
    )


_CHART_ROW = (
    '<tr class="utrecht-table__row">'
    '<th scope="row" class="utrecht-table__cell utrecht-table__header-cell">{}</th>{}</tr>'
)


@register.simple_tag
def main_nav(items: Sequence[Any]) -> SafeString:
    """The main menu; the same for everybody with the same roles on pages of the same part."""
    return _main_nav(tuple(items))


@lru_cache(maxsize=512)
def _main_nav(items: tuple[Any, ...]) -> SafeString:
    return render_to_string("components/main_nav.html", {"navigation": items})


# --- for the templates of the pack


class Row(NamedTuple):
    """A row of a formset: its place in the data, and the number that the user sees."""

    position: int
    number: int
    form: BaseForm
    deleted: bool


@register.filter
def numbered_rows(formset: BaseFormSet) -> list[Row]:
    rows, number = [], 0
    for position, form in enumerate(formset.forms):
        deleted = is_marked_deleted(form)
        number += not deleted
        rows.append(Row(position, number, form, deleted))
    return rows


@register.filter
def cells(form: BaseForm) -> list[BoundField]:
    """The fields that a table row shows: not the hidden ones and not the DELETE box."""
    return [field for field in form.visible_fields() if field.name != "DELETE"]


@register.filter
def column_total(formset: BaseFormSet, name: str) -> Decimal:
    """The sum of what stands in one column, as far as it can be read as a number."""
    values = (row.form[name].value() for row in numbered_rows(formset) if not row.deleted)
    return sum(map(_number, values), Decimal(0))


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(sanitize_separators(value)))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


@register.filter
def is_numeric(field: BoundField) -> bool:
    return field.field.widget.attrs.get("inputmode") in ("decimal", "numeric")


# --- for the components of a page


@register.filter
def steps_done(steps: list[Step]) -> int:
    return sum(step.state == StepState.DONE for step in steps)


@register.filter
def step_number(steps: list[Step]) -> int:
    """The number of the step where the user is; the last one when all are done."""
    states = [step.state for step in steps]
    return states.index(StepState.CURRENT) + 1 if StepState.CURRENT in states else len(states)


@register.filter
def page_numbers(page: Page) -> Iterator[int | str]:
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.filter
def starts_lower(sentence: str) -> bool:
    """Whether the sentence still needs its subject in front: 'heeft de ronde vastgesteld'."""
    return sentence[:1].islower()


register.filter("upper_first", upper_first, is_safe=True)


@register.filter
def lower_first(text: str) -> str:
    """For a name inside a sentence: 'Gemeente Voorbeeld' becomes 'gemeente Voorbeeld'."""
    return text[:1].lower() + text[1:]


@register.filter
def initial(surname: str) -> str:
    """The first letter of the name itself: B of 'de Boer'."""
    return surname.rpartition(" ")[2][:1]
