"""Erasing somebody who was asked by a shop: all that this shop keeps of their name and address goes, whatever they were
asked about, and so does what we sent them. What other shops keep is theirs, and goes through their links.

By their own link their words go too; where the shop does it for them, what they said stays without a name.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from outsourcing.accounts.erasing import Keys, person_of
from outsourcing.accounts.models import Organisation
from outsourcing.notifications.holdings import ABOUT_THEM, TO_THEM
from outsourcing.notifications.ladders import erasing as ladders
from outsourcing.notifications.ladders import planning
from outsourcing.notifications.models import Mail
from outsourcing.shared.erasing import erase
from outsourcing.shared.holdings import ADDRESS, ERASED
from vendors.directory.enquiries import mails
from vendors.directory.enquiries.asking import ENQUIRY as RULE
from vendors.directory.enquiries.links import with_subject
from vendors.directory.enquiries.unsaying import unsay
from vendors.directory.holdings import ENQUIRY, PARTNER, REFERENCE, TESTIMONIAL, WORDS
from vendors.directory.models import Enquiry, Reference
from vendors.directory.search import index

State = Reference.State
#: The mails about an enquiry, by the beginning of their occurrence.
LETTERS = ("enquiry", "enquiry-answered", "enquiry-declined", "enquiry-withdrawn")


@transaction.atomic
def erase_by_link(enquiry: Enquiry, *, at: datetime) -> None:
    """For the person: name, address and words, wherever this shop keeps them. A second time changes nothing."""
    asker, addresses = enquiry.asker, {enquiry.email}
    asked = _asked(asker, addresses, enquiry.reference_id)
    was_open = Enquiry.objects.unanswered().filter(pk=enquiry.pk).exists()
    had_answered = [one for one in asked if unsay(one, at=at)]
    _erase(asker, asked, addresses, about=enquiry.reference_id, words=True, at=at)
    enquiry.name, enquiry.email = "", ""
    if had_answered or was_open:
        mails.post_answered(enquiry, what="withdrawn" if had_answered else "declined")


@transaction.atomic
def erase_by_shop(reference: Reference, *, at: datetime) -> None:
    """For the shop, on a referee's wish: name and address go, what they said stays without them. A second time changes
    nothing."""
    asker = reference.merchant
    assert asker is not None  # a shop's own, which is what its pages show
    addresses = {reference.email} - {""}
    asked = _asked(asker, addresses, reference.pk)
    _erase(asker, asked, addresses | {one.email for one in asked}, about=reference.pk, words=False, at=at)


def _asked(asker: Organisation, addresses: Iterable[str], reference: int | None) -> list[Enquiry]:
    """All that this shop asked these addresses, or about this reference; held until the transaction ends."""
    theirs = Q(email__in=addresses) | Q(reference__isnull=False, reference=reference)
    rows = with_subject().filter(theirs, asker=asker).order_by("pk").select_for_update(of=("self",))
    return sorted(rows, key=lambda one: one.vendor.pk)  # listings are written anew in the order of vendors


def _erase(
    asker: Organisation, asked: list[Enquiry], addresses: set[str], *, about: int | None, words: bool, at: datetime
) -> None:
    enquiries = [one.pk for one in asked]
    addresses = {one for one in addresses if not one.endswith(ERASED)}
    own = Reference.objects.filter(merchant=asker).filter(
        Q(pk__in=[one.reference_id for one in asked if one.reference_id]) | Q(email__in=addresses) | Q(pk=about)
    )
    references = list(own.order_by("pk"))
    open_ones = Enquiry.objects.unanswered().filter(pk__in=enquiries)
    open_ones.update(declined_at=at)
    planning.follow(RULE, enquiries, at=at)
    Reference.objects.filter(pk__in=[one.pk for one in references], state=State.ASKED).update(state=State.DECLINED)
    letters = Mail.objects.filter(occurrence__in=[f"{kind}:{key}" for key in enquiries for kind in LETTERS])
    letters.cancel(_("Erased"))
    ladders.erase(RULE, enquiries, gone=f"erased{ERASED}")
    names = {one.name for one in (*asked, *references)} | {one.said_by for one in asked}  # type: ignore[attr-defined]
    keys: Keys = {
        ENQUIRY: enquiries,
        REFERENCE: [one.pk for one in references],
        WORDS: [one.pk for one in references] if words else [],
        TESTIMONIAL: [one.testimonial_id for one in asked if one.testimonial and _is_quoted(one, one.testimonial)],
        PARTNER: [one.partner_id for one in asked if one.partner and _is_quoted(one, one.partner)],
        ADDRESS: sorted(addresses),
        TO_THEM: list(letters.filter(address__in=addresses).values_list("pk", flat=True)),
        ABOUT_THEM: list(letters.exclude(address__in=addresses).values_list("pk", flat=True)),
    }
    erase(person_of(keys, names, organisations=[asker.pk], at=at))
    index.refresh({one.vendor.pk for one in asked} | {one.vendor_id for one in references})


def _is_quoted(enquiry: Enquiry, statement: object) -> bool:
    """Whether a statement names the person who was asked about it."""
    names = {name.casefold() for name in (enquiry.name, enquiry.said_by) if name}
    person, email = getattr(statement, "person", ""), getattr(statement, "email", "")
    return bool(email and email.lower() == enquiry.email) or bool(person and person.casefold() in names)
