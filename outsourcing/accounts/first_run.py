"""The first steps of a new organisation, shown on its home page until they are done; each room adds its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.shared.hooks import Hook


@dataclass
class Step:
    """One thing to do, where it is done, and whether it is: known at once, or by `check`, asked for all together."""

    title: str
    text: str
    action: str
    url: str
    is_done: bool = False
    is_next: bool = False
    check: Exists | None = None


#: Steps that a room asks of the person acting as the given membership.
steps: Hook[[Membership], Iterable[Step]] = Hook("accounts.first_run")


def steps_of(membership: Membership) -> list[Step]:
    """Every room's steps in order, the first that is not done marked as next. One query for all their checks."""
    found = [step for room in steps(membership) for step in room]
    checks = [(step, step.check) for step in found if step.check is not None]
    if checks:
        own = Membership.objects.filter(pk=membership.pk)
        answers = own.values_list(*(check for _step, check in checks)).get()
        for (step, _check), answer in zip(checks, answers, strict=True):
            step.is_done = answer
    for step in found:
        if not step.is_done:
            step.is_next = True
            break
    return found


def own_steps(membership: Membership) -> Iterable[Step]:
    """Who you are; and for who runs the organisation where it is, when it works and with whom."""
    user, organisation = membership.user, membership.organisation
    yield Step(
        title=_("Say who you are"),
        text=_("Your name stands beside what you write and decide."),
        action=_("Add your name"),
        url=reverse("accounts:profile"),
        is_done=bool(user and user.name),
    )
    if not membership.is_head:
        return
    others = Membership.objects.current().visible_to(membership).exclude(pk=membership.pk)
    yield Step(
        title=_("Say where your shop is") if organisation.is_merchant else _("Say where your company is"),
        text=_("Country, time zone and currency: due dates follow them."),
        action=_("Add your details"),
        url=reverse("accounts:organisation"),
        is_done=bool(organisation.country),
    )
    yield Step(
        title=_("Say when you work"),
        text=_("Answers are due in working hours, yours and the other side's."),
        action=_("Set working hours"),
        url=reverse("accounts:calendar"),
        check=Exists(organisation.openings.all()),
    )
    yield Step(
        title=_("Bring a colleague in"),
        text=_("Two who judge apart see more than one, and somebody can stand in for you."),
        action=_("Invite somebody"),
        url=reverse("accounts:invite"),
        check=Exists(others),
    )


steps.add(own_steps, order=10)
