"""What search reads is right without these tasks, which only tidy it: a lost one is made up for by the next."""

from celery import shared_task

from vendors.directory.search import index


@shared_task
def fold() -> None:
    """Sum up what listings have added to the tallies, so that a page reads one row for each value."""
    index.fold()


@shared_task
def recount() -> None:
    """Count the words anew: those that nobody uses any more are proposed no longer."""
    index.recount()
