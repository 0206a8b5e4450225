"""The pages around the division: the draw by hand, its record, the explanation per IKC, and the scenarios."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from ikc.tests.factories import UserFactory
from subsidies.explanation import explain
from subsidies.models import Decision, LotteryRecord
from subsidies.motivation import RankingFacts, motivate
from subsidies.services import allocations, letters, lotteries
from subsidies.services.scheme_terms import grounds
from subsidies.tests.factories import PDF, move
from subsidies.tests.factories_assessment import (
    ADVISED_AT,
    DECIDED_AT,
    decided_round,
    drafted_round,
    scored_round,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
BY_HAND = {"lottery_mode": "manual", "lottery_seed": "", "lottery_drawn_by": "notaris Postma"}


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


def texts(response):
    return response.content.decode()


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


def draw_data(numbers, **fields):
    data = {f"place_{number}": place for place, number in enumerate(numbers, 1)}
    return {
        **data,
        "drawn_on": "24-4-2026",
        "place": "Stadhuis",
        "drawn_by": "notaris Postma",
        "witnesses": "twee medewerkers",
        "file": SimpleUploadedFile("pv.pdf", PDF, content_type="application/pdf"),
        **fields,
    }


def tied_round(**fields):
    return scored_round([(50_000, 80, 1)] * 2, ceiling=60_000, **BY_HAND, **fields)


# --- the draw by hand


def test_a_run_that_needs_a_draw_by_hand_asks_for_it_and_goes_on_with_it(client, leader):
    round_ = tied_round()
    numbers = list(round_.applications.order_by("-number").values_list("number", flat=True))

    asked = client.post(url("allocation_run", round_.pk), follow=True)

    assert asked.redirect_chain[-1][0] == url("lottery_draw", round_.pk)
    assert all(number in texts(asked) for number in numbers)
    assert not round_.runs.exists()

    done = client.post(url("lottery_draw", round_.pk), draw_data(numbers), follow=True)

    assert "De loting is vastgelegd" in texts(done)
    run = client.post(url("allocation_run", round_.pk), follow=True).context["run"]
    assert run.output["lotteries"][0]["order"] == numbers
    assert run.results.get(application__number=numbers[0]).granted == 50_000
    assert run.results.get(application__number=numbers[1]).granted == 10_000
    page = texts(client.get(run.get_absolute_url()))
    assert "met de hand geloot" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"place": ""}, "Vul in waar de loting was."),
        ({"witnesses": ""}, "Vul in wie erbij waren."),
        ({"drawn_on": "1-1-2031"}, "ligt in de toekomst"),
        ({"file": ""}, "Voeg het ondertekende proces-verbaal toe."),
    ],
)
def test_a_draw_without_its_facts_is_refused_and_keeps_what_was_typed(
    client, leader, fields, sentence
):
    round_ = tied_round()
    numbers = list(round_.applications.values_list("number", flat=True))

    response = client.post(url("lottery_draw", round_.pk), draw_data(numbers, **fields))

    assert response.status_code == 422
    assert sentence in texts(response)
    assert "twee medewerkers" in texts(response) or "witnesses" in fields
    assert not LotteryRecord.objects.exists()


def test_two_places_cannot_be_the_same(client, leader):
    round_ = tied_round()
    first, second = round_.applications.values_list("number", flat=True)
    data = draw_data([first, second], **{f"place_{second}": 1})

    response = client.post(url("lottery_draw", round_.pk), data)

    assert response.status_code == 422
    assert "dezelfde plaats" in texts(response)


def test_nobody_draws_when_it_is_not_needed(client, leader):
    round_ = scored_round([(50_000, 80, 1), (40_000, 70, 1)], ceiling=60_000, **BY_HAND)

    assert "Er hoeft niet te worden geloot" in texts(client.get(url("lottery_draw", round_.pk)))
    held = lotteries.HeldDraw((), ADVISED_AT.date(), "Stadhuis", "notaris", "twee")
    with pytest.raises(lotteries.DrawNotNeeded):
        lotteries.record_draw(round_, held, name="pv.pdf", content=PDF, by=leader, at=ADVISED_AT)


def test_the_portal_records_its_own_draw_with_the_locked_run(client, leader):
    round_ = scored_round([(50_000, 80, 1)] * 2, ceiling=60_000)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    assert not LotteryRecord.objects.exists()

    allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="Het mag.")

    record = LotteryRecord.objects.get()
    assert record.seed == round_.lottery_seed
    assert record.order == run.output["lotteries"][0]["order"]
    pdf = client.get(record.get_absolute_url())
    assert pdf.content.startswith(b"%PDF")
    assert pdf.content == client.get(record.get_absolute_url()).content
    client.force_login(UserFactory(auditor=True))
    shown = texts(client.get(url("lottery_list", round_.pk)))
    for number, ikc in round_.applications.values_list("number", "ikc__name"):
        assert f"{number}, {ikc}" in shown
    client.force_login(UserFactory(director=True))
    assert client.get(url("lottery_list", round_.pk)).status_code in (403, 404)


def test_a_record_never_changes():
    leader = UserFactory(project_leader=True)
    round_ = scored_round([(50_000, 80, 1)] * 2, ceiling=60_000)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    allocations.lock_run(run, by=leader, at=ADVISED_AT, without_answer="Het mag.")
    with pytest.raises(IntegrityError), transaction.atomic():
        LotteryRecord.objects.update(place="elders")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"mode": "manual", "place": "Stadhuis"}, "lottery_by_hand_is_witnessed_and_signed"),
        ({"mode": "seeded", "seed": ""}, "lottery_by_the_portal_can_be_repeated"),
    ],
)
def test_a_record_without_its_proof_does_not_exist(fields, name):
    round_ = scored_round([(50_000, 80, 1)], ceiling=60_000)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        LotteryRecord.objects.create(
            round=round_,
            participants=[],
            order=[],
            drawn_on=ADVISED_AT.date(),
            drawn_by="iemand",
            recorded_at=ADVISED_AT,
            recorded_by=UserFactory(project_leader=True),
            **fields,
        )


# --- the explanation

EXPLAINED = {
    "tender": "plaats 2 van de 2",
    "first_come": "volledig op",
    "pro_rata": "66,67% van het subsidiabele bedrag",
    "per_child": "per kind",
}


@pytest.mark.parametrize("method", EXPLAINED)
def test_each_method_is_explained_step_by_step(client, leader, method):
    round_ = scored_round(
        [(50_000, 80, 1), (40_000, 70, 1)], ceiling=60_000, allocation_method=method
    )
    last = round_.applications.order_by("number").last()
    move(last, complete_at=ADVISED_AT)
    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    page = texts(client.get(url("allocation_explain", round_.pk, run.pk, last.pk)))

    assert "Subsidiabel bedrag" in page
    assert "€ 60.000,00 beschikbaar" in page.replace("\xa0", " ")
    assert EXPLAINED[method] in page
    assert "None" not in page
    facts = RankingFacts.of(run.input, run.output)
    reasons = grounds(round_.scheme_version)
    for result in run.results.select_related("application"):
        words = motivate(result, facts, reasons) + explain(result, facts).sentence
        assert "None" not in words


@pytest.mark.parametrize("method", ["tender", "first_come"])
def test_the_young_child_comes_before_a_higher_score_and_an_earlier_day(leader, method):
    round_ = scored_round(
        [(50_000, 90, 4), (40_000, 60, 3)], ceiling=60_000, floor=30_000, allocation_method=method
    )
    move(round_, state="draft")
    round_.tiers.create(rank=3, rule="young_child")
    move(round_, state="advised")
    other, young = round_.applications.order_by("number")
    move(other, complete_at=ADVISED_AT - timedelta(days=9))
    move(young, complete_at=ADVISED_AT)

    run = allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    facts = RankingFacts.of(run.input, run.output)
    first, last = run.results.select_related("application").order_by("rank")
    assert (first.application, first.granted, last.granted) == (young, 40_000, 0)
    sentence = explain(first, facts).sentence
    assert (
        "De aanvraag had voorrang: aanvraag met een deelaanvraag voor het jonge kind." in sentence
    )
    assert "voorrang" not in explain(last, facts).sentence
    steps = {step.title: step.text for step in explain(last, facts).steps}
    assert "in geen van de voorrangsgroepen" in steps["Voorrangsgroep"]
    without = allocations.run_scenario(
        round_,
        allocations.WhatIf("Zonder", round_.ceiling, method, round_.marginal_policy, tiers=False),
        by=leader,
        at=ADVISED_AT,
    )
    assert without.results.get(application=other).granted == 50_000
    assert without.input["round"]["tiers"] == []


def test_the_applicant_reads_the_steps_when_the_decision_was_sent(client):
    decided_round(ceiling=Decimal(25_000), scores=(5, 4, 3))
    partial = Decision.objects.get(kind="partial_grant")
    client.force_login(partial.application.created_by)
    page = partial.application.get_absolute_url()
    heading = "Hoe kwam de uitkomst tot stand?"

    assert heading not in texts(client.get(page))
    letters.render_letter(partial.letter.pk, at=DECIDED_AT)
    assert heading in texts(client.get(page))
    steps = [step["title"] for step in partial.letter.context["explanation"]]
    assert steps == [
        "Subsidiabel bedrag",
        "Beschikbaar bedrag",
        "Voorrangsgroep",
        "Score en plaats",
        "Wat er over was",
        "Uitkomst",
    ]


def test_the_municipality_reads_the_steps_from_the_draft(client, leader):
    round_ = drafted_round(applications=1)
    page = round_.applications.get().get_absolute_url()
    assert "Hoe kwam de uitkomst tot stand?" in texts(client.get(page))


# --- scenarios

RULES = {
    "name": "Naar verhouding",
    "ceiling": "60.000,00",
    "method": "pro_rata",
    "marginal_policy": "partial",
    "floor": "",
    "min_score": "",
    "tiers": "on",
}


def test_a_scenario_is_made_compared_discarded_and_taken_back(client, leader):
    round_ = scored_round([(50_000, 80, 1), (40_000, 70, 1)], ceiling=60_000)
    allocations.run_allocation(round_, by=leader, at=ADVISED_AT)

    page = client.post(url("scenario_new", round_.pk), RULES, follow=True)

    text = texts(page).replace("\xa0", " ")
    assert "Denkbeeldig: wijkt af van de gepubliceerde regels" in text
    assert "1 IKC krijgt meer, 1 krijgt minder" in text
    assert "€ 16.666,67 minder" in text
    assert "€ 16.666,67 meer" in text
    assert "Verdeelwijze: naar verhouding van het gevraagde bedrag in plaats van" in text
    run = round_.runs.get(hypothetical=True)
    assert "Verdeling vastleggen" not in texts(client.get(run.get_absolute_url()))
    assert client.post(url("allocation_lock", round_.pk, run.pk)).status_code == 403

    assert "is vervallen" in texts(
        client.post(url("scenario_discard", round_.pk, run.pk), follow=True)
    )
    assert "is teruggehaald" in texts(
        client.post(url("scenario_restore", round_.pk, run.pk), follow=True)
    )


def test_a_scenario_equal_to_the_rules_is_refused_with_what_was_typed(client, leader):
    round_ = scored_round([(50_000, 80, 1)], ceiling=60_000)

    response = client.post(url("scenario_new", round_.pk), {**RULES, "method": "tender"})

    assert response.status_code == 422
    assert "Verander ten minste één regel" in texts(response)
    assert "Naar verhouding" in texts(response)


def test_the_comparison_can_be_taken_along(client, leader):
    round_ = scored_round([(50_000, 80, 1), (40_000, 70, 1)], ceiling=60_000)
    allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    client.post(url("scenario_new", round_.pk), RULES)

    lines = texts(client.get(url("scenario_list", round_.pk), {"export": "csv"})).splitlines()

    assert lines[0].endswith(
        "IKC;Nummer;Gepubliceerde regels;Naar verhouding;Verschil bij Naar verhouding"
    )
    assert len(lines) == 3
    excel = client.get(url("scenario_list", round_.pk), {"export": "xlsx"})
    assert b"".join(excel.streaming_content).startswith(b"PK")


def test_without_a_division_there_is_nothing_to_compare(client, leader):
    round_ = scored_round([(50_000, 80, 1)], ceiling=60_000)
    assert "nog niets te vergelijken" in texts(client.get(url("scenario_list", round_.pk)))


@pytest.mark.parametrize("count", [1, 3])
def test_the_comparison_costs_the_same_for_one_and_for_three(
    client, leader, count, django_assert_num_queries
):
    round_ = scored_round([(50_000, 80 - n, 1) for n in range(count)], ceiling=60_000)
    allocations.run_allocation(round_, by=leader, at=ADVISED_AT)
    client.post(url("scenario_new", round_.pk), RULES)
    page = url("scenario_list", round_.pk)
    client.get(page)

    with django_assert_num_queries(SCENARIO_QUERIES):
        client.get(page)


SCENARIO_QUERIES = 10
