"""Counts of children: what must never be, who says what about a figure, and the pages of it."""

import threading
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from openpyxl import load_workbook

from ikc.models import AgeBand, ChildCount, CountSource
from ikc.services import child_counts as services
from ikc.services.child_counts import Figure
from ikc.tests.factories import (
    ChildCountFactory,
    IkcFactory,
    PupilCountFactory,
    UserFactory,
    count_children,
)
from kvk2.core.audit import events_of

pytestmark = pytest.mark.django_db
DUO_DAY, OTHER_DAY = date(2025, 10, 1), date(2026, 2, 1)
AT = datetime(2026, 2, 20, 9, tzinfo=UTC)
BAND = AgeBand.FOUR_TWELVE


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def ikc():
    ikc = IkcFactory(name="IKC De Weide")
    PupilCountFactory(ikc=ikc, year=2025, pupils=145)
    return ikc


@pytest.fixture
def director(ikc):
    return UserFactory(director=True, ikc=ikc)


def prefill(*ikcs, day=DUO_DAY):
    return services.prefill_from_duo(ikcs, day, by=None, at=AT)


def count_of(ikc, band=BAND, day=DUO_DAY):
    return services.counts_by_band(ikc, day).get(band)


def signed(ikc, children, by, note="", day=DUO_DAY):
    services.declare_counts(
        ikc, day, figures={BAND: Figure(children, "school")}, dispute_note=note, by=by, at=AT
    )
    return count_of(ikc, day=day)


# ------------------------------------------------------------ what must never be

REFUSALS = {
    "child_count_band_is_known": {"band": "13"},
    "child_count_source_is_known": {"source": "gerucht"},
    "child_count_duo_counts_pupils_on_1_october": {"source": "duo"},
    "child_count_confirmed_by_somebody": {"confirmed_at": AT},
    "child_count_dispute_is_whole": {"dispute_note": "het klopt niet"},
    "child_count_disputes_another_figure": {"disputed": True, "claimed": 150},
    "child_count_resolution_is_whole": {"resolution": "zo is het"},
    "children_check": {"children": -1},
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_a_count_can_never_be(name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ChildCountFactory(**REFUSALS[name])


def test_one_figure_is_in_force_per_ikc_day_and_band(ikc):
    ChildCountFactory(ikc=ikc, replaced_at=AT)
    ChildCountFactory(ikc=ikc)

    with pytest.raises(IntegrityError, match="child_count_one_in_force"), transaction.atomic():
        ChildCountFactory(ikc=ikc)


def test_a_figure_and_what_was_said_about_it_never_change(leader):
    count = ChildCountFactory(disputed=True)
    rows = ChildCount.objects.filter(pk=count.pk)
    for change in ({"children": 3}, {"source": "municipality"}, {"claimed": 3}):
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="cannot be deleted"), transaction.atomic():
        rows.delete()

    rows.update(replaced_at=AT)

    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        rows.update(replaced_at=None)


# ------------------------------------------------------------ out of DUO


def test_duo_fills_in_pupils_on_1_october_and_nothing_else(ikc):
    small = IkcFactory()
    PupilCountFactory(ikc=small, year=2025, pupils=None, fewer_than_5=True)

    made = prefill(ikc, small, IkcFactory())

    assert [(each.ikc, each.band, each.children, each.source) for each in made] == [
        (ikc, BAND, 145, CountSource.DUO)
    ]
    assert made[0].confirmed_at is None
    assert prefill(ikc, small) == []
    assert prefill(ikc, day=OTHER_DAY) == []
    assert events_of(ikc).get().verb == "ikc.count_prefilled"


def test_what_somebody_entered_is_not_overwritten_by_duo(ikc):
    ChildCountFactory(ikc=ikc, reference_date=DUO_DAY, children=9)

    assert prefill(ikc) == []
    assert count_of(ikc).children == 9


def test_what_duo_has_is_told_also_when_it_is_nothing(ikc):
    assert "145 leerlingen" in services.duo_words(ikc, DUO_DAY)
    assert "geen telling van DUO ingelezen" in services.duo_words(IkcFactory(), DUO_DAY)
    words = services.duo_words(ikc, OTHER_DAY)
    assert "geen aantallen van 1 februari 2026" in words
    assert "op 1 oktober 2025 telde DUO 145 leerlingen" in words
    assert "Ter vergelijking" not in services.duo_words(ikc, date(2025, 9, 30))


# ------------------------------------------------------------ what people say


def test_a_newer_figure_replaces_and_the_former_stays(ikc, leader):
    prefill(ikc)

    services.enter_counts(
        ikc, DUO_DAY, figures={BAND: Figure(140, "municipality", "mail")}, by=leader, at=AT
    )

    assert count_of(ikc).children == 140
    assert count_of(ikc).confirmed_by is None
    former = ChildCount.objects.exclude(replaced_at=None).get()
    assert (former.children, former.source) == (145, "duo")


def test_the_board_confirms_once(ikc, director):
    with pytest.raises(services.NothingCounted):
        services.confirm_counts(ikc, DUO_DAY, by=director, at=AT)
    prefill(ikc)

    services.confirm_counts(ikc, DUO_DAY, by=director, at=AT)

    assert (count_of(ikc).confirmed_by, count_of(ikc).confirmed_at) == (director, AT)
    with pytest.raises(services.CountRefused, match="al bevestigd"):
        services.confirm_counts(ikc, DUO_DAY, by=director, at=AT)
    with pytest.raises(services.CountRefused, match="al iets gezegd"):
        services.dispute_count(count_of(ikc), claimed=1, note="nee", by=director, at=AT)


@pytest.mark.parametrize(
    ("claimed", "note", "refusal"),
    [(145, "anders", services.CountRefused), (151, "  ", services.ReasonMissing)],
)
def test_a_dispute_has_another_number_and_a_reason(claimed, note, refusal, ikc, director):
    (count,) = prefill(ikc)

    with pytest.raises(refusal):
        services.dispute_count(count, claimed=claimed, note=note, by=director, at=AT)


@pytest.mark.parametrize(("follow", "children"), [(True, 151), (False, 145)])
def test_the_municipality_decides_which_figure_holds(follow, children, ikc, director, leader):
    (count,) = prefill(ikc)
    services.dispute_count(count, claimed=151, note="taalklas", by=director, at=AT)
    with pytest.raises(services.CountRefused, match="betwist"):
        services.confirm_counts(ikc, DUO_DAY, by=director, at=AT)
    with pytest.raises(services.ReasonMissing):
        services.resolve_dispute(count, follow_board=follow, reason=" ", by=leader, at=AT)

    services.resolve_dispute(count, follow_board=follow, reason="gezien", by=leader, at=AT)

    now = count_of(ikc)
    assert (now.children, now.is_disputed) == (children, False)
    assert (now.confirmed_by == director) is follow
    count.refresh_from_db()
    assert (count.resolved_by, count.resolution) == (leader, "gezien")
    with pytest.raises(services.CountRefused, match="al beslist"):
        services.resolve_dispute(count, follow_board=True, reason="nog eens", by=leader, at=AT)


def test_what_the_board_signs_for_is_in_force_and_confirmed(ikc, director):
    prefill(ikc)

    same = signed(ikc, 145, director)
    assert (same.source, same.confirmed_by) == ("duo", director)

    other = signed(ikc, 150, director, day=OTHER_DAY)
    assert (other.source, other.confirmed_by) == ("school", director)


def test_a_signed_number_against_duo_is_a_dispute_until_the_board_takes_it_back(ikc, director):
    disputed = signed(ikc, 151, director, note="taalklas")
    assert (disputed.children, disputed.claimed, disputed.is_disputed) == (145, 151, True)

    again = signed(ikc, 145, director)
    assert (again.children, again.is_disputed, again.confirmed_by) == (145, False, director)


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_at_once_leave_one_figure_in_force():
    ikc, people = IkcFactory(), [UserFactory(project_leader=True) for _ in range(2)]

    def enter(number):
        try:
            services.enter_counts(
                ikc,
                OTHER_DAY,
                figures={BAND: Figure(100 + number, "municipality")},
                by=people[number],
                at=AT,
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ChildCount.objects.in_force().count() == 1
    assert ChildCount.objects.count() == 2


# ------------------------------------------------------------ pages


def url(name, *args):
    return reverse(f"ikc:{name}", args=args)


@pytest.fixture
def leader_client(client, leader):
    client.force_login(leader)
    return client


def fill(number):
    for _ in range(number):
        ikc = IkcFactory()
        count_children(ikc)
        PupilCountFactory(ikc=ikc)


def test_the_list_takes_as_many_statements_for_three_as_for_one(leader_client, no_repeated_sql):
    fill(1)
    leader_client.get(url("child_count_list"))
    with no_repeated_sql() as one:
        leader_client.get(url("child_count_list"))
    fill(2)

    with no_repeated_sql() as three:
        leader_client.get(url("child_count_list"))

    assert len(three) == len(one)


def test_the_list_tells_where_each_count_stands_and_filters_on_it(leader_client, ikc, director):
    count_children(ikc)
    services.confirm_counts(ikc, OTHER_DAY, by=director, at=AT)
    waiting, partial, disputed = (IkcFactory(name=name) for name in ("Wacht", "Deels", "Oneens"))
    count_children(waiting, numbers=(1, 800, 900))
    ChildCountFactory(ikc=partial)
    ChildCountFactory(ikc=disputed, disputed=True)
    IkcFactory(name="Leeg")

    page = leader_client.get(url("child_count_list")).content.decode()
    found = {
        state: [
            row.record.name
            for row in leader_client.get(
                url("child_count_list"), {"day": OTHER_DAY, "state": state}
            )
            .context["table"]
            .rows
        ]
        for state in ("confirmed", "waiting", "partial", "disputed", "none")
    }

    assert "Meer dan 1.500" in page
    assert "DUO telt alleen op 1 oktober" in page
    assert found == {
        "confirmed": [ikc.name],
        "waiting": ["Wacht"],
        "partial": ["Deels"],
        "disputed": ["Oneens"],
        "none": ["Leeg"],
    }


def test_the_files_hold_all_rows_and_no_formula(leader_client):
    count_children(IkcFactory(name="=1+1"))
    ask = {"day": OTHER_DAY}

    text = leader_client.get(url("child_count_list"), {**ask, "export": "csv"}).content.decode()
    file = leader_client.get(url("child_count_list"), {**ask, "export": "xlsx"})

    assert "'=1+1;" in text
    rows = list(load_workbook(BytesIO(b"".join(file.streaming_content)))["Kindertellingen"].values)
    assert rows[1][0] == "=1+1"
    assert rows[1][2:6] == (20, 25, 150, 175)
    assert rows[0][-1] == "Betwist"


def test_an_empty_register_says_so(leader_client):
    assert "Geen IKC gevonden" in leader_client.get(url("child_count_list")).content.decode()


def test_the_project_leader_fills_in_from_duo_and_by_hand(leader_client, ikc):
    response = leader_client.post(url("child_count_prefill", DUO_DAY), follow=True)
    assert "1 aantal is voorgevuld uit DUO." in response.content.decode()
    assert ">Voorgevuld uit DUO<" in response.content.decode()

    typed = {"children_2_3": "30", "source_2_3": "childcare", "source_0_1": "childcare"}
    typed |= {"source_4_12": "school", "note": "mail"}
    leader_client.post(url("child_count_enter", ikc.pk, DUO_DAY), typed)

    page = leader_client.get(url("child_count_enter", ikc.pk, DUO_DAY)).content.decode()
    assert "2 en 3 jaar: 30" in page
    assert "administratie van de kinderopvang (mail), ingevuld door" in page
    assert count_of(ikc, AgeBand.TWO_THREE).children == 30
    assert count_of(ikc).children == 145


@pytest.mark.parametrize("typed", [{}, {"children_2_3": "-1"}, {"children_2_3": "veel"}])
def test_bad_numbers_are_refused_and_kept(typed, leader_client, ikc):
    response = leader_client.post(url("child_count_enter", ikc.pk, DUO_DAY), typed)

    assert response.status_code == 422
    assert not ChildCount.objects.exists()


def test_a_day_that_is_none_is_not_found(leader_client, ikc):
    for day in ("morgen", "2026-02-30"):
        assert leader_client.get(url("child_count_enter", ikc.pk, day)).status_code == 404
        assert leader_client.get(url("child_count_prefill", day)).status_code == 404


def test_the_director_confirms_or_disputes_on_the_page_of_the_ikc(client, ikc, director):
    (count,) = prefill(ikc)
    client.force_login(director)
    page = client.get(ikc.get_absolute_url()).content.decode()
    assert url("child_count_confirm", ikc.pk, DUO_DAY) in page
    assert "145" in client.get(url("child_count_confirm", ikc.pk, DUO_DAY)).content.decode()

    refused = client.post(url("child_count_dispute", count.pk), {"claimed": "151", "note": ""})
    assert refused.status_code == 422
    assert "Leg uit waarom het aantal niet klopt." in refused.content.decode()

    client.post(url("child_count_dispute", count.pk), {"claimed": "151", "note": "taalklas"})
    count.refresh_from_db()
    assert (count.claimed, count.disputed_by) == (151, director)
    again = client.post(url("child_count_confirm", ikc.pk, DUO_DAY))
    assert again.status_code == 422


def test_a_decision_without_a_reason_is_refused(leader_client, ikc, director):
    (count,) = prefill(ikc)
    services.dispute_count(count, claimed=151, note="taalklas", by=director, at=AT)

    refused = leader_client.post(url("child_count_resolve", count.pk), {"outcome": "board"})
    assert refused.status_code == 422
    assert "Leg uit waarom u zo beslist." in refused.content.decode()

    leader_client.post(
        url("child_count_resolve", count.pk), {"outcome": "board", "reason": "gezien"}
    )
    assert count_of(ikc).children == 151
    assert leader_client.get(url("child_count_resolve", count.pk)).status_code == 302


def test_a_disputed_number_waits_for_a_decision_and_is_not_typed_over(leader_client, ikc, director):
    (count,) = prefill(ikc)
    services.dispute_count(count, claimed=151, note="taalklas", by=director, at=AT)
    page = url("child_count_enter", ikc.pk, DUO_DAY)
    assert url("child_count_resolve", count.pk) in leader_client.get(page).content.decode()

    typed = {"children_4_12": "150", "children_2_3": "30", "note": "mail"}
    typed |= {f"source_{band}": "school" for band in ("0_1", "2_3", "4_12")}
    refused = leader_client.post(page, typed)

    assert refused.status_code == 422
    assert "Beslis eerst welk aantal geldt." in refused.content.decode()
    assert count_of(ikc).is_disputed


def test_others_see_no_small_number_of_an_ikc(client, ikc, director):
    count_children(ikc, numbers=(3, 12, 150))
    client.force_login(UserFactory(researcher=True))
    outside = client.get(ikc.get_absolute_url()).context["count_days"][0]
    client.force_login(director)
    inside = client.get(ikc.get_absolute_url()).context["count_days"][0]

    assert (outside.cells, outside.total) == (("<5", "12", "150"), "162")
    assert inside.cells == ("3", "12", "150")
