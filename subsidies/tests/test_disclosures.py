"""Documents of a round for an objector who competes (Awb 7:4), and in public (Woo): looked through, made, given."""

import hashlib
import io
import json
import zipfile

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.models import OutgoingMail
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.models import Application, Disclosure, DisclosureDocument
from subsidies.redaction import Ground
from subsidies.services import disclosures as services
from subsidies.services.disclosure_files import work_on
from subsidies.services.disclosures import (
    DisclosureRunning,
    GroundMissing,
    Judgement,
    MeansImpossible,
    NotApprovedByAnother,
    NothingToDisclose,
    NotJudged,
    PassageNotFound,
    PersonalDataLeft,
)
from subsidies.tests.factories_objections import IN_TIME, handler, objected, sent_decisions
from subsidies.tests.test_documents import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
CONTACT = "Berber van der Meulen"


@pytest.fixture
def decisions():
    found = sent_decisions(applications=2)
    Application.objects.filter(pk=found[1].application_id).update(contact_name=CONTACT)
    return found


@pytest.fixture
def leader():
    return handler()


@pytest.fixture
def objection(decisions, leader):
    """Of the first applicant, who also reads what the second got."""
    return objected(decisions[0], by=leader, own_application=decisions[0].application)


def collected(disclosure: Disclosure) -> Disclosure:
    assert work_on(disclosure.pk, at=IN_TIME) == disclosure.documents.count() > 0
    disclosure.refresh_from_db()
    assert disclosure.state == "reviewing"
    return disclosure


def archive_of(disclosure: Disclosure) -> zipfile.ZipFile:
    with disclosure.stored.file.open("rb") as source:
        return zipfile.ZipFile(io.BytesIO(source.read()))


def judge(document, leader, verdict, **fields):
    return services.judge_document(document, Judgement(verdict, **fields), by=leader, at=IN_TIME)


def test_an_objector_gets_what_the_others_asked_and_got_without_their_people(
    decisions, objection, leader
):
    other = decisions[1].application
    made = services.start_for_objection(objection, by=leader, at=IN_TIME)
    with pytest.raises(DisclosureRunning):
        services.start_for_objection(objection, by=leader, at=IN_TIME)
    made = collected(made)
    assert {row.application_id for row in made.documents.all()} <= {None, other.pk}
    kinds = [row.kind for row in made.documents.all()]
    assert kinds.count("ranking") == 1
    assert {"advice", "decision"} <= set(kinds)
    ranking = made.documents.get(kind="ranking")
    assert (
        f"plaats 1 · {decisions[0].application.ikc.name}" in ranking.text
        or "plaats" in ranking.text
    )
    with pytest.raises(NotJudged):
        services.order_copies(made, by=leader, at=IN_TIME)

    decision = made.documents.get(kind="decision")
    with pytest.raises(PersonalDataLeft):
        judge(decision, leader, "whole")
    with pytest.raises(PassageNotFound):
        judge(decision, leader, "redacted", personal=["staat er niet in"])
    with pytest.raises(GroundMissing):
        judge(decision, leader, "withheld", ground=Ground.AWB_BUSINESS)
    with pytest.raises(GroundMissing):
        judge(decision, leader, "withheld", ground=Ground.PRIVACY, reason="Grond van de Woo.")
    advice = made.documents.get(kind="advice")
    judge(advice, leader, "withheld", ground=Ground.AWB_OTHER, reason="Zwaarwegend.")
    amount = decision.text.split("€")[1].split()[0].rstrip(".,")
    judge(
        decision,
        leader,
        "redacted",
        personal=[row["text"] for row in decision.suggested],
        other=[f"€ {amount}"],
        ground=Ground.AWB_BUSINESS,
        reason="Prijs.",
    )
    services.accept_suggestions(made, by=leader, at=IN_TIME)
    made = services.order_copies(made, by=leader, at=IN_TIME)
    with pytest.raises(TransitionNotAllowed):
        judge(decision, leader, "whole")
    assert work_on(made.pk, at=IN_TIME) == made.documents.count() - 1
    made.refresh_from_db()
    assert made.state == "ready"

    archive = archive_of(made)
    lines = archive.read("manifest-sha256.txt").decode().split("\n")[:-1]
    listed = dict(reversed(line.split("  ", 1)) for line in lines)
    assert set(listed) == set(archive.namelist()) - {"manifest-sha256.txt", "metagegevens.json"}
    for path, digest in listed.items():
        assert hashlib.sha256(archive.read(path)).hexdigest() == digest
    copies = [path for path in listed if path.startswith("stukken/")]
    assert len(copies) == made.documents.count() - 1
    everything = " ".join(words(archive.read(path)) for path in copies)
    users = [decisions[1].drafted_by.full_name, decisions[1].taken_by.full_name, CONTACT]
    for secret in users:
        assert secret not in everything
    copy = words(archive.read(f"stukken/{made.documents.get(pk=decision.pk).stored.name}"))
    assert amount not in copy
    assert "[bedrijfsgegeven]" in copy
    assert decisions[1].reference in copy
    inventory = archive.read("inventarislijst.csv").decode()
    assert "Zwaarwegend." in inventory
    assert "gaat niet mee" in inventory
    assert "Inventarislijst" in words(archive.read("inventarislijst.pdf"))
    metadata = json.loads(archive.read("metagegevens.json"))
    assert {part["naam"] for part in metadata["bestand"]} == set(listed)

    given = services.give(made, means="portal", by=leader, at=IN_TIME)
    assert given.state == "given"
    mails = OutgoingMail.objects.filter(subject__contains=given.objection.reference)
    assert mails.exists()
    assert not mails.filter(body__contains=decision.title).exists()
    verbs = [event.verb for event in events_of(made)]
    assert verbs.count("disclosure_document_judged") == 2
    assert "disclosure_given" in verbs


def test_who_has_no_account_gets_it_on_paper_only(decisions, leader):
    outside = objected(decisions[0], by=leader, party="other", name="Buurtvereniging")
    made = services.start_for_objection(outside, by=leader, at=IN_TIME)
    assert work_on(made.pk, at=IN_TIME, busy_until=0) == 0  # stopped halfway: goes on later
    collected(made)
    assert work_on(made.pk, at=IN_TIME) == 0
    assert services.means_for(made) == ["post", "email", "desk"]
    with pytest.raises(MeansImpossible):
        services.give(made, means="portal", by=leader, at=IN_TIME)


def test_in_public_only_after_a_signer_agreed_and_with_the_articles_of_the_woo(decisions, leader):
    round_ = decisions[0].application.round
    made = services.start_for_woo(
        round_, request="Woo-2026-7", purpose="Verzoek van een krant.", by=leader, at=IN_TIME
    )
    made = collected(made)
    applications = {row.application_id for row in made.documents.all()} - {None}
    assert applications == {row.application_id for row in decisions}
    services.accept_suggestions(made, by=leader, at=IN_TIME)
    with pytest.raises(NotApprovedByAnother):
        services.order_copies(made, by=leader, at=IN_TIME)
    services.propose(made, by=leader, at=IN_TIME)
    with pytest.raises(NotApprovedByAnother):
        services.approve(made, by=leader, at=IN_TIME)
    signer = UserFactory(signer=True)
    services.send_back(made, reason="Nog eens kijken.", by=signer, at=IN_TIME)
    services.propose(made, by=leader, at=IN_TIME)
    services.approve(made, by=signer, at=IN_TIME)
    work_on(made.pk, at=IN_TIME)
    made.refresh_from_db()
    inventory = words(archive_of(made).read("inventarislijst.pdf"))
    assert "Verzoek Woo-2026-7" in inventory
    assert "onder e, Woo" in inventory
    assert services.give(made, means="published", by=leader, at=IN_TIME).state == "given"


def test_without_a_decision_of_another_there_is_nothing_to_give(leader):
    (alone,) = sent_decisions()
    mine = objected(alone, by=leader, own_application=alone.application)
    with pytest.raises(NothingToDisclose):
        services.start_for_objection(mine, by=leader, at=IN_TIME)


def test_what_the_database_refuses(decisions, objection, leader):
    made = collected(services.start_for_objection(objection, by=leader, at=IN_TIME))
    rows = Disclosure.objects.filter(pk=made.pk)
    signer = UserFactory(signer=True)
    for name, values in [
        ("disclosure_state_is_known", {"state": "nonsense"}),
        ("disclosure_for_an_objector_has_an_objection", {"kind": "woo"}),
        ("disclosure_finished_has_a_file", {"state": "ready"}),
        (
            "disclosure_in_public_is_approved_by_another",
            {
                "kind": "woo",
                "objection": None,
                "state": "making",
                "approved_by": leader,
                "approved_at": IN_TIME,
            },
        ),
        ("disclosure_given_says_by_whom_and_how", {"means": "post"}),
    ]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        Disclosure.objects.create(
            kind="objection",
            round=made.round,
            objection=objection,
            started_at=IN_TIME,
            started_by=signer,
            next_attempt_at=IN_TIME,
        )
    document = DisclosureDocument.objects.filter(pk=made.documents.first().pk)
    someone = {"judged_at": IN_TIME, "judged_by": leader}
    for name, values in [
        ("judged_by_somebody", {"verdict": "whole"}),
        ("withheld_says_why", {"verdict": "withheld", **someone}),
        ("redacted_says_what", {"verdict": "redacted", **someone}),
        ("keeps_the_documents|cannot be changed", {"text": "Iets anders"}),
        ("cannot be changed", {"stored": decisions[0].letter.stored}),
    ]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            document.update(**values)
    with pytest.raises(IntegrityError, match="documents it began with"), transaction.atomic():
        DisclosureDocument.objects.create(disclosure=made, number=99, kind="advice", title="x")
    with pytest.raises(IntegrityError, match="documents it began with"), transaction.atomic():
        document.delete()
    services.cancel(made, reason="Bezwaar ingetrokken.", by=leader, at=IN_TIME)
    with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
        rows.update(purpose="x")


def test_the_pages_from_begin_to_end(
    client, decisions, objection, leader, django_assert_max_num_queries
):
    client.force_login(leader)
    page = client.get(objection.get_absolute_url()).content.decode()
    assert "Stukken van de ronde klaarzetten" in page
    assert (
        client.post(reverse("subsidies:objection_disclosure", args=[objection.pk])).status_code
        == 302
    )
    made = collected(Disclosure.objects.get())
    with django_assert_max_num_queries(25):
        page = client.get(made.get_absolute_url()).content.decode()
    assert "Voorstel overnemen" in page
    assert "Stukken laten maken" not in page
    document = made.documents.get(kind="decision")
    page = client.get(document.get_absolute_url()).content.decode()
    assert "[persoonsgegeven]" in page
    assert client.post(document.get_absolute_url(), {"verdict": "withheld"}).status_code == 422
    data = {"verdict": "redacted", "personal": "\n".join(r["text"] for r in document.suggested)}
    assert client.post(document.get_absolute_url(), data).status_code == 302
    for name in ("accept", "order"):
        address = reverse(f"subsidies:disclosure_{name}", args=[made.pk])
        assert client.get(address).status_code == 200
        assert client.post(address).status_code == 302
        assert client.get(made.get_absolute_url()).status_code == 200
        assert client.get(document.get_absolute_url()).status_code == 200
    work_on(made.pk, at=IN_TIME)
    assert ".zip" in client.get(made.get_absolute_url()).content.decode()
    applicant, stranger = decisions[0].application.created_by, UserFactory(director=True)
    download = reverse("subsidies:disclosure_file", args=[made.pk])
    client.force_login(applicant)
    assert client.get(download).status_code == 404  # not given yet
    client.force_login(leader)
    address = reverse("subsidies:disclosure_give", args=[made.pk])
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"means": "portal"}).status_code == 302
    client.force_login(applicant)
    assert download in client.get(objection.get_absolute_url()).content.decode()
    response = client.get(download)
    assert response.status_code == 200
    assert client.get(made.get_absolute_url()).status_code == 404
    assert client.get(document.get_absolute_url()).status_code == 404
    for other in (stranger, UserFactory(member=True), UserFactory(admin=True)):
        client.force_login(other)
        assert client.get(download).status_code == 404
    assert [event.actor for event in events_of(made) if event.verb == "disclosure_downloaded"] == [
        applicant
    ]
    response.close()


def test_the_woo_pages_of_a_round(client, decisions, leader):
    round_ = decisions[0].application.round
    client.force_login(leader)
    listed = reverse("subsidies:disclosure_list", args=[round_.pk])
    assert "Nog niets openbaar gemaakt" in client.get(listed).content.decode()
    address = reverse("subsidies:disclosure_woo", args=[round_.pk])
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"purpose": "Op verzoek."}).status_code == 302
    made = collected(Disclosure.objects.get())
    services.accept_suggestions(made, by=leader, at=IN_TIME)
    propose = reverse("subsidies:disclosure_propose", args=[made.pk])
    assert client.post(propose).status_code == 302
    client.force_login(UserFactory(signer=True))
    back = reverse("subsidies:disclosure_return", args=[made.pk])
    assert client.post(back, {"reason": "Kijk stuk 2 nog eens na."}).status_code == 302
    services.propose(made, by=leader, at=IN_TIME)
    assert client.post(reverse("subsidies:disclosure_approve", args=[made.pk])).status_code == 302
    client.force_login(UserFactory(auditor=True))
    assert "Wordt gemaakt" in client.get(listed).content.decode()
    client.force_login(UserFactory(director=True))
    assert client.get(listed).status_code == 403
