"""Pages of a brief: begun from a template, written piece by piece, and sent out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from milestones.forms import ReasonForm
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.files import serving
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from vendors.sourcing.briefs import evaluators, publishing, writing
from vendors.sourcing.briefs.builtin import templates
from vendors.sourcing.briefs.forms import (
    BriefForm,
    CriterionForm,
    DeadlineForm,
    EvaluatorsForm,
    FileForm,
    GateForm,
    PublishForm,
    QuestionForm,
    WeightsForm,
)
from vendors.sourcing.briefs.shown import shown
from vendors.sourcing.holding import see_that_it_is
from vendors.sourcing.log import told
from vendors.sourcing.models import Brief, BriefFile, BriefState, Criterion, Gate, LogLine, Question
from vendors.sourcing.pages import crumbs, for_the_chair, page_with_form, to_brief, tried
from vendors.sourcing.roles import BUYERS


# ---- Looking -------------------------------------------------------------------------------------------------------
@require_safe
@acts_on(Brief)
def brief(request: UserRequest, brief: Brief) -> HttpResponse:
    """What a brief asks for, and where it stands."""
    context = shown(brief, request.acting, clock.now())
    return render(request, "sourcing/brief.html", context)


@require_safe
@acts_on(Brief)
def history(request: UserRequest, brief: Brief) -> HttpResponse:
    """What happened to it, and the texts that vendors have read."""
    lines = LogLine.objects.visible_to(request.acting).filter(brief=brief)
    rows = lines.select_related("by", "candidate__vendor")[:500]
    context = {"brief": brief, "lines": told(rows), "versions": brief.versions.select_related("by").order_by("-number")}
    return render(request, "sourcing/history.html", context | {"crumbs": crumbs(brief)})


@require_safe
@acts_on(BriefFile)
def file(request: UserRequest, file: BriefFile) -> HttpResponse:
    """A file of a brief, to be saved."""
    if file.removed_at is not None:
        raise Http404
    return serving.download(file.file)


# ---- Beginning -----------------------------------------------------------------------------------------------------
@require_safe
@acts_as(*BUYERS)
def choose(request: UserRequest) -> HttpResponse:
    """What to hand over: a template for each task."""
    context = {"templates": templates().values(), "crumbs": crumbs(), "v": request.GET.getlist("v")[:20]}
    return render(request, "sourcing/choose.html", context)


@form_methods
@acts_as(*BUYERS)
def start(request: UserRequest, task: str) -> HttpResponse:
    """Begin a brief from a task's template."""
    template = templates().get(task)
    if template is None:
        raise Http404
    own = request.acting.organisation
    instance = Brief(merchant=own, task=task, title=template.title, currency=own.currency, time_zone=own.time_zone)
    form = BriefForm(request.POST or None, instance=instance, now=clock.now())
    if request.method == "POST" and form.is_valid():
        made = writing.start(task, form.values, by=request.acting, at=clock.now())
        messages.success(request, _("The brief is begun, with must-haves and criteria to look through."))
        return to_brief(made)
    lede = _("A draft: no vendor sees anything of it until you invite them.")
    return page_with_form(request, _("A brief: %(what)s") % {"what": template.title}, form, lede=lede)


@require_POST
@acts_on(Brief, *BUYERS)
def clone(request: UserRequest, brief: Brief) -> HttpResponse:
    """Begin another like it."""
    made = writing.clone(brief, by=request.acting, at=clock.now())
    messages.success(request, _("A copy, without vendors and dates."))
    return to_brief(made)


# ---- Writing -------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Brief, *BUYERS)
def edit(request: UserRequest, brief: Brief) -> HttpResponse:
    """Change what stands at its head."""
    see_that_it_is(brief, clock.now(), *writing.WRITABLE)
    form = BriefForm(request.POST or None, instance=brief, now=clock.now())

    def act() -> None:
        data = form.cleaned_data
        writing.change_text(
            brief, form.values, by=request.acting, at=clock.now(), seen=data["seen"], note=data.get("note", "")
        )

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Saved."))
        return to_brief(brief)
    lede = _("Vendors are told what changed; what they answered stays.") if brief.published_at else ""
    return page_with_form(request, _("Change the brief"), form, brief=brief, lede=lede)


FORMS: dict[type, Any] = {Gate: GateForm, Question: QuestionForm, Criterion: CriterionForm}


def part_page(request: UserRequest, part: Any, title: str) -> HttpResponse:
    """Save a part of a brief that is new or changed."""
    see_that_it_is(part.brief, clock.now(), *writing.WRITABLE)
    form = FORMS[type(part)](request.POST or None, instance=part)

    def act() -> None:
        steps = form.steps if isinstance(form, CriterionForm) else None
        seen = form.cleaned_data["seen"]
        writing.save_part(form.instance, by=request.acting, at=clock.now(), steps=steps, seen=seen)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return to_brief(part.brief)
    lede = ""
    if isinstance(part, Criterion) and part.brief.published_at is not None and not part._state.adding:
        lede = _("Vendors are asked already: what its points are worked out from stays as it is.")
    return page_with_form(request, title, form, brief=part.brief, lede=lede)


@form_methods
@acts_on(Brief, *BUYERS)
def add_gate(request: UserRequest, brief: Brief) -> HttpResponse:
    return part_page(request, Gate(brief=brief), _("Add a must-have"))


@form_methods
@acts_on(Gate, *BUYERS)
def edit_gate(request: UserRequest, gate: Gate) -> HttpResponse:
    return part_page(request, gate, _("Change a must-have"))


@form_methods
@acts_on(Brief, *BUYERS)
def add_criterion(request: UserRequest, brief: Brief) -> HttpResponse:
    return part_page(request, Criterion(brief=brief), _("Add a criterion"))


@form_methods
@acts_on(Criterion, *BUYERS)
def edit_criterion(request: UserRequest, criterion: Criterion) -> HttpResponse:
    return part_page(request, criterion, _("Change a criterion"))


@form_methods
@acts_on(Brief, *BUYERS)
def add_question(request: UserRequest, brief: Brief) -> HttpResponse:
    return part_page(request, Question(brief=brief), _("Add a question"))


@form_methods
@acts_on(Question, *BUYERS)
def edit_question(request: UserRequest, question: Question) -> HttpResponse:
    return part_page(request, question, _("Change a question"))


def take_out(request: UserRequest, part: Any) -> HttpResponse:
    writing.remove_part(part, by=request.acting, at=clock.now())
    return to_brief(part.brief)


@require_POST
@acts_on(Gate, *BUYERS)
def remove_gate(request: UserRequest, gate: Gate) -> HttpResponse:
    return take_out(request, gate)


@require_POST
@acts_on(Criterion, *BUYERS)
def remove_criterion(request: UserRequest, criterion: Criterion) -> HttpResponse:
    return take_out(request, criterion)


@require_POST
@acts_on(Question, *BUYERS)
def remove_question(request: UserRequest, question: Question) -> HttpResponse:
    return take_out(request, question)


@require_POST
@acts_on(BriefFile, *BUYERS)
def remove_file(request: UserRequest, file: BriefFile) -> HttpResponse:
    return take_out(request, file)


@form_methods
@takes_files
@acts_on(Brief, *BUYERS)
def attach(request: UserRequest, brief: Brief) -> HttpResponse:
    """Put a file beside the brief."""
    form = FileForm(request.POST or None, request.FILES or None)

    def act() -> None:
        data = form.cleaned_data
        writing.attach(brief, data["upload"], title=data["title"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return to_brief(brief)
    return page_with_form(request, _("Add a file"), form, brief=brief, lede=_("Everybody who is invited can read it."))


@form_methods
@acts_on(Brief, *BUYERS)
def weights(request: UserRequest, brief: Brief) -> HttpResponse:
    """Say how much each criterion counts."""
    criteria = list(brief.criteria.filter(removed_at=None))
    asks_why = brief.state_at(clock.now()) not in writing.WRITABLE
    form = WeightsForm(request.POST or None, brief=brief, criteria=criteria, asks_why=asks_why)

    def act() -> None:
        data = form.cleaned_data
        writing.weigh(
            brief, form.weights, by=request.acting, at=clock.now(), seen=data["seen"], why=data.get("why", "")
        )

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return to_brief(brief)
    lede = _("Only shares count: weights need not make a hundred. 0 is shown and not counted.")
    return page_with_form(request, _("Weights"), form, brief=brief, lede=lede)


@form_methods
@acts_on(Brief, *BUYERS)
def name_evaluators(request: UserRequest, brief: Brief) -> HttpResponse:
    """Say who scores what."""
    form = EvaluatorsForm(request.POST or None, brief=brief)

    def act() -> None:
        seen = form.cleaned_data["seen"]
        evaluators.name(brief, form.wanted, by=request.acting, at=clock.now(), seen=seen)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Saved. Each scores without seeing the others' scores."))
        return to_brief(brief)
    lede = _("Nobody sees others' scores before they have submitted their own.")
    return page_with_form(request, _("Who scores what"), form, brief=brief, lede=lede)


# ---- Its way -------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Brief, *BUYERS)
def publish(request: UserRequest, brief: Brief) -> HttpResponse:
    """Ask vendors to answer."""
    at = clock.now()
    see_that_it_is(brief, at, BriefState.DRAFT)
    form = PublishForm(request.POST or None, brief=brief)

    def act() -> None:
        data = form.cleaned_data
        publishing.publish(brief, data["candidates"], by=request.acting, at=at, seen=data["seen"])

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Invited. Each vendor reads the brief in its portal and nothing of the others."))
        return redirect("sourcing:candidates", brief.pk)
    lede = " ".join(publishing.missing(brief, at)) or _(
        "They read the text, the must-haves, the criteria with their steps and shares, and the questions."
    )
    return page_with_form(request, _("Invite vendors"), form, brief=brief, lede=lede)


@require_POST
@acts_on(Brief, *BUYERS)
def compare_alone(request: UserRequest, brief: Brief) -> HttpResponse:
    """Compare without asking anybody."""
    publishing.compare_without_asking(brief, by=request.acting, at=clock.now())
    return redirect("sourcing:candidates", brief.pk)


@form_methods
@acts_on(Brief, *BUYERS)
def extend(request: UserRequest, brief: Brief) -> HttpResponse:
    """Give all more time."""
    see_that_it_is(brief, clock.now(), BriefState.OPEN)
    form = DeadlineForm(request.POST or None, brief=brief, asks_reason=False, save=_("Give all this much time"))

    def act() -> None:
        publishing.extend(brief, form.cleaned_data["deadline_at"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Everybody who is invited is told."))
        return to_brief(brief)
    return page_with_form(request, _("Give more time"), form, brief=brief, lede=_("For all alike, and only later."))


@require_POST
@acts_on(Brief, *BUYERS)
@for_the_chair
def open_answers(request: UserRequest, brief: Brief) -> HttpResponse:
    """Open what was answered, after the deadline."""
    publishing.open_answers(brief, by=request.acting, at=clock.now())
    messages.success(request, _("The answers are open."))
    return redirect("sourcing:candidates", brief.pk)


@form_methods
@acts_on(Brief, *BUYERS)
@for_the_chair
def ask_again(request: UserRequest, brief: Brief) -> HttpResponse:
    """Take answers anew, from everybody."""
    see_that_it_is(brief, clock.now(), BriefState.CLOSED, BriefState.EVALUATING)
    form = DeadlineForm(request.POST or None, brief=brief, asks_reason=True, save=_("Ask everybody again"))

    def act() -> None:
        data = form.cleaned_data
        publishing.ask_again(brief, data["deadline_at"], reason=data["reason"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Everybody who was invited is told."))
        return to_brief(brief)
    lede = _("One new deadline for all. What was answered stays until it is replaced.")
    if brief.is_sealed:
        lede += " " + _("Nobody here reads any of it until you open the answers again.")
    return page_with_form(request, _("Ask everybody again"), form, brief=brief, lede=lede)


@form_methods
@acts_on(Brief, *BUYERS)
@for_the_chair
def cancel(request: UserRequest, brief: Brief) -> HttpResponse:
    """End it without a decision."""
    form = ReasonForm(
        request.POST or None, label=_("Why, for whoever was invited to read"), save=_("Cancel the brief"), warns=True
    )

    def act() -> None:
        publishing.cancel(brief, reason=form.cleaned_data["reason"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return to_brief(brief)
    return page_with_form(request, _("Cancel the brief"), form, brief=brief)
