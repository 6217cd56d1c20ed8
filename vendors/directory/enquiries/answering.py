"""What somebody does through the link: save, answer, decline, choose who may see it, take it back.

Each is one conditional update, so that of two at once one wins; each is one transaction.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.notifications.ladders import planning
from vendors.directory.domains import is_free_mail, registered_domain
from vendors.directory.enquiries import mails
from vendors.directory.enquiries.asking import ENQUIRY
from vendors.directory.enquiries.errors import NoLongerOpen, NotAskable
from vendors.directory.enquiries.unsaying import site_of, speaks_for_all, unsay
from vendors.directory.models import Enquiry, Level, Reference, ReferenceAnswer, Sharing, Vendor
from vendors.directory.references import levels
from vendors.directory.references.actions import lock_open, take_back
from vendors.directory.search import index

State = Reference.State


@transaction.atomic
def save_draft(enquiry: Enquiry, draft: Mapping[str, list[str]], *, at: datetime) -> None:
    """Keep what was typed so far. Raises NoLongerOpen."""
    if not Enquiry.objects.open(at).filter(pk=enquiry.pk).update(draft=dict(draft), saved_at=at):
        raise NoLongerOpen(_("This link no longer takes an answer."))
    planning.follow(ENQUIRY, [enquiry.pk], at=at)


@transaction.atomic
def answer(enquiry: Enquiry, given: Mapping[str, Any], *, at: datetime) -> ReferenceAnswer:
    """Send a referee's answer, once; `given` are the cleaned fields of `AnswerForm`. Raises NoLongerOpen."""
    _close(enquiry, at, answered_at=at, draft={}, saved_at=None)
    reference = _locked(enquiry)
    level, reason = levels.level_of(
        channel=Reference.Channel.LINK,
        email=enquiry.email,
        website=reference.website,
        vendor_domains=vendor_domains(reference.vendor),
        asker_domains=asker_domains(enquiry),
        has_conflict=given["has_conflict"],
    )
    made = _write(reference, given, level=level, reason=reason, at=at, sharing=given["sharing"])
    mails.post_answered(enquiry, what="answered")
    return made


@transaction.atomic
def record(
    reference: Reference, given: Mapping[str, Any], *, channel: str, on: date, by: Membership, at: datetime
) -> ReferenceAnswer:
    """Write down what a referee said by phone or in person on a day; an open link ends. Only the shop sees it.

    Raises NotAskable where there is an answer already.
    """
    lock_open(reference=reference)
    now = Reference.objects.select_for_update().get(pk=reference.pk)
    if now.state in (State.ANSWERED, State.WITHDRAWN) or now.removed_at:  # type: ignore[attr-defined]
        raise NotAskable(_("There is an answer already."))
    take_back(reference, at=at)
    Reference.objects.filter(pk=reference.pk).update(channel=channel, contacted_on=on)
    level, reason = levels.level_of(channel=channel, has_conflict=given["has_conflict"])
    return _write(reference, given, level=level, reason=reason, at=at, sharing=Sharing.NOTHING, recorded_by=by)


def _write(
    reference: Reference, given: Mapping[str, Any], *, level: Level, reason: str, at: datetime, **more: Any
) -> ReferenceAnswer:
    fields = {name: given[name] for name in given if name not in ("services", "orders", "sharing", "channel", "on")}
    made = ReferenceAnswer.objects.create(
        reference=reference, orders_id=given.get("orders"), answered_at=at, **fields, **more
    )
    made.services.set(given.get("services") or [])
    Reference.objects.filter(pk=reference.pk).update(
        state=State.ANSWERED, level=level, level_reason=reason, is_shared=made.sharing != Sharing.NOTHING
    )
    index.refresh([reference.vendor_id])
    return made


@transaction.atomic
def decline(enquiry: Enquiry, *, reason: str, at: datetime) -> None:
    """Would rather not. Raises NoLongerOpen."""
    _close(enquiry, at, declined_at=at, declined_reason=reason, draft={}, saved_at=None)
    if enquiry.reference_id is not None:
        Reference.objects.filter(pk=enquiry.reference_id).update(state=State.DECLINED)
        index.refresh([enquiry.vendor.pk])
    mails.post_answered(enquiry, what="declined")


@transaction.atomic
def share(enquiry: Enquiry, sharing: str) -> None:
    """Choose anew what other shops may see of an answer. Raises NoLongerOpen where it was taken back."""
    assert enquiry.reference_id is not None
    answers = ReferenceAnswer.objects.filter(reference=enquiry.reference_id, withdrawn_at=None, recorded_by=None)
    if enquiry.withdrawn_at or not enquiry.answered_at or not answers.update(sharing=sharing):
        raise NoLongerOpen(_("There is no answer of yours."))
    Reference.objects.filter(pk=enquiry.reference_id).update(is_shared=sharing != Sharing.NOTHING)
    index.refresh([enquiry.vendor.pk])


@transaction.atomic
def withdraw(enquiry: Enquiry, *, at: datetime) -> None:
    """Take back what was said: it counts and shows nowhere from now on. Raises NoLongerOpen."""
    if not unsay(enquiry, at=at):
        raise NoLongerOpen(_("It was taken back already."))
    mails.post_answered(enquiry, what="withdrawn")


# ---- Testimonials and partners -------------------------------------------------------------------------------------
@transaction.atomic
def confirm(enquiry: Enquiry, *, is_right: bool, said_by: str, comment: str, at: datetime) -> None:
    """A quoted company or a partner says whether it is right. Raises NoLongerOpen.

    What belongs to the asker, and what the statement itself names an address, a page or a web site for at the same
    domain, changes for everybody; another address, which only this shop chose, changes nothing that others see.
    """
    _close(enquiry, at, answered_at=at, is_right=is_right, said_by=said_by, comment=comment)
    subject = enquiry.subject
    level, reason = levels.level_of(
        channel=Reference.Channel.LINK,
        email=enquiry.email,
        website=site_of(subject),
        vendor_domains=vendor_domains(subject.vendor),
        asker_domains=asker_domains(enquiry),
    )
    if speaks_for_all(enquiry):
        rows = type(subject)._default_manager.filter(pk=subject.pk)
        if not is_right:
            level, reason = Level.SAID, _("Disputed by the company")
        dates = {"confirmed_at": at if is_right else None, "disputed_at": None if is_right else at}
        rows.update(level=level, level_reason=reason, **dates)
        index.refresh([subject.vendor_id])
    mails.post_answered(enquiry, what="answered")


# ---- Shared pieces -------------------------------------------------------------------------------------------------
def vendor_domains(vendor: Vendor) -> set[str]:
    """Domains of the vendor's web site and of its people, free mail aside. One query."""
    people = Membership.objects.filter(organisation=vendor.organisation_id, user__isnull=False)
    own = {registered_domain(email) for email in people.values_list("email", flat=True) if not is_free_mail(email)}
    return (own | {vendor.domain}) - {""}


def asker_domains(enquiry: Enquiry) -> set[str]:
    """Domains of the asking shop's people, free mail aside. One query."""
    people = Membership.objects.current().filter(organisation=enquiry.asker_id).values_list("email", flat=True)
    return {registered_domain(email) for email in people if not is_free_mail(email)} - {""}


def _close(enquiry: Enquiry, at: datetime, **values: Any) -> None:
    if not Enquiry.objects.open(at).filter(pk=enquiry.pk).update(**values):
        raise NoLongerOpen(_("This link no longer takes an answer."))


def _locked(enquiry: Enquiry) -> Reference:
    assert enquiry.reference_id is not None
    found: Reference = (
        Reference.objects.select_for_update(of=("self",))
        .select_related("vendor")
        .get(  # type: ignore[assignment]
            pk=enquiry.reference_id
        )
    )
    return found
