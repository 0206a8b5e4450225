"""Where an IKC stands with the status Plus, in one or two words; and the rules of its period."""

from datetime import date, timedelta

from ikc.models import AttentionArea, Ikc
from ikc.states import PlusState

IN_FORCE = "Plus IKC"
# What is shown of an IKC that has no status Plus in force; other states are for its own page.
ON_THE_WAY = {
    PlusState.CANDIDATE: "kandidaat",
    PlusState.CONDITIONS_CHECK: "in toetsing",
    PlusState.PROPOSED: "voorgesteld",
}
PLUS_BADGES = {IN_FORCE: "success", **dict.fromkeys(ON_THE_WAY.values(), "neutral")}


def plus_label(ikc: Ikc) -> str:
    """Over the annotations of `with_plus` and `with_plus_state`; empty when there is nothing to show."""
    if ikc.is_plus:
        return IN_FORCE
    return ON_THE_WAY.get(PlusState(ikc.plus_state), "") if ikc.plus_state else ""


# A status is given for four years (programme, annex 1), and the areas are looked at again every second year (5.2).
YEARS = 4
REVIEW_EVERY = 2


def in_attention_area(ikc: Ikc, day: date) -> bool:
    """P00: the IKC lies in an area that is an attention area on `day` (domain reference 5.1)."""
    areas = AttentionArea.objects.active_on(day)
    return areas.filter(pk=ikc.attention_area_id).exists() if ikc.attention_area_id else False


def parties_of(ikc: Ikc, *, day: date) -> set[int]:
    """The organisations that stand behind the IKC on `day`: its school board and its childcare partners."""
    partners = ikc.partners.active_on(day)
    return {ikc.board_id, *partners.values_list("organisation", flat=True)}


def granted_period(valid_from: date, programme_ends_on: date) -> tuple[date, date]:
    """The period of a status that begins on `valid_from`: four years, or to the end of the programme (T-PL-01, T-PL-04)."""
    four_years_later = valid_from.replace(year=valid_from.year + YEARS)
    return valid_from, min(four_years_later - timedelta(days=1), programme_ends_on)


def review_years(valid_from: date, valid_until: date, *, areas_decided_in: int) -> list[int]:
    """The years of the period in which the status is reviewed: every second one after the decision on the areas.

    T-PL-01: granted on 2022-01-01 with areas of 2021, so 2023 and 2025.
    """
    years = range(areas_decided_in + REVIEW_EVERY, valid_until.year + 1, REVIEW_EVERY)
    return [year for year in years if year >= valid_from.year]
