"""The review of the attention areas, through the services: its guards, what it brings about, and what never happens."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from ikc.models import (
    AreaDesignation,
    AreaRecalibration,
    AttentionArea,
    Ikc,
    PlusStatus,
    RecalibratedIkc,
)
from ikc.roles import Role
from ikc.services import recalibration_effect as effect
from ikc.services import recalibrations as services
from ikc.states import PlusState
from ikc.states_governance import BodyKind
from ikc.tasks import take_recalibrations_into_effect
from ikc.tests import area_cases as cases
from ikc.tests.factories import (
    AgendaItemFactory,
    ConsultationFactory,
    DistrictFactory,
    IkcFactory,
    PlusStatusFactory,
    UserFactory,
)
from ikc.worklist_areas import area_tasks
from kvk2.core.workflow import TransitionNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def districts():
    found = cases.small_map()
    cases.give_figures(found, [10, 30, 20])
    return found


@pytest.fixture
def proposal(leader, districts):
    """Aldlân out, Cambuur in, Bilgaard stays."""
    first, _, third = districts
    return cases.propose(cases.analysed(leader), leader, enters=third, leaves=first)


def ikc_in(district, **options) -> Ikc:
    """An IKC in the attention area that `district` is, or just in the district."""
    area = district.attention_areas.first()
    form = Ikc.Form.AREA if area else Ikc.Form.REGULAR
    return IkcFactory(district=district, attention_area=area, form=form, **options)


def refused_by_the_database(name: str, sql: str, *values) -> None:
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)


# --- step by step


def test_the_analysis_is_kept_with_its_figures(leader, districts):
    recalibration = cases.analysed(leader)

    rows = recalibration.designations.select_related("district").order_by("rank")
    assert [
        (one.district.name, one.rank, one.was_attention_area, one.is_attention_area) for one in rows
    ] == [
        ("Bilgaard", 1, True, True),
        ("Cambuur", 2, False, False),
        ("Aldlân", 3, True, True),
    ]
    (figure,) = rows[0].inputs
    assert (figure["value"], figure["rank"], figure["year"]) == ("30.000", 1, 2022)


def test_a_new_analysis_keeps_what_was_proposed(leader, proposal):
    collecting = services.collect(proposal, by=leader, at=cases.AT)

    services.analyse(collecting, by=leader, at=cases.AT)

    assert [one.change for one in proposal.designations.order_by("district__code")] == [
        "leaves",
        "stays",
        "enters",
    ]


def test_without_figures_there_is_nothing_to_analyse(leader):
    cases.small_map()
    collecting = services.collect(cases.planned(leader), by=leader, at=cases.AT)

    with pytest.raises(services.RecalibrationRefused, match="geen cijfers"):
        services.analyse(collecting, by=leader, at=cases.AT)


def test_one_recalibration_at_a_time(leader, districts):
    cases.planned(leader)

    with pytest.raises(services.RecalibrationRefused, match="loopt al"):
        cases.planned(leader, year=2025)
    refused_by_the_database(
        "area_recalibration_one_at_a_time",
        "INSERT INTO ikc_arearecalibration (origin, year, map_year, state, note, planned_at, decision)"
        " VALUES ('review', 2025, 2024, 'planned', '', now(), '')",
    )


def test_a_change_needs_its_rationale(leader, districts):
    recalibration = cases.analysed(leader)
    designation = recalibration.designations.get(district=districts[0])

    with pytest.raises(services.RecalibrationRefused, match="Motiveer"):
        services.designate(
            designation, is_attention_area=False, rationale=" ", by=leader, at=cases.AT
        )
    refused_by_the_database(
        "area_designation_change_has_a_rationale",
        "UPDATE ikc_areadesignation SET is_attention_area = false, rationale = '' WHERE id = %s",
        designation.pk,
    )


def test_a_district_of_another_map_is_refused(leader, districts):
    recalibration = cases.analysed(leader)
    other = DistrictFactory(code="WK008050", year=2016)

    with pytest.raises(IntegrityError, match="another map"), transaction.atomic():
        AreaDesignation.objects.create(
            recalibration=recalibration,
            district=other,
            was_attention_area=False,
            is_attention_area=False,
            reliability="I",
        )


@pytest.mark.parametrize(
    ("day", "options"),
    [
        (date(2023, 10, 3), {"discussed": False}),
        (date(2023, 10, 3), {"discussed": True, "meeting__body__kind": BodyKind.WORKING_GROUP}),
        (date(2023, 8, 1), {"discussed": True}),  # before the analysis
    ],
)
def test_it_is_discussed_in_a_held_board_consultation_after_the_analysis(
    leader, proposal, day, options
):
    AgendaItemFactory(subject=proposal, meeting__takes_place_on=day, **options)

    with pytest.raises(services.NotDiscussed):
        services.discuss(proposal, by=leader, at=cases.ADOPTED)


def test_what_was_discussed_is_fixed_until_it_is_reconsidered(leader, proposal, districts):
    recalibration = cases.discussed(proposal, leader)
    designation = recalibration.designations.get(district=districts[0])

    with pytest.raises(services.RecalibrationRefused):
        services.designate(
            designation, is_attention_area=True, rationale="", by=leader, at=cases.AT
        )
    refused_by_the_database(
        "discussed", "UPDATE ikc_areadesignation SET rationale = 'x' WHERE id = %s", designation.pk
    )

    services.reconsider(
        recalibration, reason="Het overleg wil anders.", by=leader, at=cases.ADOPTED
    )

    services.designate(
        designation, is_attention_area=True, rationale="", by=leader, at=cases.ADOPTED
    )
    recalibration.refresh_from_db()
    with pytest.raises(services.NotDiscussed):  # the meeting talked about the former proposal
        services.discuss(recalibration, by=leader, at=cases.ADOPTED + timedelta(days=3))


@pytest.mark.parametrize(
    ("adopted_on", "valid_from", "told"),
    [
        (date(2023, 10, 2), cases.IN_FORCE, "vóór de bespreking"),
        (date(2023, 10, 18), cases.IN_FORCE, "toekomst"),
        (date(2023, 10, 17), date(2023, 10, 17), "na de dag van het besluit"),
    ],
)
def test_the_days_of_the_decision_must_fit(leader, proposal, adopted_on, valid_from, told):
    recalibration = cases.discussed(proposal, leader)

    with pytest.raises(services.RecalibrationRefused, match=told):
        services.adopt(
            recalibration,
            services.Adoption(adopted_on, "besluit", valid_from),
            by=leader,
            at=cases.ADOPTED,
        )


def test_no_step_is_skipped(leader, districts):
    recalibration = cases.planned(leader)

    for step in (services.analyse, services.discuss, effect.take_effect):
        with pytest.raises(TransitionNotAllowed):
            step(recalibration, by=leader, at=cases.AT)


def test_it_is_put_on_the_agenda_of_a_board_consultation_once(leader, proposal):
    meeting = ConsultationFactory(takes_place_on=cases.DISCUSSED)

    item = services.put_on_agenda(proposal, meeting, by=leader, at=cases.AT)

    assert item.subject == proposal
    with pytest.raises(services.RecalibrationRefused, match="al op deze agenda"):
        services.put_on_agenda(proposal, meeting, by=leader, at=cases.AT)
    working_group = ConsultationFactory(body__kind=BodyKind.WORKING_GROUP)
    with pytest.raises(services.RecalibrationRefused):
        services.put_on_agenda(proposal, working_group, by=leader, at=cases.AT)


# --- taking effect


@pytest.fixture
def world(leader, proposal, districts):
    """The list of 2023 in effect, with an IKC in each district; those of the old areas have the status Plus."""
    leaves, stays, enters = [ikc_in(district) for district in districts]
    for ikc in (leaves, stays):
        PlusStatusFactory(ikc=ikc, valid_from=date(2022, 1, 1), valid_until=date(2025, 12, 31))
    recalibration = cases.adopted(proposal, leader)
    effect.take_effect(recalibration, by=leader, at=cases.EFFECTIVE)
    recalibration.refresh_from_db()
    for ikc in (leaves, stays, enters):
        ikc.refresh_from_db()
    return recalibration, leaves, stays, enters


def test_t_pl_02_a_plus_ikc_outside_the_new_list_is_reviewed_and_not_ended(world, leader):
    """Domain reference 5.2: area removed in the 2023 herijking → UNDER_RECALIBRATION with a task, not ENDED."""
    recalibration, leaves, _, _ = world

    status = PlusStatus.objects.get(ikc=leaves)
    assert status.state == PlusState.UNDER_RECALIBRATION
    assert status.valid_until == date(2025, 12, 31)
    (task,) = area_tasks(leader, today=date(2023, 11, 2))
    assert task.title == "Bespreek met 2 IKC’s wat de herijking 2023 betekent"
    row = recalibration.ikcs.get(ikc=leaves)
    assert (row.direction, row.plus_status) == ("leaves", status)


def test_the_new_list_holds_and_the_old_one_stays(world):
    recalibration, leaves, stays, enters = world

    assert cases.areas_on(cases.IN_FORCE - timedelta(days=1)) == {"Aldlân", "Bilgaard"}
    assert cases.areas_on(cases.IN_FORCE) == {"Bilgaard", "Cambuur"}
    assert AttentionArea.objects.count() == 4
    assert set(recalibration.areas.values_list("name", flat=True)) == {"Bilgaard", "Cambuur"}
    assert (leaves.attention_area, leaves.form) == (None, Ikc.Form.REGULAR)
    assert (enters.attention_area.recalibration, enters.form) == (recalibration, Ikc.Form.AREA)
    assert list(leaves.forms.order_by("pk").values_list("form", "valid_until", "source")) == [
        (Ikc.Form.AREA, cases.IN_FORCE - timedelta(days=1), "register"),
        (Ikc.Form.REGULAR, None, "Herijking 2023"),
    ]
    assert not stays.forms.exists()
    assert stays.attention_area.valid_from == cases.IN_FORCE
    assert set(recalibration.ikcs.values_list("ikc", "direction")) == {
        (leaves.pk, "leaves"),
        (enters.pk, "enters"),
    }


def test_each_second_year_every_status_is_looked_at(world):
    _, _, stays, _ = world

    assert PlusStatus.objects.get(ikc=stays).state == PlusState.UNDER_RECALIBRATION


def test_in_another_year_only_what_left_is_looked_at(leader, districts):
    first, second, third = districts
    leaves, stays = ikc_in(first), ikc_in(second)
    for ikc in (leaves, stays):
        PlusStatusFactory(ikc=ikc, valid_from=date(2022, 1, 1), valid_until=date(2025, 12, 31))
    recalibration = cases.propose(
        cases.analysed(leader, year=2024), leader, enters=third, leaves=first
    )

    effect.take_effect(cases.adopted(recalibration, leader), by=leader, at=cases.EFFECTIVE)

    states = dict(PlusStatus.objects.values_list("ikc", "state"))
    assert states == {leaves.pk: PlusState.UNDER_RECALIBRATION, stays.pk: PlusState.GRANTED}


def test_an_ikc_of_which_only_the_area_is_known_is_found_as_well(leader, proposal, districts):
    ikc = IkcFactory(form="area", attention_area=districts[0].attention_areas.get())

    effect.take_effect(cases.adopted(proposal, leader), by=leader, at=cases.EFFECTIVE)

    ikc.refresh_from_db()
    assert (ikc.attention_area, ikc.district) == (None, districts[0])


def test_nothing_of_it_changes_any_more_also_for_sql(world):
    recalibration, *_ = world

    refused_by_the_database(
        "in effect", "UPDATE ikc_arearecalibration SET note = 'x' WHERE id = %s", recalibration.pk
    )
    refused_by_the_database(
        "in effect", "DELETE FROM ikc_arearecalibration WHERE id = %s", recalibration.pk
    )
    refused_by_the_database(
        "discussed", "DELETE FROM ikc_areadesignation WHERE recalibration_id = %s", recalibration.pk
    )
    refused_by_the_database(
        "cannot be changed",
        "UPDATE ikc_recalibratedikc SET direction = 'enters' WHERE recalibration_id = %s",
        recalibration.pk,
    )
    refused_by_the_database(
        "attention_area_once_per_district",
        "INSERT INTO ikc_attentionarea (name, district_id, valid_from, source)"
        " SELECT name, district_id, valid_from + 9, 'x' FROM ikc_attentionarea",
    )


def test_it_takes_effect_by_itself_on_its_day_and_once(leader, proposal):
    recalibration = cases.adopted(proposal, leader)
    with pytest.raises(services.RecalibrationRefused, match="ingangsdatum"):
        effect.take_effect(recalibration, by=leader, at=cases.ADOPTED)
    assert effect.take_due(at=cases.ADOPTED) == 0

    assert take_recalibrations_into_effect() == 1
    assert take_recalibrations_into_effect() == 0

    recalibration.refresh_from_db()
    assert recalibration.state == "effective"


def test_what_was_agreed_with_an_ikc_is_written_once(world, leader):
    recalibration, leaves, _, enters = world
    for ikc in (leaves, enters):
        row = recalibration.ikcs.get(ikc=ikc)
        services.handle_ikc(
            row, outcome="Besproken met de directeur.", by=leader, at=cases.EFFECTIVE
        )

    assert area_tasks(leader, today=date(2023, 11, 2)) == []
    with pytest.raises(services.RecalibrationRefused):
        services.handle_ikc(row, outcome="Nog eens.", by=leader, at=cases.EFFECTIVE)


# --- who hears of it


def test_each_step_is_a_task_of_who_takes_it(leader, proposal, django_assert_num_queries):
    signer = UserFactory(signer=True)
    day = date(2023, 10, 4)
    assert [task.title for task in area_tasks(leader, today=day)] == [
        "Laat het bestuurlijk overleg spreken over de herijking 2023"
    ]
    assert area_tasks(signer, today=day) == []
    cases.discussed(proposal, leader)
    assert signer.has_role(Role.SIGNER)
    with django_assert_num_queries(1):
        (task,) = area_tasks(signer, today=day)
    assert task.title == "Stel de nieuwe lijst van aandachtsgebieden vast"
    assert area_tasks(leader, today=day) == []


def test_two_years_later_the_next_one_is_due(leader, districts):
    assert [task.title for task in area_tasks(leader, today=date(2023, 2, 1))] == [
        "Plan de herijking van de aandachtsgebieden"
    ]
    assert area_tasks(leader, today=date(2022, 2, 1)) == []


# --- in the browser


def url(name, *args) -> str:
    return reverse(f"ikc:{name}", args=args)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def person(client, leader):
    client.force_login(leader)
    return client


def test_planning_analysing_and_proposing(person, districts):
    person.post(
        url("recalibration_add"),
        {"year": "2027", "figures_until": "2026", "map_year": "2024", "note": ""},
    )
    recalibration = AreaRecalibration.objects.running().get()
    for step in ("collect", "analyse"):
        person.post(url("recalibration_step", recalibration.pk, step))
    leaving = recalibration.designations.get(district=districts[0])
    address = url("designation_edit", leaving.pk)
    assert "rang 3" in text_of(person.get(address))

    refusal = person.post(address, {"is_attention_area": "no", "rationale": ""})
    assert refusal.status_code == 422
    assert "Motiveer" in text_of(refusal)
    person.post(address, {"is_attention_area": "no", "rationale": "Het gaat er beter."})

    page = text_of(person.get(recalibration.get_absolute_url()))
    assert "gaat eraf" in page
    assert "Het gaat er beter." in page
    assert "Open rondje met stippellijn: gaat eraf." in page


def test_the_page_forecasts_the_ikcs(person, proposal, districts):
    leaves, enters = ikc_in(districts[0], plus=True), ikc_in(districts[2])

    page = text_of(person.get(proposal.get_absolute_url()))

    assert f"{leaves}</a>" in page
    assert "het predicaat komt in herijking" in page
    assert f"{enters}</a>" in page
    export = person.get(proposal.get_absolute_url(), {"export": "csv"})
    assert (
        "WK008050;2024;Aldlân;3;0,0;B;;ja;nee;gaat eraf;De cijfers zijn sterk verbeterd."
        in export.content.decode()
    )


def test_discussing_adopting_and_taking_effect(client, leader, proposal, districts):
    ikc = ikc_in(districts[0], plus=True)
    meeting = ConsultationFactory(takes_place_on=cases.DISCUSSED)
    client.force_login(leader)
    client.post(url("recalibration_agenda", proposal.pk), {"meeting": meeting.pk})
    early = client.post(url("recalibration_step", proposal.pk, "discuss"))
    assert early.status_code == 422
    assert "nog niet besproken" in text_of(early)
    item = meeting.items.get()
    type(meeting).objects.filter(pk=meeting.pk).update(state="held", attendance="Allen")
    item.outcome = "discussed"
    item.save(update_fields=["outcome"])
    client.post(url("recalibration_step", proposal.pk, "discuss"))
    assert client.post(url("recalibration_adopt", proposal.pk)).status_code == 403

    client.force_login(UserFactory(signer=True))
    values = {"adopted_on": "17-10-2023", "decision": "collegebesluit", "valid_from": "1-11-2023"}
    assert (
        client.post(url("recalibration_adopt", proposal.pk), values | {"decision": ""}).status_code
        == 422
    )
    client.post(url("recalibration_adopt", proposal.pk), values)
    client.force_login(leader)
    client.post(url("recalibration_step", proposal.pk, "take_effect"))

    row = RecalibratedIkc.objects.get(ikc=ikc)
    page = text_of(client.get(proposal.get_absolute_url()))
    assert "predicaat in herijking" in page
    answer = client.post(url("recalibrated_ikc_handle", row.pk), {"outcome": "Besproken."})
    assert answer.status_code == 302, text_of(answer)
    assert "Afgehandeld" in text_of(client.get(proposal.get_absolute_url()))
    assert client.post(url("recalibration_step", proposal.pk, "unknown")).status_code == 404


def test_the_pages_cost_the_same_with_more_ikcs(
    person, proposal, districts, django_assert_max_num_queries
):
    address = proposal.get_absolute_url()
    ikc_in(districts[0], plus=True)
    person.get(address)
    with django_assert_max_num_queries(20) as few:
        person.get(address)
    for district in districts:
        ikc_in(district, plus=True)
    with django_assert_max_num_queries(20) as more:
        person.get(address)
    assert len(more) == len(few)
