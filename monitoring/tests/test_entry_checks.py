"""What is refused when a figure is entered, and what is asked about it (monitoring reference 4, 'Entry checks')."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from agreements.tests.factories import (
    AgreementFactory,
    DefinitionVersionFactory,
    indicator_for,
    offer,
    sign_all,
    version_of,
)
from ikc.tests.factories import UserFactory
from kvk2.core.models import StoredFile
from monitoring.demo.paper import SUPPORT_PDF
from monitoring.entry_checks import (
    Asked,
    EntryThresholds,
    PartsOfOne,
    findings,
    is_unlike,
    spread_of,
)
from monitoring.figures import Figure, Part
from monitoring.models import Breakdown, Check, Dimension, Evidence, Measurement, Return
from monitoring.services import checking, concluding, evidence, measuring, returns, spreads
from monitoring.tests.factories import (
    AT,
    filled,
    indicators,
    on_target,
    open_cycle,
    planned_cycle,
    return_of,
)

D = Decimal
RULES = EntryThresholds()


def rules_of(asked: Asked) -> list[str]:
    return [finding.rule for finding in findings(asked, RULES)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"number": D(60), "before": D(50)}, []),  # ten points is not more than ten
        ({"number": D("60.1"), "before": D(50)}, ["jump"]),
        ({"number": D(62), "before": D(50), "tolerance": D(4)}, []),  # three tolerances are more
        ({"number": D(50), "before": D(50)}, ["same_as_last_year"]),
        ({"number": D(52), "before": D(50), "denominator": 125, "denominator_before": 100}, []),
        (
            {"number": D(52), "before": D(50), "denominator": 126, "denominator_before": 100},
            ["group_change"],
        ),
        ({"number": D("0.85")}, ["below_one_percent"]),
        ({"number": D(0)}, []),
        ({"number": D(1)}, []),
        ({"number": None, "before": D(50)}, []),
    ],
)
def test_questions_about_a_percentage(asked, expected):
    assert rules_of(Asked(is_percentage=True, **asked)) == expected


@pytest.mark.parametrize(
    ("now", "expected"), [(D(13), []), (D("13.1"), ["jump"]), (D(7), []), (D("6.9"), ["jump"])]
)
def test_a_count_changes_by_thirty_percent_at_most(now, expected):
    assert rules_of(Asked(number=now, before=D(10))) == expected


def test_a_rule_set_may_ask_otherwise():
    strict = EntryThresholds.from_parameters({"entry_checks": {"jump_points": "5", "z_values": 3}})
    assert (strict.jump_points, strict.z_values, strict.group_share) == (5, 3, RULES.group_share)
    asked = Asked(number=D(56), before=D(50), is_percentage=True)
    assert [finding.rule for finding in findings(asked, strict)] == ["jump"]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([D(50), D(51), D(52), D(53), D(54)], True),
        ([D(50), D(51), D(52), D(53)], False),  # four are too few
        ([D(50)] * 6, False),  # nothing varies: no measure to hold it against
    ],
)
def test_unlike_the_other_ikcs_is_only_asked_with_five_that_vary(others, expected):
    assert is_unlike(D(90), spread_of(others)) is expected


@pytest.mark.parametrize(("exhaustive", "expected"), [(True, ["parts_differ"]), (False, [])])
def test_parts_that_do_not_add_up(exhaustive, expected):
    parts = PartsOfOne(
        dimension="Leeftijd", is_exhaustive=exhaustive, sums=((D(10), D(12)), (D(20), D(20)))
    )
    assert rules_of(Asked(number=D(60), parts=[parts], is_percentage=True)) == expected


# --- with rows

db = pytest.mark.django_db


@pytest.fixture
def return_():
    return return_of(open_cycle())


@pytest.fixture
def researcher(client):
    user = UserFactory(researcher=True)
    client.force_login(user)
    return user


def kind(return_: Return, *, percentage: bool):
    return next(
        row
        for row in indicators(return_)
        if row.definition_version.definition.is_percentage is percentage
    )


@db
@pytest.mark.parametrize(
    ("percentage", "typed", "says"),
    [
        (True, {"numerator": "0,85", "denominator": "24"}, "rekent het percentage uit"),
        (True, {"numerator": "-1", "denominator": "24"}, "nooit negatief"),
        (True, {"numerator": "25", "denominator": "24"}, "groter dan het tweede"),
        (True, {"numerator": "1e9", "denominator": "24"}, "Vul een heel aantal in"),
        (False, {"value": "n.v.t."}, "Kies dan hieronder de reden"),
        (False, {"value": "NaN"}, "Kies dan hieronder de reden"),
        (False, {"value": "1e9"}, "Kies dan hieronder de reden"),
        (False, {"value": "-3"}, "minstens 0"),
        (False, {"value": "101"}, "hoogstens 100"),
        (False, {"value": "5", "reference_date": "1-3-2020"}, "De peildatum ligt niet in"),
        (False, {"value": ""}, "Vul de gemeten waarde in"),
    ],
)
def test_bad_input_is_refused_in_words(client, researcher, return_, percentage, typed, says):
    indicator = kind(return_, percentage=percentage)
    response = client.post(
        reverse("monitoring:figure_edit", args=[return_.pk, indicator.pk]), typed
    )
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not Measurement.objects.exists()


@db
def test_a_dutch_decimal_is_fine(client, researcher, return_):
    indicator = kind(return_, percentage=False)
    url = reverse("monitoring:figure_edit", args=[return_.pk, indicator.pk])
    assert client.post(url, {"value": "12,5", "n": "8"}).status_code == 302
    row = Measurement.objects.get()
    assert (row.value, row.n, row.data_status) == (D("12.5"), 8, "definitive")


@db
@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e9"])
def test_the_service_refuses_what_is_no_figure_whoever_brings_it(return_, value):
    with pytest.raises(checking.FigureRefused) as refusal:
        measuring.enter_figure(
            return_,
            kind(return_, percentage=False),
            Figure(value=D(value)),
            by=UserFactory(),
            at=AT,
        )
    assert refusal.value.field == "value"


@db
def test_a_series_comes_once_in_a_batch(return_):
    one = indicators(return_)[0]
    figure = on_target(return_, one)
    with pytest.raises(checking.FigureRefused, match="twee keer") as refusal:
        measuring.enter_figures(return_, [(one, figure), (one, figure)], by=UserFactory(), at=AT)
    assert refusal.value.indicator == one


@db
def test_a_question_blocks_until_somebody_answers_it(return_):
    by = UserFactory(researcher=True)
    filled(return_, by)
    one = kind(return_, percentage=True)
    measuring.enter_figure(return_, one, Figure(numerator=1, denominator=200), by=by, at=AT)
    check = Check.objects.get()
    assert (check.rule, check.message) == (
        "below_one_percent",
        "Het percentage ligt tussen 0 en 1. Bedoelde u 50%?",
    )
    with pytest.raises(measuring.ReturnIncomplete, match="Licht dit toe"):
        returns.submit_return(return_, by=by, at=AT)
    concluding.explain_no_action(return_, one.result, reason="Loopt al.", by=by, at=AT)
    with pytest.raises(DatabaseError, match="question about a figure"), transaction.atomic():
        Return.objects.filter(pk=return_.pk).update(
            state="submitted", submitted_at=AT, submitted_by=by
        )
    measuring.enter_figure(
        return_, one, Figure(numerator=1, denominator=200, note="Eén kind."), by=by, at=AT
    )
    assert Check.objects.get().acknowledged_by == by
    returns.submit_return(return_, by=by, at=AT)
    with pytest.raises(DatabaseError, match="filed figure"), transaction.atomic():
        Check.objects.update(explanation="", acknowledged_by=None)


# --- parts of a figure


@pytest.fixture
def ages(return_):
    """Two groups that together are all children, for the first percentage."""
    one = kind(return_, percentage=True)
    dimension = Dimension.objects.create(code="leeftijd", name="Leeftijd")
    dimension.definitions.add(one.definition_version.definition)
    return [
        dimension.categories.create(code=code, name=code, order=order)
        for order, code in enumerate(("0-3", "4-12"))
    ]


def part(category, numerator, denominator):
    return Part(category=category.pk, numerator=numerator, denominator=denominator)


@db
def test_a_breakdown_is_kept_and_never_more_than_the_whole(return_, ages):
    one, by = kind(return_, percentage=True), UserFactory(researcher=True)
    parts = (part(ages[0], 10, 20), part(ages[1], 9, 20))
    figure = Figure(numerator=19, denominator=40, parts=parts)
    measuring.enter_figure(return_, one, figure, by=by, at=AT)
    assert Breakdown.objects.count() == 2
    assert not Check.objects.exists()
    # what says nothing of the parts leaves them, and is held against them
    with pytest.raises(checking.FigureRefused, match="meer dan het geheel"):
        measuring.enter_figure(return_, one, Figure(numerator=18, denominator=40), by=by, at=AT)
    measuring.enter_figure(return_, one, Figure(numerator=21, denominator=40), by=by, at=AT)
    assert [check.rule for check in Check.objects.all()] == ["parts_differ"]
    for change in (
        lambda: Breakdown.objects.update(numerator=20),
        lambda: Measurement.objects.update(numerator=3),
        lambda: Breakdown.objects.update(denominator=21),
    ):
        with pytest.raises(DatabaseError, match="more than the whole"), transaction.atomic():
            change()


@db
def test_the_screen_takes_a_breakdown(client, researcher, return_, ages):
    one = kind(return_, percentage=True)
    url = reverse("monitoring:figure_edit", args=[return_.pk, one.pk])
    assert "Uitsplitsing naar leeftijd" in client.get(url).content.decode()
    typed = {"numerator": "19", "denominator": "40"}
    for category, numerator in zip(ages, ("10", "30"), strict=True):
        typed[f"part-{category.pk}-numerator"] = numerator
        typed[f"part-{category.pk}-denominator"] = "20" if numerator == "10" else "30"
    response = client.post(url, typed)
    assert response.status_code == 422
    assert "meer dan het geheel" in response.content.decode()
    typed[f"part-{ages[1].pk}-numerator"], typed[f"part-{ages[1].pk}-denominator"] = "9", "20"
    assert client.post(url, typed).status_code == 302
    assert 'value="9"' in client.get(url).content.decode()


# --- evidence


@pytest.fixture
def reached():
    """A return with a milestone that was reached in time, and its indicator."""
    version = version_of(AgreementFactory(complete=True))
    indicator = indicator_for(
        version.results.order_by("pk")[0], DefinitionVersionFactory(definition__milestone=True)
    )
    sign_all(offer(version))
    return_ = return_of(measuring.open_cycle(planned_cycle(), by=None, at=AT))
    figure = Figure(reached_on=date(2025, 6, 1), source="brief van de GGD")
    measuring.enter_figure(return_, indicator, figure, by=UserFactory(researcher=True), at=AT)
    return return_, indicator


@db
def test_a_milestone_is_reached_only_with_evidence(reached):
    return_, indicator = reached
    by = UserFactory(researcher=True)
    assert [check.severity for check in Check.objects.all()] == ["error"]
    assert status(return_, indicator) != "GREEN"
    file = evidence.NewEvidence("vignet.pdf", SUPPORT_PDF, "Vignet")
    row = evidence.add_evidence(return_, indicator, file, by=by, at=AT)
    assert not Check.objects.exists()
    assert status(return_, indicator) == "GREEN"
    evidence.remove_evidence(row, indicator, by=by, at=AT)
    assert Check.objects.exists()


def status(return_: Return, indicator) -> str:
    return return_.results.get(series_key=indicator.series_key).status


@db
def test_evidence_is_uploaded_looked_at_and_seen_by_whom_may_see_it(client, reached):
    return_, indicator = reached
    client.force_login(UserFactory(director=True, ikc=return_.agreement.ikc))
    url = reverse("monitoring:evidence_add", args=[return_.pk, indicator.pk])
    sent = {"title": "Vignet", "confidentiality": "confidential"}
    program = SimpleUploadedFile("vignet.pdf", b"MZ program")
    refused = client.post(url, {**sent, "file": program})
    assert refused.status_code == 422
    assert "geen PDF-bestand" in refused.content.decode()
    file = SimpleUploadedFile("vignet.pdf", SUPPORT_PDF)
    assert client.post(url, {**sent, "file": file}).status_code == 302
    row = Evidence.objects.get()
    assert row.stored.scan_state == "pending"
    StoredFile.objects.update(scan_state="clean", scanned_at=AT, scan_due_at=None)
    opened = reverse("monitoring:evidence_file", args=[row.pk])
    assert client.get(opened)["Content-Disposition"].startswith("attachment")
    client.force_login(UserFactory(project_leader=True))
    assert client.get(opened).status_code == 404  # confidential: not for the municipality
    client.force_login(UserFactory(director=True))
    assert client.get(opened).status_code == 404


@db
def test_filed_evidence_stays_and_goes_with_the_revision(reached):
    return_, indicator = reached
    by = UserFactory(researcher=True)
    file = evidence.NewEvidence("vignet.pdf", SUPPORT_PDF, "Vignet")
    row = evidence.add_evidence(return_, indicator, file, by=by, at=AT)
    for one in indicators(return_):
        if one.pk != indicator.pk:
            measuring.enter_figure(return_, one, on_target(return_, one), by=by, at=AT)
    returns.submit_return(return_, by=by, at=AT)
    with pytest.raises(DatabaseError, match="filed figure"), transaction.atomic():
        Evidence.objects.all().delete()
    returns.send_back(return_, reason="Welke dag?", by=UserFactory(researcher=True), at=AT)
    with pytest.raises(evidence.EvidenceRefused, match="blijft"):
        evidence.remove_evidence(row, indicator, by=by, at=AT)
    again = Figure(reached_on=date(2025, 6, 2), source="brief van de GGD")
    measuring.enter_figure(return_, indicator, again, by=by, at=AT)
    now = return_.measurements.get(series_key=indicator.series_key)
    assert (now.revision, now.has_evidence) == (2, True)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        Evidence.objects.filter(pk=row.pk).update(title="anders")


@pytest.mark.django_db
@pytest.mark.parametrize("few", [100, 0])
def test_the_database_tells_the_middle_of_many_as_of_few(monkeypatch, few):
    """Of many IKCs the own figure is among them; asked by a file, the whole year is read once."""
    monkeypatch.setattr(spreads, "FEW", few)
    cycle = open_cycle(agreements=4)
    rows = list(cycle.returns.select_related("cycle__ruleset", "version", "agreement__ikc"))
    by = UserFactory(researcher=True)
    counted = []
    for return_, numerator in zip(rows, (10, 13, 19, 24), strict=True):
        one = percentage(return_)
        figure = Figure(numerator=numerator, denominator=30, note="geteld")
        measuring.enter_figure(return_, one, figure, by=by, at=AT)
        counted.append(D(str(numerator / 30 * 100)))
    definition = percentage(rows[0]).definition_version.definition_id
    found = spreads.spreads_beside(rows[0], {definition})[definition]
    expected = spread_of(counted if few == 0 else counted[1:])
    assert (found.count, round(found.middle, 8), round(found.deviation, 8)) == (
        expected.count,
        round(expected.middle, 8),
        round(expected.deviation, 8),
    )
    assert (spreads.spreads_of_many(cycle) is None) == (few > 0)


def percentage(return_):
    return next(
        one for one in indicators(return_) if one.definition_version.definition.is_percentage
    )
