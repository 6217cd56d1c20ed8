"""Views about instructions: which hold, taking one back, and the versions of any entry's text."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.conversations import instructions, versions
from outsourcing.conversations.errors import NotInForce
from outsourcing.conversations.forms import TakeBackForm
from outsourcing.conversations.models import Entry
from outsourcing.conversations.recording_views import MERCHANTS, back_to, crumbs_of
from outsourcing.shared import clock


@require_safe
@acts_as()
def in_force(request: UserRequest) -> HttpResponse:
    """The instructions that hold, with one organisation where the address names one, else with all."""
    named = request.GET.get("with", "")
    key = int(named) if named.isdecimal() and len(named) < 19 else None
    page, held = instructions.in_force(request.acting, key, request.GET.get("page"))
    context = {
        "page": page,
        "held": held,
        "other": instructions.with_whom(request.acting, key),
        "named": key,
        "is_merchant": request.acting.organisation.is_merchant,
        "crumbs": [(_("Messages"), reverse("conversations:inbox"))],
    }
    return render(request, "conversations/instructions.html", context)


@form_methods
@acts_on(Entry, *MERCHANTS)
def take_back(request: UserRequest, entry: Entry) -> HttpResponse:
    """Say that an instruction holds no more."""
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        instructions.take_back(entry, reason=form.cleaned_data["reason"], by=request.acting, at=clock.now())
        messages.success(request, _("Taken back. They are told."))
        return back_to(entry)
    if not instructions.may_be_taken_back(entry):
        raise NotInForce(_("This does not hold any more."))
    context = {"title": _("Take the instruction back"), "lede": entry.text[:300], "crumbs": crumbs_of(entry.thread)}
    return render(request, "form.html", {**context, "form": form}, status=422 if form.errors else 200)


@require_safe
@acts_on(Entry)
def show_versions(request: UserRequest, entry: Entry) -> HttpResponse:
    """Each text that an entry has had, the newest first, with what was changed."""
    context = {"entry": entry, "versions": versions.of(entry), "crumbs": crumbs_of(entry.thread)}
    return render(request, "conversations/versions.html", context)
