"""The achterstandsscore: the worked cases are in the vectors; here what must hold for every school."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ikc.disadvantage import Location, LowScore, LowScoresNotPossible, disadvantage_score

MEANS = {
    "national_mean": Decimal(537),
    "lowest_mean": Decimal(531),
    "threshold_percentage": Decimal(12),
}
low_scores = st.lists(
    st.builds(
        LowScore,
        count=st.integers(0, 40),
        score=st.decimals("520", "533", places=2),
    ),
    max_size=4,
).map(tuple)


@given(low_scores, st.integers(0, 300))
def test_more_pupils_without_a_low_score_never_raise_it(rows, others):
    low = sum(row.count for row in rows)
    few = disadvantage_score([Location(low, rows)], **MEANS)
    many = disadvantage_score([Location(low + others, rows)], **MEANS)
    assert Decimal(0) <= many.score <= few.score


@given(st.lists(low_scores, min_size=1, max_size=3))
def test_the_locations_are_summed_apart(all_rows):
    locations = [Location(100 + sum(row.count for row in rows), rows) for rows in all_rows]
    alone = [disadvantage_score([location], **MEANS).score for location in locations]
    assert disadvantage_score(locations, **MEANS).score == sum(alone)


@pytest.mark.parametrize(
    "location",
    [
        Location(9, (LowScore(10, Decimal(530)),)),
        Location(10, (LowScore(-1, Decimal(530)),)),
        Location(-1),
    ],
)
def test_what_cannot_be_is_refused(location):
    with pytest.raises(LowScoresNotPossible):
        disadvantage_score([location], **MEANS)
