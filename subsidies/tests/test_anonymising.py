"""What is taken out of a text, what a person has to look at, and how far members lie apart. No database."""

from decimal import Decimal

import pytest

from subsidies.anonymising import BOARD, PERSON, Anonymiser, Name, doubtful, ikc_names, traces
from subsidies.score_spread import spreads

NAMES = [
    *ikc_names(["IKC De Weide"], 1, own=True),
    *ikc_names(["IKC Het Palet"], 2, own=False),
    Name("Stichting De Terpscholen", BOARD, 7, own=True),
    Name("De Terpscholen", BOARD, 7, own=True),
    Name("Sanne de Boer", PERSON, 3, own=True),
    Name("de Boer", PERSON, 3),
]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("IKC De Weide werkt met IKC Het Palet.", "IKC A werkt met IKC B."),
        ("Op de weide spelen kinderen.", "Op IKC A spelen kinderen."),
        ("Op de Weidestraat 12a is het druk.", "Op de [adres] is het druk."),
        ("Een schilders­palet is geen IKC.", "Een schilders­palet is geen IKC."),
        (
            "Stichting De Terpscholen en De Terpscholen zijn hetzelfde.",
            "bestuur A en bestuur A zijn hetzelfde.",
        ),
        (
            "Vraag het Sanne de Boer, of directeur de Boer.",
            "Vraag het persoon A, of directeur persoon A.",
        ),
        (
            "Mail s.deboer@weide.nl of bel 058-212 34 56.",
            "Mail [e-mailadres] of bel [telefoonnummer].",
        ),
        ("Zie www.deweide.nl/plan voor meer.", "Zie [website] voor meer."),
        ("Aanvraag KVK2-2026-0012, KvK 41001234.", "Aanvraag [nummer], KvK [nummer]."),
        ("Rekening NL91 ABNA 0417 1643 00.", "Rekening [rekeningnummer]."),
        ("Wij zitten op 8911 AA, school 16MB00.", "Wij zitten op [postcode], school [nummer]."),
        ("Volgens mevrouw Van Dijk en juf Tineke.", "Volgens mevrouw [naam] en juf [naam]."),
        (
            "In 2026 vragen 120 kinderen € 12.345 extra.",
            "In 2026 vragen 120 kinderen € 12.345 extra.",
        ),
    ],
)
def test_names_numbers_and_addresses_are_replaced(before, after):
    cleaned = Anonymiser(NAMES).clean(before)
    assert cleaned == after
    assert traces(cleaned, NAMES) == []


def test_a_name_keeps_its_letter_in_every_text():
    anonymiser = Anonymiser(NAMES)
    assert anonymiser.clean("IKC Het Palet") == "IKC A"
    assert anonymiser.clean("IKC De Weide en Het Palet") == "IKC B en IKC A"


def test_what_was_typed_again_is_found():
    text = "Op de weide belt men 0582123456 of schrijft aan info@weide.nl."
    assert traces(text, NAMES) == ["de weide", "info@weide.nl", "0582123456"]
    assert traces("Het Palet is van een ander.", NAMES) == []


def test_words_with_a_capital_inside_a_sentence_are_pointed_at():
    text = "Wij werken met Bibliotheek Noord, de GGD en IKC A. Samen lezen wij met de IKC-raad. Ook in Nederland."
    assert doubtful(text) == ["Bibliotheek Noord"]


def test_the_largest_difference_comes_first_and_who_gave_nothing_does_not_count():
    found = spreads({"a": [3, 3], "b": [2, 3, 5], "c": [], "d": [2, 2, 5, 5]})
    assert [row.code for row in found] == ["d", "b", "a"]
    first = found[0]
    assert (first.count, first.low, first.high, first.spread) == (4, 2, 5, 3)
    assert first.mean == Decimal("3.50")
    assert [row.is_wide for row in found] == [True, True, False]
    assert spreads({"a": [3, 3, 4]})[0].mean == Decimal("3.33")
