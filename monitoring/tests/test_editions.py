"""The reports as a page and as data: the same frozen dataset as the PDF, whoever asks."""

import hashlib
import io
import json
import re
from itertools import pairwise

import pypdf
import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from ikc.tests.factories import AgendaItemFactory, UserFactory
from monitoring.editions import edition_of
from monitoring.method import MEANINGS
from monitoring.models import AnnualReport
from monitoring.public_edition import public_edition
from monitoring.report_pdf import figures_csv
from monitoring.services import reports
from monitoring.status import KVK_1
from monitoring.tests.factories import AT, filled, open_cycle, ordered, return_of
from monitoring.tests.report_samples import ikc_report, programme_report

SAMPLES = {
    "ikc": ikc_report,
    "programme": programme_report,
    "public": lambda: public_edition(programme_report()),
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_page_has_headings_in_order_and_a_table_beside_each_picture(kind):
    edition = edition_of(SAMPLES[kind]())
    levels = [section.level for section in edition.sections]
    assert levels[0] == 2
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [section.id for section in edition.sections]
    assert len(ids) == len(set(ids))
    charts = [
        block.value for part in edition.sections for block in part.blocks if block.kind == "chart"
    ]
    assert charts
    assert all(chart.rows and chart.description for chart in charts)
    for part in edition.sections:
        for block in part.blocks:
            if block.kind == "table":
                assert block.value.rows, block.value.caption
                assert {len(row) for row in block.value.rows} == {len(block.value.headers)}


def test_each_status_has_a_symbol_and_a_word():
    for part in edition_of(ikc_report()).sections:
        for block in part.blocks:
            if block.kind == "mark":
                text = render_to_string("monitoring/_mark.html", {"mark": block.value[0]})
                assert re.search(r'aria-hidden="true">\S+</span>\w+', text), text


@pytest.mark.django_db
def test_page_csv_and_json_come_from_the_frozen_dataset(client):
    cycle = open_cycle()
    filled(return_of(cycle))
    batch = ordered(cycle)
    report = batch.reports.get(kind="ikc")
    public = batch.reports.get(kind="public")
    for row in (report, public):
        assert reports.claim_report(row.pk, at=AT)
        assert reports.make_report(row.pk, at=AT)
    report.refresh_from_db()
    with report.stored.file.open("rb") as file:
        inside = pypdf.PdfReader(io.BytesIO(file.read())).attachments
    client.force_login(UserFactory(development_group=True))
    data = client.get(reverse("monitoring:report_data", args=[report.pk, "json"])).content
    assert data == inside["dataset.json"][0]
    assert hashlib.sha256(data).hexdigest() == report.current.dataset_sha256
    table = client.get(reverse("monitoring:report_data", args=[report.pk, "csv"])).content
    assert table == inside["meetwaarden.csv"][0]
    page = client.get(reverse("monitoring:report_read", args=[report.pk])).content.decode()
    assert report.current.dataset_sha256 in page
    assert "In één oogopslag" in page
    client.logout()
    address = reverse("monitoring:public_report", args=[public.pk])
    assert client.get(address).status_code == 404  # made, and not published
    AnnualReport.objects.filter(pk=public.pk).update(stage="adopted", **adopted_facts())
    AnnualReport.objects.filter(pk=public.pk).update(
        stage="published", published_at=AT, state="done"
    )
    assert client.get(reverse("monitoring:public_report_list")).status_code == 200
    assert client.get(address).status_code == 200
    assert client.get(reverse("monitoring:public_report_pdf", args=[public.pk])).status_code == 200
    published = client.get(reverse("monitoring:public_report_data", args=[public.pk, "json"]))
    assert json.loads(published.content)["schema"] == "kvk2/public-report/1"
    assert client.get(reverse("monitoring:public_report", args=[report.pk])).status_code == 404


def adopted_facts() -> dict:
    return {
        "adopted_at": AT,
        "adopted_by": UserFactory(development_group=True),
        "adopted_in": AgendaItemFactory(discussed=True),
    }


def test_the_public_table_holds_counts_only():
    text = figures_csv(public_edition(programme_report())).decode("utf-8-sig")
    assert text.splitlines()[0].split(";")[:3] == ["doel", "titel", "schooljaar"]
    assert "Lindeboom" not in text


@pytest.mark.django_db
def test_the_method_is_described_from_the_configuration(client):
    cycle = open_cycle()
    client.force_login(UserFactory(researcher=True))
    page = client.get(reverse("monitoring:method", args=[cycle.pk])).content.decode()
    assert "kleinste aantal kinderen waarover wij een percentage beoordelen" in page
    assert "10 werkdagen" in page
    paper = client.get(reverse("monitoring:method_pdf", args=[cycle.pk])).getvalue()
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)
    assert "De rekenregels" in text
    assert set(KVK_1.parameters()) <= set(MEANINGS)
