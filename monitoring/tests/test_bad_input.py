"""Every kind of bad input, by screen, by file and by machine, written out: which field is named, and in which words."""

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements.services.library import Way, add_definition_version
from ikc.tests.factories import UserFactory
from monitoring.models import Measurement, MonitoringCycle
from monitoring.services import api_tokens, figure_files
from monitoring.tests.factories import AT, indicators, open_cycle, return_of, submitted
from monitoring.tests.figure_sheets import KEY, book_of, filled_file

pytestmark = pytest.mark.django_db
PERCENTAGE, NUMBER = 0, 1  # which indicator of the agreement
TITLES = {
    "numerator": ("Teller", "teller"), "denominator": ("Noemer", "noemer"), "value": ("Waarde", "waarde"),
    "reference_date": ("Peildatum", "peildatum"), "note": ("Toelichting", "toelichting"),
    "missing_reason": ("Geen cijfer, omdat", "reden"),
}  # fmt: skip

# kind: (indicator, what is typed by field, the field that is named, a word of the sentence per way: screen, file, machine)
REFUSED = {
    "numerator above denominator": (
        PERCENTAGE, {"numerator": 25, "denominator": 24}, "numerator", ("groter",) * 3),
    "0,85 for 85% as a count": (
        PERCENTAGE, {"numerator": "0,85", "denominator": 20}, "numerator", ("heel aantal",) * 3),
    "n.v.t.": (NUMBER, {"value": "n.v.t."}, "value", ("getal", "geen getal", "geen getal")),
    "NaN": (NUMBER, {"value": "NaN"}, "value", ("getal", "geen getal", "geen getal")),
    "1e9": (NUMBER, {"value": "1e9"}, "value", ("getal", "geen getal", "geen getal")),
    "negative value": (NUMBER, {"value": "-3"}, "value", ("lager",) * 3),
    "negative count": (
        PERCENTAGE, {"numerator": -1, "denominator": 9}, "numerator", ("negatief", "van 0", "van 0")),
    "too many decimals": (NUMBER, {"value": "1,23456"}, "value", ("cijfers achter", "decimalen", "decimalen")),
    "a year out of range": (
        PERCENTAGE, {"numerator": 1, "denominator": 9, "reference_date": "1-2-1925"}, "reference_date",
        ("1925",) * 3),
    "a day to come": (
        PERCENTAGE, {"numerator": 1, "denominator": 9, "reference_date": "1-2-2099"}, "reference_date",
        ("toekomst",) * 3),
    "a figure and a reason": (
        NUMBER, {"value": "3", "missing_reason": "NOT_MEASURED"}, "missing_reason", ("één van beide",) * 3),
    "a citizen number": (
        NUMBER, {"value": "3", "note": "kind 111222333"}, "note",
        ("burgerservicenummer", None, "burgerservicenummer")),
}  # fmt: skip
ACCEPTED = {
    "12,5": (NUMBER, {"value": "12,5"}, "12.5000"),
    "12.5": (NUMBER, {"value": 12.5}, "12.5000"),
    "nought": (NUMBER, {"value": 0}, "0.0000"),
}


@pytest.fixture
def researcher():
    return UserFactory(researcher=True)


@pytest.fixture
def return_():
    cycle = open_cycle()
    MonitoringCycle.objects.filter(pk=cycle.pk).update(submit_by="2099-10-15")
    return return_of(cycle)


@pytest.fixture
def by_screen(client, researcher, return_):
    """Types it on the page of the indicator: the field and the words of the error, or None."""
    client.force_login(researcher)

    def send(number, typed):
        one = indicators(return_)[number]
        url = reverse("monitoring:figure_edit", args=[return_.pk, one.pk])
        answer = client.post(url, {name: str(value) for name, value in typed.items()})
        if answer.status_code == 302:
            return None
        assert answer.status_code == 422
        errors = answer.context["form"].errors
        return {field: " ".join(told) for field, told in errors.items()}

    return send


@pytest.fixture
def by_file(researcher, return_):
    def send(number, typed):
        content = filled_file(return_.cycle, {number + 2: typed})
        batch = figure_files.upload(return_.cycle, "c.xlsx", content, by=researcher, at=AT)
        figure_files.check(batch, at=AT)
        row = batch.rows.get(line=number + 2)
        if row.outcome == "same":
            return None
        if row.outcome != "error":
            figure_files.confirm(batch, skip_errors=False, by=researcher, at=AT)
            figure_files.apply_some(figure_files._lock(batch), at=AT)
            return None
        return {row.field: row.message}

    return send


@pytest.fixture
def by_machine(client, researcher, return_):
    _, key = api_tokens.make_token(
        return_.cycle,
        holder=researcher,
        name="x",
        expires_on=timezone.localdate() + timedelta(days=3),
        by=UserFactory(project_leader=True),
        at=timezone.now(),
    )

    def send(number, typed):
        series = str(indicators(return_)[number].series_key)
        facts = {TITLES[name][1]: value for name, value in typed.items()}
        answer = client.post(
            f"/api/v1/afspraken/{return_.pk}/metingen",
            data=json.dumps({"metingen": [{"reeks": series, **facts}]}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": uuid.uuid4().hex},
        )
        if answer.status_code == 201:
            return None
        told = answer.json()
        return {one["field"].rpartition(".")[2]: one["detail"] for one in told["errors"]} or {
            "": told["detail"]
        }

    return send


def sentence(told, field: str, words: str) -> bool:
    return told is not None and any(word in told.get(field, "") for word in words.split("|"))


def test_by_screen(by_screen):
    wrong = {}
    for kind, (number, typed, field, (words, _, _)) in REFUSED.items():
        told = by_screen(number, typed)
        if not sentence(told, field, words):
            wrong[kind] = told
    assert wrong == {}
    assert not Measurement.objects.exists()
    for number, typed, kept in ACCEPTED.values():
        assert by_screen(number, typed) is None
        assert str(Measurement.objects.get().value) == kept


def test_by_file(by_file, return_):
    wrong = {}
    for kind, (number, typed, field, (_, words, _)) in REFUSED.items():
        if words is None:  # the whole file is refused: see test_figure_files
            continue
        told = by_file(number, typed)
        if not sentence(told, TITLES[field][0], words):
            wrong[kind] = told
    assert wrong == {}
    assert not Measurement.objects.exists()
    for number, typed, kept in ACCEPTED.values():
        assert by_file(number, typed) is None
        assert str(Measurement.objects.get().value) == kept
    percentage = by_file(PERCENTAGE, {"value": "0,85"})
    assert "Bedoelde u 85%?" in percentage["Waarde"]
    twice = filled_file(
        return_.cycle,
        {2: {"numerator": 1, "denominator": 9}, 3: {KEY: book_of(return_.cycle)["Cijfers"].cell(2, 1).value, "value": None, "numerator": 1, "denominator": 9}},
    )  # fmt: skip
    batch = figure_files.upload(
        return_.cycle, "d.xlsx", twice, by=UserFactory(researcher=True), at=AT
    )
    figure_files.check(batch, at=AT)
    assert "regel 2" in batch.rows.get(line=3).message


def test_by_machine(by_machine):
    wrong = {}
    for kind, (number, typed, field, (_, _, words)) in REFUSED.items():
        told = by_machine(number, typed)
        if not sentence(told, TITLES[field][1], words):
            wrong[kind] = told
    assert wrong == {}
    assert not Measurement.objects.exists()
    for number, typed, kept in ACCEPTED.values():
        assert by_machine(number, typed) is None
        assert str(Measurement.objects.get().value) == kept
    assert "Bedoelde u 85%?" in by_machine(PERCENTAGE, {"value": "0,85"})["waarde"]


def test_a_locked_period_by_all_three(client, by_file, by_machine, return_, researcher):
    submitted(return_, researcher)
    client.force_login(researcher)
    one = indicators(return_)[NUMBER]
    screen = reverse("monitoring:figure_edit", args=[return_.pk, one.pk])
    assert client.post(screen, {"value": "3"}).status_code == 403
    assert "ingediend" in by_file(NUMBER, {"value": 3, "note": "x"})["Sleutel"]
    assert "wijzigen" in by_machine(NUMBER, {"value": 3})[""]


def test_after_a_break_of_the_series_no_way_gives_a_colour(by_screen, by_file, by_machine, return_):
    """The figure is kept with the definition of its own year, and told to be incomparable (monitoring reference 4)."""
    definition = indicators(return_)[NUMBER].definition_version.definition
    way = Way(text="Anders geteld.", source="bureau", valid_from=return_.cycle.year.start)
    new = add_definition_version(
        definition, way=way, break_reason="Andere peildatum.", by=None, at=AT
    )
    for number, send in enumerate((by_screen, by_file, by_machine), 3):
        assert send(NUMBER, {"value": number, "note": "x"}) is None
        result = return_.results.get()
        assert (result.status, result.reason) == ("NOT_COMPARABLE", "METHOD_CHANGED")
        kept = Measurement.objects.get()
        assert (kept.value, kept.definition_version) == (number, new)
