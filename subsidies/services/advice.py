"""The advice of the commission on each application (Awb 3:5-3:9; domain reference 3.4).

The secretary drafts it from the scores, records the meeting and adopts it for the commission. Adoption
freezes the score that the ranking stands on; what the college does with the advice follows later.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from kvk2.core.money import format_number
from subsidies import scoring
from subsidies.facts import known
from subsidies.models import (
    Application,
    CommissionAdvice,
    Criterion,
    Letter,
    Review,
    ReviewScore,
    ScoreChange,
    SubsidyRound,
)
from subsidies.querysets import ApplicationQuerySet
from subsidies.services.letter_contexts import advice_context
from subsidies.services.letters import order_letter
from subsidies.services.meeting_facts import missing_in_meeting, why_not_discussed
from subsidies.services.reviews import criteria_of, rule_criteria
from subsidies.states import (
    ADVICE_WORKFLOW,
    APPLICATION_WORKFLOW,
    COUNTED_REVIEWS,
    GONE_REVIEWS,
    REVIEW_WORKFLOW,
    ROUND_WORKFLOW,
    AdviceState,
    ApplicationState,
    ReviewState,
)

if TYPE_CHECKING:
    from ikc.models import User

Conclusion = CommissionAdvice.Conclusion
EDITABLE = (AdviceState.DRAFT, AdviceState.DISCUSSED)
NOT_YET = (
    "De advisering is nog niet klaar. Vraag wie de procedure waarneemt, wat er nog moet gebeuren."
)
# What still waits for the commission while a round is being assessed.
WAITING = (ApplicationState.ADMITTED, ApplicationState.IN_REVIEW)


class AdviceIncomplete(DomainError):
    """Something is missing before the advice can be adopted; the message names it."""


class AdviceFixed(DomainError):
    """An adopted advice does not change."""


class MeetingDateInvalid(DomainError):
    """A meeting that has not been held yet."""


class AdviceMissing(DomainError):
    """Applications of the round have no adopted advice yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceContent:
    """What the secretary writes down. `criterion_texts` per criterion code; amounts in euros."""

    conclusion: str = ""
    text: str = ""
    criterion_texts: Mapping[str, str]
    proposed_amount: Decimal | None = None
    effort_finding: str = ""
    effort_text: str = ""
    effort_evidence: str = ""
    effort_due_on: date | None = None

    @property
    def effort_is_complete(self) -> bool:
        """Awb 4:38: what the commission sees, what has to improve, before when, and what shows it."""
        texts = (self.effort_finding, self.effort_text, self.effort_evidence)
        return all(text.strip() for text in texts) and self.effort_due_on is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """One application on the secretary's overview; `score` is None while there are too few reviews."""

    application: Application
    advice: CommissionAdvice | None
    reviews_done: int
    reviews_assigned: int
    score: scoring.WeightedScore | None


def with_reviews(applications: QuerySet[Application]) -> QuerySet[Application]:
    """What `standing_of` reads, in a constant number of queries."""
    scores = ReviewScore.objects.select_related("criterion").order_by("criterion__order")
    reviews = Review.objects.select_related("member__user").order_by("pk")
    adopted = ScoreChange.objects.filter(review=None).select_related("criterion").order_by("pk")
    return applications.select_related("advice", "ikc", "board").prefetch_related(
        Prefetch("reviews", reviews.prefetch_related(Prefetch("scores", scores))),
        Prefetch("score_changes", adopted, to_attr="adopted_changes"),
    )


def standing_of(
    application: Application, round_: SubsidyRound, criteria: Sequence[Criterion]
) -> Standing:
    """How far the assessment of `application` (from `with_reviews`) is, and what the scores say now."""
    reviews = list(application.reviews.all())
    counted = [review for review in reviews if review.state in COUNTED_REVIEWS]
    enough = len(counted) >= max(round_.min_reviews, 1)
    return Standing(
        application=application,
        advice=getattr(application, "advice", None),
        reviews_done=len(counted),
        reviews_assigned=sum(review.state not in GONE_REVIEWS for review in reviews),
        score=_weighted(round_, criteria, reviews, _last(application.adopted_changes))  # type: ignore[attr-defined]
        if enough
        else None,
    )


@transaction.atomic
def draft_advice(application: Application, *, by: "User | None", at: datetime) -> CommissionAdvice:
    """A first text out of the members' scores and reasons, for the secretary to work on.

    Raises scoring.TooFewReviews while the quorum is not met.
    """
    application = _lock_application(application)
    if application.state != ApplicationState.IN_REVIEW:
        raise AdviceIncomplete("Deze aanvraag is niet in beoordeling.")
    reviews = reviews_of(application)
    criteria = criteria_of(application)
    score = current_score(application, reviews)
    advice, created = CommissionAdvice.objects.get_or_create(
        application=application,
        defaults={
            "text": first_text(criteria, score),
            "criterion_texts": _gathered_motivations(criteria, reviews),
        },
    )
    if created:
        record(advice, "advice_drafted", actor=by, at=at, after=advice.state)
    return advice


@transaction.atomic
def edit_advice(
    advice: CommissionAdvice, content: AdviceContent, *, by: "User", at: datetime
) -> CommissionAdvice:
    """Keep the text of a draft or discussed advice.

    Raises AdviceFixed, AdviceIncomplete for half a duty, or scoring.TooFewReviews while the quorum is not met.
    """
    advice = _lock(advice)
    if advice.state not in EDITABLE:
        raise AdviceFixed("Het advies is vastgesteld en kan niet meer veranderen.")
    current_score(advice.application, reviews_of(advice.application))
    if content.conclusion == Conclusion.POSITIVE_WITH_EFFORT and not content.effort_is_complete:
        raise AdviceIncomplete(
            "Vul alle vier de delen van de inspanningsverplichting in, ook de datum."
        )
    _write(advice, content)
    record(advice, "advice_changed", actor=by, at=at, before=advice.state, after=advice.state)
    return advice


@transaction.atomic
def discuss_advice(
    advice: CommissionAdvice, *, meeting_on: date, by: "User | None", at: datetime
) -> CommissionAdvice:
    """The commission discussed the application on `meeting_on`.

    Raises MeetingDateInvalid, or AdviceIncomplete in a round with meetings when the quorum did not vote in one.
    """
    advice = _lock(advice)
    if why := why_not_discussed(advice):
        raise AdviceIncomplete(why)
    if meeting_on > local_date(at):
        raise MeetingDateInvalid("De vergadering ligt in de toekomst. Vul in op welke dag zij was.")
    before = advice.state
    advice.state = ADVICE_WORKFLOW.target("discuss", state=before)
    advice.meeting_on = meeting_on
    advice.save(update_fields=["state", "meeting_on"])
    record(advice, "advice_discussed", actor=by, at=at, before=before, after=advice.state)
    return advice


def missing_for_adoption(advice: CommissionAdvice, score: Decimal) -> list[str]:
    """What keeps the commission from adopting, as sentences; `score` is the total of the counted reviews."""
    minimum = advice.application.round.min_score
    negative = advice.conclusion == Conclusion.NEGATIVE
    lower = advice.proposed_amount is not None and 0 < advice.proposed_amount < known(
        advice.application.eligible_amount
    )
    checks = (
        (advice.conclusion, "Kies de conclusie van het advies."),
        (advice.text.strip(), "Schrijf de overwegingen van de commissie op."),
        (advice.meeting_on, "Leg vast wanneer de commissie de aanvraag besprak."),
        (
            advice.conclusion != Conclusion.PARTIAL or lower,
            "Vul bij een deels positief advies een bedrag in dat lager is dan het subsidiabele bedrag.",
        ),
        (
            negative or minimum is None or score >= minimum,
            f"De score van {format_number(score, 2)} is lager dan de minimumscore van de ronde. "
            "De conclusie is dan negatief.",
        ),
    )
    return [
        *(sentence for done, sentence in checks if not done),
        *missing_in_meeting(advice),
    ]


@transaction.atomic
def adopt_advice(advice: CommissionAdvice, *, by: "User", at: datetime) -> CommissionAdvice:
    """The commission adopts: the score is final, the reviews are locked, the application is advised on.

    Raises AdviceIncomplete, scoring.TooFewReviews or TransitionNotAllowed.
    """
    application = _lock_application(advice.application)
    advice = _lock(advice)
    target = ADVICE_WORKFLOW.target("adopt", state=advice.state)
    reviews = reviews_of(application, lock=True)
    score = current_score(application, reviews)
    if missing := missing_for_adoption(advice, score.score):
        raise AdviceIncomplete(" ".join(missing))
    before, advice.state = advice.state, target
    advice.score, advice.spread = score.score, score.spread
    advice.criterion_scores = {code: str(value) for code, value in score.criterion_scores.items()}
    advice.reviews_counted = score.counted_reviews
    advice.adopted_at, advice.adopted_by = at, by
    advice.save()
    _lock_reviews(reviews, at=at)
    _advance(application, score.score, by=by, at=at)
    record(
        advice,
        "advice_adopted",
        actor=by,
        at=at,
        before=before,
        after=target,
        score=score.score,
        conclusion=advice.conclusion,
    )
    return advice


@transaction.atomic
def send_advice(advice: CommissionAdvice, *, by: "User | None", at: datetime) -> Letter:
    """Send the advice to the college and to the applicant (letter L06; Awb 3:49)."""
    advice = _lock(advice)
    before = advice.state
    advice.state = ADVICE_WORKFLOW.target("send", state=before)
    advice.save(update_fields=["state"])
    recused = advice.application.reviews.filter(state=ReviewState.RECUSED).count()
    letter = order_letter(
        Letter.Code.ADVICE,
        advice.application,
        advice_context(advice, recused=recused, at=at).as_dict(),
        at=at,
    )
    record(advice, "advice_sent", actor=by, at=at, before=before, after=advice.state)
    return letter


@transaction.atomic
def send_adopted(
    round_: SubsidyRound, applications: Collection[int], *, by: "User | None", at: datetime
) -> int:
    """Send every adopted advice on `applications` (ids); the number sent."""
    adopted = CommissionAdvice.objects.filter(
        application__round=round_, application__in=applications, state=AdviceState.ADOPTED
    ).order_by("application__number")
    return len([send_advice(advice, by=by, at=at) for advice in adopted])


def missing_for_round(round_: SubsidyRound, *, reader: "User | None" = None) -> list[str]:
    """What the round still lacks before its advice is complete, as sentences.

    Of an application in which `reader` has an interest nothing is told (rule C2), only that the round is not ready.
    """
    applications = Application.objects.filter(round=round_)
    told = applications.visible_to(reader) if reader else applications
    sentences = sentences_for_round(*_open_of(told))
    if not sentences and any(_open_of(applications)):
        return [NOT_YET]
    return sentences


def _open_of(applications: ApplicationQuerySet) -> tuple[list[str], int]:
    """The numbers of those without an adopted advice, and how many adopted advices were not sent."""
    waiting = applications.filter(state__in=WAITING).order_by("number")
    unsent = applications.filter(advice__state=AdviceState.ADOPTED).exclude(
        state=ApplicationState.WITHDRAWN
    )
    return list(waiting.values_list("number", flat=True)), unsent.count()


def sentences_for_round(waiting: Sequence[str], unsent: int) -> list[str]:
    """The same of these `waiting` applications (numbers) and so many adopted advices that were not sent."""
    sentences = []
    if waiting:
        sentences.append(f"Er is nog geen vastgesteld advies over {_listed(waiting)}.")
    if unsent:
        word = "vastgesteld advies is" if unsent == 1 else "vastgestelde adviezen zijn"
        sentences.append(f"{unsent} {word} nog niet verstuurd.")
    return sentences


@transaction.atomic
def finish_advice(round_: SubsidyRound, *, by: "User | None", at: datetime) -> SubsidyRound:
    """The commission is done: the round goes on to the allocation. Raises AdviceMissing."""
    round_ = SubsidyRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    target = ROUND_WORKFLOW.target("advise", state=round_.state)
    if missing := missing_for_round(round_, reader=by):
        raise AdviceMissing(" ".join(missing))
    before, round_.state = round_.state, target
    round_.save(update_fields=["state"])
    record(round_, "round_advised", actor=by, at=at, before=before, after=target)
    return round_


def first_text(criteria: Sequence[Criterion], score: scoring.WeightedScore) -> str:
    """The considerations as a first draft: the total, and where the plan is strong or weak."""
    names = {criterion.code: criterion.name for criterion in criteria}
    ordered = sorted(score.criterion_scores.items(), key=lambda item: -item[1])
    strong, weak = ordered[0], ordered[-1]
    text = (
        f"De commissie geeft de aanvraag {format_number(score.score, 2)} van de 100 punten. "
        f"{score.counted_reviews} leden beoordeelden de aanvraag."
    )
    if strong[1] > weak[1]:
        text += (
            f"\n\nHet sterkst is de aanvraag op ‘{names[strong[0]]}’ "
            f"({format_number(strong[1], 2)} van de 5). Het minst sterk is zij op "
            f"‘{names[weak[0]]}’ ({format_number(weak[1], 2)} van de 5)."
        )
    return text


def _gathered_motivations(
    criteria: Sequence[Criterion], reviews: Sequence[Review]
) -> dict[str, str]:
    """What the members wrote per criterion, without their names, one below the other."""
    texts: dict[str, list[str]] = {criterion.code: [] for criterion in criteria}
    for review in reviews:
        if review.state not in COUNTED_REVIEWS:
            continue
        for row in review.scores.all():
            if row.motivation.strip():
                texts[row.criterion.code].append(row.motivation.strip())
    return {code: "\n".join(lines) for code, lines in texts.items()}


def current_score(application: Application, reviews: Sequence[Review]) -> scoring.WeightedScore:
    """What the scores come to now, with those that the commission adopted in the meeting. Raises TooFewReviews."""
    changes = ScoreChange.objects.filter(application=application, review=None)
    adopted = _last(changes.select_related("criterion").order_by("pk"))
    return _weighted(application.round, criteria_of(application), reviews, adopted)


def _last(changes: Iterable[ScoreChange]) -> dict[str, Decimal]:
    """Per criterion code the score that was adopted last; `changes` in the order in which they were made."""
    return {change.criterion.code: change.after for change in changes}


def _weighted(
    round_: SubsidyRound,
    criteria: Sequence[Criterion],
    reviews: Sequence[Review],
    adopted: Mapping[str, Decimal],
) -> scoring.WeightedScore:
    return scoring.weighted_score(
        rule_criteria(list(criteria)),
        [
            scoring.Review(
                str(review.member_id),
                {
                    row.criterion.code: row.score
                    for row in review.scores.all()
                    if row.score is not None
                },
                counts=review.state in COUNTED_REVIEWS,
            )
            for review in reviews
        ],
        adopted=adopted,
        min_reviews=round_.min_reviews,
        spread_limit=round_.spread_limit,
    )


def _lock(advice: CommissionAdvice) -> CommissionAdvice:
    return (
        CommissionAdvice.objects.select_for_update(of=("self",))
        .select_related(
            "application__round__scheme_version",
            "application__ikc",
            "application__board",
            "adopted_by",
        )
        .get(pk=advice.pk)
    )


def _lock_application(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("round")
        .get(pk=application.pk)
    )


def reviews_of(application: Application, *, lock: bool = False) -> list[Review]:
    reviews = Review.objects.filter(application=application).order_by("pk")
    if lock:
        reviews = reviews.select_for_update(of=("self",))
    return list(reviews.prefetch_related("scores__criterion"))


def _lock_reviews(reviews: Sequence[Review], *, at: datetime) -> None:
    for review in reviews:
        if not REVIEW_WORKFLOW.allows("lock", state=review.state):
            continue
        before = review.state
        review.state = REVIEW_WORKFLOW.target("lock", state=before)
        review.save(update_fields=["state"])
        record(review, "review_locked", actor=None, at=at, before=before, after=review.state)


def _advance(application: Application, score: Decimal, *, by: "User", at: datetime) -> None:
    before = application.state
    application.state = APPLICATION_WORKFLOW.target("advise", state=before)
    application.score = score
    application.save(update_fields=["state", "score"])
    record(
        application, "application_advised", actor=by, at=at, before=before, after=application.state
    )


def _write(advice: CommissionAdvice, content: AdviceContent) -> None:
    advice.conclusion = content.conclusion
    advice.text = content.text.strip()
    advice.criterion_texts = {code: text.strip() for code, text in content.criterion_texts.items()}
    with_effort = content.conclusion == Conclusion.POSITIVE_WITH_EFFORT
    advice.effort_finding = content.effort_finding.strip() if with_effort else ""
    advice.effort_text = content.effort_text.strip() if with_effort else ""
    advice.effort_evidence = content.effort_evidence.strip() if with_effort else ""
    advice.effort_due_on = content.effort_due_on if with_effort else None
    advice.proposed_amount = (
        content.proposed_amount if content.conclusion == Conclusion.PARTIAL else None
    )
    advice.save()


def _listed(numbers: Sequence[str], shown: int = 3) -> str:
    """'A, B en C', or 'A, B, C en 4 andere aanvragen'."""
    rest = len(numbers) - shown
    if rest > 0:
        return f"{', '.join(numbers[:shown])} en {rest} andere aanvragen"
    *head, last = numbers
    return f"{', '.join(head)} en {last}" if head else last
