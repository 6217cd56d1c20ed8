"""Mails of one's organisation that did not arrive, or of which nobody knows: a person decides what becomes of them."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as
from outsourcing.notifications import outbox
from outsourcing.notifications.bounces import taking
from outsourcing.notifications.models import Bounce, Mail, Recipient
from outsourcing.shared import clock

HEADS = (Role.OWNER, Role.MANAGER)
MOST = 100


def undecided(acting: Membership) -> QuerySet[Mail]:
    """Those that wait for a decision, the latest first."""
    return Mail.objects.filter(organisation=acting.organisation_id).undelivered().order_by("-created_at", "-pk")


def to_unreachable(acting: Membership) -> QuerySet[Mail]:
    """The latest mail of one's organisation to each address that mails do not reach any more."""
    gone = Recipient.objects.unreachable()
    rows = Mail.objects.filter(organisation=acting.organisation_id, address__in=gone.values("address"))
    return rows.order_by("address", "-created_at", "-pk").distinct("address")


@dataclass(frozen=True)
class Shown:
    """One of them: whom it was for, by name where that is somebody of another organisation's, and what was said;
    `since` when mails have not reached them."""

    mail: Mail
    reader: str
    answer: str
    since: datetime | None = None


def shown(mail: Mail, acting: Membership, said: str | None = None, since: datetime | None = None) -> Shown:
    """A mail as its writer's head may read of it: the addresses of other organisations' people are theirs."""
    place = mail.membership
    is_others = place is not None and place.organisation_id != acting.organisation_id
    reader = place.label if place is not None and is_others and place.user_id else mail.address
    return Shown(mail, reader, (mail.answer if said is None else said).replace(mail.address, reader), since)


def unreachable(acting: Membership) -> list[Shown]:
    """Whom the organisation's mails do not reach any more. Two queries.

    What a server said, and when, is told of one's own mails alone: it may quote them.
    """
    rows = list(to_unreachable(acting).defer("text", "html").select_related("membership")[:MOST])
    came_back = Bounce.objects.filter(
        mail__organisation=acting.organisation_id, mail__address__in=[one.address for one in rows]
    )
    own = {one.mail.address: one for one in came_back.select_related("mail").order_by("at")}
    words = _("Mails to this address come back.")
    return [
        shown(one, acting, own[one.address].said, own[one.address].at)
        if one.address in own
        else shown(one, acting, words)
        for one in rows
    ]


@require_safe
@acts_as(*HEADS)
def undelivered(request: UserRequest) -> HttpResponse:
    """Mails that were refused, given up, or perhaps arrived."""
    rows = undecided(request.acting).defer("text", "html").select_related("membership")
    context = {"mails": [shown(one, request.acting) for one in rows[:MOST]], "people": unreachable(request.acting)}
    return render(request, "settings/mails.html", context)


@require_POST
@acts_as(*HEADS)
def again(request: UserRequest, key: str) -> HttpResponse:
    """Send one once more. A code or link that has been in a mail is not: it is asked for anew where it came from."""
    mail = _found(request.acting, key)
    if Mail.objects.filter(pk=mail.pk, is_secret=False).undelivered().send_again(at=clock.now()):
        taking.prove(mail.address, at=clock.now())  # or it would not be tried
        outbox.wake_after_commit()
        messages.success(request, _("It goes out again."))
    else:
        messages.error(request, _("It holds a link for one person: send that anew from where it was sent first."))
    return redirect("mails:undelivered")


@require_POST
@acts_as(*HEADS)
def set_aside(request: UserRequest, key: str) -> HttpResponse:
    """Leave it as it is, and out of the list."""
    mail = _found(request.acting, key)
    words = _("Set aside by %(person)s.") % {"person": request.acting.label}
    Mail.objects.filter(pk=mail.pk).undelivered().update(state=Mail.State.CANCELLED, answer=f"{mail.answer} {words}")
    return redirect("mails:undelivered")


@require_POST
@acts_as(*HEADS)
def reaches_them(request: UserRequest, key: str) -> HttpResponse:
    """Somebody knows that the address works: mails go to it again."""
    mail = get_object_or_404(to_unreachable(request.acting), message_id__startswith=f"<{key[:64]}@")
    taking.prove(mail.address, at=clock.now())
    messages.success(request, _("Mails go to them again."))
    return redirect("mails:undelivered")


def _found(acting: Membership, key: str) -> Mail:
    """By the part of its Message-ID that nobody can guess: a number would tell how many mails there are."""
    return get_object_or_404(undecided(acting), message_id__startswith=f"<{key[:64]}@")
