"""What goes over a network is encrypted on the way."""

from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.graph import at
from infra.preview.recording import Recording

DEMANDS = {
    "gcp:sql/databaseInstance:DatabaseInstance": ("settings.ipConfiguration.sslMode", "ENCRYPTED_ONLY"),
    "gcp:alloydb/instance:Instance": ("clientConnectionConfig.sslConfig.sslMode", "ENCRYPTED_ONLY"),
    "gcp:redis/instance:Instance": ("transitEncryptionMode", "SERVER_AUTHENTICATION"),
    "gcp:compute/sSLPolicy:SSLPolicy": ("minTlsVersion", "TLS_1_2"),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("transitEncryptionEnabled", True),
    "aws:rds/proxy:Proxy": ("requireTls", True),
    "aws:cloudfront/distribution:Distribution": ("viewerCertificate.minimumProtocolVersion", "TLSv1.2_2021"),
}


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell what may be spoken to in the open."""
    del plan
    for kind, (path, wanted) in DEMANDS.items():
        for resource in recording.of(kind):
            if at(resource.inputs, path) != [wanted]:
                yield f"{resource.label}.{path} is not {wanted}"
    for group in recording.of("aws:rds/clusterParameterGroup:ClusterParameterGroup"):
        forced = {item["name"]: item["value"] for item in group.inputs.get("parameters", ())}
        if forced.get("rds.force_ssl") != "1":
            yield f"{group.label} does not force TLS"
