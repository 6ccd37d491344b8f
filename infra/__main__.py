"""What `pulumi up` runs: read the stack's config, plan, and draw the plan in the cloud that it names."""

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from infra.config import Refused, of_project, read
from infra.plan import plan


def draw() -> None:
    """Draw the stack; a config that cannot work ends it with one sentence, before anything is asked of a cloud."""
    try:
        made = plan(read(of_project({**get_config_env(), **CONFIG.get()})))
    except Refused as refused:
        raise pulumi.RunError(str(refused)) from refused
    if made.config.cloud == "gcp":
        from infra.gcp.installation import Installation  # noqa: PLC0415 - a stack loads one provider
    else:
        from infra.aws.installation import Installation  # noqa: PLC0415 - as above
    Installation(made)


if __name__ == "__main__":
    draw()
