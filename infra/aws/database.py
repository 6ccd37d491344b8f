"""The system of record: a cluster, and a proxy that shares its connections among many functions."""

from typing import Self

import pulumi
import pulumi_aws as aws

from infra.aws.cluster import Cluster
from infra.aws.keys import Keys
from infra.aws.network import RegionNetwork
from infra.aws.policy import allow, document, trust
from infra.kit.component import Component
from infra.kit.credentials import Credentials
from infra.planned import Plan, Region

APP = "contextfs_app"
_IAM_AUTH = {"password": "DISABLED", "iam": "REQUIRED"}
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
"""Those that the image trusts; a proxy shows a certificate of Amazon's public one."""


class Database(Component):
    """Owns a region's record. API and consumers come by the proxy (`host`); migrations and the relay go to the cluster.

    The relay listens, and a proxy cannot share a connection that listens.
    """

    def __init__(
        self,
        plan: Plan,
        region: Region,
        network: RegionNetwork,
        keys: Keys,
        credentials: Credentials,
        primary: Self | None,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"database-{region.short}", parent)
        above = primary.cluster if primary else None
        self.cluster = Cluster("postgres", plan, region, network, keys, credentials, above, self)
        self.direct = self.cluster.host
        self._plan, self._region, self._keys = plan, region, keys
        proxy = self._proxy(network, self._login(credentials))
        self.host = proxy.endpoint
        self.login = proxy.arn.apply(logging_in)
        """What a policy calls logging in by the proxy as the API's role."""
        self.address = pulumi.Output.concat(
            f"postgresql://{APP}@", self.host, f":5432/contextfs?sslmode=verify-full&sslrootcert={_AUTHORITIES}"
        )
        """The address for who logs in by tokens."""

    def _proxy(self, network: RegionNetwork, secret: aws.secretsmanager.Secret) -> aws.rds.Proxy:
        plan, region = self._plan, self._region
        proxy = aws.rds.Proxy(
            f"proxy-{region.short}",
            name=plan.name("proxy", region),
            engine_family="POSTGRESQL",
            require_tls=True,
            role_arn=self._role(secret).arn,
            vpc_subnet_ids=network.subnet_ids,
            vpc_security_group_ids=[network.stores.id],
            auths=[
                {"auth_scheme": "SECRETS", "secret_arn": secret.arn, "iam_auth": _IAM_AUTH[plan.config.database_login]}
            ],
            opts=self.inside(),
        )
        group = aws.rds.ProxyDefaultTargetGroup(
            f"proxy-{region.short}",
            db_proxy_name=proxy.name,
            connection_pool_config={"max_connections_percent": 80, "connection_borrow_timeout": 10},
            opts=self.inside(),
        )
        aws.rds.ProxyTarget(
            f"proxy-{region.short}",
            db_proxy_name=proxy.name,
            target_group_name=group.name,
            db_cluster_identifier=self.cluster.cluster.id,
            opts=self.inside(after=[self.cluster]),  # a proxy takes a cluster whose instances are there
        )
        return proxy

    def _login(self, credentials: Credentials) -> aws.secretsmanager.Secret:
        """The proxy asks for the role's password in a form of its own."""
        region = self._region
        secret = aws.secretsmanager.Secret(
            f"proxy-login-{region.short}",
            name=self._plan.name("proxy-login", region),
            kms_key_id=self._keys.key,
            recovery_window_in_days=30 if self._plan.config.production else 0,
            opts=self.inside(),
        )
        login = pulumi.Output.json_dumps({"username": APP, "password": credentials.passwords[APP]})
        aws.secretsmanager.SecretVersion(
            f"proxy-login-{region.short}",
            secret_id=secret.id,
            secret_string=pulumi.Output.secret(login),
            opts=self.inside(),
        )
        return secret

    def _role(self, secret: aws.secretsmanager.Secret) -> aws.iam.Role:
        region = self._region
        role = aws.iam.Role(
            f"proxy-{region.short}",
            name=self._plan.name("proxy", region),
            assume_role_policy=trust("rds.amazonaws.com"),
            opts=self.inside(),
        )
        aws.iam.RolePolicy(
            f"proxy-{region.short}",
            role=role.name,
            policy=document(
                [
                    allow(["secretsmanager:GetSecretValue"], [secret.arn]),
                    allow(["kms:Decrypt"], [self._keys.key]),
                ]
            ),
            opts=self.inside(),
        )
        return role


def logging_in(proxy: str) -> str:
    """Say `arn:aws:rds-db:<region>:<account>:dbuser:<proxy's id>/<role>` of the ARN of a proxy."""
    partition, _, region, account, _, identifier = proxy.split(":")[1:7]
    return f"arn:{partition}:rds-db:{region}:{account}:dbuser:{identifier}/{APP}"
