"""What is read from git's files is what git itself says."""

import subprocess
from pathlib import Path

import pytest

from contextfs.local import git

SETTINGS = [
    "",
    "[user]\n\temail = ann@example.org\n",
    "[user]\n\tname = Ann\n\temail=ann@example.org\n\temail = eve@example.org\n[core]\n\temail = no@example.org\n",
    "[USER]\nEmail = ann@example.org\n",
    '[user "work"]\n\temail = no@example.org\n',
    "[user] email = ann@example.org\n",
    '[user]\n\temail = "ann@example.org" ; at work\n',
    "[user]\n\temail = ann@example.org # at work\n",
    "# [user]\n[user]\n\t# email = no@example.org\n\temail = ann@example.org\n",
    "[include]\n\tpath = more\n",
    "[user]\n\temail = no@example.org\n[include]\n\tpath = more\n",
    '[includeIf "gitdir:~/"]\n\tpath = more\n[user]\n\temail = ann@example.org\n',
    "[user]\n\temail =\n",
]


@pytest.mark.parametrize("own", SETTINGS)
@pytest.mark.parametrize("users", [*SETTINGS[:3], SETTINGS[9]])
def test_who_works_here_is_whom_git_knows(
    own: str, users: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / ".gitconfig").write_text(users)
    (tmp_path / "more").write_text("[user]\n\temail = included@example.org\n")
    found = repository(tmp_path / "project")
    with (found.common / "config").open("a") as file:
        file.write(own)
    (found.common / "more").write_text("[user]\n\temail = nearer@example.org\n")

    assert said(found, "config", "user.email") == (found.email() or "")


@pytest.mark.parametrize("then", [(), ("pack-refs", "--all")], ids=["loose", "packed"])
def test_the_commit_that_is_checked_out_is_found_loose_and_packed(
    then: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = repository(tmp_path / "project")
    said(found, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--allow-empty", "--message", "one")
    said(found, *then)
    commit = said(found, "rev-parse", "HEAD")
    monkeypatch.setenv("PATH", "")  # no git is asked

    assert found.tip() == commit


def repository(root: Path) -> git.Repository:
    """Make a repository."""
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    found = git.repository(root)
    assert found is not None
    return found


def said(found: git.Repository, *arguments: str) -> str:
    """Ask git itself."""
    asked = ["git", "-C", str(found.root), *arguments]
    return subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip()
