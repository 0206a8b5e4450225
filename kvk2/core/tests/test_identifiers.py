"""Identifiers: what the worked cases leave open."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvk2.core.identifiers import (
    IBAN_LENGTHS,
    IdentifierKind,
    InvalidIdentifier,
    bsn_like,
    display_identifier,
    validate_identifier,
)

CASES = settings(max_examples=100, deadline=None, database=None)
kinds = st.sampled_from(IdentifierKind)


def code_of(kind: IdentifierKind, value: str, **context) -> str:
    with pytest.raises(InvalidIdentifier) as refused:
        validate_identifier(kind, value, **context)
    assert refused.value.message.endswith(".")
    return refused.value.code


@CASES
@given(kinds, st.text(max_size=40))
def test_any_text_is_accepted_or_refused_with_a_sentence(kind, text):
    try:
        found = validate_identifier(kind, text)
    except InvalidIdentifier:
        assert code_of(kind, text)
    else:
        assert validate_identifier(kind, found.value) == found


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (IdentifierKind.KVK_NUMBER, "١٢٣٤٥٦٧٨"),
        (IdentifierKind.KVK_NUMBER, "12345678\n"),
        (IdentifierKind.POSTCODE, "8921ß"),
        (IdentifierKind.POSTCODE, "8921XÄ"),
        (IdentifierKind.BRIN, "31\u017f\u017f"),
        (IdentifierKind.APPLICATION_NUMBER, "kvk2-2026-0001"),
        (IdentifierKind.APPLICATION_NUMBER, " KVK2-2026-0001"),
        (IdentifierKind.SCHOOL_YEAR, "2026-2027"),
        (IdentifierKind.SCHOOL_YEAR, "2026/2026"),
        (IdentifierKind.IBAN, ""),
        (IdentifierKind.IBAN, "NL91ABN10417164300"),
        (IdentifierKind.IBAN, "BE6853900754703"),
    ],
)
def test_other_shapes_are_refused(kind, value):
    assert code_of(kind, value) == "FORMAT"


@pytest.mark.parametrize("letters", ["SA", "SD", "SS", "sa"])
def test_some_postcodes_do_not_exist(letters):
    assert code_of(IdentifierKind.POSTCODE, f"8921{letters}") == "RESERVED"


@pytest.mark.parametrize("country", sorted(IBAN_LENGTHS))
def test_one_wrong_digit_in_an_iban_is_noticed(country):
    length = IBAN_LENGTHS[country]
    body = ("ABNA" if country == "NL" else "0000") + "0" * (length - 8)
    valid = [iban for check in range(2, 99) if _accepted(iban := f"{country}{check:02d}{body}")]
    assert len(valid) == 1
    assert validate_identifier(IdentifierKind.IBAN, valid[0]).second_user_needed == (
        country != "NL"
    )
    for place in range(length - 3, length):
        wrong = valid[0][:place] + "7" + valid[0][place + 1 :]
        assert code_of(IdentifierKind.IBAN, wrong) == "CHECKSUM"


def _accepted(iban: str) -> bool:
    try:
        validate_identifier(IdentifierKind.IBAN, iban)
    except InvalidIdentifier:
        return False
    return True


def test_places_lie_in_one_another():
    neighbourhood = IdentifierKind.NEIGHBOURHOOD
    code = code_of(neighbourhood, "BU00700101", municipality="GM0080")
    assert code == "MUNICIPALITY_MISMATCH"
    code = code_of(neighbourhood, "BU00803601", municipality="GM0080", district="WK008021")
    assert code == "DISTRICT_MISMATCH"
    assert validate_identifier(neighbourhood, "bu00803601", district="WK008036").value


@pytest.mark.parametrize(
    ("kind", "compact", "shown"),
    [
        (IdentifierKind.IBAN, "NL91ABNA0417164300", "NL91 ABNA 0417 1643 00"),
        (IdentifierKind.POSTCODE, "8921XB", "8921 XB"),
        (IdentifierKind.KVK_NUMBER, "12345678", "12345678"),
    ],
)
def test_display_is_read_back(kind, compact, shown):
    assert display_identifier(kind, compact) == shown
    assert validate_identifier(kind, shown).value == compact


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", ()),
        ("000000000", ()),
        ("1234567821", ()),
        ("123456782 en 123456782", ("123456782",)),
        ("x123456782x, 002220647", ("123456782", "002220647")),
        ("517439943-123456782", ("517439943", "123456782")),
        ("123 456 782", ()),
    ],
)
def test_numbers_that_look_like_a_bsn(text, numbers):
    assert bsn_like(text) == numbers


@CASES
@given(st.text(alphabet=string.digits, min_size=9, max_size=9))
def test_an_rsin_passes_exactly_when_it_looks_like_a_bsn(digits):
    try:
        validate_identifier(IdentifierKind.RSIN, digits)
    except InvalidIdentifier:
        assert bsn_like(digits) == ()
    else:
        assert bsn_like(digits) == (digits,)
