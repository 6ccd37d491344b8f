"""AWS PrivateLink: customers reach the API from their own networks, and nobody else does."""

import pulumi
import pulumi_aws as aws

from infra.aws.balancer import Balancer
from infra.aws.network import RegionNetwork
from infra.kit.component import Component
from infra.planned import Plan, Region


class PrivateLink(Component):
    """Owns a region's endpoint service, before the load balancer. Each customer's connection must be accepted."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        network: RegionNetwork,
        balancer: Balancer,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"private-link-{region.short}", parent)
        front = aws.lb.LoadBalancer(
            f"link-{region.short}",
            name=plan.name("link", region),
            load_balancer_type="network",
            internal=True,
            subnets=network.subnet_ids,
            enable_deletion_protection=plan.config.production,
            opts=self.inside(),
        )
        behind = self._behind(plan, region, network, balancer)
        aws.lb.Listener(
            f"link-{region.short}",
            load_balancer_arn=front.arn,
            port=443,
            protocol="TCP",
            default_actions=[{"type": "forward", "target_group_arn": behind.arn}],
            opts=self.inside(),
        )
        self.service = aws.ec2.VpcEndpointService(
            f"link-{region.short}",
            acceptance_required=True,
            network_load_balancer_arns=[front.arn],
            tags={"Name": plan.name("link", region)},
            opts=self.inside(),
        )

    def _behind(self, plan: Plan, region: Region, network: RegionNetwork, balancer: Balancer) -> aws.lb.TargetGroup:
        behind = aws.lb.TargetGroup(
            f"link-{region.short}",
            name=plan.name("link", region),
            target_type="alb",
            port=443,
            protocol="TCP",
            vpc_id=network.vpc.id,
            health_check={"protocol": "HTTPS", "path": "/health/live", "matcher": "200-499"},
            opts=self.inside(),
        )
        aws.lb.TargetGroupAttachment(
            f"link-{region.short}",
            target_group_arn=behind.arn,
            target_id=balancer.balancer.arn,
            port=443,
            opts=self.inside(after=[balancer.listener]),
        )
        return behind
