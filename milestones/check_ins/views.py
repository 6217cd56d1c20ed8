"""Pages of check-ins and measures; and a person's own word on how a contract is doing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from milestones.check_ins import planning, signing
from milestones.check_ins.facts import facts_of, lines, sealed, span, unsealed
from milestones.check_ins.forms import USUAL, MeasureForm, SignForm, WhenForm
from milestones.check_ins.shown import readings_of
from milestones.contracts.views import RUN, back_to, page_with_form, tried, was_refused, with_reason
from milestones.errors import Overtaken
from milestones.forms import OverrideForm
from milestones.health import overriding
from milestones.models import CheckIn, Contract, Health, Measure
from milestones.work.shown import WORK
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.shared import clock


# ---- Check-ins -----------------------------------------------------------------------------------------------------
@require_safe
@acts_on(CheckIn)
def check_in(request: UserRequest, check_in: CheckIn) -> HttpResponse:
    """One check-in: the facts, and what was said; before it is signed, the form."""
    return page(request, check_in)


def page(request: UserRequest, check_in: CheckIn, form: SignForm | None = None) -> HttpResponse:
    """The page; `form` as it was sent with errors."""
    contract, at = check_in.contract, clock.now()
    is_open = check_in.signed_at is None and check_in.skipped_at is None
    may_sign = is_open and contract.is_running and request.acting.has_role(*RUN)
    facts = check_in.facts
    if form is not None and may_sign:
        facts, form = _read_again(check_in, form, at)
    elif is_open and contract.activated_at:
        found = facts_of(contract, at)
        facts = vars(found)
        if may_sign:
            form = SignForm(measures=list(contract.measures.all()), initial={"read": sealed(check_in, found)})
    context = {
        "check_in": check_in,
        "contract": contract,
        "facts": lines(facts) if facts else [],
        "span": span(facts) if facts else "",
        "readings": readings_of(check_in) if check_in.signed_at else [],
        "form": form if may_sign else None,
        "runs": request.acting.has_role(*RUN),
        "works": request.acting.has_role(*WORK),
        "is_merchant": request.acting.organisation.is_merchant,
        "is_open": is_open,
    }
    status = 409 if form and was_refused(form) else 422 if form and form.errors else 200
    return render(request, "milestones/check_in.html", context, status=status)


def _read_again(check_in: CheckIn, form: SignForm, at: datetime) -> tuple[Mapping[str, Any], SignForm]:
    """The facts that a form which was sent holds, as they were read; where these do not hold any more, new ones, which
    it says."""
    try:
        return unsealed(check_in, str(form["read"].value() or "")), form
    except Overtaken as error:
        found = facts_of(check_in.contract, at)
        data = {**dict(form.data.items()), "read": sealed(check_in, found)}
        again = SignForm(data, measures=list(check_in.contract.measures.all()))
        again.is_valid()
        again.add_error(None, str(error))
        again.was_refused = True  # type: ignore[attr-defined]
        return vars(found), again


@require_POST
@acts_on(CheckIn, *RUN)
def sign(request: UserRequest, check_in: CheckIn) -> HttpResponse:
    """Sign it, with the facts as they stood on the page."""
    form = SignForm(request.POST, measures=list(check_in.contract.measures.all()))

    def act() -> None:
        signing.sign(check_in, form.said, read=form.cleaned_data["read"], by=request.acting, at=clock.now())

    if not form.is_valid() or not tried(form, act):
        check_in.refresh_from_db()
        return page(request, check_in, form)
    messages.success(request, _("Signed. %(vendor)s is told.") % {"vendor": check_in.contract.vendor})
    return redirect("milestones:check_in", check_in.pk)


@form_methods
@acts_on(CheckIn, *RUN)
def skip(request: UserRequest, check_in: CheckIn) -> HttpResponse:
    """Leave one out."""

    def act(reason: str) -> None:
        planning.skip(check_in, reason=reason, by=request.acting, at=clock.now())

    return with_reason(request, check_in.contract, _("Leave the check-in out"), _("Leave it out"), act)


@form_methods
@acts_on(CheckIn, *WORK)
def reply(request: UserRequest, check_in: CheckIn) -> HttpResponse:
    """Answer as the vendor, once."""

    def act(text: str) -> None:
        signing.reply(check_in, text, by=request.acting, at=clock.now())

    to = reverse("milestones:check_in", args=[check_in.pk])
    title = _("Answer the check-in")
    return with_reason(request, check_in.contract, title, _("Send"), act, to=to, label=_("Your answer"))


@form_methods
@acts_on(Contract, *RUN)
def plan(request: UserRequest, contract: Contract) -> HttpResponse:
    """Lay check-ins out."""
    form = WhenForm(request.POST or None)
    made: list[CheckIn] = []

    def act() -> None:
        data = form.cleaned_data
        made.extend(
            planning.plan(contract, data["first"], every_months=data["every_months"], by=request.acting, at=clock.now())
        )

    if request.method == "POST" and form.is_valid() and tried(form, act):
        words = ngettext("%(count)s check-in planned.", "%(count)s check-ins planned.", len(made))
        messages.success(request, words % {"count": len(made)})
        return redirect(back_to(contract))
    lede = _("A day on which you look at the facts, say how it goes, and sign it. The vendor reads it then.")
    return page_with_form(request, contract, _("Plan check-ins"), form, lede)


# ---- Measures ------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Contract, *RUN)
def promise(request: UserRequest, contract: Contract) -> HttpResponse:
    """Write down a figure that was promised."""
    form = MeasureForm(request.POST or None, instance=Measure(contract=contract))
    form.fields["name"].widget.attrs["list"] = "usual"

    def act() -> None:
        planning.promise(contract, by=request.acting, at=clock.now(), **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Each check-in asks what came of it."))
        return redirect(back_to(contract))
    lede = _("A figure that %(vendor)s promised. Both sides read it.") % {"vendor": contract.vendor}
    crumbs = [(_("Contracts"), reverse("milestones:contracts")), (contract.title, back_to(contract))]
    context = {"title": _("What is measured"), "lede": lede, "crumbs": crumbs, "form": form, "usual": USUAL}
    return render(request, "milestones/measure.html", context, status=409 if was_refused(form) else 200)


@require_POST
@acts_on(Measure, *RUN)
def drop(request: UserRequest, measure: Measure) -> HttpResponse:
    """No longer measure it."""
    planning.drop(measure, by=request.acting, at=clock.now())
    return redirect(back_to(measure.contract))


# ---- One's own word ------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Contract, *RUN)
def override(request: UserRequest, contract: Contract) -> HttpResponse:
    """Say oneself how a contract is doing."""
    form = OverrideForm(request.POST or None, initial={"level": contract.health})

    def act() -> None:
        level, reason = Health(form.cleaned_data["level"]), form.cleaned_data["reason"]
        overriding.override(contract, level, reason=reason, by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return redirect(back_to(contract))
    lede = _(
        "Your word stands beside what is worked out from the record, and ends by itself. The vendor never sees it."
    )
    return page_with_form(request, contract, _("Say yourself how it is doing"), form, lede)


@require_POST
@acts_on(Contract, *RUN)
def lift_override(request: UserRequest, contract: Contract) -> HttpResponse:
    """Let what is worked out hold again."""
    overriding.lift(contract, by=request.acting, at=clock.now())
    return redirect(back_to(contract))
