"""Cloud Logging: where a region's log lines are kept, and for how long."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.keys import Keys
from infra.kit.component import Component
from infra.planned import Plan, Region


class Logs(Component):
    """Owns a region's log bucket and what flows into it. Lines hold ids, figures and kinds, never content."""

    def __init__(self, plan: Plan, region: Region, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__(f"logs-{region.short}", parent)
        bucket = gcp.logging.ProjectBucketConfig(
            f"logs-{region.short}",
            project=plan.config.account,
            location=region.name,
            bucket_id=plan.name("logs", region),
            retention_days=90 if plan.config.production else 14,
            cmek_settings={"kms_key_name": keys.key},
            opts=self.inside(after=keys.usable),
        )
        # A sink to a bucket of its own project writes as the project itself: it needs no grant.
        gcp.logging.ProjectSink(
            f"to-logs-{region.short}",
            name=plan.name("logs", region),
            destination=pulumi.Output.concat("logging.googleapis.com/", bucket.id),
            filter=f'resource.labels.location="{region.name}" OR resource.labels.region="{region.name}"',
            unique_writer_identity=True,
            opts=self.inside(),
        )
