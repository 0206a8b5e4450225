"""What scores mean, an exercise that is over and one that is open."""

from datetime import datetime, timedelta

from monitoring.demo import texts
from monitoring.demo.people import World
from subsidies.models import Calibration, Criterion, SubsidyRound
from subsidies.services import calibrations
from subsidies.services.anchors import change_anchors
from subsidies.services.calibration_cases import Part
from subsidies.services.reviews import Given

CASE = (
    (
        "Over het IKC",
        "Een IKC in een wijk met veel jonge gezinnen. Ongeveer 180 kinderen vanaf 2 jaar.",
    ),
    (
        "Samenvatting",
        "Na schooltijd koken en eten kinderen samen, twee middagen per week. Ouders koken mee.",
    ),
    (
        "Wat blijkt uit de gegevens",
        "De jeugdarts ziet dat een vierde van de kinderen te zwaar is. Leraren zien kinderen zonder ontbijt in de klas. "
        "Het IKC noemt geen cijfers over taal.",
    ),
    (
        "Samenwerking onderwijs en opvang",
        "De opvang geeft de kookmiddagen. De school stelt de keuken en de moestuin beschikbaar. Een gezamenlijk programma "
        "volgt in het tweede jaar.",
    ),
    (
        "Betrokkenheid van ouders",
        "Twaalf ouders koken bij toerbeurt mee. De ouderraad kiest de recepten en het IKC zoekt nog ouders die weinig komen.",
    ),
    (
        "Draagvlak bij team, ouders en raad",
        "Het team steunt het plan. De medezeggenschapsraad bespreekt het plan volgende maand.",
    ),
    (
        "Begroting",
        "Uren met kinderen of ouders: ongeveer € 9.600.\nMateriaal: ongeveer € 3.100.\nEigen bijdrage: ongeveer € 900.\n"
        "Gevraagde subsidie: ongeveer € 11.800.",
    ),
)
# Per score what was agreed before the exercise, filled with the words of the criterion.
ANCHORS = {
    1: "De aanvraag zegt hier niets over.",
    2: "De aanvraag noemt het wel, maar legt niet uit hoe.",
    3: "De aanvraag legt uit hoe, met ten minste één voorbeeld.",
    4: "De aanvraag legt uit hoe en waarom, met voorbeelden die bij het IKC passen.",
    5: "De aanvraag overtuigt op elk punt en laat zien hoe het IKC het resultaat meet.",
}
SHARPER = {
    **ANCHORS,
    3: "Onderwijs en opvang doen het samen, op dit moment. Een plan voor later is een 2.",
}
# In the order of the criteria; the members differ most on the first and the third.
GIVEN = ((4, 3, 2, 4, 3, 3), (2, 3, 4, 4, 3, 2), (3, 4, 5, 4, 3, 3), (4, 3, 4, 3, 3, 3))
# What they wrote on the third criterion, on which they differ most.
ON_TOGETHER = (
    "De opvang geeft de middagen alleen. De school leent een keuken uit; samen gemaakt is het nog niet.",
    "Keuken en tuin van de school, mensen van de opvang: dat is samenwerken. Het programma volgt.",
    "School en opvang doen dit echt samen: de plek, de tuin en de mensen komen van beide kanten.",
    "Het begin is goed en er is een afspraak voor een gezamenlijk programma in het tweede jaar.",
)
CONCLUSION = (
    "Over het gezamenlijke aanbod dachten wij het meest verschillend: van 2 tot 5. Wij spreken af dat een plan voor later "
    "geen 3 is. Wat er nu is, telt. De uitleg bij de scores is daarop aangepast.\n\n"
    "Bij het profiel kijken wij of school en opvang samen beslissen. Over ouders waren wij het eens."
)


def explain_scores(world: World, round_: SubsidyRound, at: datetime) -> None:
    for criterion in round_.criteria.select_related("round").order_by("order"):
        change_anchors(criterion, ANCHORS, by=world.person("secretaris"), at=at)


def exercise(
    world: World, round_: SubsidyRound, at: datetime, *, comes_first: bool = False
) -> Calibration:
    """A made-up case, open to the members."""
    secretary = world.person("secretaris")
    title = "Oefenaanvraag: samen koken"
    calibration = calibrations.prepare_calibration(
        round_, title=title, comes_first=comes_first, by=secretary, at=at
    )
    calibration = calibrations.change_case(
        calibration,
        title=title,
        comes_first=comes_first,
        parts=[Part(heading, text) for heading, text in CASE],
        by=secretary,
        at=at + timedelta(hours=1),
    )
    return calibrations.open_calibration(calibration, by=secretary, at=at + timedelta(hours=2))


def score_exercise(world: World, calibration: Calibration, seats: int, at: datetime) -> None:
    """By the last `seats` members, so that the first one of the demonstration still has to."""
    codes = list(
        Criterion.objects.filter(round=calibration.round)
        .order_by("order")
        .values_list("code", flat=True)
    )
    rows = list(zip(world.seats, GIVEN, strict=True))[-seats:]
    for day, (seat, scores) in enumerate(rows):
        written = dict(zip(codes, (texts.MOTIVATIONS[score] for score in scores), strict=True))
        written[codes[2]] = ON_TOGETHER[world.seats.index(seat)]
        calibrations.save_scoring(
            calibration,
            seat,
            scores={
                code: Given(score, written[code]) for code, score in zip(codes, scores, strict=True)
            },
            submit=True,
            by=seat.user,
            at=at + timedelta(days=day),
        )


def exercised(world: World, round_: SubsidyRound, at: datetime) -> None:
    """An exercise that is over, after which one explanation was made sharper."""
    explain_scores(world, round_, at)
    calibration = exercise(world, round_, at, comes_first=True)
    score_exercise(world, calibration, len(world.seats), at + timedelta(days=1))
    calibrations.close_calibration(
        calibration,
        conclusion=CONCLUSION,
        by=world.person("secretaris"),
        at=at + timedelta(days=6),
    )
    criteria = round_.criteria.select_related("round").order_by("order")
    change_anchors(
        criteria[2], SHARPER, by=world.person("secretaris"), at=at + timedelta(days=6, hours=1)
    )


def exercising(world: World, round_: SubsidyRound, at: datetime) -> None:
    """One that is open: two members are done, the others still have to score."""
    explain_scores(world, round_, at)
    score_exercise(world, exercise(world, round_, at), 2, at + timedelta(days=1))
