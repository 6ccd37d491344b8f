"""Cloud Armor: what is turned away before it reaches a service."""

import pulumi
import pulumi_gcp as gcp

from infra.kit.component import Component
from infra.plan import Plan

_EVERYONE: gcp.compute.SecurityPolicyRuleMatchArgsDict = {
    "versioned_expr": "SRC_IPS_V1",
    "config": {"src_ip_ranges": ["*"]},
}
# Bodies are code and talk of code: rules against SQL and scripts would refuse honest ones. They look at reads only.
_SCANNED = ("sqli-v33-stable", "xss-v33-stable", "lfi-v33-stable", "rce-v33-stable")
_ALWAYS = ("scannerdetection-v33-stable", "protocolattack-v33-stable")


class Firewall(Component):
    """Owns the rules of the edge: a rate for each address, known attacks, floods. Who may do what, the doors decide."""

    def __init__(self, plan: Plan, parent: pulumi.Resource) -> None:
        super().__init__("firewall", parent)
        self.policy = gcp.compute.SecurityPolicy(
            "api",
            name=f"{plan.config.name}-api",
            type="CLOUD_ARMOR",
            adaptive_protection_config={"layer7_ddos_defense_config": {"enable": True}},
            rules=[_rate(), *_attacks(), _otherwise()],
            opts=self.inside(),
        )


def _rate() -> gcp.compute.SecurityPolicyRuleArgsDict:
    return {
        "description": "600 calls a minute and address",
        "priority": 1000,
        "action": "throttle",
        "match": _EVERYONE,
        "rate_limit_options": {
            "conform_action": "allow",
            "exceed_action": "deny(429)",
            "enforce_on_key": "IP",
            "rate_limit_threshold": {"count": 600, "interval_sec": 60},
        },
    }


def _attacks() -> list[gcp.compute.SecurityPolicyRuleArgsDict]:
    always = [f"evaluatePreconfiguredWaf('{name}', {{'sensitivity': 1}})" for name in _ALWAYS]
    reads = [
        f"request.method == 'GET' && evaluatePreconfiguredWaf('{name}', {{'sensitivity': 1}})" for name in _SCANNED
    ]
    return [
        {
            "description": "known attacks",
            "priority": 500 + index,
            "action": "deny(403)",
            "match": {"expr": {"expression": expression}},
        }
        for index, expression in enumerate([*always, *reads])
    ]


def _otherwise() -> gcp.compute.SecurityPolicyRuleArgsDict:
    return {"description": "otherwise", "priority": 2147483647, "action": "allow", "match": _EVERYONE}
