"""A service of Google's in this process, for its real client library: gRPC on loopback."""

from collections.abc import Callable, Generator, Mapping
from concurrent import futures
from contextlib import contextmanager
from typing import Any, NamedTuple

import grpc


class Method(NamedTuple):
    """What answers one call: by the types of the client library that it is asked with, and answers with."""

    work: Callable[[Any, grpc.ServicerContext], Any]
    asked: Any
    told: Any


@contextmanager
def served(service: str, methods: Mapping[str, Method], client: Any, transport: Any) -> Generator[Any]:
    """Serve it until the block ends; gives a client of Google's library that reaches it."""
    rpc: Any = grpc
    handlers = {
        name: rpc.unary_unary_rpc_method_handler(
            one.work, request_deserializer=one.asked.deserialize, response_serializer=one.told.serialize
        )
        for name, one in methods.items()
    }
    server = rpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((rpc.method_handlers_generic_handler(service, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    channel = rpc.insecure_channel(f"127.0.0.1:{port}")
    try:
        yield client(transport=transport(channel=channel))
    finally:
        channel.close()
        server.stop(None).wait()
