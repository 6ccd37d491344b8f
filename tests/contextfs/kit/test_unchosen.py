"""Where nothing was chosen to be taken out, as a process saw it."""

from uuid import UUID, uuid4

import pytest

from contextfs.kit import unchosen
from contextfs.kit.redaction_rule import UNCHOSEN, Choice, RedactionRule
from contextfs.kit.unchosen import Unchosen

ORG, PLACE, OTHER = uuid4(), uuid4(), uuid4()
RULED = Choice(None, (RedactionRule(name="a", pattern="a"),))
CLASSED = Choice(frozenset(), ())


@pytest.mark.parametrize(
    ("choices", "holds"),
    [((), False), ((UNCHOSEN,), True), ((RULED,), False), ((CLASSED,), False)]
    + [((UNCHOSEN, other), False) for other in (RULED, CLASSED)]
    + [((UNCHOSEN, other, UNCHOSEN), True) for other in (RULED, CLASSED)],
)
def test_the_last_choice_counts(choices: tuple[Choice, ...], *, holds: bool) -> None:
    seen = Unchosen()
    for choice in choices:
        seen.saw(ORG, PLACE, choice)

    assert (seen.holds(ORG, PLACE), seen.holds(ORG, OTHER), seen.holds(OTHER, PLACE)) == (holds, False, False)


def test_rules_count_for_each_place_of_their_organization() -> None:
    seen = Unchosen()
    for place, choice in ((PLACE, UNCHOSEN), (OTHER, RULED)):
        seen.saw(ORG, place, choice)

    assert not seen.holds(ORG, PLACE)


def test_what_one_organization_has_says_nothing_to_another() -> None:
    seen, theirs = Unchosen(), uuid4()
    seen.saw(ORG, PLACE, UNCHOSEN)
    seen.saw(theirs, None, UNCHOSEN)

    assert (seen.holds(ORG, PLACE), seen.holds(theirs, PLACE)) == (True, False)


def test_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchosen, "_MOST", 10)
    seen = Unchosen()
    for number in range(11):
        seen.saw(ORG, UUID(int=number), UNCHOSEN)

    assert [seen.holds(ORG, UUID(int=number)) for number in (0, 10)] == [False, True]
