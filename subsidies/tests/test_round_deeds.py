"""A copy of a round, its announcement, its history, its decision as a file, and its end."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.models import StoredFile
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.closing import closing_moment
from subsidies.models import SubsidyRound
from subsidies.publication import publication_of, render_publication
from subsidies.round_steps import RoundStep
from subsidies.services.round_content import content_of
from subsidies.services.round_copying import LOOK_AGAIN, a_year_later, copy_round
from subsidies.services.round_documents import NewFile, keep_decision
from subsidies.services.round_ending import (
    RetentionMissing,
    archive_round,
    missing_for_settlement,
    settle_due_rounds,
)
from subsidies.services.round_writing import save_step
from subsidies.states import RoundState
from subsidies.tests.factories import (
    AFTER,
    CLOSES_AT,
    DURING,
    PDF,
    ApplicationFactory,
    SubsidyRoundFactory,
    add_parts,
    move,
)
from subsidies.tests.factories_payments import granted
from subsidies.tests.test_models_intake import refuses
from subsidies.tests.test_views_rounds import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def leader_client(client, leader):
    client.force_login(leader)
    return client


# --- a copy


def test_a_copy_says_the_same_a_year_later(leader):
    source = SubsidyRoundFactory(
        name="Ronde 2026/2027", lottery_seed="Ronde 2026|loting", floor=Decimal(2026)
    )
    add_parts(source, plus=200_000, others=150_000)
    ApplicationFactory(
        round=move(source, state="open", **PUBLISHED),
        submitted=True,
        sub_ceiling=source.sub_ceilings.get(code="others"),
    )

    copy = copy_round(source, by=leader, at=AFTER)

    said = content_of(SubsidyRound.objects.get(pk=copy.pk))
    assert said == a_year_later(content_of(source))
    assert (said.name, said.year, said.lottery_seed) == (
        "Ronde 2027/2028",
        2027,
        "Ronde 2027|loting",
    )
    assert (said.period_start, said.floor) == (date(2027, 8, 1), Decimal(2026))
    assert copy.state == RoundState.DRAFT
    assert (copy.decision_number, copy.publication_reference) == ("", "")
    assert not copy.applications.exists()
    assert copy.steps_to_check == [step.value for step in LOOK_AGAIN]
    assert events_of(copy).get().data["copied_from"] == "Ronde 2026/2027"


PUBLISHED = {
    "decision_number": "B&W 1",
    "decided_on": date(2026, 1, 20),
    "publication_reference": "Gemeenteblad 2026, 1",
    "published_on": date(2026, 2, 2),
}


def test_a_year_later_it_is_the_same_time_on_the_clock():
    said = replace(content_of(SubsidyRoundFactory()), reference_date=date(2028, 2, 29))

    later = a_year_later(said)

    assert later.reference_date == date(2029, 2, 28)
    assert later.opens_at.astimezone().strftime("%H:%M") == said.opens_at.astimezone().strftime(
        "%H:%M"
    )


def test_a_second_copy_gets_a_name_of_its_own(leader):
    source = SubsidyRoundFactory(name="Ronde 2026")

    names = {copy_round(source, by=leader, at=AFTER).name for _ in range(2)}

    assert names == {"Ronde 2027", "Ronde 2027 (2)"}


def test_one_button_copies_and_shows_what_to_look_at_again(leader_client):
    source = SubsidyRoundFactory(name="Ronde 2026", open=True)
    assertContains(leader_client.get(source.get_absolute_url()), "Kopiëren naar een nieuwe ronde")

    response = leader_client.post(url("round_copy", source.pk))

    copy = SubsidyRound.objects.get(copied_from=source)
    assertRedirects(response, url("round_copied", copy.pk))
    page = leader_client.get(url("round_copied", copy.pk))
    assertContains(page, "Nog nakijken", count=len(LOOK_AGAIN))
    assertContains(page, "Alle data zijn een jaar later gezet.")
    assertContains(page, "Was: Ronde 2026")


def test_a_copy_that_was_looked_at_says_so(leader, leader_client):
    copy = copy_round(SubsidyRoundFactory(), by=leader, at=AFTER)
    for step in LOOK_AGAIN:
        save_step(copy, step, {}, by=leader, at=AFTER)

    assertContains(leader_client.get(url("round_copied", copy.pk)), "Alle stappen zijn opnieuw")
    assert leader_client.get(url("round_copied", SubsidyRoundFactory().pk)).status_code == 404


# --- the announcement (L23)


@pytest.fixture
def parted():
    round_ = SubsidyRoundFactory(name="IKC-ontwikkeling 2026")
    plus, others = add_parts(round_, plus=200_000, others=150_000)
    move(plus, overflow_to=others)
    return round_


SAID = (
    "Het subsidieplafond is € 350.000, waarvan € 200.000 voor Plus IKC's en € 150.000 voor alle andere IKC's.",
    "Wat overblijft voor Plus IKC's, gaat naar alle andere IKC's.",
    "Aanvragen kan van 2 maart 2026, 09.00 uur tot 15 april 2026, 17.00 uur.",
    "voor de periode van 1 augustus 2026 tot en met 31 juli 2027",
    "De aanvraag met de hoogste score komt als eerste aan de beurt.",
    "Bij een gelijke score beslist de score op Volgt uit de gegevens over kinderen en wijk, daarna",
    "- Plus IKC\n- IKC in een aandachtsgebied",
    "Plus IKC's: € 5.000,00 + € 105,00 per kind van 2 jaar en ouder.",
)


@pytest.mark.parametrize("sentence", SAID)
def test_the_announcement_says_what_the_law_asks(sentence, parted):
    assert sentence in publication_of(parted).plain


def test_the_announcement_warns_for_the_budget_only_when_asked(parted):
    assert "artikel 4:28" not in publication_of(parted).plain
    assert "artikel 4:28" in publication_of(parted, budget_warning=True).plain


def test_a_narrower_target_group_is_announced(parted):
    move(parted, eligible_plus="not", eligible_special_education="only", founding_allowed=False)

    said = publication_of(parted).plain

    assert "predicaat Plus kunnen niet aanvragen" in said
    assert "Alleen IKC’s speciaal onderwijs" in said
    assert "in oprichting kunnen niet" in said


def test_the_announcement_to_read_to_copy_and_to_take_along(leader_client, parted):
    page = leader_client.get(url("round_publication", parted.pk))
    assertContains(page, 'data-kvk2-copy="#bekendmaking"')
    assertContains(page, "Subsidieplafond IKC-ontwikkeling 2026")

    text = leader_client.get(
        url("round_publication", parted.pk), {"vorm": "tekst", "voorbehoud": "1"}
    )
    assert text["Content-Disposition"].endswith('.txt"')
    assert "artikel 4:28" in text.content.decode()
    assert leader_client.get(url("round_publication", parted.pk), {"vorm": "x"}).status_code == 404


def test_the_announcement_as_pdf(parted):
    pdf = render_publication(parted, publication_of(parted), today=date(2026, 1, 5))

    assert pdf.startswith(b"%PDF-")


def test_the_announcement_costs_no_statement_twice(leader_client, parted, no_repeated_sql):
    with no_repeated_sql():
        leader_client.get(url("round_publication", parted.pk))


# --- history and decision


def test_the_history_says_what_was_changed(leader, leader_client):
    round_ = SubsidyRoundFactory()
    save_step(round_, RoundStep.MONEY, {"ceiling": Decimal(400_000)}, by=leader, at=DURING)

    page = leader_client.get(url("round_history", round_.pk))

    assertContains(page, "<strong>Subsidieplafond</strong>: €\xa0400.000")
    assertContains(page, "(was: €\xa0350.000)")
    assertContains(leader_client.get(url("round_history", SubsidyRoundFactory().pk)), "Nog niets")


def with_decision(leader, scan_state):
    stored = keep_decision(NewFile("besluit.pdf", PDF), by=leader, at=DURING)
    StoredFile.objects.filter(pk=stored.pk).update(scan_state=scan_state)
    return move(
        SubsidyRoundFactory(),
        state="adopted",
        decision_document=stored,
        decision_number="1",
        decided_on=date(2026, 1, 20),
    )


def test_the_decision_is_handed_out_and_that_is_recorded(leader, leader_client):
    round_ = with_decision(leader, "own")
    assertContains(leader_client.get(round_.get_absolute_url()), "Collegebesluit downloaden")

    response = leader_client.get(url("round_decision", round_.pk))

    assert b"".join(response.streaming_content) == PDF
    assert events_of(round_).get().verb == "round_decision_opened"


def test_a_decision_that_was_not_scanned_waits(leader, leader_client):
    round_ = with_decision(leader, "pending")

    response = leader_client.get(url("round_decision", round_.pk), follow=True)

    assertContains(response, "wordt nog gecontroleerd")
    missing = leader_client.get(url("round_decision", SubsidyRoundFactory().pk), follow=True)
    assertContains(missing, "geen collegebesluit bewaard")


# --- the end


def test_a_round_is_settled_when_nothing_of_it_is_open():
    refused = SubsidyRoundFactory(decided=True)
    ApplicationFactory(round=refused, decided=True, granted_amount=Decimal(0))
    standing = granted().application.round

    assert settle_due_rounds(at=AFTER) == 1
    assert settle_due_rounds(at=AFTER) == 0
    refused.refresh_from_db()
    assert refused.state == RoundState.SETTLED
    assert events_of(refused).get().actor is None
    assert missing_for_settlement(standing) == [
        "1 besluit kan nog veranderen.",
        "1 verleende subsidie is nog niet vastgesteld en afgesloten.",
    ]


def archive(round_, **changed):
    values = {"until": date(2034, 12, 31), "basis": "Selectielijst 8.1.7", **changed}
    return archive_round(round_, **values, by=UserFactory(admin=True), at=AFTER)


def test_a_settled_round_is_archived_with_its_term():
    round_ = archive(SubsidyRoundFactory(settled=True))

    assert (round_.state, round_.retention_until) == (RoundState.ARCHIVED, date(2034, 12, 31))
    with pytest.raises(TransitionNotAllowed):
        archive(round_)


@pytest.mark.parametrize("changed", [{"until": AFTER.date()}, {"basis": " "}])
def test_an_archive_without_a_term_is_refused(changed):
    with pytest.raises(RetentionMissing):
        archive(SubsidyRoundFactory(settled=True), **changed)


@pytest.mark.parametrize(
    ("name", "state"),
    [("round_archived_has_a_term", "archived"), ("round_cancelled_says_why", "cancelled")],
)
def test_the_database_refuses_an_end_without_its_facts(name, state):
    refuses(name, move, SubsidyRoundFactory(settled=True), state=state)


def test_the_administrator_archives_by_the_page(client):
    round_ = SubsidyRoundFactory(settled=True)
    client.force_login(UserFactory(admin=True))
    assertContains(client.get(round_.get_absolute_url()), url("round_archive", round_.pk))

    response = client.post(
        url("round_archive", round_.pk), {"until": "31-12-2034", "basis": "Selectielijst 8.1.7"}
    )

    assertRedirects(response, round_.get_absolute_url())
    assertContains(client.get(round_.get_absolute_url()), "bewaard tot en met")
    assertNotContains(client.get(round_.get_absolute_url()), url("round_archive", round_.pk))


def test_a_round_closes_at_its_closing_moment():
    assert closing_moment(SubsidyRoundFactory()) == CLOSES_AT
