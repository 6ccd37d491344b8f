"""A region: where it is by law, what it lacks, and its short name."""

import re
from dataclasses import dataclass

_PART = re.compile(r"^([a-z]+)-([a-z]+)-?(\d+)$")
_CONTINENTS = {"us": "us", "northamerica": "na", "southamerica": "sa", "europe": "eu", "asia": "as", "australia": "au"}
_COMPASS = re.compile("north|south|east|west|central")


@dataclass(frozen=True)
class Place:
    """A cloud's region. `lacks` names the services of ours that the vendor does not offer there."""

    name: str
    jurisdiction: str
    lacks: frozenset[str]

    @property
    def short(self) -> str:
        """A name that leaves room in names of 30 letters: `usc1` for us-central1, `apse2` for ap-southeast-2."""
        match = _PART.match(self.name)
        if match is None:
            raise AssertionError(self.name)
        continent, direction, number = match.groups()
        letters = "".join(word[0] for word in _COMPASS.findall(direction))
        return f"{_CONTINENTS.get(continent, continent[:2])}{letters}{number}"
