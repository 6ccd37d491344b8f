"""The Blobs port over S3, and over whatever speaks its protocol (MinIO, Ceph): AWS_ENDPOINT_URL_S3 says where."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3  # pyright: ignore[reportMissingTypeStubs] - it has none
from boto3.s3.transfer import TransferConfig  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs] - it has none
from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs] - it has none

from contextfs.kit import blobs
from contextfs.kit.errors import ContextFSError, NotFound, Unavailable
from contextfs.kit.ports import Blob

_PART = 16 * blobs.PART
"""Bytes that are sent at once; S3 takes ten thousand parts of a file."""
PATIENCE = Config(
    connect_timeout=3,
    read_timeout=30,
    retries={"mode": "standard", "max_attempts": 4},
    signature_version="s3v4",
)
_LASTING = {"AccessDenied", "NoSuchBucket", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled"}


class S3Blobs:
    """Keeps files in one bucket. It does not make the bucket, and does not delete what is old: a lifecycle does."""

    def __init__(self, bucket: str, *, region: str | None) -> None:
        self._bucket = bucket
        sdk: Any = boto3
        self._client = sdk.client("s3", region_name=region, config=PATIENCE)
        self._transfer: Any = TransferConfig(multipart_threshold=_PART, multipart_chunksize=_PART, use_threads=False)

    def put(self, key: str, parts: Iterable[bytes], *, media_type: str = "application/octet-stream") -> Blob:
        """Store a file; a large one is sent in parts, which S3 puts together at the end, or forgets."""
        measured = blobs.Measured(parts)
        with self._told():
            self._client.upload_fileobj(
                _Reader(measured),
                self._bucket,
                blobs.key(key),
                ExtraArgs={"ContentType": media_type},
                Config=self._transfer,
            )
        return measured.blob(key)

    def get(self, key: str, *, sha256: str | None = None) -> Iterator[bytes]:
        """Give a file part by part; NotFound at once when there is none."""
        with self._told(key):
            body = self._client.get_object(Bucket=self._bucket, Key=blobs.key(key))["Body"]
        return blobs.checked(key, self._read(body), sha256)

    def find(self, folder: str) -> Iterator[tuple[str, int]]:
        """Give the keys in a folder and below it, in order, with their sizes."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=blobs.folder(folder))
        with self._told():
            for page in pages:
                yield from ((one["Key"], one["Size"]) for one in page.get("Contents", ()))

    def delete(self, key: str) -> None:
        """Delete a file; where the bucket keeps versions, the lifecycle ends those."""
        with self._told():
            self._client.delete_object(Bucket=self._bucket, Key=blobs.key(key))

    def link(self, key: str, *, seconds: int, name: str) -> str:
        """Give an address that is signed by this process's own right to read."""
        shown = {"ResponseContentDisposition": f'attachment; filename="{name}"'}
        asked = {"Bucket": self._bucket, "Key": blobs.key(key), **shown}
        with self._told():
            return self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)

    def _read(self, body: Any) -> Iterator[bytes]:
        with self._told(), body:
            yield from body.iter_chunks(blobs.PART)

    def _lacks(self, key: str) -> bool:
        """Tell whether a file is not there: to who may list a folder alone, S3 forbids what it does not find."""
        with suppress(ClientError):
            found = self._client.list_objects_v2(Bucket=self._bucket, Prefix=blobs.key(key), MaxKeys=1)
            return all(one["Key"] != key for one in found.get("Contents", ()))
        return False

    @contextmanager
    def _told(self, key: str | None = None) -> Generator[None]:
        """Tell the SDK's errors in the product's words."""
        try:
            yield
        except ClientError as error:
            response: dict[str, Any] = error.response
            code = response.get("Error", {}).get("Code", "")
            if key is not None and (code in {"NoSuchKey", "404"} or (code == "AccessDenied" and self._lacks(key))):
                raise NotFound(f"There is no file {key}.") from None
            detail = f"The bucket {self._bucket} takes or gives no file: {code}."
            raise (ContextFSError(detail) if code in _LASTING else Unavailable(detail)) from error
        except BotoCoreError as error:
            raise Unavailable(f"The bucket {self._bucket} is not reached: {type(error).__name__}.") from error


class _Reader:
    """Gives parts as a file that is read from its beginning to its end."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._left = bytearray()

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, or fewer at the end; all that is left when none are named."""
        while size < 0 or len(self._left) < size:
            part = next(self._parts, None)
            if part is None:
                break
            self._left += part
        end = len(self._left) if size < 0 else size
        taken = bytes(self._left[:end])
        del self._left[:end]
        return taken
