"""Work about profiles that no page waits for."""

from celery import shared_task

from vendors.directory.models import FacetValue
from vendors.directory.profiles import staff


@shared_task
def refresh_listings_of(value: int) -> None:
    """After staff changed a value: the vendors that say it are found by its new words."""
    if found := FacetValue.objects.filter(pk=value).first():
        staff.refresh_listings(found)
