"""Every constraint and every trigger refuses once, by name."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from agreements.models import (
    AgreedIndicator,
    AgreedResult,
    AgreementParty,
    AgreementTopic,
    AgreementVersion,
    Contribution,
    DataAnalysis,
    Goal,
    IndicatorDefinition,
    IndicatorDefinitionVersion,
    Measure,
    Programme,
    ProgrammeYear,
    ResultAgreement,
    Signature,
    StaffingCommitment,
    SteeringArrangement,
    YearTarget,
)
from agreements.services.signing import sign_version
from agreements.states import AgreementState
from agreements.tests.factories import (
    OFFERED_AT,
    AgreementFactory,
    DefinitionVersionFactory,
    IndicatorDefinitionFactory,
    ProgrammeFactory,
    indicator_for,
    sign_all,
    signer_of,
    version_of,
)

pytestmark = pytest.mark.django_db


class refused:  # noqa: N801 - reads as a sentence
    """``with refused("name"):`` the database says no, by the name of its rule."""

    def __init__(self, match: str) -> None:
        self.match = match

    def __enter__(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, kind, error, trace) -> bool:
        self.savepoint.__exit__(kind, error, trace)
        assert kind is not None, f"not refused: {self.match}"
        assert issubclass(kind, IntegrityError), error
        assert self.match in str(error)
        return True


def change(row, **values) -> None:
    """A bulk update: past every rule of the model itself."""
    type(row)._default_manager.filter(pk=row.pk).update(**values)


@pytest.fixture
def draft():
    return version_of(AgreementFactory(complete=True))


@pytest.fixture
def offered():
    return version_of(AgreementFactory(offered=True))


@pytest.fixture
def in_force():
    return version_of(AgreementFactory(in_force=True))


# --- the frame


def test_programme_constraints():
    with refused("programme_ends_after_it_starts"):
        Programme.objects.create(code="x", name="X", start=date(2022, 1, 1), end=date(2022, 1, 1))


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"index": 9}, "programme_year_is_one_of_eight"),
        ({"index": 2}, "programme_year_index"),
        ({"label": "2022/23"}, "programme_year_label"),
        ({"kind": "moon"}, "programme_year_kind_is_known"),
        ({"end": date(2021, 8, 1)}, "programme_year_ends_after_it_starts"),
        ({"end": date(2022, 8, 1)}, "programme_year_does_not_overlap"),
    ],
)
def test_programme_year_constraints(values, name):
    first = ProgrammeFactory().years.get(index=1)
    with refused(name):
        change(first, **values)


def test_goal_constraints():
    first = ProgrammeFactory().goals.get(order=1)
    with refused("goal_code_per_programme"):
        change(first, code="quality")
    with refused("goal_order_per_programme"):
        change(first, order=2)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"type": "colour"}, "indicator_type_is_known"),
        ({"direction": "sideways"}, "indicator_direction_is_known"),
        ({"decimals": 5}, "indicator_has_at_most_4_decimals"),
        ({"is_flow": True}, "indicator_percentage_is_no_flow"),
    ],
)
def test_definition_constraints(values, name):
    with refused(name):
        change(IndicatorDefinitionFactory(), **values)


def test_definition_version_constraints():
    first = DefinitionVersionFactory()
    with refused("definition_version_has_a_valid_range"):
        change(first, valid_max=Decimal(0))
    with refused("definition_version_first_breaks_nothing"):
        change(first, breaks_series=True, break_reason="Andere peildatum.")
    with refused("definition_version_number"):
        DefinitionVersionFactory(definition=first.definition)


# --- agreement and version


def test_one_agreement_per_ikc(draft):
    agreement = draft.agreement
    with refused("agreement_once_per_ikc"):
        ResultAgreement.objects.create(
            ikc=agreement.ikc, programme=agreement.programme, reference="RA-X"
        )


def another_version(version, **values) -> AgreementVersion:
    defaults = {
        "agreement": version.agreement,
        "number": version.number + 1,
        "kind": "amendment",
        "reason": "Andere cijfers.",
        "supersedes": version,
        "ikc_name": version.ikc_name,
        "period_start": version.period_start,
        "period_end": version.period_end,
        "effective_year": version.effective_year,
        "drafted_at": OFFERED_AT,
    }
    return AgreementVersion.objects.create(**(defaults | values))


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"number": 1, "kind": "initial", "supersedes": None}, "agreement_version_number"),
        ({"reason": ""}, "agreement_version_first_or_a_change"),
        ({"supersedes": None}, "agreement_version_first_or_a_change"),
        ({"kind": "initial"}, "agreement_version_first_or_a_change"),
        ({"period_start": date(2028, 12, 31)}, "period_ends_after_it_starts"),
        ({"content_hash": "0" * 64}, "agreement_version_fixed_is_hashed"),
        ({"in_force_from": date(2022, 1, 1)}, "agreement_version_concluded_has_a_day"),
        ({"kind": "recalibration"}, "agreement_version_recalibration_is_named"),
        (
            {"kind": "recalibration", "recalibration": "Herijking 2023"},
            "agreement_version_recalibration_is_named",
        ),
        ({"recalibration": "Herijking 2023"}, "agreement_version_recalibration_is_named"),
        # Domain reference T-RA-03
        ({"period_end": date(2029, 12, 31)}, "lies within its programme"),
        ({"state": "signing"}, "a version starts as a draft"),
    ],
)
def test_version_constraints(in_force, values, name):
    with refused(name):
        another_version(in_force, **values)


def test_one_open_version_at_a_time(draft):
    with refused("agreement_version_one_open"):
        another_version(draft)


def test_unknown_states_are_refused(draft):
    with refused("cannot go from draft to sleeping"):
        change(draft, state="sleeping")


@pytest.mark.parametrize("state", ["draft", "negotiation", "signing", "withdrawn"])
def test_what_is_in_force_never_opens_again(in_force, state):
    with refused(f"cannot go from in_force to {state}"):
        change(in_force, state=state)


def test_no_agreement_is_in_force_without_all_signatures(offered):
    """Invariant 3."""
    sign_all_but_one(offered)
    with refused("every party signs"):
        change(offered, state="in_force", in_force_from=date(2022, 1, 1))


def sign_all_but_one(version) -> None:
    for party in list(version.parties.in_order())[:-1]:
        sign_version(party, by=signer_of(party), at=OFFERED_AT)


# --- what hangs on it


def test_party_constraints(draft):
    party = draft.parties.in_order()[0]
    with refused("agreement_party_role_is_known"):
        change(party, role="neighbour")
    with refused("agreement_party_once"):
        AgreementParty.objects.create(
            version=draft, role=party.role, organisation=party.organisation
        )


def test_topic_and_result_constraints(draft):
    with refused("agreement_topic_once"):
        AgreementTopic.objects.create(version=draft, code="goals")
    with refused("agreement_topic_code_is_known"):
        AgreementTopic.objects.create(version=draft, code="weather")
    result = draft.results.get(goal__order=1)
    with refused("agreed_result_change_kind_is_known"):
        change(result, change_kind="who_knows")
    with refused("agreed_result_number"):
        AgreedResult.objects.create(
            version=draft, goal=result.goal, number=1, text="x", change_kind="how_much"
        )


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"tolerance": -1}, "agreed_indicator_tolerance_not_negative"),
        ({"baseline_value": None}, "agreed_indicator_baseline_or_plan"),
        ({"baseline_year": ""}, "agreed_indicator_baseline_or_plan"),
        ({"baseline_status": "missing"}, "agreed_indicator_baseline_or_plan"),
        ({"baseline_numerator": 101}, "agreed_indicator_fraction_is_whole"),
        ({"baseline_denominator": None}, "agreed_indicator_fraction_is_whole"),
        ({"baseline_denominator": 0, "baseline_numerator": 0}, "fraction_is_whole"),
    ],
)
def test_indicator_constraints(draft, values, name):
    indicator = draft.indicators.get(
        result__goal__order=1, definition_version__definition__type="percentage"
    )
    with refused(name):
        change(indicator, **values)


def test_a_series_occurs_once_and_keeps_its_indicator(draft):
    """Invariant 6."""
    first, second = draft.indicators.order_by("pk")[:2]
    with refused("agreed_indicator_series_once"):
        indicator_for(first.result, first.definition_version, series_key=first.series_key)
    with refused("keeps its indicator for life"):
        change(second, series_key=first.series_key)


def test_an_indicator_hangs_on_a_result_of_its_own_version(draft):
    other = version_of(AgreementFactory(complete=True))
    with refused("belongs to another version"):
        change(draft.indicators.order_by("pk")[0], result=other.results.order_by("pk")[0])


def test_target_constraints(draft):
    target = YearTarget.objects.filter(indicator__version=draft).order_by("pk")[0]
    with refused("year_target_once"):
        YearTarget.objects.create(indicator=target.indicator, year=target.year)
    with refused("columns of another type"):
        change(target, low=1, high=2)
    band = indicator_for(target.indicator.result, DefinitionVersionFactory(definition__band=True))
    target = band.targets.order_by("pk")[0]
    with refused("year_target_range_has_both_ends"):
        change(target, low=2, high=1)
    with refused("year_target_range_has_both_ends"):
        change(target, low=None, high=1)


def test_contribution_constraints(draft):
    row = Contribution.objects.filter(party__version=draft).order_by("pk")[0]
    with refused("contribution_not_negative"):
        change(row, amount=-1)
    with refused("contribution_kind_is_known"):
        change(row, kind="cake")
    with refused("contribution_once"):
        row.pk = None
        row.save(force_insert=True)


# --- invariant 1: what was offered does not change, however one tries

FIXED = [
    (AgreementVersion, "pk", {"ikc_name": "Anders"}),
    (AgreementVersion, "pk", {"content_hash": "f" * 64}),
    (AgreementParty, "version", {"signatory_name": "Anders"}),
    (AgreementTopic, "version", {"text": "Anders"}),
    (AgreedResult, "version", {"text": "Anders"}),
    (AgreedIndicator, "version", {"tolerance": 9}),
    (YearTarget, "indicator__version", {"value": 9}),
    (Contribution, "party__version", {"amount": 9}),
    (DataAnalysis, "version", {"findings": "Anders"}),
    (Measure, "version", {"title": "Anders"}),
    (StaffingCommitment, "version", {"hours_per_week": 9}),
    (SteeringArrangement, "version", {"role": "Anders"}),
]


@pytest.mark.parametrize("state", ["agreed", "signing", "in_force", "replaced"])
def test_a_bulk_update_of_what_was_offered_is_refused(state):
    version = version_in(state)
    for model, path, values in FIXED:
        with refused("cannot be changed"):
            model._default_manager.filter(**{path: version.pk}).update(**values)
    with refused("cannot be changed"):
        change(version, effective_year=ProgrammeYear.objects.get(index=2))


def version_in(state: str) -> AgreementVersion:
    if state in ("agreed", "signing"):
        return version_of(AgreementFactory(agreed=state == "agreed", offered=state == "signing"))
    version = version_of(AgreementFactory(in_force=True))
    if state == "replaced":
        change(version, state="replaced")
    version.refresh_from_db()
    assert version.state == state
    return version


CHILDREN = [
    (YearTarget, "indicator__version"),
    (AgreementTopic, "version"),
    (Contribution, "party__version"),
    (DataAnalysis, "version"),
    (Measure, "version"),
    (StaffingCommitment, "version"),
    (SteeringArrangement, "version"),
]


def test_nothing_of_what_was_offered_is_deleted(offered):
    for model, path in CHILDREN:
        with refused("cannot be changed"):
            model._default_manager.filter(**{path: offered.pk}).delete()


def test_nothing_is_added_to_what_was_offered(offered):
    party = offered.parties.in_order()[0]
    with refused("cannot be changed"):
        Contribution.objects.create(
            party=party, budget_year=2025, kind="money", amount=1, description="extra"
        )
    with refused("cannot be changed"):
        AgreedResult.objects.create(
            version=offered,
            goal=Goal.objects.get(order=1),
            number=9,
            text="x",
            change_kind="how_much",
        )


def test_an_offered_version_is_not_deleted_by_sql_either(offered):
    with refused("cannot be deleted"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM agreements_agreementversion WHERE id = %s", [offered.pk])


def test_a_signature_stays_as_it_is(in_force):
    signature = Signature.objects.order_by("pk")[0]
    with refused("cannot be changed"):
        change(signature, name="Iemand anders")
    with refused("cannot be taken back"):
        signature.delete()


def test_a_signature_has_a_fingerprint(offered):
    party = offered.parties.in_order()[0]
    with refused("only the offered text"):
        Signature.objects.create(
            party=party, user=signer_of(party), name="X", signed_at=OFFERED_AT, content_hash="x"
        )


def test_a_party_signs_once(offered):
    sign_all_but_one(offered)
    party = offered.parties.in_order()[1]
    with refused("party_id"):
        Signature.objects.create(
            party=party,
            user=signer_of(party),
            name="X",
            mandate="statuten",
            signed_at=OFFERED_AT,
            recorded_at=OFFERED_AT,
            content_hash=offered.content_hash,
        )


def test_what_an_agreement_refers_to_keeps_its_meaning(offered):
    indicator = offered.indicators.select_related("definition_version").order_by("pk")[0]
    with refused("in use by an offered agreement"):
        Goal.objects.update(title="Iets anders")
    with refused("in use by an offered agreement"):
        ProgrammeYear.objects.filter(index=1).update(label="ooit")
    with refused("in use by an offered agreement"):
        IndicatorDefinition.objects.filter(versions=indicator.definition_version).update(
            direction="lower"
        )
    with refused("in use by an offered agreement"):
        IndicatorDefinitionVersion.objects.filter(pk=indicator.definition_version_id).update(
            text="Iets anders."
        )


def test_an_indicator_that_nobody_uses_may_still_change(draft):
    definition = IndicatorDefinitionFactory()
    change(definition, direction="lower")
    definition.refresh_from_db()
    assert definition.direction == "lower"


def test_a_new_series_has_a_key_of_its_own(draft):
    keys = set(draft.indicators.values_list("series_key", flat=True))
    assert len(keys) == 6
    assert all(isinstance(key, uuid.UUID) for key in keys)


def test_signing_in_full_leaves_the_agreement_in_force(offered):
    sign_all(offered)
    offered.refresh_from_db()
    assert offered.state == AgreementState.IN_FORCE
