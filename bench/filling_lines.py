"""What was measured of filling in, beside its goals."""

from bench.table import Line, at_most


def filling_lines(found: dict) -> list[Line]:
    saves, rush = found["autosave"], found["rush"]
    told = f"{rush['accepted']} aangenomen, {rush['refused']} te laat, p95 {rush['p95']:.0f} ms"
    return [
        at_most(
            f"tussendoor bewaren, {saves['directors']} directeuren tegelijk (p95)",
            saves["p95"] / saves["baseline_p95"],
            None,
            unit="×",
            digits=1,
            note=f"{saves['saves']} keer, p50 {saves['p50']:.0f} ms, p95 {saves['p95']:.0f} ms "
            f"naast {saves['baseline_p95']:.0f} ms",
        ),
        at_most("  niet bewaard", saves["failed"], 0),
        at_most("  wel gemeld en toch kwijt", saves["lost"], 0),
        at_most(
            f"{rush['submits']} keer indienen rond de sluiting: andere antwoorden",
            rush["other_answers"],
            0,
            note=told,
        ),
        at_most("  met de verkeerde seconde", rush["wrong_second"], 0),
        at_most("  gaten in de nummers", rush["gaps"], 0),
    ]
