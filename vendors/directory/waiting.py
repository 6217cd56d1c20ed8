"""What of the directory waits for a person.

A merchant's page asks first whether there is anything, together with the other rooms: mostly there is not, and the
questions themselves are dear.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.waiting import Things, Waiting
from outsourcing.shared.statements import Read, Values
from vendors.directory.enquiries import waiting as enquiries
from vendors.directory.evidence import notices
from vendors.directory.profiles import steps
from vendors.directory.requests import waiting as requests

#: A merchant that knows fewer vendors than these has the certificates of each looked at; for one that knows more,
#: those are looked through that end in these days.
FEW = 200
#: Wider than what the topics ask for, never narrower. By which side the certificates are found does not wait for
#: PostgreSQL to guess: planned for any days and any merchant (statements.py), one of them is a thousand times too slow.
IS_ANY = f"""
SELECT EXISTS (SELECT FROM directory_enquiry
        WHERE asker_id = %(own)s AND answered_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL) AS is_asked,
    EXISTS (SELECT FROM directory_evidencerequest r JOIN directory_requesteditem i ON i.request_id = r.id
        WHERE r.merchant_id = %(own)s AND i.state IN ('asked', 'received')) AS is_requested,
    CASE WHEN (SELECT count(*) FROM (SELECT FROM directory_relationship WHERE merchant_id = %(own)s LIMIT {FEW}) r)
            < {FEW}
        THEN EXISTS (SELECT FROM (SELECT vendor_id FROM directory_relationship WHERE merchant_id = %(own)s OFFSET 0) r
            CROSS JOIN LATERAL (SELECT FROM directory_certificate c WHERE c.vendor_id = r.vendor_id
                AND c.removed_at IS NULL AND c.expires_on BETWEEN %(since)s AND %(until)s OFFSET 0) c)
        ELSE EXISTS (SELECT FROM (SELECT vendor_id FROM directory_certificate
                WHERE removed_at IS NULL AND expires_on BETWEEN %(since)s AND %(until)s OFFSET 0) c
            WHERE EXISTS (SELECT FROM directory_relationship r
                WHERE r.merchant_id = %(own)s AND r.vendor_id = c.vendor_id OFFSET 0)) END AS is_ending
"""


def waiting(acting: Membership, at: datetime) -> Read[Things] | Things:
    """For a merchant, one query more for each topic that has something; for a vendor, one for each."""
    if not acting.organisation.is_merchant:
        topics = (steps.waiting, requests.waiting_requests, notices.waiting)
        return chain.from_iterable(topic(acting, at) for topic in topics)
    if not acting.has_role(Role.OWNER, Role.BUYER):
        return ()
    today, day = at.date(), timedelta(days=1)
    since, until = today - notices.TOLD_FOR - day, today + timedelta(days=max(notices.STEPS)) + day
    given = {"own": acting.organisation_id, "since": since, "until": until}
    return Read(IS_ANY, given, partial(_where_any, acting, at))


def _where_any(acting: Membership, at: datetime, rows: Sequence[Values]) -> Iterator[Waiting]:
    [is_any] = rows
    if is_any["is_asked"]:
        yield from enquiries.waiting(acting, at)
    if is_any["is_requested"]:
        yield from requests.waiting_requests(acting, at)
    if is_any["is_ending"]:
        yield from notices.waiting(acting, at)
