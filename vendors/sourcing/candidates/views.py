"""Pages of a shortlist: the list and the board, one candidate, and how vendors get on it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from milestones.forms import ReasonForm
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import LARGEST_ID, acts_as, acts_on, form_methods
from outsourcing.files import serving
from outsourcing.shared import clock
from vendors.directory.models import Vendor
from vendors.directory.search.query import read
from vendors.directory.search.run import all_found
from vendors.directory.search.values import values
from vendors.sourcing.answering import submitting
from vendors.sourcing.answering.forms import AnswerForm
from vendors.sourcing.briefs.shown import counts, mark_of
from vendors.sourcing.candidates import adding, inviting, moving
from vendors.sourcing.candidates.forms import AddForm, LateForm, PutOnForm, RateForm, ReceiptForm, RulingForm
from vendors.sourcing.candidates.shown import board, cards_of, one_candidate
from vendors.sourcing.models import Answer, AnswerFile, Brief, BriefState, Candidate, Gate
from vendors.sourcing.pages import crumbs, page_with_form, to_candidate, to_candidates, tried
from vendors.sourcing.roles import BUYERS, MERCHANTS

OFFERED = 20


# ---- The list ------------------------------------------------------------------------------------------------------
@require_safe
@acts_on(Brief)
def candidates(request: UserRequest, brief: Brief) -> HttpResponse:
    """Who is on the shortlist, as a list or as a board by stage."""
    at = clock.now()
    cards = cards_of(brief, request.acting)
    state = brief.state_at(at)
    context = {
        "brief": brief,
        "mark": mark_of(brief, at),
        "state": state,
        "cards": cards,
        "columns": board(cards),
        "as_board": request.GET.get("as") == "board",
        "counts": counts(brief),
        "writes": request.acting.has_role(*BUYERS),
        "chairs": brief.is_chaired_by(request.acting),
        "may_add": request.acting.has_role(*BUYERS)
        and state in (adding.TAKING_PRIVATE if brief.is_private else adding.TAKING),
        "is_sealed_now": brief.is_dark,
    }
    return render(request, "sourcing/candidates.html", context)


@form_methods
@acts_on(Brief, *BUYERS)
def add(request: UserRequest, brief: Brief) -> HttpResponse:
    """Put vendors on the list: those of some words, else those that one knows."""
    words, offered = _offered(request)
    there = set(brief.candidates.values_list("vendor", flat=True))
    form = AddForm(request.POST or None, offered=Vendor.objects.visible_to(request.acting).live())

    def act() -> None:
        vendors = form.cleaned_data["v"]
        adding.add(brief, vendors, by=request.acting, at=clock.now(), source="search" if words else "list")

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return to_candidates(brief)
    context = {
        "brief": brief,
        "words": words,
        "offered": [(one, one.organisation_id in there) for one in offered],
        "problems": [*form.non_field_errors(), *form.errors.get("v", [])] if request.method == "POST" else [],
        "crumbs": crumbs(brief),
    }
    status = 409 if getattr(form, "was_refused", False) else 200
    return render(request, "sourcing/add.html", context, status=status)


def _offered(request: UserRequest) -> tuple[str, list[Vendor]]:
    """The words of the address, and what is found by them as the directory would find it."""
    query = read(request.GET, request.acting, values())
    seen = Vendor.objects.visible_to(request.acting).live()
    if not query.words:
        known = seen.known_to(request.acting.organisation).order_by("organisation__name", "pk")
        return "", list(known[:OFFERED])
    keys = list(all_found(query, request.acting, most=OFFERED))
    found = seen.in_bulk(keys)
    return query.words, [found[pk] for pk in keys if pk in found]


@form_methods
@acts_as(*BUYERS)
def put_on(request: UserRequest) -> HttpResponse:
    """Put the vendors of the address (`v`) on one of one's shortlists: from the search, a comparison, a vendor's page.

    404 where one of them is not to be known of.
    """
    named = [*request.GET.getlist("v"), *request.POST.getlist("v")][:OFFERED]
    if not named:
        messages.info(request, _("Tick the vendors that you want on a shortlist."))
        return redirect("directory:list")
    keys = {int(one) for one in named if one.isdecimal() and len(one) < 20 and int(one) <= LARGEST_ID}
    vendors = list(Vendor.objects.visible_to(request.acting).live().filter(pk__in=keys))
    if not keys or len(vendors) != len(keys):
        raise Http404
    form = PutOnForm(request.POST or None, acting=request.acting)
    source = request.GET.get("from", "")

    def act() -> None:
        adding.add(form.cleaned_data["brief"], vendors, by=request.acting, at=clock.now(), source=source)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("On the shortlist."))
        return to_candidates(form.cleaned_data["brief"])
    names = ", ".join(one.name for one in vendors)
    lede = _("Put %(names)s beside the others you consider.") % {"names": names}
    if not form.fields["brief"].queryset.exists():  # type: ignore[attr-defined]
        context = {"crumbs": crumbs(), "names": names, "new": reverse("sourcing:choose")}
        return render(request, "sourcing/no_brief.html", context)
    return page_with_form(request, _("Put on a shortlist"), form, lede=lede)


# ---- One of them ---------------------------------------------------------------------------------------------------
@require_safe
@acts_on(Candidate, *MERCHANTS)
def candidate(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """One vendor on the list: what it answered, as far as that may be read."""
    context: dict[str, Any] = one_candidate(candidate, request.acting, clock.now())
    context |= {
        "crumbs": crumbs(candidate.brief),
        "writes": request.acting.has_role(*BUYERS),
        "chairs": candidate.brief.is_chaired_by(request.acting),
        "profile": Vendor.objects.filter(organisation=candidate.vendor_id).first(),
    }
    return render(request, "sourcing/candidate.html", context)


@require_POST
@acts_on(Candidate, *BUYERS)
def invite(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Ask one more to answer."""
    inviting.invite(candidate, by=request.acting, at=clock.now())
    return to_candidates(candidate.brief)


@require_POST
@acts_on(Candidate, *BUYERS)
def remove(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Take one off again."""
    adding.remove(candidate, by=request.acting, at=clock.now())
    return to_candidates(candidate.brief)


@require_POST
@acts_on(Candidate, *BUYERS)
def shortlist(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Keep it in the closer choice."""
    moving.shortlist(candidate, by=request.acting, at=clock.now())
    return to_candidates(candidate.brief)


@require_POST
@acts_on(Candidate, *BUYERS)
def unshortlist(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Take it out of the closer choice."""
    moving.unshortlist(candidate, by=request.acting, at=clock.now())
    return to_candidates(candidate.brief)


@form_methods
@acts_on(Candidate, *BUYERS)
def withdrawn(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Record that the vendor is out of it."""
    form = ReasonForm(request.POST or None, save=_("It is out of it"), warns=True)

    def act() -> None:
        moving.withdraw(candidate, reason=form.cleaned_data["reason"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return to_candidates(candidate.brief)
    lede = _("Its answer and its scores are kept; it is not ranked any more.")
    title = _("%(vendor)s is out of it") % {"vendor": candidate.vendor}
    return page_with_form(request, title, form, brief=candidate.brief, lede=lede)


@form_methods
@acts_on(Candidate, *BUYERS)
def rule(request: UserRequest, candidate: Candidate, gate: int) -> HttpResponse:
    """Say how a must-have is met."""
    found = Gate.objects.filter(brief=candidate.brief_id, pk=min(gate, LARGEST_ID), removed_at=None).first()
    if found is None:
        raise Http404
    asked: Any = found
    last = candidate.rulings.current().filter(gate=asked).first()
    initial = {"result": last.result, "reason": last.reason} if last else {}
    form = RulingForm(request.POST or None, initial=initial)

    def act() -> None:
        moving.rule(candidate, asked, by=request.acting, at=clock.now(), **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return to_candidate(candidate)
    title = _("%(vendor)s: %(gate)s") % {"vendor": candidate.vendor, "gate": asked.text}
    lede = _("A vendor that fails a must-have is not ranked, and still listed.")
    return page_with_form(request, title, form, brief=candidate.brief, lede=lede)


@form_methods
@acts_on(Candidate, *BUYERS)
def enter(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Write down what a vendor answered elsewhere, or what is known of it."""
    now = clock.now()
    brief = candidate.brief
    form = AnswerForm(request.POST or None, brief=brief, candidate=None, is_whole=False)
    receipt = None if brief.is_private else ReceiptForm(request.POST or None, now=now)
    is_valid = request.method == "POST" and all(one.is_valid() for one in (form, receipt) if one is not None)

    def act() -> None:
        came = receipt.receipt if receipt is not None else None
        submitting.enter(candidate, form.said, by=request.acting, at=now, receipt=came)

    if is_valid and tried(form, act):
        return to_candidate(candidate)
    context = {"form": form, "receipt": receipt, "candidate": candidate, "brief": brief, "crumbs": crumbs(brief)}
    status = 409 if getattr(form, "was_refused", False) else 200
    return render(request, "sourcing/enter.html", context, status=status)


@form_methods
@acts_on(Answer, *BUYERS)
def rate(request: UserRequest, answer: Answer) -> HttpResponse:
    """What a foreign price is worth."""
    brief = answer.candidate.brief
    form = RateForm(request.POST or None, theirs=answer.currency, ours=brief.currency, initial={"rate": answer.rate})

    def act() -> None:
        moving.enter_rate(answer, form.cleaned_data["rate"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return to_candidate(answer.candidate)
    lede = _("The price keeps its own currency; the rate is shown beside it.")
    return page_with_form(request, _("Rate"), form, brief=brief, lede=lede)


@form_methods
@acts_on(Candidate, *BUYERS)
def decide_late(request: UserRequest, candidate: Candidate) -> HttpResponse:
    """Whether an answer that came late counts."""
    late = Answer.objects.filter(candidate=candidate, state=Answer.State.LATE).first()
    if late is None:
        raise Http404
    answer: Answer = late
    form = LateForm(request.POST or None)

    def act() -> None:
        decide = submitting.accept_late if "accept" in request.POST else submitting.refuse_late
        decide(answer, reason=form.cleaned_data["reason"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return to_candidates(candidate.brief)
    lede = _("It is sealed until you accept it. Everybody who was invited hears that one counts late, not whose.")
    if candidate.brief.state_at(clock.now()) == BriefState.EVALUATING:
        lede = _("The others are opened: it can only be refused, or everybody is asked again.")
    title = _("%(vendor)s answered late") % {"vendor": candidate.vendor}
    return page_with_form(request, title, form, brief=candidate.brief, lede=lede)


@require_safe
@acts_on(AnswerFile, *MERCHANTS)
def answer_file(request: UserRequest, file: AnswerFile) -> HttpResponse:
    """A file of an answer that may be read, to be saved."""
    return serving.download(file.file)
