"""Nobody computes a hidden figure from everything that they may read: tried on the real exports, laid side by side.

The attacker reads every file and page of one kind of reader, over all tables and years. What one of them shows is known;
of the rest the attacker knows how many children there are and what all IKCs are together.
"""

import csv
import html
import io
import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from agreements.models import AgreedIndicator
from ikc.tests.factories import UserFactory
from monitoring import shielding
from monitoring.explain import LABELS
from monitoring.models import AnnualReport, Measurement
from monitoring.services import measuring
from monitoring.services.measuring import Figure
from monitoring.small_numbers import hides_percentage
from monitoring.status import (
    COLOURS,
    KVK_1,
    Agreed,
    Direction,
    MeasuredPercentage,
    judge_percentage,
)
from monitoring.tests.factories import AT, open_cycle, ordered, planned_cycle
from monitoring.tests.test_report_life import drawn, make_all  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
STATUSES = {label.text: status for status, label in LABELS.items()}
# part and whole: small, almost all, none, all, and figures that are no secret
FIGURES = ((2, 24), (22, 24), (12, 24), (0, 24), (14, 40), (3, 12), (30, 36), (18, 18), (17, 30))


@dataclass
class Told:
    """What the attacker read of one figure."""

    value: set[Decimal] = field(default_factory=set)
    part: set[int] = field(default_factory=set)
    colours: set = field(default_factory=set)
    where: set[str] = field(default_factory=set)  # for who reads a failure


def percentages():
    return AgreedIndicator.objects.filter(
        definition_version__definition__type="percentage"
    ).select_related("definition_version__definition", "version")


def entered(cycle, dice):
    by = UserFactory(researcher=True)
    for return_ in cycle.returns.select_related("cycle__ruleset", "version", "agreement__ikc"):
        for indicator in percentages().filter(version=return_.version_id).order_by("pk"):
            part, whole = dice.choice(FIGURES)
            figure = Figure(
                numerator=part, denominator=whole, note=f"Het zijn er {part} van {whole}."
            )
            measuring.enter_figure(return_, indicator, figure, by=by, at=AT)


@pytest.fixture(params=[2, 5])
def batch(request, drawn):  # noqa: F811
    """Two years of three IKCs, with reports of both."""
    dice = random.Random(request.param)
    first = open_cycle(agreements=3, index=3)
    entered(first, dice)
    make_all(ordered(first))
    second = measuring.open_cycle(planned_cycle(4), by=None, at=AT)
    entered(second, dice)
    batch = ordered(second)
    make_all(batch)
    AnnualReport.objects.filter(kind="public").update(
        stage="replaced", published_at=AT
    )  # as published once: anybody may read it
    return batch


class Attacker:
    """Reads what one user may read, and notes each figure by IKC, code of the indicator, and year."""

    def __init__(self, client, user):
        self.client, self.told, self.texts = client, defaultdict(Told), []
        if user:
            client.force_login(user)

    def get(self, name, *args, **query):
        self.page = f"{name} {args} {query.get('form', '')}"
        answer = self.client.get(reverse(f"monitoring:{name}", args=args), query)
        assert answer.status_code == 200, (name, args)
        return answer.content.decode()

    def note(self, ikc, code, year, *, value=None, part=None, status=None):
        told = self.told[ikc, code, year]
        if value or part or status:
            told.where.add(f"{self.page}: {value} {part} {status}")
        if value not in (None, ""):
            told.value.add(Decimal(str(value).replace(",", ".")).normalize())
        if part not in (None, ""):
            told.part.add(int(part))
        if status is not None:
            told.colours.add(status)

    def read_reports(self, public=False):
        reports = AnnualReport.objects.order_by("pk")
        prefix = "public_report" if public else "report"
        for report in reports.filter(kind="public") if public else reports:
            data = json.loads(self.get(f"{prefix}_data", report.pk, "json"))
            labels = {row["index"]: row["label"] for row in data["programme"]["years"]}
            self._json(report.kind, data, labels)
            self._csv(self.get(f"{prefix}_data", report.pk, "csv"))
            page = "public_report" if public else "report_read"
            self.texts.append(words_of(self.get(page, report.pk)))

    def _json(self, kind, data, labels):
        ikcs = {"ikc": lambda: [(data["ikc"]["name"], data["goals"])]}.get(
            kind,
            lambda: [
                (row["name"], row["goals"]) for row in data.get("ikcs", []) if kind != "public"
            ],
        )()
        for name, goals in ikcs:
            for item in (item for goal in goals for item in goal["indicators"]):
                for row in item["years"]:
                    self.note(
                        name,
                        item["code"],
                        labels[row["year"]],
                        value=row["value"],
                        part=row["numerator"],
                        status=row["status"],
                    )
        self.texts.append(json.dumps([row.get("text") for row in data.get("quality", [])]))

    def _csv(self, text):
        for row in rows_of(text):
            if "ikc" in row:
                self.note(
                    row["ikc"],
                    row["code"],
                    row["schooljaar"],
                    value=row["gemeten"],
                    part=row["teller"],
                )
                self.note(
                    row["ikc"], row["code"], row["schooljaar"], status=STATUSES[row["status"]]
                )

    def read_dashboards(self):
        definitions = percentages().values_list(
            "definition_version__definition", "definition_version__definition__code"
        )
        for key, code in definitions.distinct():
            for row in rows_of(self.get("dashboard", definition=key, export="csv")):
                status = STATUSES.get(row["Status"])
                self.note(row["IKC"], code, row["Jaar"], value=row["Gemeten"], status=status)
            drawing = self.get("dashboard", definition=key, beeld="indicator", vorm="svg")
            self.texts.append(words_of(drawing))

    def read_screens(self, batch):
        self.read_dashboards()
        for return_ in batch.cycle.returns.select_related("cycle__year", "version"):
            self.texts.append(words_of(self.get("return_detail", return_.pk)))
            self.texts.append(words_of(self.get("ikc_figures", return_.agreement.ikc_id)))
        # two definitions of the factories have one name: the lines stand in the order of the agreement
        lines = defaultdict(list)
        for row in rows_of(self.get("cycle_export", batch.cycle_id)):
            lines[row["IKC"]].append(row)
        for return_ in batch.cycle.returns.select_related("version"):
            ikc = return_.version.ikc_name
            agreed = AgreedIndicator.objects.filter(version=return_.version_id).order_by(
                "result__goal__order", "result__number", "pk"
            )
            codes = agreed.values_list("definition_version__definition__code", flat=True)
            for code, row in zip(codes, lines[ikc], strict=True):
                year, status = str(batch.cycle.year), STATUSES.get(row["Status"])
                self.note(ikc, code, year, value=row["Waarde"], status=status)


def rows_of(text: str):
    return csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def options(row: Measurement, told: Told) -> set[int]:
    """What the part may be, with every colour that was told."""
    whole, version = row.denominator, row.definition_version
    small = hides_percentage(row.numerator, whole, min_n=version.min_n)
    indicator = percentages().get(series_key=row.series_key)
    target = indicator.targets.get(year=row.of_return.cycle.year_id).value
    agreed = Agreed(
        direction=Direction(version.definition.direction.upper()),
        target=target,
        baseline=indicator.baseline_number,
        tol=indicator.tolerance,
        decimals=version.definition.decimals,
    )
    colours = told.colours & {status.value for status in COLOURS}

    def fits(part):
        judged = judge_percentage(agreed, MeasuredPercentage(num=part, den=whole), KVK_1).status
        return not colours or {judged.value} == colours

    return {
        part
        for part in range(whole + 1)
        if hides_percentage(part, whole, min_n=version.min_n) == small and fits(part)
    }


def found_by(attacker: Attacker) -> list[str]:
    """The hidden figures that the attacker knows for certain."""
    tables = defaultdict(list)
    for row in Measurement.objects.select_related(
        "of_return__version", "of_return__cycle__year", "definition_version__definition"
    ):
        if row.numerator is None:
            continue
        key = (
            row.of_return.version.ikc_name,
            row.definition_version.definition.code,
            str(row.of_return.cycle.year),
        )
        tables[key[1:]].append((row, attacker.told.get(key, Told())))
    assert tables
    return [line for (_, year), cells in tables.items() for line in certain_of(year, cells)]


def certain_of(year, cells) -> list[str]:
    """Of one indicator in one year over all IKCs: what is told or can be computed although it is hidden."""
    known = [row for row, told in cells if told.value | told.part]
    hidden = [(row, options(row, told)) for row, told in cells if row not in known]
    certain = [
        f"{row}: {row.numerator} van {row.denominator} staat er: {told.where}"
        for row, told in cells
        if (told.value | told.part)
        and hides_percentage(row.numerator, row.denominator, min_n=row.definition_version.min_n)
    ]
    # with nothing but noughts left, nobody publishes the total either
    has_total = any(row.numerator for row in known)
    total = sum(row.numerator for row, _ in hidden)
    for index, (row, own) in enumerate(hidden):
        others = sums(values for place, (_, values) in enumerate(hidden) if place != index)
        if len({value for value in own if total - value in others} if has_total else own) < 2:
            certain.append(f"{row}: {row.numerator} of {own}: {cells}")
    return certain


def sums(sets) -> set[int]:
    found = {0}
    for values in sets:
        found = {before + value for before in found for value in values}
    return found


def test_no_reader_of_everything_computes_a_hidden_figure(client, batch):
    for user in (UserFactory(development_group=True), UserFactory(auditor=True)):
        attacker = Attacker(client, user)
        attacker.read_reports()
        attacker.read_screens(batch)
        found = found_by(attacker)
        assert not found, "\n".join(found)
        for row in Measurement.objects.exclude(numerator=None):
            key = (
                row.of_return.version.ikc_name,
                row.definition_version.definition.code,
                str(row.of_return.cycle.year),
            )
            if not attacker.told[key].value | attacker.told[key].part:
                said = f"{row.numerator} van {row.denominator}"
                others = Measurement.objects.filter(
                    numerator=row.numerator, denominator=row.denominator
                ).exclude(pk=row.pk)
                if not others.exists():
                    assert not [text for text in attacker.texts if said in text], said


def test_the_rows_that_are_left_out_change_nothing(batch, monkeypatch):
    """The shield looks at few rows of a year: those of every series would give the same."""
    definitions = set(percentages().values_list("definition_version__definition", flat=True))
    with connection.cursor() as cursor:  # past the guards: one indicator without any small figure
        cursor.execute("SET LOCAL session_replication_role = replica")
        rows = Measurement.objects.filter(definition_version__definition=min(definitions))
        rows.update(numerator=14, denominator=40, n=40)
        cursor.execute("SET LOCAL session_replication_role = origin")
    everything = set(Measurement.objects.values_list("series_key", flat=True))
    assert everything - shielding._candidates(definitions)
    few = shielding.shield_of(definitions)
    assert few
    monkeypatch.setattr(shielding, "_candidates", lambda _: everything)
    assert shielding.shield_of(definitions) == few


def test_however_many_small_figures_there_are_each_is_hidden(batch, monkeypatch):
    monkeypatch.setattr(shielding, "MOST", 1)
    rows = [
        row
        for row in Measurement.objects.exclude(numerator=None).select_related(
            "of_return__cycle__year", "definition_version"
        )
        if hides_percentage(row.numerator, row.denominator, min_n=row.definition_version.min_n)
    ]
    tables = Counter((row.definition_version_id, row.of_return.cycle_id) for row in rows)
    assert max(tables.values()) > shielding.MOST
    definitions = {row.definition_version.definition_id for row in rows}
    hidden = {(series, year) for _, series, year in shielding.shield_of(definitions)}
    assert {(row.series_key, row.of_return.cycle.year.index) for row in rows} <= hidden


@pytest.mark.parametrize("role", ["director", "school_board", "childcare_board"])
def test_who_knows_one_ikc_learns_nothing_of_another(client, batch, role):
    """Who knows the own figures could take them off what all IKCs are together: nothing of that may be told."""
    agreement = batch.cycle.returns.order_by("pk")[0].agreement
    ikc = agreement.ikc
    place = {"ikc": ikc} if role == "director" else {"organisation": ikc.board}
    if role == "childcare_board":
        place = {"organisation": ikc.partners.get().organisation}
    attacker = Attacker(client, UserFactory(**{role: True}, **place))
    own = AnnualReport.objects.filter(agreement=agreement)
    others = AnnualReport.objects.exclude(agreement=agreement).exclude(kind="public")
    assert own.exists()
    for report in others:
        for page in (
            reverse("monitoring:report_data", args=[report.pk, "json"]),
            reverse("monitoring:report_read", args=[report.pk]),
        ):
            assert client.get(page).status_code == 404
    attacker.read_reports(public=True)
    attacker.read_dashboards()
    for report in own:
        attacker.texts.append(attacker.get("report_data", report.pk, "csv"))
    names = {row.version.ikc_name for row in batch.cycle.returns.select_related("version")}
    assert {name for name, _, _ in attacker.told} == {ikc.name}
    for name in names - {ikc.name}:
        assert not [text for text in attacker.texts[-own.count() :] if name in text]
    for row in Measurement.objects.exclude(of_return__agreement=agreement).exclude(numerator=None):
        said = f"{row.numerator} van {row.denominator}"
        mine = Measurement.objects.filter(
            of_return__agreement=agreement, numerator=row.numerator, denominator=row.denominator
        )
        if not mine.exists():
            assert not [text for text in attacker.texts if said in text], said


def test_the_public_learns_nothing_of_one_ikc(client, batch):
    attacker = Attacker(client, None)
    attacker.read_reports(public=True)
    assert all(not told.value | told.part for told in attacker.told.values())
    for row in Measurement.objects.exclude(numerator=None):
        assert not [t for t in attacker.texts if f"{row.numerator} van {row.denominator}" in t]
