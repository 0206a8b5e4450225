"""Every verb that the app writes to the trail has a sentence, and no sentence is left over."""

import ast
from pathlib import Path

from ikc import events as ikc_events
from subsidies.events import FOR_APPLICANT, SENTENCES

APP = Path(__file__).resolve().parent.parent
SOURCES = [
    path
    for path in APP.rglob("*.py")
    if not {"tests", "migrations"} & set(path.parts) and not path.name.startswith("events")
]


def calls():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node


def recorded_verbs():
    """The literal verbs in `record(object, verb, …)`."""
    return {
        call.args[1].value
        for call in calls()
        if call.func.id == "record"
        and len(call.args) > 1
        and isinstance(call.args[1], ast.Constant)
    }


def all_texts():
    return {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_recorded_verb_has_a_sentence():
    # what is written about an IKC stands in the history of the IKC
    assert recorded_verbs() - set(SENTENCES) - set(ikc_events.SENTENCES) == set()


def test_no_sentence_is_left_over():
    assert set(SENTENCES) - all_texts() == set()


def test_what_the_applicant_may_follow_has_a_sentence():
    assert set(SENTENCES) >= FOR_APPLICANT


def test_sentences_fit_in_a_line_of_the_timeline():
    for sentence in SENTENCES.values():
        assert sentence == sentence.strip().rstrip(".")
