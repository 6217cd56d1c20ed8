"""What an erasure does here besides: what waits for somebody who is erased is not sent."""

from django.db.models import Q
from django.utils.translation import gettext as _

from outsourcing.notifications.holdings import PARTIES
from outsourcing.notifications.models import Mail
from outsourcing.shared.erasing import Person
from outsourcing.shared.holdings import ADDRESS, MEMBERSHIP, condition


def cancel(person: Person) -> None:
    """For erasures: take back what has not begun to go."""
    Mail.objects.filter(membership__in=person.keys.get(MEMBERSHIP, ())).cancel(_("Erased"))
    by_address = Mail.objects.filter(address__in=person.keys.get(ADDRESS, ()))
    theirs = condition(PARTIES, person.organisations) or Q(pk__in=[])
    (by_address if person.is_whole else by_address.filter(theirs)).cancel(_("Erased"))
