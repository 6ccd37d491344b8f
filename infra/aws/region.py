"""A region: everything that stands in one place, in the order in which it comes to life."""

from collections.abc import Sequence
from typing import Self

import pulumi
import pulumi_aws as aws

from infra.aws.accounts import Accounts
from infra.aws.backup import Backup
from infra.aws.balancer import Balancer
from infra.aws.cache import Cache
from infra.aws.certificate import Certificate
from infra.aws.clock import Clock
from infra.aws.database import Database
from infra.aws.events import Bus, Delivery
from infra.aws.files import Files
from infra.aws.functions import Function
from infra.aws.gateway import Gateway
from infra.aws.ground import Ground
from infra.aws.hosting import on_fargate
from infra.aws.images import Images
from infra.aws.jobs import Job, Worker
from infra.aws.keys import Keys
from infra.aws.logs import Logs
from infra.aws.network import RegionNetwork
from infra.aws.people import People
from infra.aws.private_link import PrivateLink
from infra.aws.services import FargateService, Service
from infra.aws.vault import Vault
from infra.aws.watch import Watch
from infra.kit.component import Component
from infra.kit.credentials import Common, Credentials
from infra.planned import Plan
from infra.planned import Region as Place


class Region(Component):
    """Owns a region's stores, and what runs on them. A standby copies the stores of its `primary`."""

    def __init__(
        self,
        plan: Plan,
        region: Place,
        provider: aws.Provider,
        primary: Self | None,
        common: Common,
        people: People,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(region.name, parent, providers=[provider])
        self.plan, self.place = plan, region
        self._common, self._people = common, people
        self.keys = Keys(plan, region, self)
        self.network = RegionNetwork(plan, region, self)
        self.credentials = primary.credentials if primary else self._credentials()
        self._stores(primary)
        self._bus = Bus(plan, region, self.keys, self)
        self._logs = Logs(plan, region, self.keys, self)
        self._vault = Vault(plan, region, self.keys, self._texts(), self)
        images = Images(plan, region, self.keys, self)
        parts = (self._vault, self.database, self._files, self._bus.bus, self.keys, self._logs)
        self._accounts = Accounts(plan, region, *parts, images.pulled, self)
        self._run(images.image)
        Watch(plan, region, self.keys, self.gateway.api.id if self.gateway else None, self)

    def _credentials(self) -> Credentials:
        config = self.plan.config
        others = ("cache",) if config.cache else ()
        return Credentials(self.place, self, production=config.production, peppers=config.peppers, others=others)

    def _stores(self, primary: Self | None) -> None:
        plan, region, network, keys = self.plan, self.place, self.network, self.keys
        over = primary.database if primary else None
        self.database = Database(plan, region, network, keys, self.credentials, over, self)
        self.cache = Cache(plan, region, network, keys, self.credentials, self) if plan.config.cache else None
        self._files = Files(plan, region, keys, self)
        Backup(plan, region, keys, self.database.cluster, self._files, self)

    def _texts(self) -> dict[str, pulumi.Output[str]]:
        """Give the texts of the plan's secrets."""
        credentials, database = self.credentials, self.database
        texts = {
            "database-url": credentials.url("contextfs_app", database.host),
            "relay-database-url": credentials.url("contextfs_relay", database.direct),
            # Claims of direct SQL are signed for one connection: a proxy that shares connections would break them.
            "sql-database-url": credentials.url("contextfs_sql", database.direct),
            "migration-database-url": credentials.url("migrator", database.direct),
        }
        if self.cache is not None:
            texts["cache-url"] = self.cache.url
        return {**texts, **credentials.texts, **self._common.texts}

    def _run(self, image: pulumi.Input[str]) -> None:
        """Migrate, roll, migrate again; a standby's schema comes with its copy of the database."""
        plan, place = self.plan, self.place
        serving = place.role == "serving"
        before = Job(self._ground(image, [self.database]), plan.workload("migrate-pre"), self, run_now=serving)
        ground = self._ground(image, [before])
        founded = Job(ground, plan.workload("found"), self, run_now=serving)
        cluster = aws.ecs.Cluster(
            f"cluster-{place.short}",
            name=plan.name("cluster", place),
            settings=[{"name": "containerInsights", "value": "enabled"}],
            opts=self.inside(),
        )
        rolled = [
            founded,
            *self._services(ground, cluster),
            *self._consumers(ground),
            *(Worker(ground, workload, cluster, self) for workload in plan.of("worker")),
        ]
        Job(self._ground(image, rolled), plan.workload("migrate-post"), self, run_now=serving)

    def _ground(self, image: pulumi.Input[str], ready: Sequence[pulumi.Resource]) -> Ground:
        return Ground(
            plan=self.plan,
            region=self.place,
            network=self.network,
            vault=self._vault,
            database=self.database,
            accounts=self._accounts,
            logs=self._logs,
            keys=self.keys,
            people=self._people,
            image=image,
            ready=ready,
        )

    def _services(self, ground: Ground, cluster: aws.ecs.Cluster) -> list[pulumi.Resource]:
        plan, place = self.plan, self.place
        hosts = plan.hosts(place) or (f"api.{plan.config.domain}",)
        self.certificate = Certificate(f"balancer-{place.short}", hosts, self)
        self.balancer = Balancer(plan, place, self.network, self.certificate, self)
        doors = plan.of("service")
        fargate = [
            FargateService(ground, workload, cluster, self.balancer, self)
            for workload in doors
            if on_fargate(plan, workload)
        ]
        functions = {
            workload.name: Service(ground, workload, self) for workload in doors if not on_fargate(plan, workload)
        }
        self.on_fargate = [service.workload.name for service in fargate]
        self.gateway = Gateway(plan, place, functions, self.keys, self) if functions else None
        if plan.config.network == "private":
            link = PrivateLink(plan, place, self.network, self.balancer, self)
            pulumi.export(f"private link of {place.name}", link.service.service_name)
        return [*fargate, *functions.values()]

    def _consumers(self, ground: Ground) -> list[pulumi.Resource]:
        """Draw what events and the clock call."""
        plan, place = self.plan, self.place
        deliveries = {
            subscription.consumer: Delivery(plan, place, subscription, self._bus, self.keys, self)
            for subscription in plan.subscriptions
        }
        made: dict[str, Function | Job] = {
            workload.name: Function(ground, workload, self, deliveries.get(workload.name))
            for workload in plan.of("function")
        }
        crons = {cron.workload: cron for cron in plan.crons}
        made |= {workload.name: Job(ground, workload, self) for workload in plan.of("job") if workload.name in crons}
        for name, cron in crons.items():
            Clock(plan, place, cron, made[name].live, self.keys, self)
        return list(made.values())
