"""The merchant's pages about questions that vendors ask before they answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.shared import clock
from vendors.sourcing.answering import asking
from vendors.sourcing.answering.forms import ReplyForm
from vendors.sourcing.briefs.shown import mark_of
from vendors.sourcing.models import Brief, Clarification
from vendors.sourcing.pages import page_with_form, tried
from vendors.sourcing.roles import BUYERS


@require_safe
@acts_on(Brief)
def questions(request: UserRequest, brief: Brief) -> HttpResponse:
    """What vendors asked, and what was answered."""
    at = clock.now()
    rows = Clarification.objects.visible_to(request.acting).filter(candidate__brief=brief).select_related("answered_by")
    context = {
        "brief": brief,
        "mark": mark_of(brief, at),
        "rows": list(rows.order_by("answered_at", "asked_at")),
        "state": brief.state_at(at),
        "chairs": brief.is_chaired_by(request.acting),
        "writes": request.acting.has_role(*BUYERS),
        "takes_questions": asking.takes_questions(brief, at),
    }
    return render(request, "sourcing/questions.html", context)


@form_methods
@acts_on(Clarification, *BUYERS)
def reply(request: UserRequest, asked: Clarification) -> HttpResponse:
    """Answer one for all to read."""
    brief = asked.candidate.brief
    form = ReplyForm(request.POST or None, initial={"shown_text": asked.text})

    def act() -> None:
        asking.reply(asked, by=request.acting, at=clock.now(), **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Answered: everybody who is invited reads it."))
        return redirect("sourcing:questions", brief.pk)
    lede = _("%(vendor)s asked: only you see who.") % {"vendor": asked.candidate.vendor}
    return page_with_form(request, _("Answer a question"), form, brief=brief, lede=lede)
