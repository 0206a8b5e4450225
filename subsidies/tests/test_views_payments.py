"""Payments and orders on their pages: from approval to what the bank says, and who may do what (domain reference 3.7, 6.2)."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sepaxml
import time_machine
import xmlschema
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from ikc.tests.factories import BankAccountFactory, UserFactory
from kvk2.core.audit import events_of
from subsidies.amount_chain import GROUPS
from subsidies.events import SENTENCES
from subsidies.models import Decision, Letter, Payment, PaymentFeedback, PaymentOrder
from subsidies.sepa import Debtor, SepaInvalid, Transfer, pain001
from subsidies.services import acts, letters
from subsidies.services import payment_feedback as feedback_services
from subsidies.services import payment_orders as orders
from subsidies.states_payments import PaymentOrderState, PaymentState
from subsidies.tests.factories_assessment import SigningMandateFactory
from subsidies.tests.factories_payments import (
    PAID_AT,
    all_granted,
    approved,
    granted,
    ordered,
    paid,
    people,
)
from subsidies.worklist import payments as worklist

pytestmark = pytest.mark.django_db
ROLES = (
    "project_leader",
    "director",
    "member",
    "secretary",
    "development_group",
    "researcher",
    "signer",
    "school_board",
    "childcare_board",
    "admin",
    "auditor",
)
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(PAID_AT, tick=False):
        yield


@pytest.fixture
def grant():
    return granted()


def test_who_sees_and_does_what(grant):
    payment = grant.payments.get(number=1)
    order = PaymentOrder(made_by=UserFactory(), state="draft")
    users = {role: UserFactory(**{role: True}) for role in ROLES}
    users["own_director"] = grant.application.created_by
    users["own_board"] = UserFactory(school_board=True, organisation=grant.application.board)
    sees = {"project_leader", "signer", "auditor", "own_director", "own_board"}
    payment_verbs = {
        "approve_payment": ({"signer"}, {"planned"}),
        "cancel_payment": ({"signer"}, {"planned", "approved", "suspended"}),
        "set_off_payment": ({"project_leader"}, {"approved"}),
    }
    order_verbs = {
        "release_payment_order": ({"project_leader", "signer"}, {"draft"}),
        "discard_payment_order": ({"project_leader"}, {"draft"}),
        "export_payment_order": ({"project_leader"}, {"released"}),
    }
    verbs = {
        "approve_payments": {"signer"},
        "make_payment_order": {"project_leader"},
        "read_payment_feedback": {"project_leader"},
        "view_payment_orders": {"project_leader", "signer", "auditor"},
        "view_amounts": {"project_leader", "signer", "auditor"},
        "view_payments": sees | {"director", "school_board"},
    }
    for role, user in users.items():
        assert Payment.objects.visible_to(user).filter(pk=payment.pk).exists() == (role in sees)
        for verb, who in verbs.items():
            assert user.has_perm(f"subsidies.{verb}") == (role in who), (role, verb)
        for state in PaymentState.values:
            payment.state = state
            for verb, (who, when) in payment_verbs.items():
                allowed = user.has_perm(f"subsidies.{verb}", payment)
                assert allowed == (role in who and state in when), (role, verb, state)
        for state in PaymentOrderState.values:
            order.state = state
            for verb, (who, when) in order_verbs.items():
                allowed = user.has_perm(f"subsidies.{verb}", order)
                assert allowed == (role in who and state in when), (role, verb, state)
        assert user.has_perm("subsidies.suspend_payments", grant) == (role == "signer")
        assert not user.has_perm("subsidies.end_suspension", grant)
        assert user.has_perm("subsidies.draft_advance", grant) == (role == "project_leader")


def test_from_approval_to_the_word_of_the_bank(client, grant):
    signer, maker, releaser, confirmer = people()
    first, second = grant.payments.order_by("number")[:2]
    client.force_login(signer)
    address = reverse("subsidies:payment_approve")
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"payments": [first.pk, second.pk]}).status_code == 302

    client.force_login(maker)
    address = reverse("subsidies:payment_order_make")
    yesterday = (PAID_AT - timedelta(days=1)).strftime("%d-%m-%Y")
    chosen = {"payments": [first.pk, second.pk], "execute_on": yesterday}
    assert client.post(address, chosen).status_code == 422
    chosen["execute_on"] = PAID_AT.strftime("%d-%m-%Y")
    assert client.post(address, chosen).status_code == 302
    order = PaymentOrder.objects.get()
    assert order.reference == "BET-2026-0001"
    release = reverse("subsidies:payment_order_release", args=[order.pk])
    assert client.get(release).status_code == 403
    export = reverse("subsidies:payment_order_export", args=[order.pk])
    assert client.get(export).status_code == 403

    client.force_login(releaser)
    assert client.post(release).status_code == 302
    assert client.post(release).status_code == 403
    page = client.get(order.get_absolute_url()).content.decode()
    order.refresh_from_db()
    assert order.sepa_file.sha256 in page
    assert "•••• 4300" in page
    assert "0417164300" not in page

    answer = client.post(export, {"kind": "sepa"})
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    xmlschema.XMLSchema(str(SCHEMA)).validate(content.decode())
    assert content.count(b"<CdtTrfTxInf>") == 2
    assert b"<CtrlSum>6000.00</CtrlSum>" in content
    assert client.post(export, {"kind": "csv"}).status_code == 422  # once, whichever file
    again = client.post(export, {"kind": "csv", "reason": "De bank heeft het niet ontvangen."})
    rows = list(
        csv.reader(
            io.StringIO(b"".join(again.streaming_content).decode("utf-8-sig")), delimiter=";"
        )
    )
    assert rows[1][0] == first.reference
    assert rows[1][4:6] == ["NL91ABNA0417164300", "3000,00"]
    assert order.exports.count() == 2

    client.force_login(confirmer)
    day = PAID_AT.date().isoformat()
    text = (
        f"Kenmerk;Status;Datum;Reden\r\n{first.reference};betaald;{day};\r\n"
        f"{second.reference};mislukt;{day};'=rekening opgeheven\r\n"
        f"X-T1;betaald;{day};\r\n{first.reference};betaald;{day};\r\n"
    )
    address = reverse("subsidies:payment_feedback_read")
    file = SimpleUploadedFile("bank.csv", text.encode())
    answer = client.post(address, {"file": file})
    feedback = PaymentFeedback.objects.get()
    assert answer["Location"] == feedback.get_absolute_url()
    page = client.get(feedback.get_absolute_url()).content.decode()
    assert "2 van de 4 regels tellen mee" in page
    assert "Regel 4" in page
    assert "Dit kenmerk kennen wij niet." in page
    assert "staat al eerder in het bestand" in page
    first.refresh_from_db()
    assert first.state == "ordered"  # nothing happened yet
    address = reverse("subsidies:payment_feedback_apply", args=[feedback.pk])
    assert client.post(address).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.confirmed_by) == ("paid", confirmer)
    assert (second.state, second.order, second.failure) == ("approved", None, "=rekening opgeheven")
    assert client.post(address)["Location"] == feedback.get_absolute_url()  # not twice
    assert "Betaald" in client.get(first.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "content",
    [
        b"a;b\n1;2\n",
        b"kenmerk;status\nx;y\n",
        b"\xff\xfe\x00",
        b"kenmerk;status;datum\n\x00",
        b"x" * 1_000_001,
    ],
)
def test_a_file_that_is_no_feedback_is_refused(content):
    with pytest.raises(feedback_services.FeedbackRefused):
        feedback_services.keep_feedback("x.csv", content, by=UserFactory(), at=PAID_AT)
    assert not PaymentFeedback.objects.exists()


def test_who_made_the_order_does_not_confirm_it_and_days_are_possible(grant):
    payment = grant.payments.get(number=1)
    order = ordered(payment)
    tomorrow = (PAID_AT + timedelta(days=1)).date()
    for by, row, error in (
        (order.made_by, f"betaald;{PAID_AT.date()};", "U maakte deze opdracht"),
        (UserFactory(), f"betaald;{tomorrow};", "toekomst"),
        (UserFactory(), "betaald;31-02-2026;", "datum klopt niet"),
        (UserFactory(), f"gelukt;{PAID_AT.date()};", "status is"),
        (UserFactory(), f"mislukt;{PAID_AT.date()};", "hoort een reden"),
        (UserFactory(), "betaald;2026-01-01;", "vóór de dag van de opdracht"),
    ):
        text = f"kenmerk;status;datum;reden\n{payment.reference};{row}\n"
        feedback = feedback_services.keep_feedback("x.csv", text.encode(), by=by, at=PAID_AT)
        (judged,) = feedback_services.judge(feedback, by=by, at=PAID_AT)
        assert error in judged.error
        with pytest.raises(feedback_services.FeedbackRefused):
            feedback_services.apply_feedback(feedback, by=by, at=PAID_AT)


def test_a_late_payment_notes_the_interest(client, grant):
    payment = grant.payments.get(number=1)
    Payment.objects.filter(pk=payment.pk).update(due_on=PAID_AT.date() - timedelta(days=100))
    payment = paid(payment)
    assert payment.interest_amount == Decimal("32.88")  # 3.000 at 4 percent for 100 days
    client.force_login(UserFactory(project_leader=True))
    page = client.get(payment.get_absolute_url()).content.decode()
    assert "100 dagen te laat" in page
    assert "32,88" in page


def test_an_order_that_went_out_stays(grant):
    order = ordered(grant.payments.get(number=1))
    for change in ({"execute_on": "2027-01-01"}, {"state": "discarded"}):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            PaymentOrder.objects.filter(pk=order.pk).update(**change)
    orders.export_order(order, kind="sepa", by=UserFactory(), at=PAID_AT)
    with pytest.raises(orders.ExportedBefore):
        orders.export_order(order, kind="sepa", by=UserFactory(), at=PAID_AT)
    with pytest.raises(IntegrityError, match="payment_order_exported_once"), transaction.atomic():
        order.exports.create(kind="csv", exported_at=PAID_AT, exported_by=UserFactory())


def test_an_order_that_is_given_up_frees_its_payments(client, grant):
    payment = approved(grant.payments.get(number=1))
    maker = UserFactory(project_leader=True)
    order = orders.make_order([payment], execute_on=PAID_AT.date(), by=maker, at=PAID_AT)
    client.force_login(maker)
    assert (
        client.post(reverse("subsidies:payment_order_discard", args=[order.pk])).status_code == 302
    )
    payment.refresh_from_db()
    assert (payment.order, payment.state) == (None, "approved")


def test_the_file_is_the_same_each_time_and_keeps_to_the_schema():
    debtor = Debtor("Gemeente Ûtropia", "NL79DEMO0000000000", "DEMONL2A")
    transfer = Transfer(
        "KVK2-2026-0001-T1",
        "Stichting Súdwest <&>",
        "BE68539007547034",
        Decimal("0.01"),
        "Subsidie",
    )
    make = lambda one: pain001(  # noqa: E731
        debtor, [one], reference="BET-2026-0001", execute_on=PAID_AT.date(), made_at=PAID_AT
    )
    assert make(transfer) == make(transfer)
    assert b"Sudwest &lt;&amp;&gt;" in make(transfer)
    with pytest.raises(SepaInvalid):
        make(Transfer("x" * 36, "Naam", "NL91ABNA0417164300", Decimal(1), "Subsidie"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_need_the_same_queries(client, django_assert_max_num_queries, count):
    all_granted(count)
    client.force_login(UserFactory(project_leader=True))
    with django_assert_max_num_queries(16):
        page = client.get(reverse("subsidies:payment_list")).content.decode()
    assert page.count("-T1</a>") == count
    assert "Nog te betalen" in page
    export = client.get(reverse("subsidies:payment_list"), {"export": "csv"}).content.decode()
    assert export.count("-T4;") == count
    assert (
        "Geen betalingen gevonden"
        in client.get(reverse("subsidies:payment_list"), {"status": "paid"}).content.decode()
    )
    for group in GROUPS:
        with django_assert_max_num_queries(14):
            page = client.get(reverse("subsidies:amount_chain"), {"per": group}).content.decode()
        assert "Van gevraagd naar vastgesteld" in page


def test_the_chain_counts_every_euro_once(client, grant):
    paid(grant.payments.get(number=1))
    paid(grant.payments.get(number=2))
    client.force_login(UserFactory(auditor=True))
    address = reverse("subsidies:amount_chain")
    text = client.get(address, {"per": "jaar", "export": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    asked = grant.application.requested_amount
    assert rows[1][:3] == ["2026", "1", str(asked).replace(".", ",")]
    assert rows[1][5:7] == ["15000,00", "6000,00"]
    assert rows[-1][0] == "Totaal"
    client.force_login(UserFactory(director=True))
    assert client.get(address).status_code == 403


def test_a_recipient_follows_the_payments_of_the_own_grant(client, grant):
    client.force_login(grant.application.created_by)
    page = client.get(grant.get_absolute_url()).content.decode()
    payment = grant.payments.get(number=1)
    assert "Betalingen in de tijd" in page
    assert payment.reference in page
    assert client.get(payment.get_absolute_url()).status_code == 200
    client.force_login(UserFactory(director=True))
    assert client.get(payment.get_absolute_url()).status_code == 404


def test_suspending_and_ending_on_the_pages(client, grant):
    client.force_login(UserFactory(signer=True))
    address = reverse("subsidies:payments_suspend", args=[grant.pk])
    assert client.post(address, {"suspicion": ""}).status_code == 422
    assert client.post(address, {"suspicion": "De opvang is gesloten."}).status_code == 302
    assert client.get(address).status_code == 403
    letter = Letter.objects.get(code="L15")
    assert letters.render_letter(letter.pk, at=PAID_AT)
    page = client.get(grant.get_absolute_url()).content.decode()
    assert "De opvang is gesloten." in page
    client.force_login(grant.application.created_by)
    assert "De opvang is gesloten." not in client.get(grant.get_absolute_url()).content.decode()
    client.force_login(UserFactory(signer=True))
    address = reverse("subsidies:suspension_end", args=[grant.pk])
    assert client.post(address, {"outcome": "resume"}).status_code == 422
    assert client.post(address, {"outcome": "resume", "reason": "Uitgelegd."}).status_code == 302
    assert set(grant.payments.values_list("state", flat=True)) == {"planned"}


def test_a_separate_advance_is_decided_and_then_paid(client, grant):
    leader = UserFactory(project_leader=True)
    client.force_login(leader)
    address = reverse("subsidies:advance_draft", args=[grant.pk])
    data = {"amount": "3.000,01", "pay_on": "1-9-2026", "motivation": "De bouw begint eerder."}
    assert client.post(address, data).status_code == 422  # more than was granted
    assert client.post(address, data | {"amount": "1.000,00"}).status_code == 302
    decision = Decision.objects.get(kind="advance")
    acts.send_act_to_check(decision, by=leader, at=PAID_AT)
    acts.approve_act(
        decision,
        checklist=list(acts.CHECKLIST),
        by=UserFactory(second_project_leader=True),
        at=PAID_AT,
    )
    acts.take_act(decision, by=SigningMandateFactory().user, at=PAID_AT)
    assert not grant.payments.filter(decision=decision).exists()
    assert letters.render_letter(Letter.objects.get(code="L11").pk, at=PAID_AT)
    payment = grant.payments.get(decision=decision)
    assert (payment.amount, payment.kind, payment.due_on.isoformat()) == (
        1000,
        "advance",
        "2026-09-01",
    )


def test_the_work_lists_name_what_waits(grant):
    today = (PAID_AT + timedelta(days=90)).date()
    signer, leader = UserFactory(signer=True), UserFactory(project_leader=True)
    (task,) = worklist.tasks_for(signer, today=today)
    assert (task.title, task.kind) == (
        "1 betaling goed te keuren",
        "danger",
    ) or "goed te keuren" in task.title
    assert "te laat" in worklist.tasks_for(leader, today=today)[0].title
    payment = approved(grant.payments.get(number=1))
    order = orders.make_order([payment], execute_on=PAID_AT.date(), by=leader, at=PAID_AT)
    titles = [task.title for task in worklist.tasks_for(signer, today=today)]
    assert f"Geef betaalopdracht {order} vrij" in titles
    assert all("vrij" not in task.title for task in worklist.tasks_for(leader, today=today))
    BankAccountFactory(organisation=grant.application.board, proposed=True)
    assert all(
        "goed te keuren" not in task.title for task in worklist.tasks_for(signer, today=today)
    )
    assert worklist.tasks_for(UserFactory(auditor=True), today=today) == []


def test_every_step_has_its_sentence(grant):
    paid(grant.payments.get(number=1))
    verbs = {event.verb for event in events_of(grant)}
    verbs |= {event.verb for event in events_of(PaymentOrder.objects.get())}
    assert verbs <= set(SENTENCES)
