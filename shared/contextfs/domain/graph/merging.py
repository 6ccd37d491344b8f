"""One node for one thing: names that stand for a longer one give way to it, as far as all that is seen agrees."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from contextfs.domain.graph.aliases import standing_for
from contextfs.domain.graph.model import Link


def merged(links: Iterable[Link], standing: Mapping[str, str]) -> list[Link]:
    """Bring links to the nodes that names stand for, each of them once; who mentions a node is counted together."""
    found = list(links)
    kept: dict[tuple[str, str, str, str], Link] = {}
    for one in found:
        if one.whole is None:
            moved = _moved(one, standing)
            known = kept.get(_key(moved))
            if known is None or known.weight < moved.weight:
                kept[_key(moved)] = moved
    return _counted(list(kept.values()), found)


def standing(links: Iterable[Link]) -> dict[str, str]:
    """Give the node that each name stands for, where that is another one.

    A mention of a whole name counts as one of its parts only where the part fits nothing else.
    """
    wholes: dict[str, set[str]] = {}
    for one in links:
        if one.relation == "mentions" and one.whole is not None:
            wholes.setdefault(one.target, set()).add(one.whole)
    stands: dict[str, str] = {}
    for part, of_it in wholes.items():
        kind, _, key = part.partition(":")
        whole = standing_for(key, of_it)
        if whole is not None and whole != key:
            stands[part] = f"{kind}:{whole}"
    return stands


def _moved(link: Link, stands: Mapping[str, str]) -> Link:
    source, target = stands.get(link.source, link.source), stands.get(link.target, link.target)
    if (source, target) == (link.source, link.target):
        return link
    return msgspec.structs.replace(link, source=source, target=target)


def _key(link: Link) -> tuple[str, str, str, str]:
    return link.memory, link.source, link.relation, link.target


def _counted(links: list[Link], all_of_them: Sequence[Link]) -> list[Link]:
    """Count who mentions a node anew: what is linked here, or the total that the store told of, if that is more.

    Of all its spellings the longest names it.
    """
    told: dict[str, int] = {}
    for one in all_of_them:
        if one.relation == "mentions" and one.whole is None:
            told[one.target] = max(told.get(one.target, 0), one.total)
    seen: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for one in links:
        if one.relation == "mentions":
            seen.setdefault(one.target, set()).add(one.memory)
            names[one.target] = max(names.get(one.target, ""), one.name, key=lambda name: (len(name), name))
    return [
        msgspec.structs.replace(one, name=names[one.target], total=max(len(seen[one.target]), told.get(one.target, 0)))
        if one.relation == "mentions"
        else one
        for one in links
    ]
