"""The task list of a round and its steps: what is kept, what is refused in words, and what it comes down to."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from ikc.tests.factories import IkcFactory, UserFactory
from subsidies.models import SubsidyRound
from subsidies.round_steps import RoundStep
from subsidies.services.round_content import content_of
from subsidies.tests.factories import SchemeVersionFactory, SubsidyRoundFactory, add_parts
from subsidies.tests.test_views_rounds import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader_client(client):
    client.force_login(UserFactory(project_leader=True))
    return client


def step_url(round_, step, view="round_step"):
    return url(view, round_.pk, step)


def rows(prefix, *given):
    """A formset as a browser posts it."""
    data = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(given):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def about(**changed):
    return {
        "scheme_version": SchemeVersionFactory().pk,
        "name": "Ronde 2027/2028",
        "year": "2027",
        "description": "Voor alle IKC’s.",
        **changed,
    }


def dates(**changed):
    opens = timezone.localdate() + timedelta(days=30)
    return {
        "opens_on": f"{opens:%d-%m-%Y}",
        "opens_time": "09:00",
        "closes_on": f"{opens + timedelta(days=30):%d-%m-%Y}",
        "closes_time": "17.00",
        "period_start": "1-8-2027",
        "period_end": "31-7-2028",
        "reference_date": "1-2-2027",
        **changed,
    }


def target(**changed):
    return {
        "eligible_forms": ["area", "regular"],
        "founding_allowed": "on",
        "eligible_plus": "not",
        "eligible_special_education": "any",
        "partner_confirmation": "required",
        **changed,
    }


PLUS_PART = {"rule": "plus", "amount": "200.000", "overflow_to": "others"}
OTHERS_PART = {"rule": "others", "amount": "150.000", "overflow_to": ""}


def money(*parts, **changed):
    return {"ceiling": "350.000,00", **rows("deelplafonds", *parts), **changed}


def formulas(*own, **changed):
    return {
        "plus_kind": "base_per_child",
        "plus_base": "5.000",
        "plus_per_child": "105",
        "regular_kind": "linear",
        "regular_amount": "50.000",
        "regular_per_children": "175",
        "special_kind": "",
        **rows("eigen-formules", *own),
        **changed,
    }


def division(**changed):
    return {
        "allocation_method": "tender",
        "marginal_policy": "partial",
        "floor": "5.000",
        "min_score": "55",
        "min_reviews": "3",
        "spread_limit": "25",
        "tie": "criteria",
        "lottery_mode": "seeded",
        "lottery_seed": "Gemeenteblad",
        "lottery_drawn_by": "",
        "fallback_on_outage": "extend",
        **changed,
    }


CRITERIA = (
    {"code": "", "name": "Samenwerking", "question": "Werken ze samen?", "weight": "60"},
    {"code": "", "name": "Ouders", "question": "Doen ouders mee?", "weight": "40"},
)


def criteria(*given, **changed):
    return {**rows("criteria", *(given or CRITERIA)), **changed}


QUESTIONS = (
    {"place": "2", "code": "", "text": "De begroting klopt.", "subject": "budget"},
    {"place": "1", "code": "signed", "text": "De handtekening klopt.", "subject": ""},
)
LIMIT = {"kind": "hourly_rate", "limit": "75", "severity": "error", "text": ""}
FILLED = {
    RoundStep.ABOUT: about,
    RoundStep.DATES: dates,
    RoundStep.TARGET: target,
    RoundStep.MONEY: lambda: money(PLUS_PART, OTHERS_PART),
    RoundStep.FORMULAS: lambda: formulas(
        {"ikc": IkcFactory().pk, "base": "10.000", "per_child": "350"}
    ),
    RoundStep.DIVISION: division,
    RoundStep.PRIORITY: lambda: {"tier_1": "village", "tier_2": "plus"},
    RoundStep.CRITERIA: criteria,
    RoundStep.BUDGET: lambda: rows("budget_rules", LIMIT),
    RoundStep.CHECK: lambda: rows("checklist", *QUESTIONS),
}


def test_four_answers_begin_a_round(leader_client):
    response = leader_client.post(url("round_create"), about())

    round_ = SubsidyRound.objects.get()
    assertRedirects(response, url("round_edit", round_.pk))
    page = leader_client.get(url("round_edit", round_.pk))
    assertContains(page, "Nog bekijken", count=9)
    assertContains(page, "Vul het subsidieplafond in.")
    assertContains(page, step_url(round_, RoundStep.MONEY))


def test_a_refused_beginning_keeps_what_was_typed(leader_client):
    SubsidyRoundFactory(name="Ronde 2027/2028")

    response = leader_client.post(url("round_create"), about())

    assertContains(response, "Er is al een ronde met deze naam.", status_code=422)
    assertContains(response, "Voor alle IKC’s.", status_code=422)


def test_all_steps_filled_leave_nothing_to_do(leader_client):
    leader_client.post(url("round_create"), about())
    round_ = SubsidyRound.objects.get()

    for step in reversed(RoundStep):  # in any order
        response = leader_client.post(step_url(round_, step), FILLED[step]())
        assert response.status_code == 302, (step, response.content.decode())

    assertContains(leader_client.get(url("round_edit", round_.pk)), "Alles is ingevuld.")
    said = content_of(SubsidyRound.objects.get())
    assert said.ceiling == 350_000
    assert [(part.rule, part.overflow_to) for part in said.sub_ceilings] == [
        ("plus", "others"),
        ("others", ""),
    ]
    assert [(row.group, row.kind) for row in said.formulas] == [
        ("plus", "base_per_child"),
        ("regular", "linear"),
        ("ikc", "base_per_child"),
    ]
    assert said.tiers == ["village", "plus"]
    assert [row.code for row in said.criteria] == ["samenwerking", "ouders"]
    assert said.budget_rules[0].limit == 75
    assert [tuple(question) for question in said.checklist] == [
        ("signed", "De handtekening klopt.", ""),
        ("de-begroting-klopt", "De begroting klopt.", "budget"),
    ]
    assert timezone.localtime(said.closes_at).hour == 17


@pytest.mark.parametrize("step", RoundStep)
def test_a_step_shows_what_the_round_says(step, leader_client, no_repeated_sql):
    round_ = SubsidyRoundFactory()
    add_parts(round_, plus=1000, others=2000)
    round_.formulas.create(group="ikc", ikc=IkcFactory(), base=1)

    with no_repeated_sql():
        page = leader_client.get(step_url(round_, step))

    assertContains(page, step.label)


def test_saving_what_a_step_shows_changes_nothing(leader_client):
    """Everything that a page shows comes back as it was."""
    round_ = SubsidyRoundFactory(allocation_method="tender")
    add_parts(round_, plus=1000, others=2000)
    before = content_of(round_)

    for step in RoundStep:
        page = leader_client.get(step_url(round_, step))
        forms = [page.context["form"], *page.context["formsets"].values()]
        response = leader_client.post(step_url(round_, step), as_posted(forms))
        assert response.status_code == 302, (step, response.content.decode())

    assert content_of(SubsidyRound.objects.get()) == before


def as_posted(parts) -> dict:
    """What a browser posts of a page that nobody touched."""
    data = {}
    for part in parts:
        for form in [part.management_form, *part.forms] if hasattr(part, "forms") else [part]:
            for field in form:
                value = field.value()
                if value is True:
                    value = "on"
                if value is not None and value is not False:
                    prepared = field.field.widget.format_value(value)
                    data[field.html_name] = value if isinstance(value, list) else prepared
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in data.items()
        if value not in (None, [""])
    }


REFUSED = {
    "moment": (RoundStep.DATES, dates, {"opens_on": "morgen"}, "Vul bij ‘Opent op’ een datum in"),
    "time": (RoundStep.DATES, dates, {"closes_time": "25:00"}, "Vul bij ‘Om’ een tijd in"),
    "order": (
        RoundStep.DATES,
        dates,
        {"closes_on": "1-1-2026"},
        "De ronde sluit vóórdat zij opengaat.",
    ),
    "period": (
        RoundStep.DATES,
        dates,
        {"period_end": "1-1-2027"},
        "De subsidieperiode eindigt vóórdat zij begint.",
    ),
    "nobody": (RoundStep.TARGET, target, {"eligible_forms": []}, "Kies welke vormen"),
    "ceiling": (RoundStep.MONEY, money, {"ceiling": "0"}, "Het subsidieplafond is hoger dan nul."),
    "amount": (RoundStep.MONEY, money, {"ceiling": "350.00"}, "bedrag"),
    "twice": (
        RoundStep.MONEY,
        lambda: money(OTHERS_PART, OTHERS_PART),
        {},
        "Elke groep heeft hoogstens één deelplafond.",
    ),
    "flows back": (
        RoundStep.MONEY,
        lambda: money(OTHERS_PART, PLUS_PART),
        {},
        "‘alle andere IKC&#x27;s’ staat daar niet",
    ),
    "empty part": (
        RoundStep.MONEY,
        lambda: money({**OTHERS_PART, "amount": "0"}),
        {},
        "Een deelplafond is hoger dan nul.",
    ),
    "no figures": (
        RoundStep.FORMULAS,
        formulas,
        {"plus_base": ""},
        "Vul bij ‘Plus IKC’s’ in: vast",
    ),
    "no children": (
        RoundStep.FORMULAS,
        formulas,
        {"regular_per_children": "0"},
        "Vul bij ‘Overige IKC’s’ in: voor zoveel kinderen",
    ),
    "method": (RoundStep.DIVISION, division, {"allocation_method": ""}, "Kies hoe het geld wordt"),
    "tier": (
        RoundStep.PRIORITY,
        dict,
        {"tier_1": "plus", "tier_2": "plus"},
        "Kies elke voorrang maar één keer.",
    ),
    "weight": (
        RoundStep.CRITERIA,
        criteria,
        {"criteria-0-weight": "101"},
        "Criteria en gewichten, criterium 1: Vul als gewicht",
    ),
    "half a row": (
        RoundStep.CRITERIA,
        lambda: criteria(*CRITERIA, {"name": "Los"}),
        {},
        "criterium 3: Schrijf de vraag op",
    ),
    "same name": (
        RoundStep.CRITERIA,
        criteria,
        {"criteria-1-name": "samenwerking"},
        "Twee criteria hebben dezelfde naam.",
    ),
    "no question": (
        RoundStep.CHECK,
        lambda: rows("checklist", {**QUESTIONS[0], "DELETE": "on"}),
        {},
        "Houd ten minste één vraag over.",
    ),
    "same question": (
        RoundStep.CHECK,
        lambda: rows("checklist", QUESTIONS[0], QUESTIONS[0]),
        {},
        "Twee vragen zijn gelijk.",
    ),
    "place": (
        RoundStep.CHECK,
        lambda: rows("checklist", {**QUESTIONS[0], "place": "eerst"}),
        {},
        "Vul als plaats een heel getal in",
    ),
    "limit": (
        RoundStep.BUDGET,
        lambda: rows("budget_rules", {**LIMIT, "kind": "overhead", "limit": "101"}),
        {},
        "Een percentage is hoogstens 100.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_step_answers_422_and_changes_nothing(what, leader_client):
    step, filled, changed, sentence = REFUSED[what]
    round_ = SubsidyRoundFactory()
    before = content_of(round_)

    response = leader_client.post(step_url(round_, step), {**filled(), **changed})

    assertContains(response, sentence, status_code=422)
    assertContains(response, "<title>Fout: ", status_code=422)
    assert content_of(SubsidyRound.objects.get()) == before


@pytest.mark.parametrize(
    ("method", "chain"),
    [("tender", ["criteria", "lottery"]), ("first_come", ["lottery"]), ("pro_rata", ["lottery"])],
)
def test_the_chain_goes_with_the_method(method, chain, leader_client):
    round_ = SubsidyRoundFactory()

    leader_client.post(step_url(round_, RoundStep.DIVISION), division(allocation_method=method))

    assert SubsidyRound.objects.get().tie_chain == chain


def test_a_row_can_be_added_without_javascript(leader_client):
    round_ = SubsidyRoundFactory(bare=True)

    response = leader_client.post(
        step_url(round_, RoundStep.CRITERIA), criteria(**{"criteria-add": "1"})
    )

    assertContains(response, 'name="criteria-2-name"')
    assertContains(response, "Werken ze samen?")
    assert not round_.criteria.exists()


def test_a_criterion_keeps_its_code_when_its_name_changes(leader_client):
    round_ = SubsidyRoundFactory()
    kept = {**CRITERIA[0], "code": "profiel", "name": "Profiel van het IKC"}

    leader_client.post(
        step_url(round_, RoundStep.CRITERIA),
        criteria(kept, CRITERIA[1], **{"criteria-1-DELETE": "on"}),
    )

    criterion = round_.criteria.get()
    assert (criterion.code, criterion.name) == ("profiel", "Profiel van het IKC")


PREVIEWS = {
    RoundStep.DATES: (dates, "De ronde is 31 dagen open."),
    RoundStep.MONEY: (
        lambda: money({**PLUS_PART, "overflow_to": ""}),
        "€\xa0150.000 valt onder geen deelplafond",
    ),
    RoundStep.FORMULAS: (
        formulas,
        "Een Plus IKC met 175 kinderen kan hoogstens €\xa023.375 vragen.",
    ),
    RoundStep.DIVISION: (division, "Bij een gelijke score beslist"),
    RoundStep.PRIORITY: (lambda: {"tier_1": "village"}, "1. IKC in een dorp"),
    RoundStep.CRITERIA: (criteria, "De gewichten zijn samen 100%."),
}


@pytest.mark.parametrize("step", PREVIEWS)
def test_what_is_typed_shows_what_it_comes_down_to_and_stores_nothing(step, leader_client):
    filled, sentence = PREVIEWS[step]
    round_ = SubsidyRoundFactory()
    before = content_of(round_)

    response = leader_client.post(step_url(round_, step, "round_step_preview"), filled())

    assertContains(response, sentence)
    assert content_of(SubsidyRound.objects.get()) == before


def test_half_a_step_has_no_preview_yet(leader_client):
    round_ = SubsidyRoundFactory()

    response = leader_client.post(
        step_url(round_, RoundStep.MONEY, "round_step_preview"), money(ceiling="")
    )

    assertContains(response, "Vul de stap eerst helemaal in")


WARNINGS = {
    "short": (
        RoundStep.DATES,
        lambda: dates(closes_on=dates()["opens_on"]),
        "korter dan twee weken",
    ),
    "late": (RoundStep.DATES, lambda: dates(period_start="1-1-2027"), "na het begin van de"),
    "count": (RoundStep.DATES, lambda: dates(reference_date="1-7-2030"), "Aanvragers kennen hun"),
    "above": (
        RoundStep.MONEY,
        lambda: money(PLUS_PART, OTHERS_PART, ceiling="300.000"),
        "€\xa050.000 hoger dan het subsidieplafond",
    ),
    "weights": (RoundStep.CRITERIA, lambda: criteria(CRITERIA[0]), "Dat moet 100% zijn."),
}


@pytest.mark.parametrize("what", WARNINGS)
def test_a_preview_warns(what, leader_client):
    step, filled, sentence = WARNINGS[what]

    response = leader_client.post(
        step_url(SubsidyRoundFactory(), step, "round_step_preview"), filled()
    )

    assertContains(response, sentence)


def test_after_a_step_comes_the_next_or_the_overview(leader_client):
    round_ = SubsidyRoundFactory()
    first, last = step_url(round_, RoundStep.ABOUT), step_url(round_, RoundStep.CHECK)
    overview = url("round_edit", round_.pk)

    assertRedirects(leader_client.post(first, about()), step_url(round_, RoundStep.DATES))
    assertRedirects(leader_client.post(first, about(overview="1")), overview)
    assertRedirects(leader_client.post(last, rows("checklist", *QUESTIONS)), overview)


def test_only_the_project_leader_writes_and_only_a_draft(client, leader_client):
    draft, adopted = SubsidyRoundFactory(), SubsidyRoundFactory(adopted=True)

    assert leader_client.get(step_url(adopted, RoundStep.MONEY)).status_code == 403
    assert leader_client.get(url("round_step", draft.pk, "onbekend")).status_code == 404
    client.force_login(UserFactory(director=True))
    for view in ("round_step", "round_step_preview"):
        assert client.post(step_url(draft, RoundStep.MONEY, view)).status_code == 404
    client.force_login(UserFactory(signer=True))
    assert client.get(step_url(draft, RoundStep.MONEY)).status_code == 403


def test_fields_of_another_method_wait_behind_their_choice(leader_client):
    page = leader_client.get(step_url(SubsidyRoundFactory(), RoundStep.DIVISION))

    assertContains(page, 'data-kvk2-when="allocation_method=tender|first_come"')
    assertContains(page, 'data-kvk2-when="lottery_mode=manual"')
