"""For whom a bundle is made: an operating system, its processor and a version of Python (pure)."""

import platform
import re
import sys
from collections.abc import Iterator

import msgspec
from packaging.requirements import Requirement

from infra.bundle.refusal import Refused

_LINUX_LIBC = (17, 24, 26, 27, 28)
"""Minor versions of glibc 2 that wheels are built for; 2.28 is of 2018."""
_MACOS = (11, 12, 13, 14)

PLATFORMS = {
    "linux-x86_64": ("linux", "x86_64"),
    "linux-aarch64": ("linux", "aarch64"),
    "macos-arm64": ("darwin", "arm64"),
}
"""Names of what a bundle can be for, with `sys.platform` and `platform.machine()` there."""


class Target(msgspec.Struct, frozen=True):
    """A platform by its name, and a version of Python ("3.12")."""

    platform: str
    python: str

    def __post_init__(self) -> None:
        """Refuse what no bundle can be for."""
        if self.platform not in PLATFORMS:
            raise Refused(f"No bundle can be made for {self.platform!r}: choose {', '.join(PLATFORMS)}.")
        if not re.fullmatch(r"3\.\d{2}", self.python) or int(self.python[2:]) < 11:
            raise Refused(f"ContextFS needs Python 3.11 or newer, and a bundle one version of it: not {self.python!r}.")

    @property
    def name(self) -> str:
        """What the bundle's name ends with."""
        return f"{self.platform}-py{self.python.replace('.', '')}"

    def for_pip(self) -> list[str]:
        """Give the options by which pip takes wheels of this target and no others."""
        system, machine = PLATFORMS[self.platform]
        if system == "linux":
            tags = [*(f"manylinux_2_{minor}_{machine}" for minor in _LINUX_LIBC), f"manylinux2014_{machine}"]
        else:
            tags = [f"macosx_{major}_0_{machine}" for major in _MACOS]
        return [
            *("--only-binary=:all:", "--implementation=cp", f"--python-version={self.python}"),
            *(f"--platform={tag}" for tag in tags),
        ]


def of_this_machine() -> Target:
    """Name the target that runs this; Refused where none of the platforms is."""
    here = (sys.platform, platform.machine())
    named = next((name for name, there in PLATFORMS.items() if there == here), "-".join(here))
    return Target(named, "{}.{}".format(*sys.version_info))


def wanted(lock: str, target: Target) -> str:
    """Give what of a lock the target installs, each package with its hashes and without its condition.

    pip asks conditions of the machine that downloads, so they are asked here. Of a condition on the third number of
    Python's version, both sides are taken.
    """
    return "".join(f"{block}\n" for block in _blocks(lock, target))


def _blocks(lock: str, target: Target) -> Iterator[str]:
    for block in re.findall(r"^\w.*(?:\n[ \t]+--hash=.*)*", lock, re.MULTILINE):
        head, *hashes = block.splitlines()
        requirement = Requirement(head.removesuffix("\\").strip())
        marker, requirement.marker = requirement.marker, None
        if marker is None or any(marker.evaluate(one) for one in _environments(target)):
            yield " \\\n".join([str(requirement), *(line.strip().removesuffix("\\").strip() for line in hashes)])


def _environments(target: Target) -> Iterator[dict[str, str]]:
    system, machine = PLATFORMS[target.platform]
    for last in (0, 99):
        yield {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": machine,
            "platform_python_implementation": "CPython",
            "platform_system": system.capitalize(),
            "python_full_version": f"{target.python}.{last}",
            "python_version": target.python,
            "sys_platform": system,
        }
