"""The charts of the register: pupils over the years, and the map of the attention areas."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from ikc.models import AttentionArea, District, Ikc, PupilCount
from kvk2.core.charts import Canvas, Chart, MapDistrict, Size, district_map, history_chart

SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 120, 32, 5
# A list shows the last years only: what matters there is where it is going.
SPARK_YEARS = 12


def pupil_chart(ikc: Ikc, counts: Sequence[PupilCount]) -> Chart | None:
    """All years of `counts` (oldest first); a year without school, or with fewer than 5, breaks the line."""
    by_year = {count.year: count.pupils for count in counts if count.pupils}
    if len(by_year) < 2:
        return None
    years = range(min(by_year), max(by_year) + 1)
    return history_chart(
        "Leerlingen",
        [by_year.get(year) for year in years],
        [str(year) for year in years],
        title=f"Leerlingen van {ikc.name}, {years[0]} tot en met {years[-1]}",
        description=_conclusion(by_year),
    )


def _conclusion(by_year: dict[int, int]) -> str:
    first, last = min(by_year), max(by_year)
    top = max(by_year, key=lambda year: (by_year[year], year))
    sentence = (
        f"Het aantal leerlingen ging van {by_year[first]} in {first} "
        f"naar {by_year[last]} in {last}."
    )
    if top in (first, last):
        return sentence
    return f"{sentence} Het hoogste aantal was {by_year[top]}, in {top}."


def pupil_sparkline(ikc: Ikc) -> SafeString | str:
    """A line without axes over `ikc.pupil_history`; empty with fewer than two figures."""
    points = [(count.year, count.pupils) for count in ikc.pupil_history if count.pupils]
    if len(points) < 2:
        return ""
    years, pupils = zip(*points, strict=True)
    span = (max(pupils) - min(pupils)) or 1
    width, height = SPARK_WIDTH - 2 * SPARK_MARGIN, SPARK_HEIGHT - 2 * SPARK_MARGIN
    places = [
        (
            SPARK_MARGIN + width * (year - years[0]) / (years[-1] - years[0]),
            SPARK_MARGIN + height * (max(pupils) - value) / span,
        )
        for year, value in points
    ]
    canvas = Canvas(Size(SPARK_WIDTH, 14), height=SPARK_HEIGHT)
    canvas.line(places, "primary-500", width=2)
    canvas.disc(*places[-1], 3, "primary-500", fill="white")
    return canvas.svg(f"Van {pupils[0]} leerlingen in {years[0]} naar {pupils[-1]} in {years[-1]}.")


def area_chart(districts: Sequence[District], areas: Sequence[AttentionArea]) -> Chart | None:
    """All districts, those of `areas` marked; schematic. None while one of them has no outline yet."""
    if not districts or not all(district.outline for district in districts):
        return None
    marked = {area.district_id for area in areas}
    names = ", ".join(area.name for area in areas)
    return district_map(
        [
            MapDistrict(
                district.name,
                district.outline,
                "aandachtsgebied" if district.pk in marked else "",
            )
            for district in districts
        ],
        title="Aandachtsgebieden op de kaart",
        description=f"{len(marked)} van de {len(districts)} wijken zijn aandachtsgebied: {names}.",
    )
