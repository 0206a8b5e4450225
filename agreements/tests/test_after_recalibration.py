"""A change that follows from a review of the attention areas names that very review, on screen and on paper."""

import io
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from agreements.agreement_pdf import render_agreement
from agreements.models import AgreementVersion
from agreements.services.drafting import NotAChange, draft_new_version
from agreements.services.printing import agreement_document
from agreements.tests.factories import AgreementFactory, offer, version_of
from ikc.models import AreaRecalibration
from ikc.tests.factories import AreaRecalibrationFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2024, 1, 10, 9, tzinfo=UTC)


@pytest.fixture
def adopted() -> AreaRecalibration:
    return AreaRecalibrationFactory(
        state="adopted",
        discussed_on=date(2023, 9, 7),
        adopted_by=UserFactory(signer=True),
        adopted_on=date(2023, 10, 12),
        decision="collegebesluit 12",
        valid_from=date(2023, 11, 1),
    )


def test_it_is_chosen_shown_and_printed(client, adopted):
    first = version_of(AgreementFactory(in_force=True))
    client.force_login(UserFactory(project_leader=True))
    path = reverse("agreements:version_create", args=[first.agreement_id])
    data = {
        "kind": "recalibration",
        "reason": "De wijk is een aandachtsgebied geworden.",
        "effective_year": first.agreement.programme.years.get(index=5).pk,
    }

    assert "Herijking 2023" in client.get(path).content.decode()
    refused = client.post(path, data)
    assert refused.status_code == 422
    assert "Kies uit welke herijking de wijziging volgt." in refused.content.decode()
    other = client.post(path, data | {"kind": "amendment", "recalibration": adopted.pk})
    assert "dit is geen herijking" in other.content.decode()
    client.post(path, data | {"recalibration": adopted.pk})

    version = AgreementVersion.objects.get(area_recalibration=adopted)
    named = "Herijking 2023, vastgesteld op 12-10-2023 (collegebesluit 12)"
    page = client.get(version.get_absolute_url()).content.decode()
    assert named in page
    assert adopted.get_absolute_url() in page
    offer(version, at=AT)
    version = AgreementVersion.objects.with_content().get(pk=version.pk)
    paper = PdfReader(io.BytesIO(render_agreement(agreement_document(version)))).pages[0]
    assert named in " ".join(paper.extract_text().split())
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreementVersion.objects.filter(pk=version.pk).update(
            area_recalibration=AreaRecalibrationFactory(year=2025)
        )


def test_one_that_the_college_did_not_adopt_is_no_ground():
    first = version_of(AgreementFactory(in_force=True))
    with pytest.raises(NotAChange, match="nog niet vastgesteld"):
        draft_new_version(
            first.agreement,
            kind="recalibration",
            reason="Vast vooruit.",
            effective_year=first.agreement.programme.years.get(index=5),
            recalibration=AreaRecalibrationFactory(),
            by=None,
            at=AT,
        )
