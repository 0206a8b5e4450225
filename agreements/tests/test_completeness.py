from decimal import Decimal

import pytest

from agreements.completeness import gaps, listed, missing_for_signing, warnings_at_agreement_time
from agreements.models import AgreementTopic, AgreementVersion, YearTarget
from agreements.tests.factories import (
    AgreementFactory,
    DefinitionVersionFactory,
    indicator_for,
    version_of,
)

pytestmark = pytest.mark.django_db


def loaded(version) -> AgreementVersion:
    return AgreementVersion.objects.with_content().get(pk=version.pk)


@pytest.fixture
def draft():
    return version_of(AgreementFactory(complete=True))


def test_a_fresh_draft_lacks_signatories_results_and_topics():
    found = gaps(loaded(version_of(AgreementFactory())))

    pages = [gap.page for gap in found]
    assert (pages.count("parties"), pages.count("goals"), pages.count("topics")) == (5, 3, 7)


def test_a_full_draft_lacks_nothing(draft):
    assert missing_for_signing(loaded(draft)) == []
    assert warnings_at_agreement_time(loaded(draft)) == []


def test_each_role_has_a_party(draft):
    party = draft.parties.get(role="childcare")
    party.contributions.all().delete()
    party.delete()

    assert missing_for_signing(loaded(draft)) == [
        "Er is nog geen partij met de rol ‘kinderopvang’."
    ]


def test_a_result_without_indicator_is_not_complete(draft):
    result = draft.results.get(goal__order=3)
    YearTarget.objects.filter(indicator__result=result).delete()
    result.indicators.all().delete()

    assert missing_for_signing(loaded(draft)) == ["Resultaat 3.1 heeft nog geen indicator."]


def test_an_empty_year_needs_a_reason(draft):
    rows = YearTarget.objects.filter(
        indicator=draft.indicators.get(result__goal__order=1, is_core=True), year__index__gte=7
    )
    rows.update(value=None)
    assert missing_for_signing(loaded(draft)) == [
        "Bij ‘Kinderen die meedoen’ (1.1) ontbreekt de streefwaarde van 2027/28 en 2028/29."
    ]

    rows.update(explanation="wordt bij de herijking bepaald")
    assert missing_for_signing(loaded(draft)) == []


def test_years_before_the_agreement_need_no_target():
    version = version_of(AgreementFactory(complete=True, effective_year=3))
    YearTarget.objects.filter(indicator__version=version, year__index__lt=3).update(value=None)

    assert missing_for_signing(loaded(version)) == []


def test_a_missing_baseline_with_a_planned_year_is_complete(draft):
    year = draft.agreement.programme.years.get(index=2)
    draft.indicators.update(
        baseline_status="missing",
        baseline_value=None,
        baseline_numerator=None,
        baseline_denominator=None,
        baseline_planned_year=year,
    )

    assert missing_for_signing(loaded(draft)) == []


def test_blank_is_not_written(draft):
    AgreementTopic.objects.filter(version=draft, code="steering").update(text="   ")

    assert missing_for_signing(loaded(draft)) == [
        "Het onderwerp ‘Aansturing van het IKC’ is nog leeg."
    ]


def test_a_party_without_contribution_is_a_warning_only(draft):
    draft.parties.in_order()[0].contributions.all().delete()

    assert missing_for_signing(loaded(draft)) == []
    (warning,) = warnings_at_agreement_time(loaded(draft))
    assert warning.endswith("heeft nog geen bijdrage.")


@pytest.mark.parametrize(
    ("figures", "warning"),
    [
        # from 40 to 80 is an improvement of 40
        ({"tolerance": Decimal(20)}, "is de tolerantie (20) de helft of meer"),
        ({"tolerance": Decimal("19.9")}, None),
        (
            {"aim": "keep", "baseline_numerator": 4, "baseline_denominator": 10},
            "kleiner dan één kind",
        ),
        ({"baseline_numerator": 8, "baseline_denominator": 20}, None),
        ({"aim": "keep", "end": 20}, "de verkeerde kant op: hoger is beter"),
        ({"start": 50, "end": 50}, "niet beter dan de nulmeting"),
        ({"aim": "keep", "start": 50, "end": 50}, None),
    ],
)
def test_warnings_about_an_indicator(draft, figures, warning):
    definition = DefinitionVersionFactory(definition__name="Proef")
    indicator_for(draft.results.get(goal__order=1), definition, **figures)

    found = warnings_at_agreement_time(loaded(draft))

    if warning is None:
        assert found == []
    else:
        assert any(warning in sentence and "‘Proef’ (1.1)" in sentence for sentence in found)


def test_lower_is_better_warns_the_other_way_round(draft):
    definition = DefinitionVersionFactory(definition__lower=True)
    indicator_for(draft.results.get(goal__order=1), definition, start=40, end=80, aim="keep")

    (warning,) = warnings_at_agreement_time(loaded(draft))
    assert "lager is beter" in warning


def test_a_range_has_no_direction_to_go_against(draft):
    definition = DefinitionVersionFactory(definition__band=True)
    indicator_for(draft.results.get(goal__order=1), definition)

    assert warnings_at_agreement_time(loaded(draft)) == []
    assert missing_for_signing(loaded(draft)) == []


def test_words_are_listed_as_people_list_them():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a en b"
    assert listed(["a", "b", "c"]) == "a, b en c"
