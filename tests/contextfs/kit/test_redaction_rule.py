"""What was chosen to be taken out, as the database tells it."""

import pytest

from contextfs.domain.redaction.rules import redact
from contextfs.kit.ports import Row
from contextfs.kit.redaction_rule import UNCHOSEN, Choice


@pytest.mark.parametrize("rules", [None, []])
def test_where_there_is_no_rule_and_no_class_nothing_was_chosen(rules: list[object] | None) -> None:
    assert Choice.of({"personal": None, "rules": rules}) == Choice.of(None) == UNCHOSEN


def test_a_class_that_only_a_later_version_knows_stops_nothing() -> None:
    row: Row = {"personal": ["email", "face"], "rules": None}
    wanted = Choice.of(row).wanted(())

    assert "[redacted:email:" in redact("mara.lindqvist@fjordmail.no", key=b"k" * 32, wanted=wanted).text
