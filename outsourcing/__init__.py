"""The roof (files) and the foundation (folders). Importing it makes Celery's app known to the tasks."""

from outsourcing.celery import app as celery_app

#: As in pyproject.toml; backups say which release took them.
RELEASE = "0.1.0"

__all__ = ["RELEASE", "celery_app"]
