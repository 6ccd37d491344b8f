"""Identity Platform: people sign in to Studio with it."""

import pulumi
import pulumi_gcp as gcp

from infra.kit.component import Component
from infra.planned import Plan


class People(Component):
    """Owns how people sign in. A project has one such config, and it cannot be deleted, so neither does `destroy`.

    Customers' identity providers (SAML, OIDC) are added when a customer comes, not here.
    """

    def __init__(self, plan: Plan, parent: pulumi.Resource) -> None:
        super().__init__("people", parent)
        gcp.identityplatform.Config(
            "sign-in",
            autodelete_anonymous_users=True,
            sign_in={"allow_duplicate_emails": False, "email": {"enabled": True, "password_required": False}},
            mfa={
                "state": "ENABLED",
                "enabled_providers": [],
                "provider_configs": [{"state": "ENABLED", "totp_provider_config": {"adjacent_intervals": 1}}],
            },
            multi_tenant={"allow_tenants": plan.config.tenant is None},
            client={"permissions": {"disabled_user_signup": plan.config.tenant is not None}},
            authorized_domains=[f"app.{plan.config.domain}"],
            opts=self.inside(left=True),
        )
