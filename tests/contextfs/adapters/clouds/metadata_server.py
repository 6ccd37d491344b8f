"""The metadata server that programs on Google Cloud find their account by, for Google's real authentication library."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from google.auth.compute_engine import _metadata  # pyright: ignore[reportMissingTypeStubs] - it has none

_library: Any = _metadata


class Metadata:
    """One account. `token` is what it is given next, good for so many `seconds`; None when there is none."""

    def __init__(self) -> None:
        self.token: str | None = "first"
        self.seconds = 3600
        self.scopes: list[str] = []
        self.given = 0

    def answer(self, path: str, query: dict[str, list[str]]) -> dict[str, object] | None:
        """Answer as Google's does; None for what there is not."""
        if path.endswith("/token"):
            if self.token is None:
                return None
            self.given += 1
            self.scopes = query.get("scopes", [""])[0].split(",")
            return {"access_token": self.token, "expires_in": self.seconds, "token_type": "Bearer"}
        account = {"email": "search@p.iam.gserviceaccount.com", "scopes": [], "aliases": ["default"]}
        return dict(account) if "service-accounts" in path else {}


@contextmanager
def served(metadata: Metadata) -> Generator[dict[str, str]]:
    """Serve it until the block ends; gives the environment in which Google's libraries find it."""

    class Handler(BaseHTTPRequestHandler):
        """Answers GET."""

        def do_GET(self) -> None:
            """Answer, as a metadata server."""
            asked = urlsplit(self.path)
            told = metadata.answer(asked.path.rstrip("/"), parse_qs(asked.query))
            body = json.dumps(told or {}).encode()
            self.send_response(200 if told is not None else 404)
            self.send_header("Metadata-Flavor", "Google")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the argument's name
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    place = f"127.0.0.1:{server.server_port}"
    try:
        with patch.object(_library, "_GCE_METADATA_HOST", place):  # the library reads the variable when it is loaded
            yield {
                "GCE_METADATA_HOST": place,
                "GCE_METADATA_IP": place,
                "GOOGLE_CLOUD_PROJECT": "p",
                "GOOGLE_APPLICATION_CREDENTIALS": "",
                "CLOUDSDK_CONFIG": "/none",
                "NO_GCE_CHECK": "false",
            }
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
