"""What is left of an answer that is taken back: the rows, where nobody reads them, and nothing that counts."""

from datetime import datetime
from typing import Any

from vendors.directory.domains import registered_domain
from vendors.directory.models import Enquiry, Level, Reference, ReferenceAnswer, Sharing
from vendors.directory.search import index


def unsay(enquiry: Enquiry, *, at: datetime) -> bool:
    """Have what was said through a link count and show nowhere from now on; False where it was taken back already. In
    the caller's transaction."""
    said = Enquiry.objects.filter(pk=enquiry.pk, withdrawn_at=None, answered_at__isnull=False)
    if not said.update(withdrawn_at=at, is_right=None):
        return False
    if enquiry.reference_id is not None:
        ReferenceAnswer.objects.filter(reference=enquiry.reference_id).update(withdrawn_at=at, sharing=Sharing.NOTHING)
        Reference.objects.filter(pk=enquiry.reference_id).update(
            state=Reference.State.WITHDRAWN, is_shared=False, level=Level.SAID, level_reason=""
        )
    elif speaks_for_all(enquiry):
        # The statement is nobody's but the vendor's again.
        type(enquiry.subject)._default_manager.filter(pk=enquiry.subject.pk).update(
            level=Level.SAID, level_reason="", confirmed_at=None, disputed_at=None
        )
    index.refresh([enquiry.vendor.pk])
    return True


def speaks_for_all(enquiry: Enquiry) -> bool:
    """Whether this address may change what the statement says to everybody who sees it."""
    subject = enquiry.subject
    known = {registered_domain(site_of(subject)), registered_domain(getattr(subject, "email", ""))}
    return subject.merchant_id == enquiry.asker_id or registered_domain(enquiry.email) in known - {""}


def site_of(subject: Any) -> str:
    """The web site of the company that a statement names, as far as it says."""
    return str(getattr(subject, "website", "") or getattr(subject, "url", ""))
