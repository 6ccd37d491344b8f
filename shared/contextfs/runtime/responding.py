"""Our response in the form of the host."""

from starlette.responses import Response

from contextfs.runtime.http import HttpResponse


def respond(response: HttpResponse) -> Response:
    """Give our response the host's form."""
    return Response(response.body, status_code=response.status, headers=dict(response.headers))
