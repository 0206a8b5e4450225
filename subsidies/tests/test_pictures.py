import pytest

from subsidies.pictures import ceiling_picture


def row(rank, granted, eligible):
    return {"number": f"A{rank}", "rank": rank, "granted": str(granted), "eligible": str(eligible)}


def picture(rows, ceiling=100):
    given = {"round": {"ceiling": str(ceiling)}}
    return ceiling_picture(given, {"results": rows}, conclusion="Het geld is op.")


def test_the_figures_behind_the_drawing():
    chart = picture([row(1, 60, 60), row(2, 30, 50), row(3, 0, 20)])

    assert chart.rows == (
        ("Te verlenen", "€\N{NO-BREAK SPACE}90", "2"),
        ("Blijft over", "€\N{NO-BREAK SPACE}10", "–"),
        ("Past niet in het plafond", "€\N{NO-BREAK SPACE}40", "2"),
        ("Subsidieplafond", "€\N{NO-BREAK SPACE}100", "–"),
    )


def test_who_took_no_part_is_not_drawn():
    chart = picture([row(1, 60, 60), {**row(2, 0, 50), "rank": None}])

    assert chart.rows[2][1] == "€\N{NO-BREAK SPACE}0"


@pytest.mark.parametrize("count", [0, 1, 10_000])
def test_the_drawing_stays_small_however_many_applications(count):
    chart = picture([row(rank, 1, 2) for rank in range(1, count + 1)], ceiling=max(count, 1))

    assert "Het geld is op." in chart.svg
    assert len(chart.svg) < 4_000
    assert "style=" not in chart.svg + chart.compact_svg
