"""What was measured of agreements and of the page of an IKC, beside its goals."""

from collections.abc import Mapping
from typing import Any

from bench.pages import Goal, Page
from bench.table import Line, at_most, ratio

FEW, MANY = 100, 10_000
LIST, SEARCH, STATE = "afspraken: lijst", "afspraken: zoeken", "afspraken: op status"
ONE = "afspraak: één"
BARE, WHOLE = "IKC zonder iets", "IKC met acht jaar van alles"


def pages_of(facts: Mapping[str, Any]) -> list[Page]:
    """`facts` is what `bench.agreements.fill` gave."""
    return [
        Page(LIST, "leader", "/resultaatafspraken/", Goal(2.0)),
        Page(SEARCH, "leader", "/resultaatafspraken/?q=Meting+77", Goal(2.0)),
        Page(STATE, "leader", "/resultaatafspraken/?status=in_force", Goal(2.0)),
        Page(ONE, "leader", f"/resultaatafspraken/versies/{facts['version']}/", Goal(None)),
        Page(BARE, "leader", f"/ikcs/{facts['bare']}/", Goal(None)),
        Page(WHOLE, "leader", f"/ikcs/{facts['whole']}/", Goal(None)),
    ]


GOALS = {page.name: page.goal for page in pages_of({"version": 0, "bare": 0, "whole": 0})}
WHOLE_GOAL = 2.0  # p95 of the IKC with everything, over that of the bare one


def agreement_lines(found: dict) -> list[Line]:
    (few, small), (many, large) = found["sizes"].items()
    lines = []
    for name, row in large.items():
        note = (
            f"bij {few}: {ratio(small[name]):.1f}×; "
            f"{row['ours']['p95']:.0f} ms naast {row['baseline']['p95']:.0f} ms"
        )
        lines.append(
            at_most(
                f"{name}, {many} afspraken, keer BASELINE",
                ratio(row),
                GOALS[name].ratio,
                unit="×",
                digits=1,
                note=note,
            )
        )
        lines.append(
            at_most("  query's", row["queries"], small[name]["queries"], note=f"bij {few}")
        )
        lines.append(at_most("  herhaalde query's", row["repeated"], None))
    whole = ratio(large[WHOLE]) / ratio(large[BARE])
    lines.append(at_most(f"{WHOLE}, keer {BARE}", whole, WHOLE_GOAL, unit="×", digits=2))
    return lines
