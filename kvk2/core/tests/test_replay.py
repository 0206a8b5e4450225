"""The replay command, on files that nobody checked beforehand."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kvk2.core import replay
from kvk2.core.replay import Input, MalformedVectors

PENALTY = {
    "id": "P-1",
    "function": "penalty",
    "input": {"days": 42},
    "expect": {"amount": "1442.00"},
}
LATER = {"id": "L-1", "function": "later", "input": {}, "expect": {}}


def write(folder: Path, content: Any, name: str = "cases.json") -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(text, encoding="utf-8")


def test_prints_one_line_per_file(tmp_path, capsys):
    write(tmp_path, [PENALTY], "a.json")
    write(tmp_path, [{**PENALTY, "id": "P-2"}, LATER], "b.json")
    call_command("replay_vectors", str(tmp_path))
    assert capsys.readouterr().out.splitlines() == [
        "a.json: 1 passed, 0 failed, 0 not implemented",
        "b.json: 1 passed, 0 failed, 1 not implemented",
    ]


def test_a_mismatch_is_told_and_fails(tmp_path, capsys):
    write(tmp_path, [{**PENALTY, "expect": {"amount": "1442"}}])
    with pytest.raises(CommandError):
        call_command("replay_vectors", str(tmp_path))
    assert capsys.readouterr().out.splitlines() == [
        "cases.json: 0 passed, 1 failed, 0 not implemented",
        '  P-1 (penalty): expected {"amount": "1442"}, got {"amount": "1442.00"}',
    ]


def test_strict_fails_on_what_is_not_implemented(tmp_path, capsys):
    write(tmp_path, [PENALTY, LATER])
    call_command("replay_vectors", str(tmp_path))
    with pytest.raises(CommandError):
        call_command("replay_vectors", str(tmp_path), strict=True)
    assert "  L-1 (later): not implemented" in capsys.readouterr().out


def test_one_bad_file_does_not_hide_the_others(tmp_path, capsys):
    write(tmp_path, "not json", "a.json")
    write(tmp_path, [PENALTY], "b.json")
    with pytest.raises(CommandError):
        call_command("replay_vectors", str(tmp_path))
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("a.json: is not valid JSON")
    assert second == "b.json: 1 passed, 0 failed, 0 not implemented"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[NaN]", "is not valid JSON"),
        ("\x00", "is not valid JSON"),
        ("[" + "9" * 5000 + "]", "is not valid JSON"),
        ({"id": "x"}, "is not a list of cases"),
        (["x"], "case 1 is not an object"),
        ([{"function": "penalty"}], 'case 1 has no "id"'),
        ([{**PENALTY, "id": 7}], 'case 1 has no "id"'),
        ([{**PENALTY, "input": []}], 'case 1 (P-1): "input" is missing or not an object'),
        ([{"id": "P-1", "function": "penalty", "input": {}}], 'case 1 (P-1): "expect" is missing'),
        ([{**PENALTY, "function": None}], 'case 1 (P-1): "function" is missing'),
        ([PENALTY, PENALTY], "case 2: the id P-1 occurs twice"),
    ],
    ids=range(13),
)
def test_a_malformed_file_is_named(tmp_path, capsys, content, message):
    write(tmp_path, content)
    with pytest.raises(CommandError):
        call_command("replay_vectors", str(tmp_path))
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("cases.json: ")
    assert message in line


@pytest.mark.parametrize(
    ("function", "data", "message"),
    [
        ("penalty", {}, "input.days is missing"),
        ("penalty", {"days": "42"}, "input.days is not a whole number"),
        ("penalty", {"days": True}, "input.days is not a whole number"),
        ("penalty", {"days": 1.5}, "input.days is not a whole number"),
        ("penalty", {"days": 10**30}, "input.days is too large"),
        ("holidays", {"year": 10**9}, "the input cannot be used"),
        ("format_amount", {"amount": "1e9"}, "input.amount is not a decimal written as text"),
        ("format_amount", {"amount": 12.5}, "input.amount is not a text"),
        ("local_date", {"timestamp": "yesterday"}, "input.timestamp is not a moment"),
        (
            "is_working_day",
            {"date": "2026-02-30", "extra_holidays": []},
            "input.date is not a date",
        ),
        ("suppress_row", {"cells": [1, "2"], "total": None, "k": 5}, "has an item that is not"),
        (
            "suppress_row",
            {"cells": [1] * 20_001, "total": None, "k": 5},
            "has more than 20000 items",
        ),
        ("validate_identifier", {"kind": "BSN", "value": "1"}, "input.kind is a code that"),
        ("parse_amount", {"text": {"a": 1}}, "input.text is not a text"),
    ],
    ids=range(14),
)
def test_an_unusable_case_is_named(tmp_path, capsys, function, data, message):
    write(tmp_path, [{"id": "X-1", "function": function, "input": data, "expect": {}}, PENALTY])
    with pytest.raises(CommandError):
        call_command("replay_vectors", str(tmp_path))
    tally, problem = capsys.readouterr().out.splitlines()
    assert tally == "cases.json: 1 passed, 1 failed, 0 not implemented"
    assert problem.startswith(f"  X-1 ({function}): ")
    assert message in problem


def test_a_refusal_is_an_answer(tmp_path, capsys):
    case = {"id": "P-1", "function": "penalty", "input": {"days": -1}}
    write(tmp_path, [{**case, "expect": {"error": "DAYS_INVALID"}}])
    call_command("replay_vectors", str(tmp_path))
    assert "1 passed" in capsys.readouterr().out


def test_a_file_cannot_steer_the_terminal(tmp_path, capsys):
    write(tmp_path, [{**PENALTY, "id": "\x1b[2J\ud800", "expect": {"amount": "\x9b31m"}}])
    with pytest.raises(CommandError):
        call_command("replay_vectors", str(tmp_path))
    assert not set(capsys.readouterr().out) & {"\x1b", "\x9b", "\ud800"}


@pytest.mark.parametrize("expected", [1, True, "true", 1.0, None])
def test_values_are_compared_with_their_type(expected):
    case = replay.Case("x", "f", {}, {"value": expected})
    same = [
        got
        for got in (1, True, "true", 1.0, None)
        if replay.run_case(case, {"f": lambda _, got=got: {"value": got}}).outcome == "passed"
    ]
    assert len(same) == 1
    assert type(same[0]) is type(expected)


def test_a_large_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(replay, "MAXIMUM_BYTES", 10)
    write(tmp_path, [PENALTY])
    with pytest.raises(MalformedVectors, match="is larger than"):
        replay.read_cases(tmp_path / "cases.json")


@pytest.mark.parametrize("folder", ["missing", "file.json", "empty"])
def test_a_folder_without_cases_is_refused(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    write(tmp_path, [], "file.json")
    with pytest.raises(CommandError, match=r"is not a folder|holds no \*\.json files"):
        call_command("replay_vectors", str(tmp_path / folder))


def test_only_regular_files_are_read(tmp_path):
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "device.json").symlink_to("/dev/zero")
    write(tmp_path, [PENALTY])
    assert replay.vector_files(tmp_path) == [tmp_path / "cases.json"]


def test_a_nested_fault_says_where():
    data = Input({"reviews": [{"scores": {}}, {"scores": {"A": "5"}}]})
    with pytest.raises(MalformedVectors, match=r"input\.reviews\[1\]\.scores\.A is not"):
        data.objects("reviews")[1].object("scores").integer("A")
