"""Every type of indicator, and the way it may go: by screen, by service and by the database."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from agreements.agreement_pdf import render_agreement
from agreements.calculations import least_step, linear_targets, steps_smaller_than
from agreements.completeness import missing_for_signing
from agreements.differences import compare
from agreements.documents import AgreementText, agreement_text
from agreements.models import AgreedIndicator, AgreementVersion, YearTarget
from agreements.services.drafting import draft_new_version
from agreements.services.editing import change_indicator
from agreements.services.printing import agreement_document
from agreements.services.terms import IndicatorTerms, OutOfRange, TargetFigures, TargetRefused
from agreements.tests.factories import (
    OFFERED_AT,
    AgreementFactory,
    DefinitionVersionFactory,
    indicator_for,
    offer,
    sign_all,
    version_of,
)
from agreements.tests.test_models import change, refused
from ikc.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TYPES = ("number", "lower", "band", "amount", "scale", "milestone")
DEED = {"by": None, "at": OFFERED_AT}
D = Decimal


@pytest.fixture
def draft():
    return version_of(AgreementFactory(complete=True))


@pytest.fixture
def result(draft):
    return draft.results.get(goal__order=1)


@pytest.fixture
def as_leader(client):
    client.force_login(UserFactory(project_leader=True))
    return client


def of_type(result, kind: str, **fields) -> AgreedIndicator:
    if kind == "lower":
        fields = {"start": 80, "end": 40} | fields
    return indicator_for(
        result, DefinitionVersionFactory(**{f"definition__{kind}": True}), **fields
    )


def now_or_never() -> None:
    """What is looked at when a transaction ends, looked at now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def loaded(version) -> AgreementVersion:
    return AgreementVersion.objects.with_content().get(pk=version.pk)


# --- from draft to paper


def test_every_type_is_shown_frozen_printed_and_copied(as_leader, draft, result):
    for kind in TYPES:
        of_type(result, kind)
    now_or_never()
    page = as_leader.get(draft.get_absolute_url()).content.decode()
    for shown in ("niveau 4", "1-7-2025", "30 dagen speling", "€ 80,00", "75% tot 85%", "één team"):
        assert shown in page

    offer(draft)
    text = AgreementText.from_dict(loaded(draft).content)
    rows = {row.type: row for row in text.goals[0].results[0].indicators}
    assert rows["scale"].rubric == ("los", "overleg", "samen", "één team")
    assert [row.level for row in rows["scale"].targets] == [1, 1, 2, 2, 3, 3, 4, 4]
    assert rows["milestone"].targets[3].due_on == date(2025, 7, 1)
    assert render_agreement(agreement_document(loaded(draft))).startswith(b"%PDF")

    sign_all(draft)
    copied = draft_new_version(
        draft.agreement,
        kind="amendment",
        reason="Een jaar later.",
        effective_year=draft.agreement.programme.years.get(index=5),
        **DEED,
    )
    now_or_never()
    (only,) = compare(text, agreement_text(loaded(copied))).parts
    assert [change.item for change in only.changes] == ["Streefwaarden vanaf"]


def test_a_milestone_has_a_day_in_some_year(draft, result):
    milestone = of_type(result, "milestone")
    assert missing_for_signing(loaded(draft)) == []

    milestone.targets.update(due_on=None)
    (gap,) = missing_for_signing(loaded(draft))
    assert "heeft nog geen dag" in gap


# --- the database demands the columns of the type


@pytest.mark.parametrize(
    ("kind", "values", "rule"),
    [
        ("number", {"value": None, "level": 2}, "columns of another type"),
        ("number", {"value": None, "due_on": date(2022, 1, 1)}, "columns of another type"),
        ("scale", {"level": None, "value": 2}, "columns of another type"),
        ("scale", {"level": 5}, "not in the rubric"),
        ("scale", {"level": 0}, "not in the rubric"),
        ("milestone", {"level": 1}, "columns of another type"),
        ("milestone", {"due_on": date(2023, 1, 1)}, "outside its year"),
        ("band", {"low": None, "high": None, "value": 4}, "columns of another type"),
        ("band", {"low": 9, "high": 8}, "year_target_range_has_both_ends"),
        ("scale", {"value": 4}, "another type"),
    ],
)
def test_a_target_has_the_columns_of_its_type(result, kind, values, rule):
    first = of_type(result, kind).targets.get(year__index=1)
    with refused(rule):
        change(first, **values)


@pytest.mark.parametrize(
    ("kind", "values", "rule"),
    [
        ("number", {"leeway_days": 3}, "columns of another type"),
        ("number", {"baseline_value": None, "baseline_level": 2}, "columns of another type"),
        ("number", {"baseline_numerator": 1, "baseline_denominator": 2}, "another type"),
        ("scale", {"tolerance": 1}, "columns of another type"),
        ("scale", {"baseline_level": 9}, "not in the rubric"),
        ("milestone", {"baseline_status": "final"}, "columns of another type"),
        ("number", {"aim": "hope"}, "agreed_indicator_aim_is_known"),
    ],
)
def test_a_baseline_has_the_columns_of_its_type(result, kind, values, rule):
    indicator = of_type(result, kind)
    with refused(rule):
        change(indicator, **values)


def test_a_definition_is_what_its_type_says():
    scale = DefinitionVersionFactory(definition__scale=True)
    with refused("text for each of its levels"):
        change(scale, rubric=["een"])
    with refused("text for each of its levels"):
        change(scale, rubric=["een", " "])
    with refused("text for each of its levels"):
        DefinitionVersionFactory(rubric=["een", "twee"])
    with refused("definition_version_break_has_a_reason"):
        change(scale, number=2, breaks_series=True)
    with refused("indicator_level_and_day_are_whole"):
        change(scale.definition, direction="range")
    with refused("indicator_amount_is_in_cents_at_most"):
        change(DefinitionVersionFactory(definition__amount=True).definition, decimals=3)


def test_there_are_always_eight_rows(result):
    """Monitoring reference 3.2: eight rows, also when somebody deletes one by hand."""
    indicator = of_type(result, "number")
    with refused("a target for each year"):
        indicator.targets.get(year__index=3).delete()
        now_or_never()
    with refused("a target for each year"):
        AgreedIndicator.objects.create(
            version=result.version,
            result=result,
            definition_version=indicator.definition_version,
            baseline_status="final",
            baseline_value=1,
            baseline_year="2020/21",
        )
        now_or_never()


# --- the way a target may go


def test_calculating_with_children():
    assert [least_step(20, 0), least_step(30, 0), least_step(30, 1)] == [5, 3, D("3.3")]
    assert steps_smaller_than(D(5), D(40), {1: D(43), 2: D(43), 3: D(48)}) == [1]
    figures = linear_targets(D(40), D(60), steps=8, decimals=0, least=D(5))
    assert [int(figure) for figure in figures] == [40, 45, 45, 50, 50, 55, 55, 60]


@pytest.mark.parametrize(
    ("kind", "values", "rule"),
    [
        ("number", {"value": 39}, "goes against its direction"),  # baseline 40, the year before 45
        ("number", {"value": 44}, "goes against its direction"),
        ("lower", {"value": 81}, "goes against its direction"),
        ("scale", {"level": 4}, "goes against its direction"),  # the year after is level 2
    ],
)
def test_the_database_refuses_a_target_against_the_direction(result, kind, values, rule):
    indicator = of_type(result, kind)
    with refused(rule):
        change(indicator.targets.get(year__index=2), **values)
        now_or_never()
    change(indicator, aim="keep")
    change(indicator.targets.get(year__index=2), **values)
    now_or_never()


def test_the_database_refuses_a_step_smaller_than_one_child(draft):
    indicator = draft.indicators.get(result__goal__order=1, is_core=True)
    change(indicator, baseline_numerator=8, baseline_denominator=20)
    now_or_never()
    with refused("smaller than one child"):
        change(indicator.targets.get(year__index=8), value=79)
        now_or_never()
    with refused("smaller than one child"):
        change(indicator, baseline_numerator=4, baseline_denominator=10)
        now_or_never()


def test_an_amendment_is_compared_from_its_own_first_year_on(draft, result):
    indicator = of_type(result, "number")
    years = draft.agreement.programme.years
    change(draft, effective_year=years.get(index=4))
    change(indicator.targets.get(year__index=3), value=99)
    now_or_never()
    with refused("against its direction"):
        change(draft, effective_year=years.get(index=3))
        now_or_never()


def terms(aim: str = "improve", **targets) -> IndicatorTerms:
    return IndicatorTerms(
        aim=aim,
        baseline_status="final",
        baseline_value=D(40),
        baseline_numerator=8,
        baseline_denominator=20,
        baseline_year="2020/21",
        targets={int(key[1:]): TargetFigures(value=D(value)) for key, value in targets.items()},
    )


def test_the_service_says_the_same_and_keeping_stays_possible(draft):
    indicator = draft.indicators.get(result__goal__order=1, is_core=True)
    with pytest.raises(TargetRefused, match="2023/24 is slechter dan die ervoor: hoger is beter"):
        change_indicator(indicator, terms=terms(y1=50, y3=45), **DEED)
    with pytest.raises(TargetRefused, match="kleiner dan één kind: dat is 5,0 punt"):
        change_indicator(indicator, terms=terms(y1=50, y3=52), **DEED)

    change_indicator(indicator, terms=terms("keep", y1=40, y2=38, y8=38), **DEED)
    now_or_never()
    assert indicator.targets.get(year__index=8).value == 38


def test_a_level_and_a_day_that_cannot_be_are_refused(result):
    scale, milestone = of_type(result, "scale"), of_type(result, "milestone")
    level = IndicatorTerms("final", baseline_level=9, baseline_year="2020/21")
    with pytest.raises(OutOfRange, match="tussen 1 en 4"):
        change_indicator(scale, terms=level, **DEED)
    day = IndicatorTerms("none", targets={1: TargetFigures(due_on=date(2025, 1, 1))})
    with pytest.raises(OutOfRange, match="ligt in dat jaar"):
        change_indicator(milestone, terms=day, **DEED)


# --- the forms


def edit(indicator) -> str:
    return reverse("agreements:indicator_edit", args=[indicator.pk])


def test_a_wrong_target_is_explained_at_its_own_box(as_leader, draft):
    indicator = draft.indicators.get(result__goal__order=1, is_core=True)
    typed = {
        "aim": "improve",
        "baseline_status": "final",
        "baseline_numerator": "8",
        "baseline_denominator": "20",
        "baseline_year": "2020/21",
        "tolerance": "2",
        "value_1": "50",
        "value_2": "45",
        "value_3": "47",
    }
    response = as_leader.post(edit(indicator), typed)

    errors = response.context["form"].errors
    assert response.status_code == 422
    assert "slechter dan die ervoor" in errors["value_2"][0]
    assert "kleiner dan één kind" in errors["value_3"][0]
    assert 'value="47"' in response.content.decode()
    assert as_leader.post(edit(indicator), typed | {"aim": "keep"}).status_code == 302


def test_a_scale_is_agreed_in_levels(as_leader, result):
    scale = of_type(result, "scale")
    page = as_leader.get(edit(scale)).content.decode()
    assert "4. één team" in page
    assert "Tolerantie" not in page
    typed = {"aim": "improve", "baseline_status": "final", "baseline_year": "2020/21"}

    response = as_leader.post(edit(scale), typed)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"baseline_level", "assessor"}

    as_leader.post(edit(scale), typed | {"baseline_level": 2, "assessor": "team", "level_8": 4})
    scale.refresh_from_db()
    assert (scale.baseline_level, scale.assessor) == (2, "team")
    assert scale.targets.get(year__index=8).level == 4


def test_a_milestone_is_agreed_as_a_day_in_its_year(as_leader, result):
    milestone = of_type(result, "milestone")
    wrong = as_leader.post(edit(milestone), {"leeway_days": "10", "due_on_1": "1-1-2025"})
    assert "kies een dag van 1-8-2021 tot en met 31-7-2022" in wrong.content.decode()

    as_leader.post(edit(milestone), {"leeway_days": "10", "due_on_1": "1-1-2022"})
    milestone.refresh_from_db()
    assert milestone.leeway_days == 10
    assert list(YearTarget.objects.filter(indicator=milestone, due_on__isnull=False)) == [
        milestone.targets.get(year__index=1)
    ]
