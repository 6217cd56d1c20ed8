"""Where Celery finds the room's tasks: each topic keeps its own."""

from vendors.directory.evidence.tasks import expire
from vendors.directory.imports.tasks import bring_in, resume
from vendors.directory.profiles.tasks import refresh_listings_of, resume_listings
from vendors.directory.search.tasks import fold, recount

__all__ = ["bring_in", "expire", "fold", "recount", "refresh_listings_of", "resume", "resume_listings"]
