"""Where `make bench` finds the room's points: each topic keeps its own."""

from vendors.sourcing.comparing import bench as comparing
from vendors.sourcing.pipeline import bench as pipeline

__all__ = ["comparing", "pipeline"]
