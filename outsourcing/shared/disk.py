"""What stands on the disk for good."""

import os
from pathlib import Path


def sync(folder: Path) -> None:
    """Have the names in `folder` on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
