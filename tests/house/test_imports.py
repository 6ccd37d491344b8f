"""Who may import whom: the contracts stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT


def test_arrows_point_down_and_form_no_circle() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    ended = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout[-3000:]


def test_the_manifest_loads_no_handler_and_nothing_from_elsewhere() -> None:
    code = (
        "import sys; before = set(sys.modules); import functions.manifest;"
        "new = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names)));"
        "ours = {name for name in sys.modules if name.startswith('functions.')};"
        "print(sorted(name for name in ours if not name.startswith('functions.manifest')))"
    )

    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ended.stdout == "['contextfs', 'functions']\n[]\n"
