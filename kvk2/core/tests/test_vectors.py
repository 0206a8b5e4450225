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

# Rules of a later release. Written out, so that nothing can slip in here unseen.
LATER = {
    # money, hours and forecasts
    "T-ST-G2",
    "T-ST-G4",
    "T-ST-U2",
    "T-ST-FC2",
    "T-ST-FC4",
    "T-ST-FC6",
}


@pytest.fixture(scope="module")
def functions() -> dict[str, replay.Adapter]:
    return replay.collect_functions()


@pytest.mark.parametrize("case", CASES)
def test_worked_case(case: Case, functions: dict[str, replay.Adapter]) -> None:
    result = replay.run_case(case, functions)
    assert not result.problem
    if case.id in LATER:
        assert result.outcome is Outcome.NOT_IMPLEMENTED
    else:
        assert result.got == case.expect
        assert result.outcome is Outcome.PASSED


def test_the_list_for_later_names_existing_cases_only() -> None:
    assert {parameters.id for parameters in CASES} >= LATER
