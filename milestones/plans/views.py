"""Pages of plans: fill a draft from one, keep one from a contract, and one's own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from milestones.contracts.views import RUN, back_to, page_with_form
from milestones.models import Contract, Plan
from milestones.plans import applying, saving
from milestones.plans.builtin import PLANS
from milestones.plans.forms import FillForm, KeepForm, NameForm
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.shared import clock


@form_methods
@acts_on(Contract, *RUN)
def fill(request: UserRequest, contract: Contract) -> HttpResponse:
    """Choose a plan and see its dates (GET), then add its milestones to the draft (POST)."""
    at = clock.now()
    given = request.POST or request.GET
    form = FillForm(given if "plan" in given else None, acting=request.acting, start=contract.starts_on)
    preview = None
    if form.is_valid() and (plan := applying.plan_of(form.cleaned_data["plan"], request.acting.organisation_id)):
        start = form.cleaned_data["start"]
        if request.method == "POST":
            seen = int(request.POST["seen"]) if request.POST.get("seen", "").isdecimal() else None
            made = applying.fill(contract, plan, start=start, by=request.acting, at=at, seen=seen)
            words = ngettext("%(count)s milestone added.", "%(count)s milestones added.", len(made))
            messages.success(request, words % {"count": len(made)})
            return redirect(back_to(contract))
        preview = applying.lay_out(plan, contract, start, at)
    crumbs = [(_("Contracts"), reverse("milestones:contracts")), (contract.title, back_to(contract))]
    context = {"contract": contract, "form": form, "preview": preview, "crumbs": crumbs}
    return render(request, "milestones/fill.html", context)


@form_methods
@acts_on(Contract, *RUN)
def save_as_plan(request: UserRequest, contract: Contract) -> HttpResponse:
    """Keep a contract's milestones as a plan."""
    form = KeepForm(request.POST or None, initial={"name": contract.title[:120]})
    if request.method == "POST" and form.is_valid():
        saving.save(contract, by=request.acting, at=clock.now(), **form.cleaned_data)
        messages.success(request, _("Kept. Choose it when you next fill a draft."))
        return redirect("milestones:plans")
    lede = _("What was planned first, as working days after the start. Only your own colleagues see it.")
    return page_with_form(request, contract, _("Keep the milestones as a plan"), form, lede)


@require_safe
@acts_as(*RUN)
def plans(request: UserRequest) -> HttpResponse:
    """One's own plans, and ours."""
    own = Plan.objects.visible_to(request.acting).prefetch_related("steps")
    return render(request, "milestones/plans.html", {"own": own, "builtin": PLANS.values()})


@form_methods
@acts_on(Plan, *RUN)
def rename(request: UserRequest, plan: Plan) -> HttpResponse:
    """Call a plan otherwise."""
    form = NameForm(request.POST or None, initial={"name": plan.name})
    if request.method == "POST" and form.is_valid():
        saving.rename(plan, form.cleaned_data["name"])
        return redirect("milestones:plans")
    crumbs = [(_("Contracts"), reverse("milestones:contracts")), (_("Plans"), reverse("milestones:plans"))]
    return render(request, "form.html", {"title": _("Rename the plan"), "crumbs": crumbs, "form": form})


@require_POST
@acts_on(Plan, *RUN)
def remove(request: UserRequest, plan: Plan) -> HttpResponse:
    """Forget a plan; contracts that it filled stay as they are."""
    plan.delete()
    messages.success(request, _("The plan is gone; contracts keep their milestones."))
    return redirect("milestones:plans")
