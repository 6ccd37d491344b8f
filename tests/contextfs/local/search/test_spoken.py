"""The languages of a store's settings are read when their file changed, and remembered otherwise."""

import os

from contextfs.kit.languages import Languages
from contextfs.local import config, place
from contextfs.local.base.connection import Base
from contextfs.local.search.spoken import languages
from tests.contextfs.local.places import Machine

_LATER = 1 << 32
"""A file of this time may change in the same tick of its clock again, whenever the test runs."""


def test_settings_are_read_once_for_each_change(machine: Machine) -> None:
    here = place.required(machine.root)
    base = Base.open(here.local)
    reads: list[Languages] = []

    def read() -> Languages:
        reads.append(config.read(here.config).search.spoken)
        return reads[-1]

    def told() -> list[Languages]:
        return [languages(base, here, read) for _ in range(2)]

    os.utime(here.config, (1, 1))
    before = told()
    here.config.write_text(f'{here.config.read_text()}\n[search]\nlanguages = ["ru", "de"]\n')
    os.utime(here.config, (_LATER, _LATER))
    just_now = told()
    os.utime(here.config, (2, 2))
    later = told()
    base.close()

    assert (before, just_now, later) == ([(), ()], [("de", "ru")] * 2, [("de", "ru")] * 2)
    assert reads == [(), ("de", "ru"), ("de", "ru"), ("de", "ru")]
