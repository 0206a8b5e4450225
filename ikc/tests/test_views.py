from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from ikc.models import Ikc, IkcPartner, Organisation
from ikc.states import PlusState
from ikc.tests.factories import (
    AttentionAreaFactory,
    BankAccountFactory,
    DistrictFactory,
    IkcFactory,
    IkcNameFactory,
    IkcPartnerFactory,
    IkcSuccessionFactory,
    MandateFactory,
    OrganisationFactory,
    PlusStatusFactory,
    PupilCountFactory,
    UserFactory,
    count_children,
)

pytestmark = pytest.mark.django_db

OUTLINE = [[[5.80, 53.20], [5.82, 53.20], [5.82, 53.22], [5.80, 53.20]]]


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def address(name, *args) -> str:
    return reverse(f"ikc:{name}", args=args)


def full_ikc(**options) -> Ikc:
    """An IKC with something of everything that its page shows."""
    ikc = IkcFactory(in_area=True, note="Let op de cijfers.", **options)
    for year in (2021, 2023, 2024):
        PupilCountFactory(ikc=ikc, year=year, pupils=100 + year % 7)
    PupilCountFactory(ikc=ikc, year=2022, pupils=None, fewer_than_5=True)
    IkcNameFactory(ikc=ikc, name="Oude Brêge", valid_until=date(2021, 9, 30))
    IkcNameFactory(ikc=ikc, valid_from=date(2021, 10, 1))
    IkcPartnerFactory(ikc=ikc)
    IkcSuccessionFactory(successor=ikc)
    PlusStatusFactory(ikc=ikc)
    count_children(ikc)
    return ikc


# --- IKCs


def names_in(response) -> list[str]:
    return [row.record.name for row in response.context["table"].paginated_rows]


@pytest.mark.parametrize("term", ["oude brege", "BRÊGE", "nieuwe", "01AA00", "jirnsum"])
def test_an_ikc_is_found_by_each_of_its_names_by_code_and_by_place(client, leader, term):
    ikc = IkcFactory(name="De Nieuwe", brin_location="01AA00", city="Jirnsum")
    IkcNameFactory(ikc=ikc, name="Oude Brêge")
    IkcFactory(brin_location="99ZZ99")

    assert names_in(client.get(address("ikc_list"), {"q": term})) == ["De Nieuwe"]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({"form": "village"}, {"Dorp"}),
        ({"form": "special"}, {"Plus"}),
        ({"plus": "granted"}, {"Plus"}),
        ({"plus": "candidate"}, {"Kandidaat"}),
        ({"check": "note"}, {"Dorp"}),
        ({"check": "area"}, {"Kandidaat"}),
        ({"check": "merger"}, {"Plus"}),
        ({"check": "closed"}, {"Dicht"}),
        ({"form": "nonsense"}, {"Dorp", "Plus", "Kandidaat", "Dicht", "Opvolger"}),
    ],
)
def test_the_filters_narrow_the_list(client, leader, choice, found):
    IkcFactory(name="Dorp", village=True, note="x")
    plus = IkcFactory(name="Plus", plus=True, special_education=True)
    candidate = IkcFactory(name="Kandidaat", form=Ikc.Form.AREA)
    PlusStatusFactory(ikc=candidate, state=PlusState.CANDIDATE, valid_from=None, valid_until=None)
    IkcFactory(name="Dicht", closed_on=date(2020, 8, 1))
    IkcSuccessionFactory(predecessor=plus, successor=IkcFactory(name="Opvolger"))

    assert set(names_in(client.get(address("ikc_list"), choice))) == found


def test_the_filter_by_board(client, leader):
    ikc = IkcFactory()
    IkcFactory()

    assert names_in(client.get(address("ikc_list"), {"board": ikc.board_id})) == [ikc.name]


def test_the_list_sorts_and_what_has_no_figure_comes_last(client, leader):
    for name, pupils in (("A", 10), ("B", 30), ("C", 20)):
        PupilCountFactory(ikc=IkcFactory(name=name), pupils=pupils)
    IkcFactory(name="D")

    def order(sort):
        return "".join(names_in(client.get(address("ikc_list"), {"sort": sort})))

    assert order("pupils") == "ACBD"
    assert order("-pupils") == "BCAD"
    assert order("-name") == "DCBA"


def test_figures_of_an_older_year_are_marked_with_it(client, leader):
    PupilCountFactory(ikc=IkcFactory(), year=2025, pupils=150)
    PupilCountFactory(ikc=IkcFactory(), year=2019, pupils=81)

    page = text_of(client.get(address("ikc_list")))

    assert '81 <span class="lw-small lw-muted">(2019)</span>' in page
    assert "(2025)" not in page


def test_the_list_comes_in_pages_of_50(client, leader):
    board = OrganisationFactory()
    IkcFactory.create_batch(51, board=board)

    first, second = (client.get(address("ikc_list"), {"page": page}) for page in (1, 2))

    assert (len(names_in(first)), len(names_in(second))) == (50, 1)
    assert "51 IKC’s gevonden" in text_of(first)


def test_the_export_holds_every_row_and_no_formula(client, leader):
    board = OrganisationFactory()
    IkcFactory.create_batch(50, board=board)
    PupilCountFactory(ikc=IkcFactory(name="=1+1", board=board), pupils=12)

    response = client.get(address("ikc_list"), {"export": "csv"})

    lines = response.content.decode("utf-8-sig").splitlines()
    assert response["Content-Type"].startswith("text/csv")
    assert lines[0] == "IKC;Plaats;Schoolbestuur;Vorm;Plus;Leerlingen"
    assert len(lines) == 52
    assert any(line.startswith("'=1+1;") and line.endswith(";12") for line in lines)


def test_an_empty_list_says_what_to_do(client, leader):
    assert "Geen IKC gevonden" in text_of(client.get(address("ikc_list"), {"q": "zzz"}))


def test_the_page_of_an_ikc_shows_all_that_is_known(client, leader):
    ikc = full_ikc()

    page = text_of(client.get(ikc.get_absolute_url()))

    for words in (
        ikc.name,
        "Let op de cijfers.",
        "Plus IKC",
        ikc.attention_area.name,
        "Oude Brêge",
        "Niet bevestigd",
        "Voortgekomen uit",
        ikc.partners.get().organisation.name,
        "175",
        "Minder dan 5 leerlingen in 2022",
        "<svg",
    ):
        assert words in page, words


def test_the_page_of_an_ikc_without_anything_says_so(client, leader):
    page = text_of(client.get(IkcFactory(form=Ikc.Form.AREA).get_absolute_url()))

    assert "Nog geen leerlingen geteld" in page
    assert "Nog geen kindertelling" in page
    assert page.count("Nog niet vastgelegd") == 2
    assert "Er is nog niets vastgelegd." in page


def test_only_the_project_leader_finds_the_buttons(client):
    ikc = full_ikc()
    client.force_login(UserFactory(director=True, ikc=ikc))

    page = text_of(client.get(ikc.get_absolute_url()))

    assert "wijzigen/" not in page
    assert "Bevestigen" not in page
    assert "Beëindigen" not in page


def test_the_project_leader_changes_an_ikc(client, leader):
    ikc, area = IkcFactory(form=Ikc.Form.AREA), AttentionAreaFactory()
    values = {"attention_area": area.pk, "founding": "on", "note": "let op"}

    response = client.post(address("ikc_edit", ikc.pk), values, follow=True)

    ikc.refresh_from_db()
    assert (ikc.attention_area, ikc.founding) == (area, True)
    assert response.redirect_chain == [(ikc.get_absolute_url(), 302)]
    assert "heeft de gegevens van het IKC gewijzigd" in text_of(response)


def test_what_can_not_be_is_refused_and_what_was_typed_stays(client, leader):
    ikc, area = IkcFactory(), AttentionAreaFactory()
    values = {"attention_area": area.pk, "note": "mijn tekst"}

    response = client.post(address("ikc_edit", ikc.pk), values)

    assert response.status_code == 422
    page = text_of(response)
    assert "<title>Fout: " in page
    assert "mijn tekst" in page
    assert f"Een IKC in {area.name} heeft de vorm" in page


def test_an_area_that_is_no_longer_valid_can_not_be_chosen(client, leader):
    ikc = IkcFactory()
    past = AttentionAreaFactory(valid_until=date(2023, 12, 31))

    response = client.post(address("ikc_edit", ikc.pk), {"attention_area": past.pk})

    assert response.status_code == 422
    assert "geldt niet meer" in text_of(response)


def test_a_partner_is_added_and_ended(client, leader):
    ikc, partner = IkcFactory(), OrganisationFactory(childcare=True)
    values = {"organisation": partner.pk, "valid_from": "1-8-2022", "source": "brief"}

    client.post(address("partner_add", ikc.pk), values)
    again = client.post(address("partner_add", ikc.pk), values)
    row = IkcPartner.objects.get()
    wrong = client.post(address("partner_end", row.pk), {"last_day": "1-7-2022"})
    client.post(address("partner_end", row.pk), {"last_day": "31-7-2026"})

    row.refresh_from_db()
    assert (row.valid_from, row.valid_until) == (date(2022, 8, 1), date(2026, 7, 31))
    assert (again.status_code, wrong.status_code) == (422, 422)


def test_a_merger_is_confirmed(client, leader):
    succession = IkcSuccessionFactory()
    url = address("succession_confirm", succession.pk)

    assert client.post(url, {"happened_on": "32-1-2020", "source": ""}).status_code == 422
    response = client.post(
        url, {"happened_on": "1-8-2020", "source": "besluit van het bestuur"}, follow=True
    )
    again = client.post(url, {"happened_on": "1-8-2020", "source": "nog eens"})

    assert "besluit van het bestuur" in text_of(response)
    assert again.status_code == 422


# --- areas and organisations


def test_the_map_marks_the_areas_and_names_the_ikcs_without_one(client, leader):
    AttentionAreaFactory(
        district=DistrictFactory(name="Noord", year=2024, outline=OUTLINE, inhabitants=1000)
    )
    DistrictFactory(name="Zuid", year=2024, outline=OUTLINE, inhabitants=3000)
    DistrictFactory(name="Lang geleden", year=2009, outline=OUTLINE)
    waiting = IkcFactory(form=Ikc.Form.AREA)

    page = text_of(client.get(address("area_map")))

    assert "Noord" in page
    assert "Lang geleden" not in page
    assert "1 van de 2 wijken" in page
    assert "25%" in page
    assert "nog niet vastgelegd" in page
    assert waiting.name in page


def test_the_map_without_districts_says_how_to_get_them(client, leader):
    page = text_of(client.get(address("area_map")))

    assert "Nog geen wijken" in page


def test_a_map_without_outlines_or_areas_says_so(client, leader):
    DistrictFactory()

    page = text_of(client.get(address("area_map")))

    assert "Nog geen kaart" in page
    assert "Geen aandachtsgebieden" in page


def test_the_districts_as_csv(client, leader):
    district = DistrictFactory(year=2024, inhabitants=1000)
    AttentionAreaFactory(district=district)

    lines = client.get(address("area_map"), {"export": "csv"}).content.decode().splitlines()

    assert lines[1] == f"{district.code};2024;{district.name};ja;1000;;"


def test_organisations_are_searched_and_counted(client, leader):
    board = OrganisationFactory(name="Stichting De Brêge")
    IkcFactory.create_batch(2, board=board)
    partner = IkcPartnerFactory().organisation

    found = client.get(address("organisation_list"), {"q": "brege"})
    childcare = client.get(address("organisation_list"), {"kind": "childcare", "export": "csv"})

    assert names_in(found) == ["Stichting De Brêge"]
    assert found.context["table"].rows[0].get_cell("ikcs") == 2
    assert childcare.content.decode().splitlines()[1].startswith(partner.name)


def test_the_page_of_a_board_and_of_a_partner(client, leader):
    partner = IkcPartnerFactory()
    PupilCountFactory(ikc=partner.ikc, pupils=150)

    board = text_of(client.get(partner.ikc.board.get_absolute_url()))
    childcare = text_of(client.get(partner.organisation.get_absolute_url()))
    research = text_of(client.get(OrganisationFactory(research=True).get_absolute_url()))

    assert "150 leerlingen in 2025" in board
    assert partner.ikc.name in childcare
    assert "Geen IKC’s" in research


def test_an_account_number_is_shown_in_part_and_to_few(client):
    board = BankAccountFactory().organisation
    seen = {}
    for trait in ("project_leader", "member"):
        client.force_login(UserFactory(**{trait: True}))
        seen[trait] = text_of(client.get(board.get_absolute_url()))

    assert "•••• 4300" in seen["project_leader"]
    assert "0417164300" not in seen["project_leader"]
    assert "4300" not in seen["member"]


def test_an_organisation_is_corrected(client, leader):
    board = OrganisationFactory()
    values = {
        "name": "Stichting De Brug", "short_name": "De Brug", "kvk_number": "12 34 56 78",
        "street": "Kade 1", "postcode": "8911aa", "city": "Leeuwarden", "consent_on": "1-3-2026",
    }  # fmt: skip
    url = address("organisation_edit", board.pk)

    wrong = client.post(url, values | {"kvk_number": "123", "postcode": "0000"})
    client.post(url, values)
    stored = Organisation.objects.get(pk=board.pk)
    client.post(url, values)

    assert wrong.status_code == 422
    assert (stored.kvk_number, stored.postcode) == ("12345678", "8911 AA")
    assert timezone.localdate(stored.electronic_consent_at) == date(2026, 3, 1)
    again = Organisation.objects.get(pk=board.pk)
    assert again.electronic_consent_at == stored.electronic_consent_at
    OrganisationFactory(name="Andere naam")
    assert client.post(url, values | {"name": "andere naam"}).status_code == 422
    client.post(url, values | {"consent_on": ""})
    assert Organisation.objects.get(pk=board.pk).electronic_consent_at is None


# --- how many statements a page takes


def _fill(count: int) -> None:
    for _ in range(count):
        ikc = full_ikc()
        UserFactory(director=True, ikc=ikc)
        MandateFactory(organisation=ikc.board)


LISTS = ["ikc_list", "area_map", "organisation_list", "user_list"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_three_takes_no_more_statements_than_a_list_of_one(client, no_repeated_sql, name):
    trait = {"admin": True} if name == "user_list" else {"project_leader": True}
    client.force_login(UserFactory(**trait))
    _fill(1)
    client.get(address(name))
    with no_repeated_sql() as one:
        client.get(address(name))
    _fill(2)

    with no_repeated_sql() as three:
        client.get(address(name))

    assert len(three) == len(one)


def test_pages_about_one_thing_repeat_no_statement(client, no_repeated_sql):
    ikc = full_ikc()
    person = UserFactory(director=True, ikc=ikc)
    leader, admin = UserFactory(project_leader=True), UserFactory(admin=True)
    pages = [
        (leader, ikc.get_absolute_url()),
        (leader, ikc.board.get_absolute_url()),
        (leader, ikc.partners.get().organisation.get_absolute_url()),
        (leader, address("ikc_edit", ikc.pk)),
        (admin, person.get_absolute_url()),
        (admin, address("role_add", person.pk)),
    ]
    for user, url in pages:
        client.force_login(user)
        client.get(url)
        with no_repeated_sql():
            assert client.get(url).status_code == 200
