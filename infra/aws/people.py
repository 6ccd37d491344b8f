"""Cognito: people sign in to Studio with it."""

import pulumi
import pulumi_aws as aws

from infra.config import Config
from infra.kit.component import Component
from infra.planned import Plan


class People(Component):
    """Owns how people sign in. Customers' identity providers (SAML, OIDC) are added when a customer comes, not here."""

    def __init__(self, plan: Plan, parent: pulumi.Resource) -> None:
        super().__init__("people", parent)
        pool = self._pool(plan.config)
        client = self._client(plan, pool)
        aws.cognito.UserPoolDomain(
            "people", domain=f"{plan.config.name}-{plan.config.account}", user_pool_id=pool.id, opts=self.inside()
        )
        self.setting = pulumi.Output.concat("cognito:", pool.id, "/", client.id)
        """What CONTEXTFS_SIGN_IN says to the service that lets people in."""

    def _pool(self, config: Config) -> aws.cognito.UserPool:
        return aws.cognito.UserPool(
            "people",
            name=config.name,
            username_attributes=["email"],
            auto_verified_attributes=["email"],
            mfa_configuration="OPTIONAL",
            software_token_mfa_configuration={"enabled": True},
            password_policy={
                "minimum_length": 12,
                "require_lowercase": False,
                "require_numbers": False,
                "require_symbols": False,
                "require_uppercase": False,
                "temporary_password_validity_days": 3,
            },
            admin_create_user_config={"allow_admin_create_user_only": config.tenant is not None},
            account_recovery_setting={"recovery_mechanisms": [{"name": "verified_email", "priority": 1}]},
            deletion_protection="ACTIVE" if config.production else "INACTIVE",
            opts=self.inside(protect=config.production),
        )

    def _client(self, plan: Plan, pool: aws.cognito.UserPool) -> aws.cognito.UserPoolClient:
        config = plan.config
        hosts = (plan.hosts(region) for region in plan.regions)
        callbacks = [f"https://{names[-1]}/oauth/service/callback" for names in hosts if names]
        return aws.cognito.UserPoolClient(
            "studio",
            name="studio",
            user_pool_id=pool.id,
            explicit_auth_flows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            allowed_oauth_flows_user_pool_client=True,
            allowed_oauth_flows=["code"],
            allowed_oauth_scopes=["openid", "email", "profile"],
            callback_urls=[f"https://app.{config.domain}/signed-in", *callbacks],
            logout_urls=[f"https://app.{config.domain}/"],
            supported_identity_providers=["COGNITO"],
            prevent_user_existence_errors="ENABLED",
            opts=self.inside(),
        )
