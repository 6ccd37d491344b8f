"""The export's zip: what is taken out of it, and the zips that are refused."""

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from contextfs.adapters.transcripts import archive
from contextfs.adapters.transcripts.chatgpt import find, read
from contextfs.kit.errors import Invalid, TooLarge

SAMPLE = (Path(__file__).parents[3] / "data" / "transcripts" / "chatgpt" / "conversations.json").read_bytes()


def packed(**members: bytes) -> bytes:
    """Make a zip; `__` in a name stands for a dot."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        for name, data in members.items():
            zipped.writestr(name.replace("__", "."), data)
    return file.getvalue()


def test_a_zip_reads_like_the_file_in_it() -> None:
    data = packed(user__json=b"{}", conversations__json=SAMPLE)

    assert read(SAMPLE, name="x") == read(data, name="x")


def test_an_export_in_several_files_is_read_in_order() -> None:
    data = packed(**{"conversations-001__json": b"[2]", "conversations-000__json": b"[1]", "chat__html": b"x"})
    expected = [b"[1]", b"[2]"]

    assert expected == archive.unpack(data, name="x.zip", wanted="an export")


def test_a_zip_without_conversations_is_refused() -> None:
    with pytest.raises(Invalid):
        read(packed(photo__png=b"x"), name="x.zip")


def test_a_zip_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(TooLarge):
        archive.unpack(packed(conversations__json=SAMPLE), name="x.zip", wanted="an export", limit=1_000)


def test_a_zip_of_almost_nothing_that_unpacks_to_much_is_refused() -> None:
    with pytest.raises(TooLarge):
        archive.unpack(packed(conversations__json=b" " * 5_000_000), name="x.zip", wanted="an export")


def test_a_zip_that_lies_about_its_size_is_measured() -> None:
    data = bytearray(packed(conversations__json=SAMPLE))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")

    with pytest.raises(Invalid):
        archive.unpack(bytes(data), name="x.zip", wanted="an export")


@pytest.mark.parametrize("cut", [4, 30, 200])
def test_a_damaged_zip_is_refused(cut: int) -> None:
    with pytest.raises(Invalid):
        read(packed(conversations__json=SAMPLE)[:cut], name="x.zip")


def test_only_zips_with_conversations_are_found(tmp_path: Path) -> None:
    downloads = tmp_path / "Downloads"
    downloads.mkdir()
    (downloads / "export.zip").write_bytes(packed(conversations__json=SAMPLE))
    (downloads / "photos.zip").write_bytes(packed(photo__png=b"x"))

    assert [downloads / "export.zip"] == find(tmp_path, {}, "linux")
