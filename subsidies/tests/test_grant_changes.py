"""Changing and taking back a grant: grounds and their guards, the intention first, and what it does (Awb 4:48-4:50)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.models import Decision, Grant, GrantIntent, Letter
from subsidies.services import acts, letters
from subsidies.services import grant_intents as services
from subsidies.services.grant_changes import GrantFixed
from subsidies.services.grant_intents import Change, ChangeRefused, NotHeard
from subsidies.services.payments import standing_total
from subsidies.states_grants import GrantState
from subsidies.tests.factories_assessment import SigningMandateFactory
from subsidies.tests.test_documents import words
from subsidies.tests.test_grants import ROLES, granted

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
HEARD = datetime(2026, 9, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def grant() -> Grant:
    return granted(applications=1)[0]


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def intent(grant, leader, ground="not_done", new_amount="9000", at=AT) -> GrantIntent:
    return services.announce_intent(
        grant,
        ground=ground,
        new_amount=Decimal(new_amount),
        reason="Er kwam geen dagprogramma.",
        by=leader,
        at=at,
    )


def change(**wishes) -> Change:
    content = {
        "ground": "not_done",
        "new_amount": Decimal(9_000),
        "motivation": "Er kwam geen dagprogramma.",
        "proportionality": "De rest van het plan gaat door.",
        "works_from": HEARD.date(),
    }
    return Change(**{**content, **wishes})


def decided(grant, leader, wishes: Change) -> Decision:
    decision = services.draft_change(grant, wishes, by=leader, at=HEARD)
    acts.send_act_to_check(decision, by=leader, at=HEARD)
    checker = UserFactory(project_leader=True)
    acts.approve_act(decision, checklist=list(acts.CHECKLIST), by=checker, at=HEARD)
    acts.take_act(decision, by=SigningMandateFactory().user, at=HEARD)
    letter = Letter.objects.get(decision=decision)
    assert letters.render_letter(letter.pk, at=HEARD), Letter.objects.get(pk=letter.pk).error
    grant.refresh_from_db()
    return decision


def test_lowered_after_the_recipient_was_heard(client, grant, leader):
    was = grant.amount
    client.force_login(leader)
    new = reverse("subsidies:grant_intent_new", args=[grant.pk])
    data = {"ground": "not_done", "new_amount": "9.000", "reason": "Er kwam geen dagprogramma."}
    with time_machine.travel(AT, tick=False):
        assert "Voornemen om te wijzigen" in client.get(grant.get_absolute_url()).content.decode()
        assert client.post(new, {}).status_code == 422
        assert client.post(new, data).status_code == 302
        asked = GrantIntent.objects.get()
        assert asked.due_on == date(2026, 9, 15)
        letter = Letter.objects.get(code="L07R")
        assert letters.render_letter(letter.pk, at=AT)
        letter.refresh_from_db()
        with letter.stored.file.open("rb") as file:
            assert "uw subsidie te verlagen naar € 9.000,00" in words(file.read())
        with pytest.raises(NotHeard):
            services.draft_change(grant, change(), by=leader, at=AT)
        client.force_login(grant.application.created_by)
        assert client.post(asked.get_absolute_url(), {"text": ""}).status_code == 422
        assert client.post(asked.get_absolute_url(), {"text": "Het komt nog."}).status_code == 302
        assert client.post(asked.get_absolute_url(), {"text": "Nog eens."}).status_code == 200
    client.force_login(leader)
    with time_machine.travel(HEARD, tick=False):
        client.force_login(leader)
        page = client.get(asked.get_absolute_url()).content.decode()
        assert "Het komt nog." in page
        assert "Besluit voorbereiden" in page
        prepare = f"{reverse('subsidies:grant_change', args=[grant.pk])}?voornemen={asked.pk}"
        assert client.post(prepare, {"new_amount": "9000"}).status_code == 422
    # less than was announced is more than the recipient could react to
    with pytest.raises(NotHeard):
        services.draft_change(grant, change(new_amount=Decimal(8_000)), by=leader, at=HEARD)

    decision = decided(grant, leader, change())

    assert (grant.amount, grant.state) == (9_000, GrantState.ACTIVE)
    assert (
        standing_total(grant) == 9_000
    )  # four instalments of 3.000 were planned; the last one lapsed
    assert decision.kind == "amendment"
    grant.application.refresh_from_db()
    assert grant.application.granted_amount == 9_000
    letter = Letter.objects.get(decision=decision)
    with letter.stored.file.open("rb") as file:
        text = words(file.read())
    for told in ("Wij verlagen uw subsidie.", "Het komt nog.", "artikel 4:48", "bezwaar maken"):
        assert told in text
    assert f"{was:,.0f}".replace(",", ".") in text
    with time_machine.travel(HEARD, tick=False):
        assert "Blijft over" in client.get(decision.get_absolute_url()).content.decode()


def test_revoked_on_request_without_an_intention(client, grant, leader):
    client.force_login(leader)
    with time_machine.travel(HEARD, tick=False):
        address = reverse("subsidies:grant_change", args=[grant.pk])
        data = {
            "new_amount": "0",
            "works_from": "16-9-2026",
            "motivation": "Het IKC ziet af van het plan.",
            "proportionality": "Het gebeurt op eigen verzoek.",
        }
        assert client.post(address, data).status_code == 302
    draft = Decision.objects.get(kind="revocation")
    acts.discard_act(draft, reason="Opnieuw.", by=leader, at=HEARD)
    decision = decided(grant, leader, change(ground="request", new_amount=Decimal(0)))
    assert decision.kind == "revocation"
    assert (grant.amount, grant.state) == (0, GrantState.REVOKED)
    assert standing_total(grant) == 0
    with pytest.raises(GrantFixed):
        intent(grant, leader, at=HEARD)


def test_an_unused_term_counts_as_heard(grant, leader):
    asked = intent(grant, leader, new_amount="0")
    assert services.lapse_intents(at=datetime(2026, 9, 15, 21, tzinfo=UTC)) == 0
    assert services.lapse_intents(at=datetime(2026, 9, 15, 22, tzinfo=UTC)) == 1  # the 16th here
    asked.refresh_from_db()
    assert asked.state == "lapsed"
    services.draft_change(grant, change(new_amount=Decimal(0)), by=leader, at=HEARD)


@pytest.mark.parametrize(
    ("ground", "wishes", "sentence"),
    [
        ("incorrect", {"works_from": HEARD.date(), "compensation": "Niets."}, "redelijke termijn"),
        ("incorrect", {"works_from": date(2026, 11, 1)}, "welke schade"),
        ("circumstances", {"works_from": date(2026, 11, 1)}, "welke schade"),
        ("rule", {"works_from": HEARD.date()}, "redelijke termijn"),
        ("not_done", {"proportionality": " "}, "niet zwaarder zijn dan nodig"),
    ],
)
def test_what_each_ground_asks(grant, leader, ground, wishes, sentence):
    intent(grant, leader, ground=ground)
    services.lapse_intents(at=HEARD)
    with pytest.raises(ChangeRefused, match=sentence):
        services.draft_change(grant, change(ground=ground, **wishes), by=leader, at=HEARD)
    whole = {"works_from": date(2026, 11, 1), "compensation": "De huur tot november."}
    services.draft_change(grant, change(ground=ground, **whole), by=leader, at=HEARD)


def test_which_grounds_there_are_before_and_after_the_determination(grant, leader):
    for ground in ("facts", "knew_determination", "duties_after"):
        with pytest.raises(ChangeRefused, match="pas na de vaststelling"):
            intent(grant, leader, ground=ground, new_amount="0")
    for amount in (grant.amount, grant.amount + 1):
        with pytest.raises(ChangeRefused, match="lager dan"):
            intent(grant, leader, new_amount=str(amount))
    Grant.objects.filter(pk=grant.pk).update(
        state="determined", determined_amount=grant.amount, determined_on=date(2026, 9, 1)
    )
    with pytest.raises(ChangeRefused, match="4:49"):
        intent(grant, leader, new_amount="0")
    late = datetime(2031, 9, 2, 9, tzinfo=UTC)
    with pytest.raises(ChangeRefused, match="vijf jaar"):
        intent(grant, leader, ground="facts", new_amount="0", at=late)
    intent(grant, leader, ground="facts", new_amount="0", at=late - timedelta(days=1))


def test_who_may(grant, leader):
    asked = intent(grant, leader)
    people = {role: UserFactory(**{role: True}) for role in ROLES}
    people["own_director"] = grant.application.created_by
    for role, user in people.items():
        expected = role == "project_leader"
        assert user.has_perm("subsidies.change_grant", grant) == expected, role
        reads = role in {"project_leader", "signer", "auditor", "own_director"}
        assert user.has_perm("subsidies.read_intent", asked) == reads, role
        for state in ("asked", "received", "lapsed"):
            asked.state = state
            may = role in {"project_leader", "own_director"} and state == "asked"
            assert user.has_perm("subsidies.react_to_intent", asked) == may, role


def test_what_the_database_refuses(grant, leader):
    asked = intent(grant, leader)
    rows = GrantIntent.objects.filter(pk=asked.pk)
    for name, values in (
        ("grant_intent_is_whole", {"reason": ""}),
        ("grant_intent_is_whole", {"ground": "request"}),
        ("grant_intent_gives_a_term", {"due_on": AT.date()}),
        ("grant_intent_reaction_is_whole", {"text": "Ja."}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**values)
    asked.pk = None
    with pytest.raises(IntegrityError, match="grant_intent_one_open"), transaction.atomic():
        asked.save(force_insert=True)
