"""Stores with private addresses wait for the peering that gives them: no input of theirs names it."""

from collections.abc import Iterator

from infra.planned import Plan
from infra.preview.graph import Graph
from infra.preview.recording import Recording

PRIVATE = (
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:alloydb/cluster:Cluster",
    "gcp:alloydb/instance:Instance",
    "gcp:redis/instance:Instance",
)


def faults(recording: Recording, plan: Plan) -> Iterator[str]:
    """Tell which stores could be made before their peering."""
    del plan
    graph = Graph(recording)
    peerings = {peering.urn for peering in recording.of("gcp:servicenetworking/connection:Connection")}
    for kind in PRIVATE:
        for store in recording.of(kind):
            if not peerings & graph.before(store.urn):
                yield f"{store.label} does not wait for the peering of its network"
