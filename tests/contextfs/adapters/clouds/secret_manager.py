"""Secret Manager in this process, for the real client library: versions of secrets, as Google's API gives them."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import grpc
from google.cloud.secretmanager_v1 import (  # pyright: ignore[reportMissingTypeStubs] - it has none
    SecretManagerServiceClient,
    types,
)
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (  # pyright: ignore[reportMissingTypeStubs] - as above
    SecretManagerServiceGrpcTransport,
)

from tests.contextfs.adapters.clouds import grpc_server
from tests.contextfs.adapters.clouds.grpc_server import Method

_types: Any = types


class Store:
    """The versions of each secret, oldest first; who may not read one is told as by IAM."""

    def __init__(self) -> None:
        self.versions: dict[str, list[bytes]] = {}
        self.forbidden: set[str] = set()
        self.away = False

    def access(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Give a version of a secret."""
        if self.away:
            context.abort(grpc.StatusCode.INTERNAL, "Internal error")
        secret, _, number = request.name.partition("/versions/")
        versions = self.versions.get(secret, [])
        if secret in self.forbidden:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "Permission denied on resource")
        if not versions or (number != "latest" and int(number) > len(versions)):
            context.abort(grpc.StatusCode.NOT_FOUND, f"Secret [{secret}] not found")
        data = versions[-1 if number == "latest" else int(number) - 1]
        return _types.AccessSecretVersionResponse(name=request.name, payload={"data": data})


@contextmanager
def served(store: Store) -> Generator[Any]:
    """Serve it until the block ends; gives a client of Google's library that reaches it."""
    service = "google.cloud.secretmanager.v1.SecretManagerService"
    answer = Method(store.access, _types.AccessSecretVersionRequest, _types.AccessSecretVersionResponse)
    with grpc_server.served(
        service, {"AccessSecretVersion": answer}, SecretManagerServiceClient, SecretManagerServiceGrpcTransport
    ) as client:
        yield client
