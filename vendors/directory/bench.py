"""Where `make bench` finds the room's points: each topic keeps its own."""

from vendors.directory.imports import bench as imports

__all__ = ["imports"]
