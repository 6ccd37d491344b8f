"""A region: everything that stands in one place, in the order in which it comes to life."""

from collections.abc import Sequence
from typing import Self

import pulumi
import pulumi_gcp as gcp

from infra.gcp.accounts import Accounts
from infra.gcp.apis import Apis
from infra.gcp.cache import Cache
from infra.gcp.clock import Clock
from infra.gcp.cluster import Cluster
from infra.gcp.database import Database
from infra.gcp.events import Delivery, Topics
from infra.gcp.files import Files
from infra.gcp.functions import Function, Sources
from infra.gcp.ground import Ground
from infra.gcp.jobs import Job, Worker
from infra.gcp.keys import Keys
from infra.gcp.logs import Logs
from infra.gcp.network import Network, RegionNetwork
from infra.gcp.services import Service
from infra.gcp.vault import Vault
from infra.kit.component import Component
from infra.kit.credentials import ROLES, Common, Credentials
from infra.planned import Plan, Workload
from infra.planned import Region as Place


class Region(Component):
    """Owns a region's stores, and what runs on them. A standby copies the stores of its `primary`."""

    def __init__(
        self,
        plan: Plan,
        region: Place,
        apis: Apis,
        network: Network,
        keys: Keys,
        image: pulumi.Input[str],
        primary: Self | None,
        common: Common,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(region.name, parent)
        self.plan, self.place, self.keys = plan, region, keys
        self._common = common
        self.network = RegionNetwork(plan, region, network, self)
        self.credentials = (
            primary.credentials
            if primary
            else Credentials(region, self, production=plan.config.production, peppers=plan.config.peppers)
        )
        self._stores(primary)
        Logs(plan, region, keys, self)
        topics = Topics(plan, region, keys, apis, self)
        self._vault = Vault(plan, region, keys, self._texts(), self)
        self._accounts = Accounts(plan, region, self._vault, self._taking_tokens, self._files, topics.events, self)
        self._run(image, topics)

    def runs_as(self) -> dict[str, gcp.serviceaccount.Account]:
        """Give the accounts that programs run as, and the one that builds functions."""
        accounts = self._accounts.accounts
        return {**{one.name: accounts[one.name] for one in self.plan.workloads}, "build": self._builder}

    def _stores(self, primary: Self | None) -> None:
        plan, region, network, keys = self.plan, self.place, self.network, self.keys
        self.database = self._database(primary.database if primary else None)
        self.cache = Cache(plan, region, network, keys, self) if plan.config.cache else None
        self._files = Files(plan, region, keys, self)

    def _database(self, copied: Database | Cluster | None) -> Database | Cluster:
        parts = (self.plan, self.place, self.network, self.keys, self.credentials)
        if self.plan.config.alloydb:
            return Cluster(*parts, copied if isinstance(copied, Cluster) else None, self)
        return Database(*parts, copied if isinstance(copied, Database) else None, self)

    @property
    def _taking_tokens(self) -> Database | None:
        """The record, where accounts can log in to it by tokens."""
        return self.database if isinstance(self.database, Database) else None

    def _texts(self) -> dict[str, pulumi.Output[str]]:
        """Give the texts of the plan's secrets."""
        addresses = {name: self.credentials.url(role, self.database.host) for name, role in ROLES.items()}
        if self.cache is not None:
            addresses["cache-url"] = self.cache.url
        return {**addresses, **self.credentials.texts, **self._common.texts}

    def _run(self, image: pulumi.Input[str], topics: Topics) -> None:
        """Migrate, roll, migrate again; a standby's schema comes with its copy of the database."""
        plan = self.plan
        ground = self._ground(image, ready=[self.database, *self._accounts.users])
        serving = self.place.role == "serving"
        before = Job(ground, plan.workload("migrate-pre"), self, run_now=serving)
        ground = self._ground(image, ready=[before])
        founded = Job(ground, plan.workload("found"), self, run_now=serving)
        self.services = {workload.name: Service(ground, workload, self) for workload in plan.of("service")}
        consumers = self._consumers(ground, topics)
        workers = [Worker(ground, workload, self) for workload in plan.of("worker")]
        jobs = self._scheduled_jobs(ground)
        rolled = [founded, *self.services.values(), *consumers, *workers, *jobs]
        Job(self._ground(image, ready=rolled), plan.workload("migrate-post"), self, run_now=serving)

    def _ground(self, image: pulumi.Input[str], ready: Sequence[pulumi.Resource]) -> Ground:
        return Ground(
            plan=self.plan,
            region=self.place,
            network=self.network,
            vault=self._vault,
            database=self._taking_tokens,
            accounts=self._accounts,
            image=image,
            ready=ready,
        )

    def _consumers(self, ground: Ground, topics: Topics) -> list[Function | Service]:
        """Draw what events and the clock call; what is small is a function, the rest needs the image."""
        plan, region = self.plan, self.place
        sources = Sources(plan, region, self.keys, self)
        self._builder = sources.builder
        made = {
            workload.name: Function(ground, workload, sources, self)
            if workload.size == "small"
            else Service(ground, workload, self)
            for workload in plan.of("function")
        }
        for subscription in plan.subscriptions:
            consumer = made[subscription.consumer]
            self._may_call("push", plan.workload(subscription.consumer), consumer)
            push = self._accounts.email("push")
            Delivery(plan, region, subscription, topics, consumer.uri, push, self)
        for cron in plan.crons:
            if cron.workload in made:
                self._may_call("clock", plan.workload(cron.workload), made[cron.workload])
                Clock(plan, region, cron, self._accounts, self, endpoint=made[cron.workload].uri)
        return list(made.values())

    def _may_call(self, caller: str, workload: Workload, consumer: Function | Service) -> None:
        gcp.cloudrunv2.ServiceIamMember(
            f"{caller}-calls-{workload.name}-{self.place.short}",
            name=consumer.name,
            location=self.place.name,
            role="roles/run.invoker",
            member=self._accounts.member(caller),
            opts=self.inside(),
        )

    def _scheduled_jobs(self, ground: Ground) -> list[Job]:
        crons = {cron.workload: cron for cron in self.plan.crons}
        made: list[Job] = []
        for workload in self.plan.of("job"):
            if workload.name in crons:
                job = Job(ground, workload, self)
                Clock(self.plan, self.place, crons[workload.name], self._accounts, self, job=job.job)
                made.append(job)
        return made
