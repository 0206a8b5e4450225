"""What is made unreadable in a document; without a database."""

import pytest

from subsidies.redaction import (
    Ground,
    Redaction,
    absent,
    ground_of,
    passages_of,
    personal,
    redacted,
)

TEXT = "Bel Sanne de\nBoer op 06 12345678, of sanne@ikc.example. De Boer kost € 120 per uur."


def test_passages_go_wherever_they_stand_and_nothing_else_changes():
    rows = [
        Redaction("sanne de boer", Ground.PRIVACY),
        Redaction("€ 120", Ground.COMPETITION),
        Redaction("06 12345678", Ground.AWB_PERSONAL),
    ]
    assert redacted(TEXT, rows) == (
        "Bel [persoonsgegeven, Woo 5.1.2e] op [persoonsgegeven], of sanne@ikc.example. "
        "De Boer kost [bedrijfsgegeven, Woo 5.1.2f] per uur."
    )
    assert redacted("Boerderij", [Redaction("Boer", Ground.PRIVACY)]) == "Boerderij"


def test_a_part_of_a_longer_passage_does_not_spare_the_rest():
    rows = [Redaction("Boer", Ground.PRIVACY), Redaction("Sanne de Boer", Ground.PRIVACY)]
    assert "Sanne" not in redacted("Door Sanne de Boer.", rows)


def test_a_passage_that_is_not_there_is_named():
    assert absent(TEXT, ["Sanne de Boer", "Jan Boer"]) == ["Jan Boer"]
    assert passages_of(" a \n\nb\na ") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "public", "ground"),
    [
        ("bsn 111222333", True, Ground.IDENTIFIER),
        ("mail jan@x.example", True, Ground.PRIVACY),
        ("mail jan@x.example", False, Ground.AWB_PERSONAL),
    ],
)
def test_the_ground_follows_what_was_found(text, public, ground):
    (found,) = personal(text, [], known=["info@gemeente.example"])
    assert ground_of(found, public=public) == ground


def test_the_municipality_itself_is_no_person():
    assert personal("Mail info@gemeente.example", [], known=["info@gemeente.example"]) == ()
