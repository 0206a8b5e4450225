"""The project's own facts: complete, loaded once, and never in the way of what people changed."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ikc.models import (
    AttentionArea,
    District,
    Ikc,
    IkcName,
    IkcPartner,
    IkcSuccession,
    Organisation,
    PlusStatus,
    PupilCount,
)
from ikc.states import PlusState
from subsidies.models import EarlierGrant, HistoricalRound, SchemeVersion
from subsidies.scheme_sections import SECTIONS
from subsidies.services.schemes import missing_for_force
from subsidies.states import SchemeState

pytestmark = pytest.mark.django_db

FACTS = settings.BASE_DIR / "data" / "leeuwarden"


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(FACTS, tmp_path / "facts"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_leeuwarden_is_complete(capsys):
    call_command("load_leeuwarden")

    assert "locations.csv: 47 nieuw, 0 al aanwezig" in capsys.readouterr().out
    assert District.objects.count() == 22
    assert Organisation.objects.school_boards().count() == 9
    assert Organisation.objects.childcare().count() == 2
    assert PupilCount.objects.filter(year=2025).count() == 45
    plus = PlusStatus.objects.filter(state=PlusState.CANDIDATE, ikc__plus_candidate=True)
    assert plus.filter(ikc__form=Ikc.Form.AREA).count() == 9
    assert HistoricalRound.objects.get(year=2021).amount == Decimal(750_000)
    # what no source tells stays open
    assert not Ikc.objects.exclude(attention_area=None).exists()
    assert not IkcPartner.objects.exists()


def test_seven_attention_areas_with_their_inhabitants():
    call_command("load_leeuwarden")

    areas = AttentionArea.objects.select_related("district")
    assert sorted(area.district.code for area in areas) == [
        "WK008011", "WK008020", "WK008040", "WK008041", "WK008050", "WK008060", "WK008061"
    ]  # fmt: skip
    assert sum(area.district.inhabitants or 0 for area in areas) == 45_650


def test_the_merger_that_nobody_confirmed_is_there_and_says_so():
    call_command("load_leeuwarden")

    merged = Ikc.objects.get(brin_location="15WI00")
    assert IkcSuccession.objects.filter(confirmed=False).count() == 2
    assert "geen bron bevestigt" in merged.note
    assert merged.closed_on is None
    assert max(merged.pupil_counts.values_list("year", flat=True)) == 2019


def test_every_ikc_has_one_running_name_and_it_is_its_own():
    call_command("load_leeuwarden")

    running = dict(IkcName.objects.filter(valid_until=None).values_list("ikc_id", "name"))
    assert running == dict(Ikc.objects.values_list("pk", "name"))


def test_loading_again_changes_nothing_not_even_what_somebody_corrected(capsys):
    call_command("load_leeuwarden")
    Ikc.objects.filter(brin_location="16MB00").update(note="gecontroleerd", form=Ikc.Form.REGULAR)
    Organisation.objects.filter(board_number="35504").update(name="Een echte naam")
    files = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]

    call_command("load_leeuwarden")

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == files
    assert all(": 0 nieuw, " in line for line in lines)
    assert Ikc.objects.get(brin_location="16MB00").note == "gecontroleerd"
    assert Organisation.objects.get(board_number="35504").name == "Een echte naam"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("locations.csv", "41850", "99999"),
        ("names.csv", "03VL00", "99XX99"),
        ("successions.csv", "16HJ00", "99XX99"),
        ("attention_areas.csv", "2024", "2009"),
        ("pupils.csv", "1996,50", "1996,vijftig"),
        ("districts.csv", "5.798,53.207", "5.798"),
        ("locations.csv", "yes", "ja"),
        ("names.csv", "2021-10-01", "1-10-2021"),
        ("organisations.csv", "short_name", "abbreviation"),
        ("historical_rounds.csv", "350000", "veel"),
        ("names.csv", "03VL00,", "03VL00,x,"),
        ("names.csv", "Basisschool", "=Basisschool"),
        ("scheme.toml", "limit = 80", "limit = -80"),
        ("scheme.toml", "citation =", "titel ="),
        ("scheme.toml", "valid_from = 2025-01-01", 'valid_from = "2025"'),
        ("scheme.toml", "[sources.termijnen]", "[sources.weken]"),
        ("scheme.toml", 'kind = "overhead"', 'kind = "overhead'),
    ],
)
def test_one_mistake_and_nothing_is_kept(folder, name, old, new):
    edit(folder / name, old, new)

    with pytest.raises(CommandError, match=name):
        call_command("load_municipality", str(folder))

    assert not Ikc.objects.exists()
    assert not Organisation.objects.exists()


def test_the_scheme_is_a_draft_that_says_what_is_an_assumption():
    call_command("load_leeuwarden")

    version = SchemeVersion.objects.get()
    assert version.state == SchemeState.DRAFT
    assert dict(version.budget_rules.values_list("kind", "limit")) == {
        "hourly_rate": 80,
        "preparation": 40,
        "overhead": 20,
    }
    assert version.legal_bases.filter(publication__contains="CVDR609642").exists()
    unsure = set(version.sources.filter(to_verify=True).values_list("section", flat=True))
    assert unsure == {section.slug for section in SECTIONS} - {"begroting"}
    assert not missing_for_force(version)


def test_a_municipality_may_know_less(folder):
    for name in ("successions.csv", "plus_statuses.csv", "historical_rounds.csv", "scheme.toml"):
        (folder / name).unlink()

    call_command("load_municipality", str(folder))

    assert Ikc.objects.count() == 47
    assert not PlusStatus.objects.exists()


def test_a_folder_without_facts_is_refused(tmp_path):
    with pytest.raises(CommandError, match="organisations"):
        call_command("load_municipality", str(tmp_path))


def test_grants_from_before_the_portal_are_kept_once(folder):
    header = "code,year,name,amount,source\n"
    file = folder / "earlier_grants.csv"
    file.write_text(f"{header}16MB00,2019,KvK-subsidie,50000,archief\n")
    for _ in range(2):
        call_command("load_municipality", str(folder))
    assert EarlierGrant.objects.get().amount == 50_000
    file.write_text(f"{header}99XX99,2019,KvK-subsidie,50000,archief\n")
    with pytest.raises(CommandError, match=r"earlier_grants.csv: er is geen IKC met code 99XX99"):
        call_command("load_municipality", str(folder))
