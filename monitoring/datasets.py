"""Live rows → the frozen datasets of the yearly reports. Small groups are left out here, before anything is stored."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings

from agreements.models import (
    AgreedIndicator,
    AgreementVersion,
    Contribution,
    Goal,
)
from agreements.pledges import Pledge, pledges_in
from agreements.states import CONCLUDED
from ikc.models import Ikc
from kvk2.core.deadlines import local_date
from kvk2.core.documents import Municipality
from monitoring import pdca_dataset
from monitoring import report_dataset as data
from monitoring.dataset_parts import (
    amendments,
    area_review,
    measures,
    original_targets,
    practices,
    recommendations,
    steering,
    surroundings_in_words,
    with_originals,
)
from monitoring.delivery import judge_money
from monitoring.indicator_years import indicator_years
from monitoring.models import Measurement, MonitoringCycle, ReportBatch, Return, StatusResult
from monitoring.readable import judged
from monitoring.services.judging import indicators_of
from monitoring.shielding import alone, shield_of, shielded
from monitoring.small_numbers import NOT_SHOWN, hides_count, hides_percentage, suppressed_table
from monitoring.staffing import staffing_of, staffing_totals
from monitoring.status import (
    GoalVerdict,
    RuleSet,
    Status,
)
from monitoring.surroundings import surroundings
from subsidies.facts import known

NOUGHT = Decimal(0)


def ikc_report(batch: ReportBatch, return_: Return, *, at: datetime) -> data.IkcReportData:
    """Everything that the report of one IKC shows, for the year of the batch."""
    cycle = batch.cycle
    ikc = return_.agreement.ikc
    rules = cycle.ruleset.rules()
    goals = shielded_goals(_goals(return_, cycle), return_, rules)
    return data.IkcReportData(
        municipality=Municipality.from_settings(),
        programme=programme_of(cycle),
        edition=_edition(batch, f"{return_.agreement.reference}-R{cycle.year.index}", at),
        ruleset=_ruleset(cycle),
        ikc=_ikc(ikc, return_.version),
        surroundings=surroundings(return_),
        agreement=_agreement(return_.version),
        goals=pdca_dataset.with_reviews(judged(goals, cycle), return_),
        contributions=_contributions(return_.version, rules),
        staffing=staffing_of(return_.version, cycle.year, rules, local_date(at)),
        measures=measures(return_.version, cycle.year),
        steering=steering(return_.version),
        conclusions=pdca_dataset.conclusions(
            return_, _hidden_series(goals, cycle.year.index, colour=True)
        ),
        actions=pdca_dataset.actions(return_),
        earlier_actions=pdca_dataset.earlier_actions(return_),
        quality=_quality(return_, _hidden_series(goals, cycle.year.index)),
        demo=settings.DEMO or return_.agreement.is_demo,
    )


def programme_report(batch: ReportBatch, *, at: datetime) -> data.ProgrammeReportData:
    """Everything that the summary over all Plus IKCs shows."""
    cycle = batch.cycle
    returns = list(
        cycle.returns.select_related(
            "agreement__ikc__attention_area", "version", "cycle__year", "cycle__ruleset"
        )
        .defer("version__content")
        .order_by("agreement__ikc__name", "pk")
    )
    candidates = Ikc.objects.filter(plus_candidate=True).exclude(
        pk__in=[return_.agreement.ikc_id for return_ in returns]
    )
    rules = cycle.ruleset.rules()
    shield = shield_of(_definitions(returns), rules=rules, until=cycle.year.index)
    whole = tuple(
        data.ProgrammeIkc(
            name=return_.version.ikc_name,
            goals=_goals(return_, cycle),
            area=str(return_.agreement.ikc.attention_area or ""),
            agreement_reference=return_.agreement.reference,
            context=surroundings_in_words(return_.agreement.ikc, cycle.year),
        )
        for return_ in returns
    )
    measured = tuple(
        replace(ikc, goals=judged(shielded(ikc.goals, shield, return_.agreement_id), cycle))
        for ikc, return_ in zip(suppressed_table(whole, rules), returns, strict=True)
    )
    others = tuple(
        data.ProgrammeIkc(name=ikc.name, remark=ikc.note or "Nog geen resultaatafspraak.")
        for ikc in candidates.order_by("name", "pk")
    )
    advised, followed = recommendations(cycle)
    return data.ProgrammeReportData(
        municipality=Municipality.from_settings(),
        programme=programme_of(cycle),
        edition=_edition(batch, f"{cycle.year.programme.code.upper()}-R{cycle.year.index}", at),
        ruleset=_ruleset(cycle),
        goal_titles=tuple(
            cycle.year.programme.goals.order_by("order").values_list("title", flat=True)
        ),
        ikcs=(*measured, *others),
        summary=_summary(measured),
        recommendations=advised,
        follow_up=followed,
        contributions=_party_totals(returns),
        staffing=staffing_totals([return_.version for return_ in returns], cycle.year),
        practices=practices(cycle.year),
        amendments=amendments(returns, cycle.year),
        area_review=area_review(cycle.year),
        quality=tuple(
            data.QualityNote(
                subject=return_.version.ikc_name,
                text="De cijfers van dit IKC zijn nog niet ingediend: wat ontbreekt, telt niet mee.",
            )
            for return_ in returns
            if return_.is_editable or return_.submitted_at is None
        ),
        demo=settings.DEMO or any(return_.agreement.is_demo for return_ in returns),
    )


def programme_of(cycle: MonitoringCycle) -> data.Programme:
    programme = cycle.year.programme
    return data.Programme(
        name=programme.name,
        period=f"{programme.start.year}-{programme.end.year}",
        years=tuple(
            data.ProgrammeYear(index=year.index, label=year.label)
            for year in programme.years.in_order()
        ),
        commissioner=programme.owner_group,
    )


def _edition(batch: ReportBatch, reference: str, at: datetime) -> data.Edition:
    return data.Edition(
        year_index=batch.cycle.year.index,
        number=batch.number,
        status="concept",
        reference=f"{reference}-{batch.number}",
        figures_until=batch.cycle.year.end,
        made_on=local_date(at),
        correction_note=batch.note,
    )


def _ruleset(cycle: MonitoringCycle) -> data.RuleSetInfo:
    rules = cycle.ruleset.rules()
    return data.RuleSetInfo(
        code=rules.code,
        valid_from=cycle.ruleset.valid_from,
        min_n=rules.min_n,
        amber_share=rules.progress_share,
    )


def _ikc(ikc: Ikc, version: AgreementVersion) -> data.Ikc:
    former = ikc.names.exclude(name=version.ikc_name).order_by("valid_until", "pk")
    return data.Ikc(
        name=version.ikc_name,
        location_code=ikc.brin_location or "",
        area=str(ikc.attention_area or ""),
        school_board=ikc.board.name,
        childcare=tuple(
            version.parties.filter(role="childcare")
            .order_by("organisation_name", "pk")
            .values_list("organisation_name", flat=True)
        ),
        former_names=tuple(dict.fromkeys(former.values_list("name", flat=True))),
    )


def _agreement(version: AgreementVersion) -> data.Agreement:
    agreement = version.agreement
    return data.Agreement(
        reference=agreement.reference,
        version=version.number,
        content_hash=version.content_hash,
        parties=tuple(
            data.Party(
                role=party.get_role_display().capitalize(),
                organisation=party.organisation_name,
                signatory=party.signature.name,
                function=party.signature.function,
                signed_on=local_date(party.signature.signed_at),
            )
            for party in version.parties.select_related("signature").order_by("pk")
        ),
        versions=tuple(
            data.AgreementVersion(
                number=row.number,
                kind=row.get_kind_display(),
                in_force_from=known(row.in_force_from),
                effective_year=row.effective_year.label,
                reason=row.reason,
            )
            for row in agreement.versions.filter(state__in=CONCLUDED, number__lte=version.number)
            .select_related("effective_year")
            .order_by("number")
        ),
    )


def _contributions(version: AgreementVersion, rules: RuleSet) -> tuple[data.Contribution, ...]:
    """Promises in euros and what was given; nothing recorded stays open and is never shown as 0."""
    return tuple(
        data.Contribution(
            party=pledge.contribution.party.organisation_name,
            budget_year=pledge.contribution.budget_year,
            description=pledge.contribution.description,
            planned=pledge.contribution.amount,
            realised=pledge.realised,
            status=judge_money(pledge.contribution.amount, pledge.realised, rules).status,
        )
        for pledge in _in_euros([version])
    )


def _in_euros(versions: list[AgreementVersion]) -> list[Pledge]:
    return [
        pledge
        for pledge in pledges_in(versions)
        if pledge.contribution.kind != Contribution.Kind.HOURS
    ]


def _party_totals(returns: list[Return]) -> tuple[data.PartyTotal, ...]:
    """Per kind of party and budget year; nothing was given as long as nobody recorded it."""
    names = {
        "municipality": "Gemeente",
        "school_board": "Schoolbesturen",
        "childcare": "Kinderopvang",
    }
    groups: dict[tuple[int, str], list[Pledge]] = defaultdict(list)
    for pledge in _in_euros([return_.version for return_ in returns]):
        contribution = pledge.contribution
        groups[contribution.budget_year, contribution.party.role].append(pledge)
    return tuple(
        data.PartyTotal(
            party=names[role],
            budget_year=year,
            planned=sum((pledge.contribution.amount for pledge in pledges), NOUGHT),
            realised=_sum_of(pledge.realised for pledge in pledges),
        )
        for (year, role), pledges in sorted(groups.items())
    )


def _sum_of(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known_amounts = [amount for amount in amounts if amount is not None]
    return sum(known_amounts, NOUGHT) if known_amounts else None


def _quality(return_: Return, hidden: set[UUID]) -> tuple[data.QualityNote, ...]:
    notes = [
        data.QualityNote(
            subject=str(measurement.definition_version.definition), text=measurement.note
        )
        for measurement in return_.measurements.exclude(note="")
        .select_related("definition_version__definition")
        .order_by("pk")
        if measurement.series_key not in hidden and not _is_about_a_small_group(measurement)
    ]
    if return_.submitted_at is None:
        notes.insert(
            0,
            data.QualityNote(
                subject="Aanlevering",
                text="De cijfers zijn nog niet ingediend; wat ontbreekt, staat als ontbrekend in dit rapport.",
            ),
        )
    return tuple(notes)


def _is_about_a_small_group(measurement: Measurement) -> bool:
    """A note may say in words what the figure may not."""
    part, whole = measurement.numerator, measurement.denominator
    if part is not None and whole is not None:
        return hides_percentage(part, whole, min_n=measurement.definition_version.min_n)
    return measurement.value is not None and hides_count(int(measurement.value))


def _goals(return_: Return, cycle: MonitoringCycle) -> tuple[data.Goal, ...]:
    """The three goals with their indicators, each with eight years and every figure: not to be frozen like this.

    Stored judgements, never new ones. `suppressed` or `suppressed_table` takes out what may not be read.
    """
    years = list(cycle.year.programme.years.in_order())
    history = _history(return_)
    per_goal: dict[int, list[AgreedIndicator]] = defaultdict(list)
    for indicator in indicators_of(return_):
        per_goal[indicator.result.goal_id].append(indicator)
    goals = Goal.objects.filter(programme=cycle.year.programme).order_by("order")
    return with_originals(
        tuple(_goal(goal, per_goal[goal.pk], years, history, cycle) for goal in goals),
        original_targets(return_.agreement),
    )


def shielded_goals(
    goals: tuple[data.Goal, ...], return_: Return, rules: RuleSet
) -> tuple[data.Goal, ...]:
    """Without the small figures of this IKC, nor what is hidden beside the other IKCs to protect one of them."""
    found = shield_of(_definitions([return_]), rules=rules, until=return_.cycle.year.index)
    return shielded(alone(goals, rules), found, return_.agreement_id)


def _hidden_series(goals: tuple[data.Goal, ...], year: int, *, colour: bool = False) -> set[UUID]:
    """The series of which the figure of this year is hidden; with `colour`: of which the colour is hidden too."""
    return {
        UUID(item.key)
        for goal in goals
        for item in goal.indicators
        if item.years[year - 1].missing_reason == NOT_SHOWN
        and not (colour and item.years[year - 1].status != Status.TOO_SMALL)
    }


def _definitions(returns: Iterable[Return]) -> set[int]:
    """The keys of the definitions that these returns measure."""
    versions = {return_.version_id for return_ in returns}
    return set(
        AgreedIndicator.objects.filter(version__in=versions).values_list(
            "definition_version__definition_id", flat=True
        )
    )


def _history(return_: Return) -> dict:
    """(series_key, year index) → (judgement, measurement) of this agreement up to this year; two queries."""
    index = return_.cycle.year.index
    of_agreement = {
        "of_return__agreement": return_.agreement_id,
        "of_return__cycle__year__index__lte": index,
    }
    measurements = {
        (row.of_return_id, row.series_key): row
        for row in Measurement.objects.filter(**of_agreement)
    }
    return {
        (row.series_key, row.of_return.cycle.year.index): (
            row,
            measurements.get((row.of_return_id, row.series_key)),
        )
        for row in StatusResult.objects.filter(**of_agreement).select_related(
            "of_return__cycle__year"
        )
    }


def _goal(goal, indicators, years, history, cycle) -> data.Goal:
    return data.Goal(
        number=goal.order,
        title=goal.title,
        explanation=goal.explanation,
        verdict=GoalVerdict.NOT_DUE,
        indicators=tuple(
            indicator_years(indicator, years, history, until=cycle.year.index)
            for indicator in indicators
        ),
    )


def _summary(ikcs: tuple[data.ProgrammeIkc, ...]) -> tuple[str, ...]:
    """Two sentences that count; nothing is averaged and nobody is ranked."""
    verdicts = [goal.verdict.value for ikc in ikcs for goal in ikc.goals]
    on_course = sum(verdict in ("ON_COURSE", "ON_COURSE_WITH_CONCERNS") for verdict in verdicts)
    adjust = sum(verdict == "ADJUSTMENT_PROPOSED" for verdict in verdicts)
    return (
        f"Dit rapport gaat over {len(ikcs)} Plus IKC's met een resultaatafspraak.",
        f"Van de {len(verdicts)} combinaties van IKC en doel zijn er {on_course} op koers, soms met "
        f"aandachtspunten. Bij {adjust} stellen de rekenregels voor om bij te sturen.",
    )
