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
    whole = {" ".join(name.split()) for name in names}
    parts = {part for name in whole for part in name.split() if len(part) >= _SHORTEST_PART}
    spelled = "|".join(re.escape(name) for name in sorted(whole | parts, key=len, reverse=True) if name)
    if not spelled:
        return query
    rest = re.sub(rf"(?<!\w)(?:{spelled})(?:['\u2019]s)?(?!\w)", " ", query)
    rest = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(rest.split()))
    return rest if re.search(r"\w", rest) else query
