"""Every document of the catalogue: it exists, is accessible and durable, holds its data, and is always the same.

The validator runs once per profile, over all files together.
"""

import hashlib
import io
import json
import re
from dataclasses import replace

import pikepdf
import pypdf
import pytest
from django.template.loader import render_to_string

from agreements.agreement_pdf import render_agreement
from kvk2.core.tests.verapdf import validate
from kvk2.nlds.templatetags.nlds import dutch_date
from kvk2.tests.paper import ADDENDUM, AGREEMENT, papers
from subsidies.documents import DecisionContext, MissingElements
from subsidies.documents_plus import PlusLetterContext, PlusLetterKind, render_plus_letter
from subsidies.documents_standard import StandardLetterContext
from subsidies.letter_catalogue.kinds import MergeValues
from subsidies.letter_catalogue.overview import DOCUMENTS
from subsidies.models import Letter

# The yearly reports and their public edition are made and tested in `monitoring`; the last one is an e-mail.
ELSEWHERE = {"L28", "L29", "L33"}
PAPERS = papers()
FROZEN = {name: context for name, (_, context) in PAPERS.items() if context is not None}
DECISIONS = {
    name: context
    for name, context in FROZEN.items()
    if isinstance(context, DecisionContext) and getattr(context, "decision", True)
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every document once, as a file."""
    place = tmp_path_factory.mktemp("papier")
    for name, (make, _) in PAPERS.items():
        (place / f"{name}.pdf").write_bytes(make())
    return place


def words(data: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    text = " ".join(page.extract_text() for page in pages)
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


def test_every_code_of_the_catalogue_has_its_document():
    made = {name.partition("-")[0] for name in PAPERS}
    assert {row.code for row in DOCUMENTS} - ELSEWHERE <= made
    assert set(Letter.Code.values) <= made


@pytest.mark.parametrize("flavour", ["ua1", "3a"])
def test_every_document_is_accessible_and_durable(folder, flavour):
    failures = {
        path.stem: found
        for path in sorted(folder.glob("*.pdf"))
        if (found := validate(path.read_bytes(), flavour).failures)
    }
    assert failures == {}


def test_the_data_are_inside(folder):
    for name, context in FROZEN.items():
        with pikepdf.open(folder / f"{name}.pdf") as pdf:
            ((file, kept),) = pdf.attachments.items()
            mark = hashlib.sha256(kept.get_file().read_bytes()).hexdigest()
        if file != "subsidieoverzicht.csv":
            assert file in ("gegevens.json", "afspraak.json"), name
            assert mark == getattr(context, "content_hash", context.digest()), name


def test_the_same_data_give_the_same_bytes(folder):
    """One of each kind of document again, from what is stored."""
    kinds = {type(context): name for name, context in FROZEN.items()}
    for kind, name in kinds.items():
        make, context = PAPERS[name]
        assert kind.from_dict(json.loads(json.dumps(context.as_dict()))) == context, name
        assert make() == (folder / f"{name}.pdf").read_bytes(), name


def test_every_decision_says_what_the_law_asks(folder):
    assert len(DECISIONS) > 12
    for name, letter in DECISIONS.items():
        assert letter.missing_elements() == (), name
        text = words((folder / f"{name}.pdf").read_bytes())
        decision = getattr(letter, "decision", None) or letter
        objection = getattr(decision, "objection", None) or letter.objection
        signature = decision.signature
        for element in (
            letter.municipality.name,
            letter.municipality.phone,
            letter.addressee.organisation,
            dutch_date(letter.sent_on),
            letter.reference,
            "gebaseerd",
            "Bent u het niet eens met",
            dutch_date(objection.last_day),
            signature.name,
            f"mandaat {signature.mandate}",
        ):
            assert element.replace("\N{NO-BREAK SPACE}", " ") in text, (name, element)


def test_nothing_is_left_open_in_a_letter_with_only_what_it_cannot_do_without():
    """No field without its value: a brace, an empty pair of brackets, or a sentence that stops before its point."""
    for name, letter in FROZEN.items():
        if isinstance(letter, StandardLetterContext):
            bare = _bare(letter)
            said = [bare.subject, *(str(part) for block in bare.blocks for part in _texts(block))]
            assert not re.search(r"[{}]|\(\)| [.,]( |$)|None", " ".join(said)), name


def _bare(letter: StandardLetterContext) -> StandardLetterContext:
    def kept(part):
        return {name: value for name, value in part.items() if name in letter.required}

    values = letter.values
    parts = (values.texts, values.amounts, values.dates, values.lines, values.tables)
    return replace(letter, values=MergeValues(*(kept(part) for part in parts)))


def _texts(block):
    return (block.heading, block.paragraph, *block.items)


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"motivation": ()}, "motivering"),
        ({"area": ""}, "aandachtsgebied"),
        ({"decision": None}, "besluit"),
        ({"valid_until": None}, "tijdvak"),
        ({"kind": PlusLetterKind.ENDED}, "zienswijze, afbouw"),
    ],
)
def test_a_letter_about_plus_without_a_mandatory_element_is_not_made(change, element):
    letter = replace(FROZEN["L24"], **change)
    assert isinstance(letter, PlusLetterContext)
    with pytest.raises(MissingElements, match=element):
        render_plus_letter(letter)


def test_the_addendum_says_what_changes_beside_what_was(folder):
    text = words((folder / "L27.pdf").read_bytes())
    assert "Streefwaarden van 1.1 Kinderen die meedoen, vóór en na de wijziging" in text
    assert "Was 45% 50% 55% 60% 65% 70% 75% 80% Wordt 45% 50% 55% 60% 65% 70% 75% 85%" in text
    assert "Streefwaarden van 2.1" not in text
    assert ADDENDUM.content_hash in text
    assert AGREEMENT.content_hash != ADDENDUM.content_hash
    unsigned = replace(AGREEMENT, in_force_from=None, signatures=())
    assert "Concept" in words(render_agreement(unsigned))


def test_the_notice_by_mail_says_nothing_of_what_is_in_the_message():
    """L33."""
    text = render_to_string(
        "subsidies/mail/message_ready/body.txt",
        {"municipality": "Gemeente Voorbeeld", "reference": "KVK2-2026-0014", "product": "IKC-portaal", "url": "https://x.example/", "phone": "14 000"},
    )  # fmt: skip
    assert "KVK2-2026-0014" in text
    assert "termijn laten ingaan" in text
    assert "https://x.example/" in text
