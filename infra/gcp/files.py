"""Cloud Storage: exports, backups, and what is handed out to everyone."""

import pulumi
import pulumi_gcp as gcp

from infra.gcp.keys import Keys
from infra.kit.component import Component
from infra.planned import Plan, Region

_DAY_SECONDS = 86400
_GONE: gcp.storage.BucketLifecycleRuleConditionArgsDict = {
    "days_since_noncurrent_time": 1,
    "matches_prefixes": ["exports/"],
    "with_state": "ARCHIVED",
}
"""An export that was deleted is forgotten a day later. Of where audit logs ended every version stays."""


class Files(Component):
    """Owns a region's buckets of customers' files: exports, which go after thirty days, and backups, which stay."""

    def __init__(self, plan: Plan, region: Region, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__(f"files-{region.short}", parent)
        production = plan.config.production
        self.files = gcp.storage.Bucket(
            f"files-{region.short}",
            name=plan.store("files", region),
            location=region.name,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            encryption={"default_kms_key_name": keys.key},
            versioning={"enabled": True},
            lifecycle_rules=[
                {"action": {"type": "Delete"}, "condition": {"age": 30, "matches_prefixes": ["exports/"]}},
                {"action": {"type": "Delete"}, "condition": _GONE},
                {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 1}},
            ],
            force_destroy=not production,
            opts=self.inside(after=keys.usable, protect=production),
        )
        self.backups = gcp.storage.Bucket(
            f"backups-{region.short}",
            name=plan.store("backups", region),
            location=region.name,
            storage_class="NEARLINE",
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            encryption={"default_kms_key_name": keys.key},
            retention_policy={"retention_period": str(7 * _DAY_SECONDS)} if production else None,
            lifecycle_rules=[{"action": {"type": "Delete"}, "condition": {"age": 365}}],
            force_destroy=not production,
            opts=self.inside(after=keys.usable, protect=production),
        )


class PublicFiles(Component):
    """Owns the bucket of Studio and the SDKs, which everyone may read, by the CDN. It holds nothing of a customer."""

    def __init__(self, plan: Plan, region: Region, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__("public-files", parent)
        self.bucket = gcp.storage.Bucket(
            "public",
            name=f"{plan.config.account}-{plan.config.name}-public",
            location=region.name,
            uniform_bucket_level_access=True,
            encryption={"default_kms_key_name": keys.key},
            website={"main_page_suffix": "index.html", "not_found_page": "index.html"},
            force_destroy=not plan.config.production,
            opts=self.inside(after=keys.usable),
        )
        gcp.storage.BucketIAMMember(
            "everyone-reads",
            bucket=self.bucket.name,
            role="roles/storage.objectViewer",
            member="allUsers",
            opts=self.inside(),
        )
