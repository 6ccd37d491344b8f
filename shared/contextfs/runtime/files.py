"""Where links to files of this server are answered; a cloud's store answers its own."""

from collections.abc import Iterator
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from contextfs.kit.blobs import PATH
from contextfs.kit.errors import ContextFSError, NotFound
from contextfs.runtime.door.door import Door
from contextfs.runtime.http.problems import problem
from contextfs.runtime.http.responding import respond

__all__ = ["PATH", "Files"]


class Files:
    """Answers `GET /v1/files/…`: the link itself says that its holder may, so that no key is asked for."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def answer(self, request: Request) -> Response:
        """Send a file part by part, or tell why not."""
        request_id = self._door.request_id(request.headers)
        name = request.query_params.get("name", "")
        try:
            parts = await run_in_threadpool(partial(self._opened, request, name))
        except ContextFSError as error:
            response = respond(problem(error, request_id))
        else:
            shown = {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}
            response = StreamingResponse(parts, media_type="application/zip", headers=shown)
        response.headers["cache-control"] = "no-store"
        response.headers["x-request-id"] = request_id
        return response

    def _opened(self, request: Request, name: str) -> Iterator[bytes]:
        from contextfs.adapters.clouds.local.blobs import FolderBlobs  # noqa: PLC0415 - only who keeps files here

        blobs = self._door.services.blobs()
        if not isinstance(blobs, FolderBlobs):
            raise NotFound("There is nothing at this address: see /v1/openapi.json.")
        given = request.query_params
        key: str = request.path_params["key"]
        return blobs.by_link(key, name=name, until=given.get("until", ""), signature=given.get("signature", ""))
