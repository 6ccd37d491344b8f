"""Reads safetensors files: eight bytes of header length, a JSON header, then the raw tensors.

Only 32-bit floats are given out; what is of another type (the counters that some files carry) is left out.
"""

import math
import struct
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from contextfs.kit.errors import Invalid

_LENGTH = struct.Struct("<Q")


class _Tensor(msgspec.Struct, frozen=True):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def read(file: bytes) -> dict[str, npt.NDArray[np.float32]]:
    """Give the float32 tensors of a safetensors file by name, as views; Invalid when it is no such file."""
    try:
        (length,) = _LENGTH.unpack_from(file)
        start = _LENGTH.size + length
        header = msgspec.json.decode(file[_LENGTH.size : start], type=dict[str, Any])
        described = {name: msgspec.convert(entry, _Tensor) for name, entry in header.items() if name != "__metadata__"}
        return {name: _floats(file, start, tensor) for name, tensor in described.items() if tensor.dtype == "F32"}
    except (struct.error, msgspec.MsgspecError, ValueError) as error:
        raise Invalid(f"This is no safetensors file, or a broken one: {error}.") from error


def _floats(file: bytes, start: int, tensor: _Tensor) -> npt.NDArray[np.float32]:
    numbers = np.frombuffer(file, np.dtype("<f4"), math.prod(tensor.shape), start + tensor.data_offsets[0])
    return numbers.reshape(tensor.shape)
