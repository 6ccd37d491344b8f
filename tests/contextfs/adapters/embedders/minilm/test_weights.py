"""The model file comes back as it was written, or not at all."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.adapters.embedders.minilm import weights
from contextfs.kit.errors import Unavailable

ARRAYS = {
    "small": np.array([[1.5, -2.0], [0.0, 1e-30]], np.float32),
    "integers": np.arange(-60, 60, dtype=np.int8).reshape(2, 3, 20),
    "text": np.frombuffer("[CLS]\nß".encode(), np.uint8),
}
FILE = weights.pack("a-model", "Apache-2.0", ARRAYS)
SHA256 = hashlib.sha256(FILE).hexdigest()


def refused(content: bytes) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.bin"
        path.write_bytes(content)
        with pytest.raises(Unavailable) as caught:
            weights.read(path, SHA256)
    return caught.value.detail


@pytest.mark.parametrize("name", ARRAYS)
def test_a_tensor_is_read_as_it_was_packed(target: Path, name: str) -> None:
    target.write_bytes(FILE)

    read = weights.read(target, SHA256)[name]

    assert ARRAYS[name].dtype == read.dtype
    np.testing.assert_array_equal(ARRAYS[name], read)


def test_the_same_arrays_make_the_same_file() -> None:
    copies = {name: np.asfortranarray(array) for name, array in ARRAYS.items()}

    assert weights.pack("a-model", "Apache-2.0", copies) == FILE


def test_tensors_cannot_be_written_to(target: Path) -> None:
    target.write_bytes(FILE)

    assert not weights.read(target, SHA256)["small"].flags.writeable


def test_a_type_that_could_not_be_read_is_not_packed() -> None:
    with pytest.raises(msgspec.ValidationError, match="<f8"):
        weights.pack("a-model", "Apache-2.0", {"wide": np.zeros(3)})


@settings(deadline=None)
@given(length=st.integers(0, len(FILE) - 1))
def test_a_truncated_file_is_refused(length: int) -> None:
    assert "ctx models fetch" in refused(FILE[:length])


@settings(deadline=None)
@given(place=st.integers(0, len(FILE) - 1), change=st.integers(1, 255))
def test_a_file_with_one_changed_byte_is_refused(place: int, change: int) -> None:
    changed = bytearray(FILE)
    changed[place] ^= change

    assert "ctx models fetch" in refused(bytes(changed))


@settings(deadline=None)
@given(content=st.binary(max_size=200))
def test_a_foreign_file_is_refused_as_such(content: bytes) -> None:
    assert "is not an embedding model of ContextFS" in refused(content)


def test_a_file_of_a_later_format_is_refused_as_such() -> None:
    later = FILE[: len(weights.MAGIC)] + b"\x02" + FILE[len(weights.MAGIC) + 1 :]

    assert "has format 2, this program reads format 1" in refused(later)


def test_a_longer_file_is_refused_as_damaged() -> None:
    assert "is damaged" in refused(FILE + b"\0")


def test_a_missing_file_is_refused_with_the_cure(target: Path) -> None:
    with pytest.raises(Unavailable, match="is not there: get it with `ctx models fetch`"):
        weights.read(target, SHA256)


def test_a_folder_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"cannot be read .*: get it with `ctx models fetch`"):
        weights.read(tmp_path, SHA256)
