"""Cloud Armor: what is turned away before it reaches a service."""

from collections.abc import Iterator, Sequence

import pulumi
import pulumi_gcp as gcp

from infra.kit.component import Component
from infra.planned import Plan, several

_EVERYONE: gcp.compute.SecurityPolicyRuleMatchArgsDict = {
    "versioned_expr": "SRC_IPS_V1",
    "config": {"src_ip_ranges": ["*"]},
}
# Bodies are code and talk of code: rules against SQL and scripts would refuse honest ones. They look at reads only.
_SCANNED = ("sqli-v33-stable", "xss-v33-stable", "lfi-v33-stable", "rce-v33-stable")
_MOST_RANGES = 10
"""Ranges of addresses that one rule takes."""
_ALWAYS = ("scannerdetection-v33-stable", "protocolattack-v33-stable")


class Firewall(Component):
    """Owns the rules of the edge: a rate for each address, known attacks, floods. Who may do what, the doors decide.

    What a region forwards to another passed these rules where it arrived; it comes from one address, and many callers.
    """

    def __init__(self, plan: Plan, ways_out: Sequence[pulumi.Output[str]], parent: pulumi.Resource) -> None:
        super().__init__("firewall", parent)
        self.policy = gcp.compute.SecurityPolicy(
            "api",
            name=f"{plan.config.name}-api",
            type="CLOUD_ARMOR",
            adaptive_protection_config={"layer7_ddos_defense_config": {"enable": True}},
            rules=[*(_regions(ways_out) if several(plan.config) else ()), _rate(), *_attacks(), _otherwise()],
            opts=self.inside(),
        )


def _regions(ways_out: Sequence[pulumi.Output[str]]) -> Iterator[gcp.compute.SecurityPolicyRuleArgsDict]:
    for first in range(0, len(ways_out), _MOST_RANGES):
        addresses = ways_out[first : first + _MOST_RANGES]
        yield {
            "description": "other regions",
            "priority": 100 + first,
            "action": "allow",
            "match": {
                "versioned_expr": "SRC_IPS_V1",
                "config": {"src_ip_ranges": [pulumi.Output.concat(address, "/32") for address in addresses]},
            },
        }


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
