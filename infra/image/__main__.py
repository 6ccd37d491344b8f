"""Build the image here and list what it weighs and takes to load: `python -m infra.image` (needs root and buildah)."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.image.building import TAG, Failed, Image, lacking
from infra.image.loading import MOST_DOOR, MOST_EVENT, Loaded, doors, events, load
from infra.image.stand_in import NAME


def main() -> int:
    """Build, weigh, load, list; 2 when this machine cannot."""
    if (reason := lacking()) is not None:
        sys.stderr.write(f"The image cannot be built here: {reason}.\n")
        return 2
    with TemporaryDirectory(prefix="contextfs-image-") as folder:
        image = Image(Path(folder))
        try:
            image.build()
            sys.stdout.writelines(f"{line}\n" for line in listing(image.megabytes(), load(image, runs=3)))
            image.drop()
        except Failed as failed:
            sys.stderr.write(f"{failed}\n")
            return 1
    return 0


def listing(megabytes: dict[str, float], loaded: Loaded) -> Iterator[str]:
    """Tell sizes and times as a table."""
    yield f"image {megabytes[TAG]:.0f} MB, of it its base {megabytes[NAME]:.0f} MB (a stand-in for {NAME})"
    load_average = os.getloadavg()[0]
    yield f"CPU seconds to load, as user {loaded.uid}, on {os.cpu_count()} cores under a load of {load_average:.1f}"
    for what, names, most in (("services", doors(), MOST_DOOR), ("events and clock", events(), MOST_EVENT)):
        yield f"{what}, at most {most} s on an idle machine"
        yield from (f"  {name:28} {loaded.targets[name]:.2f}" for name in sorted(names, key=loaded.targets.__getitem__))


if __name__ == "__main__":
    sys.exit(main())
