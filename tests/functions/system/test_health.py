"""GET /health."""

from starlette.testclient import TestClient


def test_a_part_that_is_missing_but_not_needed_reads_degraded(http: TestClient) -> None:
    reply = http.get("/health")

    assert reply.status_code == 200
    assert reply.json() == {
        "status": "degraded",
        "checks": {"database": "ok", "embedder": "none: search compares words alone", "allowances": "ok"},
    }


def test_no_key_is_needed_and_a_bad_one_does_not_matter(http: TestClient) -> None:
    assert http.get("/health", headers={"authorization": "Bearer nonsense"}).status_code == 200
