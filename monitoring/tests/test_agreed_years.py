"""What is agreed about years of which the figures are adopted (monitoring reference 3.4, invariants 1 to 7)."""

import pytest
from django.db import DatabaseError, connection, transaction

from agreements.models import AgreementVersion, ProgrammeYear, YearTarget
from agreements.services.drafting import NotAChange, draft_new_version
from agreements.services.negotiation import agree, lay_before_parties
from agreements.tests.factories import SIGNED_AT, AgreementFactory, signer_of, version_of
from monitoring.tests.factories import in_state, planned_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement():
    """In force, with the figures of year 2 adopted."""
    agreement = AgreementFactory(in_force=True)
    in_state(planned_cycle(2), "adopted")
    return agreement


def change(agreement, *, kind: str = "amendment", index: int = 3) -> AgreementVersion:
    return draft_new_version(
        agreement,
        kind=kind,
        reason="De telling viel anders uit.",
        effective_year=agreement.programme.years.get(index=index),
        by=None,
        at=SIGNED_AT,
    )


def test_invariant_5_a_change_begins_after_the_last_adopted_year(agreement):
    with pytest.raises(NotAChange, match="vastgesteld"):
        change(agreement, index=2)
    second = change(agreement, index=3)
    with pytest.raises(DatabaseError, match="after the last adopted year"), transaction.atomic():
        AgreementVersion.objects.filter(pk=second.pk).update(
            effective_year=ProgrammeYear.objects.get(index=1)
        )
    # a correction may reach back, and says why
    AgreementVersion.objects.filter(pk=second.pk).update(
        kind="correction", effective_year=ProgrammeYear.objects.get(index=1)
    )


def test_invariant_5_a_change_does_not_begin_before_the_version_it_follows():
    agreement = AgreementFactory(in_force=True, effective_year=3)
    second = change(agreement, index=3)
    with pytest.raises(DatabaseError, match="before the version"), transaction.atomic():
        AgreementVersion.objects.filter(pk=second.pk).update(
            effective_year=ProgrammeYear.objects.get(index=2)
        )


@pytest.mark.parametrize(("kind", "allowed"), [("amendment", False), ("correction", True)])
def test_invariant_4_targets_of_an_adopted_year_stay_but_in_a_correction(agreement, kind, allowed):
    """By SQL, past the check that the service makes."""
    second = change(agreement, kind=kind)
    YearTarget.objects.filter(indicator__version=second, year__index=2).update(value=51)
    revision = lay_before_parties(second, by=None, at=SIGNED_AT)
    with connection.cursor() as cursor:
        for party in second.parties.order_by("pk"):
            cursor.execute(
                "INSERT INTO agreements_consent (party_id, revision_id, user_id, name, given_at)"
                " VALUES (%s, %s, %s, 'X', now())",
                [party.pk, revision.pk, signer_of(party).pk],
            )
    fix = (
        "UPDATE agreements_agreementversion SET state = 'agreed', content = '{}', content_hash = %s"
        " WHERE id = %s"
    )
    values = [revision.content_hash, second.pk]
    if allowed:
        with connection.cursor() as cursor:
            cursor.execute(fix, values)
        return
    with (
        pytest.raises(DatabaseError, match="targets of an adopted year"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(fix, values)


def test_a_change_of_later_years_comes_into_force(agreement):
    second = change(agreement)
    YearTarget.objects.filter(indicator__version=second, year__index=5).update(value=66)
    lay_before_parties(second, by=None, at=SIGNED_AT)
    for party in second.parties.in_order():
        agree(party, by=signer_of(party), at=SIGNED_AT)
    assert version_of(agreement).state == "agreed"
