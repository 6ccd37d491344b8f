"""Builds the image by its recipe with buildah, in a store of its own, and runs programs in it as the image says."""

import os
import shutil
import signal
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from infra.image import stand_in
from infra.kit.source import DOCKERFILE, ROOT

TAG = "contextfs:local"

_ISOLATION = "--isolation=chroot"
"""A changed root is enough here, and works inside containers and machines of all kinds."""
_FROM_THIS_MACHINE = ("/etc/pip.conf", "/etc/ssl/certs")
"""By what pip finds its way here, where it needs that; the image keeps none of it."""


class Failed(RuntimeError):
    """A step went wrong; the message ends with its last words."""


def lacking() -> str | None:
    """Name what this machine lacks to build; None when it lacks nothing."""
    return "buildah is not installed" if shutil.which("buildah") is None else stand_in.lacking()


class Image:
    """One image. `folder` is where all of it is kept: some GB; nothing outside of it is touched."""

    def __init__(self, folder: Path) -> None:
        store = ("--root", str(folder / "root"), "--runroot", str(folder / "run"), "--storage-driver", "vfs")
        self._buildah = ("buildah", *store)
        self._folder = folder
        self._container = ""

    def build(self) -> None:
        """Make the base and, by the recipe, the image."""
        with TemporaryDirectory(dir=self._folder) as made:
            Path(made).chmod(0o755)
            stand_in.make(Path(made))
            container = self._do("from", "scratch").strip()
            self._do("copy", "--quiet", container, made, "/")
        self._do("config", "--env", "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", container)
        self._do("commit", "--quiet", "--rm", container, stand_in.NAME)
        mounts = [f"--volume={path}:{path}:ro" for path in _FROM_THIS_MACHINE if Path(path).exists()]
        self._do("bud", _ISOLATION, "--pull-never", *mounts, "--file", str(DOCKERFILE), "--tag", TAG, str(ROOT))
        self._container = self._do("from", _ISOLATION, "--pull-never", TAG).strip()

    def megabytes(self) -> dict[str, float]:
        """Weigh the base and the image, in MB."""
        told = msgspec.json.decode(self._do("images", "--json"), type=list[dict[str, object]])
        names = {str(one["names"]): _megabytes(str(one["size"])) for one in told}
        return {name: size for said, size in names.items() for name in (stand_in.NAME, TAG) if name in said}

    def run(self, *command: str, environment: Mapping[str, str], told: str = "") -> str:
        """Run a program in a container, as the image's user; give what it wrote. `told` is what it reads."""
        return self._do("run", _ISOLATION, *_variables(environment), self._container, *command, told=told)

    @contextmanager
    def started(self, *command: str, environment: Mapping[str, str], log: Path) -> Generator["subprocess.Popen[bytes]"]:
        """Run a program that goes on, and end it; it shares this machine's loopback, and writes to `log`."""
        whole = [*self._buildah, "run", _ISOLATION, *_variables(environment), self._container, *command]
        with log.open("wb") as file:
            process = subprocess.Popen(whole, stdout=file, stderr=file, start_new_session=True)  # noqa: S603 - ours
        try:
            yield process
        finally:
            _end(process)

    def save(self, archive: Path, name: str) -> None:
        """Write the image to a file that `docker load` reads, named `name` in it."""
        self._do("push", "--quiet", TAG, f"docker-archive:{archive}:{name}")

    def drop(self) -> None:
        """Give the containers up; what is left is files in the folder."""
        self._do("rm", "--all")

    def _do(self, *arguments: str, told: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - our own arguments
            [*self._buildah, *arguments], input=told, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise Failed(f"buildah {arguments[0]} failed: {' | '.join(done.stderr.splitlines()[-5:])}")
        return done.stdout


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a session of processes that we began: gently, and after a while for good."""
    for ending, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 20)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, ending)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def _variables(environment: Mapping[str, str]) -> list[str]:
    return [f"--env={name}={value}" for name, value in environment.items()]


def _megabytes(size: str) -> float:
    number, unit = size.split()
    return float(number) * {"KB": 0.001, "MB": 1, "GB": 1000}[unit]
