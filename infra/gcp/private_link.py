"""Private Service Connect: customers reach the API from their own networks, and nobody else does."""

from collections.abc import Mapping

import pulumi
import pulumi_gcp as gcp

from infra.gcp.edge import matches
from infra.gcp.network import RegionNetwork
from infra.gcp.services import Service
from infra.kit.component import Component
from infra.planned import Plan, Region

_SCHEME = "INTERNAL_MANAGED"


class PrivateLink(Component):
    """Owns a region's internal load balancer and the attachment that consumers connect to. Each must be accepted.

    It does not own the DNS entry that proves the domain: its value is an output.
    """

    def __init__(
        self,
        plan: Plan,
        region: Region,
        network: RegionNetwork,
        services: Mapping[str, Service],
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"private-link-{region.short}", parent)
        self._plan, self._region, self._network = plan, region, network
        self._proxies = self._subnetwork("proxies", "REGIONAL_MANAGED_PROXY", f"10.{128 + region.index}.0.0/23")
        consumers = self._subnetwork("consumers", "PRIVATE_SERVICE_CONNECT", f"10.{128 + region.index}.4.0/22")
        rule = self._listen(self._routes(services))
        self.attachment = gcp.compute.ServiceAttachment(
            f"attachment-{region.short}",
            name=plan.name("api", region),
            region=region.name,
            target_service=rule.id,
            nat_subnets=[consumers.id],
            connection_preference="ACCEPT_MANUAL",
            enable_proxy_protocol=False,
            opts=self.inside(),
        )

    def _subnetwork(self, name: str, purpose: str, addresses: str) -> gcp.compute.Subnetwork:
        return gcp.compute.Subnetwork(
            f"{name}-{self._region.short}",
            name=self._plan.name(name, self._region),
            region=self._region.name,
            network=self._network.vpc.id,
            purpose=purpose,
            role="ACTIVE" if purpose == "REGIONAL_MANAGED_PROXY" else None,
            ip_cidr_range=addresses,
            opts=self.inside(),
        )

    def _routes(self, services: Mapping[str, Service]) -> gcp.compute.RegionUrlMap:
        plan, region = self._plan, self._region
        backends = {name: self._backend(name, service) for name, service in services.items()}
        ordered = sorted(plan.paths, key=lambda rule: (not rule.exact, rule.path))
        return gcp.compute.RegionUrlMap(
            f"private-routes-{region.short}",
            name=plan.name("private", region),
            region=region.name,
            default_service=backends["system"].self_link,
            host_rules=[{"hosts": ["*"], "path_matcher": "api"}],
            path_matchers=[
                {
                    "name": "api",
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
            ],
            opts=self.inside(),
        )

    def _backend(self, name: str, service: Service) -> gcp.compute.RegionBackendService:
        plan, region = self._plan, self._region
        group = gcp.compute.RegionNetworkEndpointGroup(
            f"private-{name}-{region.short}",
            name=plan.name(f"private-{name}", region),
            region=region.name,
            network_endpoint_type="SERVERLESS",
            cloud_run={"service": service.name},
            opts=self.inside(),
        )
        return gcp.compute.RegionBackendService(
            f"private-{name}-{region.short}",
            name=plan.name(f"private-{name}", region),
            region=region.name,
            load_balancing_scheme=_SCHEME,
            protocol="HTTPS",
            backends=[{"group": group.id, "balancing_mode": "UTILIZATION", "capacity_scaler": 1.0}],
            opts=self.inside(),
        )

    def _certificate(self) -> gcp.certificatemanager.Certificate:
        plan, region = self._plan, self._region
        host = f"api.{plan.config.domain}"
        proof = gcp.certificatemanager.DnsAuthorization(
            f"proof-{region.short}",
            name=plan.name("proof", region),
            location=region.name,
            domain=host,
            type="PER_PROJECT_RECORD",
            opts=self.inside(),
        )
        self.proof = proof.dns_resource_records
        return gcp.certificatemanager.Certificate(
            f"private-certificate-{region.short}",
            name=plan.name("api", region),
            location=region.name,
            managed={"domains": [host], "dns_authorizations": [proof.id]},
            opts=self.inside(),
        )

    def _listen(self, routes: gcp.compute.RegionUrlMap) -> gcp.compute.ForwardingRule:
        plan, region = self._plan, self._region
        proxy = gcp.compute.RegionTargetHttpsProxy(
            f"private-https-{region.short}",
            name=plan.name("private", region),
            region=region.name,
            url_map=routes.self_link,
            certificate_manager_certificates=[self._certificate().id],
            opts=self.inside(),
        )
        return gcp.compute.ForwardingRule(
            f"private-listen-{region.short}",
            name=plan.name("private", region),
            region=region.name,
            load_balancing_scheme=_SCHEME,
            ip_protocol="TCP",
            port_range="443",
            network=self._network.vpc.id,
            subnetwork=self._network.subnetwork.id,
            target=proxy.self_link,
            allow_global_access=True,
            opts=self.inside(after=[self._proxies]),
        )
