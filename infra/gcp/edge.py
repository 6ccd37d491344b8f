"""The global load balancer: one address, TLS, Cloud Armor, the CDN, and each path to its service."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_gcp as gcp

from infra.gcp.files import PublicFiles
from infra.gcp.firewall import Firewall
from infra.gcp.services import Service
from infra.kit.component import Component
from infra.planned import PathRule, Plan, Region

Backends = Mapping[str, gcp.compute.BackendService]


class Backend(Component):
    """Owns a region's way in from the load balancer: a serverless endpoint group and a backend for each door."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        services: Mapping[str, Service],
        firewall: Firewall,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"backend-{region.short}", parent)
        self.region = region
        self.services = {name: self._backend(plan, name, service, firewall) for name, service in services.items()}

    def _backend(self, plan: Plan, name: str, service: Service, firewall: Firewall) -> gcp.compute.BackendService:
        region = self.region
        group = gcp.compute.RegionNetworkEndpointGroup(
            f"{name}-{region.short}",
            name=plan.name(name, region),
            region=region.name,
            network_endpoint_type="SERVERLESS",
            cloud_run={"service": service.name},
            opts=self.inside(),
        )
        return gcp.compute.BackendService(
            f"{name}-{region.short}",
            name=plan.name(name, region),
            load_balancing_scheme="EXTERNAL_MANAGED",
            protocol="HTTPS",
            security_policy=firewall.policy.self_link,
            backends=[{"group": group.id}],
            log_config={"enable": True, "sample_rate": 1.0},
            opts=self.inside(),
        )


class Edge(Component):
    """Owns the public address, its certificate and the map of hosts and paths. It does not own the domain's DNS.

    A host of the API leads to one region: data has a home. After a failover the map leads to the other region.
    """

    def __init__(self, plan: Plan, backends: Sequence[Backend], files: PublicFiles, parent: pulumi.Resource) -> None:
        super().__init__("edge", parent)
        domain = plan.config.domain
        self.hosts = [*(host for backend in backends for host in plan.hosts(backend.region)), f"app.{domain}"]
        self.address = gcp.compute.GlobalAddress("address", name=plan.config.name, opts=self.inside())
        site = gcp.compute.BackendBucket(
            "site",
            name=f"{plan.config.name}-site",
            bucket_name=files.bucket.name,
            enable_cdn=True,
            cdn_policy={"cache_mode": "CACHE_ALL_STATIC", "default_ttl": 3600, "negative_caching": True},
            opts=self.inside(),
        )
        routes = gcp.compute.URLMap(
            "routes",
            name=plan.config.name,
            default_service=site.self_link,
            host_rules=[
                {"hosts": list(plan.hosts(backend.region)), "path_matcher": backend.region.short}
                for backend in backends
                if plan.hosts(backend.region)
            ],
            path_matchers=[
                _matcher(plan, backend.region.short, backend.services)
                for backend in backends
                if plan.hosts(backend.region)
            ],
            opts=self.inside(),
        )
        self._listen(plan, routes)

    def _listen(self, plan: Plan, routes: gcp.compute.URLMap) -> None:
        name = plan.config.name
        certificate = gcp.compute.ManagedSslCertificate(
            "certificate", managed={"domains": self.hosts}, opts=self.inside()
        )
        tls = gcp.compute.SSLPolicy("tls", name=name, profile="MODERN", min_tls_version="TLS_1_2", opts=self.inside())
        https = gcp.compute.TargetHttpsProxy(
            "https",
            name=name,
            url_map=routes.self_link,
            ssl_certificates=[certificate.self_link],
            ssl_policy=tls.self_link,
            opts=self.inside(),
        )
        redirect = gcp.compute.URLMap(
            "to-https",
            name=f"{name}-to-https",
            default_url_redirect={"https_redirect": True, "strip_query": False},
            opts=self.inside(),
        )
        http = gcp.compute.TargetHttpProxy("http", name=name, url_map=redirect.self_link, opts=self.inside())
        for label, target, port in (("https", https.self_link, "443"), ("http", http.self_link, "80")):
            gcp.compute.GlobalForwardingRule(
                f"listen-{label}",
                name=f"{name}-{label}",
                load_balancing_scheme="EXTERNAL_MANAGED",
                ip_address=self.address.address,
                port_range=port,
                target=target,
                opts=self.inside(),
            )


def _matcher(plan: Plan, name: str, backends: Backends) -> gcp.compute.URLMapPathMatcherArgsDict:
    """Route by the plan's paths, exceptions first; what no path knows, `system` answers with a problem."""
    ordered = sorted(plan.paths, key=lambda rule: (not rule.exact, rule.path))
    return {
        "name": name,
        "default_service": backends["system"].self_link,
        "route_rules": [
            {
                "priority": 10 * (index + 1),
                "service": backends[rule.service].self_link,
                "match_rules": matches(rule),
            }
            for index, rule in enumerate(ordered)
        ],
    }


def matches(rule: PathRule) -> list[gcp.compute.URLMapPathMatcherRouteRuleMatchRuleArgsDict]:
    """Match a path of the manifest: `{id}` is one segment, and everything below a head is the head's."""
    if rule.path == "/":
        return [{"full_path_match": "/"}]
    if rule.exact:
        return [{"path_template_match": template(rule.path)}]
    return [{"full_path_match": rule.path}, {"prefix_match": f"{rule.path}/"}]


def template(path: str) -> str:
    """Write `/v1/memories/{id}/shares` as `/v1/memories/*/shares`."""
    return "/".join("*" if part.startswith("{") else part for part in path.split("/"))
