import io
import json
import re
from dataclasses import replace
from decimal import Decimal

import pypdf
import pytest

from kvk2.core.documents import Municipality
from kvk2.core.tests.verapdf import validate
from subsidies.documents import (
    AdviceContext,
    Answer,
    LetterContext,
    LetterKind,
    MissingElements,
    ReceiptContext,
    Section,
    render_letter,
    render_receipt,
)
from subsidies.documents_terms import render_completion, render_not_processed
from subsidies.tests.letter_samples import (
    ADVICE,
    COMPLETION,
    GRANT,
    LATER,
    NOT_PROCESSED,
    PARTIAL_GRANT,
    RECEIPT,
    REFUSAL,
)

LETTERS = [
    GRANT,
    PARTIAL_GRANT,
    REFUSAL,
    ADVICE,
    RECEIPT,
    COMPLETION,
    NOT_PROCESSED,
    LATER,
]
NAMES = ["grant", "partial", "refusal", "advice", "receipt", "completion", "not_processed", "later"]


def words(data: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    text = " ".join(page.extract_text() for page in pages)
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


@pytest.mark.parametrize("context", LETTERS, ids=NAMES)
def test_a_letter_comes_back_from_storage_as_it_was(context):
    stored = json.loads(json.dumps(context.as_dict()))
    again = type(context).from_dict(stored)
    assert again == context
    assert again.digest() == context.digest()


def test_a_grant_starts_with_the_decision_and_names_what_the_law_asks():
    text = words(render_letter(GRANT))
    assert "Geacht bestuur, Wij verlenen u een subsidie van ten hoogste € 62.500,00" in text
    for element in (
        "1 augustus 2026 tot en met 31 juli 2027",
        "Algemene subsidieverordening Voorbeeld",
        "artikel 4:25 Awb",
        "staat op plaats 19",
        "De IKC-commissie heeft uw aanvraag beoordeeld",
        "eindigt op 4300",
        "15 augustus 2026",
        "Voorschot samen € 50.000,00",
        "uiterlijk 1 november 2027",
        "Voorbehoud over de begroting",
        "uiterlijk op 30 juli 2026",
        "voorzieningenrechter van de Rechtbank Midden-Nederland",
        "namens het college van burgemeester en wethouders van Voorbeeld",
        "mandaat 2026-11",
    ):
        assert element in text, element


def test_a_partial_grant_says_what_is_refused_and_which_effort_is_asked():
    text = words(render_letter(PARTIAL_GRANT))
    assert "Het verschil van € 12.500,00 wijzen wij af" in text
    assert "omdat het geld bij plaats 17 op was" in text
    assert "om u ervoor in te spannen dat er één gezamenlijk overleg is" in text


def test_a_refusal_has_no_payment_or_duties():
    text = words(render_letter(REFUSAL))
    assert "Wij weigeren de subsidie van € 62.500,00" in text
    assert "voorschot" not in text
    assert "Wat wij van u verwachten" not in text


def test_a_refusal_that_deviates_from_the_advice_gives_the_reason():
    adviser = replace(
        REFUSAL.adviser,
        followed=False,
        deviation="de hoogte van het bedrag",
        deviation_reason="het plafond is bereikt.",
    )
    text = words(render_letter(replace(REFUSAL, adviser=adviser)))
    assert "Onze reden daarvoor is: het plafond is bereikt." in text


def test_the_receipt_repeats_everything_that_was_typed():
    text = words(render_receipt(RECEIPT))
    assert "14 februari 2026, 14.22 uur" in text
    assert "Een goede start. Voor élk kind & elke ouder." in text
    assert "(niet ingevuld)" in text
    assert "€ 70.500,00" in text
    assert "plan.pdf" in text
    assert "M. Dijkstra" in text


def test_what_people_type_is_never_markup():
    nasty = Section("<b>Plan</b>", (Answer("a&b", "<script>alert(1)</script> 👍 ]]>"),))
    data = render_receipt(replace(RECEIPT, sections=(nasty,)))
    assert "<script>alert(1)</script> □ ]]>" in words(data)
    assert validate(data, "ua1").compliant


@pytest.mark.parametrize("demo", [True, False])
def test_demonstration_data_say_so_on_every_page(demo):
    data = render_letter(replace(GRANT, demo=demo))
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        assert ("Demonstratiegegevens" in page.extract_text()) is demo


def without(letter: LetterContext, path: str, empty: object) -> LetterContext:
    outer, _, inner = path.partition(".")
    if not inner:
        return replace(letter, **{outer: empty})
    return replace(letter, **{outer: replace(getattr(letter, outer), **{inner: empty})})


ELEMENTS_OF_EVERY_DECISION = [
    ("municipality.address", (), "afzender"),
    ("addressee.organisation", "", "geadresseerde"),
    ("reference", "", "kenmerk"),
    ("subject", "", "onderwerp"),
    ("application.number", "", "aanvraag"),
    ("legal_basis.scheme", "", "wettelijke grondslag"),
    ("motivation", (), "motivering"),
    ("adviser.name", "", "adviseur"),
    ("municipality.court", "", "rechtbank"),
    ("signature.name", "", "ondertekening"),
    ("signature.mandate", "", "mandaat"),
]
ELEMENTS_OF_A_GRANT = [
    ("granted", Decimal(0), "bedrag"),
    ("period_from", None, "tijdvak"),
    ("activities", (), "activiteiten"),
    ("obligations", (), "verplichtingen"),
    ("advances", (), "bevoorschotting"),
    ("iban_last4", "", "bevoorschotting"),
    ("accountability", None, "verantwoording"),
]


@pytest.mark.parametrize(
    ("path", "empty", "name"), ELEMENTS_OF_EVERY_DECISION + ELEMENTS_OF_A_GRANT
)
def test_a_grant_without_a_mandatory_element_is_refused(path, empty, name):
    letter = without(GRANT, path, empty)
    assert letter.missing_elements() == (name,)
    with pytest.raises(MissingElements, match=name):
        render_letter(letter)


@pytest.mark.parametrize(("path", "empty", "name"), ELEMENTS_OF_EVERY_DECISION)
def test_a_refusal_without_a_mandatory_element_is_refused(path, empty, name):
    assert without(REFUSAL, path, empty).missing_elements() == (name,)


def test_a_partial_grant_needs_the_reason_of_the_lower_amount():
    assert replace(PARTIAL_GRANT, reductions=()).missing_elements() == (
        "reden van het lagere bedrag",
    )


def test_deviating_from_the_advice_needs_a_reason():
    adviser = replace(GRANT.adviser, followed=False)
    assert replace(GRANT, adviser=adviser).missing_elements() == (
        "reden om af te wijken van het advies",
    )


def test_complete_letters_miss_nothing():
    assert GRANT.missing_elements() == ()
    assert PARTIAL_GRANT.missing_elements() == ()
    assert REFUSAL.missing_elements() == ()


def test_stored_contexts_with_unknown_or_missing_keys_are_refused():
    stored = GRANT.as_dict()
    with pytest.raises(ValueError, match="extra"):
        LetterContext.from_dict(stored | {"extra": 1})
    with pytest.raises(ValueError, match="reference"):
        LetterContext.from_dict({key: stored[key] for key in stored if key != "reference"})
    with pytest.raises(ValueError, match="OTHER"):
        LetterContext.from_dict(stored | {"kind": "OTHER"})
    with pytest.raises(ValueError, match="Expected str"):
        AdviceContext.from_dict(ADVICE.as_dict() | {"secretary": 3})
    with pytest.raises(ValueError, match="expected an object"):
        ReceiptContext.from_dict(RECEIPT.as_dict() | {"addressee": "Stichting"})


def test_a_context_holds_no_floats():
    with pytest.raises(TypeError, match="float"):
        replace(GRANT, granted=1.5).as_dict()


def test_kinds_are_stored_as_plain_words():
    assert GRANT.as_dict()["kind"] == "GRANT"
    assert LetterContext.from_dict(GRANT.as_dict()).kind is LetterKind.GRANT


def test_the_municipality_comes_from_the_settings(settings):
    settings.MUNICIPALITY = MUNICIPALITY | {"code": "GM0000"}
    assert Municipality.from_settings() == Municipality(**MUNICIPALITY)


MUNICIPALITY = {
    "name": "Gemeente Anders",
    "short_name": "Anders",
    "college": "het college van Anders",
    "address": ("Postbus 2",),
    "court": "Rechtbank Gelderland",
}


def test_a_request_to_complete_says_what_is_missing_until_when_and_what_follows():
    text = words(render_completion(COMPLETION))
    for element in (
        "nog niet compleet",
        "uiterlijk op 4 mei 2026",
        "Machtiging: het besluit van het bestuur ontbreekt.",
        "de brief van de MR is niet te lezen",
        "telt de tijd niet mee voor onze beslistermijn",
        "artikel 4:15",
        "uw aanvraag niet te behandelen (artikel 4:5)",
        "https://portaal.voorbeeld.example/aanvragen/14/",
    ):
        assert element in text, element


def test_leaving_unprocessed_is_a_decision_with_all_that_the_law_asks():
    text = words(render_not_processed(NOT_PROCESSED))
    for element in (
        "buiten behandeling",
        "artikel 4:5 van de Algemene wet bestuursrecht",
        "Algemene subsidieverordening Voorbeeld",
        "uiterlijk op 4 mei 2026",
        "Machtiging: het besluit van het bestuur ontbreekt.",
        "U reageerde niet.",
        "uiterlijk op 29 juni 2026",
        "voorzieningenrechter",
        "namens het college",
    ):
        assert element in text, element


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"motivation": ()}, "motivering"),
        ({"reference": ""}, "kenmerk"),
        ({"scheme": ""}, "grondslag"),
    ],
)
def test_leaving_unprocessed_without_a_mandatory_element_is_no_letter(change, element):
    with pytest.raises(MissingElements, match=element):
        render_not_processed(replace(NOT_PROCESSED, **change))
