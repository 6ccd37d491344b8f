"""The sample that a fresh platform starts with."""

from clients.cli import sample
from clients.cli.taking.reading import Tally, conversations
from contextfs.client import ContextFS
from contextfs.domain.redaction.rules import redact
from tests.conftest import Tenant


def test_it_is_three_whole_conversations() -> None:
    tally = Tally()
    read = [one for _, one in conversations("claude-code", sorted(sample.FOLDER.glob("*.jsonl")), tally)]

    assert ([], [], {"ai-title": 3}) == (tally.failed, tally.skipped_files, dict(tally.skipped_records))
    assert [41, 3] == [sum(len(one.messages) for one in read), len({one.external_id for one in read})]


def test_it_holds_no_secret() -> None:
    for file in sample.FOLDER.glob("*.jsonl"):
        assert () == redact(file.read_text(), key=b"k" * 32).findings


def test_it_comes_once_into_a_project_of_its_own(api_url: str, tenant: Tenant, client: ContextFS) -> None:
    first = sample.bring(api_url, tenant.key)
    second = sample.bring(api_url, tenant.key)

    assert ({"new": 3, "grown": 0, "unchanged": 0}, 41) == (first["sessions"], first["messages"]["stored"])
    assert ({"new": 0, "grown": 0, "unchanged": 3}, 0) == (second["sessions"], second["messages"]["stored"])
    assert {"sample"} == {client.projects.get(session.project_id).name for session in client.sessions.list()}
    assert client.search.hybrid("why did the tests hang").hits
