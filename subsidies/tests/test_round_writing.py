"""Writing a round step by step: what a save keeps, what it says that changed, and what it refuses."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ikc.tests.factories import IkcFactory, UserFactory
from kvk2.core.audit import events_of
from subsidies.models import SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.round_words import differences, method_sentences, tie_in_words
from subsidies.services.budget_rules import BudgetRuleContent
from subsidies.services.round_checks import missing_for_adoption
from subsidies.services.round_content import (
    CriterionContent,
    FormulaContent,
    RoundContent,
    SubCeilingContent,
    content_of,
)
from subsidies.services.round_writing import (
    OverflowNotLater,
    RoundIsFixed,
    RoundNameTaken,
    begin_round,
    create_round,
    save_step,
)
from subsidies.states import RoundState
from subsidies.tests.factories import (
    CLOSES_AT,
    DURING,
    OPENS_AT,
    SchemeVersionFactory,
    SubsidyRoundFactory,
    add_parts,
    move,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def content():
    return RoundContent(
        scheme_version=SchemeVersionFactory(),
        name="Ronde 2026/2027",
        year=2026,
        description="Voor alle IKC’s.",
        eligible_forms=["area", "village"],
        tie_chain=["criteria", "lottery"],
        opens_at=OPENS_AT,
        closes_at=CLOSES_AT,
        period_start=date(2026, 8, 1),
        period_end=date(2027, 7, 31),
        reference_date=date(2026, 2, 1),
        ceiling=Decimal(350_000),
        lottery_seed="Gemeenteblad 2026",
        criteria=[
            CriterionContent("profiel", "Profiel", "Past het?", 60),
            CriterionContent("ouders", "Ouders", "Doen ze mee?", 40),
        ],
        formulas=[
            FormulaContent("plus", Decimal(5000), Decimal(105)),
            FormulaContent("regular", kind="linear", amount=Decimal(50_000), per_children=175),
            FormulaContent("ikc", Decimal(10_000), Decimal(350), ikc=IkcFactory()),
        ],
        tiers=["plus", "attention_area"],
        sub_ceilings=[
            SubCeilingContent("plus", "Plus IKC's", "plus", Decimal(200_000), "others"),
            SubCeilingContent("others", "alle andere IKC's", "others", Decimal(150_000)),
        ],
        budget_rules=[BudgetRuleContent("hourly_rate", Decimal(75))],
    )


def test_a_new_round_is_a_draft_that_says_what_was_given(content, leader):
    round_ = create_round(content, by=leader, at=DURING)

    assert round_.state == RoundState.DRAFT
    assert content_of(SubsidyRound.objects.get()) == content
    assert events_of(round_).get().verb == "round_created"
    assert missing_for_adoption(round_) == []


def test_a_round_that_is_begun_proposes_a_calendar_and_asks_for_the_rest(leader):
    round_ = begin_round(
        scheme_version=SchemeVersionFactory(),
        name="Ronde 2028",
        year=2028,
        description="Voor alle IKC’s.",
        by=leader,
        at=DURING,
    )

    assert (round_.period_start, round_.period_end) == (date(2028, 8, 1), date(2029, 7, 31))
    assert round_.reference_date == date(2028, 2, 1)
    assert round_.budget_rules.count() == 3
    assert {item.step for item in missing_for_adoption(round_)} == set(RoundStep) - {
        RoundStep.ABOUT
    }


def test_saving_a_step_changes_that_step_alone_and_marks_it_as_seen(leader):
    round_ = move(SubsidyRoundFactory(), steps_to_check=["geld", "criteria"])
    before = content_of(round_)

    save_step(round_, RoundStep.MONEY, {"ceiling": Decimal(400_000)}, by=leader, at=DURING)

    round_ = SubsidyRound.objects.get()
    assert content_of(round_) == replace(before, ceiling=Decimal(400_000))
    assert round_.steps_to_check == ["criteria"]


def test_the_trail_says_what_reads_differently(leader):
    round_ = SubsidyRoundFactory()

    save_step(round_, RoundStep.MONEY, {"ceiling": Decimal(400_000)}, by=leader, at=DURING)

    event = events_of(round_).get()
    assert event.verb == "round_changed"
    assert event.data["changes"] == [["Subsidieplafond", "€\xa0350.000", "€\xa0400.000"]]


def test_a_save_that_changes_nothing_leaves_no_trace(leader):
    round_ = SubsidyRoundFactory()

    save_step(round_, RoundStep.MONEY, {"ceiling": round_.ceiling}, by=leader, at=DURING)

    assert not events_of(round_).exists()


def test_a_save_replaces_the_rows_of_its_step(content, leader):
    round_ = create_round(content, by=leader, at=DURING)
    part = SubCeilingContent("village", "Dorpen", "village", Decimal(1))
    one = CriterionContent("profiel", "Profiel", "Past het?", 100)

    save_step(round_, RoundStep.MONEY, {"sub_ceilings": [part]}, by=leader, at=DURING)
    save_step(round_, RoundStep.CRITERIA, {"criteria": [one]}, by=leader, at=DURING)
    save_step(round_, RoundStep.PRIORITY, {"tiers": []}, by=leader, at=DURING)
    save_step(round_, RoundStep.BUDGET, {"budget_rules": []}, by=leader, at=DURING)
    save_step(round_, RoundStep.FORMULAS, {"formulas": []}, by=leader, at=DURING)

    assert content_of(SubsidyRound.objects.get()) == replace(
        content, sub_ceilings=[part], criteria=[one], tiers=[], budget_rules=[], formulas=[]
    )


def test_what_is_left_over_does_not_flow_back(content, leader):
    round_ = create_round(content, by=leader, at=DURING)
    plus, others = content.sub_ceilings
    back = [replace(others, overflow_to=""), replace(plus, overflow_to="others")]

    with pytest.raises(OverflowNotLater, match="Plus IKC's"):
        save_step(round_, RoundStep.MONEY, {"sub_ceilings": back}, by=leader, at=DURING)
    assert content_of(SubsidyRound.objects.get()) == content


def test_an_adopted_round_cannot_be_changed(leader):
    with pytest.raises(RoundIsFixed):
        save_step(SubsidyRoundFactory(adopted=True), RoundStep.MONEY, {}, by=leader, at=DURING)


def test_two_rounds_cannot_share_a_name(content, leader):
    create_round(content, by=leader, at=DURING)
    other = SubsidyRoundFactory()

    with pytest.raises(RoundNameTaken):
        create_round(content, by=leader, at=DURING)
    with pytest.raises(RoundNameTaken):
        save_step(other, RoundStep.ABOUT, {"name": content.name}, by=leader, at=DURING)


INCOMPLETE = {
    "method": (lambda r: setattr(r, "allocation_method", ""), "hoe het geld wordt verdeeld"),
    "ceiling": (lambda r: move(r, ceiling=0), "Vul het subsidieplafond in"),
    "parts": (lambda r: add_parts(r, others=r.ceiling + 1), "meer dan het subsidieplafond"),
    "gap": (lambda r: add_parts(r, plus=1), "Niet elk IKC dat mag meedoen"),
    "chain": (lambda r: move(r, tie_chain=["criteria"]), "het lot komt als laatste"),
    "drawer": (lambda r: move(r, lottery_mode="manual"), "wie de loting doet"),
    "young": (
        lambda r: r.tiers.create(rank=3, rule="young_child"),
        "Voorrang voor een deelaanvraag kan alleen",
    ),
    "unseen": (lambda r: move(r, steps_to_check=["data"]), "Kijk ‘Data’ na"),
}


@pytest.mark.parametrize("what", INCOMPLETE)
def test_what_is_missing_is_said_with_its_step(what):
    spoil, sentence = INCOMPLETE[what]
    round_ = SubsidyRoundFactory()
    assert missing_for_adoption(round_) == []

    spoil(round_)

    assert sentence in " ".join(item.text for item in missing_for_adoption(round_))


@pytest.mark.parametrize(("admission", "group"), [("only", "regular"), ("not", "plus")])
def test_a_group_outside_the_target_group_needs_no_formula(admission, group):
    round_ = SubsidyRoundFactory(eligible_plus=admission)
    round_.formulas.filter(group=group).delete()

    assert missing_for_adoption(round_) == []


def test_a_round_by_proportion_needs_no_criteria_and_no_lot():
    round_ = SubsidyRoundFactory(
        bare=True, allocation_method="pro_rata", min_score=None, lottery_seed="", tie_chain=[]
    )
    round_.formulas.create(group="plus", base=1)
    round_.formulas.create(group="regular", base=1)

    assert missing_for_adoption(round_) == []


def test_equals_are_told_apart_by_the_heaviest_criterion_first(content):
    swapped = replace(content, criteria=list(reversed(content.criteria)))

    assert tie_in_words(swapped) == "de score op Profiel, daarna Ouders; ten slotte het lot"
    assert tie_in_words(replace(content, tie_chain=["lottery"])) == "het lot"


METHODS = {
    "tender": ("hoogste score komt als eerste", "restant verleend"),
    "first_come": ("de dag waarop zij volledig zijn", "dan beslist het lot over de volgorde"),
    "pro_rata": ("hetzelfde deel van het bedrag", "grootste afrondingsverschillen"),
    "per_child": ("naar het aantal kinderen op de peildatum", "grootste afrondingsverschillen"),
}


@pytest.mark.parametrize("method", METHODS)
def test_the_method_in_words(method, content):
    said = " ".join(method_sentences(replace(content, allocation_method=method)))

    for sentence in METHODS[method]:
        assert sentence in said


def test_the_words_follow_the_other_choices(content):
    changed = replace(
        content,
        allocation_method="first_come",
        fallback_on_outage="lottery",
        lottery_mode="manual",
        lottery_drawn_by="notaris De Vries",
        marginal_policy="refuse_skip",
        floor=Decimal(5000),
        min_score=Decimal(55),
    )

    said = " ".join(method_sentences(changed))

    for part in (
        "geloot onder alle aanvragen van die dag",
        "notaris De Vries",
        "de volgende die wel past",
        "minder dan 55 van de 100 punten",
        "Voorrang heeft, in deze volgorde: Plus IKC; IKC in een aandachtsgebied.",
    ):
        assert part in said


def test_only_what_reads_differently_is_a_difference(content):
    assert differences(content, content) == []
    changed = differences(content, replace(content, tiers=[], min_score=Decimal("62.5")))
    assert changed == [
        ("Minimumscore", "geen", "62,50 van de 100 punten"),
        ("Voorrang", "1. Plus IKC\n2. IKC in een aandachtsgebied", "geen"),
    ]
