"""What people really type and paste: each gets a clear sentence or is put right, and nothing of it is lost."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from kvk2.core.pasted import plain
from kvk2.nlds.forms import NldsForm
from subsidies.forms.fields import AmountField
from subsidies.models import Application, Letter
from subsidies.services.applications import RoundNotOpen, Step, unparsed_of
from subsidies.services.submission import submit_application
from subsidies.states import ApplicationState
from subsidies.tests.factories import ApplicationFactory, SubsidyRoundFactory, move
from subsidies.tests.test_views_filling import SCRIPT, budget, details, plan

pytestmark = pytest.mark.django_db
SIGNATURE = {"signed_name": "Sanne de Boer", "signed_job_title": "directeur", "declared": "on"}


def url(name, *args):
    return reverse(f"subsidies:application_{name}", args=args)


# --- amounts

AMOUNTS = {
    "1.234,56": "1234.56",
    "1234,56": "1234.56",
    "€ 1.234,56": "1234.56",
    "€1234": "1234",
    "EUR 1.234": "1234",
    "1.234,56 €": "1234.56",
    " 1.234,56\t": "1234.56",  # a cell of a spreadsheet, with its tab
    "€\xa01.234,56\r\n": "1234.56",
    "1\u202f234,56": "1234.56",
    "1.234,-": "1234",
    "1.234,--": "1234",
    "\u200e€ 12": "12",
}


@pytest.mark.parametrize("typed", AMOUNTS)
def test_an_amount_is_read_as_people_write_it(typed):
    assert AmountField().clean(typed) == Decimal(AMOUNTS[typed])


REFUSED = {
    "1234.56": "Schrijf een komma voor de centen, bijvoorbeeld 1.234,56.",
    "1,234.56": "Schrijf een komma voor de centen, bijvoorbeeld 1.234,56.",
    "12.5": "Schrijf een komma voor de centen, bijvoorbeeld 1.234,56.",
    "10\t20": "Vul een bedrag in, bijvoorbeeld 1.234,56.",  # two cells
    "10 20": "Vul een bedrag in, bijvoorbeeld 1.234,56.",
    "1,23,4": "Vul een bedrag in, bijvoorbeeld 1.234,56.",
    "-5": "Vul een bedrag in, bijvoorbeeld 1.234,56.",
    "=SUM(A1)": "Vul een bedrag in, bijvoorbeeld 1.234,56.",
    "10.000.000,01": "Een bedrag is hoogstens € 10.000.000,00.",
    "9" * 50_000: "Vul een bedrag in, bijvoorbeeld 1.234,56.",
}


@pytest.mark.parametrize("typed", REFUSED, ids=lambda typed: typed[:12])
def test_what_is_no_amount_is_refused_in_a_sentence(typed):
    with pytest.raises(ValidationError) as refusal:
        AmountField().clean(typed)
    assert refusal.value.messages == [REFUSED[typed]]


def test_an_amount_with_a_decimal_point_stays_as_it_was_typed(director_client, draft):
    row = {"kind": "material", "description": "boeken", "amount": "1234.56"}

    response = director_client.post(url("budget", draft.pk), budget(row))

    assertContains(response, "Schrijf een komma voor de centen", status_code=422)
    assertContains(director_client.get(url("budget", draft.pk)), 'value="1234.56"')


# --- pasted text

PASTED = {
    "smart quotes and dashes stay": ("‘zo’ “dus” – é", "‘zo’ “dus” – é"),
    "no-break space": ("10\xa0uur", "10 uur"),
    "soft hyphen": ("onder\xadwijs", "onderwijs"),
    "vertical tab of Word": ("een\x0btwee", "een\ntwee"),
    "line ends of Windows": ("een\r\ntwee", "een\ntwee"),
    "NUL": ("een\x00twee", "eentwee"),
    "marks of direction": ("\u202bאב\u202c en \u200fx", "אב en x"),
    "byte order mark": ("\ufefftekst", "tekst"),
    "bullet of Word": ("\uf0b7 punt", "• punt"),
    "decomposed letter": ("cafe\u0301", "café"),
    "joined emoji": ("👩\u200d🏫", "👩\u200d🏫"),
    "Frisian": ("skûtsje, bêd, ôf", "skûtsje, bêd, ôf"),
}


@pytest.mark.parametrize("what", PASTED)
def test_pasted_text_becomes_plain(what):
    pasted, expected = PASTED[what]
    assert plain(pasted) == expected


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_no_field_stumbles_over_control_characters(headers, director_client, draft):
    dirt = "a\x00b\x0bc\u202e\xad"

    director_client.post(
        url("details", draft.pk),
        details(draft, children_2_3=dirt, contact_email=dirt, contact_name=dirt),
        headers=headers,
    )
    director_client.post(url("plan", draft.pk), plan(title=dirt, summary=dirt), headers=headers)

    draft.refresh_from_db()
    draft.plan.refresh_from_db()
    assert (draft.contact_name, draft.title, draft.plan.summary) == ("ab c", "ab c", "ab\nc")
    assert unparsed_of(draft, Step.DETAILS) == {"children_2_3": "ab c", "contact_email": "ab c"}


def test_a_line_break_counts_for_one_character_as_on_the_page(director_client, draft):
    text = "x" * 398 + "\r\n" * 4 + "y" * 398  # 800 on the page, 804 on the line

    response = director_client.post(url("plan", draft.pk), plan(summary=text))

    assert response.status_code == 302


def test_50_000_characters_are_refused_and_kept(director_client, draft):
    text = "é" * 50_000

    response = director_client.post(url("plan", draft.pk), plan(summary=text, title=text))

    assertContains(response, "is te lang: hoogstens 800 tekens", status_code=422)
    assertContains(response, "is te lang: hoogstens 120 tekens", status_code=422)
    draft.refresh_from_db()
    assert unparsed_of(draft, Step.PLAN) == {"summary": text, "title": text}


def test_an_address_that_the_table_has_no_room_for_is_refused(director_client, draft):
    response = director_client.post(
        url("details", draft.pk), details(draft, contact_email=f"{'a' * 60}@{'b.' * 110}nl")
    )

    assert response.status_code == 422


def test_a_password_is_taken_as_it_was_typed():
    class LogIn(NldsForm):
        password = forms.CharField(widget=forms.PasswordInput, strip=False)

    form = LogIn({"password": "a\xa0b\xad"})
    assert form.is_valid()
    assert form.cleaned_data["password"] == "a\xa0b\xad"


def test_a_citizen_service_number_is_warned_for_and_stops_nothing(director_client, draft):
    typed = plan(summary="Bel met 123456782 over Jan.")

    answer = director_client.post(url("plan", draft.pk), typed, headers=SCRIPT).json()

    warning = "staat 123456782. Is dat het burgerservicenummer van iemand?"
    assert warning in answer["parts"]["burgerservicenummers"]
    assert answer["saved"]
    assertContains(director_client.get(url("plan", draft.pk)), warning)
    clean = director_client.post(url("plan", draft.pk), plan(summary="123456789"), headers=SCRIPT)
    assert "burgerservicenummer van" not in clean.json()["parts"]["burgerservicenummers"]


# --- filing twice, and filing at the last second


def test_filing_twice_shows_the_same_receipt(director_client, draft):
    first = director_client.post(url("sign", draft.pk), SIGNATURE)
    again = director_client.post(url("sign", draft.pk), SIGNATURE)

    assertRedirects(first, url("receipt", draft.pk))
    assertRedirects(again, url("receipt", draft.pk))
    assert Letter.objects.filter(application=draft).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_file_once(client, director, draft):
    sessions = []
    for _ in range(2):
        one = type(client)()
        one.force_login(director)
        sessions.append(one)
    answers, start = [], threading.Barrier(2)

    def click(session):
        start.wait()
        try:
            answers.append(session.post(url("sign", draft.pk), SIGNATURE))
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=[session]) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.url for answer in answers] == [url("receipt", draft.pk)] * 2
    draft.refresh_from_db()
    assert draft.state == ApplicationState.SUBMITTED
    assert Letter.objects.filter(application=draft).count() == 1


MIDNIGHT = datetime(2026, 4, 15, 22, 0, tzinfo=UTC)  # 24.00 on 15 April in Amsterdam


def closing_at_midnight(director):
    round_ = SubsidyRoundFactory(
        opens_at=MIDNIGHT - timedelta(days=30), closes_at=MIDNIGHT, open=True
    )
    return ApplicationFactory(ikc=director.assignments.get().ikc, director=director, round=round_)


def test_at_23_59_59_it_is_in_time(director_client, director):
    draft = closing_at_midnight(director)
    with time_machine.travel(MIDNIGHT - timedelta(milliseconds=1), tick=False):
        response = director_client.post(url("sign", draft.pk), SIGNATURE)
        assertRedirects(response, url("receipt", draft.pk), fetch_redirect_response=False)
        assertContains(director_client.get(response.url), "23.59.59 uur")
    draft.refresh_from_db()
    assert timezone.localtime(draft.received_at).strftime("%d %H:%M:%S") == "15 23:59:59"


def test_at_24_00_00_it_is_too_late_and_says_to_the_second_why(director_client, director):
    draft = closing_at_midnight(director)
    with time_machine.travel(MIDNIGHT, tick=False):
        response = director_client.post(url("sign", draft.pk), SIGNATURE)
        assertContains(
            response,
            "De ronde is gesloten. Indienen kon tot 15 april 2026 om 24.00 uur. "
            "Uw verzoek kwam binnen op 16 april 2026 om 00.00.00 uur.",
            status_code=422,
        )
        move(draft, state=ApplicationState.LAPSED)  # the sweep of a second later
        after = director_client.post(url("sign", draft.pk), SIGNATURE, follow=True)
        assertContains(after, "Uw verzoek kwam binnen op 16 april 2026 om 00.00.00 uur.")
    assert Application.objects.get(pk=draft.pk).number == ""


def test_what_counts_is_when_the_request_came_in_and_not_when_it_got_its_turn(director):
    draft = closing_at_midnight(director)
    signature = {"signed_name": "S", "signed_job_title": "d", "declared": True, "by": director}
    with time_machine.travel(MIDNIGHT + timedelta(seconds=9), tick=False):
        with pytest.raises(RoundNotOpen):
            submit_application(draft, **signature, at=MIDNIGHT)
        filed = submit_application(draft, **signature, at=MIDNIGHT - timedelta(seconds=1))
    assert filed.received_at == MIDNIGHT - timedelta(seconds=1)
