"""Describe the API."""

from contextfs.kit.call import OpenCall
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.openapi.document import document_bytes


def handle(call: OpenCall) -> HttpResponse:  # noqa: ARG001 - nothing is asked of the call
    """Describe this API as OpenAPI 3.1."""
    return HttpResponse(status=200, body=document_bytes(), headers={"content-type": "application/json"})
