"""WAF: what is turned away before it reaches a service."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from infra.kit.component import Component
from infra.planned import Plan, several

# Bodies are code and talk of code: rules that search them for SQL and scripts would refuse honest ones.
_MANAGED = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet")


class Firewall(Component):
    """Owns the rules of the edge: a rate for each address, known attacks. Who may do what, the doors decide.

    What a region forwards to another was counted where it arrived; it comes from one address, and many callers.
    """

    def __init__(
        self, plan: Plan, ways_out: Sequence[pulumi.Output[str]], parent: pulumi.Resource, provider: aws.Provider
    ) -> None:
        super().__init__("firewall", parent, providers=[provider])
        regions = self._regions(plan, ways_out) if several(plan.config) else None
        self.acl = aws.wafv2.WebAcl(
            "api",
            name=f"{plan.config.name}-api",
            scope="CLOUDFRONT",
            default_action={"allow": {}},
            rules=[_rate(regions), *(_managed(name, index) for index, name in enumerate(_MANAGED))],
            visibility_config=_visible("api"),
            opts=self.inside(),
        )

    def _regions(self, plan: Plan, ways_out: Sequence[pulumi.Output[str]]) -> aws.wafv2.IpSet:
        return aws.wafv2.IpSet(
            "regions",
            name=f"{plan.config.name}-regions",
            scope="CLOUDFRONT",
            ip_address_version="IPV4",
            addresses=[pulumi.Output.concat(address, "/32") for address in ways_out],
            opts=self.inside(),
        )


def _rate(regions: aws.wafv2.IpSet | None) -> aws.wafv2.WebAclRuleArgsDict:
    counted: aws.wafv2.WebAclRuleStatementRateBasedStatementArgsDict = {
        "limit": 3000,
        "evaluation_window_sec": 300,
        "aggregate_key_type": "IP",
    }
    if regions is not None:
        counted["scope_down_statement"] = {
            "not_statement": {"statement": {"ip_set_reference_statement": {"arn": regions.arn}}}
        }
    return {
        "name": "rate",
        "priority": 0,
        "action": {"block": {"custom_response": {"response_code": 429}}},
        "statement": {"rate_based_statement": counted},
        "visibility_config": _visible("rate"),
    }


def _managed(name: str, index: int) -> aws.wafv2.WebAclRuleArgsDict:
    return {
        "name": name,
        "priority": 10 + index,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"vendor_name": "AWS", "name": name}},
        "visibility_config": _visible(name),
    }


def _visible(name: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    return {"metric_name": name, "cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True}
