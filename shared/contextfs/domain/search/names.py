"""People's names in a query: small embedders read "What did Ana decide?" as a search for who addresses Ana.

Measured on conversations between people: recall of the semantic leg rises by half when the names of those who took
part are left out of the text that is embedded. The lexical leg keeps them.
"""

import re
from collections.abc import Iterable

_SHORTEST_PART = 3


def without_names(query: str, names: Iterable[str]) -> str:
    """Leave the names (whole, and each of their words of three letters or more) out of a query, as they are spelled.

    A query of nothing but names stays as it is.
    """
    spelled = _spelled(names)
    if not spelled:
        return query
    rest = re.sub(rf"(?<!\w)(?:{spelled})(?:['\u2019]s)?(?!\w)", " ", query)
    rest = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(rest.split()))
    return rest if re.search(r"\w", rest) else query


def named(text: str, names: Iterable[str]) -> frozenset[str]:
    """Give those of the names that a text mentions, whole or by a word of three letters or more, as they are spelled.

    Lower case is no name: "will you" does not ask about Will.
    """
    spelled = {name: _spelled([name]) for name in names}
    return frozenset(name for name, one in spelled.items() if one and re.search(rf"(?<!\w)(?:{one})(?!\w)", text))


def _spelled(names: Iterable[str]) -> str:
    whole = {" ".join(name.split()) for name in names}
    parts = {part for name in whole for part in name.split() if len(part) >= _SHORTEST_PART}
    return "|".join(re.escape(name) for name in sorted(whole | parts, key=len, reverse=True) if name)
