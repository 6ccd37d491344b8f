"""Words that consolidation knows: those that exclude others, and those of things that have one value at a time."""

from collections.abc import Mapping
from types import MappingProxyType

from contextfs.domain.search.alike.words import listed

_RIVALS: Mapping[str, str] = MappingProxyType(
    {
        "JavaScript packages": "npm pnpm yarn bun",
        "Python packages": "pip uv poetry pipenv conda",
        "indentation": "tabs spaces",
        "quotes": "single-quotes double-quotes",
        "JavaScript tests": "jest vitest mocha jasmine",
        "Python format": "black yapf autopep8",
        "JavaScript lint": "eslint biome tslint",
        "merging": "squash rebase merge-commits fast-forward",
        "spelling": "british american",
        "language": "english german french spanish italian portuguese dutch polish russian chinese japanese",
        "naming": "camelcase snake_case kebab-case pascalcase",
        "theme": "dark light",
        "trunk": "main master trunk",
    }
)
RIVALS: Mapping[str, str] = MappingProxyType({word: kind for kind, words in _RIVALS.items() for word in words.split()})
"""Words of which one excludes the others, with what they are a choice of."""

SLOT_NOUNS = listed(
    """
    account address api-key bucket budget channel cluster codename currency database deadline default dimension
    directory domain email encoding endpoint folder format handle host hostname interval language license licence
    limit lead linter locale maintainer manager maximum minimum model name namespace nickname owner path plan port
    prefix queue quota region registry repository retention runtime schema site size suffix threshold tier timeout
    timezone topic ttl uri url username version zone
    """
)
"""Nouns of things that have one value at a time."""
