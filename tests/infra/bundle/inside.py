"""Follows a bundle's INSTALL.md where there is no network but this machine's own; standard library only.

`unshare --map-root-user --net python inside.py BUNDLE FOLDER PORT` writes what each step said, as JSON.
"""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

_SET_FLAGS, _UP = 0x8914, 0x1


def main(bundle: Path, folder: Path, port: str) -> None:
    """Install, start, store, search, stop."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", _UP))
    home, ctx = folder / "home", str(folder / "installed" / "bin" / "ctx")
    environment = {"HOME": str(folder), "CONTEXTFS_HOME": str(home), "PATH": os.environ["PATH"]}

    def ran(*command: str) -> str:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{command}: {done.stdout[-1000:]} {done.stderr[-1000:]}")
        return done.stdout

    told = {"routes": Path("/proc/net/route").read_text().partition("\n")[2]}
    told["sums"] = ran("sh", "-c", f"cd {bundle} && sha256sum --check --quiet SHA256SUMS")
    told["installed"] = ran(sys.executable, str(bundle / "install.py"), str(folder / "installed"))
    told["up"] = ran(ctx, "up", "--port", port)
    try:
        ran(ctx, "memory", "add", "We deploy on Thursdays.", "--type", "decision", "--server")
        deadline = time.monotonic() + 60
        while "Thursdays" not in told.get("found", "") and time.monotonic() < deadline:
            time.sleep(0.5)
            told["found"] = ran(ctx, "search", "weekday of our releases", "--server", "--json")
    finally:
        ran(ctx, "down")
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
