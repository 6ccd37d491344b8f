"""A line of ours in a script of somebody else's: it runs first, reads and says nothing, and goes without a trace."""

import subprocess
from pathlib import Path

import pytest

from clients.settings import touch
from clients.settings.script_edit import Script
from contextfs.kit.errors import Invalid

OURS = Script(line="sh -c 'echo noise; cat >> rang; false' hook cline TaskComplete", is_ours=" hook cline ")
THEIRS = ("#!/bin/sh\ncat\nexit 3\n", "#!/usr/bin/env bash\nexec cat", "#! /usr/bin/zsh -e\n")
ELSEWHERE = (
    *("#!/opt/homebrew/bin/bash\n", "#!/usr/local/bin/bash\ncat\n", "#!/usr/bin/env -S bash -e\ncat\n"),
    *("#!/bin/ksh\ncat\n", "#!/usr/bin/env -S A=1 sh\n"),
)
"""Scripts of shells that lie elsewhere, or are started with options."""
THEIR_OWN = (
    "#!/bin/sh\nif true; then\n  ctx hook cline TaskComplete\nfi\n",
    "#!/bin/sh\nX='a\u2028b hook cline c'\n",
    "#!/bin/sh\nX='a\x0cb hook cline c  # ContextFS'; echo $X\n",
)
"""Scripts with lines of the person's own that look like ours."""


def test_where_there_is_no_script_it_is_all_of_one_that_can_be_run(tmp_path: Path) -> None:
    file = tmp_path / "Hooks" / "TaskComplete"

    touch.install(tmp_path / "home", "hooks-cline", file, OURS)
    ran = subprocess.run([file], input=b"{}", capture_output=True, cwd=tmp_path, check=True)
    touch.uninstall(tmp_path / "home", "hooks-cline", file, OURS)

    assert (b"", b"") == (ran.stdout, ran.stderr)
    assert ("", False) == ((tmp_path / "rang").read_text(), file.parent.exists())


def test_a_script_that_is_there_reads_says_and_ends_as_before(tmp_path: Path) -> None:
    file = tmp_path / "TaskComplete"
    file.write_text(THEIRS[0])
    file.chmod(0o755)

    touch.install(tmp_path / "home", "hooks-cline", file, OURS)
    ran = subprocess.run([file], input=b"{}", capture_output=True, cwd=tmp_path, check=False)
    touch.uninstall(tmp_path / "home", "hooks-cline", file, OURS)

    assert (3, b"{}", b"") == (ran.returncode, ran.stdout, ran.stderr)
    assert (tmp_path / "rang").exists()
    assert (THEIRS[0], 0o755) == (file.read_text(), file.stat().st_mode & 0o777)


@pytest.mark.parametrize("theirs", [*THEIRS, *ELSEWHERE, *THEIR_OWN])
def test_it_is_there_once_and_goes_whatever_else_changed(theirs: str) -> None:
    once = OURS.apply(theirs)

    assert OURS.apply(once) == once
    assert (True, False) == (OURS.is_in(once), OURS.is_in(theirs))
    assert OURS.withdraw(f"{once}\n# more\n", theirs) == f"{theirs}\n# more\n"


def test_a_script_that_is_its_first_line_alone_runs_ours(tmp_path: Path) -> None:
    file = tmp_path / "TaskComplete"
    file.write_text(OURS.apply("#!/bin/sh"))

    subprocess.run(["/bin/sh", file], input=b"{}", cwd=tmp_path, check=True)

    assert (tmp_path / "rang").exists()


@pytest.mark.parametrize(
    "theirs", ["#!/usr/bin/env python3\nprint(1)\n", "echo without a first line\n", "#!/bin/shred\n", "#!\n"]
)
def test_what_no_shell_runs_is_refused_with_the_cure(theirs: str) -> None:
    with pytest.raises(Invalid, match="make it run `sh -c"):
        OURS.apply(theirs)
