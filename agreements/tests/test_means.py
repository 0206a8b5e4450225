"""Analyses, measures, functions and steering, from the draft to the paper."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from agreements.agreement_pdf import render_agreement
from agreements.completeness import warnings_at_agreement_time
from agreements.differences import compare
from agreements.documents import AgreementText, agreement_text
from agreements.models import (
    AgreementVersion,
    DataAnalysis,
    Measure,
    StaffingCommitment,
    SteeringArrangement,
)
from agreements.services import means
from agreements.services.drafting import draft_new_version
from agreements.services.locking import NotADraft
from agreements.services.printing import agreement_document
from agreements.tests.factories import OFFERED_AT, AgreementFactory, version_of
from agreements.tests.test_models import change, refused
from ikc.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DEED = {"by": None, "at": OFFERED_AT}


def url(name: str, *args) -> str:
    return reverse(f"agreements:{name}", args=args)


@pytest.fixture
def draft():
    return version_of(AgreementFactory(complete=True))


def loaded(version) -> AgreementVersion:
    return AgreementVersion.objects.with_content().get(pk=version.pk)


def test_the_database_knows_what_a_week_and_a_programme_are(draft):
    function = draft.staffing.get()
    for hours in (0, Decimal("40.1")):
        with refused("staffing_hours_within_a_week"):
            change(function, hours_per_week=hours)
    with refused("staffing_weeks_within_a_year"):
        change(function, weeks_per_year=53)
    with refused("staffing_other_is_described"):
        change(function, function="other")
    with refused("staffing_function_is_known"):
        change(function, function="cook")
    years = draft.agreement.programme.years
    with refused("lie within the programme"):
        change(function, from_year=years.get(index=3), until_year=years.get(index=2))


def test_the_database_knows_what_a_measure_is(draft):
    measure = draft.measures.order_by("pk")[0]
    with refused("measure_ends_after_it_starts"):
        change(measure, planned_until=date(2021, 1, 1))
    with refused("measure_once_per_result"):
        _again(draft.measures.order_by("pk")[0])
    other = version_of(AgreementFactory(complete=True))
    with refused("belongs to another version"):
        change(measure, result=other.results.order_by("pk")[0])
    with refused("steering_body_once"):
        _again(draft.steering.get())
    with refused("data_analysis_title_once"):
        _again(draft.analyses.get())


def _again(row) -> None:
    row.pk = None
    row.save(force_insert=True)


def test_the_services_refuse_with_a_sentence(draft):
    function, measure = draft.staffing.get(), draft.measures.order_by("pk")[0]
    with pytest.raises(means.MeansRefused, match="hoogstens 40 uur"):
        means.change_means(function, values={"hours_per_week": Decimal(41)}, **DEED)
    years = draft.agreement.programme.years
    with pytest.raises(means.MeansRefused, match="ligt vóór het eerste"):
        means.change_means(
            function,
            values={"from_year": years.get(index=8), "until_year": years.get(index=1)},
            **DEED,
        )
    other = version_of(AgreementFactory(complete=True)).results.order_by("pk")[0]
    with pytest.raises(means.MeansRefused, match="andere versie"):
        means.change_means(measure, values={"result": other}, **DEED)
    signed = version_of(AgreementFactory(offered=True))
    with pytest.raises(NotADraft):
        means.remove_means(signed.steering.get(), **DEED)


def test_what_is_missing_is_a_warning(draft):
    for model in (DataAnalysis, Measure, StaffingCommitment, SteeringArrangement):
        model.objects.filter(version=draft).delete()

    found = warnings_at_agreement_time(loaded(draft))

    assert "Resultaat 1.1 heeft nog geen maatregel." in found
    assert len(found) == 6


def test_they_are_frozen_printed_and_copied(client):
    version = version_of(AgreementFactory(in_force=True))
    text = AgreementText.from_dict(loaded(version).content)
    assert text.staffing[0].hours_per_week == "22"
    assert [row.result for row in text.measures] == ["1.1", "2.1", "3.1"]
    assert render_agreement(agreement_document(loaded(version))).startswith(b"%PDF")

    copied = draft_new_version(
        version.agreement,
        kind="amendment",
        reason="Andere inzet.",
        effective_year=version.agreement.programme.years.get(index=5),
        **DEED,
    )
    assert compare(text, agreement_text(loaded(copied))).count == 1  # the first year of its own
    means.change_means(copied.staffing.get(), values={"hours_per_week": Decimal(16)}, **DEED)
    _, part = compare(text, agreement_text(loaded(copied))).parts
    (one,) = part.changes
    assert (one.item, one.field, one.was[:6], one.becomes[:6]) == (
        "Functie jeugdondersteuner, 2021/22 tot en met 2028/29",
        "uren",
        "22 uur",
        "16 uur",
    )


TYPED = {
    "analyse": {"title": "A", "period": "2020", "sources": "CBS", "findings": "Minder dan elders."},
    "maatregel": {
        "title": "Taalles",
        "target_group": "peuters",
        "planned_from": "1-8-2022",
        "owner": "directeur",
    },
    "functie": {
        "function": "youth_vve",
        "hours_per_week": "16",
        "weeks_per_year": "40",
        "employer": "JET",
    },
    "overleg": {"body": "B", "role": "r", "frequency": "elke week", "decision_rights": "alles"},
}
WRONG = {
    "analyse": ({"title": ""}, "Vul een titel in."),
    "maatregel": ({"planned_until": "1-8-2021"}, "eindigt vóór de begindatum"),
    "functie": ({"hours_per_week": "40,5"}, "hoogstens 40 uur per week"),
    "overleg": ({"body": ""}, "Vul in welk overleg het is."),
}


def test_a_director_writes_changes_and_removes_each_part(client, draft):
    client.force_login(UserFactory(director=True, ikc=draft.agreement.ikc))
    years = draft.agreement.programme.years
    more = {
        "maatregel": {"result": draft.results.order_by("pk")[0].pk},
        "functie": {"from_year": years.get(index=1).pk, "until_year": years.get(index=8).pk},
    }
    for kind, typed in TYPED.items():
        path, data = url("means_create", draft.pk, kind), typed | more.get(kind, {})
        changed, sentence = WRONG[kind]
        assert client.get(path).status_code == 200
        refusal = client.post(path, data | changed)
        assert (refusal.status_code, sentence in refusal.content.decode()) == (422, True), kind
        assert client.post(path, data).url == url("version_means", draft.pk), kind
    page = client.get(url("version_means", draft.pk)).content.decode()
    assert "Taalles" in page
    assert "640" in page  # hours a year

    for kind, model in zip(
        TYPED, (DataAnalysis, Measure, StaffingCommitment, SteeringArrangement), strict=True
    ):
        part = model.objects.filter(version=draft).order_by("-pk")[0]
        form = client.get(url("means_edit", kind, part.pk)).context["form"]
        assert all(form[name].value() is not None for name in TYPED[kind]), kind
        assert client.post(url("means_edit", kind, part.pk), TYPED[kind] | more.get(kind, {})).url
        client.post(url("means_delete", kind, part.pk))
        assert not model.objects.filter(pk=part.pk).exists()
    assert client.get(url("means_create", draft.pk, "iets")).status_code == 404


def test_nobody_else_writes_them(client, draft):
    client.force_login(UserFactory(auditor=True))
    assert client.get(url("version_means", draft.pk)).status_code == 403
