"""The project's own copies of the worked cases, one test each."""

from pathlib import Path

import pytest
from django.conf import settings

from kvk2.core import replay
from kvk2.core.replay import Case, Outcome

FOLDER = Path(settings.BASE_DIR) / "vectors"
CASES = [
    pytest.param(case, id=case.id)
    for path in replay.vector_files(FOLDER)
    for case in replay.read_cases(path)
]


@pytest.fixture(scope="module")
def functions() -> dict[str, replay.Adapter]:
    return replay.collect_functions()


@pytest.mark.parametrize("case", CASES)
def test_worked_case(case: Case, functions: dict[str, replay.Adapter]) -> None:
    result = replay.run_case(case, functions)
    assert not result.problem
    assert result.got == case.expect
    assert result.outcome is Outcome.PASSED
