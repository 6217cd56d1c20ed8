"""Where `make bench` finds the room's points: each topic keeps its own."""

from vendors.directory.imports import bench as imports
from vendors.directory.search import bench as search

__all__ = ["imports", "search"]
