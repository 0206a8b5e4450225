"""The numbers of children of an application: where they come from, who signs for them, and that they stay."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from ikc.models import AgeBand, CountSource, PupilCount
from ikc.services import child_counts
from ikc.tests.factories import IkcFactory, PupilCountFactory, UserFactory
from kvk2.core.deadlines import local_date
from subsidies.models import Application, ChildCountStatement, Letter, SubsidyRound
from subsidies.services.allocation_input import read_input, with_rules
from subsidies.services.applications import Step, Typed, save_details, start_application
from subsidies.services.completions import Asked, request_completion
from subsidies.services.corrections import accept_correction, save_correction, submit_correction
from subsidies.services.submission import NotComplete, declarations_of, submit_application
from subsidies.tests.completing import ASKED_AT, BEFORE_END
from subsidies.tests.factories import DURING, ApplicationFactory, SubsidyRoundFactory, move

pytestmark = pytest.mark.django_db
DUO_DAY = date(2025, 10, 1)
BAND = AgeBand.FOUR_TWELVE


@pytest.fixture
def ikc():
    ikc = IkcFactory(name="IKC De Weide")
    PupilCountFactory(ikc=ikc, year=2025, pupils=145)
    return ikc


@pytest.fixture
def director(ikc):
    return UserFactory(director=True, ikc=ikc)


@pytest.fixture
def round_():
    return SubsidyRoundFactory(open=True, reference_date=DUO_DAY, allocation_method="first_come")


@pytest.fixture
def draft(ikc, director, round_):
    """Complete, with 150 pupils where DUO counted 145."""
    return ApplicationFactory(ikc=ikc, director=director, round=round_)


def submit(application):
    return submit_application(
        application,
        signed_name="Sanne de Boer",
        signed_job_title="directeur",
        declared=True,
        by=application.created_by,
        at=DURING,
    )


def explain(draft, note="Zes leerlingen stonden nog elders ingeschreven."):
    return save_details(draft, Typed(values={"dispute_note": note}, page="a"), at=DURING)


def figure_of(application, band=BAND):
    day = application.round.reference_date
    return child_counts.counts_by_band(application.ikc, day).get(band)


def test_a_draft_begins_with_the_pupils_that_duo_counted(ikc, director, round_):
    application = start_application(ikc, round_, by=director, at=DURING)

    assert (application.children_4_12, application.children_2_3) == (145, None)
    figure = figure_of(application)
    assert (figure.source, figure.confirmed_at) == (CountSource.DUO, None)


def test_another_number_than_duo_has_to_be_explained(draft):
    with pytest.raises(NotComplete, match="anders is dan de 145 die DUO telde"):
        submit(draft)

    application = submit(explain(draft))

    statement = application.child_statement
    assert (statement.duo_pupils, statement.confirmed_by) == (145, draft.created_by)
    figure = figure_of(application)
    assert (figure.children, figure.claimed, figure.is_disputed) == (145, 150, True)
    assert figure_of(application, AgeBand.TWO_THREE).confirmed_by == draft.created_by


def test_who_signs_declares_the_numbers_and_the_copy_tells_so(draft):
    move(draft, children_4_12=145)

    application = submit(draft)

    told = "20 van 0 en 1 jaar, 25 van 2 en 3 jaar, 145 van 4 tot en met 12 jaar"
    assert told in declarations_of(application)[-1]
    context = Letter.objects.get(code="L01").context
    assert told in context["declarations"][-1]
    assert "Aantallen bevestigd door" in str(context["sections"])
    assert (figure_of(application).source, figure_of(application).confirmed_by) == (
        CountSource.DUO,
        draft.created_by,
    )


def test_what_was_signed_for_stays_whatever_is_counted_later(draft):
    application = submit(explain(draft))
    maximum = application.max_amount
    leader = UserFactory(project_leader=True)
    at = datetime(2026, 5, 1, tzinfo=UTC)

    child_counts.resolve_dispute(
        figure_of(application), follow_board=False, reason="DUO klopt", by=leader, at=at
    )
    child_counts.enter_counts(
        application.ikc,
        DUO_DAY,
        figures={BAND: child_counts.Figure(3, "municipality")},
        by=leader,
        at=at,
    )
    PupilCount.objects.update(pupils=1)
    move(application, state="advised")

    application = Application.objects.get(pk=application.pk)
    assert (application.children_4_12, application.child_statement.duo_pupils) == (150, 145)
    assert application.max_amount == maximum == Decimal(2500 + 85 * 175)
    (row,) = read_input(
        with_rules(SubsidyRound.objects.all()).get(pk=application.round_id),
        day=local_date(at),
    )["applications"]
    assert row["children"] == application.children_counted == 175


def test_the_database_keeps_what_was_signed_for(draft):
    application = submit(explain(draft))
    rows = ChildCountStatement.objects.filter(application=application)

    for write in (
        lambda: rows.update(dispute_note="toch niet"),
        lambda: rows.update(duo_pupils=150),
        rows.delete,
        lambda: ChildCountStatement.objects.create(
            application=ApplicationFactory(submitted=True, round=application.round)
        ),
        lambda: Application.objects.filter(pk=application.pk).update(children_4_12=1),
    ):
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            write()


def test_a_correction_changes_the_numbers_and_who_signed_for_them(draft):
    application = submit(explain(draft))
    leader = UserFactory(project_leader=True)
    move(application, state="checking")
    move(application.round, state="closed")
    request = request_completion(
        application,
        items=[Asked("children", "Het aantal klopt niet met DUO.")],
        by=leader,
        at=ASKED_AT,
    )
    save_correction(request, values={"children_4_12": 145}, by=draft.created_by, at=BEFORE_END)
    correction = submit_correction(request, by=draft.created_by, at=BEFORE_END)

    accept_correction(correction, by=leader, at=BEFORE_END)

    application = Application.objects.get(pk=application.pk)
    assert (application.children_4_12, application.max_amount) == (145, Decimal(2500 + 85 * 170))
    assert application.child_statement.confirmed_at == BEFORE_END
    figure = figure_of(application)
    assert (figure.children, figure.is_disputed, figure.confirmed_at) == (145, False, BEFORE_END)


CONSTRAINTS = {
    "child_statement_source_is_own": {"young_source": "duo"},
    "child_statement_confirmed_by_somebody": {"confirmed_at": DURING},
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_what_a_statement_can_never_be(name, draft):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ChildCountStatement.objects.create(application=draft, **CONSTRAINTS[name])


# ------------------------------------------------------------ pages


def url(name, *args):
    return reverse(f"subsidies:application_{name}", args=args)


def test_the_step_asks_why_only_where_duo_has_a_number(client, director, draft):
    other = ApplicationFactory(
        ikc=draft.ikc, director=director, round=SubsidyRoundFactory(open=True)
    )
    client.force_login(director)

    assertContains(
        client.get(url("details", draft.pk)), "DUO telde op 1 oktober 2025 145 leerlingen"
    )
    move(other, children_4_12=1501)
    page = client.get(url("details", other.pk))
    assertContains(page, "meer dan 1.500 kinderen")
    assertContains(client.get(url("budget", other.pk)), "meer dan 1.500 kinderen")
    assertContains(page, "DUO telt alleen op 1 oktober")
    assertNotContains(page, "Leg uit waarom")


def test_a_source_that_does_not_exist_is_refused_and_the_rest_is_kept(client, director, draft):
    client.force_login(director)
    typed = {
        "version": "0",
        "page": "p",
        "contact_name": "Sanne",
        "contact_email": "s@ikc.example",
        "contact_phone": "058",
        "mandate_reference": "M-7",
        "children_0_1": "-1",
        "children_2_3": "30",
        "children_4_12": "150",
        "dispute_note": "taalklas",
        "young_source": "duo",
        "pupil_source": "municipality",
    }

    response = client.post(url("details", draft.pk), typed)

    assert response.status_code == 422
    assertContains(response, "uit de lijst", status_code=422)
    assertContains(response, "kan niet kleiner zijn dan 0", status_code=422)
    draft.refresh_from_db()
    statement = draft.child_statement
    assert (draft.children_2_3, statement.dispute_note) == (30, "taalklas")
    assert (statement.young_source, statement.pupil_source) == ("childcare", "municipality")
    assert set(draft.drafting[Step.DETAILS]["unparsed"]) == {"children_0_1", "young_source"}


def test_the_assessor_sees_the_dispute(client, draft):
    application = submit(explain(draft))
    move(application, state="checking")
    client.force_login(UserFactory(project_leader=True))

    page = client.get(url("check", application.pk))

    assertContains(page, "Het bestuur betwist de 145 van DUO")
    assertContains(page, "Waarom anders dan DUO")
