"""A new agreement from the words of another."""

from datetime import date

import pytest
from django.urls import reverse

from agreements.models import AgreementTemplate, AgreementVersion, YearTarget
from agreements.services import templates
from agreements.services.drafting import Frame
from agreements.tests.factories import (
    OFFERED_AT,
    AgreementFactory,
    DefinitionVersionFactory,
    indicator_for,
    version_of,
)
from agreements.tests.test_types import now_or_never
from ikc.tests.factories import IkcFactory, UserFactory

pytestmark = pytest.mark.django_db
DEED = {"by": None, "at": OFFERED_AT}


@pytest.fixture
def source():
    version = version_of(AgreementFactory(complete=True))
    result = version.results.get(goal__order=1)
    for kind in ("scale", "milestone", "band"):
        indicator_for(result, DefinitionVersionFactory(**{f"definition__{kind}": True}))
    return version


def make(source, title: str = "Plus IKC in de stad") -> AgreementTemplate:
    return templates.make_template(source, title=title, note="", **DEED)


def test_words_go_along_and_figures_do_not(source):
    programme = source.agreement.programme
    frame = Frame(date(2025, 1, 1), programme.end, programme.years.get(index=5))
    ikc = IkcFactory(plus=True)

    version = templates.draft_from_template(
        ikc, template=make(source), programme=programme, frame=frame, **DEED
    )
    now_or_never()

    assert version.topics.get(code="goals").text == "Dit spreken wij af."
    assert (version.results.count(), version.indicators.count()) == (3, 9)
    assert not version.indicators.exclude(baseline_value=None, baseline_level=None).exists()
    assert all(row.is_empty for row in YearTarget.objects.filter(indicator__version=version))
    assert version.measures.get(result__goal__order=2).planned_from == date(2025, 1, 1)
    assert version.staffing.get().from_year.index == 5
    assert version.steering.count() == 1
    assert version.analyses.count() == 0
    series = version.indicators.values_list("series_key", flat=True)
    assert not source.indicators.filter(series_key__in=series).exists()


def test_a_text_is_a_template_once_under_a_name_of_its_own(source):
    make(source)
    with pytest.raises(templates.TemplateRefused, match="al een sjabloon"):
        make(source, "Anders")
    other = version_of(AgreementFactory())
    with pytest.raises(templates.TemplateRefused, match="deze naam"):
        make(other)


def test_the_project_leader_makes_uses_and_retires_a_template(client, source):
    client.force_login(UserFactory(project_leader=True))
    path = reverse("agreements:template_create", args=[source.pk])
    assert client.post(path, {}).status_code == 422
    client.post(path, {"title": "Plus IKC", "note": "gewoon"})
    template = AgreementTemplate.objects.get()
    assert "Plus IKC" in client.get(reverse("agreements:template_list")).content.decode()

    ikc = IkcFactory(plus=True)
    client.post(
        reverse("agreements:agreement_create"),
        {
            "ikc": ikc.pk,
            "template": template.pk,
            "period_start": "1-1-2025",
            "period_end": "31-12-2028",
            "effective_year": source.agreement.programme.years.get(index=5).pk,
            "notice_months": 6,
        },
    )
    assert AgreementVersion.objects.get(agreement__ikc=ikc).results.count() == 3

    client.post(reverse("agreements:template_retire", args=[template.pk]))
    assert not AgreementTemplate.objects.exists()
    client.force_login(UserFactory(auditor=True))
    assert client.get(reverse("agreements:template_list")).status_code == 403
