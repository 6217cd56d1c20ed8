"""Mails of one's organisation that did not arrive, or of which nobody knows: a person decides what becomes of them."""

from dataclasses import dataclass

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
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock

HEADS = (Role.OWNER, Role.MANAGER)
MOST = 100


def undecided(acting: Membership) -> QuerySet[Mail]:
    """Those that wait for a decision, the latest first."""
    return Mail.objects.filter(organisation=acting.organisation_id).undelivered().order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Shown:
    """One of them: whom it was for, by name where that is somebody of another organisation's, and what was said."""

    mail: Mail
    reader: str
    answer: str


def shown(mail: Mail, acting: Membership) -> Shown:
    """A mail as its writer's head may read of it: the addresses of other organisations' people are theirs."""
    place = mail.membership
    is_others = place is not None and place.organisation_id != acting.organisation_id
    reader = place.label if place is not None and is_others and place.user_id else mail.address
    return Shown(mail, reader, mail.answer.replace(mail.address, reader))


@require_safe
@acts_as(*HEADS)
def undelivered(request: UserRequest) -> HttpResponse:
    """Mails that were refused, given up, or perhaps arrived."""
    rows = undecided(request.acting).defer("text", "html").select_related("membership")
    return render(request, "settings/mails.html", {"mails": [shown(one, request.acting) for one in rows[:MOST]]})


@require_POST
@acts_as(*HEADS)
def again(request: UserRequest, key: str) -> HttpResponse:
    """Send one once more. A code or link that has been in a mail is not: it is asked for anew where it came from."""
    mail = _found(request.acting, key)
    if Mail.objects.filter(pk=mail.pk, is_secret=False).undelivered().send_again(at=clock.now()):
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


def _found(acting: Membership, key: str) -> Mail:
    """By the part of its Message-ID that nobody can guess: a number would tell how many mails there are."""
    return get_object_or_404(undecided(acting), message_id__startswith=f"<{key[:64]}@")
