"""safetensors files are read by hand; what is not one is refused in words."""

import struct
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.adapters.embedders.minilm import safetensors
from contextfs.kit.errors import Invalid


def file(header: dict[str, Any], data: bytes) -> bytes:
    encoded = msgspec.json.encode(header)
    return struct.pack("<Q", len(encoded)) + encoded + data


FLOATS = {"dtype": "F32", "shape": [2, 2], "data_offsets": [8, 24]}
COUNTER = {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}
DATA = struct.pack("<q4f", 5, 1.0, 2.0, 3.0, 4.0)
GOOD = file({"__metadata__": {"format": "pt"}, "counter": COUNTER, "weight": FLOATS}, DATA)


def test_floats_are_read_by_name_and_shape() -> None:
    np.testing.assert_array_equal([[1, 2], [3, 4]], safetensors.read(GOOD)["weight"])


def test_other_types_are_left_out() -> None:
    assert list(safetensors.read(GOOD)) == ["weight"]


@settings(deadline=None)
@given(length=st.integers(0, len(GOOD) - 1))
def test_a_truncated_file_is_refused(length: int) -> None:
    with pytest.raises(Invalid, match="no safetensors file, or a broken one"):
        safetensors.read(GOOD[:length])


@settings(deadline=None)
@given(content=st.binary())
def test_a_foreign_file_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="no safetensors file, or a broken one"):
        safetensors.read(content)
