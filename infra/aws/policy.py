"""IAM's policy documents, as JSON: who may do what with which thing."""

import json
from collections.abc import Sequence
from typing import Any

import pulumi

Text = pulumi.Input[str]
Statement = dict[str, Any]


def allow(actions: Sequence[str], things: Sequence[Text], **conditions: dict[str, Text]) -> Statement:
    """Allow actions on things; a condition is written as IAM's operator: `ArnEquals={"aws:SourceArn": …}`."""
    made: Statement = {"Effect": "Allow", "Action": list(actions), "Resource": list(things)}
    return {**made, "Condition": conditions} if conditions else made


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """Write a policy of statements."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str) -> str:
    """Write the policy by which a service of AWS takes a role."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
