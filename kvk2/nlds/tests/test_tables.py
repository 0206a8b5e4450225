from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import django_tables2 as tables
import pytest
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django_tables2 import RequestConfig

from kvk2.nlds.tables import (
    BadgeColumn,
    DateColumn,
    EuroColumn,
    NldsTable,
    NumberColumn,
    RowHeaderColumn,
)

NBSP = "\N{NO-BREAK SPACE}"


@dataclass
class Record:
    name: str
    amount: Decimal
    score: Decimal
    day: date
    state: str

    def get_state_display(self) -> str:
        return {"open": "open", "closed": "gesloten"}[self.state]


class RecordTable(NldsTable):
    caption = "Aanvragen"
    name = RowHeaderColumn(verbose_name="IKC")
    amount = EuroColumn(verbose_name="Bedrag")
    score = NumberColumn(verbose_name="Score", places=1)
    day = DateColumn(verbose_name="Dag", orderable=False)
    state = BadgeColumn(verbose_name="Status", kinds={"open": "success"})


@pytest.fixture
def render(rf):
    def inner(count=3, query=""):
        records = [
            Record(f"IKC {n}", Decimal(1000 * n), Decimal("3.25"), date(2026, 5, n), "open")
            for n in range(1, count + 1)
        ]
        request = rf.get(f"/{query}")
        table = RecordTable(records)
        RequestConfig(request, paginate={"per_page": 2}).configure(table)
        return table.as_html(request)

    return inner


def test_a_table_has_a_name_and_a_header_for_each_row(render):
    html = render()
    assert '<caption class="utrecht-table__caption lw-visually-hidden">Aanvragen</caption>' in html
    assert html.count('scope="row"') == 2
    assert 'data-label="Bedrag"' in html


def test_figures_stand_right_and_in_dutch(render):
    html = render()
    assert f"€{NBSP}1.000,00" in html
    assert "3,3" in html
    assert f"1{NBSP}mei 2026" in html
    assert "utrecht-status-badge--success" in html


def test_the_order_is_told_and_can_be_turned(render):
    html = render(query="?sort=-amount")
    assert html.count("aria-sort") == 1
    assert 'aria-sort="descending"' in html
    assert "sort=amount" in html
    assert f"€{NBSP}3.000,00" in html


def test_a_long_list_has_pages(render):
    html = render(count=5)
    assert "1 tot en met 2 van 5" in html
    assert 'aria-label="Pagina\'s: Aanvragen"' in html
    assert 'rel="next"' in html
    assert "utrecht-pagination" not in render(count=2)


def test_an_empty_list_says_so(render):
    assert "Geen resultaten." in render(count=0)


def test_plain_values_for_other_uses():
    table = RecordTable([Record("a", Decimal("1.5"), Decimal(2), date(2026, 5, 1), "open")])
    _, row = table.as_values()
    assert row == ["a", "1,5", "2", "2026-05-01", "open"]


def test_a_column_may_tell_the_time():
    assert isinstance(DateColumn(with_time=True), tables.Column)


def test_cells_are_those_of_the_library(rf):
    """The body is written a column at a time; each cell must be what `BoundRow.get_cell` makes of it."""
    records = [
        Record("<b>&", Decimal("12.5"), Decimal("3.25"), date(2026, 5, 1), "open"),
        Record("", Decimal(0), None, None, "closed"),
    ]
    table = RecordTable(records)
    RequestConfig(rf.get("/"), paginate={"per_page": 2}).configure(table)
    for row in table.paginated_rows:
        for column in table.columns:
            assert f">{conditional_escape(localize(row.get_cell(column.name)))}</t" in table.body
    assert "<b>" not in table.body
