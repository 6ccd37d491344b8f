"""Runs commands where there is no network but this machine's own, next to a model that answers there.

`unshare --map-root-user --net python cage.py ASKED` reads the commands from standard input, as JSON, and writes what
became of each. Standard library only.
"""

import fcntl
import json
import socket
import struct
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

_SET_FLAGS, _UP = 0x8914, 0x1


def main(asked: str) -> None:
    """Run the commands, one after the other."""
    _bring_up("lo")
    sys.path.insert(0, str(Path(__file__).parent))
    from model import served  # pyright: ignore  # noqa: PLC0415, PGH003 - beside this file, whatever is installed

    server = served(asked)
    Thread(target=server.serve_forever, daemon=True).start()
    json.dump([_ran(**one) for one in json.load(sys.stdin)], sys.stdout)


def _ran(command: list[str], cwd: str, env: dict[str, str], timeout: float) -> dict[str, Any]:
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=env,
            timeout=timeout,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return {"code": -1, "out": _text(error.stdout), "err": f"{_text(error.stderr)}\nafter {timeout} s"}
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}


def _text(said: "bytes | str | None") -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said or ""


def _bring_up(interface: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", interface.encode(), _UP))


if __name__ == "__main__":
    main(sys.argv[1])
