"""A scheme and its versions: what the services and the database refuse, and what follows from a version."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.letter_texts import EXAMPLES, PASSAGES
from subsidies.models import (
    ROW_MODELS,
    AccountabilityRule,
    BudgetRule,
    LegalBasis,
    RefusalGround,
    SchemeBudgetRule,
    SchemeInstalment,
    SchemeLetterText,
    SchemeSource,
    SchemeVersion,
    StandardObligation,
    SubsidyScheme,
)
from subsidies.scheme_examples import EXAMPLE_ROWS
from subsidies.services import schemes as services
from subsidies.states import SchemeState
from subsidies.tests.factories import (
    IN_FORCE,
    SchemeVersionFactory,
    SubsidyRoundFactory,
    move,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADOPTION = {
    "decision_number": "B&W 2026-001",
    "decided_on": date(2026, 2, 1),
    "publication_reference": "Gemeenteblad 2026, 1",
    "published_on": date(2026, 2, 10),
}


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def signer():
    return UserFactory(signer=True)


@pytest.fixture
def draft():
    return SchemeVersionFactory(draft=True)


def refuses(message, write, /, *args, **kwargs):
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        write(*args, **kwargs)


VERSION_REFUSALS = {
    "scheme_version_state_is_known": {"state": "unknown"},
    "scheme_version_ends_after_it_starts": {"valid_until": date(2019, 12, 31)},
    "scheme_version_in_force_by_a_decision": {**IN_FORCE, "state": "in_force", "decided_on": None},
    "scheme_version_superseded_has_an_end": {**IN_FORCE, "state": "superseded"},
    "scheme_version_terms_are_in_range": {"decision_term_weeks": 0},
    "scheme_version_advance_is_in_range": {"advance_percentage": Decimal("100.01")},
}


@pytest.mark.parametrize("name", VERSION_REFUSALS)
def test_the_database_refuses_an_impossible_version(name, draft):
    refuses(name, move, draft, **VERSION_REFUSALS[name])


@pytest.mark.parametrize("missing", IN_FORCE)
def test_a_version_in_force_has_its_decision_and_its_publication(missing, draft):
    values = {**IN_FORCE, missing: "" if isinstance(IN_FORCE[missing], str) else None}

    refuses("scheme_version_in_force_by_a_decision", move, draft, state="in_force", **values)


def test_versions_of_a_scheme_do_not_overlap_in_force():
    version = SchemeVersionFactory(valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))
    move(version, state="superseded")
    other = SchemeVersionFactory(
        scheme=version.scheme, number=2, valid_from=date(2025, 12, 31), draft=True
    )

    refuses("scheme_version_not_twice_at_once", move, other, state="in_force", **IN_FORCE)
    move(other, valid_from=date(2026, 1, 1))
    assert move(other, state="in_force", **IN_FORCE).state == SchemeState.IN_FORCE


def test_drafts_may_overlap_but_there_is_one_at_a_time(draft):
    refuses(
        "scheme_version_one_draft",
        SchemeVersionFactory,
        scheme=draft.scheme,
        number=2,
        draft=True,
        bare=True,
    )


def test_numbers_are_used_once(draft):
    refuses(
        "scheme_version_number",
        SchemeVersion.objects.create,
        scheme=draft.scheme,
        number=1,
        citation="x",
        decision_term_weeks=13,
        completion_term_days=14,
        valid_from=date(2030, 1, 1),
    )


def test_one_version_is_in_force():
    version = SchemeVersionFactory(valid_until=date(2025, 12, 31))
    other = SchemeVersionFactory(
        scheme=version.scheme, number=2, valid_from=date(2026, 1, 1), draft=True
    )

    refuses("scheme_version_one_in_force", move, other, state="in_force", **IN_FORCE)


ROW_REFUSALS = [
    ("legal_basis_says_something", LegalBasis, {"kind": "asv", "text": ""}),
    ("accountability_once_per_band", AccountabilityRule, {"band": "full", "up_to": 9, "documents": ["activity_report"], "due_weeks": 1}),
    ("accountability_bound_once", AccountabilityRule, {"band": "direct", "up_to": None}),
    ("accountability_bound_is_positive", AccountabilityRule, {"band": "direct", "up_to": 0}),
    ("accountability_direct_asks_nothing", AccountabilityRule, {"band": "direct", "up_to": 5, "due_weeks": 13}),
    ("scheme_instalment_is_a_share", SchemeInstalment, {"percentage": 0, "day": 1, "month": 1}),
    ("scheme_instalment_day_exists", SchemeInstalment, {"percentage": 10, "day": 29, "month": 2}),
    ("standard_obligation_says_something", StandardObligation, {"text": ""}),
    ("standard_obligation_term_is_in_range", StandardObligation, {"text": "x", "due_weeks": 105}),
    ("scheme_budget_rule_once_per_kind", SchemeBudgetRule, {"kind": "overhead", "limit": 5}),
    ("scheme_budget_rule_kind_is_known", SchemeBudgetRule, {"kind": "other", "limit": 5}),
    ("scheme_budget_rule_severity_is_known", SchemeBudgetRule, {"kind": "overhead", "limit": 5, "severity": "x"}),
    ("scheme_budget_rule_limit_is_in_range", SchemeBudgetRule, {"kind": "overhead", "limit": 101}),
    ("refusal_ground_once", RefusalGround, {"code": "ceiling", "text": "x", "article": "y"}),
    ("refusal_ground_code_is_known", RefusalGround, {"code": "other", "text": "x", "article": "y"}),
    ("refusal_ground_is_motivated", RefusalGround, {"code": "late", "text": "x", "article": ""}),
    ("letter_text_once", SchemeLetterText, {"code": "objection", "text": "x"}),
    ("letter_text_says_something", SchemeLetterText, {"code": "other", "text": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "model", "values"), ROW_REFUSALS)
def test_the_database_refuses_an_impossible_row(name, model, values, draft):
    refuses(name, model.objects.create, version=draft, order=99, **values)


def test_a_payment_day_stands_once_and_a_source_once(draft):
    values = {"percentage": 40, "day": 1, "month": 9}
    SchemeInstalment.objects.create(version=draft, **values)
    refuses("scheme_instalment_once_per_day", SchemeInstalment.objects.create, version=draft, **values)  # fmt: skip
    SchemeSource.objects.create(version=draft, section="brieven")
    refuses("scheme_source_once", SchemeSource.objects.create, version=draft, section="brieven")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("budget_rule_once_per_kind", {"kind": "overhead", "limit": 1}),
        ("budget_rule_kind_is_known", {"kind": "other", "limit": 1}),
        ("budget_rule_severity_is_known", {"kind": "overhead", "limit": 1, "severity": "x"}),
        ("budget_rule_limit_is_in_range", {"kind": "hourly_rate", "limit": 0}),
    ],
)
def test_the_database_refuses_an_impossible_limit_of_a_round(name, values):
    refuses(name, BudgetRule.objects.create, round=SubsidyRoundFactory(), order=9, **values)


FIXED = {
    "citation": "anders",
    "activities": "anders",
    "valid_from": date(2020, 2, 1),
    "valid_until": date(2030, 1, 1),
    "decision_term_weeks": 8,
    "advance_percentage": 50,
    "decision_number": "B&W 9",
    "state": "draft",
}


@pytest.mark.parametrize("field", FIXED)
def test_a_version_in_force_never_changes(field):
    refuses("cannot be changed", move, SchemeVersionFactory(), **{field: FIXED[field]})


def test_a_superseded_version_never_changes_and_does_not_come_back():
    version = move(SchemeVersionFactory(), state="superseded", valid_until=date(2025, 12, 31))

    refuses("cannot be changed", move, version, valid_until=date(2026, 12, 31))
    refuses("cannot be changed", move, version, state="in_force")


def test_a_version_in_force_is_not_deleted():
    version = SchemeVersionFactory(bare=True)

    refuses("cannot be deleted", SchemeVersion.objects.filter(pk=version.pk).delete)


@pytest.mark.parametrize("relation", ROW_MODELS)
def test_the_rows_of_a_version_in_force_never_change(relation):
    version = SchemeVersionFactory(draft=True)
    if relation == "instalments":
        SchemeInstalment.objects.create(version=version, percentage=80, day=1, month=9)
    if relation == "sources":
        SchemeSource.objects.create(version=version, section="brieven")
    move(version, state="in_force", **IN_FORCE)

    rows = getattr(version, relation)
    assert rows.exists()
    refuses("cannot be changed", rows.all().delete)
    refuses("cannot be changed", rows.update, order=50)
    refuses("cannot be changed", rows.update, version=SchemeVersionFactory(draft=True, bare=True))


def test_a_round_is_adopted_on_a_version_that_came_into_force(draft):
    round_ = SubsidyRoundFactory(scheme_version=draft)

    refuses("came into force", move, round_, state="adopted", decision_number="1", decided_on="2026-01-01")  # fmt: skip


def test_an_adopted_round_keeps_its_version():
    refuses(
        "cannot be changed",
        move,
        SubsidyRoundFactory(adopted=True),
        scheme_version=SchemeVersionFactory(),
    )


# --- services


def new_scheme(leader, **changed):
    values = {
        "citation": "Regeling",
        "valid_from": date(2026, 1, 1),
        "activities": "Taal en spel.",
        "rows": {
            **EXAMPLE_ROWS,
            "legal_bases": [{"kind": "asv", "text": "ASV"}],
            "budget_rules": [{"kind": "overhead", "limit": Decimal(20)}],
        },
        **changed,
    }
    return services.create_scheme("Regeling", **values, by=leader, at=AT)


def test_a_scheme_starts_as_a_draft_and_comes_into_force(leader, signer):
    version = new_scheme(leader)
    assert (version.number, version.state) == (1, SchemeState.DRAFT)

    version = services.put_in_force(version, **ADOPTION, by=signer, at=AT)

    assert version.state == SchemeState.IN_FORCE
    assert [event.verb for event in events_of(version)] == [
        "scheme_version_in_force",
        "scheme_version_created",
    ]
    with pytest.raises(TransitionNotAllowed):
        services.put_in_force(version, **ADOPTION, by=signer, at=AT)


def test_names_are_used_once(leader):
    new_scheme(leader)
    with pytest.raises(services.SchemeNameTaken):
        new_scheme(leader)


INCOMPLETE = {
    "no activities": ({"activities": ""}, "artikel 4:23 Awb"),
    "no basis": ({"rows": {**EXAMPLE_ROWS, "legal_bases": []}}, "verordening of regeling"),
    "no bands": ({"rows": {**EXAMPLE_ROWS, "accountability": []}}, "hoogste bedragen"),
    "no duties": ({"rows": {**EXAMPLE_ROWS, "obligations": []}}, "één verplichting"),
    "no grounds": ({"rows": {**EXAMPLE_ROWS, "refusal_grounds": []}}, "subsidieplafond bereikt"),
    "no texts": ({"rows": {**EXAMPLE_ROWS, "letter_texts": []}}, "bezwaarclausule"),
    "advance": (
        {"rows": {**EXAMPLE_ROWS, "instalments": [{"percentage": 50, "day": 1, "month": 9}]}},
        "betaaldata",
    ),
}


@pytest.mark.parametrize("case", INCOMPLETE)
def test_an_incomplete_version_does_not_come_into_force(case, leader, signer):
    changed, sentence = INCOMPLETE[case]
    version = new_scheme(leader, **changed)

    with pytest.raises(services.VersionNotComplete, match=sentence):
        services.put_in_force(version, **ADOPTION, by=signer, at=AT)


@pytest.mark.parametrize(
    ("bounds", "right"),
    [
        ([("direct", 5_000), ("activity", 50_000), ("full", None)], True),
        ([("direct", 50_000), ("activity", 5_000), ("full", None)], False),
        ([("direct", 5_000), ("activity", None), ("full", 50_000)], False),
        ([("direct", 5_000), ("activity", 50_000)], False),
        ([("activity", None)], True),
    ],
)
def test_more_money_asks_for_more_account(bounds, right, leader):
    rows = [
        {"band": band, "up_to": up_to, "documents": [], "due_weeks": None}
        if band == "direct"
        else {"band": band, "up_to": up_to, "documents": ["activity_report"], "due_weeks": 13}
        for band, up_to in bounds
    ]
    version = new_scheme(
        leader,
        rows={
            **EXAMPLE_ROWS,
            "legal_bases": [{"kind": "asv", "text": "ASV"}],
            "accountability": rows,
        },
    )

    assert (services.missing_for_force(version) == []) is right


@pytest.mark.parametrize(
    "changed",
    [
        {"decision_number": " "},
        {"publication_reference": ""},
        {"decided_on": date(2026, 3, 3), "published_on": date(2026, 3, 3)},
        {"published_on": date(2026, 1, 31)},
    ],
)
def test_without_decision_and_publication_nothing_comes_into_force(changed, leader, signer):
    version = new_scheme(leader)

    with pytest.raises(services.AdoptionMissing):
        services.put_in_force(version, **{**ADOPTION, **changed}, by=signer, at=AT)


def test_the_next_version_is_a_copy_and_ends_the_one_before(leader, signer):
    first = services.put_in_force(new_scheme(leader), **ADOPTION, by=signer, at=AT)
    second = services.create_version(first.scheme, valid_from=date(2027, 1, 1), by=leader, at=AT)

    for relation in ROW_MODELS:
        assert [row.content() for row in services.rows_of(second, relation)] == [
            row.content() for row in services.rows_of(first, relation)
        ]
    with pytest.raises(services.DraftExists):
        services.create_version(first.scheme, valid_from=date(2027, 1, 1), by=leader, at=AT)
    services.put_in_force(second, **ADOPTION, by=signer, at=AT)

    first.refresh_from_db()
    assert (first.state, first.valid_until) == (SchemeState.SUPERSEDED, date(2026, 12, 31))


def test_a_version_does_not_start_before_the_one_in_force(leader, signer):
    first = services.put_in_force(new_scheme(leader), **ADOPTION, by=signer, at=AT)
    second = services.create_version(first.scheme, valid_from=first.valid_from, by=leader, at=AT)

    with pytest.raises(services.VersionsOverlap):
        services.put_in_force(second, **ADOPTION, by=signer, at=AT)


def save(version, slug, leader, **changed):
    values = {"columns": {}, "source": "ASV", "to_verify": False, **changed}
    return services.save_section(version, slug, **values, by=leader, at=AT)


def test_a_section_of_a_draft_is_replaced_with_its_source(draft, leader):
    save(draft, "begroting", leader, rows=[{"kind": "overhead", "limit": Decimal(15)}], to_verify=True)  # fmt: skip

    assert list(draft.budget_rules.values_list("kind", "limit")) == [("overhead", 15)]
    assert draft.sources.get().to_verify


def test_a_section_of_a_version_in_force_is_refused(leader):
    with pytest.raises(services.VersionIsFixed):
        save(SchemeVersionFactory(), "termijnen", leader, columns={"decision_term_weeks": 8})


@pytest.mark.parametrize(
    ("code", "text", "sentence"),
    [
        ("advance", "U krijgt {bedrag}, {laatste4}.", r"{bedrag} bestaat hier niet"),
        ("advance", "U krijgt {voorschot}.", r"{laatste4} ontbreekt"),
        ("advance", "U krijgt {voorschot} {laatste4", "accolade staat los"),
        ("objection", "Maak bezwaar.", "ontbreekt"),
    ],
)
def test_a_letter_text_with_a_wrong_field_is_refused(code, text, sentence, draft, leader):
    with pytest.raises(services.LetterTextInvalid, match=sentence):
        save(draft, "brieven", leader, rows=[{"code": code, "text": text}])


def test_every_passage_has_an_example_that_is_right():
    assert set(EXAMPLES) == set(PASSAGES)
    for relation_row in EXAMPLE_ROWS["letter_texts"]:
        services._require_known_fields([relation_row])


def test_a_draft_that_nobody_uses_may_go(draft, leader):
    round_ = SubsidyRoundFactory(scheme_version=draft)
    with pytest.raises(services.VersionIsFixed):
        services.discard_draft(draft, by=leader, at=AT)
    round_.delete()
    services.discard_draft(draft, by=leader, at=AT)
    assert not SubsidyScheme.objects.exists()


def test_the_decision_term_runs_from_closing_or_from_receipt(draft):
    closes, received = date(2026, 4, 15), date(2026, 3, 1)
    assert draft.decide_before(closes_on=closes, received_on=received) == closes + timedelta(weeks=13)  # fmt: skip
    draft.decision_term_from = SchemeVersion.DecisionFrom.RECEIPT
    assert draft.decide_before(closes_on=closes, received_on=received) == date(2026, 5, 31)
    assert draft.decide_before(closes_on=closes) == closes + timedelta(weeks=13)
