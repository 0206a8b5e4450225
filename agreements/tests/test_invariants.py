"""The invariants of agreements, one test each (monitoring reference 3.4); 4 and 5 need rounds: `monitoring/tests`.

Each is tried past the models, with SQL: what must never be, the database refuses whoever asks.
"""

import pytest
from django.db import DatabaseError, connection, transaction

from agreements.documents import agreement_text
from agreements.models import AgreementVersion, Contribution, ContributionStep, Signature
from agreements.services.editing import write_topics
from agreements.services.locking import NotADraft
from agreements.services.signing import is_unchanged
from agreements.tests.factories import (
    OFFERED_AT,
    AgreementFactory,
    DefinitionVersionFactory,
    signer_of,
    version_of,
)
from ikc.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def refused(sql: str, *params: object) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{sql}; SET CONSTRAINTS ALL IMMEDIATE", params)


@pytest.fixture
def in_force():
    return version_of(AgreementFactory(in_force=True))


@pytest.fixture
def offered():
    return version_of(AgreementFactory(offered=True))


PARTS = {
    "agreements_agreementversion": ("reason = 'anders'", "id"),
    "agreements_agreementtopic": ("text = 'anders'", "version_id"),
    "agreements_agreementparty": ("signatory_name = 'anders'", "version_id"),
    "agreements_agreedresult": ("text = 'anders'", "version_id"),
    "agreements_agreedindicator": ("tolerance = tolerance + 1", "version_id"),
    "agreements_staffingcommitment": ("hours_per_week = 1", "version_id"),
    "agreements_steeringarrangement": ("role = 'anders'", "version_id"),
    "agreements_measure": ("title = 'anders'", "version_id"),
    "agreements_dataanalysis": ("title = 'anders'", "version_id"),
}


def test_invariant_1_a_version_in_force_never_changes(in_force):
    for table, (change, key) in PARTS.items():
        refused(f"UPDATE {table} SET {change} WHERE {key} = %s", in_force.pk)
        refused(f"DELETE FROM {table} WHERE {key} = %s", in_force.pk)
    refused(
        "UPDATE agreements_yeartarget SET explanation = 'anders' WHERE indicator_id IN"
        " (SELECT id FROM agreements_agreedindicator WHERE version_id = %s)",
        in_force.pk,
    )
    refused(
        "UPDATE agreements_contribution SET amount = amount + 1 WHERE party_id IN"
        " (SELECT id FROM agreements_agreementparty WHERE version_id = %s)",
        in_force.pk,
    )
    refused("UPDATE agreements_agreementversion SET state = 'draft' WHERE id = %s", in_force.pk)
    with pytest.raises(NotADraft):
        write_topics(in_force, texts={"goals": "anders"}, by=UserFactory(), at=OFFERED_AT)


def test_invariant_2_the_hash_is_that_of_the_rows_and_of_every_signature(in_force):
    loaded = AgreementVersion.objects.with_content().get(pk=in_force.pk)
    signatures = Signature.objects.filter(party__version=in_force)

    assert agreement_text(loaded).digest() == in_force.content_hash
    assert {signature.content_hash for signature in signatures} == {in_force.content_hash}
    assert is_unchanged(in_force)
    refused(
        "UPDATE agreements_agreementversion SET content_hash = %s WHERE id = %s",
        "0" * 64,
        in_force.pk,
    )
    refused("UPDATE agreements_signature SET content_hash = %s", "0" * 64)


def test_invariant_2_nobody_signs_an_old_hash(offered):
    party = offered.parties.in_order()[1]
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.create(
            party=party,
            user=signer_of(party),
            name="Iemand",
            mandate="statuten",
            signed_at=OFFERED_AT,
            content_hash="0" * 64,
        )
    assert not Signature.objects.exists()


def test_invariant_3_in_force_needs_a_signature_of_each_role(offered):
    refused(
        "UPDATE agreements_agreementversion SET state = 'in_force', in_force_from = '2022-01-01'"
        " WHERE id = %s",
        offered.pk,
    )


def test_invariant_6_a_series_keeps_type_direction_and_unit_for_life(in_force):
    indicator = in_force.indicators.select_related("definition_version").order_by("pk")[0]
    definition = indicator.definition_version.definition_id
    for change in ("type = 'amount'", "direction = 'lower'", "unit = 'anders'"):
        refused(f"UPDATE agreements_indicatordefinition SET {change} WHERE id = %s", definition)
    other = version_of(AgreementFactory(complete=True))
    refused(
        "UPDATE agreements_agreedindicator SET series_key = %s, definition_version_id = %s WHERE id = %s",
        indicator.series_key,
        DefinitionVersionFactory().pk,
        other.indicators.order_by("pk")[0].pk,
    )


def test_invariant_7_what_was_given_in_a_year_stays_as_it_was_written(in_force):
    contribution = Contribution.objects.filter(party__version=in_force).order_by("pk")[0]
    step = ContributionStep.objects.create(
        contribution=contribution,
        kind="confirmed",
        amount=contribution.amount,
        recorded_at=OFFERED_AT,
        recorded_by=UserFactory(),
    )
    refused("UPDATE agreements_contributionstep SET amount = 1 WHERE id = %s", step.pk)
    refused("DELETE FROM agreements_contributionstep WHERE id = %s", step.pk)
    refused("UPDATE agreements_contribution SET amount = 1 WHERE id = %s", contribution.pk)
