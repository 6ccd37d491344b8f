"""Our response in the form of the host."""

from starlette.responses import Response

from contextfs.runtime.http.message import HttpResponse


def respond(response: HttpResponse) -> Response:
    """Give our response the host's form."""
    told = Response(response.body, status_code=response.status, headers=dict(response.headers))
    for cookie in response.cookies:
        told.headers.append("set-cookie", cookie)
    return told
