"""What comes from the internet comes by TLS, past the firewall, and leaves a line."""

from collections.abc import Iterator
from typing import Any

from infra.planned import Plan
from infra.preview.graph import Graph
from infra.preview.recording import Recording, Resource

_BACKEND = "gcp:compute/backendService:BackendService"
_DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
_TLS = {"https-only", "redirect-to-https"}


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what the internet reaches past the edge, or without TLS."""
    if plan.config.network == "private":
        for one in recording.resources:
            if one.type in {_BACKEND, _DISTRIBUTION, "gcp:compute/globalForwardingRule:GlobalForwardingRule"}:
                yield f"{one.label} is public, and the network is private"
    yield from _backends(recording)
    yield from _plain(recording)
    yield from _distributions(recording)
    yield from _listeners(recording)


def _backends(recording: Recording) -> Iterator[str]:
    firewalls = {one.urn for one in recording.of("gcp:compute/securityPolicy:SecurityPolicy")}
    policies = {one.urn for one in recording.of("gcp:compute/sSLPolicy:SSLPolicy")}
    for backend in recording.of(_BACKEND):
        if not firewalls & set(backend.property_dependencies.get("securityPolicy", ())):
            yield f"{backend.label} stands before no firewall"
        if backend.inputs.get("logConfig", {}).get("enable") is not True:
            yield f"{backend.label} leaves no line of a call"
    for proxy in recording.of("gcp:compute/targetHttpsProxy:TargetHttpsProxy"):
        if not policies & set(proxy.property_dependencies.get("sslPolicy", ())):
            yield f"{proxy.label} takes any version of TLS"


def _plain(recording: Recording) -> Iterator[str]:
    """Whoever comes without TLS is led to it, and nowhere else."""
    graph = Graph(recording)
    leads = {
        one.urn
        for one in recording.of("gcp:compute/uRLMap:URLMap")
        if one.inputs.get("defaultUrlRedirect", {}).get("httpsRedirect") is not True
    }
    for proxy in recording.of("gcp:compute/targetHttpProxy:TargetHttpProxy"):
        if leads & graph.before(proxy.urn):
            yield f"{proxy.label} answers without TLS"


def _distributions(recording: Recording) -> Iterator[str]:
    firewalls = {one.urn for one in recording.of("aws:wafv2/webAcl:WebAcl")}
    for edge in recording.of(_DISTRIBUTION):
        if not firewalls & set(edge.property_dependencies.get("webAclId", ())):
            yield f"{edge.label} stands before no firewall"
        behaviors: list[dict[str, Any]] = [
            edge.inputs["defaultCacheBehavior"],
            *edge.inputs.get("orderedCacheBehaviors", ()),
        ]
        if any(behavior.get("viewerProtocolPolicy") not in _TLS for behavior in behaviors):
            yield f"{edge.label} answers without TLS"
        yield from _origins(edge)
    for stage in recording.of("aws:apigatewayv2/stage:Stage"):
        if not stage.inputs.get("accessLogSettings"):
            yield f"{stage.label} leaves no line of a call"
        if not stage.inputs.get("defaultRouteSettings", {}).get("throttlingRateLimit"):
            yield f"{stage.label} takes any number of calls past the firewall"


def _origins(edge: Resource) -> Iterator[str]:
    for origin in edge.inputs["origins"]:
        by_vpc, by_name = origin.get("vpcOriginConfig"), origin.get("customOriginConfig")
        if by_name is not None and by_name.get("originProtocolPolicy") != "https-only":
            yield f"{edge.label} asks {origin['originId']} without TLS"
        if by_vpc is None and by_name is None and not origin.get("originAccessControlId"):
            yield f"{edge.label} asks the bucket of {origin['originId']} as nobody"


def _listeners(recording: Recording) -> Iterator[str]:
    """TCP at 443 hands TLS on as it is."""
    for listener in recording.of("aws:lb/listener:Listener"):
        if (listener.inputs.get("protocol"), listener.inputs.get("port")) not in {("HTTPS", 443), ("TCP", 443)}:
            yield f"{listener.label} answers without TLS"
