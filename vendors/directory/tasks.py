"""Where Celery finds the room's tasks: each topic keeps its own."""

from vendors.directory.evidence.tasks import expire
from vendors.directory.imports.tasks import bring_in, resume

__all__ = ["bring_in", "expire", "resume"]
