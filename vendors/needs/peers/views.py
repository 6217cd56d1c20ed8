"""Whom a shop has asked, and its answers to those who see it otherwise."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from vendors.needs import page
from vendors.needs.errors import NotAskable, NothingToAsk
from vendors.needs.keeping import RATERS
from vendors.needs.models import Ask, Opinion, Outcome, Peer
from vendors.needs.peers import answering, asking
from vendors.needs.peers.forms import AskForm, SettleForm
from vendors.needs.peers.links import standing
from vendors.needs.reading import job_of
from vendors.needs.views import show_job

#: Word, icon and mark of how an ask stands.
STATES = {
    "open": (gettext_lazy("Asked"), "clock", "info"),
    "answered": (gettext_lazy("Answered"), "check", "ok"),
    "declined": (gettext_lazy("Would rather not"), "x", "none"),
    "withdrawn": (gettext_lazy("Took it back"), "x", "none"),
    "revoked": (gettext_lazy("Taken back by you"), "x", "none"),
    "expired": (gettext_lazy("No answer"), "late", "risk"),
    "failed": (gettext_lazy("The mail did not arrive"), "alert", "late"),
}
NOT_ARRIVED = (Mail.State.FAILED, Mail.State.UNCERTAIN, Mail.State.CANCELLED)


@form_methods
@acts_as(*RATERS)
def peers(request: UserRequest) -> HttpResponse:
    """Ask somebody; below stand those who were asked."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = asking.ask(**form.cleaned_data, by=request.acting, at=clock.now())
        except (NotAskable, NothingToAsk) as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The question is on its way to %(who)s.") % {"who": made.peer.label})
            return redirect("needs:peers")
    context = {"form": form, "rows": rows(request.acting, clock.now()), "crumbs": page.crumbs()}
    context["may_erase"] = request.acting.has_role(Role.OWNER)
    return render(request, "needs/peers/peers.html", context, status=422 if form.errors else 200)


def rows(acting: Membership, at: datetime) -> list[dict[str, Any]]:
    """The latest question to each peer, newest first. One query."""
    asks = Ask.objects.visible_to(acting).select_related("peer", "asked_by", "mail").order_by("-created_at", "pk")
    latest: dict[int, Ask] = {}
    for one in asks:
        latest.setdefault(one.peer_id, one)
    found = []
    for one in latest.values():
        how = standing(one, at)
        if how == "open" and one.mail is not None and one.mail.state in NOT_ARRIVED:
            how = "failed"
        word, icon, mark = STATES[how]
        can_resend = how in ("open", "expired", "failed") and not one.peer.erased_at
        found.append({"ask": one, "how": how, "word": word, "icon": icon, "mark": mark, "can_resend": can_resend})
    return found


@require_POST
@acts_on(Ask, *RATERS)
def send_again(request: UserRequest, ask: Ask) -> HttpResponse:
    """Send the question again by a new link."""
    asking.send_again(ask, by=request.acting, at=clock.now())
    messages.success(request, _("Sent again; the earlier link no longer works."))
    return redirect("needs:peers")


@require_POST
@acts_on(Ask, *RATERS)
def revoke(request: UserRequest, ask: Ask) -> HttpResponse:
    """Take a link back."""
    asking.revoke(ask, at=clock.now())
    messages.success(request, _("The link no longer works."))
    return redirect("needs:peers")


@require_POST
@acts_on(Peer, Role.OWNER)
def erase(request: UserRequest, peer: Peer) -> HttpResponse:
    """Delete name and address of somebody who asks for it; what they said stays under nobody's name."""
    answering.erase_peer(peer, at=clock.now())
    messages.success(request, _("Name and address are deleted, here and in the mails."))
    return redirect("needs:peers")


@require_POST
@acts_on(Opinion, *RATERS)
def settle(request: UserRequest, opinion: Opinion) -> HttpResponse:
    """Answer somebody who sees it otherwise."""
    form = SettleForm(request.POST, opinion=opinion)
    task = opinion.need.task
    if not form.is_valid():
        return show_job(request, job_of(request.acting, task), status=422, settle_form=form)
    asked = asking.settle(opinion, by=request.acting, at=clock.now(), **form.cleaned_data)
    if form.cleaned_data["outcome"] == Outcome.ASK_AGAIN:
        words = ngettext("%(count)s person is asked again.", "%(count)s people are asked again.", asked)
        messages.success(request, words % {"count": asked})
    else:
        messages.success(request, _("Answered: they find it behind their link."))
    return redirect(f"{reverse('needs:job', args=[task.pk])}#others")
