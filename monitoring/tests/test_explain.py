"""Every colour explains itself: the sentences, and that none of them tells too much."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.explain import (
    LABELS,
    MISSING_LABELS,
    TREND_LABELS,
    VERDICT_LABELS,
    explain,
    explain_goal,
)
from monitoring.outlook import Trend
from monitoring.status import (
    KVK_1,
    Agreed,
    Direction,
    GoalItem,
    GoalVerdict,
    Measured,
    MeasuredPercentage,
    MissingReason,
    Status,
    goal_verdict,
    judge,
    judge_percentage,
)

CASES = settings(max_examples=100, deadline=None, database=None)
AGREED = Agreed(
    direction=Direction.HIGHER, target=Decimal(60), baseline=Decimal(50), tol=Decimal(2), decimals=1
)
PERCENTAGE = replace(AGREED, target=Decimal(80), baseline=Decimal(70), tol=Decimal("0.5"))
LOWER = replace(AGREED, direction=Direction.LOWER, target=Decimal(16), baseline=Decimal(20))
RANGE = Agreed(
    direction=Direction.RANGE,
    target=None,
    low=Decimal(22),
    high=Decimal(28),
    tol=Decimal(1),
    decimals=1,
)
FLOW = Agreed(
    direction=Direction.HIGHER, target=Decimal(400), tol=Decimal(20), decimals=0, flow=True
)


def said(agreed: Agreed, value: str | None, unit: str = "", **fields) -> str:
    measured = Measured(value=None if value is None else Decimal(value), **fields)
    return explain(judge(agreed, measured, KVK_1), agreed, measured, KVK_1, unit=unit)


def said_of(num: int, den: int, agreed: Agreed = PERCENTAGE, threshold: int | None = None) -> str:
    measured = MeasuredPercentage(num=num, den=den)
    result = judge_percentage(agreed, measured, KVK_1)
    return explain(result, agreed, measured, KVK_1, unit="%", threshold=threshold)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            said_of(19, 24),
            "Doel 80,0%; gemeten 79,2% (19 van 24 kinderen); tolerantie 4,2 punt omdat het om "
            "24 kinderen gaat; dus op koers.",
        ),
        (
            said_of(22, 27),
            "Doel 80,0%; gemeten 81,5% (22 van 27 kinderen); tolerantie 3,7 punt omdat het om "
            "27 kinderen gaat; doel gehaald; dus op koers.",
        ),
        (
            said(AGREED, "61", "uur"),
            "Doel 60,0 uur; gemeten 61,0 uur; doel gehaald; dus op koers.",
        ),
        (
            said(AGREED, "58.5", "uur"),
            "Doel 60,0 uur; gemeten 58,5 uur; tolerantie 2,0 uur; dus op koers.",
        ),
        (
            said(AGREED, "57.9", "uur"),
            "Doel 60,0 uur; gemeten 57,9 uur; tolerantie 2,0 uur; 79% van de afgesproken "
            "verbetering sinds de nulmeting (50,0 uur) is bereikt; dus aandacht nodig.",
        ),
        (
            said(LOWER, "18"),
            "Doel 16,0 of lager; gemeten 18,0; tolerantie 2,0; dus op koers.",
        ),
        (
            said(replace(LOWER, tol=Decimal(1)), "18"),
            "Doel 16,0 of lager; gemeten 18,0; tolerantie 1,0; 2,0 van het doel af, "
            "niet meer dan 2 keer de tolerantie; dus aandacht nodig.",
        ),
        (
            said(AGREED, "55.9"),
            "Doel 60,0; gemeten 55,9; tolerantie 2,0; 59% van de afgesproken verbetering sinds "
            "de nulmeting (50,0) is bereikt; minstens 60% is nodig; dus niet op koers.",
        ),
        (
            said(replace(AGREED, tol=Decimal(0)), "50"),
            "Doel 60,0; gemeten 50,0; geen tolerantie afgesproken; er is geen verbetering sinds "
            "de nulmeting (50,0); minstens 60% van de afgesproken verbetering is nodig; "
            "dus niet op koers.",
        ),
        (
            said(AGREED, "49"),
            "Doel 60,0; gemeten 49,0; tolerantie 2,0; 1,0 slechter dan de nulmeting (50,0); "
            "minstens 60% van de afgesproken verbetering is nodig; dus niet op koers.",
        ),
        (
            said(AGREED, "47.9"),
            "Doel 60,0; gemeten 47,9; tolerantie 2,0; 2,1 slechter dan de nulmeting (50,0), "
            "en dat is meer dan de tolerantie; dus niet op koers.",
        ),
        (
            said(replace(AGREED, target=Decimal(51)), "49"),
            "Doel 51,0; gemeten 49,0; tolerantie 2,0; 1,0 slechter dan de nulmeting (50,0); "
            "dus op koers.",
        ),
        (
            said(replace(AGREED, baseline=Decimal(60)), "56"),
            "Doel 60,0; gemeten 56,0; afgesproken is dit niveau vast te houden; tolerantie 2,0; "
            "4,0 van het doel af, niet meer dan 2 keer de tolerantie; dus aandacht nodig.",
        ),
        (
            said(replace(AGREED, baseline=None), "55"),
            "Doel 60,0; gemeten 55,0; er is geen nulmeting, dus telt alleen het verschil met het "
            "doel; tolerantie 2,0; 5,0 van het doel af, meer dan 2 keer de tolerantie; "
            "dus niet op koers.",
        ),
        (
            said(RANGE, "25"),
            "Doel tussen 22,0 en 28,0; gemeten 25,0; binnen de bandbreedte; dus op koers.",
        ),
        (
            said(RANGE, "30"),
            "Doel tussen 22,0 en 28,0; gemeten 30,0; tolerantie 1,0; 2,0 van de bandbreedte af, "
            "niet meer dan 2 keer de tolerantie; dus aandacht nodig.",
        ),
        (
            said(FLOW, "230", "kinderen", coverage=Decimal("0.5833333333333333333333333333")),
            "Doel 233,3 kinderen voor het gemeten deel van de periode (jaardoel 400 kinderen); "
            "gemeten 230 kinderen; er is geen nulmeting, dus telt alleen het verschil met het "
            "doel; tolerantie 11,7 kinderen; 58% van de periode is gemeten; "
            "dus voorlopig op koers.",
        ),
        (
            said(replace(AGREED, target=Decimal("60.25")), "61"),
            "Doel 60,25; gemeten 61,0; doel gehaald; dus op koers.",
        ),
        (
            said(replace(AGREED, target=None), "61"),
            "Voor dit jaar is geen doel afgesproken; dus niet beoordeeld.",
        ),
        (said_of(0, 0), "Er waren geen kinderen in de doelgroep; dus niet van toepassing."),
        (
            said(AGREED, None, due=False),
            "Doel 60,0; er is nog niet gemeten, en de termijn loopt nog; dus nog niet beoordeeld.",
        ),
        (said(AGREED, None), "Doel 60,0; er is geen meting; dus geen gegevens."),
        (
            said(AGREED, None, missing_reason=MissingReason.NOT_DELIVERED),
            "Doel 60,0; er is geen meting (niet aangeleverd); dus geen gegevens.",
        ),
        (
            said(AGREED, "58", same_method=False),
            "Doel 60,0; gemeten 58,0; er is anders gemeten dan bij de afspraak; "
            "dus niet te vergelijken.",
        ),
        (
            said_of(6, 8),
            "Doel 80,0%; het gaat om minder dan 10 kinderen; dus te klein om te beoordelen.",
        ),
        (
            said(AGREED, "58", coverage=Decimal("0.4")),
            "Doel 60,0; 40% van de periode is gemeten en minstens 50% is nodig; "
            "dus te vroeg om te beoordelen.",
        ),
        (
            said_of(3, 40, threshold=5),
            "Doel 80,0%; de meting is niet te tonen, omdat het om een klein aantal kinderen gaat; "
            "tolerantie 2,5 punt omdat het om 40 kinderen gaat; dus niet op koers.",
        ),
        (
            said_of(32, 40, threshold=5),
            "Doel 80,0%; gemeten 80,0% (32 van 40 kinderen); tolerantie 2,5 punt omdat het om "
            "40 kinderen gaat; doel gehaald; dus op koers.",
        ),
    ],
    ids=range(28),
)
def test_sentences(sentence, expected):
    assert sentence == expected


counts = st.integers(min_value=0, max_value=40)


@CASES
@given(counts, counts)
def test_outsiders_never_read_a_small_number(num, rest):
    text = said_of(num, num + rest, threshold=5)
    small = 0 < num < 5 or 0 < rest < 5 or num + rest < 10
    assert (" van " in text and "gemeten" in text) <= (not small)
    if small:
        assert not re.search(r"gemeten \d|\d van|slechter|bereikt|van het doel af", text)


figures = st.decimals(min_value=-100, max_value=100, places=2)


@CASES
@given(
    st.sampled_from(Direction),
    figures,
    st.none() | figures,
    figures,
    st.sampled_from(["0.4", "0.6", "1"]),
    st.booleans(),
)
def test_every_result_becomes_one_sentence_that_names_its_status(
    direction, target, baseline, value, coverage, flow
):
    agreed = Agreed(
        direction=direction,
        target=target,
        baseline=baseline,
        low=min(target, value),
        high=max(target, value),
        tol=Decimal("1.5"),
        decimals=1,
        flow=flow,
    )
    measured = Measured(value=value, coverage=Decimal(coverage))
    result = judge(agreed, measured, KVK_1)
    text = explain(result, agreed, measured, KVK_1, unit="uur")
    assert re.fullmatch(r"Doel .*; dus [a-z ]+\.", text)
    assert ";;" not in text
    assert "  " not in text
    conclusions = {
        Status.GREEN: "op koers.",
        Status.AMBER: "aandacht nodig.",
        Status.RED: "niet op koers.",
        Status.TOO_EARLY: "te vroeg om te beoordelen.",
    }
    assert text.endswith(conclusions[result.status])


def test_a_share_just_below_the_line_is_never_shown_as_enough():
    agreed = replace(AGREED, target=Decimal(100_000), baseline=Decimal(0), tol=Decimal(0))
    assert "59% van de afgesproken" in said(agreed, "59999.6")


def test_every_code_has_words():
    assert set(LABELS) == set(Status)
    assert set(TREND_LABELS) == set(Trend)
    assert set(VERDICT_LABELS) == set(GoalVerdict)
    assert set(MISSING_LABELS) == set(MissingReason)
    assert len({label.symbol for label in LABELS.values()}) == len(Status)
    assert len({label.text for label in LABELS.values()}) == len(Status)


def items(*statuses: Status, core: int = -1) -> list[GoalItem]:
    return [GoalItem(status, place == core) for place, status in enumerate(statuses)]


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ([], "Er is dit jaar nog niets te beoordelen; dus nog niet aan de beurt."),
        (
            items(Status.GREEN),
            "Van 1 indicator: 1 op koers; alles wat te beoordelen is, is op koers; dus op koers.",
        ),
        (
            items(Status.GREEN, Status.GREEN),
            "Van 2 indicatoren: 2 op koers; alles wat te beoordelen is, is op koers; dus op koers.",
        ),
        (
            items(Status.GREEN, Status.AMBER, Status.NO_DATA),
            "Van 3 indicatoren: 1 op koers, 1 aandacht, 1 geen gegevens; niet alles is op koers; "
            "dus op koers met aandachtspunten.",
        ),
        (
            items(Status.RED, Status.GREEN, Status.GREEN, core=0),
            "Van 3 indicatoren: 2 op koers, 1 niet op koers; een kernindicator is niet op koers; "
            "dus bijsturen voorgesteld.",
        ),
        (
            items(Status.RED, Status.RED, Status.GREEN, core=2),
            "Van 3 indicatoren: 1 op koers, 2 niet op koers; meer dan 1 op de 3 is niet op koers; "
            "dus bijsturen voorgesteld.",
        ),
        (
            items(Status.NO_DATA, Status.NO_DATA, Status.GREEN),
            "Van 3 indicatoren: 1 op koers, 2 geen gegevens; minder dan 1 op de 2 is te "
            "beoordelen; dus niet te beoordelen.",
        ),
    ],
    ids=range(7),
)
def test_a_goal_explains_its_verdict(goal, expected):
    assert explain_goal(goal, goal_verdict(goal, KVK_1), KVK_1) == expected
