"""What only a vendor's people reach: the briefs they are invited to, and their answer."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from milestones.forms import ReasonForm
from outsourcing.accounts.models import Membership
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.files import serving
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from vendors.sourcing.answering import asking, filing, submitting
from vendors.sourcing.answering.asked import asked_of, content_of, rows_of
from vendors.sourcing.answering.forms import AnswerForm, AskForm, DeclineForm, UploadForm, initial_of
from vendors.sourcing.candidates import moving
from vendors.sourcing.models import Answer, AnswerFile, BriefFile, Candidate
from vendors.sourcing.pages import tried
from vendors.sourcing.roles import VENDORS


def back(candidate: Candidate, place: str = "") -> HttpResponse:
    """To the page where one answers."""
    response = redirect("sourcing:answer", candidate.pk)
    response["Location"] += place
    return response


@require_safe
@acts_as(*VENDORS)
def invitations(request: UserRequest) -> HttpResponse:
    """Every brief that one was invited to."""
    return render(request, "sourcing/portal/list.html", {"rows": rows_of(request.acting, clock.now())})


@require_safe
@acts_on(Candidate, *VENDORS)
def answer(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """What a merchant asks for, and the form that answers it."""
    return page(request, candidate)


def page(
    request: UserRequest, candidate: Candidate, *, form: AnswerForm | None = None, ask: AskForm | None = None
) -> HttpResponse:
    """The page; `form` or `ask` were sent with errors and keep what was typed."""
    context = asked_of(candidate, clock.now())
    if form is None and context["answers_now"]:
        form = opening_form(candidate, context)
    wrong = [one for one in (form, ask) if one is not None and one.is_bound]
    refused = any(getattr(one, "was_refused", False) for one in wrong)
    context |= {"form": form, "ask": ask or AskForm(), "has_problem": bool(wrong)}
    return render(request, "sourcing/portal/answer.html", context, status=409 if refused else 422 if wrong else 200)


def opening_form(candidate: Candidate, context: dict[str, Any]) -> AnswerForm:
    """The form with the draft in it, else with what was answered."""
    draft, live = context["draft"], context["live"]
    content = draft.content if draft else content_of(live) if live and not live.is_recorded else {}
    initial = {**initial_of(content), "seen": draft.version if draft else 0}
    return AnswerForm(initial=initial, brief=candidate.brief, candidate=candidate)


@require_POST
@acts_on(Candidate, *VENDORS)
def save_draft(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Keep what is typed; for htmx a line that says so, with the new version of the draft."""
    form = AnswerForm(request.POST, brief=candidate.brief, candidate=candidate)
    is_quiet = bool(request.htmx)  # type: ignore[attr-defined]

    def act() -> None:
        seen = form.cleaned_data["seen"]
        submitting.save_draft(candidate, form.said, by=request.acting, at=clock.now(), seen=seen)

    if form.is_valid() and tried(form, act):
        if is_quiet:
            draft = candidate.draft
            return render(request, "sourcing/portal/_saved.html", {"draft": draft})
        messages.success(request, _("Draft saved. Only your people see it."))
        return back(candidate)
    if is_quiet:
        problems = [words for found in form.errors.values() for words in found]
        return render(request, "sourcing/portal/_saved.html", {"problems": problems})
    return page(request, candidate, form=form)


@require_POST
@acts_on(Candidate, *VENDORS)
def submit(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Hand the answer in."""
    form = AnswerForm(request.POST, brief=candidate.brief, candidate=candidate, is_whole=True)

    def act() -> None:
        seen = form.cleaned_data["seen"]
        made = submitting.submit(candidate, form.said, by=request.acting, at=clock.now(), seen=seen)
        form.made = made  # type: ignore[attr-defined]

    if form.is_valid() and tried(form, act):
        if form.made.is_late:  # type: ignore[attr-defined]
            messages.warning(request, _("Sent after the deadline: %(merchant)s decides whether it counts, unread.")
                             % {"merchant": candidate.brief.merchant})  # fmt: skip
        else:
            messages.success(request, _("Sent to %(merchant)s. Thank you.") % {"merchant": candidate.brief.merchant})
        return back(candidate)
    return page(request, candidate, form=form)


@require_POST
@acts_on(Candidate, *VENDORS)
def take_back(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Take the answer back, to send another."""
    submitting.take_back(candidate, by=request.acting, at=clock.now())
    messages.success(request, _("Taken back. You can answer anew until the deadline."))
    return back(candidate)


def with_form(request: UserRequest, candidate: Candidate, title: str, form: Any, lede: str = "") -> HttpResponse:
    """A page of the portal with one form."""
    way = [(_("Briefs"), reverse("sourcing:invitations")), (candidate.brief.title, "")]
    way[1] = (candidate.brief.title, reverse("sourcing:answer", args=[candidate.pk]))
    context = {"title": title, "lede": lede, "crumbs": way, "form": form, "layout": "solo.html"}
    return render(request, "form.html", context, status=409 if getattr(form, "was_refused", False) else 200)


@form_methods
@acts_on(Candidate, *VENDORS)
def decline(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Say that there will be no answer."""
    form = DeclineForm(request.POST or None)

    def act() -> None:
        submitting.decline(candidate, by=request.acting, at=clock.now(), **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return back(candidate)
    lede = _("%(merchant)s reads why. You can take part after all until the deadline.")
    return with_form(request, candidate, _("Decline"), form, lede % {"merchant": candidate.brief.merchant})


@require_POST
@acts_on(Candidate, *VENDORS)
def undo_decline(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Take part after all."""
    submitting.undo_decline(candidate, by=request.acting, at=clock.now())
    return back(candidate)


@form_methods
@acts_on(Candidate, *VENDORS)
def withdraw(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Leave it altogether."""
    form = ReasonForm(request.POST or None, save=_("Withdraw"), warns=True)

    def act() -> None:
        leave(candidate, form.cleaned_data["reason"], request.acting)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return back(candidate)
    lede = _("You take part no longer, and cannot come back by yourself. %(merchant)s reads why.")
    return with_form(request, candidate, _("Withdraw"), form, lede % {"merchant": candidate.brief.merchant})


@transaction.atomic
def leave(candidate: Candidate, reason: str, by: Membership) -> None:
    submitting.mine(candidate, by)
    moving.withdraw(candidate, reason=reason, by=by, at=clock.now())


@require_POST
@acts_on(Candidate, *VENDORS)
def ask(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Ask something about the brief."""
    form = AskForm(request.POST)

    def act() -> None:
        asking.ask(candidate, form.cleaned_data["text"], by=request.acting, at=clock.now())

    if form.is_valid() and tried(form, act):
        messages.success(request, _("Asked. The answer goes to everybody who is invited, without your name."))
        return back(candidate, "#questions")
    return page(request, candidate, ask=form)


@form_methods
@acts_on(Answer, *VENDORS)
def object_to(request: UserRequest, answer: Answer) -> HttpResponse:
    """Say that what was recorded for one is not so."""
    form = ReasonForm(request.POST or None, label=_("What is wrong with it"), save=_("Object"), warns=True)

    def act() -> None:
        submitting.object_to(answer, form.cleaned_data["reason"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return back(answer.candidate)
    lede = _("It counts no longer then, and both of you can still read it.")
    return with_form(request, answer.candidate, _("Object to what was recorded"), form, lede)


# ---- Files ---------------------------------------------------------------------------------------------------------
@form_methods
@takes_files
@acts_on(Candidate, *VENDORS)
def add_file(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Put a file with the answer."""
    form = UploadForm(request.POST or None, request.FILES or None)

    def act() -> None:
        data = form.cleaned_data
        filing.add(candidate, data["upload"], title=data["title"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return back(candidate, "#files")
    lede = _("It goes with the answer once you send that.")
    return with_form(request, candidate, _("Add a file"), form, lede)


@require_POST
@acts_on(AnswerFile, *VENDORS)
def remove_own_file(request: UserRequest, file: AnswerFile) -> HttpResponse:
    """Take a file out; answers that were sent with it keep it."""
    filing.remove(file, by=request.acting, at=clock.now())
    return back(file.candidate, "#files")


@require_safe
@acts_on(AnswerFile, *VENDORS)
def own_file(request: UserRequest, file: AnswerFile) -> HttpResponse:
    """One's own file, to be saved."""
    return serving.download(file.file)


@require_safe
@acts_on(Candidate, *VENDORS)
def brief_file(request: UserRequest, candidate: Candidate, file: int) -> HttpResponse:
    """A file beside the brief, to be saved."""
    found = BriefFile.objects.filter(brief=candidate.brief_id, pk=file, removed_at=None).select_related("file").first()
    if found is None:
        raise Http404
    return serving.download(found.file)
