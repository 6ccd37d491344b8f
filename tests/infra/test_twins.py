"""The two clouds are read side by side: a file of one has a twin of the same name in the other."""

from tests.infra.conftest import ROOT

ONLY_GCP = {"apis.py"}
"""AWS has nothing to turn on."""
ONLY_AWS = {
    "backup.py", "balancer.py", "certificate.py", "cluster_log.py", "gateway.py", "hosting.py", "policy.py",
}  # fmt: skip
"""On GCP a backup is a property of a store, and one load balancer leads to everything."""


def names(cloud: str) -> set[str]:
    return {file.name for file in (ROOT / "infra" / cloud).glob("*.py")}


def test_every_file_has_its_twin() -> None:
    assert names("gcp") - ONLY_GCP == names("aws") - ONLY_AWS


def test_few_modules_stand_at_the_root_and_none_hides_one_of_pythons() -> None:
    """Pulumi runs the folder by its path, so that a module there would come before Python's own."""
    found = {file.stem for file in (ROOT / "infra").glob("*.py")}

    assert found == {"__init__", "__main__", "config", "plan", "planned"}
