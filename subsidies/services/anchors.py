"""What a score means on each criterion: explained and sharpened until scoring opens.

Scoring opens with the first review that is submitted in the round. From then on every application is judged with the
same explanation (programme 2023-2026, 1: 'op dezelfde wijze'); a trigger keeps it so.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from subsidies.models import Criterion, Review, ScoreAnchor, SubsidyRound
from subsidies.services.commission import DECLARABLE
from subsidies.services.round_content import lock_round

if TYPE_CHECKING:
    from ikc.models import User

LONGEST = 240
SCALE = range(Criterion.MIN_SCORE, Criterion.MAX_SCORE + 1)
# Per code of a criterion what each score means.
Anchors = Mapping[str, Mapping[int, str]]


class AnchorsFixed(DomainError):
    """The first review was submitted, or the round is not the commission's to explain now."""


class AnchorMissing(DomainError):
    """A score without a meaning, or with a text that is too long. `problems`: per score a sentence."""

    def __init__(self, problems: Mapping[int, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


def scoring_opened(round_: SubsidyRound) -> bool:
    """Whether a review was ever submitted in `round_`; a reopened one counts."""
    return Review.objects.filter(application__round=round_.pk, submitted_at__isnull=False).exists()


@transaction.atomic
def change_anchors(
    criterion: Criterion, texts: Mapping[int, str], *, by: "User", at: datetime
) -> None:
    """Write down what 1 to 5 mean on `criterion`; the trail tells before and after of each text that changed.

    Raises AnchorMissing or AnchorsFixed.
    """
    round_ = lock_round(criterion.round)
    if round_.state not in DECLARABLE or scoring_opened(round_):
        raise AnchorsFixed(
            "De uitleg ligt vast: het beoordelen is begonnen. Alle aanvragen worden op dezelfde wijze beoordeeld."
        )
    after = {score: " ".join(texts.get(score, "").split()) for score in SCALE}
    if problems := {
        score: problem for score in SCALE if (problem := _problem(score, after[score]))
    }:
        raise AnchorMissing(problems)
    before = dict(criterion.anchors.values_list("score", "text"))
    changed = [score for score in SCALE if before.get(score) != after[score]]
    if not changed:
        return
    ScoreAnchor.objects.bulk_create(
        [ScoreAnchor(criterion=criterion, score=score, text=after[score]) for score in changed],
        update_conflicts=True,
        unique_fields=["criterion", "score"],
        update_fields=["text"],
    )
    changes = [[score, before.get(score, ""), after[score]] for score in changed]
    record(round_, "anchors_changed", actor=by, at=at, criterion=criterion.name, changes=changes)


def _problem(score: int, text: str) -> str:
    if not text:
        return f"Leg uit wat een {score} betekent."
    if len(text) > LONGEST:
        return f"De uitleg bij {score} is te lang: hoogstens {LONGEST} tekens."
    return ""


def anchors_of(round_: SubsidyRound) -> dict[str, dict[int, str]]:
    """What each score means, per code of a criterion."""
    found: dict[str, dict[int, str]] = {}
    rows = ScoreAnchor.objects.filter(criterion__round=round_).order_by("criterion", "score")
    for code, score, text in rows.values_list("criterion__code", "score", "text"):
        found.setdefault(code, {})[score] = text
    return found


def take_along(anchors: Anchors, round_: SubsidyRound) -> None:
    """Give the criteria of a draft the explanation of criteria with the same code, in a copy or after a change."""
    ScoreAnchor.objects.bulk_create(
        ScoreAnchor(criterion=criterion, score=score, text=text)
        for criterion in Criterion.objects.filter(round=round_, code__in=anchors).order_by("order")
        for score, text in anchors[criterion.code].items()
    )
