"""Signing on paper, refusing, evaluating, giving notice and clauses in the browser: done, refused, forbidden, not there."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agreements.agreement_pdf import render_agreement
from agreements.models import (
    AgreementClause,
    AgreementVersion,
    AnnualEvaluation,
    Refusal,
    Signature,
    Termination,
)
from agreements.services.printing import agreement_document
from agreements.tests.factories import AgreementFactory, signer_of, version_of
from ikc.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"agreements:{name}", args=args)


def refused(client, path: str, data: dict, field: str, sentence: str) -> None:
    """422, with the sentence at the field itself."""
    answer = client.post(path, data)
    assert answer.status_code == 422, path
    assert sentence in answer.context["form"].errors[field][0]


def shut(client, path: str, user_who_sees) -> None:
    """403 for who may look, 404 for who may not; by GET and by POST."""
    for user, status in ((user_who_sees, 403), (UserFactory(), 404)):
        client.force_login(user)
        assert client.get(path).status_code == status
        assert client.post(path, {}).status_code == status


@pytest.fixture
def in_force() -> AgreementVersion:
    return version_of(AgreementFactory(in_force=True))


@pytest.fixture
def offered() -> AgreementVersion:
    return version_of(AgreementFactory(offered=True))


def test_a_signature_on_paper(client, offered):
    party = offered.parties.get(role="school_board")
    path = url("party_paper", party.pk)
    content = render_agreement(
        agreement_document(AgreementVersion.objects.with_content().get(pk=offered.pk))
    )
    client.force_login(UserFactory(project_leader=True))
    data = {
        "name": "Anne de Jong",
        "function": "bestuurder",
        "signed_on": "10-11-2021",
        "mandate": "statuten",
    }

    refused(client, path, data, "file", "Kies de ondertekende PDF.")
    file = SimpleUploadedFile("getekend.pdf", content, content_type="application/pdf")
    refused(client, path, data | {"file": file, "mandate": ""}, "mandate", "Vul in op grond")
    file.seek(0)
    assert client.post(path, data | {"file": file}).url == offered.get_absolute_url()

    assert Signature.objects.get().method == "document"
    shut(client, path, UserFactory(director=True, ikc=offered.agreement.ikc))


def test_refusing_to_sign(client, offered):
    party = offered.parties.get(role="school_board")
    path = url("party_refuse", party.pk)
    shut(client, path, UserFactory(project_leader=True))
    client.force_login(signer_of(party))

    refused(client, path, {"reason": ""}, "reason", "Schrijf op waarom u dit doet.")
    assert client.post(path, {"reason": "De huur."}).url == offered.get_absolute_url()

    assert Refusal.objects.get().reason == "De huur."
    assert "De huur." in client.get(offered.get_absolute_url()).content.decode()


def test_the_yearly_evaluation(client, in_force):
    path = url("version_evaluate", in_force.pk)
    shut(client, path, signer_of(in_force.parties.get(role="school_board")))
    data = {"year": "2024", "held_on": "12-12-2024", "outcome": "adjust", "text": "Meer tijd."}
    with time_machine.travel(date(2025, 2, 1), tick=False):
        client.force_login(UserFactory(project_leader=True))
        refused(client, path, data | {"text": ""}, "text", "Schrijf op wat de partijen")
        refused(client, path, data | {"held_on": "1-3-2025"}, "__all__", "nadat zij is besproken")
        assert client.post(path, data).url == in_force.get_absolute_url()
        refused(client, path, data, "year", "")

    assert AnnualEvaluation.objects.get().outcome == "adjust"


def test_giving_notice(client, in_force):
    party = in_force.parties.get(role="school_board")
    path = url("party_notice", party.pk)
    shut(client, path, UserFactory(project_leader=True))
    with time_machine.travel(date(2024, 3, 1), tick=False):
        client.force_login(signer_of(party))
        refused(client, path, {"reason": " "}, "reason", "Schrijf op waarom u dit doet.")
        assert client.post(path, {"reason": "Fusie."}).url == in_force.get_absolute_url()
        refused(client, path, {"reason": "Nog eens."}, "__all__", "al opgezegd")

    assert Termination.objects.get().ends_on == date(2025, 8, 1)


def test_the_clauses_of_one_text(client):
    version = version_of(AgreementFactory())
    AgreementClause.objects.create(version=version, code="disputes", text="Partijen praten.")
    path = url("version_clauses", version.pk)
    shut(client, path, UserFactory(director=True, ikc=version.agreement.ikc))
    client.force_login(UserFactory(project_leader=True))

    refused(client, path, {"disputes": ""}, "disputes", "Schrijf op wat bij ‘Geschillen’")
    answer = client.post(path, {"disputes": "Eerst een mediator."})

    assert answer.url == url("version_check", version.pk)
    assert AgreementClause.objects.get().text == "Eerst een mediator."
