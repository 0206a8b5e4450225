from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import engines

from kvk2.core import charts
from kvk2.nlds.components import Detail, Step, StepState, Tile
from kvk2.nlds.templatetags import nlds

NBSP = "\N{NO-BREAK SPACE}"


def render(source: str, **context) -> str:
    return engines["django"].from_string("{% load nlds %}" + source).render(context)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (nlds.euro(Decimal("1234.5")), f"€{NBSP}1.234,50"),
        (nlds.euro(0), f"€{NBSP}0,00"),
        (nlds.euro(None), ""),
        (nlds.euro0(Decimal("1234.5")), f"€{NBSP}1.235"),
        (nlds.euro0(None), ""),
        (nlds.decimal(Decimal("1234.25"), 1), "1.234,3"),
        (nlds.decimal(0.1, 2), "0,10"),
        (nlds.decimal(None), ""),
        (nlds.percentage(75), "75%"),
        (nlds.percentage(None), ""),
        (nlds.dutch_date(date(2026, 5, 14)), f"14{NBSP}mei 2026"),
        (nlds.dutch_date(None), ""),
        (
            nlds.dutch_datetime(datetime(2026, 5, 14, 12, 32, tzinfo=UTC)),
            f"14{NBSP}mei 2026, 14.32{NBSP}uur",
        ),
        (nlds.dutch_date(datetime(2026, 5, 14, 22, 30, tzinfo=UTC)), f"15{NBSP}mei 2026"),
        (nlds.dutch_datetime(None), ""),
        (nlds.file_size(412_300), f"412{NBSP}kB"),
        (nlds.file_size(1_234_567), f"1,2{NBSP}MB"),
        (nlds.file_size(3), f"1{NBSP}kB"),
        (nlds.file_size(None), ""),
        (nlds.initial("de Boer"), "B"),
        (nlds.lower_first("Gemeente Leeuwarden"), "gemeente Leeuwarden"),
        (nlds.upper_first("nog geen antwoord"), "Nog geen antwoord"),
        (nlds.upper_first("jan@voorbeeld.example"), "jan@voorbeeld.example"),
    ],
)
def test_dutch_notation(written, expected):
    assert written == expected


def test_an_icon_is_decoration_unless_it_is_named():
    assert 'aria-hidden="true"' in nlds.icon("check")
    assert 'role="img" aria-label="Let op"' in nlds.icon("alert-triangle", "Let op")


def test_a_badge_says_its_status_in_words_and_escapes_them():
    badge = nlds.status_badge("in <b>", "success")
    assert badge.endswith("In &lt;b&gt;</span>")
    assert "utrecht-status-badge--success" in badge


def test_an_unknown_kind_of_badge_is_a_mistake():
    with pytest.raises(KeyError):
        nlds.status_badge("x", "paars")


def test_a_chart_comes_with_the_table_of_its_figures():
    chart = charts.line_chart(
        [charts.Series("Taal", [58, None, 71])],
        ["2024", "2025", "2026"],
        title="Taal groeit",
        description="Van 58 naar 71.",
        unit="%",
    )
    html = render("{% chart_figure chart note='Alle scholen.' %}", chart=chart)
    assert html.count("<svg") == 3  # wide, compact and the icon of the table
    assert "niet gemeten" in html
    assert "Alle scholen. De as begint bij 55%, niet bij nul." in html


# --- every component renders with the least that it needs, and shows what it gets


def component(name: str, **context) -> str:
    return engines["django"].get_template(f"components/{name}.html").render(context)


STEPS = [
    Step("Gegevens", StepState.DONE, "/1/"),
    Step("Begroting", StepState.CURRENT),
    Step("Plan", StepState.ERROR, "/3/"),
    Step("Ondertekenen", StepState.TODO),
]


def test_steps_tell_where_the_user_is():
    html = component("steps", steps=STEPS, heading="Uw aanvraag")
    assert "1 van 4 stappen klaar" in html
    assert "Stap 2 van 4" in html
    assert html.count('aria-current="step"') == 2  # for a wide and for a narrow screen
    assert "Nog iets aan te passen" in html


def test_steps_that_are_all_done_stand_at_the_last():
    assert nlds.step_number([Step("a", StepState.DONE), Step("b", StepState.DONE)]) == 2


def test_details_may_be_changed_one_by_one():
    html = component(
        "description_list", rows=[Detail("Naam", "<b>", "/wijzig/"), Detail("Doel", "x")]
    )
    assert "&lt;b&gt;" in html
    assert html.count("Wijzig<") == 1


def test_tiles_show_a_figure_with_its_note():
    assert "3 van 5" in component("stat_tiles", tiles=[Tile("Aanvragen", 5, "3 van 5")])


def test_tasks_name_their_last_day():
    task = {
        "title": "Doe iets",
        "url": "/x/",
        "hint": "snel",
        "badge": "te doen",
        "kind": "warning",
    }
    html = component("task_list", tasks=[{**task, "due": date(2026, 5, 14)}])
    assert f"Uiterlijk 14{NBSP}mei 2026 · snel" in html
    assert "Te doen" in html


def test_a_timeline_puts_the_subject_before_its_verb():
    event = {
        "at": datetime(2026, 5, 14, 12, 0, tzinfo=UTC),
        "actor": "Sanne",
        "reason": "",
        "on_behalf_of": "",
    }
    html = component("timeline", events=[{**event, "sentence": "heeft getekend"}])
    assert "<strong>Sanne</strong> heeft getekend" in html
    html = component("timeline", events=[{**event, "sentence": "De ronde is gesloten"}])
    assert "<strong>" not in html


@pytest.mark.parametrize("kind", ["info", "ok", "warning", "error"])
def test_an_alert_names_its_kind_for_who_does_not_see_it(kind):
    html = component("alert", kind=kind, text="Tekst")
    assert 'role="img" aria-label="' in html
    assert ('role="alert"' in html) == (kind == "error")


def test_an_empty_list_says_what_to_do():
    html = component(
        "empty_state", heading="Niets", text="Maak er een.", url="/nieuw/", action="Maak"
    )
    assert 'href="/nieuw/"' in html
    assert "<h3" in html
    assert "<h2" in component("empty_state", heading="Niets", level=2)


def test_an_error_summary_counts_in_dutch():
    one = [{"text": "Fout.", "href": "#id_x"}]
    assert "1 punt om" in component("error_summary", items=one)
    assert "2 punten om" in component("error_summary", items=one * 2)
    assert "<a" not in component("error_summary", items=[{"text": "Fout.", "href": ""}])


def test_pages_of_a_list_keep_the_other_questions(rf):
    page = Paginator(range(100), 10).page(5)
    template = engines["django"].get_template("components/pagination.html")
    html = template.render({"page": page}, rf.get("/?q=x"))
    assert 'href="?q=x&amp;page=4"' in html
    assert 'aria-current="page"' in html
    assert component("pagination", page=Paginator(range(3), 10).page(1)).strip() == ""
