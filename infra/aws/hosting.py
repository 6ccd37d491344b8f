"""What runs on Lambda, and what Lambda cannot hold and so runs on Fargate. Pure."""

from infra.planned import MIB, Plan, Workload

LAMBDA_BODY = 4 * MIB
"""Lambda takes 6 MB a call, and a packed body arrives in base64, a third longer."""


def on_fargate(plan: Plan, workload: Workload) -> bool:
    """Tell whether a workload runs on Fargate: what never ends or stays open, what takes large bodies, a private API.

    A private API has no API Gateway in front, and the load balancer hands Lambda bodies of 1 MB at the most.
    """
    if workload.host == "worker" or workload.streams:
        return True
    return workload.host == "service" and (workload.body_limit > LAMBDA_BODY or plan.config.network == "private")
