"""The private network of a region: two zones, one way out, and private ways to AWS's services."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from infra.kit.component import Component
from infra.planned import Plan, Region

ZONES = 2
_WITHOUT_ORIGINS = ("use1-az3", "usw1-az2", "apne1-az3", "apne2-az1", "cac1-az3")
"""Zones in which CloudFront reaches no private origin, by the ids that are the same for every account."""
_ENDPOINTS = ("ecr.api", "ecr.dkr", "events", "kms", "logs", "secretsmanager", "sqs")


class RegionNetwork(Component):
    """Owns a region's VPC, its subnets, its way out, and who may reach what inside. It lets nothing in by itself."""

    def __init__(self, plan: Plan, region: Region, parent: pulumi.Resource) -> None:
        super().__init__(f"network-{region.short}", parent)
        self._plan, self._region = plan, region
        self._prefix = f"10.{64 + region.index}"
        self.vpc = aws.ec2.Vpc(
            f"vpc-{region.short}",
            cidr_block=f"{self._prefix}.0.0/16",
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=self._tags("vpc"),
            opts=self.inside(),
        )
        # The group that every VPC comes with lets its members reach each other: nobody is to use it.
        aws.ec2.DefaultSecurityGroup(f"closed-{region.short}", vpc_id=self.vpc.id, opts=self.inside())
        asking = pulumi.InvokeOutputOptions(parent=self)
        answer = aws.get_availability_zones_output(
            state="available", filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}], opts=asking
        )
        public = plan.config.network == "public"
        zones = pulumi.Output.all(answer.names, answer.zone_ids).apply(
            lambda told: chosen(region.name, dict(zip(*told, strict=True)), public=public)
        )
        self._zones = [zones[index] for index in range(ZONES)]
        self.subnets = [self._subnet(f"private-{index}", index, zone) for index, zone in enumerate(self._zones)]
        self.subnet_ids = [subnet.id for subnet in self.subnets]
        self._ways()
        self.workloads = self._group("workloads")
        self.stores = self._group("stores")
        self._rules()
        self._endpoints()

    def _tags(self, name: str) -> dict[str, str]:
        return {"Name": self._plan.name(name, self._region)}

    def _subnet(self, name: str, index: int, zone: pulumi.Output[str]) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            f"{name}-{self._region.short}",
            vpc_id=self.vpc.id,
            cidr_block=f"{self._prefix}.{16 * index}.0/20",
            availability_zone=zone,
            map_public_ip_on_launch=False,
            tags=self._tags(name),
            # Databases stand in it: which zones an account sees changes, and so does what is chosen of them.
            opts=self.inside(stays=["availabilityZone"]),
        )

    def _ways(self) -> None:
        """Private subnets go out by one address, which customers may allow; nothing comes in by it."""
        short = self._region.short
        gateway = aws.ec2.InternetGateway(
            f"internet-{short}", vpc_id=self.vpc.id, tags=self._tags("internet"), opts=self.inside()
        )
        outside = self._subnet("egress", 8, self._zones[0])
        self.address = aws.ec2.Eip(f"egress-{short}", domain="vpc", tags=self._tags("egress"), opts=self.inside())
        nat = aws.ec2.NatGateway(
            f"nat-{short}",
            allocation_id=self.address.allocation_id,
            subnet_id=outside.id,
            tags=self._tags("nat"),
            opts=self.inside(after=[gateway]),
        )
        to_internet = self._table("egress", {"cidr_block": "0.0.0.0/0", "gateway_id": gateway.id})
        self.private = self._table("private", {"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat.id})
        self._join("egress", outside, to_internet)
        for index, subnet in enumerate(self.subnets):
            self._join(f"private-{index}", subnet, self.private)

    def _table(self, name: str, route: aws.ec2.RouteTableRouteArgsDict) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{name}-{self._region.short}",
            vpc_id=self.vpc.id,
            routes=[route],
            tags=self._tags(name),
            opts=self.inside(),
        )

    def _join(self, name: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable) -> None:
        aws.ec2.RouteTableAssociation(
            f"{name}-{self._region.short}", subnet_id=subnet.id, route_table_id=table.id, opts=self.inside()
        )

    def _group(self, name: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{name}-{self._region.short}",
            name=self._plan.name(name, self._region),
            description=f"ContextFS {name}",
            vpc_id=self.vpc.id,
            tags=self._tags(name),
            opts=self.inside(),
        )

    def _rules(self) -> None:
        """Workloads reach the stores, and go out to the ports of the config; stores answer."""
        self.let("stores-postgres", self.stores, self.workloads, 5432)
        self.let("stores-redis", self.stores, self.workloads, 6379)
        for port in self._plan.config.egress_ports:
            aws.vpc.SecurityGroupEgressRule(
                f"workloads-out-{port}-{self._region.short}",
                security_group_id=self.workloads.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                cidr_ipv4="0.0.0.0/0",
                opts=self.inside(),
            )
        self._out("workloads-postgres", self.workloads, 5432)
        self._out("workloads-redis", self.workloads, 6379)
        # The proxy is a member of the stores' group, and reaches the database in it.
        self.let("stores-stores", self.stores, self.stores, 5432)
        self._out("stores-out", self.stores, 5432)

    def _out(self, name: str, by: aws.ec2.SecurityGroup, port: int) -> None:
        """Let a group's members go to the stores at a port."""
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-{self._region.short}",
            security_group_id=by.id,
            referenced_security_group_id=self.stores.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self.inside(),
        )

    def let(self, name: str, into: aws.ec2.SecurityGroup, by: aws.ec2.SecurityGroup, port: int) -> None:
        """Let one group's members reach another's at a port."""
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-{self._region.short}",
            security_group_id=into.id,
            referenced_security_group_id=by.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self.inside(),
        )

    def _endpoints(self) -> None:
        region = self._region
        asked = any(grant.action == "call models" for grant in self._plan.grants)
        doors = self._group("endpoints")
        self.let("endpoints-https", doors, self.workloads, 443)
        for name in (*_ENDPOINTS, *(("bedrock-runtime",) if asked else ())):
            aws.ec2.VpcEndpoint(
                f"{name}-{region.short}",
                vpc_id=self.vpc.id,
                service_name=f"com.amazonaws.{region.name}.{name}",
                vpc_endpoint_type="Interface",
                subnet_ids=self.subnet_ids,
                security_group_ids=[doors.id],
                private_dns_enabled=True,
                tags=self._tags(name),
                opts=self.inside(),
            )
        aws.ec2.VpcEndpoint(
            f"s3-{region.short}",
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{region.name}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[self.private.id],
            tags=self._tags("s3"),
            opts=self.inside(),
        )


def chosen(region: str, zones: Mapping[str, str], *, public: bool) -> list[str]:
    """Choose the zones of a region by name, of those that the account sees, each with its id.

    Those come first in which CloudFront reaches a private origin; ValueError when it is needed and they are too few.
    """
    reached = [name for name, zone in zones.items() if zone not in _WITHOUT_ORIGINS]
    found = reached if public else [*reached, *(name for name in zones if name not in reached)]
    if len(found) < ZONES:
        seen = ", ".join(f"{name} ({zone})" for name, zone in zones.items()) or "none"
        wanted = f"{ZONES} zones in which CloudFront reaches a private origin" if public else f"{ZONES} zones"
        cure = "take another region, or contextfs:network private." if public else "take another region."
        raise ValueError(f"{region}: {wanted} are needed, and this account sees {seen}: {cure}")
    return found[:ZONES]
