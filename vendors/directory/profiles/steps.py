"""What the profile asks of people on their home page."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.first_run import Step
from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.waiting import Urgency, Waiting
from vendors.directory.models import Relationship, Vendor
from vendors.directory.profiles.completeness import completeness
from vendors.directory.profiles.desks import Desk
from vendors.directory.profiles.facts import facts_of


def steps(acting: Membership) -> Iterable[Step]:
    """For buyers, vendors to choose among; for a vendor's managers, the profile (two queries)."""
    if acting.organisation.is_merchant:
        if acting.has_role(Role.OWNER, Role.BUYER):
            yield bring_vendors_in(acting)
    elif acting.has_role(Role.MANAGER) and (vendor := own_vendor(acting)):
        yield from describe_and_publish(vendor)


def bring_vendors_in(acting: Membership) -> Step:
    """Done once the merchant knows one."""
    return Step(
        title=_("Bring in your vendors"),
        text=_("Add one by name, import a list, or ask one in: evidence is gathered about each."),
        action=_("Bring them in"),
        url=reverse("directory:list"),
        check=Exists(Relationship.objects.filter(merchant=acting.organisation_id)),
    )


def describe_and_publish(vendor: Vendor) -> Iterable[Step]:
    """Say what shops need to know at least, then open it to them."""
    done = completeness(vendor, facts_of(vendor))
    least = next(iter(done.least_missing), None)
    about = Desk(vendor, is_own=True)
    yield Step(
        title=_("Say what your company does"),
        text=str(least.ask) if least else _("%(percent)s %% of your profile is there.") % {"percent": done.percent},
        action=_("Fill in the profile"),
        url=f"{about.url(least.section)}#{least.anchor}" if least and vendor.is_claimed else about.home,
        is_done=least is None,
    )
    yield Step(
        title=_("Publish your profile"),
        text=_("All shops find you from then on. You can take it back at any time."),
        action=_("Look it over and publish"),
        url=about.home,
        is_done=vendor.published_at is not None,
    )


def waiting(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """For a vendor's managers: that staff took the profile out, or what a published one still lacks. Two queries."""
    if acting.organisation.is_merchant or not acting.has_role(Role.MANAGER):
        return
    vendor = own_vendor(acting)
    if vendor is None:
        return
    if vendor.withheld_at:
        yield Waiting(
            title=_("Your profile is not in the directory"),
            meta=_("We took it out; only shops that know you see it."),
            url=reverse("directory:profile"),
            action=_("Look at it"),
            icon="alert",
            urgency=Urgency.RISK,
            when=vendor.withheld_at,
            due=_("withheld"),
        )
    elif vendor.published_at:
        done = completeness(vendor, facts_of(vendor))
        if done.next:
            yield Waiting(
                title=_("Your profile is %(percent)s %% complete") % {"percent": done.percent},
                meta=_("Next: %(step)s") % {"step": done.next.ask},
                url=f"{Desk(vendor, is_own=True).url(done.next.section)}#{done.next.anchor}",
                action=_("Add it"),
                icon="vendors",
                urgency=Urgency.IDLE,
                when=at,
                due=_("any time"),
            )


def own_vendor(acting: Membership) -> Vendor | None:
    """The profile of the vendor that one acts for. One query, which names the organisation: those that were joined with
    it are visible too, and to look for both reads every vendor there is."""
    return Vendor.objects.visible_to(acting).live().filter(organisation=acting.organisation_id).first()
