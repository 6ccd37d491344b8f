"""S3: exports, backups, and what is handed out to everyone."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from infra.aws.keys import Keys
from infra.aws.policy import Statement, document
from infra.kit.component import Component
from infra.planned import Plan, Region


class Bucket(Component):
    """Owns one bucket that nobody reaches without TLS, in public, or without the region's key."""

    def __init__(
        self,
        name: str,
        physical: str,
        keys: Keys,
        parent: pulumi.Resource,
        *,
        production: bool,
        days: int | None = None,
        prefix: str = "",
    ) -> None:
        super().__init__(f"bucket-{name}", parent)
        self._name = name
        bucket = aws.s3.Bucket(
            name, bucket=physical, force_destroy=not production, opts=self.inside(protect=production)
        )
        self.bucket = bucket
        self._rest(keys)
        if days is not None:
            aws.s3.BucketLifecycleConfiguration(
                name,
                bucket=bucket.id,
                rules=[
                    {
                        "id": "expire",
                        "status": "Enabled",
                        "filter": {"prefix": prefix},
                        "expiration": {"days": days},
                        "noncurrent_version_expiration": {"noncurrent_days": 1},
                        "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                    }
                ],
                opts=self.inside(),
            )

    def _rest(self, keys: Keys) -> None:
        name, bucket = self._name, self.bucket
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.inside(),
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.id,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": keys.key,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=self.inside(),
        )
        aws.s3.BucketVersioning(
            name, bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=self.inside()
        )

    def allow(self, statements: Sequence[Statement] = ()) -> None:
        """Say who else may read; whoever does not use TLS may nothing."""
        arn = self.bucket.arn
        plain: Statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, pulumi.Output.concat(arn, "/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        aws.s3.BucketPolicy(
            self._name, bucket=self.bucket.id, policy=document([plain, *statements]), opts=self.inside()
        )


class Files(Component):
    """Owns a region's bucket of customers' files: exports go after thirty days. Backups are kept by AWS Backup."""

    def __init__(self, plan: Plan, region: Region, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__(f"files-{region.short}", parent)
        production = plan.config.production
        made = Bucket(
            f"files-{region.short}",
            plan.store("files", region),
            keys,
            self,
            production=production,
            days=30,
            prefix="exports/",
        )
        made.allow()
        self.files = made.bucket


class PublicFiles(Component):
    """Owns the bucket of Studio and the SDKs. Only the CDN reads it; nothing of a customer is in it."""

    def __init__(self, plan: Plan, keys: Keys, parent: pulumi.Resource) -> None:
        super().__init__("public-files", parent)
        physical = f"{plan.config.account}-{plan.config.name}-public"
        self.made = Bucket("public", physical, keys, self, production=False)
        self.bucket = self.made.bucket

    def read_by(self, distribution: aws.cloudfront.Distribution) -> None:
        """Let one distribution of the CDN read, and nobody else."""
        self.made.allow(
            [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudfront.amazonaws.com"},
                    "Action": "s3:GetObject",
                    "Resource": pulumi.Output.concat(self.bucket.arn, "/*"),
                    "Condition": {"StringEquals": {"AWS:SourceArn": distribution.arn}},
                }
            ]
        )
