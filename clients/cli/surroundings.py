"""The machine that a command runs on: whose home it is, what the environment says, and which Python runs."""

import os
import sys
from pathlib import Path

from contextfs.local.setup.model import Surroundings


def surroundings() -> Surroundings:
    """Tell of the machine around."""
    return Surroundings(
        home=Path.home(), environment=os.environ, platform=sys.platform, executable=Path(sys.executable)
    )
