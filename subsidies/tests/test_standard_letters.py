"""Letters of the catalogue (L11-L22): their texts, what a decision cannot do without, and the PDF of each shape."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from subsidies.documents import LegalBasis, MissingElements, ObjectionClause, Signature
from subsidies.documents_standard import (
    DecisionPart,
    Remedy,
    StandardLetterContext,
    render_standard,
)
from subsidies.letter_catalogue import COMMON, Field, FieldKind, fields_of, letter_types, table
from subsidies.letter_catalogue.kinds import MergeValues
from subsidies.letter_catalogue.markup import (
    blocks,
    fields_in,
    problem_with_body,
    problem_with_subject,
)
from subsidies.letter_texts import EXAMPLES
from subsidies.models import Letter
from subsidies.services import letters
from subsidies.services.applications import withdraw_application
from subsidies.services.standard_letters import order_standard_letter, preview_standard_letter
from subsidies.tests.factories import ApplicationFactory, move
from subsidies.tests.letter_samples import ADDRESSEE, APPLICATION, MUNICIPALITY
from subsidies.tests.test_documents import words

AT = datetime(2026, 5, 20, 8, tzinfo=UTC)
FIELDS = {
    "bedrag": Field("het bedrag", FieldKind.AMOUNT),
    "uiterlijk": Field("de laatste dag", FieldKind.DATE),
    "grond": Field("de reden"),
    "stukken": Field("wat u meestuurt", FieldKind.LINES),
    "opbouw": Field("hoe het bedrag is opgebouwd", FieldKind.TABLE),
}
BODY = """Wij stellen de subsidie vast op {bedrag}. U reageert uiterlijk {uiterlijk}.

## Opbouw van het bedrag
{opbouw}

## Wat u meestuurt

{stukken}

## Tot slot

Dit is omdat {grond}
in {ikc}.

- Eén ding.
- Nog een ding bij {ronde}.
"""
MESSAGE = StandardLetterContext(
    code="L22",
    municipality=MUNICIPALITY,
    addressee=ADDRESSEE,
    sent_on=date(2026, 6, 18),
    reference="KVK2-2026-0014-L22-1",
    application=APPLICATION,
    legal_names=LegalBasis("Algemene subsidieverordening Voorbeeld", "Subsidieregeling 2026"),
    subject_text="Over {ikc}",
    body_text=BODY,
    required=("bedrag", "uiterlijk"),
    values=MergeValues.sort_out(
        {
            "bedrag": Decimal("1234.50"),
            "uiterlijk": date(2026, 7, 2),
            "grond": "de <b>kosten</b> & baten lager waren",
            "stukken": ["een verslag", "een foto"],
            "opbouw": table(
                "Zo komen wij aan het bedrag",
                ("Post", "Bedrag"),
                [("Verleend", "€ 2.000,00"), ("Niet gedaan", "-€ 765,50")],
                total=("Vast te stellen", "€ 1.234,50"),
                numeric=(1,),
            ),
        },
        FIELDS,
    ),
    url="https://portaal.voorbeeld.example/aanvragen/14/",
)
DECISION = replace(
    MESSAGE,
    code="L14",
    reference="KVK2-2026-0014-B2",
    decision=DecisionPart(
        legal_basis=LegalBasis(
            "Algemene subsidieverordening Voorbeeld",
            "Subsidieregeling 2026",
            ("artikel 4:46 Awb", "artikel 4:47 Awb"),
        ),
        motivation=("U deed een deel van de activiteiten niet.", "De verlaging is in verhouding."),
        signature=Signature("A. de Vries", "teammanager", "2026-11", AT),
        remedy=Remedy.OBJECTION,
        objection_text=EXAMPLES["objection"],
    ),
    objection=ObjectionClause(date(2026, 7, 30), postal_lines=MUNICIPALITY.address),
)
APPEAL = replace(
    DECISION, code="L21", decision=replace(DECISION.decision, remedy=Remedy.APPEAL, objection_text="")
)  # fmt: skip


def test_every_code_of_a_letter_can_be_made():
    assert set(Letter.Code.values) == set(letters.CONTEXTS)
    assert set(letters.CONTEXTS.values()) == set(letters.RENDERERS)
    assert set(letter_types()) <= set(Letter.Code.values)


@pytest.mark.parametrize("code", letter_types())
def test_every_text_of_the_catalogue_keeps_its_own_rules(code):
    letter = letter_types()[code]
    fields = fields_of(letter)
    assert problem_with_subject(letter.subject.strip(), fields) == ""
    assert problem_with_body(letter.body.strip(), fields, letter.required) == ""
    assert letter.required <= set(letter.fields)
    assert not set(letter.fields) & set(COMMON), "a field of every letter is filled in by itself"
    used = {*fields_in(letter.body), *fields_in(letter.subject)}
    assert set(letter.fields) <= used, "a field that the text never uses"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Schrijf de tekst op."),
        ("## Kop\n\nTekst", "Begin met een alinea"),
        ("Tekst {bedrag} {onbekend}", "{onbekend} bestaat hier niet"),
        ("Tekst {bedrag} }", "accolade staat los"),
        ("Tekst {bedrag}: {stukken}", "Zet het op een eigen regel"),
        ("Tekst {uiterlijk}", "{bedrag} ontbreekt (het bedrag)"),
        ("Tekst { bedrag }\n\n{stukken}", ""),
    ],
)
def test_what_is_wrong_with_a_text_is_one_sentence(text, problem):
    found = problem_with_body(text, FIELDS, frozenset({"bedrag"}))
    assert problem in found
    assert bool(found) == bool(problem)


def test_a_subject_is_one_line_without_lists():
    assert "één regel" in problem_with_subject("a\nb", FIELDS)
    assert "lijst of een tabel" in problem_with_subject("Over {opbouw}", FIELDS)
    assert "bestaat hier niet" in problem_with_subject("Over {ikc}", FIELDS)


def test_what_has_no_value_leaves_no_trace():
    text = "Begin.\n\n## Stukken\n{stukken}\n\n## Reden\n\n{grond}\n\n## Slot\n\nEinde."
    kept = blocks(text, {"grond": ""}, {})
    assert [block.heading or block.paragraph for block in kept] == ["Begin.", "Slot", "Einde."]


def test_a_sentence_without_its_value_leaves_no_trace_and_a_list_may_go_on_over_two_lines():
    text = "Wij namen uw {zaak} aan. De termijn liep af op {dag}. Bel {wie} of {dag}.\n\n- Eén ding dat\n  doorloopt.\n- Door {dag}."
    first, listed = blocks(text, {"zaak": "", "dag": "", "wie": "ons"}, {})
    assert first.paragraph == "Bel ons of ."
    assert listed.items == ("Eén ding dat doorloopt.",)


def test_a_value_of_another_kind_is_a_fault_of_the_caller():
    with pytest.raises(TypeError, match="bedrag takes a amount"):
        MergeValues.sort_out({"bedrag": "12,50"}, FIELDS)
    with pytest.raises(KeyError):
        MergeValues.sort_out({"onbekend": "x"}, FIELDS)


def test_a_decision_has_its_basis_reasons_objection_and_signature_by_itself():
    text = words(render_standard(DECISION))
    for element in (
        "Over Kindcentrum De Lindeboom",
        "Geacht bestuur, Wij stellen de subsidie vast op € 1.234,50.",
        "in het bijzonder artikel 4:46 Awb en artikel 4:47 Awb, de Algemene",
        "U deed een deel van de activiteiten niet.",
        "Vast te stellen € 1.234,50",
        "een verslag",
        "de <b>kosten</b> & baten lager waren in Kindcentrum De Lindeboom.",
        "uiterlijk op 30 juli 2026",
        "bezwaar maken bij het college",
        "mandaat 2026-11",
    ):
        assert element in text, element
    appeal = words(render_standard(APPEAL))
    assert "in beroep gaan bij de Rechtbank Midden-Nederland" in appeal
    assert "bezwaar maken bij" not in appeal
    message = words(render_standard(MESSAGE))
    assert "bezwaar" not in message
    assert "Waarop dit besluit is gebaseerd" not in message


def _decided(**changes):
    return replace(DECISION, decision=replace(DECISION.decision, **changes))


@pytest.mark.parametrize(
    ("letter", "name"),
    [
        (replace(DECISION, municipality=replace(MUNICIPALITY, address=())), "afzender"),
        (replace(DECISION, municipality=replace(MUNICIPALITY, court="")), "rechtbank"),
        (replace(DECISION, addressee=replace(ADDRESSEE, lines=())), "adres van de geadresseerde"),
        (replace(DECISION, reference=""), "kenmerk"),
        (replace(DECISION, subject_text=""), "onderwerp"),
        (replace(DECISION, objection=None), "laatste dag voor bezwaar of beroep, adres voor bezwaar"),
        (replace(DECISION, values=MergeValues()), "tekst, invulveld bedrag, invulveld uiterlijk"),
        (replace(DECISION, body_text="Tekst {bedrag}"), "invulveld uiterlijk in de tekst"),
        (_decided(motivation=()), "motivering"),
        (_decided(legal_basis=LegalBasis("", "x")), "wettelijke grondslag"),
        (_decided(objection_text=" "), "brieftekst ‘bezwaarclausule’"),
        (_decided(signature=Signature("", "", "1", AT)), "ondertekening"),
        (_decided(signature=Signature("A", "b", "", AT)), "mandaat"),
    ],
)  # fmt: skip
def test_a_letter_without_a_mandatory_element_cannot_be_made(letter, name):
    assert ", ".join(letter.missing_elements()) == name
    with pytest.raises(MissingElements, match=name):
        render_standard(letter)


@pytest.mark.django_db
def test_withdrawing_is_confirmed_by_a_letter():
    application = ApplicationFactory(in_review=True)
    move(application.board, electronic_consent_at=AT)

    withdraw_application(application, reason="Geen <team>.", by=application.created_by, at=AT)

    letter = Letter.objects.get(application=application, code=Letter.Code.WITHDRAWN)
    assert letters.render_letter(letter.pk, at=AT)
    letter.refresh_from_db()
    context = StandardLetterContext.from_dict(letter.context)
    assert context.reference == f"{application.number}-L22-1"
    with letter.stored.file.open("rb") as file:
        text = words(file.read())
    assert "Op 20 mei 2026 trok u uw aanvraag" in text
    assert "Geen <team>." in text
    assert letter.message.subject.startswith("Bevestiging intrekking aanvraag voor")


@pytest.mark.django_db
def test_a_letter_that_lacks_a_value_is_not_ordered():
    application = ApplicationFactory(in_review=True)

    with pytest.raises(MissingElements, match="invulveld ingetrokken_op"):
        order_standard_letter("L22", application, {"reden": "x"}, at=AT)
    assert not application.letters.filter(code="L22").exists()
    preview = preview_standard_letter("L22", application, {"ingetrokken_op": AT.date()}, at=AT)
    assert "Concept" in words(preview)
    assert not application.letters.filter(code="L22").exists()
