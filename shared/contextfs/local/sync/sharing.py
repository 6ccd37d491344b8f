"""Which things may leave this machine: by what they are, then by the first rule that fits, then by default."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from contextfs.local.config import Level, Rule, Sharing


def level_of_memory(
    sharing: Sharing, *, private: bool, kind: str, tags: Iterable[str], paths: Iterable[str] = ()
) -> Level:
    """Tell who may see a memory; one that is private itself stays so, whatever the rules say."""
    if private:
        return "private"
    has = {"type": [kind], "tag": list(tags), "path": list(paths)}
    return _decided(sharing.rules, has) or sharing.memories


def level_of_session(sharing: Sharing, *, tool: str, branch: str | None, cwd: str | None, tags: Iterable[str]) -> Level:
    """Tell who may see a session that nobody shared or hid by itself."""
    has = {"tool": [tool], "branch": [branch or ""], "path": [cwd or ""], "tag": list(tags)}
    return _decided(sharing.rules, has) or sharing.sessions


def _decided(rules: Iterable[Rule], has: dict[str, list[str]]) -> Level | None:
    for rule in rules:
        if _fits(rule, has):
            return rule.visibility
    return None


def _fits(rule: Rule, has: dict[str, list[str]]) -> bool:
    """Tell whether all conditions of a rule hold; a condition on what a thing does not have does not."""
    conditions = {name: getattr(rule, name) for name in ("tool", "branch", "path", "type", "tag")}
    return all(
        any(fnmatchcase(value, pattern) for value in has.get(name, ()))
        for name, pattern in conditions.items()
        if pattern is not None
    )
