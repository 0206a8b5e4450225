"""The quick way of writing operands gives the bytes that pydyf itself would give."""

import importlib.util
import random

import pytest

from kvk2.core.pdf import written

DICE = random.Random(7)
ITEMS = [
    *(0.0, -0.0, 1.0, -3.0, 1e9, 0.1, 1 / 3, -2.5, 1e-7, 123456.789, 5, 0, -7, "abc", "null", b"x"),
    *(DICE.uniform(-1000, 1000) for _ in range(200)),
]


@pytest.fixture(scope="module")
def original():
    """pydyf as it is installed, whatever this process did to it."""
    spec = importlib.util.find_spec("pydyf")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_operand_is_written_as_pydyf_does(original):
    for item in ITEMS:
        assert written.to_bytes(item) == original._to_bytes(item), item
    assert (
        written.to_bytes(written.pydyf.Array([1, 2.5, "a"])) == original.Array([1, 2.5, "a"]).data
    )
    assert (
        written.to_bytes(written.pydyf.Dictionary({"A": 1})) == original.Dictionary({"A": 1}).data
    )
