"""What one page reads about one application, in few statements: as a queryset would give it, and not more for more rows."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ikc.models import IkcPartner, RoleAssignment
from ikc.tests.factories import OrganisationFactory, UserFactory
from kvk2.core.audit import record
from kvk2.core.models import AuditEvent
from kvk2.core.together import Rows, read_together
from subsidies.models import (
    Activity,
    AmountFormula,
    Attachment,
    BudgetLine,
    BudgetRule,
    ChildCountStatement,
    PartnerConfirmation,
    StateAidStatement,
)
from subsidies.services.contents import dossier_of
from subsidies.tests.factories import ActivityFactory, ApplicationFactory, AttachmentFactory, move

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 20)
AT = datetime(2026, 3, 20, 10, 30, 15, 123456, tzinfo=UTC)


def _values(rows):
    return [
        {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        for row in rows
    ]


def _partner(application, **period):
    organisation = OrganisationFactory(childcare=True)
    IkcPartner.objects.create(ikc=application.ikc, organisation=organisation, **period)
    return organisation


@pytest.fixture
def application(draft):
    ActivityFactory(
        application=draft, paid_otherwise=True, paid_by="Fonds", paid_amount=Decimal("12.50")
    )
    AttachmentFactory(application=draft)
    ChildCountStatement.objects.update_or_create(
        application=draft, defaults={"confirmed_at": AT, "confirmed_by": draft.created_by}
    )
    PartnerConfirmation.objects.create(
        application=draft, organisation=_partner(draft), asked_at=AT, asked_by=draft.created_by
    )
    return draft


OF_IT = (
    Activity,
    Attachment,
    BudgetLine,
    ChildCountStatement,
    PartnerConfirmation,
    StateAidStatement,
)


def test_every_value_is_the_one_that_a_queryset_gives(application):
    wanted = [Rows(model, "one.application_id = %s", application.pk) for model in OF_IT]
    wanted += [
        Rows(model, "one.round_id = %s", application.round_id)
        for model in (AmountFormula, BudgetRule)
    ]
    wanted.append(Rows(RoleAssignment, "one.user_id = %s", application.created_by_id))

    for rows, found in zip(wanted, read_together(*wanted), strict=True):
        column = rows.where.split(".")[1].split()[0]
        expected = _values(rows.model.objects.filter(**{column: rows.value}).order_by("pk"))
        assert expected, rows.model
        assert _values(found) == expected


def test_what_a_foreign_key_names_comes_along(application, django_assert_num_queries):
    rows = Rows(
        PartnerConfirmation,
        "one.application_id = %s",
        application.pk,
        along=("asked_by", "answered_by"),
    )
    with django_assert_num_queries(1):
        ((found,),) = read_together(rows)
        assert found.asked_by == application.created_by
        assert found.answered_by is None


def test_a_column_that_json_cannot_carry_is_refused(application):
    with pytest.raises(TypeError, match="AuditEvent"):
        read_together(Rows(AuditEvent, "one.id > %s", 0))


@pytest.mark.parametrize("more", [0, 2])
def test_a_dossier_takes_one_statement(more, application, django_assert_num_queries):
    for _ in range(more):
        ActivityFactory(application=application)
        AttachmentFactory(application=application)
        _partner(application)
    move(application, received_at=AT)  # else the counts of DUO are asked for
    assert application.round.pk

    with django_assert_num_queries(1):
        dossier = dossier_of(application, DAY)
        assert list(application.round.budget_rules.all())
    assert len(dossier.content.partners) == 1 + more
    assert [row.stored.name for row in dossier.attachments]


def test_a_partner_counts_in_its_own_period_and_an_account_too(application):
    _partner(application, valid_until=date(2026, 3, 19))
    speaks = _partner(application, valid_from=DAY)
    spoke = _partner(application, valid_until=DAY)
    for organisation, until in ((speaks, DAY), (spoke, date(2026, 3, 19))):
        RoleAssignment.objects.create(
            user=UserFactory(),
            role="childcare_board",
            organisation=organisation,
            valid_from=date(2026, 1, 1),
            valid_until=until,
        )

    partners = dossier_of(application, DAY).content.partners

    assert len(partners) == 3
    assert [row.organisation_id for row in partners if row.has_account] == [speaks.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_an_application_costs_the_same_for_one_and_for_three(
    count, leader_client, no_repeated_sql
):
    application = ApplicationFactory(in_review=True)
    for _ in range(count - 1):
        _partner(application)
        record(application, "application_admitted", actor=None, at=AT)
    leader_client.get(application.get_absolute_url())

    with no_repeated_sql() as queries:
        leader_client.get(application.get_absolute_url())
    assert len(queries) == 9
