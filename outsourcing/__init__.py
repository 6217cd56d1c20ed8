"""The roof (files) and the foundation (folders). Importing it makes Celery's app known to the tasks."""

from outsourcing.celery import app as celery_app

__all__ = ["celery_app"]
