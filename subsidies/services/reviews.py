"""One member scores one application (domain reference 3.3): read, score with reasons, submit.

All applications are judged in the same way, on one set of criteria; scores stay blind until one's own
are in. A member with an interest is refused at every step, whatever was assigned before (Awb 2:4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.errors import DomainError
from subsidies import scoring
from subsidies.interests import conflicted_in_round, interest_in_application
from subsidies.models import Application, Calibration, Criterion, Review, ReviewScore
from subsidies.services.commission import ConflictOfInterest
from subsidies.states import REVIEW_WORKFLOW, AdviceState, ApplicationState

if TYPE_CHECKING:
    from ikc.models import User

CALIBRATION_FIRST = (
    "De commissie oefent eerst met een oefenaanvraag. U kunt indienen zodra de secretaris die oefening afsluit. "
    "Bewaren kan nu al."
)
OPEN_STATES = (ApplicationState.ADMITTED, ApplicationState.IN_REVIEW)


class ReviewIncomplete(DomainError):
    """A criterion without a score, or a score that needs reasons and has none. `problems`: per criterion code."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()), code="REVIEW_INCOMPLETE")
        self.problems = dict(problems)


class NewerReviewSaved(DomainError):
    """Another page saved this review after the page that is sent was opened."""


class ReasonMissing(DomainError):
    """Stepping aside or reopening is written down with its reason."""


class AssessmentClosed(DomainError):
    """The application was withdrawn, or the commission adopted its advice."""


class CalibrationFirst(DomainError):
    """The commission exercises before it scores in this round, and the exercise is not over yet."""


class AdviceAdopted(DomainError):
    """The advice stands on these scores; they cannot change any more."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a member gives on one criterion; `score` is 1 to 5, or None while not scored."""

    score: int | None
    motivation: str = ""


Scores = Mapping[str, Given]


@dataclass(frozen=True, slots=True)
class Opened:
    """The page that sends a review: its name, and the version of the review (`version_of`) that it was opened with."""

    page: str
    version: str


def version_of(review: Review) -> str:
    """Which save of the review this is; empty before the first."""
    return "" if review.saved_at is None else review.saved_at.astimezone(UTC).isoformat()


def is_newer(review: Review, opened: Opened) -> bool:
    """Was the review saved by another page after this one was opened?"""
    return opened.version != version_of(review) and opened.page != review.saved_page


@transaction.atomic
def accept_review(review: Review, *, by: "User", at: datetime) -> Review:
    """The member declares to have no interest in this application. Raises AssessmentClosed or ConflictOfInterest."""
    review = _lock(review)
    refuse_unfit(review)
    before = review.state
    review.state = REVIEW_WORKFLOW.target("accept", state=before)
    review.save(update_fields=["state"])
    record(review, "review_accepted", actor=by, at=at, before=before, after=review.state)
    return review


@transaction.atomic
def recuse_review(review: Review, *, reason: str, by: "User", at: datetime) -> Review:
    """The member steps aside and loses sight of the application at once. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing("Vul in welk belang u hebt. De reden is alleen voor de secretaris.")
    review = _lock(review)
    before = review.state
    review.state = REVIEW_WORKFLOW.target("recuse", state=before)
    review.recusal_reason = reason.strip()[:200]
    review.save(update_fields=["state", "recusal_reason"])
    record(review, "review_recused", actor=by, at=at, before=before, after=review.state)
    return review


@transaction.atomic
def save_review(
    review: Review,
    *,
    scores: Scores,
    note: str = "",
    opened: Opened | None = None,
    by: "User",
    at: datetime,
) -> Review:
    """Keep a draft; criteria may be open still.

    Raises AssessmentClosed, ConflictOfInterest, TransitionNotAllowed or NewerReviewSaved; then nothing is kept.
    """
    review = _lock(review)
    refuse_unfit(review)
    review.state = REVIEW_WORKFLOW.target("save", state=review.state)
    _refuse_older(review, opened)
    _write(review, scores, note, at)
    return review


@transaction.atomic
def submit_review(
    review: Review,
    *,
    scores: Scores,
    note: str = "",
    opened: Opened | None = None,
    by: "User",
    at: datetime,
) -> Review:
    """Give the scores to the commission; from here on the member sees the others'.

    Raises ReviewIncomplete, AssessmentClosed, ConflictOfInterest, CalibrationFirst, TransitionNotAllowed or
    NewerReviewSaved; then nothing is kept.
    """
    review = _lock(review)
    refuse_unfit(review)
    if Calibration.objects.filter(round=review.application.round_id).holding_back().exists():
        raise CalibrationFirst(CALIBRATION_FIRST)
    before = review.state
    review.state = REVIEW_WORKFLOW.target("submit", state=before)
    _refuse_older(review, opened)
    criteria = criteria_of(review.application)
    if problems := missing_for_submission(criteria, scores):
        raise ReviewIncomplete(problems)
    review.submitted_at = at
    review.total = weighted_total(criteria, scores)
    _write(review, scores, note, at)
    record(
        review,
        "review_submitted",
        actor=by,
        at=at,
        before=before,
        after=review.state,
        total=review.total,
    )
    return review


@transaction.atomic
def reopen_review(review: Review, *, reason: str, by: "User", at: datetime) -> Review:
    """The secretary gives a submitted review back to its member; the database keeps the old scores.

    Raises ReasonMissing or AdviceAdopted.
    """
    if not reason.strip():
        raise ReasonMissing("Vul in waarom u deze beoordeling heropent.")
    review = _lock(review)
    advice = getattr(review.application, "advice", None)
    if advice is not None and advice.state not in (AdviceState.DRAFT, AdviceState.DISCUSSED):
        raise AdviceAdopted("Het advies is vastgesteld. De scores kunnen niet meer veranderen.")
    before = review.state
    review.state = REVIEW_WORKFLOW.target("reopen", state=before)
    review.save(update_fields=["state"])
    record(
        review,
        "review_reopened",
        actor=by,
        at=at,
        before=before,
        after=review.state,
        reason=reason.strip(),
    )
    return review


def criteria_of(application: Application) -> list[Criterion]:
    """The criteria of the round in published order."""
    return sorted(application.round.criteria.all(), key=lambda criterion: criterion.order)


def rule_criteria(criteria: list[Criterion]) -> list[scoring.Criterion]:
    """The same criteria as the scoring rules know them."""
    return [
        scoring.Criterion(row.code, row.weight, Criterion.MIN_SCORE, Criterion.MAX_SCORE)
        for row in criteria
    ]


def missing_for_submission(criteria: list[Criterion], scores: Scores) -> dict[str, str]:
    """Per criterion code what is still missing, as a sentence."""
    problems = {}
    for criterion in criteria:
        given = scores.get(criterion.code, Given(None))
        if given.score is None:
            problems[criterion.code] = f"Geef een score voor ‘{criterion.name}’."
        elif not scoring.motivation_ok(given.score, given.motivation):
            problems[criterion.code] = (
                f"Licht de score {given.score} voor ‘{criterion.name}’ toe in ten minste "
                f"{scoring.MOTIVATION_LENGTH} tekens."
            )
    return problems


def weighted_total(criteria: list[Criterion], scores: Scores) -> Decimal | None:
    """The weighted total of one member, 0 to 100 points; None while a criterion is open."""
    given = {code: row.score for code, row in scores.items() if row.score is not None}
    if len(given) < len(criteria):
        return None
    result = scoring.weighted_score(
        rule_criteria(criteria),
        [scoring.Review("lid", given)],
        min_reviews=1,
        spread_limit=Decimal(100),
    )
    return result.score


def _lock(review: Review) -> Review:
    """The review, with its application held still: an advice is adopted on what was submitted by then."""
    Application.objects.select_for_update(of=("self",)).get(pk=review.application_id)
    return (
        Review.objects.select_for_update(of=("self",))
        .select_related("application__round", "member__user")
        .get(pk=review.pk)
    )


def refuse_unfit(review: Review) -> None:
    """Scores are open until the advice; rules C2 and C4 hold at the moment itself, not only at assignment."""
    user, application = review.member.user, review.application
    if application.state not in OPEN_STATES:
        raise AssessmentClosed("Deze aanvraag wordt nu niet beoordeeld.")
    involved = (
        Application.objects.filter(pk=application.pk).filter(interest_in_application(user)).exists()
    )
    if involved or conflicted_in_round(user, application.round):
        raise ConflictOfInterest(
            "U kunt deze aanvraag niet beoordelen. Neem contact op met de secretaris."
        )


def _refuse_older(review: Review, opened: Opened | None) -> None:
    """Refuse a page that does not know the last save; else note which page saves now."""
    if opened is None:
        return
    if is_newer(review, opened):
        raise NewerReviewSaved(
            "Deze beoordeling is intussen in een ander venster bewaard. Wat u hier typte, staat hieronder en is nog niet "
            "bewaard. Bewaart u het nu, dan vervangt het wat u in het andere venster invulde."
        )
    review.saved_page = opened.page[:40]


def _write(review: Review, scores: Scores, note: str, at: datetime) -> None:
    review.note_to_self = note.strip()
    review.saved_at = at
    review.save(
        update_fields=["state", "note_to_self", "saved_at", "saved_page", "submitted_at", "total"]
    )
    criteria = {criterion.code: criterion for criterion in criteria_of(review.application)}
    rows = [
        ReviewScore(
            review=review,
            criterion=criteria[code],
            score=given.score,
            motivation=given.motivation.strip(),
        )
        for code, given in scores.items()
    ]
    ReviewScore.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["review", "criterion"],
        update_fields=["score", "motivation"],
    )
