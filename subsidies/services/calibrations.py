"""The exercise before scoring: one case, scored by every member, blind until the own scores are in; then the differences.

The scores of an exercise count nowhere. An exercise can hold back the reviews of its round (`comes_first`), so that all
applications are judged by what the commission agreed on; without that it stands in nobody's way.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError
from subsidies.anonymising import traces
from subsidies.models import (
    Application,
    Calibration,
    CalibrationScore,
    CalibrationScoring,
    CaseSection,
    CommissionMember,
    Criterion,
    SubsidyRound,
)
from subsidies.services.anchors import scoring_opened
from subsidies.services.calibration_cases import (
    PAST,
    Part,
    anonymous_case,
    empty_case,
    names_around,
    why_not,
)
from subsidies.services.commission import DECLARABLE
from subsidies.services.reviews import ReviewIncomplete, Scores, missing_for_submission
from subsidies.services.round_content import lock_round
from subsidies.states import RoundState
from subsidies.states_calibration import CALIBRATION_WORKFLOW, CalibrationState

if TYPE_CHECKING:
    from ikc.models import User

# From here on it is known who applies.
NO_MORE_APPLICANTS = (RoundState.CLOSED, RoundState.ASSESSING)


class ExerciseRefused(DomainError):
    """This exercise can not be prepared or opened: too late, another one runs, or its case may not be used."""


class CaseNotAnonymous(DomainError):
    """Something in the text tells whose application it was."""


class TextMissing(DomainError):
    """A conclusion or a reason without words."""


class ExerciseClosed(DomainError):
    """Scores are given while the exercise is open, once per member."""


@transaction.atomic
def prepare_calibration(
    round_: SubsidyRound,
    *,
    title: str,
    source: Application | None = None,
    comes_first: bool = False,
    by: "User",
    at: datetime,
) -> Calibration:
    """A case in preparation: of `source`, with names and numbers taken out, or with empty parts to make one up.

    Raises ExerciseRefused.
    """
    round_ = lock_round(round_)
    _refuse_late(round_)
    if Calibration.objects.filter(round=round_).running().exists():
        raise ExerciseRefused("Er loopt al een oefening in deze ronde. Rond die eerst af.")
    if source is not None:
        _refuse_source(source, round_, local_date(at))
    calibration = Calibration.objects.create(
        round=round_, title=title.strip(), source=source, comes_first=comes_first
    )
    _write_case(calibration, anonymous_case(source) if source else empty_case())
    record(
        calibration,
        "calibration_prepared",
        actor=by,
        at=at,
        after=calibration.state,
        source=source.pk if source else None,
    )
    return calibration


@transaction.atomic
def change_case(
    calibration: Calibration,
    *,
    title: str,
    comes_first: bool,
    parts: Sequence[Part],
    by: "User",
    at: datetime,
) -> Calibration:
    """Correct the text of the case while it is in preparation. Raises ExerciseRefused."""
    calibration = _lock(calibration)
    if calibration.state != CalibrationState.DRAFT:
        raise ExerciseRefused("De oefening is al geopend. De tekst ligt vast.")
    calibration.title, calibration.comes_first = title.strip(), comes_first
    calibration.save(update_fields=["title", "comes_first"])
    calibration.sections.all().delete()
    _write_case(calibration, parts)
    record(calibration, "calibration_changed", actor=by, at=at)
    return calibration


@transaction.atomic
def open_calibration(calibration: Calibration, *, by: "User", at: datetime) -> Calibration:
    """`by` read the text and gives it to the members. Raises ExerciseRefused or CaseNotAnonymous."""
    calibration = _lock(calibration)
    round_ = calibration.round
    before = calibration.state
    calibration.state = CALIBRATION_WORKFLOW.target("open", state=before)
    _refuse_late(round_)
    written = [row.text for row in calibration.sections.all() if row.text.strip()]
    if not written:
        raise ExerciseRefused("De oefenaanvraag is nog leeg. Schrijf eerst de tekst.")
    if calibration.source is not None:
        if round_.state not in NO_MORE_APPLICANTS:
            raise ExerciseRefused(
                "Deze oefening is van een echte aanvraag. U kunt haar openen als de ronde is gesloten: dan is bekend welke "
                "IKC’s nu aanvragen."
            )
        _refuse_source(calibration.source, round_, local_date(at))
    if left := left_in(calibration):
        raise CaseNotAnonymous(
            f"In de tekst staat nog iets waaraan men de aanvrager herkent: {', '.join(left)}."
        )
    calibration.opened_at, calibration.opened_by = at, by
    calibration.sections.filter(text="").delete()
    calibration.save(update_fields=["state", "opened_at", "opened_by"])
    record(
        calibration, "calibration_opened", actor=by, at=at, before=before, after=calibration.state
    )
    return calibration


@transaction.atomic
def close_calibration(
    calibration: Calibration, *, conclusion: str, by: "User", at: datetime
) -> Calibration:
    """The exercise is over; what the commission agreed on is kept. Raises TextMissing or ExerciseRefused."""
    if not conclusion.strip():
        raise TextMissing("Schrijf in een paar zinnen op wat de commissie afsprak.")
    calibration = _lock(calibration)
    before = calibration.state
    calibration.state = CALIBRATION_WORKFLOW.target("close", state=before)
    if not calibration.scorings.submitted().exists():
        raise ExerciseRefused(
            "Nog niemand heeft de oefenaanvraag beoordeeld. U kunt de oefening wel overslaan."
        )
    calibration.closed_at, calibration.conclusion = at, conclusion.strip()
    calibration.save(update_fields=["state", "closed_at", "conclusion"])
    record(
        calibration, "calibration_closed", actor=by, at=at, before=before, after=calibration.state
    )
    return calibration


@transaction.atomic
def skip_calibration(round_: SubsidyRound, *, reason: str, by: "User", at: datetime) -> Calibration:
    """No exercise in this round, or not this one any more; the reason is kept. Raises TextMissing or ExerciseRefused."""
    if not reason.strip():
        raise TextMissing("Vul in waarom de commissie niet oefent.")
    round_ = lock_round(round_)
    running = Calibration.objects.select_for_update(of=("self",)).filter(round=round_).running()
    calibration = running.first()
    if calibration is None:
        _refuse_late(round_)
        calibration = Calibration(round=round_, title="Geen oefening")
    before = calibration.state
    calibration.state = CALIBRATION_WORKFLOW.target("skip", state=before)
    calibration.skip_reason = reason.strip()
    calibration.save()
    record(
        calibration,
        "calibration_skipped",
        actor=by,
        at=at,
        before=before,
        after=calibration.state,
        reason=reason.strip(),
    )
    return calibration


@transaction.atomic
def save_scoring(
    calibration: Calibration,
    member: CommissionMember,
    *,
    scores: Scores,
    submit: bool,
    by: "User",
    at: datetime,
) -> CalibrationScoring:
    """Keep what `member` makes of the case, or submit it, after which it stays.

    Raises ExerciseClosed, or ReviewIncomplete as a review does; then nothing is kept.
    """
    calibration = _lock(calibration)
    if calibration.state != CalibrationState.OPEN:
        raise ExerciseClosed("De oefening is niet open. U kunt geen scores meer geven.")
    scoring, _ = CalibrationScoring.objects.get_or_create(
        calibration=calibration, member=member, defaults={"saved_at": at}
    )
    if scoring.submitted_at is not None:
        raise ExerciseClosed("U hebt de oefenaanvraag al beoordeeld. Uw scores staan vast.")
    criteria = list(calibration.round.criteria.order_by("order"))
    if submit and (problems := missing_for_submission(criteria, scores)):
        raise ReviewIncomplete(problems)
    _write_scores(scoring, criteria, scores)
    scoring.saved_at = at
    scoring.submitted_at = at if submit else None
    scoring.save(update_fields=["saved_at", "submitted_at"])
    if submit:
        record(scoring, "calibration_scored", actor=by, at=at)
    return scoring


def scorers(day: date) -> list[CommissionMember]:
    """Who scores the case: every seat with a say, by name."""
    return list(
        CommissionMember.objects.active_on(day)
        .scoring()
        .filter(user__is_active=True)
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "pk")
    )


def left_in(calibration: Calibration) -> list[str]:
    """What in the text still tells whose application it was."""
    names = list(names_around(calibration.source)) if calibration.source else []
    texts = [calibration.title]
    for row in calibration.sections.all():
        texts += [row.heading, row.text]
    return traces("\n".join(texts), names)


def _lock(calibration: Calibration) -> Calibration:
    """The round is held first, as by everything that changes it."""
    lock_round(calibration.round)
    return (
        Calibration.objects.select_for_update(of=("self",))
        .select_related("round", "source__ikc", "source__plan")
        .get(pk=calibration.pk)
    )


def _refuse_late(round_: SubsidyRound) -> None:
    if round_.state not in DECLARABLE:
        raise ExerciseRefused("De commissie oefent tussen de publicatie en het advies.")
    if scoring_opened(round_):
        raise ExerciseRefused("Het beoordelen is al begonnen. Oefenen kan alleen daarvóór.")
    if not Criterion.objects.filter(round=round_).exists():
        raise ExerciseRefused("Deze ronde heeft geen criteria om op te oefenen.")


def _refuse_source(source: Application, round_: SubsidyRound, day: date) -> None:
    if source.round_id == round_.pk or source.round.state not in PAST:
        raise ExerciseRefused("Kies een aanvraag uit een eerdere ronde waarover is besloten.")
    if reason := why_not([source], round_, day=day).get(source.pk):
        raise ExerciseRefused(f"Deze aanvraag kan niet. {reason}")


def _write_case(calibration: Calibration, parts: Iterable[Part]) -> None:
    CaseSection.objects.bulk_create(
        CaseSection(
            calibration=calibration,
            order=order,
            heading=part.heading.strip(),
            text=part.text.strip(),
        )
        for order, part in enumerate(parts, 1)
        if part.heading.strip()
    )


def _write_scores(
    scoring: CalibrationScoring, criteria: Iterable[Criterion], scores: Scores
) -> None:
    known = {criterion.code: criterion for criterion in criteria}
    CalibrationScore.objects.bulk_create(
        [
            CalibrationScore(
                scoring=scoring,
                criterion=known[code],
                score=given.score,
                motivation=given.motivation.strip(),
            )
            for code, given in scores.items()
        ],
        update_conflicts=True,
        unique_fields=["scoring", "criterion"],
        update_fields=["score", "motivation"],
    )
