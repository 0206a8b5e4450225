"""The pages from the division of the money to the letter, each as the person who works on it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from ikc.tests.factories import UserFactory
from kvk2.core.models import AuditEvent
from subsidies.models import (
    AllocationRun,
    Decision,
    Letter,
    Message,
)
from subsidies.services import allocations, letters
from subsidies.services.decisions import CHECKLIST
from subsidies.tests.factories import move
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    SigningMandateFactory,
    advised_round,
    decided_round,
    drafted_round,
    ready_round,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
# A form that was sent with nothing filled in: the button alone.
PRESSED = {"button": "1"}
SCARCE = {"ceiling": Decimal(25_000), "scores": (5, 4, 3)}


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


def texts(response):
    return response.content.decode()


# --- allocation


def test_the_project_leader_divides_and_the_signer_locks(client):
    round_ = advised_round(**SCARCE)
    client.force_login(UserFactory(project_leader=True))
    assert "Verdeling berekenen" in texts(client.get(url("allocation_round", round_.pk)))

    page = texts(client.post(url("allocation_run", round_.pk), follow=True))

    assert "gaat €\u00a025.000,00 naar 2 van de 3 aanvragen" in page
    assert "Het geld is genoeg tot en met plaats 2." in page
    assert "Krijgt wat er nog over was" in page
    assert "Dezelfde invoer geeft dezelfde uitkomst" in page
    run = AllocationRun.objects.get()
    assert run.sha256 in page
    assert client.get(url("allocation_lock", round_.pk, run.pk)).status_code == 403
    client.force_login(UserFactory(signer=True))
    assert "kan niet meer veranderen" in texts(
        client.get(url("allocation_lock", round_.pk, run.pk))
    )
    response = client.post(
        url("allocation_lock", round_.pk, run.pk), {"without_answer": "Gebeld: het kan."}
    )
    assert response.url == run.get_absolute_url()
    assert client.post(url("allocation_lock", round_.pk, run.pk)).status_code == 403


def test_the_outcome_can_be_sorted_searched_and_exported(client):
    round_ = advised_round(**SCARCE)
    leader = UserFactory(project_leader=True)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    client.force_login(leader)
    address = run.get_absolute_url()
    last = round_.applications.order_by("number").last()

    assert "1 aanvraag gevonden" in texts(client.get(f"{address}?zoek={last.number}"))
    assert "1 aanvraag gevonden" in texts(client.get(f"{address}?status=refusal"))
    assert client.get(f"{address}?sort=-granted").status_code == 200
    rows = texts(client.get(f"{address}?export=csv&status=refusal")).splitlines()
    assert len(rows) == 2
    assert "Het plafond was bereikt bij plaats 2" in rows[1]


def test_a_draw_is_shown_with_its_hashes(client):
    round_ = advised_round(applications=2, ceiling=Decimal(15_000), scores=(4, 4))
    leader = UserFactory(project_leader=True)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    client.force_login(leader)

    page = texts(client.get(run.get_absolute_url()))

    assert round_.lottery_seed in page
    for digest in run.output["lotteries"][0]["hashes"]:
        assert digest in page


# --- decisions


def test_from_the_locked_run_to_taken_decisions(client):
    round_ = drafted_round(leader=(leader := UserFactory(project_leader=True)), **SCARCE)
    bundle = url("decision_bundle", round_.pk)
    client.force_login(leader)
    assert "Voorleggen voor toets" in texts(client.get(bundle))
    client.post(url("decision_check", round_.pk))
    assert client.get(url("decision_approve", round_.pk)).status_code == 403

    client.force_login(UserFactory(second_project_leader=True))
    assert client.get(url("decision_approve", round_.pk)).status_code == 200
    assert client.post(url("decision_approve", round_.pk), PRESSED).status_code == 422
    client.post(url("decision_approve", round_.pk), dict.fromkeys(CHECKLIST, "on"))

    signer = SigningMandateFactory().user
    client.force_login(signer)
    assert "3 besluiten nemen" in texts(client.get(url("decision_take", round_.pk)))
    assert client.post(url("decision_take", round_.pk), PRESSED).status_code == 422
    response = client.post(url("decision_take", round_.pk), {"agreed": "on"}, follow=True)

    assert "3 besluiten zijn genomen" in texts(response)
    round_.refresh_from_db()
    assert round_.state == "decided"


def test_a_signer_without_a_mandate_is_told_so(client):
    round_ = ready_round(applications=1)
    client.force_login(UserFactory(signer=True))

    assert "U hebt nu geen mandaat" in texts(client.get(url("decision_take", round_.pk)))
    response = client.post(url("decision_take", round_.pk), {"agreed": "on"})
    assert response.status_code == 422
    assert "geen ondertekeningsmandaat" in texts(response)


def test_a_draft_can_be_read_reworded_and_given_up(client):
    round_ = drafted_round(leader=(leader := UserFactory(project_leader=True)), applications=1)
    decision = Decision.objects.get()
    client.force_login(leader)
    assert "Voorbeeld van de brief" in texts(client.get(decision.get_absolute_url()))
    preview = client.get(url("decision_preview", decision.pk))
    assert preview.content.startswith(b"%PDF-")
    assert not Letter.objects.filter(decision=decision).exists()

    client.post(url("decision_edit", decision.pk), {"motivation": "Een betere reden."})
    decision.refresh_from_db()
    assert decision.motivation == "Een betere reden."

    client.post(url("decision_discard", decision.pk), {"reason": "Opnieuw"})
    assert client.get(decision.get_absolute_url()).status_code == 404
    page = texts(client.post(url("decision_draft", round_.pk), follow=True))
    assert "-B2" in page


def test_the_addressee_sees_a_decision_only_once_it_was_sent(client):
    round_ = decided_round(applications=1)
    decision = Decision.objects.get()
    director = decision.application.created_by
    client.force_login(director)
    assert client.get(decision.get_absolute_url()).status_code == 404

    letters.render_letter(decision.letter.pk, at=DECIDED_AT)

    page = texts(client.get(decision.get_absolute_url()))
    assert "1\N{NO-BREAK SPACE}juli" in page
    assert decision.drafted_by.full_name not in page
    assert round_.name


# --- messages and letters


@pytest.fixture
def message():
    decided_round(applications=1)
    letters.render_letter(Letter.objects.get(code="L08").pk, at=DECIDED_AT)
    return Message.objects.get()


def test_reading_a_letter_takes_one_click_and_leaves_proof(client, message):
    director = message.letter.application.created_by
    client.force_login(director)
    assert "U hebt 1 nieuw bericht" in texts(client.get(reverse("start")))
    assert "Ongelezen" in texts(client.get(url("message_list")))
    client.get(message.get_absolute_url())
    assert not message.events.filter(kind="opened").exists()

    response = client.post(url("message_open", message.pk))

    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    opened = message.events.filter(user=director).order_by("pk")
    assert [event.kind for event in opened] == ["opened", "downloaded"]
    assert "Ongelezen" not in texts(client.get(url("message_list")))
    assert "nieuw bericht" not in texts(client.get(reverse("start")))


def test_the_municipality_sees_the_proof_and_proves_nothing_by_looking(client, message):
    client.force_login(UserFactory(project_leader=True))

    page = texts(client.get(message.get_absolute_url()))

    assert "Bewijs van verzending en ontvangst" in page
    assert client.post(url("message_open", message.pk)).status_code == 403
    response = client.get(url("letter_download", message.letter.pk))
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert not message.events.filter(kind="opened").exists()
    assert AuditEvent.objects.filter(verb="letter_opened").exists()


def test_strangers_find_neither_message_nor_letter(client, message):
    client.force_login(UserFactory(director=True))

    assert client.get(message.get_absolute_url()).status_code == 404
    assert client.post(url("message_open", message.pk)).status_code == 404
    assert client.get(url("letter_download", message.letter.pk)).status_code == 403


def test_a_letter_for_the_post(client):
    decided_round(applications=1)
    letter = Letter.objects.get(code="L08")
    move(letter.application.board, electronic_consent_at=None)
    client.force_login(UserFactory(project_leader=True))
    assert "Per post versturen" in texts(client.get(f"{url('letter_list')}?status=post"))
    assert client.get(url("letter_post", letter.pk)).status_code == 200
    assert client.post(url("letter_post", letter.pk), {"posted_on": "1-1-2020"}).status_code == 422

    client.post(url("letter_post", letter.pk), {"posted_on": "22-5-2026"})

    letter.decision.refresh_from_db()
    assert letter.decision.state == "sent"
