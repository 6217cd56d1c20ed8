"""Views about members: who is in, who is asked in, who leaves; and the page that an invitation's link opens."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts import actions
from outsourcing.accounts.errors import AlreadyMember
from outsourcing.accounts.forms import InviteForm, MemberForm, SuccessorForm
from outsourcing.accounts.middleware import SESSION_KEY
from outsourcing.accounts.models import Invitation, Membership
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import HEADS, acts_as, acts_on, form_methods
from outsourcing.shared import clock


@require_safe
@acts_as(*HEADS)
def show_members(request: UserRequest) -> HttpResponse:
    """Everybody of the acting organisation: joined, asked in, and, folded, former."""
    rows = Membership.objects.visible_to(request.acting).with_invitation().order_by("name", "email")
    context = {
        "title": _("Members"),
        "members": [one for one in rows if one.left_at is None and one.user_id],
        "asked": [one for one in rows if one.left_at is None and not one.user_id],
        "former": [one for one in rows if one.left_at],
        "now": clock.now(),
    }
    return render(request, "settings/members.html", context)


@form_methods
@acts_as(*HEADS)
def invite(request: UserRequest) -> HttpResponse:
    """Ask somebody in."""
    form = InviteForm(request.POST or None, organisation=request.acting.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite(request.acting.organisation, by=request.acting, at=clock.now(), **form.cleaned_data)
        except AlreadyMember as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("Invitation sent to %(email)s.") % form.cleaned_data)
            return redirect("accounts:members")
    lede = _("They get a mail with a link that works for seven days.")
    return render(request, "settings/form.html", {"title": _("Invite somebody"), "lede": lede, "form": form})


@form_methods
@acts_on(Membership, *HEADS)
def member(request: UserRequest, member: Membership) -> HttpResponse:
    """A member's roles."""
    form = MemberForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        actions.change_roles(member, form.cleaned_data["roles"], is_backup=form.cleaned_data["is_backup"])
        messages.success(request, _("Saved."))
        return redirect("accounts:members")
    return render(request, "settings/form.html", {"title": member.label, "lede": member.email, "form": form})


@form_methods
@acts_on(Membership, *HEADS)
def remove(request: UserRequest, member: Membership) -> HttpResponse:
    """End a member's place and say who takes over."""
    if member == request.acting:
        return redirect("accounts:leave")
    return _end(request, member, _("Remove %(person)s") % {"person": member.label})


@form_methods
@acts_as()
def leave(request: UserRequest) -> HttpResponse:
    """End one's own place and say who takes over."""
    title = _("Leave %(organisation)s") % {"organisation": request.acting.organisation}
    return _end(request, request.acting, title)


def _end(request: UserRequest, member: Membership, title: str) -> HttpResponse:
    form = SuccessorForm(request.POST or None, leaver=member, save=title)
    if request.method == "POST" and form.is_valid():
        actions.remove_member(member, successor=form.cleaned_data["successor"], at=clock.now())
        messages.success(request, _("%(person)s is no longer a member.") % {"person": member.label})
        return redirect("today" if member == request.acting else "accounts:members")
    lede = _("What was written and decided stays, with the name. From the next click on nothing more is seen.")
    return render(request, "settings/form.html", {"title": title, "lede": lede, "form": form})


@require_POST
@acts_on(Membership, *HEADS)
def resend(request: UserRequest, member: Membership) -> HttpResponse:
    """Send a fresh link."""
    actions.resend(member, by=request.acting, at=clock.now())
    messages.success(request, _("A new invitation is on its way to %(email)s.") % {"email": member.email})
    return redirect("accounts:members")


@require_POST
@acts_on(Membership, *HEADS)
def revoke(request: UserRequest, member: Membership) -> HttpResponse:
    """Take an invitation back."""
    actions.revoke(member, at=clock.now())
    messages.success(request, _("The invitation to %(email)s no longer works.") % {"email": member.email})
    return redirect("accounts:members")


# ---- The invitation's own page -------------------------------------------------------------------------------------
@form_methods
@login_not_required
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation's link opens. Only the POST joins, so that a mail scanner's visit changes nothing."""
    invitation = actions.invitation_of(token)
    trouble = trouble_with(invitation)
    if trouble or invitation is None:
        return render(request, "join_not.html", {"trouble": trouble, "invitation": invitation}, status=410)
    account = actions.account_of(invitation.membership.email)
    if request.user.is_authenticated and request.user != account:
        return render(request, "join_other.html", {"invitation": invitation, "token": token}, status=409)
    if request.method == "POST":
        if account and not request.user.is_authenticated:
            onward = urlencode({"next": request.path})
            return redirect(f"{reverse('account_login')}?{onward}")
        place = actions.join(invitation, user=request.user if request.user.is_authenticated else None, at=clock.now())
        if not request.user.is_authenticated:
            perform_login(request, place.user)
        request.session[SESSION_KEY] = place.pk
        return redirect("today")
    return render(request, "join.html", {"invitation": invitation, "is_known": account is not None})


def trouble_with(invitation: Invitation | None) -> str:
    """Why an invitation cannot be taken up: "forged", "used", "revoked", "expired", or nothing."""
    if invitation is None:
        return "forged"
    if invitation.used_at:
        return "used"
    if invitation.revoked_at:
        return "revoked"
    return "expired" if invitation.expires_at <= clock.now() else ""
