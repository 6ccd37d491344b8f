"""API Gateway: each path of the plan to its Lambda."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from infra.aws.keys import Keys
from infra.aws.services import Service
from infra.kit.component import Component
from infra.planned import Plan, Region


class Gateway(Component):
    """Owns a region's HTTP API. Its own address is open too, past the CDN's firewall: doors know their callers."""

    def __init__(
        self,
        plan: Plan,
        region: Region,
        services: Mapping[str, Service],
        keys: Keys,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"gateway-{region.short}", parent)
        self._short = region.short
        self.api = aws.apigatewayv2.Api(
            f"api-{region.short}", name=plan.name("api", region), protocol_type="HTTP", opts=self.inside()
        )
        lines = aws.cloudwatch.LogGroup(
            f"api-{region.short}",
            name=f"/{plan.config.name}/{region.short}/api",
            retention_in_days=90 if plan.config.production else 14,
            kms_key_id=keys.key,
            opts=self.inside(),
        )
        aws.apigatewayv2.Stage(
            f"api-{region.short}",
            api_id=self.api.id,
            name="$default",
            auto_deploy=True,
            default_route_settings={"throttling_burst_limit": 1000, "throttling_rate_limit": 500},
            access_log_settings={
                "destination_arn": lines.arn,
                "format": '{"request":"$context.requestId","route":"$context.routeKey","status":$context.status}',
            },
            opts=self.inside(),
        )
        integrations = {name: self._integration(name, service) for name, service in services.items()}
        for rule in plan.paths:
            if rule.service in integrations:
                self._route(rule.path, integrations[rule.service])
                if not rule.exact:
                    self._route(f"{rule.path}/{{proxy+}}", integrations[rule.service])
        # What no path knows, `system` answers with a problem.
        self._route("$default", integrations["system"])

    def _integration(self, name: str, service: Service) -> aws.apigatewayv2.Integration:
        aws.lambda_.Permission(
            f"{name}-{self._short}",
            action="lambda:InvokeFunction",
            function=service.live.function_name,
            qualifier=service.live.name,
            principal="apigateway.amazonaws.com",
            source_arn=pulumi.Output.concat(self.api.execution_arn, "/*/*"),
            opts=self.inside(),
        )
        return aws.apigatewayv2.Integration(
            f"{name}-{self._short}",
            api_id=self.api.id,
            integration_type="AWS_PROXY",
            integration_uri=service.live.invoke_arn,
            payload_format_version="2.0",
            opts=self.inside(),
        )

    def _route(self, path: str, integration: aws.apigatewayv2.Integration) -> None:
        key = path if path == "$default" else f"ANY {path}"
        aws.apigatewayv2.Route(
            f"{path.strip('/').replace('/', '-') or 'root'}-{self._short}",
            api_id=self.api.id,
            route_key=key,
            target=pulumi.Output.concat("integrations/", integration.id),
            opts=self.inside(),
        )
