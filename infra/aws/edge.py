"""CloudFront: TLS, the firewall, the CDN, and each path to its origin."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from infra.aws.balancer import Balancer
from infra.aws.certificate import Certificate
from infra.aws.files import PublicFiles
from infra.aws.firewall import Firewall
from infra.aws.gateway import Gateway
from infra.kit.component import Component
from infra.planned import Plan, Region

Behavior = aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict

_NEVER_CACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_CACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
_ALL = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""AWS's managed policies: CachingDisabled, CachingOptimized, AllViewerExceptHostHeader, AllViewer."""
_EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
_ANYWHERE: aws.cloudfront.DistributionRestrictionsArgsDict = {"geo_restriction": {"restriction_type": "none"}}


class ApiEdge(Component):
    """Owns a region's way in: what Lambda answers by API Gateway, what Fargate answers by a private origin.

    It does not own the domain's DNS. A host leads to one region: data has a home.
    """

    def __init__(
        self,
        plan: Plan,
        region: Region,
        gateway: Gateway,
        balancer: Balancer,
        on_fargate: Sequence[str],
        firewall: Firewall,
        certificate: Certificate,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__(f"edge-{region.short}", parent)
        paths = [rule for rule in plan.paths if rule.service in on_fargate]
        self.distribution = aws.cloudfront.Distribution(
            f"api-{region.short}",
            enabled=True,
            comment=f"ContextFS API of {region.name}",
            aliases=list(plan.hosts(region)),
            http_version="http2and3",
            is_ipv6_enabled=True,
            web_acl_id=firewall.acl.arn,
            origins=[_lambda_origin(gateway), self._fargate_origin(plan, region, balancer)],
            default_cache_behavior=_uncached("lambda"),
            ordered_cache_behaviors=[
                _behavior("fargate", pattern)
                for rule in paths
                for pattern in ([rule.path] if rule.exact else [rule.path, f"{rule.path}/*"])
            ],
            restrictions=_ANYWHERE,
            viewer_certificate=_certified(certificate),
            opts=self.inside(),
        )

    def _fargate_origin(
        self, plan: Plan, region: Region, balancer: Balancer
    ) -> aws.cloudfront.DistributionOriginArgsDict:
        private = aws.cloudfront.VpcOrigin(
            f"balancer-{region.short}",
            vpc_origin_endpoint_config={
                "name": plan.name("balancer", region),
                "arn": balancer.balancer.arn,
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
            },
            opts=self.inside(),
        )
        return {
            "origin_id": "fargate",
            "domain_name": balancer.balancer.dns_name,
            "vpc_origin_config": {"vpc_origin_id": private.id, "origin_read_timeout": 60},
        }


class SiteEdge(Component):
    """Owns the CDN of Studio and the SDKs, and its right to read their bucket."""

    def __init__(
        self,
        plan: Plan,
        files: PublicFiles,
        firewall: Firewall,
        certificate: Certificate,
        parent: pulumi.Resource,
    ) -> None:
        super().__init__("site", parent)
        self.distribution = aws.cloudfront.Distribution(
            "site",
            enabled=True,
            comment="ContextFS Studio and SDKs",
            aliases=[f"app.{plan.config.domain}"],
            default_root_object="index.html",
            http_version="http2and3",
            is_ipv6_enabled=True,
            web_acl_id=firewall.acl.arn,
            origins=[
                {
                    "origin_id": "files",
                    "domain_name": files.bucket.bucket_regional_domain_name,
                    "origin_access_control_id": self._access(plan).id,
                }
            ],
            default_cache_behavior=_cached("files"),
            restrictions=_ANYWHERE,
            viewer_certificate=_certified(certificate),
            opts=self.inside(),
        )
        files.read_by(self.distribution)

    def _access(self, plan: Plan) -> aws.cloudfront.OriginAccessControl:
        return aws.cloudfront.OriginAccessControl(
            "site",
            name=f"{plan.config.name}-site",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self.inside(),
        )


def _lambda_origin(gateway: Gateway) -> aws.cloudfront.DistributionOriginArgsDict:
    return {
        "origin_id": "lambda",
        "domain_name": gateway.api.api_endpoint.apply(lambda url: url.removeprefix("https://")),
        "custom_origin_config": {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "https-only",
            "origin_ssl_protocols": ["TLSv1.2"],
        },
    }


def _uncached(origin: str) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict:
    return {
        "target_origin_id": origin,
        "viewer_protocol_policy": "https-only",
        "allowed_methods": _EVERY_METHOD,
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": _NEVER_CACHED,
        "origin_request_policy_id": _ALL_BUT_HOST,
    }


def _cached(origin: str) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict:
    return {
        "target_origin_id": origin,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": _CACHED,
        "compress": True,
    }


def _behavior(origin: str, path: str) -> Behavior:
    """Lead a path to the load balancer by the host that was asked: its certificate is for that name, and no other."""
    pattern = "/".join("*" if part.startswith("{") else part for part in path.split("/"))
    return {
        "path_pattern": pattern,
        "target_origin_id": origin,
        "viewer_protocol_policy": "https-only",
        "allowed_methods": _EVERY_METHOD,
        "cached_methods": ["GET", "HEAD"],
        "cache_policy_id": _NEVER_CACHED,
        "origin_request_policy_id": _ALL,
    }


def _certified(certificate: Certificate) -> aws.cloudfront.DistributionViewerCertificateArgsDict:
    return {
        "acm_certificate_arn": certificate.arn,
        "minimum_protocol_version": "TLSv1.2_2021",
        "ssl_support_method": "sni-only",
    }
