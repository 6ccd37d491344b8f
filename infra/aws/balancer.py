"""The load balancer inside a region's network: what leads to Fargate."""

import zlib
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from infra.aws.certificate import Certificate
from infra.aws.containers import PORT
from infra.aws.network import RegionNetwork
from infra.kit.component import Component
from infra.planned import PathRule, Plan, Region

_PLACES = 10_000
"""Places of each kind of path; a rule's priority is 50,000 at the most."""
OWN: Mapping[str, int] = {}
"""Places of paths that would have an older one's (about one in a hundred): a number below 10,000 that no other has."""


class Balancer(Component):
    """Owns an internal load balancer and a target for each service that asks. No address of it is public."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        network: RegionNetwork,
        certificate: Certificate,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"balancer-{region.short}", parent)
        self._plan, self._region, self._network = plan, region, network
        self._led: dict[str, list[pulumi.Resource]] = {}
        group = aws.ec2.SecurityGroup(
            f"balancer-{region.short}",
            name=plan.name("balancer", region),
            description="ContextFS load balancer",
            vpc_id=network.vpc.id,
            opts=self.inside(),
        )
        self._rules(group)
        self.balancer = aws.lb.LoadBalancer(
            f"balancer-{region.short}",
            name=plan.name("api", region),
            load_balancer_type="application",
            internal=True,
            subnets=network.subnet_ids,
            security_groups=[group.id],
            drop_invalid_header_fields=True,
            enable_deletion_protection=plan.config.production,
            opts=self.inside(),
        )
        self.listener = self._listener(certificate)

    def _listener(self, certificate: Certificate) -> aws.lb.Listener:
        return aws.lb.Listener(
            f"https-{self._region.short}",
            load_balancer_arn=self.balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            certificate_arn=certificate.arn,
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {
                        "content_type": "application/json",
                        "status_code": "404",
                        "message_body": '{"title":"Not found","status":404}',
                    },
                }
            ],
            opts=self.inside(),
        )

    def _rules(self, group: aws.ec2.SecurityGroup) -> None:
        # CloudFront's private origins and private links come from within the network's own addresses.
        aws.vpc.SecurityGroupIngressRule(
            f"balancer-https-{self._region.short}",
            security_group_id=group.id,
            cidr_ipv4=self._network.vpc.cidr_block,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self.inside(),
        )
        aws.vpc.SecurityGroupEgressRule(
            f"balancer-out-{self._region.short}",
            security_group_id=group.id,
            referenced_security_group_id=self._network.workloads.id,
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            opts=self.inside(),
        )
        self._network.let("workloads-balancer", self._network.workloads, group, PORT)

    def target(self, service: str) -> aws.lb.TargetGroup:
        """Give a service its place: the paths that the plan gives it lead there, exceptions before what they are of."""
        name, short = self._plan.name(service, self._region), self._region.short
        group = aws.lb.TargetGroup(
            f"{service}-{short}",
            name=name,
            target_type="ip",
            port=PORT,
            protocol="HTTP",
            vpc_id=self._network.vpc.id,
            # Any answer is a sign of life: a service answers its own paths only, most the root with 404.
            health_check={"path": "/", "matcher": "200-499"},
            deregistration_delay=30,
            opts=self.inside(),
        )
        for rule, priority in priorities(self._plan.paths).items():
            if rule.service == service:
                paths = [rule.path] if rule.exact else [rule.path, f"{rule.path}/*"]
                made = aws.lb.ListenerRule(
                    f"{rule.path.strip('/').replace('/', '-') or 'root'}-{short}",
                    listener_arn=self.listener.arn,
                    priority=priority,
                    actions=[{"type": "forward", "target_group_arn": group.arn}],
                    conditions=[{"path_pattern": {"values": [_pattern(path) for path in paths]}}],
                    opts=self.inside(),
                )
                self._led.setdefault(service, []).append(made)
        return group

    def rules(self, service: str) -> list[pulumi.Resource]:
        """Give the rules that lead to a service."""
        return self._led[service]


def priorities(paths: Sequence[PathRule], own: Mapping[str, int] = OWN) -> dict[PathRule, int]:
    """Give each path its place among the rules: exceptions before what they are of, whole paths before patterns.

    A place follows from the path alone. Places that were counted, or that gave way, would move with a new path, and a
    load balancer refuses to give one away that another rule still has. ValueError when two paths have the same place.
    """
    places: dict[int, PathRule] = {}
    for rule in paths:
        kind = (1 + ("{" in rule.path)) if rule.exact else 3
        place = kind * _PLACES + own.get(rule.path, zlib.crc32(rule.path.encode()) % _PLACES)
        if place in places:
            both = f"{places[place].path} and {rule.path}"
            raise ValueError(f"{both} have one place, {place}: give the newer its own in infra/aws/balancer.py.")
        places[place] = rule
    return {rule: place for place, rule in places.items()}


def _pattern(path: str) -> str:
    return "/".join("*" if part.startswith("{") else part for part in path.split("/"))
