"""A small engine that speaks Pulumi's protocol (proto/pulumi/{resource,engine}.proto) and records what it is asked for.

It answers as a real one does in a preview: inputs come back, everything else is unknown until a cloud tells. Duplicate
names are refused, secrets stay secret, dependencies are those that the SDK found. It makes nothing.
"""

import asyncio
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, cast

import grpc
import pulumi
from google.protobuf import json_format, struct_pb2
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, language_pb2, resource_pb2, resource_pb2_grpc

from infra.preview.recording import Recording, Resource, ordered, plain, secret

PROJECT = "contextfs"
ROOT_TYPE = "pulumi:pulumi:Stack"

_LARGEST = 64 * 1024 * 1024
_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
)
_TOLD: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": lambda region: {
        "names": [f"{region}{letter}" for letter in "abc"],
        "zoneIds": [f"{region}-{letter}" for letter in "abc"],
    },
    "gcp:organizations/getProject:getProject": lambda _: {"number": "123456789012"},
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": lambda _: {
        "emailAddress": "service-1@gs-project-accounts.iam.gserviceaccount.com"
    },
    "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": lambda _: {
        "serviceAccountId": "cmek-p1@gcp-sa-logging.iam.gserviceaccount.com"
    },
}
"""What a provider's functions tell, by their tokens; what is asked after something that is not made is not asked."""
Outputs = Callable[[str, str, Mapping[str, Any]], Mapping[str, Any]]
"""What a resource of a type and name with some inputs would answer, in a rehearsal."""


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Takes registrations. With `outputs` it answers as if everything were made; without, as in a preview."""

    def __init__(self, stack: str, outputs: Outputs | None) -> None:
        self.stack = stack
        self.outputs = outputs
        self.resources: dict[str, Resource] = {}
        self.exports: dict[str, Any] = {}
        self._lock = threading.Lock()

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        """Tell what this engine can do."""
        return resource_pb2.DeploymentInfo(supportedFeatures=_FEATURES)

    def SupportsFeature(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        """Tell the same in the older way."""
        known = request.id in {"secrets", "resourceReferences", "outputValues"}
        return resource_pb2.SupportsFeatureResponse(hasSupport=known)

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Record a resource; refuse a second one of the same name."""
        urn = self._urn(request.parent, request.type, request.name)
        inputs = json_format.MessageToDict(request.object)
        resource = _resource(urn, request, inputs)
        with self._lock:
            if urn in self.resources:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Duplicate resource URN '{urn}'")
            self.resources[urn] = resource
        answer = struct_pb2.Struct()
        answer.CopyFrom(request.object)
        made = ""
        if request.custom and self.outputs is not None:
            outputs = dict(self.outputs(request.type, request.name, inputs))
            made = str(outputs.pop("id"))
            secrets = set(request.additionalSecretOutputs)
            answer.update({name: secret(value) if name in secrets else value for name, value in outputs.items()})
        elif request.custom:
            answer.update({name: secret() for name in request.additionalSecretOutputs})
        return resource_pb2.RegisterResourceResponse(urn=urn, id=made, object=answer)

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        """Keep what the stack exports."""
        if self.resources[request.urn].type == ROOT_TYPE:
            self.exports = plain(json_format.MessageToDict(request.outputs))
        return Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        """Answer a provider's function: what a region's zones are called, and two agents of Google's."""
        region = request.provider.rsplit("::", 2)[-2].removeprefix("aws-")
        answer = resource_pb2.ResourceInvokeResponse()
        getattr(answer, "return").update({"id": region, **_TOLD.get(request.tok, lambda _: {})(region)})
        return answer

    def RegisterPackage(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        """Take note of a provider's package."""
        return resource_pb2.RegisterPackageResponse(ref="package")

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        """The program has ended."""
        return Empty()

    def _urn(self, parent: str, type_: str, name: str) -> str:
        above = parent.split("::")[2] if parent else ROOT_TYPE
        qualified = type_ if above == ROOT_TYPE else f"{above}${type_}"
        return f"urn:pulumi:{self.stack}::{PROJECT}::{qualified}::{name}"


class Engine(engine_pb2_grpc.EngineServicer):
    """Takes log lines, and knows the root of the tree."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self._root = ""

    def Log(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        """Keep warnings; errors end the program and come back as its result."""
        if request.severity == engine_pb2.WARNING:
            self.warnings.append(request.message)
        return Empty()

    def GetRootResource(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        """Give the root."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's name
        """Learn the root."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()


def record(
    program: Callable[[], None], stack: str, config: Mapping[str, str], *, outputs: Outputs | None = None
) -> Recording:
    """Run a program against this engine. Use one process for one recording: the SDK keeps its state in globals."""
    # The SDK's own runner of in-process programs; it is not public, so the test of this file guards it.
    from pulumi.automation._server import LanguageServer  # noqa: PLC0415

    monitor, engine = Monitor(stack, outputs), Engine()
    server = grpc.server(ThreadPoolExecutor(32), options=[("grpc.max_receive_message_length", _LARGEST)])
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        request = language_pb2.RunRequest(
            project=PROJECT,
            stack=stack,
            monitor_address=f"127.0.0.1:{port}",
            args=[f"127.0.0.1:{port}"],
            dryRun=outputs is None,
            parallel=8,
            config=dict(config),
        )
        with _without_debugging():
            # It takes the call's context, and does not look at it.
            ended = cast("Any", LanguageServer(cast("Any", lambda: _settled(program)))).Run(request, None)
    finally:
        server.stop(0)
    return Recording(
        stack=stack,
        resources=ordered(list(monitor.resources.values())),
        outputs=monitor.exports,
        warnings=tuple(dict.fromkeys(engine.warnings)),
        error=ended.error or None,
    )


async def _settled(program: Callable[[], None]) -> None:
    """Run the program, then wait for all of its values at once; those that failed are the SDK's to tell.

    Left to itself, the SDK waits for one of them, and then again for all the others: the square of their number.
    """
    from pulumi.runtime.settings import SETTINGS  # noqa: PLC0415 - as in `record`

    program()
    values: set[asyncio.Future[Any]] = cast("Any", SETTINGS).outputs
    while waiting := [value for value in values if not value.done()]:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_EXCEPTION)
        if any(value.cancelled() or value.exception() for value in done):
            return


@contextmanager
def _without_debugging() -> Generator[None]:
    """Keep the SDK from telling each of its steps: a call over the wire each, for lines that nobody reads."""
    told = pulumi.log.debug
    pulumi.log.debug = cast("Any", lambda *_, **__: None)  # pyright: ignore[reportUnknownLambdaType]
    try:
        yield
    finally:
        pulumi.log.debug = told


def _resource(urn: str, request: Any, inputs: dict[str, Any]) -> Resource:
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        parent=request.parent,
        custom=request.custom,
        inputs=plain(inputs),
        dependencies=tuple(sorted(request.dependencies)),
        property_dependencies={
            key: tuple(sorted(found.urns)) for key, found in sorted(request.propertyDependencies.items())
        },
        protect=request.protect,
        stays=tuple(sorted(request.ignoreChanges)),
        left=request.retainOnDelete,
        provider=request.provider.rsplit("::", 2)[-2] if request.provider else "",
    )
