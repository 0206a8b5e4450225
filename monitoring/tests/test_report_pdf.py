import cProfile
import csv
import gc
import io
import json
import os
import pstats
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path

import pypdf
import pytest

from kvk2.core.charts import Chart
from kvk2.core.tests.pdf_reader import read
from kvk2.core.tests.verapdf import validate
from monitoring.printing import figures
from monitoring.printing.ikc import ikc_context
from monitoring.printing.money import euros, money_table
from monitoring.printing.programme import programme_context
from monitoring.printing.public import public_context
from monitoring.public_edition import FEWEST, public_edition
from monitoring.report_dataset import IkcReportData, ProgrammeReportData, PublicReportData
from monitoring.report_pdf import (
    render_ikc_report,
    render_programme_report,
    render_public_report,
)
from monitoring.status import Direction, Status
from monitoring.tests.report_samples import (
    IKC_NAMES,
    LANGUAGE,
    YEAR,
    ikc_report,
    indicator,
    programme_report,
)

# Layout is flat interpreter time, so calls are the one measure that no busy machine disturbs.
CALL_BUDGET = 5_300_000  # of sixteen pages
SIZE_BUDGET = 400 * 1024

tagged = cache(read)
CONTEXTS = {
    "ikc": (lambda: ikc_context(ikc_report())),
    "programme": (lambda: programme_context(programme_report())),
    "public": (lambda: public_context(public_edition(programme_report()))),
}
ALL = ["ikc", "programme", "public"]


@cache
def rendered(kind: str) -> bytes:
    if kind == "ikc":
        return render_ikc_report(ikc_report())
    if kind == "public":
        return render_public_report(public_edition(programme_report()))
    return render_programme_report(programme_report())


@cache
def pages(data: bytes) -> list[str]:
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    return [re.sub(r"\s+", " ", text) for text in texts]


@pytest.mark.parametrize("flavour", ["ua1", "3a"])
@pytest.mark.parametrize("kind", ALL)
def test_reports_are_accessible_and_durable(kind, flavour):
    verdict = validate(rendered(kind), flavour)
    assert verdict.failures == ()
    assert verdict.compliant


@pytest.mark.parametrize("kind", ALL)
def test_all_text_is_in_the_reading_order(kind):
    assert tagged(rendered(kind)).lost == ()


@pytest.mark.parametrize("kind", ALL)
def test_the_contents_link_to_every_heading_once(kind):
    context = CONTEXTS[kind]()
    wanted = [chapter.id for chapter in context["contents"]]
    wanted += [entry.id for chapter in context["contents"] for entry in chapter.entries]
    pdf = tagged(rendered(kind))
    linked = [target for page, _, target in pdf.links if page == 2 and target]
    assert sorted(linked) == sorted(wanted)
    assert set(linked) <= pdf.destinations
    assert all(len(words) > 8 for _, words, _ in pdf.links)


def test_the_title_names_the_report():
    assert tagged(rendered("ikc")).info["/Title"] == (
        "Jaarrapport resultaatafspraken Kindcentrum De Lindeboom 2024/25"
    )


@pytest.mark.parametrize("kind", ALL)
def test_bookmarks_follow_the_contents(kind):
    titles = tagged(rendered(kind)).outline
    for chapter in CONTEXTS[kind]()["contents"]:
        assert any(title.endswith(chapter.title) for title in titles), chapter.title


@pytest.mark.parametrize("kind", ["ikc", "programme"])
def test_every_figure_tells_its_numbers_in_words(kind):
    figures_found = tagged(rendered(kind)).kinds("Figure")
    assert len(figures_found) >= 6
    assert all(len(figure.alt) > 60 and re.search(r"\d", figure.alt) for figure in figures_found)


def test_the_words_of_a_chart_name_target_and_measurement():
    alts = [figure.alt for figure in tagged(rendered("ikc")).kinds("Figure")]
    assert any("2024/25: gemeten 76,0%, doel 70,5%" in alt for alt in alts)


@pytest.mark.parametrize("kind", ["ikc", "programme"])
def test_the_figures_are_inside_the_file(kind):
    attachments = tagged(rendered(kind)).attachments
    data = ikc_report() if kind == "ikc" else programme_report()
    role, dataset = attachments["dataset.json"]
    assert role == "/Source"
    assert dataset == data.canonical()
    assert sha256(dataset).hexdigest() in " ".join(pages(rendered(kind))).replace(" ", "")
    assert type(data).from_dict(json.loads(dataset)) == data
    role, table = attachments["meetwaarden.csv"]
    assert role == "/Data"
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig")), delimiter=";"))
    (row,) = [
        row
        for row in rows
        if row["code"] == "TAAL" and row["schooljaar"] == "2024/25" and "Lindeboom" in row["ikc"]
    ]
    assert (row["streefwaarde"], row["gemeten"], row["noemer"]) == ("70,5", "76,0", "50")
    assert row["status"] == "op koers"


SCRIPT = """
import django, hashlib
django.setup()
from monitoring.report_pdf import render_ikc_report
from monitoring.tests.report_samples import ikc_report
print(hashlib.sha256(render_ikc_report(ikc_report())).hexdigest())
"""


def test_another_process_makes_the_same_bytes():
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "DJANGO_SETTINGS_MODULE": "kvk2.settings",
        "TZ": "Asia/Tokyo",
    }
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == sha256(rendered("ikc")).hexdigest()


def test_a_report_costs_no_more_than_its_budget():
    data = ikc_report()
    render_ikc_report(data)  # fonts and style sheet are there from now on
    profile = cProfile.Profile()
    gc.collect()
    made = profile.runcall(render_ikc_report, data)
    assert len(made) < SIZE_BUDGET
    assert pstats.Stats(profile).total_calls < CALL_BUDGET


def test_each_colour_is_explained_in_the_report():
    text = " ".join(pages(rendered("ikc")))
    report = ikc_report()
    for goal in report.goals:
        for item in goal.indicators:
            sentence = item.years[YEAR - 1].explanation
            assert re.sub(r"\s+", " ", sentence) in text


def test_statuses_have_words_beside_their_colour():
    text = " ".join(pages(rendered("ikc")))
    for words in ("op koers", "aandacht", "niet op koers", "geen gegevens"):
        assert words in text


@pytest.mark.parametrize("kind", ["ikc", "programme"])
def test_demonstration_data_say_so_on_every_page(kind):
    assert all("Demonstratiegegevens" in page for page in pages(rendered(kind)))


def test_real_data_do_not_say_that_they_are_a_demonstration():
    assert "Demonstratie" not in " ".join(
        pages(render_ikc_report(replace(ikc_report(), demo=False)))
    )


def test_a_correction_is_told_on_the_cover():
    edition = replace(
        ikc_report().edition, number=2, correction_note="Het cijfer over taal is verbeterd."
    )
    cover = pages(render_ikc_report(replace(ikc_report(), edition=edition)))[0]
    assert "Anders dan in uitgave 1: Het cijfer over taal is verbeterd." in cover
    assert "uitgave 2" in cover


def test_no_page_but_the_last_is_nearly_empty():
    for kind in ("ikc", "programme"):
        for page in pages(rendered(kind))[2:-1]:
            assert len(page) > 500


def test_the_programme_report_is_no_ranking():
    context = programme_context(programme_report())
    names = [row.name for row in context["overview"]]
    assert names == sorted(IKC_NAMES, key=str.casefold)
    for goal in context["goals"]:
        for comparison in goal.comparisons:
            rows = [row.name for row in comparison.rows]
            assert rows == sorted(rows, key=str.casefold)


def test_an_ikc_without_figures_is_shown_with_its_reason():
    text = " ".join(pages(rendered("programme")))
    assert "Nog geen resultaatafspraak: een fusie is niet bevestigd." in text
    assert "8 van de 9 Plus IKC’s" in text


def test_percentages_of_ikcs_are_pooled_from_counts_never_averaged():
    context = programme_context(programme_report())
    by_code = {item.indicator.code: item for goal in context["goals"] for item in goal.comparisons}
    assert by_code["TAAL"].pooled
    assert not by_code["VVE"].pooled  # has no counts, so there is no programme line


def test_a_first_year_without_measurements_still_makes_a_report():
    empty = replace(
        ikc_report(),
        edition=replace(ikc_report().edition, year_index=1, status="concept", adopted_on=None),
        goals=(),
        contributions=(),
        staffing=(),
        conclusions=(),
        actions=(),
        earlier_actions=(),
        quality=(),
        reactions=(),
        surroundings=replace(ikc_report().surroundings, pupils=(), area_facts=()),
    )
    data = render_ikc_report(empty)
    assert validate(data, "ua1").compliant
    assert "Status: concept" in pages(data)[0]


def test_a_programme_without_any_report_still_makes_a_summary():
    data = programme_report()
    none = tuple(replace(ikc, goals=(), remark="Nog geen gegevens") for ikc in data.ikcs)
    made = render_programme_report(
        replace(data, ikcs=none, contributions=(), staffing=(), summary=(), recommendations=())
    )
    assert validate(made, "ua1").compliant


def test_a_range_a_level_target_and_a_missing_baseline_can_be_drawn():
    ranged = replace(
        indicator(LANGUAGE),
        direction=Direction.RANGE,
        years=tuple(
            replace(item, target=None, low=Decimal(60), high=Decimal(70))
            for item in indicator(LANGUAGE).years
        ),
    )
    level = replace(indicator(LANGUAGE), key="b", baseline=Decimal("80.0"))
    unknown = replace(indicator(LANGUAGE), key="c", baseline=None)
    report = ikc_report()
    goal = replace(report.goals[0], indicators=(ranged, level, unknown))
    data = render_ikc_report(replace(report, goals=(goal,)))
    text = " ".join(pages(data))
    assert "60,0 tot 70,0%" in text
    assert validate(data, "ua1").compliant


def test_datasets_survive_storage():
    for data, kind in ((ikc_report(), IkcReportData), (programme_report(), ProgrammeReportData)):
        again = kind.from_dict(json.loads(json.dumps(data.as_dict())))
        assert again == data
        assert again.digest() == data.digest()


# --- charts and figures


def drawn(kind: str) -> list[Chart]:
    context = CONTEXTS[kind]()
    found = [context["money"].chart]
    if kind == "ikc":
        found += [context["children_chart"], context["lines"].chart, context["slopes"]]
        found += [one.ladder or one.chart for one in context["indicators"]]
        found += [goal.journeys for goal in context["goals"]]
    else:
        found.append(context["state_chart"])
        found += [item.panels for goal in context["goals"] for item in goal.comparisons]
    return found


def test_the_public_edition_tells_nothing_about_one_ikc():
    whole = programme_report()
    data = public_edition(whole)
    told = data.canonical().decode()
    for ikc in whole.ikcs:
        assert ikc.remark not in told or not ikc.remark
        for goal in ikc.goals:
            assert goal.verdict_explanation not in told or not goal.verdict_explanation
            assert not any(f'"{item.key}"' in told for item in goal.indicators)
    assert not any(text in told for text in (*whole.summary, *whole.recommendations))
    assert not any(note.text in told for note in whole.quality)
    assert sum(data.goals[0].now.as_dict().values()) > 0
    assert data.ikcs == tuple(sorted(IKC_NAMES[:-1], key=str.casefold))
    role, dataset = tagged(rendered("public")).attachments["dataset.json"]
    assert (role, dataset) == ("/Source", data.canonical())
    assert PublicReportData.from_dict(json.loads(dataset)) == data
    _, table = tagged(rendered("public")).attachments["meetwaarden.csv"]
    assert not any(name in table.decode() for name in IKC_NAMES)


def test_with_few_ikcs_the_public_edition_gives_no_counts():
    whole = programme_report()
    few = public_edition(replace(whole, ikcs=whole.ikcs[: FEWEST - 1]))
    assert [goal.now for goal in few.goals] == [None] * len(few.goals)
    assert (few.contributions, few.staffing) == ((), ())
    (_, *chapters) = pages(render_public_report(few))
    assert "te weinig Plus IKC’s" in " ".join(chapters)


@pytest.mark.parametrize("kind", ["ikc", "programme"])
def test_charts_carry_only_presentation_attributes(kind):
    for chart in drawn(kind):
        drawing = chart.paper_svg
        assert drawing.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
        assert "<title>" in drawing
        assert not re.search(r"style=|class=|<style|<script|\bid=|nan|inf", drawing)
        assert all(float(size) >= 8 for size in re.findall(r'font-size="([\d.]+)"', drawing))


@pytest.mark.parametrize("kind", ["ikc", "programme"])
def test_every_drawing_of_the_charts_is_in_the_report(kind):
    alts = {figure.alt for figure in tagged(rendered(kind)).kinds("Figure")}
    assert {f"{chart.title}. {chart.description}" for chart in drawn(kind)} <= alts


def test_the_figures_behind_the_line_of_pupils_are_in_the_annex():
    tables = ikc_context(ikc_report())["children_tables"]
    told = [cell for table in tables for cell in table]
    assert [year for year, _ in told] == [
        str(year.year) for year in ikc_report().surroundings.pupils
    ]
    assert ("2021", "niet gemeten") in told
    assert "Aantal leerlingen van Kindcentrum De Lindeboom, 1996 tot en met 2005" in " ".join(
        pages(rendered("ikc"))
    )


def test_a_party_of_which_nothing_is_known_yet_keeps_its_promise_in_the_chart():
    lines = ikc_report().contributions
    unknown = [replace(line, realised=None) for line in lines[:1]]
    chart = money_table([*unknown, *lines[1:]]).chart
    name, promised, given = chart.rows[0]
    assert (name, promised, given) == (lines[0].party, euros(lines[0].planned), "niet bekend")


def test_counts_never_call_grey_good_or_bad():
    results = [
        replace(indicator(LANGUAGE).years[0], status=status)
        for status in (Status.GREEN, Status.NO_DATA, Status.TOO_SMALL, Status.NO_TARGET)
    ]
    counts = figures.count(results)
    assert (counts.green, counts.amber, counts.red, counts.grey) == (1, 0, 0, 2)
    assert counts.words() == "1 op koers, 2 niet te beoordelen"
    assert figures.count([]).words() == "geen indicatoren"
