"""Starting, saving, filing, checking and withdrawing an application."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from ikc.models import Mandate
from ikc.tests.factories import (
    IkcFactory,
    OrganisationFactory,
    UserFactory,
    count_children,
)
from kvk2.core.audit import events_of
from kvk2.core.models import NumberSequence
from kvk2.core.workflow import TransitionNotAllowed
from subsidies.application_page import ApplicationPage
from subsidies.documents import ReceiptContext
from subsidies.models import Application, Letter
from subsidies.services import applications as services
from subsidies.services.applications import LineContent, Step, Typed
from subsidies.services.rounds import close_due_rounds
from subsidies.services.submission import (
    NotComplete,
    NotSigned,
    NumbersExhausted,
    declarations_of,
    submit_application,
)
from subsidies.states import ApplicationState
from subsidies.tests.factories import (
    AFTER,
    CLOSES_AT,
    DURING,
    OPENS_AT,
    ApplicationFactory,
    AttachmentFactory,
    SubsidyRoundFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ikc():
    return IkcFactory()


@pytest.fixture
def director(ikc):
    return UserFactory(director=True, ikc=ikc)


@pytest.fixture
def round_():
    return SubsidyRoundFactory(open=True)


def start(ikc, round_, director, at=DURING):
    return services.start_application(ikc, round_, by=director, at=at)


def test_a_draft_begins_with_what_the_portal_knows(ikc, round_, director):
    count_children(ikc, round_.reference_date)

    application = start(ikc, round_, director)

    assert application.state == ApplicationState.DRAFT
    assert application.board == ikc.board
    assert application.contact_email == director.email
    assert application.mandate_reference == Mandate.objects.get().reference
    assert application.children_counted == 175
    event = events_of(application).get()
    assert (event.verb, event.on_behalf_of) == ("application_started", str(ikc.board))


def test_a_representative_of_the_board_may_start_too(ikc, round_):
    user = UserFactory(school_board=True, organisation=ikc.board)

    assert start(ikc, round_, user).mandate_reference == ""


@pytest.mark.parametrize("whose", ["stranger", "other_director", "other_board", "expired_mandate"])
def test_nobody_else_may_start(whose, ikc, round_):
    user = {
        "stranger": UserFactory,
        "other_director": lambda: UserFactory(director=True),
        "other_board": lambda: UserFactory(school_board=True, organisation=OrganisationFactory()),
        "expired_mandate": lambda: UserFactory(director=True, ikc=ikc),
    }[whose]()
    if whose == "expired_mandate":
        Mandate.objects.update(valid_until=DURING.date() - timedelta(days=1))

    with pytest.raises(services.NoMandate):
        start(ikc, round_, user)


@pytest.mark.parametrize("at", [OPENS_AT - timedelta(seconds=1), CLOSES_AT])
def test_the_clock_decides_whether_a_round_is_open(at, ikc, round_, director):
    with pytest.raises(services.RoundNotOpen):
        start(ikc, round_, director, at=at)


def test_a_published_round_takes_no_applications(ikc, director):
    with pytest.raises(services.RoundNotOpen):
        start(ikc, SubsidyRoundFactory(published=True), director)


@pytest.mark.parametrize(
    ("ikc_values", "round_values"),
    [
        ({"closed_on": "2026-01-01"}, {}),
        ({"form": "village"}, {"eligible_forms": ["regular"]}),
        ({"founding": True}, {"founding_allowed": False}),
    ],
)
def test_only_the_target_group_may_apply(ikc_values, round_values):
    ikc = IkcFactory(**ikc_values)

    with pytest.raises(services.NotEligible):
        start(
            ikc, SubsidyRoundFactory(open=True, **round_values), UserFactory(director=True, ikc=ikc)
        )


def test_an_ikc_applies_once(ikc, round_, director):
    start(ikc, round_, director)

    with pytest.raises(services.AlreadyApplied):
        start(ikc, round_, director)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_start_one_application():
    ikc = IkcFactory()
    director, round_ = UserFactory(director=True, ikc=ikc), SubsidyRoundFactory(open=True)

    def begin(_):
        try:
            return bool(start(ikc, round_, director))
        except services.AlreadyApplied:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(begin, range(2))) == [False, True]
    assert Application.objects.count() == 1


def test_a_step_keeps_values_and_what_is_no_value_yet():
    application = ApplicationFactory(bare=True)
    typed = Typed(
        {"contact_phone": "058", "children_2_3": None}, {"children_2_3": "veel"}, page="a"
    )

    saved = services.save_details(application, typed, at=DURING + timedelta(hours=1))

    assert (saved.contact_phone, saved.children_2_3) == ("058", None)
    assert services.unparsed_of(saved, Step.DETAILS) == {"children_2_3": "veel"}
    assert services.version_of(saved, Step.DETAILS) == 1
    assert (saved.version, saved.saved_at) == (2, DURING + timedelta(hours=1))


def test_an_older_tab_does_not_overwrite_a_newer_save():
    application = ApplicationFactory(bare=True)
    services.save_plan(application, Typed({"title": "nieuw"}, page="b"), at=DURING)

    with pytest.raises(services.NewerVersionSaved):
        services.save_plan(application, Typed({"title": "oud"}, version=0, page="a"), at=DURING)
    application.refresh_from_db()
    assert application.title == "nieuw"


def test_a_page_is_no_conflict_with_its_own_earlier_saves():
    application = ApplicationFactory(bare=True)
    for title in ("een", "twee"):
        services.save_plan(application, Typed({"title": title}, version=0, page="a"), at=DURING)

    application.refresh_from_db()
    assert application.title == "twee"


def test_two_steps_may_be_open_at_once():
    application = ApplicationFactory(bare=True)
    services.save_plan(application, Typed({"title": "plan"}, page="a"), at=DURING)

    assert services.save_details(application, Typed({"contact_name": "Jan"}, page="b"), at=DURING)


def test_saving_the_budget_replaces_its_lines():
    application = ApplicationFactory()
    lines = [LineContent(1, "expenditure", "material", "boeken", Decimal(500))]

    services.save_budget(application, Typed({"requested_amount": Decimal(500)}), lines, at=DURING)

    assert application.budget_lines.get().amount == 500


@pytest.mark.parametrize("save", ["save_details", "save_plan"])
def test_a_filed_application_is_not_saved(save):
    with pytest.raises(services.NoLongerDraft):
        getattr(services, save)(ApplicationFactory(submitted=True), Typed(), at=DURING)


def submit(application, by=None, at=DURING, **changed):
    values = {"signed_name": "Sanne de Boer", "signed_job_title": "directeur", "declared": True}
    return submit_application(
        application, **{**values, **changed}, by=by or application.created_by, at=at
    )


def test_filing_numbers_dates_freezes_and_orders_the_receipt():
    ikc = IkcFactory(in_area=True, extended_learning_time=True)
    application = submit(ApplicationFactory(ikc=ikc), at=DURING.replace(microsecond=5))

    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert application.number == "KVK2-2026-0001"
    assert application.received_at == DURING
    assert (application.max_amount, application.eligible_amount) == (
        Decimal("17375.00"),
        Decimal("15000.00"),
    )
    assert (application.tier, application.is_plus) == (2, False)
    assert application.in_attention_area
    assert application.extended_learning_time
    event = events_of(application).get()
    assert event.verb == "application_submitted"
    assert event.on_behalf_of == str(application.board)
    assert event.data["number"] == "KVK2-2026-0001"
    receipt = ReceiptContext.from_dict(Letter.objects.get(code="L01").context)
    assert receipt.received_at == DURING
    assert receipt.declarations == declarations_of(application)
    assert receipt.costs_total == 16000
    assert receipt.attachments[0].sha256 == application.attachments.get().stored.sha256


def test_the_maximum_of_a_plus_ikc_is_its_own():
    application = submit(
        ApplicationFactory(ikc=IkcFactory(plus=True), requested_amount=Decimal(23_375))
    )

    assert (application.max_amount, application.tier) == (Decimal("23375.00"), 1)


SUBMISSION_REFUSALS = {
    "no name": ({"signed_name": " "}, NotSigned),
    "no function": ({"signed_job_title": ""}, NotSigned),
    "no declaration": ({"declared": False}, NotSigned),
    "a second too late": ({"at": CLOSES_AT}, services.RoundNotOpen),
}


@pytest.mark.parametrize("what", SUBMISSION_REFUSALS)
def test_filing_is_refused(what):
    changed, refusal = SUBMISSION_REFUSALS[what]
    application = ApplicationFactory()

    with pytest.raises(refusal):
        submit(application, **changed)
    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT
    assert not NumberSequence.objects.exists()
    assert not Letter.objects.exists()


def test_filing_in_the_last_second_is_in_time():
    at = CLOSES_AT - timedelta(seconds=1)

    assert submit(ApplicationFactory(), at=at).received_at == at


def test_filing_needs_a_mandate_of_today():
    application = ApplicationFactory()
    Mandate.objects.update(valid_until="2026-01-01")

    with pytest.raises(services.NoMandate):
        submit(application)


def test_filing_twice_is_refused():
    application = submit(ApplicationFactory())

    with pytest.raises(TransitionNotAllowed):
        submit(application)


def test_a_lapsed_draft_is_not_filed():
    application = ApplicationFactory()
    close_due_rounds(at=CLOSES_AT)

    with pytest.raises(TransitionNotAllowed):
        submit(application)


def missing(application):
    application = Application.objects.select_related("round", "ikc__attention_area", "plan").get(
        pk=application.pk
    )
    return ApplicationPage(application, now=DURING).missing


def test_a_complete_draft_lacks_nothing():
    assert missing(ApplicationFactory()) == []


def test_an_empty_draft_names_everything_in_the_order_of_the_form():
    found = missing(ApplicationFactory(bare=True))

    assert len(found) == 16
    assert [item.step for item in found] == sorted(
        (item.step for item in found), key=list(Step).index
    )
    with pytest.raises(NotComplete, match="Geef uw plan een titel"):
        submit(ApplicationFactory(bare=True))


def test_what_could_not_be_read_is_missing_too():
    application = ApplicationFactory()
    services.save_budget(
        application,
        Typed({}, {"costs": [{"order": 1, "amount": "duizend"}]}),
        [LineContent(1, "expenditure", "other", "x", Decimal(15000))],
        at=DURING,
    )

    assert [item.text for item in missing(application)] == [
        "In ‘Begroting’ is iets niet goed ingevuld. Pas het aan."
    ]


def test_asking_elsewhere_asks_for_an_explanation():
    found = missing(ApplicationFactory(applied_elsewhere=True))

    assert [item.text for item in found] == ["Licht toe waar u ook subsidie vraagt."]


def test_more_than_the_maximum_shows_the_sum():
    found = missing(ApplicationFactory(requested_amount=Decimal(17_376)))

    assert "2.500 + 85 × 175 = € 17.375" in found[0].text


def test_an_infected_file_stops_the_filing():
    application = ApplicationFactory()
    AttachmentFactory(application=application, name="eng.pdf", scan_state="infected")

    assert "‘eng.pdf’" in missing(application)[0].text


def test_numbers_end_at_9999():
    NumberSequence.objects.create(prefix="KVK2-2026-", last=9999)

    with pytest.raises(NumbersExhausted):
        submit(ApplicationFactory())
    assert NumberSequence.objects.get().last == 9999


@pytest.mark.django_db(transaction=True)
def test_filing_at_once_numbers_without_gaps_or_doubles():
    round_ = SubsidyRoundFactory(open=True)
    applications = [ApplicationFactory(round=round_) for _ in range(4)]

    def file(application):
        try:
            return submit(application).number
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        numbers = sorted(pool.map(file, applications))

    assert numbers == [f"KVK2-2026-000{number}" for number in (1, 2, 3, 4)]


@pytest.mark.django_db(transaction=True)
def test_closing_and_filing_at_once_leave_no_draft_behind():
    application = ApplicationFactory()

    def file():
        try:
            return bool(submit(application, at=CLOSES_AT - timedelta(seconds=1)))
        except TransitionNotAllowed:
            return False
        finally:
            connection.close()

    def close():
        try:
            return close_due_rounds(at=CLOSES_AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        filed, closed = pool.submit(file), pool.submit(close)
        filed, closed = filed.result(), closed.result()

    application.refresh_from_db()
    assert closed == 1
    assert application.state == (ApplicationState.SUBMITTED if filed else ApplicationState.LAPSED)


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


def test_withdrawing_keeps_the_reason():
    application = ApplicationFactory(in_review=True)

    services.withdraw_application(
        application, reason="geen team", by=application.created_by, at=AFTER
    )

    application.refresh_from_db()
    assert application.state == ApplicationState.WITHDRAWN
    assert events_of(application).get().reason == "geen team"


def test_withdrawing_needs_a_reason_a_mandate_and_an_undecided_application():
    application = ApplicationFactory(submitted=True)
    director = application.created_by
    decided = ApplicationFactory(decided=True, ikc=application.ikc, director=director)

    with pytest.raises(services.WithdrawalReasonMissing):
        services.withdraw_application(application, reason=" ", by=director, at=AFTER)
    with pytest.raises(services.NoMandate):
        services.withdraw_application(application, reason="x", by=UserFactory(), at=AFTER)
    with pytest.raises(TransitionNotAllowed):
        services.withdraw_application(decided, reason="x", by=director, at=AFTER)
