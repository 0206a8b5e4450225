"""The pages about the status Plus: from candidate to decision, what is missing, the list."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from ikc.models import PlusEvidence
from ikc.services import plus, plus_life
from ikc.tests.factories import IkcFactory, IkcPartnerFactory, PlusStatusFactory, UserFactory
from ikc.tests.plus_cases import AT, being_checked, discuss, granted, meet
from kvk2.core.tests.uploads import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def signer():
    return UserFactory(signer=True)


def address(name, obj):
    return reverse(f"ikc:{name}", args=[obj.pk])


def page_of(client, ikc):
    return client.get(address("plus_detail", ikc)).content.decode()


def test_from_candidate_to_decision_on_screen(client, leader, signer):
    ikc = IkcFactory(in_area=True)
    client.force_login(leader)
    assert "geen predicaat" in page_of(client, ikc)
    nominate = address("plus_nominate", ikc)
    assert nominate in page_of(client, ikc)
    assert client.post(nominate, {"source": ""}).status_code == 422
    assert client.post(nominate, {"source": "locatieanalyse"}).url == address("plus_detail", ikc)
    status = ikc.plus_statuses.get()
    assert client.post(address("plus_check", status)).status_code == 302
    html = page_of(client, ikc)
    assert "0 van de 11 voorwaarden" in html
    assert "P01 vernieuwende leiding: nog niet beoordeeld, en er is nog geen bewijs." in html

    condition = status.conditions.get(code="P01")
    client.force_login(UserFactory(director=True, ikc=ikc))
    add = address("plus_evidence_add", condition)
    assert client.post(add, {"text": ""}).status_code == 422
    file = SimpleUploadedFile("v.png", picture())
    assert client.post(add, {"text": "", "file": file}).status_code == 302
    evidence = PlusEvidence.objects.get()
    assert client.get(address("plus_evidence_file", evidence)).url == condition.get_absolute_url()
    assert "v.png" in client.get(condition.get_absolute_url()).content.decode()

    client.force_login(UserFactory(school_board=True, organisation=ikc.board))
    assert address("plus_confirm", status) in page_of(client, ikc)
    client.post(address("plus_confirm", status))
    assert address("plus_confirm", status) not in page_of(client, ikc)

    client.force_login(leader)
    assess = address("plus_condition_assess", condition)
    assert client.post(assess, {"outcome": "not_met", "note": ""}).status_code == 422
    client.post(assess, {"outcome": "partly", "note": "De visie is een concept."})
    meet(status, leader, but=("P01",))
    assert "op-de-agenda" in page_of(client, ikc)
    assert client.post(address("plus_propose", status)).status_code == 422
    discuss(status)
    client.post(address("plus_propose", status))

    client.force_login(signer)
    assert client.post(address("plus_grant", status), {"valid_from": "1-6-2026"}).status_code == 422
    words = {"reason": "De visie komt in mei.", "decided_on": "12-5-2026"}
    client.post(address("plus_exception", condition), words)
    html = page_of(client, ikc)
    assert "met uitzondering van het college" in html
    early = client.post(address("plus_grant", status), {"valid_from": "31-12-2020"})
    assert early.status_code == 422
    assert list(early.context["form"].errors) == ["valid_from"]
    client.post(address("plus_grant", status), {"valid_from": "1-6-2026"})
    assert "tot en met 31 december 2028" in page_of(client, ikc).replace("\u00a0", " ")


def test_a_review_on_screen(client, leader, signer):
    status = granted(leader)
    partner = UserFactory(school_board=True, organisation=status.ikc.board)
    client.force_login(leader)
    client.post(address("plus_recalibrate", status), {"reason": "Nieuwe gebieden."})
    until = timezone.localdate() + timedelta(days=21)
    intent = {
        "intent": "end",
        "reason": "Het gebied vervalt.",
        "respond_until": until.strftime("%d-%m-%Y"),
    }
    assert client.post(address("plus_announce", status), intent).status_code == 302
    client.force_login(partner)
    assert address("plus_answer", status) in page_of(client, status.ikc)
    client.post(address("plus_answer", status), {"view": "Wij vragen om uitstel."})
    client.force_login(signer)
    html = page_of(client, status.ikc)
    assert "Wij vragen om uitstel." in html
    assert address("plus_end", status) in html
    end = {"reason": "Zie boven.", "run_out": "Tot 31 december.", "ends_on": "31-12-2027"}
    client.post(address("plus_end", status), end)
    assert "Eerdere herijkingen" in page_of(client, status.ikc)


def test_a_lapse_waits_for_the_leader(client, leader):
    status = granted(leader)
    plus_life.settle_condition(status.ikc, "P04", "not_met", "Opgezegd.", by=None, at=AT)
    client.force_login(leader)
    lapse = status.lapses.get()
    assert address("plus_lapse_settle", lapse) in page_of(client, status.ikc)
    assert client.post(address("plus_lapse_settle", lapse), {}).status_code == 422
    client.post(address("plus_lapse_settle", lapse), {"settlement": "Nieuwe afspraak volgt."})
    assert "Niet meer voldaan" not in page_of(client, status.ikc)


def test_the_list_filters_and_exports_what_the_reader_may_see(client, leader):
    status = granted(leader, name="IKC De Eerste")
    PlusStatusFactory(
        ikc__name="IKC De Tweede",
        state="expired",
        valid_from="2021-10-01",
        valid_until="2022-10-01",
    )
    client.force_login(leader)
    page = reverse("ikc:plus_list")

    def shown(**query):
        return client.get(page, query).content.decode()

    assert "IKC De Eerste" in shown()
    assert "IKC De Tweede" in shown()
    assert "IKC De Tweede" not in shown(period="ending", state="granted")
    assert "IKC De Eerste" in shown(board=status.ikc.board_id, q="eerste")
    export = client.get(page, {"export": "csv"}).content.decode()
    assert "12 van de 12" in export
    client.force_login(UserFactory(director=True, ikc=status.ikc))
    assert "IKC De Tweede" not in shown()


def test_pages_cost_the_same_for_one_and_three(client, leader, django_assert_max_num_queries):
    status = being_checked(leader)
    client.force_login(leader)
    pages = [address("plus_detail", status.ikc), reverse("ikc:plus_list")]
    counts = []
    for page in pages:
        client.get(page)
        with django_assert_max_num_queries(60) as first:
            client.get(page)
        counts.append(len(first))
    IkcPartnerFactory(ikc=status.ikc)
    PlusStatusFactory(
        ikc=status.ikc, state="expired", valid_from="2021-10-01", valid_until="2022-10-01"
    )
    for condition in status.conditions.filter(code__in=["P01", "P02"]):
        plus.supply_evidence(condition, text="visie", file=None, by=leader, at=AT)
    PlusStatusFactory.create_batch(2)
    for page, count in zip(pages, counts, strict=True):
        with django_assert_max_num_queries(count):
            client.get(page)
