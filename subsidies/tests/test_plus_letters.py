"""The letters about the status Plus (L24, L25): who drafts, who signs, what the database refuses, and the pages."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from ikc.models import PlusStatus
from ikc.states import PlusState
from ikc.tests.factories import (
    ROLE_TRAITS,
    AttentionAreaFactory,
    IkcFactory,
    PlusStatusFactory,
    UserFactory,
)
from kvk2.core.mail import MAX_ATTEMPTS
from kvk2.core.models import OutgoingMail
from subsidies.documents import MissingElements
from subsidies.models import PlusLetter
from subsidies.services import plus_delivery
from subsidies.services import plus_letters as services
from subsidies.services.decision_guards import FourEyes, NoMandate
from subsidies.services.delivery import NotNotified, PostingDayInvalid
from subsidies.tests.factories_assessment import SigningMandateFactory, board
from subsidies.tests.test_documents import words
from subsidies.worklist.delivery import tasks_for as delivery_tasks

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 20, 8, tzinfo=UTC)
TWO_DAYS = timedelta(hours=49)
WORDS = {"motivation": "Het team is klaar.", "view": "", "run_out": ""}
HEARD = {**WORDS, "view": "U was het eens.", "run_out": "De inzet stopt op 31 juli."}


@pytest.fixture
def leader():
    return UserFactory(project_leader=True)


@pytest.fixture
def signer():
    return SigningMandateFactory().user


@pytest.fixture
def status():
    ikc = IkcFactory(board=board(), attention_area=AttentionAreaFactory())
    return PlusStatus.objects.create(
        ikc=ikc, state=PlusState.GRANTED, valid_from=date(2026, 1, 1), valid_until=date(2028, 12, 31), source="programma"
    )  # fmt: skip


def test_one_drafts_and_another_signs_with_a_mandate(status, leader, signer):
    speaker = UserFactory(school_board=True, organisation=status.ikc.board)
    letter = services.draft_plus_letter(status, **WORDS, by=leader, at=AT)
    with pytest.raises(NoMandate):
        services.sign_plus_letter(letter, by=UserFactory(signer=True), at=AT)
    again = services.draft_plus_letter(status, **WORDS, by=signer, at=AT)
    assert again.pk == letter.pk
    with pytest.raises(FourEyes):
        services.sign_plus_letter(letter, by=signer, at=AT)
    services.draft_plus_letter(status, **WORDS, by=leader, at=AT)

    letter = services.sign_plus_letter(letter, by=signer, at=AT)

    with letter.stored.file.open("rb") as file:
        content = file.read()
    text = words(content)
    assert "krijgt het predicaat Plus IKC" in text
    assert f"mandaat {letter.mandate.number}" in text
    assert signer.full_name in text
    assert list(PdfReader(io.BytesIO(content)).attachments) == ["gegevens.json"]
    mail = OutgoingMail.objects.get()
    assert mail.to == speaker.email
    assert letter.reference in mail.subject
    with pytest.raises(services.PlusLetterSigned):
        services.sign_plus_letter(letter, by=signer, at=AT)
    with pytest.raises(services.PlusLetterSigned):
        services.draft_plus_letter(status, **WORDS, by=leader, at=AT)


def in_state(state, **ikc):
    """A status that is in this state from the start: a letter is about the state, not about the way to it."""
    ikc = IkcFactory(board=board(), **{"attention_area": AttentionAreaFactory(), **ikc})
    return PlusStatusFactory(ikc=ikc, state=state)


def test_what_takes_something_away_is_heard_first_and_what_goes_on_decides_nothing(leader, signer):
    reviewed = in_state(PlusState.UNDER_RECALIBRATION)
    with pytest.raises(services.NoPlusLetter):
        services.draft_plus_letter(reviewed, **WORDS, by=leader, at=AT)
    reviewed.state = PlusState.ENDED
    reviewed.save(update_fields=["state"])
    with pytest.raises(MissingElements, match="zienswijze, afbouw"):
        services.draft_plus_letter(reviewed, **WORDS, by=leader, at=AT)
    ended = services.draft_plus_letter(reviewed, **HEARD, by=leader, at=AT)
    assert ended.kind == "ended"
    goes_on = services.draft_plus_letter(in_state(PlusState.CONTINUED), **HEARD, by=leader, at=AT)
    assert (goes_on.view, goes_on.run_out) == ("", "")
    goes_on = services.sign_plus_letter(goes_on, by=leader, at=AT)
    assert goes_on.mandate is None
    given = in_state(PlusState.GRANTED)
    letter = services.draft_plus_letter(given, **WORDS, by=leader, at=AT)
    given.state = PlusState.UNDER_RECALIBRATION
    given.save(update_fields=["state"])
    with pytest.raises(services.NoPlusLetter, match="andere status"):
        services.sign_plus_letter(letter, by=signer, at=AT)
    with pytest.raises(services.NoPlusLetter, match="aandachtsgebied"):
        services.draft_plus_letter(
            in_state(PlusState.GRANTED, attention_area=None), **WORDS, by=leader, at=AT
        )


# Who may what with the letters of this IKC: role, and whether it is of this very IKC.
MAY = {
    ("project_leader", False): {"view", "draft"},
    ("signer", False): {"view", "sign"},
    ("auditor", False): {"view"},
    ("school_board", True): {"view"},
    ("director", True): {"view"},
}


def test_the_matrix(status, leader):
    letter = services.draft_plus_letter(status, **WORDS, by=leader, at=AT)
    message = PlusLetter(status=status, kind=PlusLetter.Kind.CONTINUED)
    own = {"school_board": {"organisation": status.ikc.board}, "director": {"ikc": status.ikc}}
    for role in ROLE_TRAITS:
        for is_own in (False, True) if role in own else (False,):
            user = UserFactory(**{role: True}, **(own[role] if is_own else {}))
            has = {
                "view": user.has_perm("subsidies.view_plus_letters", status.ikc),
                "draft": user.has_perm("subsidies.draft_plus_letter"),
                "sign": user.has_perm("subsidies.sign_plus_letter", letter),
            }
            allowed = MAY.get((role.removeprefix("second_"), is_own), set())
            assert {name for name, may in has.items() if may} == allowed, (role, is_own)
            sends = role.removeprefix("second_") in ("project_leader", "signer")
            assert user.has_perm("subsidies.sign_plus_letter", message) == sends, role


def test_the_database_refuses_what_must_never_be(status, leader, signer):
    letter = services.draft_plus_letter(status, **WORDS, by=leader, at=AT)
    rows = PlusLetter.objects.filter(pk=letter.pk)
    for name, change in (
        ("plus_letter_signed_is_whole", {"signed_at": AT}),
        ("plus_letter_burden_was_heard", {"kind": "ended"}),
        ("plus_letter_decision_has_four_eyes", {"signed_by": leader}),
        ("plus_letter_decision_is_mandated", {"signed_by": signer}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**change)
    services.sign_plus_letter(letter, by=signer, at=AT)
    for deed in (lambda: rows.update(motivation="Anders."), lambda: rows._raw_delete("default")):
        with pytest.raises(IntegrityError, match="plus_letter_stays"), transaction.atomic():
            deed()
    with pytest.raises(IntegrityError, match="plus_letter_once"), transaction.atomic():
        PlusLetter.objects.create(
            status=status, kind="granted", reference="x", drafted_by=leader, drafted_at=AT
        )


def test_from_the_page_of_the_ikc_to_a_signed_letter(client, status, leader, signer):
    page = reverse("subsidies:plus_letters", args=[status.ikc.pk])
    draft = reverse("subsidies:plus_letter_draft", args=[status.pk])
    client.force_login(leader)
    assert page in client.get(status.get_absolute_url()).content.decode()
    assert "Over deze status is nog geen brief" in client.get(page).content.decode()
    assert client.post(draft, {"motivation": ""}).status_code == 422
    assert client.post(draft, {"motivation": "Het team is klaar."}).url == page
    letter = PlusLetter.objects.get()
    file = reverse("subsidies:plus_letter_file", args=[letter.pk])
    sign = reverse("subsidies:plus_letter_sign", args=[letter.pk])
    draft_text = words(client.get(file).content)
    assert "Concept" in draft_text
    assert "digitaal ondertekend op" not in draft_text
    assert client.get(sign).status_code == 403

    speaker = UserFactory(school_board=True, organisation=status.ikc.board)
    client.force_login(speaker)
    assert letter.reference not in client.get(page).content.decode()
    assert client.get(file).status_code == 404
    assert client.get(draft).status_code == 403

    client.force_login(signer)
    assert "verandert daarna niet meer" in client.get(sign).content.decode()
    assert client.post(sign).url == page

    client.force_login(speaker)
    assert letter.reference in client.get(page).content.decode()
    assert client.get(file)["Content-Type"] == "application/pdf"
    client.force_login(UserFactory(school_board=True))
    assert [client.get(path).status_code for path in (file, sign, draft)] == [404, 404, 404]
    assert client.get(page).status_code in (403, 404)


def test_the_page_asks_the_same_for_one_and_three(
    client, status, leader, signer, django_assert_max_num_queries
):
    page = reverse("subsidies:plus_letters", args=[status.ikc.pk])
    client.force_login(leader)
    services.draft_plus_letter(status, **WORDS, by=leader, at=AT)
    client.get(page)
    with django_assert_max_num_queries(40) as first:
        client.get(page)
    for state in (PlusState.CONTINUED, PlusState.PROPOSED):
        more = PlusStatusFactory(
            ikc=status.ikc, state=state, valid_from=date(2020, 1, 1), valid_until=date(2021, 1, 1)
        )
        if state == PlusState.CONTINUED:
            services.draft_plus_letter(more, **WORDS, by=leader, at=AT)
    with django_assert_max_num_queries(len(first)):
        client.get(page)


def signed(status, leader, signer) -> PlusLetter:
    letter = services.draft_plus_letter(status, **WORDS, by=leader, at=AT)
    return services.sign_plus_letter(letter, by=signer, at=AT)


def test_there_is_proof_that_the_letter_was_sent_and_read(status, leader, signer):
    speaker = UserFactory(school_board=True, organisation=status.ikc.board)
    letter = signed(status, leader, signer)
    notice = letter.events.get(kind="notified")
    assert notice.mail == OutgoingMail.objects.get()
    assert plus_delivery.counts_from(letter) is None
    assert not plus_delivery.unannounced(AT).exists()
    assert list(plus_delivery.unannounced(AT + TWO_DAYS)) == [letter]

    # a notice that arrived in time lets the day of signing stand; one that came back does not
    OutgoingMail.objects.update(sent_at=AT + timedelta(hours=1))
    assert plus_delivery.counts_from(letter) == AT.date()
    assert not plus_delivery.unannounced(AT + TWO_DAYS).exists()
    with pytest.raises(NotNotified):
        plus_delivery.record_bounce(letter, recipient="x@y.nl", note="weg", by=leader, at=AT)
    plus_delivery.record_bounce(letter, recipient=speaker.email, note="weg", by=leader, at=AT)
    assert plus_delivery.counts_from(letter) is None
    (task,) = delivery_tasks(leader, today=AT.date())
    assert reverse("subsidies:plus_delivery", args=[letter.pk]) == task.url

    later = AT + TWO_DAYS
    with pytest.raises(PostingDayInvalid):
        plus_delivery.send_on_paper(letter, posted_on=date(2026, 5, 19), by=leader, at=later)
    plus_delivery.send_on_paper(letter, posted_on=date(2026, 5, 22), by=leader, at=later)
    assert plus_delivery.counts_from(letter) == date(2026, 5, 22)
    assert not plus_delivery.unannounced(later).exists()

    services.open_plus_letter(letter, by=signer, at=AT)
    services.open_plus_letter(letter, by=speaker, at=AT)
    opened = [row.user for row in plus_delivery.proof_of(letter) if row.kind == "opened"]
    assert opened == [speaker]
    with pytest.raises(IntegrityError), transaction.atomic():
        letter.events.update(note="anders")


def test_a_mail_that_failed_is_a_notice_that_came_back(status, leader, signer):
    UserFactory(school_board=True, organisation=status.ikc.board)
    letter = signed(status, leader, signer)
    OutgoingMail.objects.update(attempts=MAX_ATTEMPTS, error="weg")
    assert [plus_delivery.note_failed(at=AT), plus_delivery.note_failed(at=AT)] == [1, 0]
    assert letter.events.filter(kind="bounced").count() == 1


def test_the_pages_of_the_proof(client, status, leader, signer):
    speaker = UserFactory(school_board=True, organisation=status.ikc.board)
    letter = signed(status, leader, signer)

    def page(name):
        return reverse(f"subsidies:{name}", args=[letter.pk])

    for user, sees, does in (
        (leader, 200, 200),
        (UserFactory(auditor=True), 200, 403),
        (speaker, 403, 403),
    ):
        client.force_login(user)
        for name in ("plus_delivery", "plus_proof"):
            assert client.get(page(name)).status_code == sees
        for name in ("plus_bounce", "plus_again", "plus_paper"):
            assert client.get(page(name)).status_code == does
    client.force_login(leader)
    letters = client.get(reverse("subsidies:plus_letters", args=[status.ikc.pk]))
    assert page("plus_delivery") in letters.content.decode()
    assert client.post(page("plus_again"), {"recipient": "geen adres"}).status_code == 422
    assert client.post(page("plus_again"), {"recipient": "bestuur@school.nl"}).status_code == 302
    assert client.post(page("plus_bounce"), {"recipient": speaker.email, "note": "x"}).url == page(
        "plus_delivery"
    )
    html = client.get(page("plus_delivery")).content.decode()
    assert "Nog niemand kreeg een melding" in html
    assert "bestuur@school.nl" in html
    assert "bestuur@school.nl" in client.get(page("plus_proof")).content.decode()
