import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ikc.tests.factories import UserFactory
from monitoring.models import Measurement, MonitoringCycle, ReportBatch
from monitoring.services import reports
from monitoring.tests.factories import (
    AT,
    discussed,
    filled,
    in_state,
    indicators,
    open_cycle,
    ordered,
    planned_cycle,
    return_of,
    submitted,
)
from monitoring.worklist import panels_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def researcher(client):
    user = UserFactory(researcher=True)
    client.force_login(user)
    return user


@pytest.fixture
def leader(client):
    user = UserFactory(project_leader=True)
    client.force_login(user)
    return user


@pytest.fixture
def return_():
    return return_of(open_cycle())


def percentage(return_):
    return next(
        row for row in indicators(return_) if row.definition_version.definition.is_percentage
    )


def edit_url(return_, indicator, name="figure_edit"):
    return reverse(f"monitoring:{name}", args=[return_.pk, indicator.pk])


def test_the_researcher_enters_a_figure_and_goes_on_to_the_next(client, researcher, return_):
    first, second = indicators(return_)[:2]
    data = {"note": "", "source": "lijst", "save_next": "1"}
    figures = (
        {"numerator": "19", "denominator": "24"}
        if first.definition_version.definition.is_percentage
        else {"value": "12,5"}
    )
    response = client.post(edit_url(return_, first), {**data, **figures})
    assert response.status_code == 302
    assert response["Location"] == edit_url(return_, second)
    assert Measurement.objects.get().entered_by == researcher


def test_bad_input_answers_422_and_keeps_what_was_typed(client, researcher, return_):
    response = client.post(
        edit_url(return_, percentage(return_)),
        {"numerator": "30", "denominator": "24", "note": "x"},
    )
    assert response.status_code == 422
    text = response.content.decode()
    assert "Het eerste aantal is groter dan het tweede" in text
    assert 'value="30"' in text
    assert "<title>Fout: " in text
    assert not Measurement.objects.exists()


def test_a_figure_and_a_reason_do_not_go_together(client, researcher, return_):
    response = client.post(
        edit_url(return_, percentage(return_)),
        {"numerator": "3", "denominator": "24", "missing_reason": "OTHER"},
    )
    assert response.status_code == 422
    assert "Kies één van beide" in response.content.decode()


def test_the_judgement_shows_while_one_types_and_stores_nothing(client, researcher, return_):
    response = client.post(
        edit_url(return_, percentage(return_), "figure_judge"),
        {"numerator": "190", "denominator": "200"},
    )
    assert response.status_code == 200
    assert "op koers" in response.content.decode()
    assert not Measurement.objects.exists()


def test_an_indicator_of_another_return_is_not_found(client, researcher):
    cycle = open_cycle(agreements=2)
    one, two = cycle.returns.order_by("pk")
    assert client.get(edit_url(one, indicators(two)[0])).status_code == 404


def test_filing_asks_for_confirmation_and_explains_what_is_missing(client, researcher, return_):
    url = reverse("monitoring:return_submit", args=[return_.pk])
    assert "Cijfers indienen?" in client.get(url).content.decode()
    response = client.post(url)
    assert response.status_code == 422
    assert "vul het cijfer in" in response.content.decode()
    filled(return_, researcher)
    assert client.post(url).status_code == 302


def test_each_colour_explains_itself(client, researcher, return_):
    filled(return_, researcher)
    text = client.get(return_.get_absolute_url()).content.decode()
    assert text.count("Waarom deze kleur?") == len(indicators(return_))


def test_a_return_is_given_back_with_a_reason(client, researcher, return_):
    submitted(return_)
    url = reverse("monitoring:return_send_back", args=[return_.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "De noemer klopt niet."}).status_code == 302


def test_the_leader_plans_opens_and_closes_a_year(client, leader):
    open_cycle(index=3)
    year = MonitoringCycle.objects.get().year.programme.years.get(index=5)
    response = client.post(
        reverse("monitoring:cycle_plan"),
        {"year": year.pk, "submit_by": timezone.localdate() + timedelta(days=30)},
    )
    assert response.status_code == 302
    cycle = MonitoringCycle.objects.get(year=year)
    assert client.post(reverse("monitoring:cycle_open", args=[cycle.pk])).status_code == 302
    assert client.post(reverse("monitoring:cycle_close", args=[cycle.pk])).status_code == 302
    cycle.refresh_from_db()
    assert cycle.state == "validating"


def test_opening_without_agreements_says_why(client, leader):
    cycle = planned_cycle()
    response = client.post(reverse("monitoring:cycle_open", args=[cycle.pk]))
    assert response.status_code == 422
    assert "nog geen resultaatafspraak" in response.content.decode()


def test_a_year_that_is_planned_cannot_be_planned_again(client, leader):
    cycle = planned_cycle()
    response = client.post(
        reverse("monitoring:cycle_plan"), {"year": cycle.year_id, "submit_by": "2025-10-01"}
    )
    assert response.status_code == 422


def test_ordering_shows_progress_and_a_failed_report_can_be_retried(client, leader, return_):
    response = client.post(reverse("monitoring:batch_order", args=[return_.cycle_id]))
    batch = ReportBatch.objects.get()
    assert response["Location"] == batch.get_absolute_url()
    text = client.get(batch.get_absolute_url()).content.decode()
    assert "0 van 3 klaar" in text
    assert "hx-get" in text
    failed = batch.reports.get(kind="ikc")
    batch.reports.filter(pk=failed.pk).update(state="failed", error="ZeroDivisionError")
    assert "Opnieuw proberen" in client.get(batch.get_absolute_url()).content.decode()
    assert client.post(reverse("monitoring:report_retry", args=[failed.pk])).status_code == 302
    failed.refresh_from_db()
    assert failed.state == "waiting"


def test_reports_are_downloaded_one_by_one_or_as_one_zip(client, return_):
    batch = ordered(return_.cycle)
    for report in batch.reports.all():
        assert reports.claim_report(report.pk, at=AT)
        assert reports.make_report(report.pk, at=AT)
    client.force_login(UserFactory(development_group=True))
    text = client.get(batch.get_absolute_url()).content.decode()
    assert "3 van 3 klaar" in text
    assert "hx-get" not in text
    one = client.get(reverse("monitoring:report_download", args=[batch.reports.first().pk]))
    assert b"".join(one.streaming_content).startswith(b"%PDF")
    assert "attachment" in one["Content-Disposition"]
    response = client.get(reverse("monitoring:batch_download", args=[batch.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 3


def test_a_board_gets_only_its_own_report(client):
    cycle = open_cycle(agreements=2)
    batch = ordered(cycle)
    for report in batch.reports.all():
        reports.claim_report(report.pk, at=AT)
        reports.make_report(report.pk, at=AT)
    own = return_of(cycle).agreement
    client.force_login(UserFactory(school_board=True, organisation=own.ikc.board))
    response = client.get(reverse("monitoring:batch_download", args=[batch.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert len(archive.namelist()) == 1
    other = batch.reports.exclude(agreement=own).first()
    assert client.get(reverse("monitoring:report_download", args=[other.pk])).status_code == 404


def test_an_empty_order_has_no_zip(client, leader, return_):
    batch = ordered(return_.cycle)
    assert client.get(reverse("monitoring:batch_download", args=[batch.pk])).status_code == 404


def test_the_export_hides_small_groups_from_outsiders(client, researcher, return_):
    indicator = percentage(return_)
    client.post(edit_url(return_, indicator), {"numerator": "3", "denominator": "40", "note": "x"})
    url = reverse("monitoring:cycle_export", args=[return_.cycle_id])
    assert "3 van 40" in client.get(url).content.decode()
    client.force_login(UserFactory(project_leader=True))
    assert "3 van 40" not in client.get(url).content.decode()


def test_one_and_three_agreements_cost_the_same(client):
    client.force_login(UserFactory(project_leader=True))
    costs = []
    for count in (1, 2):
        cycle = open_cycle(agreements=count, index=3 + count)
        for row in cycle.returns.select_related("cycle__ruleset", "version", "agreement__ikc"):
            filled(row)
        ordered(cycle)
        own = [cycle.pk]
        pages = {"cycle_list": [], "cycle_detail": own, "cycle_export": own}
        costs.append({})
        for page, args in (pages | {"return_list": own, "report_list": []}).items():
            url = reverse(f"monitoring:{page}", args=args)
            client.get(url)  # what is looked up once per process or session is no part of the page
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            costs[-1][page] = len(queries)
    assert costs[0] == costs[1]


def test_no_statement_runs_twice(client, no_repeated_sql):
    cycle = open_cycle(agreements=2)
    batch = ordered(cycle)
    pages = (
        reverse("monitoring:cycle_list"),
        cycle.get_absolute_url(),
        return_of(cycle).get_absolute_url(),
        reverse("monitoring:report_list"),
        batch.get_absolute_url(),
    )
    for role in ("project_leader", "researcher", "development_group", "auditor"):
        client.force_login(UserFactory(**{role: True}))
        for url in pages:
            with no_repeated_sql():
                client.get(url)


def test_returns_are_listed_found_and_exported(client, leader, return_):
    submitted(return_)
    url = reverse("monitoring:return_list", args=[return_.cycle_id])
    name = return_.version.ikc_name
    assert name in client.get(url, {"q": name, "status": "submitted"}).content.decode()
    assert "Geen aanlevering gevonden" in client.get(url, {"status": "draft"}).content.decode()
    assert f"{name};" in client.get(url, {"csv": "1"}).content.decode()


def test_figures_go_from_hand_to_hand_on_the_screens(client, return_):
    submitted(return_)
    people = {
        "check": UserFactory(researcher=True),
        "adopt": UserFactory(development_group=True),
    }
    for step, user in people.items():
        client.force_login(user)
        url = reverse(f"monitoring:return_{step}", args=[return_.pk])
        assert url in client.get(return_.get_absolute_url()).content.decode()
        assert client.post(url).status_code == 302
    return_.refresh_from_db()
    assert return_.state == "adopted"
    client.force_login(UserFactory(project_leader=True))
    assert (
        client.post(reverse("monitoring:cycle_close", args=[return_.cycle_id])).status_code == 302
    )
    client.force_login(people["check"])
    step = reverse("monitoring:cycle_step", args=[return_.cycle_id, "analyse"])
    assert client.post(step).status_code == 302
    client.force_login(people["adopt"])
    reopen = reverse("monitoring:return_reopen", args=[return_.pk])
    assert client.post(reopen, {"reason": "x", "until": "1-1-2020"}).status_code == 422
    until = f"{timezone.localdate() + timedelta(days=9):%-d-%-m-%Y}"
    assert client.post(reopen, {"reason": "Noemer", "until": until}).status_code == 302
    assert "heropend" in client.get(return_.get_absolute_url()).content.decode()


def test_a_year_is_adopted_in_a_meeting_that_discussed_it(client, return_):
    cycle = in_state(return_.cycle, "fact_check")
    client.force_login(UserFactory(development_group=True))
    url = reverse("monitoring:cycle_adopt", args=[cycle.pk])
    assert client.post(url, {}).status_code == 422
    item = discussed(cycle)
    assert client.post(url, {"item": item.pk}).status_code == 302
    cycle.refresh_from_db()
    assert (cycle.state, cycle.adopted_in) == ("adopted", item)


def test_who_sees_every_ikc_sees_how_many_sent_their_figures():
    cycle = open_cycle(agreements=2)
    submitted(return_of(cycle))

    (panel,) = panels_for(UserFactory(researcher=True), today=AT.date())
    (row,) = panel.context["rows"]
    assert (row.done, row.total, row.url) == (1, 2, cycle.get_absolute_url())
    assert panels_for(UserFactory(director=True), today=AT.date()) == []
