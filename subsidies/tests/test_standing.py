"""Who belongs to the target group, with which formula, priority and part of the ceiling."""

from datetime import date
from decimal import Decimal

import pytest

from ikc.tests.factories import IkcFactory, PlusStatusFactory
from subsidies.services.standing import (
    Standing,
    formula_for,
    standing_of,
    standings_without_a_part,
    sub_ceiling_of,
    tier_of,
    why_not_eligible,
)
from subsidies.services.submission import submit_application
from subsidies.tests.factories import (
    DURING,
    OPENS_AT,
    ApplicationFactory,
    SubsidyRoundFactory,
    add_parts,
    move,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 20)
REGULAR = Standing(False, False, False)
PLUS = Standing(True, False, False)
SPECIAL = Standing(False, False, False, special_education=True)
VILLAGE = Standing(False, False, False, form="village")


@pytest.mark.parametrize(
    ("rules", "standing", "sentence"),
    [
        ({"eligible_forms": ["village"]}, REGULAR, "niet bedoeld voor: regulier IKC"),
        ({"eligible_plus": "not"}, PLUS, "niet bedoeld voor Plus IKC’s"),
        ({"eligible_plus": "only"}, REGULAR, "alleen bedoeld voor Plus IKC’s"),
        ({"eligible_special_education": "not"}, SPECIAL, "niet bedoeld voor IKC’s speciaal"),
        ({"eligible_special_education": "only"}, REGULAR, "alleen bedoeld voor IKC’s speciaal"),
        ({"eligible_plus": "only"}, PLUS, ""),
        ({"eligible_plus": "not", "eligible_special_education": "only"}, SPECIAL, ""),
        ({}, PLUS, ""),
    ],
)
def test_who_is_outside_the_target_group_hears_why(rules, standing, sentence):
    reason = why_not_eligible(
        SubsidyRoundFactory(bare=True, **rules), IkcFactory(form="regular"), standing
    )

    assert sentence in reason
    assert bool(reason) is bool(sentence)


def test_an_ikc_that_is_being_founded_may_be_left_out():
    ikc = IkcFactory(founding=True)

    assert "in oprichting" in why_not_eligible(
        SubsidyRoundFactory(bare=True, founding_allowed=False), ikc, REGULAR
    )
    assert not why_not_eligible(SubsidyRoundFactory(bare=True), ikc, REGULAR)


@pytest.mark.parametrize(
    ("standing", "group"), [(PLUS, "plus"), (REGULAR, "regular"), (SPECIAL, "special")]
)
def test_the_formula_of_a_group(standing, group):
    round_ = SubsidyRoundFactory()
    round_.formulas.create(group="special", base=1)

    assert formula_for(round_, IkcFactory(), standing).group == group


def test_special_education_takes_the_formula_of_its_group_when_there_is_none_of_its_own():
    assert formula_for(SubsidyRoundFactory(), IkcFactory(), SPECIAL).group == "regular"


def test_the_formula_of_an_ikc_itself_goes_before_all_others():
    round_, ikc = SubsidyRoundFactory(), IkcFactory()
    own = round_.formulas.create(group="ikc", ikc=ikc, base=10_000, per_child=350)

    assert formula_for(round_, ikc, PLUS) == own
    assert formula_for(round_, IkcFactory(), PLUS).group == "plus"


def test_an_ikc_competes_for_the_first_part_that_fits():
    round_ = SubsidyRoundFactory()
    plus, village, others = add_parts(round_, plus=1, village=1, others=1)

    assert sub_ceiling_of(round_, PLUS) == plus
    assert sub_ceiling_of(round_, VILLAGE) == village
    assert sub_ceiling_of(round_, Standing(True, False, False, form="village")) == plus
    assert sub_ceiling_of(round_, REGULAR) == others
    assert sub_ceiling_of(SubsidyRoundFactory(), REGULAR) is None


def test_priority_for_villages_and_special_education():
    round_ = SubsidyRoundFactory()
    round_.tiers.create(rank=3, rule="village")
    round_.tiers.create(rank=4, rule="special_education")

    assert [tier_of(round_, way) for way in (PLUS, VILLAGE, SPECIAL, REGULAR)] == [1, 3, 4, 5]


@pytest.mark.parametrize(
    ("rules", "parts", "complete"),
    [
        ({}, ("plus", "not_plus"), True),
        ({}, ("plus", "others"), True),
        ({}, ("plus", "village"), False),
        ({"eligible_plus": "only"}, ("plus",), True),
        ({"eligible_forms": ["village"]}, ("village",), True),
        ({"eligible_special_education": "only"}, ("special_education",), True),
    ],
)
def test_everybody_in_the_target_group_fits_a_part(rules, parts, complete):
    round_ = SubsidyRoundFactory(**rules)
    add_parts(round_, **dict.fromkeys(parts, 1))

    assert (standings_without_a_part(round_) == []) is complete


def test_filing_freezes_the_part_and_the_facts_behind_it():
    round_ = SubsidyRoundFactory()
    plus, _ = add_parts(round_, plus=1000, others=1000)
    move(
        round_,
        state="open",
        decision_number="1",
        decided_on="2026-01-20",
        publication_reference="x",
        published_on="2026-02-02",
    )
    ikc = IkcFactory(special_education=True, form="area")
    PlusStatusFactory(ikc=ikc, valid_from=OPENS_AT.date(), valid_until=date(2027, 1, 1))
    draft = ApplicationFactory(round=round_, ikc=ikc)

    filed = submit_application(
        draft,
        signed_name="Sanne de Boer",
        signed_job_title="directeur",
        declared=True,
        by=draft.created_by,
        at=DURING,
    )

    filed.refresh_from_db()
    assert filed.sub_ceiling == plus
    assert (filed.special_education, filed.ikc_form, filed.is_plus) == (True, "area", True)
    assert standing_of(ikc, DAY).special_education
    assert filed.max_amount == Decimal(5000) + 105 * filed.children_counted
