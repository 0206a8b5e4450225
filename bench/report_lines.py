"""What was measured of the yearly reports, beside their goals."""

from bench.table import Line, at_least, at_most


def report_lines(found: dict) -> list[Line]:
    lines = [
        at_most(
            f"per minuut met {run['workers']} worker{'s' * (run['workers'] > 1)}",
            run["per_minute"],
            None,
            digits=1,
            note=f"{run['reports']} rapporten in {run['seconds']:.1f} s, {run['failed']} mislukt, "
            f"hoogstens {run['peak_mb_per_process']:.0f} MB per proces",
        )
        for run in found["runs"]
    ]
    warm = sorted(found["cpu"]["warm"])
    lines += [
        at_most("eerste rapport (koud)", found["cpu"]["cold"], None, unit=" s CPU", digits=2),
        at_most(
            "volgende rapporten (warm)",
            warm[len(warm) // 2],
            None,
            unit=" s CPU",
            digits=2,
            note="de middelste",
        ),
    ]
    plain = found["plain"]
    lines += [
        at_least(
            "sneller dan WeasyPrint zonder meer",
            plain["plain"] / plain["ours"],
            1.8,
            note=f"{plain['ours']:.2f} tegen {plain['plain']:.2f} s CPU voor hetzelfde rapport, om de beurt",
        ),
        at_most(
            f"geheugen na {found['memory']['reports']} rapporten",
            found["memory"]["peak_mb"],
            180,
            unit=" MB",
            digits=0,
        ),
    ]
    if typst := found.get("typst"):
        lines.append(
            at_most(
                "naast Typst, met dezelfde woorden, tabellen en plaatjes",
                plain["ours"] / typst["seconds"],
                11,
                unit="×",
                digits=1,
                note=f"{plain['ours']:.2f} tegen {typst['seconds']:.2f} s CPU",
            )
        )
    by_workers = {run["workers"]: run["per_minute"] for run in found["runs"]}
    if {1, 2} <= by_workers.keys():
        lines.append(at_least("twee workers tegen één", by_workers[2] / by_workers[1], 1.8))
    return lines
