"""`python3 manage.py bench`: our pages, divisions and reports against the goals of `bench/README.md`.

Ratios to BASELINE, measured in turn in the same minutes, hold from machine to machine; milliseconds do not.
Everything runs on servers of its own in a temporary directory and ends with this process.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench import agreement_lines, decisions, filling, monitoring_lines, pages, reports
from bench.allocation_lines import allocation_lines
from bench.decision_lines import decision_lines
from bench.filling_lines import filling_lines
from bench.pages import BASELINE, FULL, QUICK, SUBMIT, Effort, Page, Site
from bench.pretalx import compare
from bench.report_lines import report_lines
from bench.review_lines import (
    ADVICES,
    ADVICES_GOAL,
    APPLICATIONS,
    TOTALS,
    pretalx_lines,
    review_lines,
)
from bench.table import Line, at_most, ratio, show
from bench.typst import compare as beside_typst
from kvk2 import stylesheet
from kvk2.console import say, start_clock
from kvk2.throwaway import Portal

RESULTS = Path(__file__).parent / "results"
BASELINE_ROWS = 10_000
BASELINE_SETTINGS = {"DJANGO_SETTINGS_MODULE": "bench.baseline.settings"}
LONG = 100_000  # applications
# Times BASELINE's p95, and SQL statements.
LONG_GOALS = {pages.LIST: (2.0, 8), pages.LAST_PAGE: (2.0, 8), pages.OVERVIEW: (8.0, 8)}
PARTS = ("pages", "filling", "allocation", "reports", "reviews", "agreements")
# Two install another program from PyPI, two take a quarter of an hour: they have to be asked for.
ASKED_FOR = ("pretalx", "typst", "decisions", "monitoring")
GROWTH_GOAL = 1.25  # p95 over BASELINE, from the smallest size to the largest
HTML_GOAL, HTML_GZIP_GOAL, ASSETS_GOAL, FILES_GOAL = 40_000, 6_000, 20_000, 3  # bytes, files


def main(arguments: list[str]) -> None:
    start_clock()
    options = _options(arguments)
    stylesheet.ensure_current()
    effort = QUICK if options.quick else FULL
    with _directory() as state, Portal(state, KVK2_DEMO="1") as portal:
        say("database en wachtrij gestart, alleen voor deze meting")
        found = _measure(portal, options.sizes, effort, options)
    lines = _blocks(found)
    for title, block in lines.items():
        sys.stdout.write(f"{show(title, block)}\n")
    sys.stdout.write(f"\nBewaard in {_keep(found)}\n")


@contextlib.contextmanager
def _directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kvk2-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _measure(portal: Portal, sizes: list[int], effort: Effort, options: argparse.Namespace) -> dict:
    facts = _base(portal, effort)
    quick, only = options.quick, options.only
    found: dict = {"machine": _machine(), "effort": "quick" if quick else "full"}
    if "pages" in only:
        found["sizes"] = {size: _measure_size(portal, size, facts, effort) for size in sizes}
        found["long_lists"] = _long_lists(portal, facts, max(sizes), effort)
    parts: dict[str, Callable[[], dict]] = {
        "filling": lambda: _filling(portal, facts, quick=quick),
        "allocation": lambda: _allocation(
            portal, max(sizes), measured="pages" in only, repeats=3 if quick else 7
        ),
        "reports": lambda: _reports(portal, quick=quick, typst="typst" in only),
        "reviews": lambda: _reviews(portal, facts, effort),
        "agreements": lambda: _agreements(portal, facts, effort, quick=quick),
        "monitoring": lambda: _monitoring(portal, facts, effort, quick=quick),
        "pretalx": lambda: _pretalx(portal),
        "decisions": lambda: _decisions(portal, quick=quick),
    }
    return found | {part: measure() for part, measure in parts.items() if part in only}


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("manage.py bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--sizes",
        type=_sizes,
        help="aantallen aanvragen (anders 100,1000,10000; met --quick 100,1000)",
    )
    parser.add_argument(
        "--quick", action="store_true", help="minder verzoeken: ongeveer twee minuten"
    )
    parser.add_argument(
        "--only",
        choices=(*PARTS, *ASKED_FOR),
        action="append",
        help="alleen dit deel; mag vaker dan één keer (pretalx, typst (met reports), decisions en monitoring draaien alleen als u erom vraagt)",
    )
    options = parser.parse_args(arguments)
    options.only = options.only or list(PARTS)
    options.sizes = options.sizes or ([100, 1_000] if options.quick else [100, 1_000, 10_000])
    return options


def _sizes(text: str) -> list[int]:
    return sorted(int(part) for part in text.split(","))


# ---------------------------------------------------------------- the databases


def _base(portal: Portal, effort: Effort) -> dict:
    """The demonstration world with drafts and sessions, and BASELINE's rows; sizes are copies of the first."""
    for command in ("migrate", "load_leeuwarden", "load_demo"):
        portal.run("manage.py", command, "--verbosity", "0")
    say("demonstratiewereld geladen")
    _copy(portal, "kvk2", "world")
    facts = portal.call("bench.world", "base", effort.drafts)
    portal.sql("CREATE DATABASE baseline", database="postgres")
    facts["baseline"] = portal.call(
        "bench.baseline.fill", "fill", BASELINE_ROWS, database="baseline", **BASELINE_SETTINGS
    )
    portal.sql("VACUUM ANALYZE", database="baseline")
    say(f"{effort.drafts} concepten en {BASELINE_ROWS} rijen voor BASELINE klaar")
    return facts


def _copy(portal: Portal, source: str, target: str) -> str:
    portal.sql(f"CREATE DATABASE {target} TEMPLATE {source}", database="postgres")
    return target


# ---------------------------------------------------------------- the pages


def _measure_size(portal: Portal, size: int, facts: dict, effort: Effort) -> dict:
    database = _copy(portal, "kvk2", f"size_{size}")
    facts = {**facts, **portal.call("bench.world", "grow", size, database=database)}
    say(f"{size} aanvragen gemaakt")
    wanted = pages.pages_of(facts)
    queries = _queries(portal, database, wanted, facts)
    ours = portal.website(database=database)
    baseline = portal.website("bench.baseline.wsgi", database="baseline")
    site = Site(ours.port, {"leader": facts["leader"], "member": facts["member"]})
    yardstick = Site(baseline.port, {"baseline": facts["baseline"]})
    measured = pages.measure(site, yardstick, wanted, facts["drafts"][1:], effort)
    result = {
        "pages": {name: {**row, **queries[name]} for name, row in measured.items()},
        "baseline": queries[BASELINE.name],
        "assets": pages.assets(site, wanted[0]),
    }
    portal.kill_processes()
    say(f"bladzijden gemeten bij {size} aanvragen")
    return result


def _long_lists(portal: Portal, facts: dict, size: int, effort: Effort) -> dict:
    """The list and the overview at `LONG` applications, in a database of its own, and the Excel file."""
    database = _copy(portal, f"size_{size}", "long")
    count = portal.call("bench.lists", "fill", LONG, database=database)
    say(f"{count} aanvragen gemaakt, voor lijst en overzicht alleen")
    round_ = portal.call("bench.lists", "round_in_assessment", database=database)
    wanted = [
        page
        for page in pages.pages_of({"application": 0, "review": 0, "round": round_})
        if page.name in pages.LONG_PAGES
    ]
    queries = _queries(portal, database, wanted, facts)
    site = Site(portal.website(database=database).port, {"leader": facts["leader"]})
    baseline = portal.website("bench.baseline.wsgi", database="baseline")
    yardstick = Site(baseline.port, {"baseline": facts["baseline"]})
    measured = pages.measure(site, yardstick, wanted, [], effort)
    export = portal.call("bench.lists", "export", database=database)
    portal.kill_processes()
    rows = {name: {**row, **queries[name]} for name, row in measured.items()}
    return {"applications": count, "pages": rows, "export": export}


def _queries(portal: Portal, database: str, wanted: Iterable[Page], facts: dict) -> dict:
    """Of each page and of BASELINE; the first draft is for counting."""
    first = facts["drafts"][0]
    asked = [
        (
            page.name,
            page.path.format(application=first["application"]),
            first["session"] if page.fields else facts[page.who],
            page.fields,
        )
        for page in wanted
    ]
    ours = portal.call("bench.queries", "count_all", asked, database=database)
    yardstick = [(BASELINE.name, BASELINE.path, facts["baseline"], None)]
    theirs = portal.call(
        "bench.queries", "count_all", yardstick, database="baseline", **BASELINE_SETTINGS
    )
    return ours | theirs


# ---------------------------------------------------------------- the rest


def _allocation(portal: Portal, size: int, *, measured: bool, repeats: int) -> dict:
    """In a copy of the largest database that the pages were `measured` in, or in one made for this."""
    database = _copy(portal, f"size_{size}" if measured else "world", "allocation")
    if not measured:
        portal.call("bench.world", "grow", size, database=database)
    found = portal.call("bench.allocation", "measure", repeats, database=database)
    say("verdeling gemeten")
    return found


def _filling(portal: Portal, facts: dict, *, quick: bool) -> dict:
    baseline = {"database": "baseline", "session": facts["baseline"]}
    found = filling.measure(portal, _copy(portal, "world", "filling"), baseline, quick=quick)
    say("invullen en de sluitingsminuut gemeten")
    return found


def _reports(portal: Portal, *, quick: bool, typst: bool) -> dict:
    cpu = portal.call(
        "bench.reports", "in_this_process", database=_copy(portal, "world", "reports_cpu")
    )
    repeats = 3 if quick else 7
    plain = portal.call("bench.reports", "against_plain", repeats)
    beside = {"typst": _typst(portal, repeats)} if typst else {}
    memory = portal.call("bench.reports", "memory_over", 20 if quick else 100)
    runs = []
    for turn in range(1 if quick else 2):
        for workers in (1, 2):
            database = _copy(portal, "world", f"reports_{turn}_{workers}")
            runs.append(reports.by_workers(portal, database, workers))
            portal.kill_processes()
    say("jaarrapporten gemeten")
    return {"cpu": cpu, "plain": plain, "memory": memory, "runs": runs, **beside}


def _typst(portal: Portal, repeats: int) -> dict:
    folder = portal.state / "typst"
    python = beside_typst.install(folder)
    portal.call("bench.typst.compare", "prepare", str(folder))
    return beside_typst.measure(python, folder, repeats)


def _reviews(portal: Portal, facts: dict, effort: Effort) -> dict:
    """The overview of a round of a thousand applications with five reviews each, and all totals of 100,000 reviews."""
    database = _copy(portal, "kvk2", "reviews")
    grown = portal.call("bench.reviews", "grow", APPLICATIONS, database=database)
    facts = {**facts, **grown}
    page = Page(ADVICES, "secretary", f"/rondes/{grown['round']}/adviezen/", ADVICES_GOAL)
    queries = _queries(portal, database, [page], facts)
    site = Site(portal.website(database=database).port, {"secretary": grown["secretary"]})
    baseline = portal.website("bench.baseline.wsgi", database="baseline")
    yardstick = Site(baseline.port, {"baseline": facts["baseline"]})
    measured = pages.measure(site, yardstick, [page], [], effort)
    portal.kill_processes()
    say(f"overzicht van {APPLICATIONS} aanvragen met beoordelingen gemeten")
    long = _copy(portal, "kvk2", "totals")
    portal.call("bench.reviews", "fill", TOTALS, database=long)
    totals = portal.call("bench.reviews", "totals", database=long)
    say("totalen opnieuw berekend")
    rows = {name: {**row, **queries[name]} for name, row in measured.items()}
    return {"applications": APPLICATIONS, "pages": rows, "totals": totals}


def _pretalx(portal: Portal) -> dict:
    database = _copy(portal, "kvk2", "beside_pretalx")
    grown = portal.call("bench.reviews", "grow", APPLICATIONS, database=database)
    return compare.measure(portal, grown, database)


def _agreements(portal: Portal, facts: dict, effort: Effort, *, quick: bool) -> dict:
    """The same pages with a hundred agreements and with many; what they ask of the database must not differ."""
    many = agreement_lines.MANY // (10 if quick else 1)
    found: dict = {"sizes": {}}
    for size in (agreement_lines.FEW, many):
        database = _copy(portal, "kvk2", f"agreements_{size}")
        grown = portal.call("bench.agreements", "fill", size, database=database)
        say(f"{size} resultaatafspraken gemaakt")
        wanted = agreement_lines.pages_of(grown)
        queries = _queries(portal, database, wanted, facts)
        site = Site(portal.website(database=database).port, {"leader": facts["leader"]})
        baseline = portal.website("bench.baseline.wsgi", database="baseline")
        yardstick = Site(baseline.port, {"baseline": facts["baseline"]})
        measured = pages.measure(site, yardstick, wanted, [], effort)
        portal.kill_processes()
        found["sizes"][size] = {name: {**row, **queries[name]} for name, row in measured.items()}
    return found


def _monitoring(portal: Portal, facts: dict, effort: Effort, *, quick: bool) -> dict:
    """Dashboards of a hundred agreements and of many; then all judgements of the many, and a file of their last year."""
    tenth = 10 if quick else 1
    found: dict = {"sizes": {}}
    for size in (monitoring_lines.FEW, monitoring_lines.MANY // tenth):
        database = _copy(portal, "kvk2", f"monitoring_{size}")
        grown = portal.call("bench.monitoring", "fill", size, database=database)
        say(f"{size} resultaatafspraken met acht jaar cijfers gemaakt")
        wanted = monitoring_lines.pages_of(grown)
        queries = _queries(portal, database, wanted, facts)
        site = Site(portal.website(database=database).port, {"leader": facts["leader"]})
        baseline = portal.website("bench.baseline.wsgi", database="baseline")
        yardstick = Site(baseline.port, {"baseline": facts["baseline"]})
        measured = pages.measure(site, yardstick, wanted, [], effort)
        portal.kill_processes()
        found["sizes"][size] = {name: {**row, **queries[name]} for name, row in measured.items()}
    found["rejudged"] = portal.call("bench.monitoring", "rejudge", database=database)
    say(f"{found['rejudged']['judged']} oordelen opnieuw gemaakt")
    found["file"] = portal.call(
        "bench.monitoring", "read_file", monitoring_lines.ROWS // tenth, database=database
    )
    say(f"bestand van {found['file']['rows']} regels ingelezen")
    return found


def _decisions(portal: Portal, *, quick: bool) -> dict:
    database = _copy(portal, "world", "decisions")
    wanted = decisions.APPLICATIONS // (10 if quick else 1)
    facts = portal.call("bench.decisions", "prepare", wanted, database=database)
    say(f"{wanted} besluiten klaar voor de ondertekenaar")
    found = decisions.by_workers(portal, database, facts)
    portal.kill_processes()
    say("besluiten genomen en brieven verstuurd")
    return {**found}


def _machine() -> dict[str, object]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
    }


# ---------------------------------------------------------------- the table


def _blocks(found: dict) -> dict[str, list[Line]]:
    blocks = {}
    if sizes := found.get("sizes"):
        for size, row in sizes.items():
            blocks[f"{size} aanvragen, keer BASELINE (p95, vier tegelijk)"] = _page_lines(row)
        blocks["Groei van de kleinste naar de grootste maat (p95 keer BASELINE)"] = _growth_lines(
            sizes
        )
        blocks["Omvang"] = _byte_lines(sizes)
        blocks[f"{LONG} aanvragen"] = _long_lines(found["long_lists"])
    for part, (title, lines) in _blocks_of_a_part().items():
        if part in found:
            blocks[title] = lines(found[part])
    return blocks


def _blocks_of_a_part() -> dict[str, tuple[str, Callable[[dict], list[Line]]]]:
    return {
        "filling": ("Invullen", filling_lines),
        "allocation": ("Rangschikken en verdelen", allocation_lines),
        "reviews": ("Beoordelen", review_lines),
        "agreements": ("Resultaatafspraken", agreement_lines.agreement_lines),
        "monitoring": ("Monitoring", monitoring_lines.monitoring_lines),
        "pretalx": ("Naast pretalx", pretalx_lines),
        "decisions": ("Een ronde besluiten", decision_lines),
        "reports": ("Jaarrapporten", report_lines),
    }


GOALS = {
    page.name: page.goal for page in pages.pages_of({"application": 0, "review": 0, "round": 0})
}


def _page_lines(size: dict) -> list[Line]:
    lines = []
    for name, row in size["pages"].items():
        alone, median = ratio(row, "alone_p50"), ratio(row, "p50")
        note = (
            f"p50 {median:.1f}×, alleen {alone:.1f}×; "
            f"{row['ours']['p95']:.0f} ms naast {row['baseline']['p95']:.0f} ms"
        )
        goal = GOALS[name]
        lines.append(at_most(name, ratio(row), goal.ratio, unit="×", digits=1, note=note))
        lines.append(at_most("  query's", row["queries"], goal.queries))
        if name != SUBMIT or row["repeated"]:
            lines.append(
                at_most("  herhaalde query's", row["repeated"], None if name == SUBMIT else 0)
            )
    lines.append(Line("BASELINE", f"{size['baseline']['queries']} query's"))
    return lines


def _growth_lines(sizes: dict) -> list[Line]:
    rows = list(sizes.values())
    first, last = rows[0]["pages"], rows[-1]["pages"]
    lines = []
    for name in first:
        note = f"query's {first[name]['queries']} → {last[name]['queries']}"
        growth = ratio(last[name]) / ratio(first[name])
        lines.append(at_most(name, growth, GROWTH_GOAL, unit="×", digits=2, note=note))
    return lines


def _byte_lines(sizes: dict) -> list[Line]:
    largest = list(sizes.values())[-1]
    lines = []
    for name, row in largest["pages"].items():
        if row["bytes"]:
            lines.append(at_most(f"{name}: HTML", row["bytes"]["html"], HTML_GOAL, unit=" B"))
            lines.append(at_most("  met gzip", row["bytes"]["gzip"], HTML_GZIP_GOAL, unit=" B"))
    assets = largest["assets"]
    lines.append(
        at_most(
            "CSS en JS met gzip",
            assets["gzip"],
            ASSETS_GOAL,
            unit=" B",
            note=f"{assets['bytes']:,} B zonder",
        )
    )
    lines.append(at_most("CSS- en JS-bestanden", assets["files"], FILES_GOAL))
    return lines


def _long_lines(found: dict) -> list[Line]:
    lines = []
    for name, row in found["pages"].items():
        most, queries = LONG_GOALS[name]
        note = f"p50 {ratio(row, 'p50'):.1f}×, alleen {ratio(row, 'alone_p50'):.1f}×"
        lines.append(at_most(name, ratio(row), most, unit="×", digits=1, note=note))
        lines.append(at_most("  query's", row["queries"], queries))
    rows = found["pages"]
    deep = ratio(rows[pages.LAST_PAGE], "p50") / ratio(rows[pages.LIST], "p50")
    export = found["export"]
    lines += [
        at_most("laatste pagina, keer de eerste (p50)", deep, 1.25, unit="×", digits=2),
        at_most(
            f"Excel-bestand van {export['rows']} rijen",
            export["seconds"],
            None,
            unit=" s",
            digits=1,
            note=f"{export['more_mb']:.0f} MB extra, {export['bytes']:,} B",
        ),
    ]
    return lines


def _keep(found: dict) -> Path:
    RESULTS.mkdir(exist_ok=True)
    suffix = "-quick" if found["effort"] == "quick" else ""
    every = (*PARTS, *ASKED_FOR)
    parts = [part for part in every if (part if part != "pages" else "sizes") in found]
    suffix += "" if parts == list(PARTS) else "".join(f"-{part}" for part in parts)
    file = RESULTS / f"{time.strftime('%Y-%m-%d')}{suffix}.json"
    file.write_text(json.dumps(found, indent=1) + "\n")
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


if __name__ == "__main__":
    main(sys.argv[1:])
