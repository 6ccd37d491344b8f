"""The mistakes that a revision library can make; the property tests have to notice each of them."""

from tests.mutation import Mutant

_ROOM = "domain/memories/"


def _mutant(name: str, file: str, right: str, wrong: str) -> Mutant:
    return Mutant(name, _ROOM + file, right, wrong)


MUTANTS = (
    _mutant(
        "drop a parent", "revisions.py", "tuple(sorted(set(self.parents))))", "tuple(sorted(set(self.parents)))[:1])"
    ),
    _mutant("build on one head alone", "view.py", "parents=seen.heads, fields", "parents=seen.heads[:1], fields"),
    _mutant(
        "put the time into the id",
        "revisions.py",
        '"parents": revision.parents,',
        '"parents": [*revision.parents, revision.clock],',
    ),
    _mutant("the first copy wins", "revisions.py", "if held is not revision and (", "if held is None and ("),
    _mutant(
        "the latest copy wins",
        "revisions.py",
        "(revision.clock, revision.author) < (held.clock, held.author)",
        "(revision.clock, revision.author) > (held.clock, held.author)",
    ),
    _mutant(
        "ignore ties of authors",
        "revisions.py",
        "(revision.clock, revision.author) < (held.clock, held.author)",
        "revision.clock < held.clock",
    ),
    _mutant(
        "what was known then, without its past",
        "revisions.py",
        "for name in sorted(made | _ancestors(known, made)))",
        "for name in sorted(made))",
    ),
    _mutant("lose what lies deep", "revisions.py", "                waiting.append(parent)\n", ""),
    _mutant(
        "leave heads unsorted",
        "view.py",
        "for name in sorted(known.keys() - built_on))",
        "for name in known if name not in built_on)",
    ),
    _mutant(
        "show one head of several",
        "view.py",
        "if others else (last.fields, last)",
        "if not last else (last.fields, last)",
    ),
    _mutant("begin with the latest", "view.py", "begun = min((one", "begun = max((one"),
    _mutant(
        "no change is a change",
        "view.py",
        "        return None\n    return Revision(",
        "        pass\n    return Revision(",
    ),
    _mutant(
        "merge by text",
        "merge.py",
        "return tuple(dict.fromkeys(text for rank in _ranks(writes) for text in shown[rank][_BODY]))",
        'return ("\\n".join(dict.fromkeys(text for rank in _ranks(writes) for text in shown[rank][_BODY])),)',
    ),
    _mutant(
        "the last text wins",
        "merge.py",
        "return tuple(dict.fromkeys(text for rank in _ranks(writes) for text in shown[rank][_BODY]))",
        "return shown[writes.bit_length() - 1][_BODY]",
    ),
    _mutant(
        "an open conflict counts as settled",
        "merge.py",
        "shows[_BODY] = fields.bodies",
        "shows[_BODY] = fields.bodies[:1]",
    ),
    _mutant(
        "the order of texts is a write",
        "merge.py",
        "        written.remove(_BODY)\n",
        "        pass\n",
    ),
    _mutant(
        "bring back what was overwritten",
        "merge.py",
        "sight.writes.get(register, 0) | ~sight.seen",
        "-1",
    ),
    _mutant("lose a tombstone", "merge.py", "deleted=all(tip.fields.deleted for tip in last)", "deleted=False"),
    _mutant(
        "a deletion wins over an edit",
        "merge.py",
        "deleted=all(tip.fields.deleted for tip in last)",
        "deleted=any(tip.fields.deleted for tip in last)",
    ),
    _mutant(
        "tags only grow",
        "merge.py",
        "    written += before.shows.keys() - shows.keys()\n",
        '    written += {one for one in before.shows.keys() - shows.keys() if one[0] != "tags"}\n',
    ),
    _mutant(
        "a removal wins over an addition",
        "merge.py",
        "        return next((value for value in values if value is not _ABSENT), _ABSENT)\n",
        "        return min(values, key=lambda value: value is not _ABSENT)\n",
    ),
    _mutant(
        "the first writer wins",
        "merge.py",
        "    return shown[writes.bit_length() - 1].get(register, _ABSENT)\n",
        "    return shown[(writes & -writes).bit_length() - 1].get(register, _ABSENT)\n",
    ),
    _mutant(
        "ignore the clocks",
        "merge.py",
        "(node.revision for node in story), key=lambda revision: (revision.clock, revision.id)",
        "(node.revision for node in story), key=lambda revision: revision.id",
    ),
    _mutant("one is true", "merge.py", 'shows["metadata", key] = canonical(value)', 'shows["metadata", key] = value'),
    _mutant(
        "stop at the first fork", "merge.py", "if len(story) == len(met) and not roots:", "if len(story) == len(met):"
    ),
    _mutant("forget another beginning", "merge.py", "        roots += not parents\n", ""),
    _mutant("who agrees is in conflict", "agreement.py", "if here != there and not", "if here is None and not"),
    _mutant("who said it last began it", "agreement.py", "begun = min(said", "begun = max(said"),
    _mutant("trust the wall clock", "clock.py", "    if wall > seen.millis:\n", "    if wall:\n"),
    _mutant("no cap on drift", "clock.py", "seen = capped(last, now)", "seen = last"),
    _mutant("a clock that stands still", "clock.py", "count=seen.count + 1)", "count=seen.count)"),
    _mutant(
        "do not listen to others",
        "clock.py",
        "seen if last is None else max(last, seen)",
        "seen if last is None else last",
    ),
    _mutant("leave keys unsorted", "canonical.py", "names = sorted(value)", "names = list(value)"),
)
"""A mistake's name, where it is made, what stands there, and what is put in its place."""
