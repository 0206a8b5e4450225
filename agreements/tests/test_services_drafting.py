from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from agreements.models import (
    AgreementTopic,
    AgreementVersion,
    Contribution,
    IndicatorDefinition,
    Programme,
    YearTarget,
)
from agreements.services.drafting import (
    AgreementExists,
    Frame,
    NotAChange,
    PeriodOutsideProgramme,
    VersionOpen,
    change_frame,
    draft_agreement,
    draft_new_version,
    withdraw,
)
from agreements.services.editing import (
    AlreadyThere,
    add_contributions,
    add_indicator,
    add_party,
    add_result,
    change_indicator,
    change_party,
    change_result,
    delete_indicator,
    delete_result,
    remove_contribution,
    remove_party,
    write_topics,
)
from agreements.services.locking import NotADraft
from agreements.services.programme import seed_programme
from agreements.services.terms import IndicatorTerms, OutOfRange, TargetFigures
from agreements.states import AgreementState
from agreements.tests.factories import (
    DRAFTED_AT,
    SIGNED_AT,
    AgreementFactory,
    DefinitionVersionFactory,
    ProgrammeFactory,
    agree_all,
    offer,
    sign_all,
    version_of,
)
from ikc.tests.factories import IkcFactory, IkcPartnerFactory, OrganisationFactory, UserFactory
from kvk2.core.audit import events_of
from kvk2.core.errors import DomainError

pytestmark = pytest.mark.django_db
DEED = {"by": None, "at": DRAFTED_AT}


@pytest.fixture
def draft():
    return version_of(AgreementFactory(complete=True))


def frame(programme, *, until=date(2028, 12, 31), index=1) -> Frame:
    return Frame(date(2022, 1, 1), until, programme.years.get(index=index))


def test_a_draft_starts_with_seven_topics_and_the_parties_of_the_ikc():
    ikc = IkcFactory()
    municipality = OrganisationFactory(municipality=True)
    IkcPartnerFactory(ikc=ikc, valid_until=date(2020, 1, 1))  # left long ago
    partner = IkcPartnerFactory(ikc=ikc)
    programme = ProgrammeFactory()
    leader = UserFactory(project_leader=True)

    version = draft_agreement(
        ikc, programme=programme, frame=frame(programme), by=leader, at=DRAFTED_AT
    )

    assert version.agreement.reference == "RA-2021-001"
    assert list(version.topics.in_order().values_list("code", flat=True)) == (
        AgreementTopic.Code.values
    )
    parties = [(party.role, party.organisation) for party in version.parties.in_order()]
    assert parties == [
        ("municipality", municipality),
        ("school_board", ikc.board),
        ("childcare", partner.organisation),
    ]
    assert events_of(version).get().actor == leader


def test_the_period_lies_within_the_programme():
    """Domain reference T-RA-03."""
    programme = ProgrammeFactory()

    with pytest.raises(PeriodOutsideProgramme) as refusal:
        draft_agreement(
            IkcFactory(),
            programme=programme,
            frame=frame(programme, until=date(2029, 12, 31)),
            **DEED,
        )

    assert "31-12-2028" in refusal.value.message


def test_the_first_year_is_of_the_same_programme(draft):
    other = ProgrammeFactory(code="ander")

    with pytest.raises(PeriodOutsideProgramme):
        change_frame(draft, frame=frame(other), **DEED)


def test_an_ikc_has_one_agreement(draft):
    with pytest.raises(AgreementExists):
        draft_agreement(
            draft.agreement.ikc,
            programme=draft.agreement.programme,
            frame=frame(draft.agreement.programme),
            **DEED,
        )


def test_the_frame_of_a_draft_changes(draft):
    changed = change_frame(
        draft, frame=frame(draft.agreement.programme, until=date(2026, 7, 31), index=2), **DEED
    )

    assert (changed.period_end, changed.effective_year.index) == (date(2026, 7, 31), 2)


# --- the next version


def amend(agreement, **changes):
    values = {
        "kind": "amendment",
        "reason": "De wijk is veranderd.",
        "effective_year": agreement.programme.years.get(index=4),
        **DEED,
    }
    return draft_new_version(agreement, **(values | changes))


def test_a_new_version_carries_everything_over_under_the_same_series():
    agreement = AgreementFactory(in_force=True)
    first = version_of(agreement)

    second = amend(agreement)

    assert (second.number, second.supersedes) == (2, first)
    assert set(second.indicators.values_list("series_key", flat=True)) == set(
        first.indicators.values_list("series_key", flat=True)
    )
    assert YearTarget.objects.filter(indicator__version=second).count() == 48
    assert Contribution.objects.filter(party__version=second).count() == 3
    assert not second.parties.exclude(signature=None).exists()


def test_only_one_version_is_worked_on():
    agreement = AgreementFactory(in_force=True)
    amend(agreement)

    with pytest.raises(VersionOpen):
        amend(agreement)


def test_a_change_has_a_reason_and_does_not_reach_back():
    agreement = AgreementFactory(in_force=True, effective_year=3)

    with pytest.raises(NotAChange):
        amend(agreement, reason="  ")
    with pytest.raises(NotAChange, match="2023/24"):
        amend(agreement, effective_year=agreement.programme.years.get(index=2))


def test_an_amendment_may_not_rewrite_years_that_went_before():
    """Invariant 4, as far as this app can see it."""
    second = amend(AgreementFactory(in_force=True))
    YearTarget.objects.filter(indicator__version=second, year__index=3).update(value=56)

    with pytest.raises(DomainError, match="2023/24"):
        agree_all(second)


def test_a_correction_may():
    second = amend(AgreementFactory(in_force=True), kind="correction")
    YearTarget.objects.filter(indicator__version=second, year__index=3).update(value=56)

    assert offer(second).state == AgreementState.SIGNING


def test_after_a_withdrawn_draft_one_can_start_again(draft):
    withdraw(draft, reason="Later", **DEED)

    second = amend(draft.agreement)

    assert (second.number, second.supersedes_id) == (2, draft.pk)
    offer(second)
    sign_all(second)
    second.refresh_from_db()
    assert second.state == AgreementState.IN_FORCE


# --- editing


def test_topics_are_written_and_an_unchanged_text_leaves_no_trace(draft):
    texts = {"goals": "  Elk kind doet mee.  "}

    assert write_topics(draft, texts=texts, **DEED)
    assert not write_topics(draft, texts=texts, **DEED)

    assert draft.topics.get(code="goals").text == "Elk kind doet mee."
    assert events_of(draft).filter(verb="agreement.topics_written").count() == 1


def test_results_are_numbered_per_goal_and_can_be_changed_and_deleted(draft):
    goal = draft.agreement.programme.goals.get(order=2)
    words = {"text": "Eén team.", "target_group": "het team", "change_kind": "how_well"}

    result = add_result(draft, goal=goal, **words, **DEED)
    assert result.label == "2.2"

    change_result(result, **(words | {"text": "Eén sterk team."}), **DEED)
    result.refresh_from_db()
    assert result.text == "Eén sterk team."

    first = draft.results.get(goal=goal, number=1)
    delete_result(first, **DEED)
    assert YearTarget.objects.filter(indicator__version=draft).count() == 32


def test_a_goal_of_another_programme_is_refused(draft):
    other = ProgrammeFactory(code="ander").goals.get(order=1)
    with pytest.raises(DomainError, match="ander programma"):
        add_result(draft, goal=other, text="x", target_group="y", change_kind="how_much", **DEED)


def terms(**changes) -> IndicatorTerms:
    values = {
        "baseline_status": "final",
        "baseline_value": Decimal(40),
        "baseline_year": "2020/21",
        "targets": {1: TargetFigures(Decimal(50)), 8: TargetFigures(explanation="eindmeting")},
    }
    return IndicatorTerms(**(values | changes))


def test_an_indicator_always_has_eight_targets(draft):
    result = draft.results.get(goal__order=1)

    indicator = add_indicator(
        result, definition_version=DefinitionVersionFactory(), terms=terms(), **DEED
    )

    rows = indicator.targets.order_by("year__index").values_list("value", "explanation")
    assert list(rows) == [(Decimal(50), ""), *[(None, "")] * 6, (None, "eindmeting")]

    change_indicator(indicator, terms=terms(targets={2: TargetFigures(Decimal(60))}), **DEED)
    rows = indicator.targets.order_by("year__index").values_list("value", flat=True)
    assert list(rows) == [None, Decimal(60), *[None] * 6]

    delete_indicator(indicator, **DEED)
    assert draft.indicators.count() == 6


def test_a_figure_outside_the_range_of_its_definition_is_refused(draft):
    result = draft.results.get(goal__order=1)
    for wrong in (
        {"baseline_value": Decimal(101)},
        {"targets": {1: TargetFigures(Decimal(-1))}},
        {"targets": {1: TargetFigures(low=Decimal(1), high=Decimal(120))}},
    ):
        with pytest.raises(OutOfRange, match="0 en 100"):
            add_indicator(
                result, definition_version=DefinitionVersionFactory(), terms=terms(**wrong), **DEED
            )


@pytest.mark.parametrize(
    ("bounds", "sentence"),
    [
        ({"valid_min": None, "valid_max": Decimal(5)}, "is 5 of minder"),
        ({"valid_min": Decimal(90), "valid_max": None}, "is 90 of meer"),
    ],
)
def test_a_range_may_have_one_end(draft, bounds, sentence):
    with pytest.raises(OutOfRange, match=sentence):
        add_indicator(
            draft.results.get(goal__order=1),
            definition_version=DefinitionVersionFactory(**bounds),
            terms=terms(),
            **DEED,
        )


def test_parties_come_and_go(draft):
    organisation = OrganisationFactory(childcare=True)
    party = add_party(draft, role="childcare", organisation=organisation, **DEED)

    with pytest.raises(AlreadyThere):
        add_party(draft, role="childcare", organisation=organisation, **DEED)

    organisation.name = "Stichting met een nieuwe naam"
    organisation.save()
    change_party(
        party,
        signatory_name="Fenna Jansma",
        signatory_function="directeur",
        mandate_reference="",
        **DEED,
    )
    party.refresh_from_db()
    assert party.organisation_name == "Stichting met een nieuwe naam"
    remove_party(party, **DEED)
    assert draft.parties.count() == 3


def test_a_contribution_is_added_for_a_row_of_years(draft):
    party = draft.parties.in_order()[0]
    words = {"kind": "hours", "amount": Decimal(880), "description": "jeugdondersteuner"}

    rows = add_contributions(party, **words, budget_years=range(2023, 2026), **DEED)
    assert [row.budget_year for row in rows] == [2023, 2024, 2025]
    with pytest.raises(AlreadyThere):
        add_contributions(party, **words, budget_years=range(2025, 2027), **DEED)
    assert party.contributions.count() == 4

    remove_contribution(rows[0], **DEED)
    assert party.contributions.count() == 3


def test_nothing_is_edited_after_the_offer():
    version = version_of(AgreementFactory(offered=True))
    party, result = version.parties.in_order()[0], version.results.get(goal__order=1)
    indicator = version.indicators.order_by("pk")[0]
    contribution = party.contributions.get()
    goal = result.goal
    words = {"text": "x", "target_group": "y", "change_kind": "how_much"}
    signatory = {"signatory_name": "x", "signatory_function": "y", "mandate_reference": ""}
    deeds = [
        lambda: change_frame(version, frame=frame(version.agreement.programme), **DEED),
        lambda: write_topics(version, texts={"goals": "x"}, **DEED),
        lambda: add_result(version, goal=goal, **words, **DEED),
        lambda: change_result(result, **words, **DEED),
        lambda: delete_result(result, **DEED),
        lambda: add_indicator(
            result, definition_version=indicator.definition_version, terms=terms(), **DEED
        ),
        lambda: change_indicator(indicator, terms=terms(), **DEED),
        lambda: delete_indicator(indicator, **DEED),
        lambda: add_party(version, role="childcare", organisation=party.organisation, **DEED),
        lambda: change_party(party, **signatory, **DEED),
        lambda: remove_party(party, **DEED),
        lambda: add_contributions(
            party, kind="money", amount=1, description="x", budget_years=[2024], **DEED
        ),
        lambda: remove_contribution(contribution, **DEED),
    ]
    for deed in deeds:
        with pytest.raises(NotADraft):
            deed()


# --- the frame of Leeuwarden


def test_the_programme_of_leeuwarden_loads_twice_without_a_change():
    folder = Path(settings.BASE_DIR) / "data" / "leeuwarden"

    programme = seed_programme(folder)
    seed_programme(folder)

    assert Programme.objects.get() == programme
    years = list(programme.years.in_order())
    assert [year.label for year in years][::7] == ["2021/22", "2028/29"]
    assert years[3].full_label == "schooljaar 2024/25 (jaar 4 van 8)"
    assert programme.goals.count() == 3
    assert IndicatorDefinition.objects.count() == 12


def test_the_library_names_a_direction_and_a_source_for_every_indicator():
    seed_programme(Path(settings.BASE_DIR) / "data" / "leeuwarden")

    for definition in IndicatorDefinition.objects.prefetch_related("versions"):
        version = definition.versions.get()
        assert definition.direction in IndicatorDefinition.Direction.values
        assert version.text
        assert version.source
        assert bool(version.numerator) == definition.is_percentage


def test_a_withdrawn_draft_keeps_its_reason(draft):
    withdraw(draft, reason="Het IKC stopt.", by=None, at=SIGNED_AT)

    assert events_of(draft).get(verb="agreement.withdrawn").reason == "Het IKC stopt."
    assert AgreementVersion.objects.get(pk=draft.pk).state == AgreementState.WITHDRAWN
