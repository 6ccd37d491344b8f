"""The model file: a header that says what lies where, then the raw numbers, so that it is mapped and not parsed.

    8 bytes   MAGIC
    u32, u32  the format's version, the header's length in bytes (both little-endian)
    header    JSON: the model's name, its licence, and for each tensor its type, shape and offset
    tensors   little-endian, each on a 64-byte border; offsets count from the first border behind the header

This module knows no model. It does not decide which file is the right one: the caller names its sha256.
"""

import hashlib
import math
import mmap
import struct
from collections.abc import Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from contextfs.kit.errors import Unavailable

MAGIC = b"\x89CTXMOD\n"  # the high bit and the newline betray a file that was copied as text
VERSION = 1
CURE = "get it with `ctx models fetch` (in a checkout: `make models`)"

_PREFIX = struct.Struct("<8sII")
_BORDER = 64

Array = npt.NDArray[Any]


class Tensor(msgspec.Struct, frozen=True, kw_only=True):
    """Where one tensor lies: numpy's name of its type, its shape, and its offset in bytes."""

    type: Literal["|i1", "|u1", "<f4"]
    shape: tuple[int, ...]
    offset: int


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a model file says of itself."""

    model: str
    licence: str
    tensors: dict[str, Tensor]


def pack(model: str, licence: str, arrays: Mapping[str, Array]) -> bytes:
    """Give the bytes of a model file; the same arrays in the same order give the same bytes on any machine."""
    blobs: list[bytes] = []
    tensors: dict[str, Tensor] = {}
    end = 0
    for name, array in arrays.items():
        plain = array.astype(array.dtype.newbyteorder("<"))
        described = {"type": plain.dtype.str, "shape": plain.shape, "offset": end}
        tensors[name] = msgspec.convert(described, Tensor)  # refuses a type that `read` would refuse
        blobs.append(_padded(plain.tobytes()))
        end += len(blobs[-1])
    header = msgspec.json.encode(Header(model=model, licence=licence, tensors=tensors))
    return _padded(_PREFIX.pack(MAGIC, VERSION, len(header)) + header) + b"".join(blobs)


def read(path: Path, sha256: str) -> dict[str, Array]:
    """Map the tensors of the model file whose sha256 is given, read-only.

    Unavailable, with the cure, when the file is missing, is something else, or differs from `sha256` in any bit.
    """
    try:
        with path.open("rb") as file:
            header = _checked(file, path, sha256)
            start = file.tell() + -file.tell() % _BORDER
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise Unavailable(f"The embedding model {path} is not there: {CURE}.") from None
    except OSError as error:
        raise Unavailable(f"The embedding model {path} cannot be read ({error.strerror}): {CURE}.") from error
    return {name: _tensor(mapped, start, tensor) for name, tensor in header.tensors.items()}


def is_file(path: Path, sha256: str) -> bool:
    """Tell whether `path` is a file with this sha256."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _checked(file: BufferedReader, path: Path, sha256: str) -> Header:
    prefix = file.read(_PREFIX.size)
    if len(prefix) < _PREFIX.size or not prefix.startswith(MAGIC):
        raise Unavailable(f"{path} is not an embedding model of ContextFS: {CURE}.")
    _, version, length = _PREFIX.unpack(prefix)
    if version != VERSION:
        raise Unavailable(f"{path} has format {version}, this program reads format {VERSION}: {CURE}.")
    file.seek(0)
    # Through the file and not the mapping: what is only hashed need not stay in this process's memory.
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        raise Unavailable(f"The embedding model {path} is damaged or of another build: {CURE}.")
    file.seek(_PREFIX.size)
    return msgspec.json.decode(file.read(length), type=Header)


def _tensor(mapped: mmap.mmap, start: int, tensor: Tensor) -> Array:
    count = math.prod(tensor.shape)
    return np.frombuffer(mapped, np.dtype(tensor.type), count, start + tensor.offset).reshape(tensor.shape)


def _padded(blob: bytes) -> bytes:
    return blob + bytes(-len(blob) % _BORDER)
