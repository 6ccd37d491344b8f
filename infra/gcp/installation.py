"""An installation on Google Cloud: what there is once, and its regions."""

import pulumi

from infra.gcp.apis import Apis
from infra.gcp.budget import Budget
from infra.gcp.edge import Backend, Edge
from infra.gcp.files import PublicFiles
from infra.gcp.firewall import Firewall
from infra.gcp.images import Images
from infra.gcp.keys import Keys
from infra.gcp.network import Network
from infra.gcp.people import People
from infra.gcp.private_link import PrivateLink
from infra.gcp.region import Region
from infra.gcp.updater import Updater
from infra.gcp.watch import Watch
from infra.kit.component import Component
from infra.kit.credentials import Common
from infra.planned import Plan


class Installation(Component):
    """Owns all of one stack, in one project. The project itself, its billing and the domain's DNS are its owner's."""

    def __init__(self, plan: Plan) -> None:
        config = plan.config
        apis = Apis(plan)
        super().__init__(config.name, None, providers=[apis.provider])
        network = Network(plan, self)
        keys = {region.name: Keys(plan, region, apis, self) for region in plan.regions}
        home = plan.regions[0]
        images = Images(plan, home, keys[home.name], self)
        common = Common(plan, self)
        self.regions: list[Region] = []
        for place in plan.regions:
            primary = self.regions[0] if place.role == "standby" else None
            region = Region(plan, place, apis, network, keys[place.name], images.image, primary, common, self)
            self.regions.append(region)
        People(plan, self)
        Watch(plan, self)
        if config.budget:
            Budget(plan, apis, self)
        if config.updater:
            Updater(plan, config.updater, self.regions, self)
        if config.network == "public":
            self._public(plan, keys[home.name])
        else:
            self._private(plan)

    def _public(self, plan: Plan, keys: Keys) -> None:
        firewall = Firewall(plan, [region.network.address.address for region in self.regions], self)
        backends = [Backend(plan, region.place, region.services, firewall, self) for region in self.regions]
        edge = Edge(plan, backends, PublicFiles(plan, plan.regions[0], keys, self), self)
        pulumi.export("address", edge.address.address)
        pulumi.export("hosts", edge.hosts)

    def _private(self, plan: Plan) -> None:
        links = [PrivateLink(plan, region.place, region.network, region.services, self) for region in self.regions]
        for region, link in zip(self.regions, links, strict=True):
            pulumi.export(f"private link of {region.place.name}", link.attachment.self_link)
            pulumi.export(f"proof of the domain for {region.place.name}", link.proof)
