"""The calculation rules about schools, as the vector files call them (`kvk2.core.replay`)."""

from collections.abc import Mapping
from typing import Any

from ikc.disadvantage import Location, LowScore, disadvantage_score
from kvk2.core.replay import Adapter, Input


def _disadvantage_score(case: Input) -> Mapping[str, Any]:
    result = disadvantage_score(
        [_location(item) for item in case.objects("locations")],
        national_mean=case.decimal("national_mean"),
        lowest_mean=case.decimal("lowest_mean"),
        threshold_percentage=case.decimal("threshold_percentage"),
    )
    return {
        "locations": [
            {"a": str(each.disadvantage), "b": str(each.threshold), "score": str(each.score)}
            for each in result.locations
        ],
        "score": str(result.score),
    }


def _location(item: Input) -> Location:
    rows = item.objects("low_scores")
    return Location(
        pupils=item.integer("pupils"),
        low_scores=tuple(LowScore(row.integer("count"), row.decimal("score")) for row in rows),
    )


FUNCTIONS: dict[str, Adapter] = {"disadvantage_score": _disadvantage_score}
