"""Replays vector files: worked cases that an auditor can check the calculation rules against.

A vector file is a JSON list of `{"id", "case", "function", "input", "expect"}`; see
`vectors/README.md`.
An app offers the functions it implements in `<app>/vectors.py`: `FUNCTIONS`, from the name in the
files to an adapter that turns the input into typed calls and the result back. Files may come from
anybody, so they are read with limits, and whatever is wrong with one is said in a sentence.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from kvk2.core.errors import DomainError

MAXIMUM_BYTES = 10_000_000
MAXIMUM_ITEMS = 20_000
LARGEST_INTEGER = 10**12

Adapter = Callable[["Input"], Mapping[str, Any]]
E = TypeVar("E", bound=Enum)

_DECIMAL = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")


class MalformedVectors(Exception):
    """A file or a case that cannot be read; the message says where it goes wrong."""


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_IMPLEMENTED = "not implemented"


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case, checked for its outer form only."""

    id: str
    function: str
    input: Mapping[str, Any]
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case; `problem` is set when its input could not be used."""

    case: Case
    outcome: Outcome
    got: Mapping[str, Any] | None = None
    problem: str = ""


class Input:
    """The input of a case, read field by field with the type that the rule needs."""

    def __init__(self, data: object, where: str = "input") -> None:
        if not isinstance(data, dict):
            raise MalformedVectors(f"{where} is not an object")
        self._data = data
        self._where = where

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def text(self, name: str) -> str:
        text: str = self._typed(name, str)
        return text

    def boolean(self, name: str) -> bool:
        answer: bool = self._typed(name, bool)
        return answer

    def integer(self, name: str, limit: int = LARGEST_INTEGER) -> int:
        return self._checked_integer(name, self._typed(name, int), limit)

    def optional_integer(self, name: str) -> int | None:
        return None if self._value(name) is None else self.integer(name)

    def integers(self, name: str) -> list[int]:
        return [self._checked_integer(name, item) for item in self._list(name, int)]

    def decimal(self, name: str) -> Decimal:
        return self._as_decimal(name, self.text(name))

    def optional_decimal(self, name: str) -> Decimal | None:
        return None if self._value(name) is None else self.decimal(name)

    def decimals(self, name: str) -> list[Decimal]:
        return [self._as_decimal(name, item) for item in self._list(name, str)]

    def optional_text(self, name: str) -> str | None:
        return None if self._value(name) is None else self.text(name)

    def texts(self, name: str) -> list[str]:
        return self._list(name, str)

    def day(self, name: str) -> date:
        return self._as_day(name, self.text(name))

    def optional_day(self, name: str) -> date | None:
        return None if self._value(name) is None else self.day(name)

    def days(self, name: str) -> list[date]:
        return [self._as_day(name, item) for item in self._list(name, str)]

    def moment(self, name: str) -> datetime:
        try:
            return datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self._wrong(name, "is not a moment in ISO 8601") from None

    def code(self, name: str, enum: type[E]) -> E:
        """A member of `enum`, written as its name."""
        try:
            return enum[self.text(name)]
        except KeyError:
            raise self._wrong(name, "is a code that this portal does not know") from None

    def objects(self, name: str, limit: int = MAXIMUM_ITEMS) -> list["Input"]:
        return [
            Input(item, f"{self._where}.{name}[{number}]")
            for number, item in enumerate(self._list(name, dict, limit))
        ]

    def object(self, name: str) -> "Input":
        return Input(self._value(name), f"{self._where}.{name}")

    def names(self) -> list[str]:
        return list(self._data)

    def raw(self) -> Mapping[str, Any]:
        return self._data

    def _value(self, name: str) -> Any:
        if name not in self._data:
            raise self._wrong(name, "is missing")
        return self._data[name]

    def _typed(self, name: str, kind: type) -> Any:
        value = self._value(name)
        # A JSON true is no integer, although Python's bool is an int.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self._wrong(name, f"is not {_KIND_NAMES[kind]}")
        return value

    def _list(self, name: str, kind: type, limit: int = MAXIMUM_ITEMS) -> list[Any]:
        items: list[Any] = self._typed(name, list)
        if len(items) > limit:
            raise self._wrong(name, f"has more than {limit} items")
        for item in items:
            if not isinstance(item, kind) or (kind is int and isinstance(item, bool)):
                raise self._wrong(name, f"has an item that is not {_KIND_NAMES[kind]}")
        return items

    def _checked_integer(self, name: str, value: int, limit: int = LARGEST_INTEGER) -> int:
        if abs(value) > limit:
            raise self._wrong(name, "is too large")
        return value

    def _as_decimal(self, name: str, text: str) -> Decimal:
        if not _DECIMAL.fullmatch(text):
            raise self._wrong(name, "is not a decimal written as text")
        return Decimal(text)

    def _as_day(self, name: str, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self._wrong(name, "is not a date") from None

    def _wrong(self, name: str, what: str) -> MalformedVectors:
        return MalformedVectors(f"{self._where}.{name} {what}")


_KIND_NAMES = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    dict: "an object",
}


def collect_functions() -> dict[str, Adapter]:
    """The functions of every installed app that has a `vectors` module."""
    functions: dict[str, Adapter] = {}
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "vectors"):
            functions.update(import_module(f"{config.name}.vectors").FUNCTIONS)
    return functions


def vector_files(folder: Path) -> list[Path]:
    """The vector files of a folder, by name."""
    if not folder.is_dir():
        raise MalformedVectors(f"{folder} is not a folder.")
    files = sorted(path for path in folder.glob("*.json") if path.is_file())
    if not files:
        raise MalformedVectors(f"{folder} holds no *.json files.")
    return files


def read_cases(path: Path) -> list[Case]:
    """The cases of one file; refuses what is too large, not JSON, or not a list of cases."""
    cases = []
    seen = set()
    for number, item in enumerate(_read_list(path), start=1):
        case = _as_case(item, number)
        if case.id in seen:
            raise MalformedVectors(f"case {number}: the id {printable(case.id)} occurs twice")
        seen.add(case.id)
        cases.append(case)
    return cases


def run(cases: list[Case], functions: Mapping[str, Adapter]) -> Iterator[CaseResult]:
    """Runs the cases one by one."""
    for case in cases:
        yield run_case(case, functions)


def run_case(case: Case, functions: Mapping[str, Adapter]) -> CaseResult:
    """Runs one case; a refusal is an answer, `{"error": code}`, like any other."""
    adapter = functions.get(case.function)
    if adapter is None:
        return CaseResult(case, Outcome.NOT_IMPLEMENTED)
    try:
        got = adapter(Input(case.input))
    except DomainError as refusal:
        got = {"error": refusal.code}
    except MalformedVectors as error:
        return CaseResult(case, Outcome.FAILED, problem=str(error))
    except Exception as error:
        problem = f"the input cannot be used ({type(error).__name__}: {error})"
        return CaseResult(case, Outcome.FAILED, problem=problem)
    same = canonical(got) == canonical(case.expect)
    return CaseResult(case, Outcome.PASSED if same else Outcome.FAILED, got)


def tally(results: list[CaseResult]) -> str:
    """`19 passed, 0 failed, 7 not implemented`."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome)


def canonical(value: object) -> str:
    """JSON with sorted keys, so that `1`, `true` and `"1"` stay three different things."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def printable(text: str, limit: int = 2000) -> str:
    """Text out of a stranger's file that cannot steer the terminal."""
    safe = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:limit])
    return safe if len(text) <= limit else f"{safe}..."


def _read_list(path: Path) -> list[Any]:
    with path.open("rb") as file:
        content = file.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise MalformedVectors(f"is larger than {MAXIMUM_BYTES // 1_000_000} MB")
    try:
        data = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedVectors(f"is not valid JSON ({error})") from None
    if not isinstance(data, list):
        raise MalformedVectors("is not a list of cases")
    if len(data) > MAXIMUM_ITEMS:
        raise MalformedVectors(f"has more than {MAXIMUM_ITEMS} cases")
    return data


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _as_case(item: object, number: int) -> Case:
    if not isinstance(item, dict):
        raise MalformedVectors(f"case {number} is not an object")
    name = item.get("id")
    if not isinstance(name, str) or not name:
        raise MalformedVectors(f'case {number} has no "id"')
    for key, kind in (("function", str), ("input", dict), ("expect", dict)):
        if not isinstance(item.get(key), kind):
            raise MalformedVectors(
                f'case {number} ({printable(name)}): "{key}" is missing or not {_KIND_NAMES[kind]}'
            )
    return Case(name, item["function"], item["input"], item["expect"])
