"""An installation on AWS: what there is once, and its regions."""

import pulumi
import pulumi_aws as aws

from infra.aws.budget import Budget
from infra.aws.certificate import Certificate
from infra.aws.edge import ApiEdge, SiteEdge
from infra.aws.files import PublicFiles
from infra.aws.firewall import Firewall
from infra.aws.people import People
from infra.aws.region import Region
from infra.aws.updater import Updater
from infra.kit.component import Component
from infra.kit.credentials import Common
from infra.planned import Plan

GLOBAL = "us-east-1"
"""Where CloudFront's certificates and firewalls have to be."""


class Installation(Component):
    """Owns all of one stack, in one account. The account itself, its billing and the domain's DNS are its owner's."""

    def __init__(self, plan: Plan) -> None:
        config = plan.config
        providers = {name: _provider(plan, name) for name in dict.fromkeys([*config.regions, GLOBAL])}
        super().__init__(config.name, None, providers=[providers[config.home]])
        common = Common(plan, self)
        people = People(plan, self)
        self.regions: list[Region] = []
        for place in plan.regions:
            primary = self.regions[0] if place.role == "standby" else None
            self.regions.append(Region(plan, place, providers[place.name], primary, common, people, self))
        if config.budget:
            Budget(plan, self)
        if config.updater:
            Updater(plan, config.updater, self)
        if config.network == "public":
            self._public(plan, providers[GLOBAL])

    def _public(self, plan: Plan, provider: aws.Provider) -> None:
        firewall = Firewall(plan, [region.network.address.public_ip for region in self.regions], self, provider)
        hosts = [host for region in plan.regions for host in plan.hosts(region)]
        certificate = Certificate("edge", [*hosts, f"app.{plan.config.domain}"], firewall)
        for region in self.regions:
            if region.gateway is not None and plan.hosts(region.place):
                edge = ApiEdge(
                    plan,
                    region.place,
                    region.gateway,
                    region.balancer,
                    region.on_fargate,
                    firewall,
                    certificate,
                    region,
                )
                pulumi.export(f"address of {region.place.name}", edge.distribution.domain_name)
        site = SiteEdge(plan, PublicFiles(plan, self.regions[0].keys, self), firewall, certificate, self)
        pulumi.export("address of the site", site.distribution.domain_name)
        pulumi.export("proof of the domain", certificate.proof)


def _provider(plan: Plan, region: str) -> aws.Provider:
    config = plan.config
    return aws.Provider(
        f"aws-{region}",
        region=region,
        allowed_account_ids=[config.account],
        default_tags={"tags": {"product": "contextfs", "installation": config.name, "environment": config.environment}},
    )
