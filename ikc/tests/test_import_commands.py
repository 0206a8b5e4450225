"""The import commands against the database: idempotent, whole or not at all, and never a deletion."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ikc.importers.duo import parse_locations
from ikc.models import District, Ikc, IkcBoard, IkcName, Organisation, PupilCount
from ikc.services.duo import import_locations
from ikc.services.names import NameConflict, observe_name
from ikc.tests.factories import IkcFactory, IkcNameFactory, OrganisationFactory
from kvk2.core.audit import events_of

pytestmark = pytest.mark.django_db

FIXTURES = Path(__file__).parent / "fixtures"


def copies(folder: Path, *names: str) -> Path:
    for name in names:
        shutil.copy(FIXTURES / name, folder / name)
    return folder


def import_duo(path: Path, **options) -> None:
    call_command("import_duo", str(path), municipality="1999", date=date(2026, 8, 4), **options)


def import_cbs(path: Path, **options) -> None:
    call_command("import_cbs", str(path), municipality="1999", **options)


@pytest.fixture
def duo(tmp_path) -> Path:
    return copies(tmp_path, "duo_locations.csv", "duo_locations_2021-10-01.csv", "duo_pupils.csv")


def test_a_folder_fills_the_register_oldest_list_first(duo, capsys):
    import_duo(duo)

    out = capsys.readouterr().out
    assert out.index("1 oktober 2021") < out.index("4 augustus 2026")
    assert "1 nieuw, 2 gewijzigd, 0 ongewijzigd, 1 niet van deze gemeente of soort" in out
    assert "01AD00 De Verdwenen School staat in het register en niet in dit bestand" in out
    assert "1 vestigingen staan niet in het register en zijn overgeslagen: 01AZ00" in out
    ikc = Ikc.objects.get(brin_location="01AA00")
    assert (ikc.name, ikc.form, ikc.source_on) == (
        "IKC De Brêge", Ikc.Form.REGULAR, date(2026, 8, 4)
    )  # fmt: skip
    assert Ikc.objects.get(brin_location="01AC00").form == Ikc.Form.VILLAGE
    assert Organisation.objects.get(board_number="49001").name == "Schoolbestuur 49001"


def test_a_new_name_becomes_history_with_its_list(duo):
    import_duo(duo)

    names = IkcName.objects.filter(ikc__brin_location="01AA00").order_by("valid_from")
    assert [(row.name, row.valid_from, row.valid_until) for row in names] == [
        ("Brêgeskoalle", date(2021, 10, 1), date(2026, 8, 3)),
        ("IKC De Brêge", date(2026, 8, 4), None),
    ]
    events = events_of(Ikc.objects.get(brin_location="01AA00"))
    assert [event.verb for event in events].count("ikc.renamed") == 1


def test_the_same_files_once_more_change_nothing(duo, capsys):
    import_duo(duo)
    before = (
        list(Ikc.objects.order_by("pk").values()),
        list(IkcName.objects.order_by("pk").values()),
    )
    capsys.readouterr()

    import_duo(duo)

    out = capsys.readouterr().out
    assert out.count("0 nieuw, 0 gewijzigd, 3 ongewijzigd") == 2
    assert "0 nieuw, 0 gewijzigd, 9 ongewijzigd" in out
    after = list(Ikc.objects.order_by("pk").values()), list(IkcName.objects.order_by("pk").values())
    assert after == before


def test_the_lists_may_come_in_any_order(duo):
    import_duo(duo / "duo_locations.csv")
    import_duo(duo / "duo_locations_2021-10-01.csv")

    ikc = Ikc.objects.get(brin_location="01AB00")
    names = IkcName.objects.order_by("valid_from").values_list("name", "valid_from", "valid_until")
    assert ikc.street == "Iepenlaan 2-B", "an older list does not overrule a newer one"
    assert list(names.filter(ikc=ikc)) == [("De Iepen", date(2021, 10, 1), None)]
    assert list(names.filter(ikc__brin_location="01AA00")) == [
        ("Brêgeskoalle", date(2021, 10, 1), date(2026, 8, 3)),
        ("IKC De Brêge", date(2026, 8, 4), None),
    ]


def test_pupils_keep_years_without_school_out_and_fewer_than_5_apart(duo):
    import_duo(duo)

    def stored(code):
        counts = PupilCount.objects.filter(ikc__brin_location=code).order_by("year")
        return [(count.year, count.pupils, count.fewer_than_5) for count in counts]

    assert stored("01AA00")[0] == (2021, 120, False)
    assert stored("01AB00") == [
        (2019, 33, False), (2020, 21, False), (2021, None, True), (2022, None, True)
    ]  # fmt: skip


def test_a_corrected_figure_replaces_the_stored_one(duo):
    import_duo(duo)
    file = duo / "duo_pupils.csv"
    text = file.read_text(encoding="utf-8-sig").replace(";152", ";0", 1)
    file.write_text(text, encoding="utf-8-sig")

    import_duo(file)

    count = PupilCount.objects.get(ikc__brin_location="01AA00", year=2025)
    assert (count.pupils, count.fewer_than_5) == (0, False)
    assert PupilCount.objects.count() == 9


def test_a_dry_run_shows_everything_and_keeps_nothing(duo, capsys):
    import_duo(duo, dry_run=True)

    out = capsys.readouterr().out
    assert "3 nieuw" in out
    assert "er is niets bewaard" in out
    assert not Ikc.objects.exists()
    assert not Organisation.objects.exists()


def test_bad_rows_are_told_and_the_rest_is_kept(duo, capsys):
    file = duo / "duo_locations.csv"
    file.write_bytes(file.read_bytes().replace(b"1234 AC", b"12"))

    with pytest.raises(CommandError, match="1 regels zijn overgeslagen"):
        import_duo(file)

    assert "regel 3, kolom POSTCODE: ‘12’ is geen postcode" in capsys.readouterr().out
    assert Ikc.objects.count() == 2


def test_one_unreadable_file_in_the_folder_and_nothing_is_kept(duo):
    (duo / "zz.csv").write_bytes(b"\xff\xfeV\x00")

    with pytest.raises(CommandError, match="niets bewaard"):
        import_duo(duo)

    assert not Ikc.objects.exists()


def test_other_files_in_a_folder_are_passed_by_and_refused_by_name(duo, capsys):
    other = duo / "notes.csv"
    other.write_text("a;b\n1;2\n", encoding="utf-8")

    import_duo(duo)
    assert "notes.csv: overgeslagen" in capsys.readouterr().out
    with pytest.raises(CommandError, match="geen bestand dat dit commando kent"):
        import_duo(other)


@pytest.mark.parametrize("municipality", ["80", "GM0080", "abcd"])
def test_a_municipality_has_four_digits(duo, municipality):
    with pytest.raises(CommandError, match="vier cijfers"):
        call_command("import_duo", str(duo), municipality=municipality)


def test_a_path_that_leads_nowhere(tmp_path):
    with pytest.raises(CommandError, match="bestaat niet"):
        import_duo(tmp_path / "nothing")
    with pytest.raises(CommandError, match=r"staat geen bestand op \.csv"):
        import_duo(tmp_path)


def test_an_import_leaves_what_the_municipality_decided_alone(duo):
    board = OrganisationFactory(board_number="49001", name="Stichting De Brug")
    ikc = IkcFactory(
        brin_location="01AA00", name="Oude naam", board=board, form=Ikc.Form.AREA, note="let op"
    )

    import_duo(duo)

    ikc.refresh_from_db()
    assert (ikc.form, ikc.note, ikc.board) == (Ikc.Form.AREA, "let op", board)
    assert ikc.name == "IKC De Brêge"


def test_another_board_ends_the_former_and_what_somebody_recorded_later_stays(duo):
    former, by_hand = OrganisationFactory(), OrganisationFactory()
    ikc = IkcFactory(brin_location="01AA00", board=former)
    later = IkcFactory(brin_location="01AB00", board=by_hand)
    IkcBoard.objects.create(
        ikc=later, organisation=by_hand, valid_from=date(2026, 8, 5), source="besluit"
    )

    import_duo(duo / "duo_locations.csv")

    ikc.refresh_from_db()
    later.refresh_from_db()
    rows = ikc.boards.order_by("valid_until").values_list(
        "organisation", "valid_from", "valid_until"
    )
    assert list(rows) == [
        (former.pk, None, date(2026, 8, 3)),
        (ikc.board_id, date(2026, 8, 4), None),
    ]
    assert ikc.board != former
    assert (later.board, later.boards.count()) == (by_hand, 1)
    event = events_of(ikc).get(verb="ikc.board_changed")
    assert str(former) in event.reason


def test_two_names_on_one_day_are_an_error_of_the_row():
    stand_on, at = date(2021, 10, 1), timezone.now()
    data = (FIXTURES / "duo_locations_2021-10-01.csv").read_bytes()
    import_locations(parse_locations(data, municipality="1999"), stand_on=stand_on, at=at)
    other = data.replace("Brêgeskoalle".encode("cp1252"), b"Een andere naam")

    report = import_locations(parse_locations(other, municipality="1999"), stand_on=stand_on, at=at)

    assert [(error.line, error.column) for error in report.errors] == [(2, "VESTIGINGSNAAM")]
    assert Ikc.objects.get(brin_location="01AA00").name == "Brêgeskoalle"


class TestNameHistory:
    """`observe_name` on the history A (from 2020), B (from 2024)."""

    @pytest.fixture
    def ikc(self):
        return IkcFactory(name="B")

    @pytest.fixture
    def names(self, ikc):
        return [
            IkcNameFactory(
                ikc=ikc, name="A", valid_from=date(2020, 1, 1), valid_until=date(2023, 12, 31)
            ),
            IkcNameFactory(ikc=ikc, name="B", valid_from=date(2024, 1, 1)),
        ]

    @pytest.mark.parametrize(
        ("name", "on", "history"),
        [
            ("A", date(2021, 1, 1), ["2020 A", "2024 B"]),
            ("B", date(2025, 1, 1), ["2020 A", "2024 B"]),
            ("B", date(2022, 1, 1), ["2020 A", "2022 B"]),
            ("A", date(2019, 1, 1), ["2019 A", "2024 B"]),
            ("C", date(2019, 1, 1), ["2019 C", "2020 A", "2024 B"]),
            ("C", date(2022, 1, 1), ["2020 A", "2022 C", "2024 B"]),
            ("C", date(2025, 1, 1), ["2020 A", "2024 B", "2025 C"]),
        ],
    )
    def test_an_observation_finds_its_place(self, ikc, names, name, on, history):
        observe_name(ikc, names, name=name, on=on, source="lijst")

        stored = list(IkcName.objects.filter(ikc=ikc).order_by("valid_from"))
        assert [f"{row.valid_from:%Y} {row.name}" for row in stored] == history
        assert [row.name for row in names] == [row.name for row in stored]
        assert stored[-1].valid_until is None

    def test_a_second_name_on_the_same_day_is_refused(self, ikc, names):
        with pytest.raises(NameConflict):
            observe_name(ikc, names, name="C", on=date(2024, 1, 1), source="lijst")


# --- CBS


@pytest.fixture
def cbs(tmp_path) -> Path:
    return copies(tmp_path, "cbs_wijken_2024.geojson", "cbs_kwb2024_wijken.csv")


def test_outlines_and_figures_meet_in_one_district(cbs, capsys):
    import_cbs(cbs)
    import_cbs(cbs)

    out = capsys.readouterr().out
    district = District.objects.get(code="WK199911", year=2024)
    assert (district.name, district.inhabitants, district.dwellings) == (
        "Nijlân & De Kade", 4000, None
    )  # fmt: skip
    assert len(district.outline) == 2
    assert "CBS, kerncijfers" in district.source
    assert "kaart" in district.source
    assert out.count("0 nieuw, 0 gewijzigd, 2 ongewijzigd") == 2
    assert "samen 10015 inwoners, de gemeente 10010; dat is afronding door het CBS" in out


def test_a_difference_that_rounding_can_not_explain_is_warned_of(cbs, capsys):
    file = cbs / "cbs_kwb2024_wijken.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("10010", "12000"), encoding="utf-8")

    import_cbs(file)

    assert "meer dan afronding" in capsys.readouterr().out


def test_the_same_code_in_another_year_is_another_district(cbs):
    import_cbs(cbs)
    figures = cbs / "kwb.csv"
    shutil.copy(cbs / "cbs_kwb2024_wijken.csv", figures)

    import_cbs(figures, year=2026)

    assert District.objects.filter(code="WK199910").count() == 2


def test_figures_without_a_year_are_refused(cbs):
    figures = cbs / "kwb.csv"
    shutil.copy(cbs / "cbs_kwb2024_wijken.csv", figures)

    with pytest.raises(CommandError, match="noemt geen jaar"):
        import_cbs(figures)


# --- the genuine files, by path


def _folder(variable: str) -> Path:
    folder = os.environ.get(variable)
    if not folder:
        pytest.skip(f"{variable} is not set")
    return Path(folder)


@pytest.mark.realdata
def test_the_genuine_files_of_duo(capsys):
    folder = _folder("KVK2_DUO_DIR")
    call_command("import_duo", str(folder), date=date(2026, 8, 4))
    first = (Ikc.objects.count(), IkcName.objects.count(), PupilCount.objects.count())
    assert min(first) > 0
    capsys.readouterr()

    call_command("import_duo", str(folder), date=date(2026, 8, 4))

    assert (Ikc.objects.count(), IkcName.objects.count(), PupilCount.objects.count()) == first
    out = capsys.readouterr().out
    assert out.count("0 nieuw, 0 gewijzigd") == out.count("met een fout")
    assert out.count(", 0 met een fout") == out.count("met een fout")


@pytest.mark.realdata
def test_the_genuine_files_of_cbs(capsys):
    folder = _folder("KVK2_CBS_DIR")
    call_command("import_cbs", str(folder))
    districts = District.objects.count()
    assert districts > 0
    capsys.readouterr()

    call_command("import_cbs", str(folder))

    assert District.objects.count() == districts
    assert "gewijzigd" in capsys.readouterr().out
