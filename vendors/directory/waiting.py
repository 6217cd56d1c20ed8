"""What of the directory waits for a person.

A merchant's page asks first whether there is anything, in one statement: mostly there is not, and the questions
themselves are dear. It is planned for the days that it asks about, so it goes alone.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain

from django.db import connection

from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.waiting import Waiting
from vendors.directory.enquiries import waiting as enquiries
from vendors.directory.evidence import notices
from vendors.directory.profiles import steps
from vendors.directory.requests import waiting as requests

#: Wider than what the topics ask for, never narrower.
IS_ANY = """
SELECT EXISTS (SELECT FROM directory_enquiry
        WHERE asker_id = %(own)s AND answered_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL),
    EXISTS (SELECT FROM directory_evidencerequest r JOIN directory_requesteditem i ON i.request_id = r.id
        WHERE r.merchant_id = %(own)s AND i.state IN ('asked', 'received')),
    EXISTS (SELECT FROM directory_relationship r JOIN directory_certificate c ON c.vendor_id = r.vendor_id
        WHERE r.merchant_id = %(own)s AND c.removed_at IS NULL AND c.expires_on BETWEEN %(since)s AND %(until)s)
"""


def waiting(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """One query for a merchant, and one for each topic that has something."""
    if not acting.organisation.is_merchant:
        topics = (steps.waiting, requests.waiting_requests, notices.waiting)
        return chain.from_iterable(topic(acting, at) for topic in topics)
    if not acting.has_role(Role.OWNER, Role.BUYER):
        return ()
    return _where_any(acting, at)


def _where_any(acting: Membership, at: datetime) -> Iterator[Waiting]:
    today, day = at.date(), timedelta(days=1)
    since, until = today - notices.TOLD_FOR - day, today + timedelta(days=max(notices.STEPS)) + day
    with connection.cursor() as cursor:
        cursor.execute(IS_ANY, {"own": acting.organisation_id, "since": since, "until": until})
        is_asked, is_requested, is_ending = cursor.fetchone()
    if is_asked:
        yield from enquiries.waiting(acting, at)
    if is_requested:
        yield from requests.waiting_requests(acting, at)
    if is_ending:
        yield from notices.waiting(acting, at)
