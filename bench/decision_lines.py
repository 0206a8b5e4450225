"""What was measured of a round that is decided, beside its goals."""

from bench.table import Line, at_most

REQUEST_GOAL, CPU_GOAL, KIB_GOAL, MOMENTS_GOAL = 2.0, 0.15, 40, 1


def decision_lines(found: dict) -> list[Line]:
    made = f"{found['letters']} brieven in {found['seconds']:.0f} s"
    return [
        at_most("ondertekenen", found["signature"], REQUEST_GOAL, unit=" s", digits=2),
        at_most(
            "langste bladzijde intussen",
            found["longest_request"],
            REQUEST_GOAL,
            unit=" s",
            digits=2,
            note=f"{found['requests']} bladzijden",
        ),
        at_most("momenten van verzending", found["moments"], MOMENTS_GOAL),
        at_most("CPU per brief", found["cpu_per_letter"], CPU_GOAL, unit=" s", digits=3, note=made),
        at_most(
            "omvang per brief",
            found["kib_per_letter"],
            KIB_GOAL,
            unit=" KiB",
            digits=1,
            note=f"hoogstens {found['kib_largest']:.1f} KiB",
        ),
        at_most("geheugen per proces", found["peak_mb_per_process"], None, unit=" MB"),
    ]
