"""A page of a list as CSV, for who accepts that rather than JSON; the next page is named by a Link (RFC 8288)."""

from typing import Any, get_args
from urllib.parse import urlencode

from contextfs.kit.page import Page
from contextfs.kit.spreadsheet import written
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.http.weights import weights
from contextfs.runtime.table import CSV, JSON, Route


def is_wanted(route: Route, request: HttpRequest) -> bool:
    """Tell whether a reply is to be CSV: where the route has it, and the caller likes it better than JSON."""
    if not route.tabular:
        return False
    liked = weights(request.headers.get("accept", ""))
    others = liked.get("text/*", 0), liked.get("application/*", 0), liked.get("*/*", 0)
    return liked.get(CSV, others[0]) > liked.get(JSON, max(others[1:]))


def reply(request: HttpRequest, page: Page[Any], kind: Any) -> HttpResponse:
    """Write a page of nouns of a kind; a list that ends says so by having no next page."""
    [noun] = get_args(kind)
    headers = {"content-type": f"{CSV}; charset=utf-8; header=present", "vary": "accept"}
    if page.next_cursor is not None:
        query = [*(pair for pair in request.query if pair[0] != "cursor"), ("cursor", page.next_cursor)]
        headers["link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
    return HttpResponse(status=200, body=written(page.items, noun.__struct_fields__).encode(), headers=headers)
