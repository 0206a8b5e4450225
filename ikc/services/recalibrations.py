"""The two-yearly review of the attention areas (domain reference 5.3), step by step until the college adopts the list.

What happens when a list takes effect is in `ikc.services.recalibration_effect`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from ikc.models import (
    AgendaItem,
    AreaDesignation,
    AreaRecalibration,
    AttentionArea,
    Consultation,
    District,
    RecalibratedIkc,
    User,
)
from ikc.services.area_analysis import Analysis, Standing
from ikc.services.governance import add_item
from ikc.states_areas import RECALIBRATION_WORKFLOW
from ikc.states_governance import BodyKind, ItemPurpose
from kvk2.core.audit import record
from kvk2.core.deadlines import local_date
from kvk2.core.errors import DomainError


class RecalibrationRefused(DomainError):
    """What is asked does not fit the recalibration as it is now."""

    code = "RECALIBRATION_REFUSED"


class NotDiscussed(DomainError):
    """No bestuurlijk overleg was held with the recalibration on its agenda."""

    code = "NOT_DISCUSSED"


class Plan(NamedTuple):
    """What a recalibration is about: the districts of `map_year`, with figures up to `figures_until`."""

    year: int
    map_year: int
    figures_until: int
    note: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """What the college decided: on which day, where that can be found, and from when the list holds."""

    adopted_on: date
    decision: str
    valid_from: date


@transaction.atomic
def plan(plan: Plan, *, by: User, at: datetime) -> AreaRecalibration:
    """Begin; one at a time. Refusal: `RecalibrationRefused`."""
    if AreaRecalibration.objects.running().exists():
        raise RecalibrationRefused("Er loopt al een herijking. Rond die eerst af.")
    if AreaRecalibration.objects.filter(year__gte=plan.year).exists():
        raise RecalibrationRefused(f"Er is al een lijst van {plan.year} of later.")
    if not District.objects.filter(year=plan.map_year).exists():
        raise RecalibrationRefused(f"Er is geen kaart met de wijkindeling van {plan.map_year}.")
    recalibration = AreaRecalibration.objects.create(**plan._asdict(), planned_by=by, planned_at=at)
    record(recalibration, "recalibration.planned", actor=by, at=at, reason=plan.note)
    return recalibration


@transaction.atomic
def collect(recalibration: AreaRecalibration, *, by: User, at: datetime) -> AreaRecalibration:
    """Figures are being gathered, or gathered again after an analysis."""
    recalibration, before = _move(recalibration, "collect")
    recalibration.save(update_fields=["state"])
    _record(recalibration, "recalibration.collecting", before, by=by, at=at)
    return recalibration


@transaction.atomic
def analyse(recalibration: AreaRecalibration, *, by: User, at: datetime) -> AreaRecalibration:
    """Keep the analysis as it is now, a row for each district; what was proposed before stays proposed.

    Refusal: `RecalibrationRefused` without any figure that counts.
    """
    recalibration, before = _move(recalibration, "analyse")
    analysis = Analysis(recalibration.map_year, until=recalibration.figures_until)
    if analysis.year is None:
        raise RecalibrationRefused("Er zijn nog geen cijfers om te analyseren. Lees ze eerst in.")
    earlier = {row.district_id: row for row in recalibration.designations.order_by("pk")}
    now = current_districts(recalibration, day=local_date(at))
    recalibration.designations.all().delete()
    AreaDesignation.objects.bulk_create(
        _designation(recalibration, analysis, row, now, earlier.get(row.district.pk))
        for row in analysis.standings
    )
    recalibration.analysed_at = at
    recalibration.save(update_fields=["state", "analysed_at"])
    _record(recalibration, "recalibration.analysed", before, by=by, at=at)
    return recalibration


def _designation(
    recalibration: AreaRecalibration,
    analysis: Analysis,
    row: Standing,
    now: set[int],
    earlier: AreaDesignation | None,
) -> AreaDesignation:
    is_now = row.district.pk in now
    return AreaDesignation(
        recalibration=recalibration,
        district=row.district,
        was_attention_area=is_now,
        is_attention_area=earlier.is_attention_area if earlier else is_now,
        rationale=earlier.rationale if earlier else "",
        score=row.score,
        rank=row.rank,
        trend=row.trend,
        reliability=row.reliability,
        inputs=analysis.inputs_of(row),
    )


def current_districts(recalibration: AreaRecalibration, *, day: date) -> set[int]:
    """The districts of its map that are an attention area on `day`.

    A list of an older map is matched by code and name together: a code alone may be another district by now.
    """
    areas = AttentionArea.objects.active_on(day).select_related("district").order_by("pk")
    known = {(area.district.code, area.district.name) for area in areas}
    return {
        one.pk
        for one in District.objects.filter(year=recalibration.map_year).order_by("pk")
        if (one.code, one.name) in known
    }


@transaction.atomic
def designate(
    designation: AreaDesignation, *, is_attention_area: bool, rationale: str, by: User, at: datetime
) -> AreaDesignation:
    """Propose what a district will be. Refusal: `RecalibrationRefused`; a change needs its rationale."""
    recalibration = _lock(designation.recalibration)
    if not recalibration.is_open_to_change:
        raise RecalibrationRefused(
            f"Het voorstel ligt vast: de herijking is {recalibration.get_state_display()}."
        )
    designation = AreaDesignation.objects.select_related("district").get(pk=designation.pk)
    if is_attention_area != designation.was_attention_area and not rationale.strip():
        raise RecalibrationRefused("Motiveer waarom deze wijk erbij komt of eraf gaat.")
    designation.is_attention_area, designation.rationale = is_attention_area, rationale.strip()
    designation.save(update_fields=["is_attention_area", "rationale"])
    word = "aandachtsgebied" if is_attention_area else "geen aandachtsgebied"
    record(
        recalibration, "recalibration.designated", actor=by, at=at,
        reason=f"{designation.district.name}: {word}. {designation.rationale}".strip(),
        district=designation.district_id,
    )  # fmt: skip
    return designation


@transaction.atomic
def put_on_agenda(
    recalibration: AreaRecalibration, meeting: Consultation, *, by: User, at: datetime
) -> AgendaItem:
    """Ask a bestuurlijk overleg to discuss it. Refusals: `RecalibrationRefused`, `MeetingRefused`."""
    if meeting.body.kind != BodyKind.BOARD_CONSULTATION:
        raise RecalibrationRefused("Een herijking wordt besproken in het bestuurlijk overleg.")
    if AgendaItem.objects.about(recalibration).filter(meeting=meeting).exists():
        raise RecalibrationRefused("De herijking staat al op deze agenda.")
    return add_item(
        meeting,
        title=f"{recalibration} van de aandachtsgebieden",
        purpose=ItemPurpose.DISCUSS,
        explanation="De analyse, de voorgestelde lijst en de IKC’s die erin of eruit komen.",
        subject=recalibration,
        by=by,
        at=at,
    )


def discussed_on(recalibration: AreaRecalibration) -> date | None:
    """The last day on which a bestuurlijk overleg discussed it, not before the analysis of now; None: it did not."""
    day = AgendaItem.objects.discussed_on(recalibration, in_body=BodyKind.BOARD_CONSULTATION)
    analysed_at = recalibration.analysed_at
    if day is None or analysed_at is None or day < timezone.localtime(analysed_at).date():
        return None
    return day


@transaction.atomic
def discuss(recalibration: AreaRecalibration, *, by: User, at: datetime) -> AreaRecalibration:
    """The bestuurlijk overleg discussed it: the proposal is fixed. Refusal: `NotDiscussed`."""
    recalibration, before = _move(recalibration, "discuss")
    day = discussed_on(recalibration)
    if day is None:
        raise NotDiscussed(
            "De herijking is nog niet besproken in een bestuurlijk overleg dat na de analyse is gehouden."
        )
    if not recalibration.designations.filter(is_attention_area=True).exists():
        raise RecalibrationRefused("Het voorstel heeft geen enkel aandachtsgebied.")
    recalibration.discussed_on = day
    recalibration.save(update_fields=["state", "discussed_on"])
    _record(recalibration, "recalibration.discussed", before, by=by, at=at)
    return recalibration


@transaction.atomic
def reconsider(
    recalibration: AreaRecalibration, *, reason: str, by: User, at: datetime
) -> AreaRecalibration:
    """Open the proposal again, because of what was said in the meeting; it must be discussed once more."""
    recalibration, before = _move(recalibration, "reconsider")
    if not reason.strip():
        raise RecalibrationRefused("Schrijf op waarom het voorstel verandert.")
    recalibration.discussed_on, recalibration.analysed_at = None, at
    recalibration.save(update_fields=["state", "discussed_on", "analysed_at"])
    _record(
        recalibration, "recalibration.reconsidered", before, by=by, at=at, reason=reason.strip()
    )
    return recalibration


@transaction.atomic
def adopt(
    recalibration: AreaRecalibration, adoption: Adoption, *, by: User, at: datetime
) -> AreaRecalibration:
    """The college adopts the list. Refusals: `TransitionNotAllowed`, `RecalibrationRefused`."""
    recalibration, before = _move(recalibration, "adopt")
    today = local_date(at)
    if recalibration.discussed_on and adoption.adopted_on < recalibration.discussed_on:
        raise RecalibrationRefused(
            "Het besluit ligt vóór de bespreking in het bestuurlijk overleg."
        )
    if adoption.adopted_on > today:
        raise RecalibrationRefused("Het besluit ligt in de toekomst.")
    if adoption.valid_from <= adoption.adopted_on:
        raise RecalibrationRefused("De lijst gaat in na de dag van het besluit.")
    running = AttentionArea.objects.filter(valid_from__gte=adoption.valid_from)
    if running.exists():
        raise RecalibrationRefused("De lijst gaat in na het begin van de lijst van nu.")
    if not adoption.decision.strip():
        raise RecalibrationRefused("Vul in waar het besluit te vinden is.")
    recalibration.adopted_by, recalibration.adopted_on = by, adoption.adopted_on
    recalibration.decision = adoption.decision.strip()
    recalibration.valid_from = adoption.valid_from
    recalibration.save()
    _record(
        recalibration, "recalibration.adopted", before, by=by, at=at, reason=recalibration.decision
    )
    return recalibration


@transaction.atomic
def handle_ikc(row: RecalibratedIkc, *, outcome: str, by: User, at: datetime) -> RecalibratedIkc:
    """Write down what was agreed about an IKC that came in or went out: its task is done. Refusal: `RecalibrationRefused`."""
    row = RecalibratedIkc.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.handled_at is not None:
        raise RecalibrationRefused("Dit is al afgehandeld.")
    if not outcome.strip():
        raise RecalibrationRefused("Schrijf op wat er is afgesproken.")
    row.outcome, row.handled_by, row.handled_at = outcome.strip(), by, at
    row.save(update_fields=["outcome", "handled_by", "handled_at"])
    record(
        row.recalibration, "recalibration.ikc_handled", actor=by, at=at,
        reason=f"{row.ikc}: {row.outcome}", ikc=row.ikc_id,
    )  # fmt: skip
    return row


def _lock(recalibration: AreaRecalibration) -> AreaRecalibration:
    return AreaRecalibration.objects.select_for_update(of=("self",)).get(pk=recalibration.pk)


def _move(recalibration: AreaRecalibration, step: str) -> tuple[AreaRecalibration, str]:
    """The locked row in its next state, not yet saved, and the state that it was in."""
    recalibration = _lock(recalibration)
    before = recalibration.state
    recalibration.state = RECALIBRATION_WORKFLOW.target(step, state=before)
    return recalibration, before


def _record(
    recalibration: AreaRecalibration,
    verb: str,
    before: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
) -> None:
    record(
        recalibration,
        verb,
        actor=by,
        at=at,
        before=before,
        after=recalibration.state,
        reason=reason,
    )
