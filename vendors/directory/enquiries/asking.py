"""Writing to a referee, or to a company that is quoted or named as a partner: who may be asked, how often, the mail."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.notifications.ladders import planning
from vendors.directory.enquiries import mails
from vendors.directory.enquiries.errors import NotAskable, TooManyEnquiries
from vendors.directory.models import Contact, Enquiry, Partner, Purpose, Reference, Testimonial, Vendor
from vendors.directory.references.actions import lock_open
from vendors.directory.search import index

Subject = Reference | Testimonial | Partner
PURPOSES: dict[type, Purpose] = {
    Reference: Purpose.REFERENCE,
    Testimonial: Purpose.TESTIMONIAL,
    Partner: Purpose.PARTNER,
}
#: Mails of one shop, and to one address, within 24 hours: enough for any shop, too few for a spammer.
MOST_A_DAY, MOST_TO_ONE, DAY = 50, 3, timedelta(days=1)
#: Nobody is asked about one vendor by one shop under two entries within this time.
ENQUIRY = "enquiry"
LATELY = timedelta(days=30)
State = Reference.State


@transaction.atomic
def ask(about: Subject, *, by: Membership, at: datetime, email: str = "", name: str = "", message: str = "") -> Enquiry:
    """Post the mail with the link; an earlier one about the same no longer works, what was saved in it is carried over.

    `email` and `name` are the referee's own where none are given. Raises NotAskable and TooManyEnquiries.
    """
    Organisation.objects.select_for_update().get(pk=by.organisation_id)  # the caps hold for two at once
    purpose = PURPOSES[type(about)]
    email = (email or about.email).lower()
    lock_open(**{purpose.value: about})
    name = name or (about.name if isinstance(about, Reference) else getattr(about, "person", ""))
    _see_that_it_may_be_asked(about, email, by=by, at=at)
    earlier = Enquiry.objects.filter(asker=by.organisation_id, **{purpose.value: about})
    last = earlier.filter(email=email).order_by("-created_at").first()
    over = list(earlier.unanswered().values_list("pk", flat=True))
    earlier.unanswered().update(revoked_at=at)
    enquiry = Enquiry.objects.create(
        purpose=purpose,
        asker=by.organisation,
        asked_by=by,
        email=email,
        name=name,
        message=message,
        draft=last.draft if last else {},
        saved_at=last.saved_at if last else None,
        created_at=at,
        expires_at=at + Enquiry.LASTS,
        **{purpose.value: about},
    )
    enquiry.mail = mails.post_request(enquiry)
    enquiry.save(update_fields=["mail"])
    planning.follow(ENQUIRY, [*over, enquiry.pk], at=at)
    if isinstance(about, Reference):
        Reference.objects.filter(pk=about.pk).update(
            state=State.ASKED, channel=Reference.Channel.LINK, contacted_on=at.astimezone(by.zone).date()
        )
        index.refresh([about.vendor_id])
    return enquiry


@transaction.atomic
def revoke(enquiry: Enquiry, *, at: datetime) -> None:
    """Take a link back. Raises NotAskable where there is nothing left to take back."""
    if not Enquiry.objects.unanswered().filter(pk=enquiry.pk).update(revoked_at=at):
        raise NotAskable(_("It was answered or taken back already."))
    planning.follow(ENQUIRY, [enquiry.pk], at=at)
    if enquiry.reference_id:
        Reference.objects.filter(pk=enquiry.reference_id, state=State.ASKED).update(state=State.NAMED)
        index.refresh([enquiry.vendor.pk])


def _see_that_it_may_be_asked(about: Subject, email: str, *, by: Membership, at: datetime) -> None:
    """Each rule with its own sentence."""
    if not email:
        raise NotAskable(_("There is no address to write to: add one first."))
    now = type(about)._default_manager.select_for_update().get(pk=about.pk)
    if now.removed_at:
        raise NotAskable(_("It was taken off the list meanwhile."))
    if isinstance(now, Reference) and now.state not in (State.NAMED, State.ASKED):
        raise NotAskable(_("%(person)s: %(state)s. They are not asked again.") % _words(now))
    if by.organisation.memberships.filter(left_at=None, email=email).exists() or email == by.email:
        raise NotAskable(_("%(email)s is an address of your own shop.") % {"email": email})
    if _is_of(about.vendor, email, by):
        vendor = {"email": email, "vendor": about.vendor}
        raise NotAskable(_("%(email)s is one of %(vendor)s's own people: ask somebody outside.") % vendor)
    _see_that_it_is_not_too_much(about, email, by=by, at=at)


def _words(reference: Reference) -> dict[str, str]:
    return {"person": reference.name, "state": reference.get_state_display().lower()}


def _is_of(vendor: Vendor, email: str, by: Membership) -> bool:
    """Somebody of the vendor's who has joined, or whom this shop keeps as a contact there; nobody else's contacts."""
    people = Membership.objects.current().filter(organisation=vendor.organisation_id, email=email)
    kept = Contact.objects.filter(merchant=by.organisation_id, vendor=vendor).values("membership")
    return people.filter(Q(user__isnull=False) | Q(pk__in=kept)).exists()


def _see_that_it_is_not_too_much(about: Subject, email: str, *, by: Membership, at: datetime) -> None:
    sent = Enquiry.objects.filter(asker=by.organisation_id)
    purpose = PURPOSES[type(about)].value
    same = sent.filter(
        **{f"{purpose}__vendor": about.vendor_id}, email=email, created_at__gt=at - LATELY, revoked_at=None
    )
    if earlier := same.exclude(**{purpose: about}).order_by("-created_at").first():
        words = _("You asked %(email)s about %(vendor)s on %(day)s already.")
        day = f"{earlier.created_at.astimezone(by.zone):%-d %B}"
        raise NotAskable(words % {"email": email, "vendor": about.vendor, "day": day})
    lately = sent.filter(created_at__gt=at - DAY)
    if lately.count() >= MOST_A_DAY or lately.filter(email=email).count() >= MOST_TO_ONE:
        raise TooManyEnquiries(_("That is enough for one day: ask again tomorrow."))
