"""What was measured of ranking and dividing, beside its goals."""

from bench.table import Line, at_most


def _method_lines(methods: dict) -> list[Line]:
    lines = []
    for method, rows in methods.items():
        for size, row in rows.items():
            note = f"{1000 * row['ours']:.0f} ms naast {1000 * row['plain']:.0f} ms"
            times = row["ours"] / row["plain"]
            lines.append(
                at_most(
                    f"{method}, {size}: keer de lus", times, None, unit="×", digits=2, note=note
                )
            )
            lines.append(
                Line(
                    "  tweede keer, andere volgorde",
                    "dezelfde bytes" if row["same_bytes"] else "ANDERS",
                )
            )
        small, large = rows.values()
        growth = large["ours"] / small["ours"]
        lines.append(at_most(f"{method}: groei per tienvoud", growth, 13, unit="×", digits=1))
    return lines


def allocation_lines(found: dict) -> list[Line]:
    lines = []
    for size, row in found["sizes"].items():
        whole = row["plain_scores_and_allocation"]
        lines += [
            at_most(
                f"verdelen van {size}, keer de kale lus",
                row["our_allocation"] / whole,
                1.3,
                unit="×",
                digits=2,
                note=f"{1000 * row['our_allocation']:.0f} ms naast {1000 * whole:.0f} ms (15 scores, sorteren, verdelen)",
            ),
            at_most("  keer de lus zonder scores", row["our_allocation"] / row["plain_allocation"], None, unit="×", digits=2),
            at_most("  met scores, keer de lus", row["our_scores_and_allocation"] / whole, None, unit="×", digits=2,
                    note="scores rekent het portaal één voor één bij het vaststellen, exact in breuken"),
        ]  # fmt: skip
    small, large = found["sizes"].values()
    lines.append(
        at_most(
            "groei per tienvoud",
            large["our_allocation"] / small["our_allocation"],
            13,
            unit="×",
            digits=1,
        )
    )
    lines += _method_lines(found["methods"])
    service = found["service"]
    n = service["applications"]
    lines += [
        at_most(
            f"lezen, verdelen en bewaren van {n}",
            service["seconds"],
            0.3 * n / 10_000,
            unit=" s",
            digits=2,
        ),
        at_most("  query's", service["queries"], 6),
        Line(
            "  opnieuw hetzelfde",
            "ja" if service["same_outcome"] else "NEE",
            "ja",
            service["same_outcome"],
        ),
    ]
    return lines
