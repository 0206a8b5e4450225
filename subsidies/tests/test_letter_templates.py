"""The words of a standard letter: who edits them, what is refused, and that what was ordered stays as it was."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from ikc.tests.factories import UserFactory
from kvk2.core.audit import events_of
from subsidies.documents_standard import StandardLetterContext
from subsidies.letter_catalogue.overview import DOCUMENTS
from subsidies.models import Letter, LetterTemplate
from subsidies.services import letter_templates as services
from subsidies.services.applications import withdraw_application
from subsidies.tests.factories import ApplicationFactory
from subsidies.tests.test_documents import words
from subsidies.tests.test_models_intake import refuses
from subsidies.tests.test_permissions_intake import applications, ikc, people  # noqa: F401

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
TODAY = date(2026, 6, 1)
BODY = "Op {ingetrokken_op} kregen wij uw bericht.\n\n## Dank\n\nDank u, {bestuur}."
VALUES = {
    "subject": "Ingetrokken: {ikc}",
    "body": BODY,
    "reason": "Korter",
    "valid_from": "1-6-2026",
    "after": "0",
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def admin(client):
    user = UserFactory(admin=True)
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(f"subsidies:{name}", args=args)


def saved(by, **changes):
    values = {**VALUES, "valid_from": TODAY, "after": 0, **changes}
    return services.save_text("L22", **values, by=by, at=AT)


def withdrawn(**fields):
    application = ApplicationFactory(in_review=True, **fields)
    withdraw_application(application, reason="Geen team.", by=application.created_by, at=AT)
    return Letter.objects.get(application=application, code="L22")


def test_another_wording_holds_from_its_day_and_what_was_ordered_stays(admin):
    before = withdrawn()
    saved(admin)
    after = withdrawn()

    first, second = (StandardLetterContext.from_dict(one.context) for one in (before, after))
    before.refresh_from_db()
    assert StandardLetterContext.from_dict(before.context) == first
    assert (first.text_version, second.text_version) == (0, 1)
    assert second.subject == f"Ingetrokken: {after.application.ikc.name}"
    assert "Klopt dit niet?" in first.body_text
    row = LetterTemplate.objects.get()
    (event,) = events_of(row)
    assert (event.verb, event.actor, event.reason) == ("letter_text_changed", admin, "Korter")


def test_a_wording_of_a_later_day_waits_and_a_newer_one_takes_its_place(admin):
    later = TODAY + timedelta(days=30)
    saved(admin, valid_from=later)
    assert services.text_on("L22", TODAY).number == 0
    assert services.text_on("L22", later).number == 1
    services.back_to_standard("L22", reason="Toch niet", after=1, by=admin, at=AT)
    assert services.text_on("L22", later) == services.standard_text("L22", number=2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": "Op {ingetrokken_op} en {onbekend}."}, "{onbekend} bestaat hier niet"),
        ({"body": "Dank u."}, "{ingetrokken_op} ontbreekt"),
        ({"subject": "Over {wie}"}, "{wie} bestaat hier niet"),
        ({"reason": " "}, "waarom de tekst verandert"),
        ({"valid_from": TODAY - timedelta(days=1)}, "nooit met terugwerking"),
    ],
)
def test_a_wrong_text_is_refused(admin, changes, sentence):
    with pytest.raises(services.LetterTextInvalid, match=sentence):
        saved(admin, **changes)
    assert not LetterTemplate.objects.exists()


def test_who_comes_second_is_told(admin):
    saved(admin)
    with pytest.raises(services.NewerLetterText, match="Iemand anders"):
        saved(admin)


def test_what_must_never_be(admin):
    row = saved(admin)
    base = {
        "code": "L22",
        "subject": "x",
        "body": "y",
        "reason": "z",
        "valid_from": TODAY,
        "written_by": admin,
        "written_at": AT,
    }
    create = LetterTemplate.objects.create
    refuses("letter_template_number_once", create, **base, number=1)
    refuses("letter_template_is_whole", create, **{**base, "body": ""}, number=2)
    refuses("letter_template_has_a_reason", create, **{**base, "reason": ""}, number=2)
    rows = LetterTemplate.objects.filter(pk=row.pk)
    for deed in (lambda: rows.update(reason="anders"), rows.delete):
        with pytest.raises(IntegrityError, match="letter_template_stays"), transaction.atomic():
            deed()


def test_who_may_change_the_words(people, client):  # noqa: F811
    may = {role for role, user in people.items() if user.has_perm("subsidies.change_letter_text")}
    assert may == {"project_leader", "admin"}
    for role, status in (("signer", 403), ("auditor", 403), ("director", 404), ("member", 404)):
        client.force_login(people[role])
        assert client.get(url("letter_text_edit", "L22")).status_code == status, role
        assert client.get(url("letter_text", "L22")).status_code == (
            status if status == 404 else 200
        )
    assert client.get(url("letter_text", "L99")).status_code == 404


def test_the_catalogue_names_every_document_and_every_code(client, admin):
    saved(admin)
    page = client.get(url("letter_text_list"))
    for document in DOCUMENTS:
        assertContains(page, f"{document.code} {document.title}")
    assertContains(page, "Eigen tekst, versie 1")
    numbers = {int(document.code[1:3]) for document in DOCUMENTS}
    assert numbers == set(range(1, 34))
    variants = {"L02V", "L04O", "L04D", "L05V", "L05A"}  # told with the letter they belong to
    assert set(Letter.Code.values) - variants <= {document.code for document in DOCUMENTS}


def test_editing_looks_first_keeps_what_was_typed_and_shows_the_difference(client, admin):
    page = client.get(url("letter_text_edit", "L22"))
    assertContains(page, "ingetrokken_op")
    assertContains(page, "Klopt dit niet?")
    wrong = client.post(url("letter_text_edit", "L22"), {**VALUES, "body": "Dank u, {bestuur}."})
    assertContains(wrong, "Het invulveld {ingetrokken_op} ontbreekt", status_code=422)
    assertContains(wrong, "Dank u, {bestuur}.", status_code=422)

    shown = client.post(url("letter_text_edit", "L22"), {**VALUES, "preview": ""})
    assert shown["Content-Type"] == "application/pdf"
    assert "Voorbeeld" in words(shown.content)
    assert "Dank u, Stichting Voorbeeld." in words(shown.content)
    assert not LetterTemplate.objects.exists()

    assertRedirects(client.post(url("letter_text_edit", "L22"), VALUES), url("letter_text", "L22"))
    page = client.get(url("letter_text", "L22"))
    assertContains(page, "Versie 1")
    assertContains(page, "Korter")
    assertContains(client.get(url("letter_text_compare", "L22", 1)), "Ingetrokken: {ikc}")
    assert client.get(url("letter_text_compare", "L22", 2)).status_code == 404

    back = client.post(url("letter_text_standard", "L22"), {"reason": "Beter"})
    assertRedirects(back, url("letter_text", "L22"))
    assert services.text_on("L22", TODAY).subject == services.standard_text("L22").subject
    assertNotContains(client.get(url("letter_text", "L22")), "Terug naar de standaardtekst</span>")


def test_a_text_is_tried_on_a_real_case_by_who_may_see_it(client, admin):
    letter = withdrawn()
    example = f"{url('letter_text_example', 'L22')}?brief={letter.pk}"
    assert client.get(example).status_code == 404  # the administrator sees no cases
    client.force_login(UserFactory(project_leader=True))
    assertContains(client.get(url("letter_text", "L22")), str(letter.application))
    text = words(client.get(example).content)
    assert letter.application.number in text
    assert "Voorbeeld" in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_as_much_for_one_as_for_three(client, rows, django_assert_num_queries):
    leader = UserFactory(project_leader=True)
    client.force_login(leader)
    for number in range(rows):
        saved(leader, after=number)
        withdrawn()
    with django_assert_num_queries(9):
        client.get(url("letter_text", "L22"))
    with django_assert_num_queries(4):
        client.get(url("letter_text_list"))
