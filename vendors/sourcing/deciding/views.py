"""Deciding, the frozen record, and telling vendors; a vendor's own result."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.shared import clock
from outsourcing.shared.errors import DomainError
from vendors.sourcing.certainty import certainty
from vendors.sourcing.comparing import words
from vendors.sourcing.deciding import choosing, erasing, telling
from vendors.sourcing.deciding.bands import band_words, bands_in_words
from vendors.sourcing.deciding.errors import CannotBeAwarded
from vendors.sourcing.deciding.forms import CorrectionForm, DecisionForm, TellForm
from vendors.sourcing.deciding.freezing import fingerprint, record_of
from vendors.sourcing.models import Brief, Candidate, Decision, Evaluator, Told
from vendors.sourcing.pages import forbid_all_but_the_chair
from vendors.sourcing.roles import BUYERS, MERCHANTS, VENDORS
from vendors.sourcing.scores.errors import StillHidden
from vendors.sourcing.scores.forms import ReasonForm
from vendors.sourcing.scores.views import crumbs
from vendors.sourcing.sheet import Price, Sheet, hides, sheet_of

#: What stands in the address for "none was suitable".
NONE = "none"


# ---- Deciding ------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Brief, *BUYERS)
def decide(request: UserRequest, brief: Brief) -> HttpResponse:
    """Choose, with the reasons that the choice needs; the address names the vendor, the first where it names none."""
    forbid_all_but_the_chair(request, brief)
    sheet = sheet_of(brief, request.acting)
    try:
        choosing.see_that_it_can_be_decided(brief, request.acting, clock.now())
        if sheet.hidden:
            raise StillHidden(_("Submit your own scores first: the others' are hidden from you until then."))
    except DomainError as reason:
        return render(request, "sourcing/deciding/cannot.html", {"brief": brief, "reason": reason}, status=409)
    chosen = chosen_in(request, sheet)
    form = form_for(request, sheet, chosen)
    if request.method == "POST" and form.is_valid():
        try:
            made = choosing.decide(
                brief, form.choice(), read=form.cleaned_data["seen"], by=request.acting, at=clock.now()
            )
        except DomainError as reason:
            return decide_page(request, sheet, chosen, form, told=str(reason), status=409)
        messages.success(request, _("Decided. It is kept as it stands now."))
        return redirect("sourcing:decision", made.pk)
    return decide_page(request, sheet, chosen, form, status=422 if request.method == "POST" else 200)


def chosen_in(request: UserRequest, sheet: Sheet) -> Candidate | None:
    """Whom the address, or the form, names; the runner-up of a decision that is open again, else the first.

    Raises CannotBeAwarded for a form that names anybody else: nobody is awarded by default.
    """
    named = request.POST.get("to", "") if request.method == "POST" else request.GET.get("to", "")
    if named == NONE:
        return None
    by_key = {str(one.pk): one for one in sheet.candidates if one.is_in_the_running}
    if named in by_key:
        return by_key[named]
    if request.method == "POST":
        raise CannotBeAwarded(_("That vendor is no longer on this shortlist: choose again."))
    before = Decision.objects.filter(brief=sheet.brief).order_by("-number").first()
    if before is not None and str(before.reserve_id) in by_key:
        return by_key[str(before.reserve_id)]
    ranked = [str(each.contender.key) for each in sheet.ranking.ranked]
    return next((by_key[key] for key in [*ranked, *by_key] if key in by_key), None)


def form_for(request: UserRequest, sheet: Sheet, chosen: Candidate | None) -> DecisionForm:
    """The form with the reasons that this choice needs, and the price as the first promise."""
    standing = sheet.ranking.of(chosen.pk) if chosen else None
    before = Decision.objects.filter(brief=sheet.brief).exists()
    return DecisionForm(
        request.POST or None,
        chosen=chosen,
        reserves=[one for one in sheet.candidates if one.is_in_the_running],
        asked=choosing.asked_of(standing, certainty(sheet.ranking)),
        acting=request.acting,
        correction=before,
        initial={"seen": fingerprint(record_of(sheet)), **first_promises(sheet, chosen)},
    )


def first_promises(sheet: Sheet, chosen: Candidate | None) -> dict[str, Any]:
    """The prices that the vendor has asked, in the currency in which it did."""
    price = sheet.prices.get(chosen.pk, Price()) if chosen else Price()
    rows = []
    for label, here, there in (
        (_("Price an order"), price.order, price.order_there),
        (_("Price a month"), price.month, price.month_there),
    ):
        amount: Decimal | None = here if there is None else there
        if amount is not None:
            rows.append((label, "most", amount.normalize() if amount else amount, price.currency))
    found: dict[str, Any] = {}
    for number, row in enumerate(rows):
        values = zip(("name", "way", "target", "unit"), row, strict=True)
        found |= {f"{name}_{number}": f"{value:f}" if isinstance(value, Decimal) else value for name, value in values}
    return found


def decide_page(
    request: UserRequest,
    sheet: Sheet,
    chosen: Candidate | None,
    form: DecisionForm,
    *,
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a choice: whom else one could choose, how sure it is, and why it could not be saved."""
    standings = {each.contender.key: each for each in sheet.ranking.standings}
    refused = ""
    if chosen is not None:
        try:
            choosing.see_that_it_can_be_awarded(standings[chosen.pk], chosen)
        except DomainError as reason:
            refused = str(reason)
    by_key = {one.pk: one for one in sheet.candidates}
    context = {
        "brief": sheet.brief, "crumbs": crumbs(sheet.brief), "chosen": chosen, "form": form, "told": told,
        "refused": refused, "verdict": words.verdict(certainty(sheet.ranking), sheet.names),
        "choices": [(by_key[key], standings[key]) for key in standings if by_key[key].is_in_the_running],
        "before": Decision.objects.filter(brief=sheet.brief).order_by("-number").defer("record", "page").first(),
    }  # fmt: skip
    return render(request, "sourcing/deciding/decide.html", context, status=status)


# ---- The record ----------------------------------------------------------------------------------------------------
@require_safe
@acts_on(Decision, *MERCHANTS)
def decision(request: UserRequest, decision: Decision) -> HttpResponse:
    """A decision as it was made, with its other versions, its contract, and who was told."""
    brief = decision.brief
    versions = list(Decision.objects.filter(brief=brief).select_related("chosen__vendor", "by").defer("record", "page"))
    latest = max(versions, key=lambda one: one.number)
    is_chair = brief.is_chaired_by(request.acting)
    is_latest = latest.pk == decision.pk and brief.is_over
    told = list(Told.objects.filter(decision=decision).select_related("candidate__vendor", "by"))
    is_hidden = hides(brief, list(Evaluator.objects.filter(brief=brief)), request.acting)
    contract = choosing.contract_of(decision)
    context = {
        "decision": decision, "brief": brief, "crumbs": crumbs(brief), "versions": versions, "is_latest": is_latest,
        "is_chair": is_chair, "contract": contract,
        "exactly": choosing.asked_exactly(decision, contract), "told": told, "is_hidden": is_hidden,
        "untold": len(telling.to_tell(decision)) - len(told) if is_latest and is_chair else 0,
        "rewritten": erasing.hashes_before(decision),
    }  # fmt: skip
    return render(request, "sourcing/deciding/decision.html", context)


@form_methods
@acts_on(Decision, *BUYERS)
def correct(request: UserRequest, decision: Decision) -> HttpResponse:
    """Correct what was written, as a new version."""
    forbid_all_but_the_chair(request, decision.brief)
    initial = {name: getattr(decision, name) for name in ("reason", "dissent", "review_on")}
    form = CorrectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = choosing.correct(decision, form.choice(decision), by=request.acting, at=clock.now())
        return redirect("sourcing:decision", made.pk)
    context = {
        "title": _("Correct the record"), "crumbs": back_to(decision), "form": form,
        "lede": _("What was decided, and what it rested on, stays. The version before is kept."),
    }  # fmt: skip
    return render(request, "form.html", context)


def back_to(decision: Decision) -> list[tuple[str, str]]:
    return [*crumbs(decision.brief), (_("Decision"), reverse("sourcing:decision", args=[decision.pk]))]


@form_methods
@acts_on(Decision, *BUYERS)
def reopen(request: UserRequest, decision: Decision) -> HttpResponse:
    """Open a decision again, with a reason."""
    forbid_all_but_the_chair(request, decision.brief)
    form = ReasonForm(request.POST or None, save=_("Open it again"))
    if request.method == "POST" and form.is_valid():
        choosing.reopen(decision.brief, form.cleaned_data["reason"], by=request.acting, at=clock.now())
        return redirect("sourcing:comparison", decision.brief_id)
    context = {
        "title": _("Open the decision again"), "crumbs": back_to(decision), "form": form,
        "lede": _("The record stays; vendors are compared again, and the next decision is the next version."),
    }  # fmt: skip
    return render(request, "form.html", context)


@require_POST
@acts_on(Decision, *BUYERS)
def draft_contract(request: UserRequest, decision: Decision) -> HttpResponse:
    """Draft the contract of an award where that could not be done at once."""
    forbid_all_but_the_chair(request, decision.brief)
    made = choosing.draft_later(decision, by=request.acting, at=clock.now())
    return redirect("milestones:contract", made.pk)


# ---- Telling -------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Decision, *BUYERS)
def tell(request: UserRequest, decision: Decision) -> HttpResponse:
    """What each vendor will read, and one click that sends it to all."""
    forbid_all_but_the_chair(request, decision.brief)
    chosen, others = telling.usual_texts(decision)
    has_chosen = decision.chosen_id is not None
    form = TellForm(request.POST or None, has_chosen=has_chosen, initial={"chosen": chosen, "others": others})
    told, status = "", 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = telling.tell(
                decision, chosen=said.get("chosen", ""), others=said["others"], by=request.acting, at=clock.now()
            )
        except DomainError as reason:
            told, status = str(reason), 409
        else:
            messages.success(request, _("Told %(count)s vendors, each its own.") % {"count": len(made)})
            return redirect("sourcing:decision", decision.pk)
    before = set(Told.objects.filter(decision=decision).values_list("candidate", flat=True))
    rows = [
        (one, [(row["criterion"], band_words(row["band"])) for row in telling.bands_of(decision, one)])
        for one in telling.to_tell(decision)
        if one.pk not in before
    ]
    context = {
        "decision": decision, "brief": decision.brief, "crumbs": back_to(decision), "form": form, "rows": rows,
        "told": told,
    }  # fmt: skip
    return render(request, "sourcing/deciding/tell.html", context, status=status)


@require_safe
@acts_on(Told, *VENDORS)
def result(request: UserRequest, told: Told) -> HttpResponse:
    """What a vendor was told: its own result and bands, nothing of another's."""
    row = Told.objects.select_related("candidate__brief__merchant", "decision").get(pk=told.pk)
    context = {
        "told": row,
        "brief": row.candidate.brief,
        "is_chosen": row.decision.chosen_id == row.candidate_id,
        "bands": bands_in_words(row),
    }
    return render(request, "sourcing/deciding/result.html", context)
