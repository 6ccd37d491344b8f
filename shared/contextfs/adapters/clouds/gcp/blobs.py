"""The Blobs port over Cloud Storage."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from google.api_core import exceptions as google
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.cloud import storage  # pyright: ignore[reportMissingTypeStubs] - it has none
from google.cloud.storage import exceptions  # pyright: ignore[reportMissingTypeStubs] - as above
from google.cloud.storage.retry import DEFAULT_RETRY  # pyright: ignore[reportMissingTypeStubs] - as above
from requests import RequestException

from contextfs.kit import blobs
from contextfs.kit.errors import ContextFSError, NotFound, Unavailable
from contextfs.kit.ports import Blob

_PART = 8 * blobs.PART
"""Bytes that are sent at once: a multiple of 256 KiB."""
_TIMEOUT = 30.0
_TRIES = 8
_ALL_TRIES_SECONDS = 20.0
_FORBIDDEN, _NOT_FOUND = 403, 404
_LASTING = {400, 401, _FORBIDDEN, _NOT_FOUND}
_sdk: Any = storage
_media: Any = exceptions


class StorageBlobs:
    """Keeps files in one bucket. It does not make the bucket, and does not delete what is old: a lifecycle does."""

    def __init__(self, bucket: str, *, client: Any = None) -> None:
        self._client: Any = client or _sdk.Client()
        self._bucket: Any = self._client.bucket(bucket)
        retry: Any = DEFAULT_RETRY
        self._patience: dict[str, Any] = {"retry": retry.with_timeout(_ALL_TRIES_SECONDS), "timeout": _TIMEOUT}

    def put(self, key: str, parts: Iterable[bytes], *, media_type: str = "application/octet-stream") -> Blob:
        """Store a file: it is sent part by part, and is there when the last one is; before, nothing is."""
        measured = blobs.Measured(parts)
        blob = self._bucket.blob(blobs.key(key), chunk_size=_PART)
        with self._told(), blob.open("wb", content_type=media_type, **self._patience) as file:
            for part in measured:
                file.write(part)
        return measured.blob(key)

    def get(self, key: str, *, sha256: str | None = None) -> Iterator[bytes]:
        """Give a file part by part, of one and the same version; NotFound at once when there is none."""
        blob = self._bucket.blob(blobs.key(key))
        with self._told(key):
            file, first = self._begin(blob)
        return blobs.checked(key, self._read(file, first), sha256)

    def find(self, folder: str) -> Iterator[tuple[str, int]]:
        """Give the keys in a folder and below it, in order, with their sizes."""
        with self._told():
            for one in self._client.list_blobs(self._bucket, prefix=blobs.folder(folder), **self._patience):
                yield one.name, one.size

    def delete(self, key: str) -> None:
        """Delete a file; where the bucket keeps versions, the lifecycle ends those."""
        blob = self._bucket.blob(blobs.key(key))
        with self._told(), suppress(google.NotFound):
            blob.delete(**self._patience)

    def link(self, key: str, *, seconds: int, name: str) -> str:
        """Give an address that is signed as this process's account, by its own key or by IAM's (signBlob)."""
        with self._told():
            return self._bucket.blob(blobs.key(key)).generate_signed_url(
                version="v4",
                expiration=timedelta(seconds=seconds),
                response_disposition=f'attachment; filename="{name}"',
                api_access_endpoint=self._client._connection.API_BASE_URL,  # noqa: SLF001 - an emulator's, in tests
                **self._signer(),
            )

    def _signer(self) -> dict[str, Any]:
        """Say who signs: an account of Cloud Run has no key, and asks IAM to sign for it."""
        credentials = self._client._credentials  # noqa: SLF001 - the client has no public name for them
        if hasattr(credentials, "sign_bytes"):
            return {"credentials": credentials}
        credentials.refresh(Request())
        return {"service_account_email": credentials.service_account_email, "access_token": credentials.token}

    def _begin(self, blob: Any) -> tuple[Any, bytes]:
        """Open the version that is there now, and read its first part; another one may take its place meanwhile."""
        for _ in range(_TRIES - 1):
            with suppress(google.PreconditionFailed):
                return self._open(blob)
        return self._open(blob)

    def _open(self, blob: Any) -> tuple[Any, bytes]:
        blob.reload(**self._patience)
        file = blob.open("rb", chunk_size=_PART, if_generation_match=blob.generation, **self._patience)
        return file, file.read(blobs.PART) if blob.size else b""

    def _read(self, file: Any, first: bytes) -> Iterator[bytes]:
        with self._told(), file:
            yield first
            while part := file.read(blobs.PART):
                yield part

    def _lacks(self, key: str) -> bool:
        """Tell whether a file is not there: to who may list a folder alone, what is not found is forbidden."""
        with suppress(google.GoogleAPIError):
            found = self._client.list_blobs(self._bucket, prefix=blobs.key(key), max_results=1, **self._patience)
            return all(one.name != key for one in found)
        return False

    @contextmanager
    def _told(self, key: str | None = None) -> Generator[None]:
        """Tell the SDK's errors in the product's words."""
        bucket = self._bucket.name
        try:
            yield
        except (google.GoogleAPIError, _media.InvalidResponse, _media.DataCorruption) as error:
            status = _status(error)
            is_absent = status == _NOT_FOUND and "bucket does not exist" not in str(error)
            if key is not None and (is_absent or (status == _FORBIDDEN and self._lacks(key))):
                raise NotFound(f"There is no file {key}.") from None
            detail = f"The bucket {bucket} takes or gives no file: {status or 'broken'}."
            raise (ContextFSError(detail) if status in _LASTING else Unavailable(detail)) from error
        except (GoogleAuthError, RequestException) as error:
            raise Unavailable(f"The bucket {bucket} is not reached: {type(error).__name__}.") from error


def _status(error: Any) -> int | None:
    """Find the HTTP status in an error: those of uploads are not of the kind that all others are."""
    response = getattr(error, "response", None)
    return getattr(error, "code", None) or getattr(response, "status_code", None)
