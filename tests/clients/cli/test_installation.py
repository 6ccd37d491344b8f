"""Where this `ctx` lies, as a shell sees it."""

import os
import sysconfig
from pathlib import Path

from clients.cli import installation

SCRIPTS = Path(sysconfig.get_path("scripts"))


def test_a_shell_that_finds_no_ctx_or_another_one_is_told_the_folder_of_this_one(tmp_path: Path) -> None:
    other = tmp_path / "other/ctx"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    linked = tmp_path / "linked/ctx"
    linked.parent.mkdir()
    linked.symlink_to(SCRIPTS / "ctx")

    told = [
        installation.beyond(os.pathsep.join(map(str, path)))
        for path in ([tmp_path], [other.parent, SCRIPTS], [SCRIPTS, other.parent], [linked.parent])
    ]

    assert [SCRIPTS, SCRIPTS, None, None] == told
