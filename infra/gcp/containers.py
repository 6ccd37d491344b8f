"""How the image runs: its arguments, variables and limits, for services, jobs and workers alike."""

import pulumi

from infra.gcp.ground import MEMORY, Ground
from infra.planned import Workload

CPU = {"small": "1", "medium": "1", "large": "2"}
MODEL = "/app/models/all-MiniLM-L6-v2.int8.bin"
"""Where the image keeps the embedding model."""


def command(workload: Workload) -> list[str]:
    """Give the arguments that make the image run a workload."""
    if workload.streams:
        return ["python", "-m", "contextfs.runtime.serve", workload.target]
    match workload.host:
        case "worker":
            return ["python", "-m", "contextfs.runtime.serve", workload.target]
        case "job":
            return ["python", "-m", "contextfs.runtime.job", workload.target]
        case _:
            return ["functions-framework", "--source=main.py", f"--target={workload.target}"]


def environment(ground: Ground, workload: Workload) -> dict[str, pulumi.Input[str]]:
    """Give the plain variables of a program of the image, which finds the model in it."""
    return {**plain(ground, workload), "CONTEXTFS_MODEL": MODEL}


def plain(ground: Ground, workload: Workload) -> dict[str, pulumi.Input[str]]:
    """Give the plain variables; who logs in by tokens is told where, and who vouches for the server."""
    variables: dict[str, pulumi.Input[str]] = {**ground.plan.environment(workload, ground.region)}
    database = ground.database
    if database is not None and ground.plan.grants_of(workload.name, "log in"):
        user = ground.plan.database_user(workload.name, ground.region)
        variables |= {
            "CONTEXTFS_DATABASE_URL": database.address(user),
            "CONTEXTFS_DATABASE_LOGIN": "gcp-iam",
            "CONTEXTFS_DATABASE_AUTHORITY": database.authority,
        }
    return variables


def limits(workload: Workload) -> dict[str, str]:
    """Give the most that an instance may take."""
    return {"cpu": CPU[workload.size], "memory": MEMORY[workload.size]}
