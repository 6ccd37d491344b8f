"""Cloud KMS in this process, for the real client library: keys with versions, which encrypt and decrypt."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import grpc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.cloud.kms_v1 import (  # pyright: ignore[reportMissingTypeStubs] - it has none
    KeyManagementServiceClient,
    types,
)
from google.cloud.kms_v1.services.key_management_service.transports import (  # pyright: ignore[reportMissingTypeStubs] - as above
    KeyManagementServiceGrpcTransport,
)

from tests.contextfs.adapters.clouds import grpc_server
from tests.contextfs.adapters.clouds.grpc_server import Method

_types: Any = types


class Keyring:
    """Keys by their names, each with its versions; the last one encrypts, and each decrypts what it encrypted."""

    def __init__(self) -> None:
        self.keys: dict[str, list[bytes]] = {}
        self.away = False

    def rotate(self, name: str) -> None:
        """Give a key another version."""
        self.keys.setdefault(name, []).append(AESGCM.generate_key(256))

    def encrypt(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Encrypt by the newest version."""
        versions = self._versions(request.name, context)
        nonce = os.urandom(12)
        sealed = AESGCM(versions[-1]).encrypt(nonce, request.plaintext, None)
        return _types.EncryptResponse(name=request.name, ciphertext=bytes([len(versions) - 1]) + nonce + sealed)

    def decrypt(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Decrypt by the version that encrypted."""
        if self.away:
            context.abort(grpc.StatusCode.INTERNAL, "Internal error")
        versions = self._versions(request.name, context)
        told: bytes = request.ciphertext
        try:
            plain = AESGCM(versions[told[0]]).decrypt(told[1:13], told[13:], None)
        except (InvalidTag, IndexError, ValueError):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Decryption failed: verify that 'name' refers to the key")
            raise
        return _types.DecryptResponse(plaintext=plain)

    def _versions(self, name: str, context: grpc.ServicerContext) -> list[bytes]:
        if name not in self.keys:
            context.abort(grpc.StatusCode.NOT_FOUND, f"CryptoKey {name} not found")
        return self.keys[name]


@contextmanager
def served(keyring: Keyring) -> Generator[Any]:
    """Serve it until the block ends; gives a client of Google's library that reaches it."""
    methods = {
        "Encrypt": Method(keyring.encrypt, _types.EncryptRequest, _types.EncryptResponse),
        "Decrypt": Method(keyring.decrypt, _types.DecryptRequest, _types.DecryptResponse),
    }
    service = "google.cloud.kms.v1.KeyManagementService"
    with grpc_server.served(service, methods, KeyManagementServiceClient, KeyManagementServiceGrpcTransport) as client:
        yield client
