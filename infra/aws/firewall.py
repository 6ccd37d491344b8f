"""WAF: what is turned away before it reaches a service."""

import pulumi
import pulumi_aws as aws

from infra.kit.component import Component
from infra.plan import Plan

# Bodies are code and talk of code: rules that search them for SQL and scripts would refuse honest ones.
_MANAGED = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet")


class Firewall(Component):
    """Owns the rules of the edge: a rate for each address, known attacks. Who may do what, the doors decide."""

    def __init__(self, plan: Plan, parent: pulumi.Resource, provider: aws.Provider) -> None:
        super().__init__("firewall", parent, providers=[provider])
        self.acl = aws.wafv2.WebAcl(
            "api",
            name=f"{plan.config.name}-api",
            scope="CLOUDFRONT",
            default_action={"allow": {}},
            rules=[_rate(), *(_managed(name, index) for index, name in enumerate(_MANAGED))],
            visibility_config=_visible("api"),
            opts=self.inside(),
        )


def _rate() -> aws.wafv2.WebAclRuleArgsDict:
    return {
        "name": "rate",
        "priority": 0,
        "action": {"block": {"custom_response": {"response_code": 429}}},
        "statement": {
            "rate_based_statement": {"limit": 3000, "evaluation_window_sec": 300, "aggregate_key_type": "IP"}
        },
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
