"""The stores of files of all clouds keep one contract."""

import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs] - it has none
from google.api_core.exceptions import Forbidden
from google.cloud.storage import Blob  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.adapters.clouds.aws import blobs as s3
from contextfs.adapters.clouds.aws.blobs import S3Blobs
from contextfs.adapters.clouds.gcp import blobs as storage_blobs
from contextfs.adapters.clouds.gcp.blobs import StorageBlobs
from contextfs.adapters.clouds.local.blobs import FolderBlobs
from contextfs.kit.blobs import PATH
from contextfs.kit.errors import ContextFSError, Invalid, NotAllowed, NotFound, Unavailable
from contextfs.kit.ports import Blobs
from tests.contextfs.adapters.clouds import moto_server, storage_server

BUCKET = "contextfs-files"
MIB = 1024 * 1024
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@dataclass(frozen=True)
class Twin:
    """A store of files, what fetches a link of it, one that has no bucket, and one whose service is away."""

    blobs: Blobs
    fetch: Callable[[str], bytes]
    lacking: Blobs
    away: Blobs


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


def folder_blobs(folder: Path, clock: Callable[[], datetime] = lambda: NOW) -> FolderBlobs:
    return FolderBlobs(folder, secret=b"pepper", url="http://127.0.0.1:8420", clock=clock)


def by_address(link: str) -> bytes:
    with urllib.request.urlopen(link, timeout=20) as reply:  # noqa: S310 - a server of ours
        return reply.read()


def by_gateway(blobs: FolderBlobs, link: str) -> bytes:
    """Fetch a link as the gateway answers it."""
    parts = urlsplit(link)
    query = {name: value for name, [value] in parse_qs(parts.query).items()}
    return b"".join(blobs.by_link(parts.path.removeprefix(f"{PATH}/"), **query))


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    """Give the store of one machine."""
    folder = tmp_path_factory.mktemp("files")
    blobs = folder_blobs(folder / "kept")
    (folder / "file").write_bytes(b"no folder")
    absent = folder_blobs(folder / "file")
    return Twin(blobs, lambda link: by_gateway(blobs, link), absent, absent)


@pytest.fixture(scope="module")
def google() -> Iterator[Twin]:
    """Give the store of Google Cloud, with Google's client library."""
    with storage_server.served() as address, storage_server.client(address) as client:
        client.create_bucket(BUCKET)
        with storage_server.client("http://127.0.0.1:9") as nobody:
            with pytest.MonkeyPatch.context() as patch:  # only who asks nobody gives up early
                patch.setattr(storage_blobs, "_ALL_TRIES_SECONDS", 0.5)
                gone = StorageBlobs(BUCKET, client=nobody)
            lacking = StorageBlobs("contextfs-none", client=client)
            yield Twin(StorageBlobs(BUCKET, client=client), by_address, lacking, gone)


@pytest.fixture(scope="module")
def amazon() -> Iterator[Twin]:
    """Give the store of AWS, with AWS's client library."""
    with moto_server.served() as environment, pytest.MonkeyPatch.context() as patch:
        with moto_server.client("s3", environment) as client:
            client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": moto_server.REGION})
        for name, value in (environment | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}).items():
            patch.setenv(name, value)
        patch.setattr(s3, "PATIENCE", s3.Config(connect_timeout=1, retries={"max_attempts": 1}))
        gone = S3Blobs(BUCKET, region=moto_server.REGION)
        patch.setenv("AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"])
        lacking = S3Blobs("contextfs-none", region=moto_server.REGION)
        yield Twin(S3Blobs(BUCKET, region=moto_server.REGION), by_address, lacking, gone)


@pytest.fixture(params=["local", "google", "amazon"])
def twin(request: pytest.FixtureRequest) -> Twin:
    """Give each twin."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def folder() -> str:
    """Give a folder of keys that no other test has."""
    return f"exports/{uuid4()}/"


def whole(blobs: Blobs, key: str, **expected: Any) -> bytes:
    return b"".join(blobs.get(key, **expected))


def test_what_is_put_is_given_back_and_measured(twin: Twin, folder: str) -> None:
    made = twin.blobs.put(f"{folder}a.zip", [b"one ", b"", b"two"])

    assert (f"{folder}a.zip", 7, sha256(b"one two").hexdigest()) == made
    assert whole(twin.blobs, made.key, sha256=made.sha256) == b"one two"


def test_a_file_may_be_empty(twin: Twin, folder: str) -> None:
    made = twin.blobs.put(f"{folder}a.zip", [])

    assert made.size == 0
    assert whole(twin.blobs, made.key, sha256=made.sha256) == b""


def test_a_large_file_is_streamed(twin: Twin, folder: str) -> None:
    part = bytes(range(256)) * 4 * 1024

    made = twin.blobs.put(f"{folder}a.zip", repeat(part, 20))
    seen = [len(one) for one in twin.blobs.get(made.key, sha256=made.sha256)]

    assert made.size == 20 * MIB
    assert sum(seen) == made.size
    assert max(seen) <= MIB


def test_content_that_was_changed_is_told_at_its_end(twin: Twin, folder: str) -> None:
    made = twin.blobs.put(f"{folder}a.zip", [b"stored"])
    twin.blobs.put(made.key, [b"forged"])

    with pytest.raises(ContextFSError, match="is not what was stored"):
        whole(twin.blobs, made.key, sha256=made.sha256)


def test_what_is_not_there_is_not_found_at_once(twin: Twin, folder: str) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        twin.blobs.get(f"{folder}a.zip")


@pytest.fixture(params=["google", "amazon"])
def narrow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Twin:
    """Give each twin of a cloud, whose service forbids all that is read: as to who may list a folder alone."""
    twin: Twin = request.getfixturevalue(request.param)

    def forbid(*_: object, **__: object) -> None:
        error = {"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}
        raise Forbidden("it may not exist") if request.param == "google" else ClientError(error, "GetObject")

    if request.param == "google":
        monkeypatch.setattr(Blob, "reload", forbid)
    else:
        monkeypatch.setattr(twin.blobs._client, "get_object", forbid)  # type: ignore[attr-defined] - Amazon's client
    return twin


def test_what_is_forbidden_is_not_found_where_it_is_not_there(narrow: Twin, folder: str) -> None:
    """A log that has no head yet is checked without one; one whose head may not be read is not."""
    narrow.blobs.put(f"{folder}there", [b"x"])
    narrow.blobs.put(f"{folder}other-1", [b"x"])

    with pytest.raises(NotFound):
        narrow.blobs.get(f"{folder}other")
    with pytest.raises(ContextFSError, match="takes or gives no file") as told:
        narrow.blobs.get(f"{folder}there")
    assert not isinstance(told.value, NotFound)


def test_a_file_is_deleted_once_and_again(twin: Twin, folder: str) -> None:
    twin.blobs.put(f"{folder}a.zip", [b"x"])

    twin.blobs.delete(f"{folder}a.zip")
    twin.blobs.delete(f"{folder}a.zip")

    assert list(twin.blobs.find(folder)) == []


def test_a_folder_is_listed_and_its_neighbour_is_not(twin: Twin, folder: str) -> None:
    neighbour = f"{folder.removesuffix('/')}2/"
    for key in (f"{folder}b.zip", f"{folder}a/c.zip", f"{neighbour}a.zip"):
        twin.blobs.put(key, [b"xyz"])

    assert list(twin.blobs.find(folder)) == [(f"{folder}a/c.zip", 3), (f"{folder}b.zip", 3)]


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "exports/../secrets", "..", "exports//a", "exports/./a", "exports/.hidden", "exports/a\n",
     "exports\\a", "exports/a/", "exports/%2e%2e/a", "exports/ä", "a" * 200, "a/" * 9 + "a", "exports/a\0b"],
)  # fmt: skip
def test_no_key_leaves_its_folder(key: str, twin: Twin) -> None:
    for ask in (lambda: twin.blobs.put(key, [b"x"]), lambda: twin.blobs.get(key), lambda: twin.blobs.delete(key)):
        with pytest.raises(Invalid, match="is not a key of a file"):
            ask()
    with pytest.raises(Invalid, match="is not a key of a file"):
        twin.blobs.link(key, seconds=60, name="a.zip")


@pytest.mark.parametrize("name", ["", "/", "exports", "../", "exports/../", "exports//"])
def test_no_list_looks_beyond_its_folder(name: str, twin: Twin) -> None:
    with pytest.raises(Invalid, match="is not a folder of files"):
        list(twin.blobs.find(name))


def test_what_is_broken_off_is_not_stored(twin: Twin, folder: str) -> None:
    def parts() -> Iterator[bytes]:
        yield b"x" * 20 * MIB
        message = "the sender is gone"
        raise RuntimeError(message)

    twin.blobs.put(f"{folder}kept.zip", [b"before"])
    for key in (f"{folder}kept.zip", f"{folder}new.zip"):
        with pytest.raises(RuntimeError, match="the sender is gone"):
            twin.blobs.put(key, parts())

    assert list(twin.blobs.find(folder)) == [(f"{folder}kept.zip", 6)]
    assert whole(twin.blobs, f"{folder}kept.zip") == b"before"


def test_who_reads_while_others_write_gets_one_of_the_files_whole(twin: Twin, folder: str) -> None:
    key, ends = f"{folder}a.zip", threading.Event()
    twin.blobs.put(key, [b"0" * MIB])

    def write(letter: bytes) -> None:
        for _ in range(5):
            twin.blobs.put(key, [letter * (MIB // 2)] * 2)

    def read() -> set[bytes]:
        found: set[bytes] = set()
        while not ends.is_set():
            found.add(whole(twin.blobs, key))
        return found

    with ThreadPoolExecutor(3) as pool:
        reading = pool.submit(read)
        writing = [pool.submit(write, letter) for letter in (b"1", b"2")]
        wait(writing)
        ends.set()
        found = reading.result()
        for one in writing:
            one.result()

    assert found <= {letter * MIB for letter in (b"0", b"1", b"2")}
    assert whole(twin.blobs, key) in {letter * MIB for letter in (b"1", b"2")}


def test_a_link_gives_the_file_without_a_key(twin: Twin, folder: str) -> None:
    twin.blobs.put(f"{folder}a.zip", [b"for you"])

    assert twin.fetch(twin.blobs.link(f"{folder}a.zip", seconds=60, name="export.zip")) == b"for you"


def test_a_link_is_for_its_time(twin: Twin, folder: str) -> None:
    link = twin.blobs.link(f"{folder}a.zip", seconds=61, name="export.zip")
    query = {name.lower(): value for name, [value] in parse_qs(urlsplit(link).query).items()}

    until = query.get("until", str(int((NOW + timedelta(seconds=61)).timestamp())))
    assert query.get("x-amz-expires", query.get("x-goog-expires", "61")) == "61"
    assert until == str(int(NOW.timestamp()) + 61)


def test_a_store_without_its_bucket_is_told_to_who_runs_it(twin: Twin, folder: str) -> None:
    with pytest.raises(ContextFSError) as told:
        twin.lacking.put(f"{folder}a.zip", [b"x"])

    assert not isinstance(told.value, (Unavailable, NotFound))


@pytest.mark.parametrize("name", ["google", "amazon"])
def test_a_service_that_is_away_is_told_as_passing(
    name: str, folder: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin: Twin = request.getfixturevalue(name)

    with pytest.raises(Unavailable):
        twin.away.put(f"{folder}a.zip", [b"x"])


def test_a_link_of_the_folder_is_over_in_time_and_cannot_be_changed(tmp_path: Path) -> None:
    clock = Clock()
    blobs = folder_blobs(tmp_path, clock)
    for key in ("exports/a/1.zip", "exports/b/1.zip"):
        blobs.put(key, [key.encode()])
    link = blobs.link("exports/a/1.zip", seconds=60, name="a.zip")
    until = int(NOW.timestamp()) + 60

    for changed in (
        link.replace("exports/a", "exports/b"),
        link.replace("a.zip&", "b.zip&"),
        link.replace(str(until), str(until + 1)),
        link.replace(str(until), "9" * 40),
    ):
        with pytest.raises(NotAllowed, match="was not made here"):
            by_gateway(blobs, changed)
    assert by_gateway(blobs, link) == b"exports/a/1.zip"
    clock.now = NOW + timedelta(seconds=61)
    with pytest.raises(NotAllowed, match="is over"):
        by_gateway(blobs, link)
