"""Pages of jobs: the list with its picture, one job, rating, and what a merchant keeps of its own."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.shared import clock
from outsourcing.shared.sheets import csv_response
from vendors.needs import handing, keeping, page
from vendors.needs.errors import AlreadyThere
from vendors.needs.forms import AssessmentForm, MarketForm, MustStayForm, PolicyForm, TaskForm
from vendors.needs.keeping import RATERS
from vendors.needs.models import Task
from vendors.needs.quadrant import picture
from vendors.needs.reading import Job, board, job_of
from vendors.sourcing.roles import BUYERS

READERS = (*RATERS, Role.VIEWER)


# ---- The list and one job ------------------------------------------------------------------------------------------
@require_safe
@acts_as(*READERS)
def jobs(request: UserRequest) -> HttpResponse:
    """All jobs with their verdicts, and the picture."""
    all_of_them = board(request.acting)
    if not request.acting.has_role(*RATERS):
        return render(request, "needs/verdicts.html", {"rows": [page.verdict_of(job) for job in all_of_them.shown]})
    return render(request, "needs/jobs.html", {**page.overview(all_of_them), "picture": picture(all_of_them.shown)})


@require_safe
@acts_on(Task, *READERS)
def job(request: UserRequest, task: Task) -> HttpResponse:
    """Why the verdict is what it is, what it would save, what others say, and when to look again."""
    found = job_of(request.acting, task)
    if not request.acting.has_role(*RATERS):
        return render(request, "needs/verdict.html", page.verdict_of(found))
    return show_job(request, found)


def show_job(request: UserRequest, found: Job, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of one job; `forms` are those with errors."""
    context = page.of_job(request.acting, found, clock.now())
    context |= {"outcomes": handing.outcomes(found, request.acting), "may_brief": request.acting.has_role(*BUYERS)}
    context |= {"must_stay_form": MustStayForm(need=found.need), "market_form": MarketForm(need=found.need)}
    if (wrong := forms.get("settle_form")) is not None:
        for entry in context["opinions"]:
            if entry["opinion"].pk == wrong.opinion.pk:
                entry["form"] = wrong
    return render(request, "needs/job.html", {**context, **forms}, status=status)


@require_safe
@acts_as(*RATERS)
def export(request: UserRequest) -> HttpResponse:
    """The list as a table to take away."""
    header = [_("Job"), _("Hours a week"), _("Skill"), _("Liking"), _("Others on the skill"), _("Answers")]
    header += [_("Gap"), _("Score"), _("Recommendation")]
    rows = [page.line_of(job) for job in board(request.acting).jobs]
    return csv_response("needs.csv", header, rows)


@require_POST
@acts_on(Task, *BUYERS)
def begin_brief(request: UserRequest, task: Task) -> HttpResponse:
    """Begin a brief with the job's scope and the shop's volumes."""
    brief = handing.begin_brief(job_of(request.acting, task), by=request.acting, at=clock.now())
    messages.success(request, _("A draft, with what you said of the job: no vendor sees it until you invite them."))
    return redirect("sourcing:brief", brief.pk)


# ---- Rating --------------------------------------------------------------------------------------------------------
@require_safe
@acts_as(*RATERS)
def rate(request: UserRequest) -> HttpResponse:
    """Each job with what the person says of it."""
    return show_rating(request)


def show_rating(request: UserRequest, *, wrong: AssessmentForm | None = None, status: int = 200) -> HttpResponse:
    """The page of ratings; `wrong` is the form that was sent and has errors."""
    shown = [job for job in board(request.acting).jobs if not job.is_hidden]
    lines = []
    for one in shown:
        is_sent = wrong is not None and wrong.task.pk == one.task.pk
        form = wrong if is_sent and wrong else AssessmentForm(task=one.task, own=one.own)
        lines.append({"job": one, "form": form, "state": page.rated_of(one), "is_open": is_sent or page.has_more(one)})
    done = sum(one.own is not None and one.own.skill is not None for one in shown)
    context = {"lines": lines, "done": done, "total": len(lines), "currency": request.acting.organisation.currency}
    return render(request, "needs/rate.html", context, status=status)


@require_POST
@acts_on(Task, *RATERS)
def assess(request: UserRequest, task: Task) -> HttpResponse:
    """Keep what was said of one job; what is wrong is marked, and the rest of it kept."""
    form = AssessmentForm(request.POST, task=task)
    keeping.rate(task, form.good, by=request.acting, at=clock.now())
    status = 422 if form.errors else 200
    if getattr(request, "htmx", False):
        found = job_of(request.acting, task)
        context = {"job": found, "form": form, "state": page.rated_of(found), "is_saved": True}
        return render(request, "needs/_rated.html", context, status=status)
    if form.errors:
        return show_rating(request, wrong=form, status=status)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('needs:rate')}#job-{task.pk}")


@require_POST
@acts_on(Task, *RATERS)
def must_stay(request: UserRequest, task: Task) -> HttpResponse:
    """Say that a job must stay, and why; or that it need not."""
    form = MustStayForm(request.POST)
    if not form.is_valid():
        return show_job(request, job_of(request.acting, task), status=422, must_stay_form=form)
    stays, reason = form.cleaned_data["must_stay"], form.cleaned_data["reason"]
    keeping.set_need(task, by=request.acting, at=clock.now(), must_stay=stays, must_stay_reason=reason if stays else "")
    messages.success(request, _("Saved."))
    return redirect("needs:job", task.pk)


@require_POST
@acts_on(Task, *RATERS)
def market(request: UserRequest, task: Task) -> HttpResponse:
    """Say what vendors ask, and how long one has to look after them."""
    form = MarketForm(request.POST)
    if not form.is_valid():
        return show_job(request, job_of(request.acting, task), status=422, market_form=form)
    keeping.set_need(task, by=request.acting, at=clock.now(), **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("needs:job", task.pk)


# ---- A merchant's own jobs -----------------------------------------------------------------------------------------
@form_methods
@acts_as(*RATERS)
def add(request: UserRequest) -> HttpResponse:
    """A job of one's own."""
    form = TaskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            task = keeping.add(form.cleaned_data, by=request.acting, at=clock.now())
        except AlreadyThere as error:
            form.add_error("name", str(error))
        else:
            return redirect("needs:job", task.pk)
    return task_page(request, form, _("Add a job"))


@form_methods
@acts_on(Task, *RATERS)
def edit(request: UserRequest, task: Task) -> HttpResponse:
    """Change a job of one's own."""
    keeping.see_that_it_is_own(task)
    initial = {name: getattr(task, name) for name in ("name", "description", "unit", "asks")}
    form = TaskForm(request.POST or None, initial={**initial, "services": task.services.all()})
    if request.method == "POST" and form.is_valid():
        try:
            keeping.edit(task, form.cleaned_data, by=request.acting)
        except AlreadyThere as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("needs:job", task.pk)
    return task_page(request, form, _("Edit %(job)s") % {"job": task})


def task_page(request: UserRequest, form: TaskForm, title: str) -> HttpResponse:
    lede = _("Nobody but your shop sees it. What it maps to in the directory decides where to look for vendors.")
    context = {"title": title, "lede": lede, "form": form, "crumbs": page.crumbs()}
    return render(request, "form.html", context, status=422 if form.errors else 200)


@require_POST
@acts_on(Task, *RATERS)
def clone(request: UserRequest, task: Task) -> HttpResponse:
    """A copy that may be changed."""
    made = keeping.clone(task, by=request.acting, at=clock.now())
    messages.success(request, _("A copy of your own: change what is different."))
    return redirect("needs:edit", made.pk)


@require_POST
@acts_on(Task, *RATERS)
def hide(request: UserRequest, task: Task) -> HttpResponse:
    """Take a job off the list."""
    keeping.hide(task, by=request.acting, at=clock.now())
    messages.success(request, _("Hidden: it stands at the end of the list, with all that was said of it."))
    return redirect("needs:jobs")


@require_POST
@acts_on(Task, *RATERS)
def unhide(request: UserRequest, task: Task) -> HttpResponse:
    """Put it back."""
    keeping.show(task, by=request.acting)
    return redirect("needs:job", task.pk)


@form_methods
@acts_as(*RATERS)
def policy(request: UserRequest) -> HttpResponse:
    """By what jobs are judged."""
    form = PolicyForm(request.POST or None, instance=keeping.policy_of(request.acting.organisation))
    if request.method == "POST" and form.is_valid():
        keeping.save_policy(form.cleaned_data, by=request.acting, at=clock.now())
        messages.success(request, _("Saved. The verdicts follow."))
        return redirect("needs:jobs")
    lede = _("Weights are a proportion: 30, 20, 30 and 20 count like 3, 2, 3 and 2. They are a start, not proven.")
    context = {"title": _("How jobs are judged"), "lede": lede, "form": form, "crumbs": page.crumbs()}
    return render(request, "form.html", context, status=422 if form.errors else 200)
