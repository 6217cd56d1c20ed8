"""Pages of contracts: the list, one contract, its draft; and what a merchant decides about it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from milestones.check_ins.shown import evaluated
from milestones.contracts import drafting, listing, offering, running
from milestones.contracts.shown import shown
from milestones.contracts.text import price_of
from milestones.errors import NotYours
from milestones.forms import (
    AmendmentForm,
    ContractForm,
    DocumentForm,
    OfferForm,
    PeopleForm,
    ReasonForm,
    ResumeForm,
    SignedForm,
    WishForm,
)
from milestones.history import told
from milestones.holding import see_that_it_is
from milestones.models import Contract, Document, HistoryLine, Offer, Wish
from milestones.timeline.shown import timeline
from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import LARGEST_ID, acts_as, acts_on, form_methods
from outsourcing.conversations import hooks
from outsourcing.conversations.errors import MayNotWrite
from outsourcing.conversations.posting import WRITERS, against, may_write_to
from outsourcing.files import serving
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from outsourcing.shared.errors import DomainError

#: Who runs contracts on a merchant's side.
RUN = (Role.OWNER, Role.OPERATIONS)


def is_merchants(request: UserRequest) -> bool:
    return request.acting.organisation.is_merchant


def page_with_form(
    request: UserRequest, contract: Contract, title: str, form: forms.BaseForm, lede: str = "", status: int = 200
) -> HttpResponse:
    """A page with one form about a contract."""
    crumbs = [(_("Contracts"), reverse("milestones:contracts")), (contract.title, back_to(contract))]
    context = {"title": title, "lede": lede, "crumbs": crumbs, "form": form}
    return render(request, "form.html", context, status=409 if was_refused(form) else status)


def tried(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Do what a valid form asks for. Where it may not be, the reason stands in the form, which keeps what was typed,
    and the page is a 409: whether it went."""
    try:
        act()
    except DomainError as error:
        form.add_error(None, str(error))
        form.was_refused = True  # type: ignore[attr-defined]
        return False
    return True


def was_refused(form: forms.BaseForm) -> bool:
    return getattr(form, "was_refused", False)


def back_to(contract: Contract) -> str:
    return reverse("milestones:contract", args=[contract.pk])


# ---- Looking -------------------------------------------------------------------------------------------------------
@require_safe
@acts_as()
def contracts(request: UserRequest) -> HttpResponse:
    """The list of one's contracts, the worst first."""
    wanted = listing.Wanted.of(request.GET)
    page, rows = listing.page_of(request.acting, wanted, request.GET.get("page"), clock.now())
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "wanted": wanted,
        "page": page,
        "rows": rows,
        "choices": listing.choices(request.acting),
        "query": query.urlencode(),
        "may_add": request.acting.has_role(*RUN),
        "today": clock.today(request.acting.zone),
    }
    return render(request, "milestones/contracts.html", context)


@require_safe
@acts_on(Contract)
def contract(request: UserRequest, contract: Contract) -> HttpResponse:
    """One contract: how it is doing, its milestones, what is asked, and who is in it."""
    acting, at = request.acting, clock.now()
    found = shown(contract, acting, at)
    context = {
        "shown": found,
        "timeline": timeline(contract, found.milestones, found.needs, at),
        "evaluated": evaluated(contract, acting, at),
        "contract": contract,
        "is_merchant": is_merchants(request),
        "runs": acting.has_role(*RUN),
        "decides": acting.has_role(Role.MANAGER),
        "works": acting.has_role(Role.MANAGER, Role.CONTACT),
        "may_write": acting.has_role(*WRITERS),
        "today": contract.today(at),
    }
    return render(request, "milestones/contract.html", context)


@require_safe
@acts_on(Contract)
def history(request: UserRequest, contract: Contract) -> HttpResponse:
    """All that happened, newest first."""
    lines = HistoryLine.objects.visible_to(request.acting).filter(contract=contract).select_related("by", "milestone")
    page = Paginator(lines, 50).get_page(request.GET.get("page"))
    context = {"contract": contract, "page": page, "lines": told(page.object_list)}
    return render(request, "milestones/history.html", context)


@require_safe
@acts_on(Document)
def document(request: UserRequest, document: Document) -> HttpResponse:
    """A file of a contract, to be saved."""
    if document.removed_at is not None:
        raise Http404
    return serving.download(document.file)


# ---- Drafts --------------------------------------------------------------------------------------------------------
@require_safe
@acts_as(*RUN)
def choose_vendor(request: UserRequest) -> HttpResponse:
    """With whom to draw up a contract: vendors that one knows."""
    return render(request, "milestones/choose_vendor.html", {"vendors": known_vendors(request.acting)})


@form_methods
@acts_as(*RUN)
def draft(request: UserRequest, pk: int) -> HttpResponse:
    """Draw up a contract with a vendor that one may work with; 404 for one that one does not know. Raises
    MayNotWrite for one that is blocked."""
    vendor = Organisation.objects.filter(pk=min(pk, LARGEST_ID), kind=Organisation.Kind.VENDOR).first()
    if vendor is None or not may_write_to(request.acting, vendor):
        raise Http404
    if refusal := against(request.acting, [vendor.pk]).get(vendor.pk):
        raise MayNotWrite(refusal)
    own = request.acting.organisation
    initial = {
        "owner": request.acting.pk,
        "currency": own.currency,
        "time_zone": own.time_zone,
        "starts_on": clock.today(request.acting.zone),
    }
    instance = Contract(merchant=own, vendor=vendor)
    form = ContractForm(request.POST or None, acting=request.acting, vendor=vendor, initial=initial, instance=instance)
    if request.method == "POST" and form.is_valid():
        made = drafting.draft(vendor, form.values, by=request.acting, at=clock.now())
        messages.success(request, _("Draft saved. Add milestones, then offer it."))
        return redirect("milestones:contract", made.pk)
    context = {
        "title": _("A contract with %(vendor)s") % {"vendor": vendor},
        "lede": _("A draft: %(vendor)s sees nothing of it until you offer it.") % {"vendor": vendor},
        "crumbs": [(_("Contracts"), reverse("milestones:contracts"))],
        "form": form,
    }
    return render(request, "form.html", context)


def known_vendors(acting: Membership) -> list[Organisation]:
    """Vendors to choose from: those that one may write to, best known first."""
    seen = {one.pk: one for room in hooks.counterparts(acting) for one in room}
    return list(seen.values())


@form_methods
@acts_on(Contract, *RUN)
def edit(request: UserRequest, contract: Contract) -> HttpResponse:
    """Change a draft."""
    see_that_it_is(contract, Contract.State.DRAFT)
    form = ContractForm(request.POST or None, acting=request.acting, vendor=contract.vendor, instance=contract)

    def act() -> None:
        seen = form.cleaned_data["seen"]
        drafting.change_draft(contract, form.values, by=request.acting, at=clock.now(), seen=seen)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Saved."))
        return redirect(back_to(contract))
    return page_with_form(request, contract, _("Change the draft"), form)


@form_methods
@takes_files
@acts_on(Contract, Role.OWNER, Role.OPERATIONS, Role.MANAGER)
def attach(request: UserRequest, contract: Contract) -> HttpResponse:
    """Put a file beside a contract."""
    form = DocumentForm(request.POST or None, request.FILES or None)

    def act() -> None:
        data = form.cleaned_data
        drafting.attach(contract, data["upload"], title=data["title"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return redirect(back_to(contract))
    return page_with_form(request, contract, _("Add a file"), form, _("Both sides can read it."))


@require_POST
@acts_on(Document, Role.OWNER, Role.OPERATIONS, Role.MANAGER)
def remove_document(request: UserRequest, document: Document) -> HttpResponse:
    """Take a file of one's own side back."""
    drafting.remove_document(document, by=request.acting, at=clock.now())
    return redirect(back_to(document.contract))


# ---- Offers --------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Contract, *RUN)
def offer(request: UserRequest, contract: Contract) -> HttpResponse:
    """Put a draft to the vendor."""
    form = OfferForm(request.POST or None, contract=contract)

    def act() -> None:
        offering.offer(contract, by=request.acting, at=clock.now(), **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("%(vendor)s is asked by mail.") % {"vendor": contract.vendor})
        return redirect(back_to(contract))
    lede = _("They read the whole text and accept or decline it; the dates are fixed once they accept.")
    return page_with_form(request, contract, _("Offer the contract"), form, lede)


@form_methods
@takes_files
@acts_on(Contract, *RUN)
def record(request: UserRequest, contract: Contract) -> HttpResponse:
    """Record a contract that was signed outside."""
    form = SignedForm(request.POST or None, request.FILES or None, contract=contract, now=clock.now())

    def act() -> None:
        upload = form.cleaned_data["upload"]
        offering.record_running(contract, form.receipt, upload, by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("It is running."))
        return redirect(back_to(contract))
    return page_with_form(request, contract, _("It is signed already"), form)


@form_methods
@acts_on(Contract, *RUN)
def amend(request: UserRequest, contract: Contract) -> HttpResponse:
    """Propose that a running contract reads otherwise."""
    now = Contract.objects.get(pk=contract.pk)
    form = AmendmentForm(request.POST or None, instance=contract)

    def act() -> None:
        data = form.cleaned_data
        offering.propose_change(now, form.changes, expires_on=data["expires_on"], seen=data["seen"],
                                by=request.acting, at=clock.now())  # fmt: skip

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("%(vendor)s is asked by mail.") % {"vendor": contract.vendor})
        return redirect(back_to(contract))
    lede = _("What holds now goes on until %(vendor)s agrees.") % {"vendor": contract.vendor}
    return page_with_form(request, contract, _("Propose a change"), form, lede)


@require_safe
@acts_on(Offer)
def show_offer(request: UserRequest, offered: Offer) -> HttpResponse:
    """The text that was offered, and for whom it is to decide, the two answers."""
    contract = offered.contract
    context = {
        "offered": offered,
        "contract": contract,
        "price": price_of(contract),
        "is_merchant": is_merchants(request),
        "decides": request.acting.has_role(Role.MANAGER) and offered.state == Offer.State.OPEN,
        "runs": request.acting.has_role(*RUN),
        "is_over": bool(offered.expires_on and offered.expires_on < contract.today(clock.now())),
        "decline": ReasonForm(save=_("Decline"), warns=True),
    }
    return render(request, "milestones/offer.html", context)


@require_POST
@acts_on(Offer, Role.MANAGER)
def accept_offer(request: UserRequest, offered: Offer) -> HttpResponse:
    """Accept the text that was read."""
    offering.accept(offered, read=request.POST.get("read", ""), by=request.acting, at=clock.now())
    messages.success(request, _("Agreed. %(merchant)s is told.") % {"merchant": offered.contract.merchant})
    return redirect(back_to(offered.contract))


@form_methods
@acts_on(Offer, Role.MANAGER)
def decline_offer(request: UserRequest, offered: Offer) -> HttpResponse:
    """Say no, with a reason."""

    def act(reason: str) -> None:
        offering.decline(offered, reason=reason, by=request.acting, at=clock.now())

    return with_reason(request, offered.contract, _("Decline the contract"), _("Decline"), act, warns=True)


@require_POST
@acts_on(Offer, *RUN)
def withdraw_offer(request: UserRequest, offered: Offer) -> HttpResponse:
    """Take an offer back."""
    offering.withdraw(offered, by=request.acting, at=clock.now())
    return redirect(back_to(offered.contract))


# ---- A contract that runs ------------------------------------------------------------------------------------------
def with_reason(
    request: UserRequest,
    contract: Contract,
    title: str,
    save: str,
    act: Callable[[str], Any],
    *,
    lede: str = "",
    to: str = "",
    **options: Any,
) -> HttpResponse:
    """A page that asks why, acts, and goes back."""
    form = ReasonForm(request.POST or None, save=save, **options)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: act(form.cleaned_data["reason"])):
        return redirect(to or back_to(contract))
    return page_with_form(request, contract, title, form, lede)


@form_methods
@acts_on(Contract, *RUN)
def suspend(request: UserRequest, contract: Contract) -> HttpResponse:
    """Stop all clocks of a contract."""

    def act(reason: str) -> None:
        running.suspend(contract, reason=reason, by=request.acting, at=clock.now())

    lede = _("All clocks stand still until you let it run again. %(vendor)s reads why.") % {"vendor": contract.vendor}
    return with_reason(request, contract, _("Suspend the contract"), _("Suspend it"), act, lede=lede, warns=True)


@form_methods
@acts_on(Contract, *RUN)
def resume(request: UserRequest, contract: Contract) -> HttpResponse:
    """Let a contract run again."""
    form = ResumeForm(request.POST or None)

    def act() -> None:
        running.resume(contract, by=request.acting, at=clock.now(), **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and tried(form, act):
        return redirect(back_to(contract))
    return page_with_form(request, contract, _("Let it run again"), form)


@require_POST
@acts_on(Contract, *RUN)
def begin_closing(request: UserRequest, contract: Contract) -> HttpResponse:
    """No new milestones from now on."""
    running.begin_closing(contract, by=request.acting, at=clock.now())
    return redirect(back_to(contract))


@require_POST
@acts_on(Contract, *RUN)
def complete(request: UserRequest, contract: Contract) -> HttpResponse:
    """All is done."""
    running.complete(contract, by=request.acting, at=clock.now())
    messages.success(request, _("Completed."))
    return redirect(back_to(contract))


@form_methods
@acts_on(Contract, *RUN)
def terminate(request: UserRequest, contract: Contract) -> HttpResponse:
    """End a contract before its time."""

    def act(reason: str) -> None:
        running.terminate(contract, reason=reason, by=request.acting, at=clock.now())

    lede = _("What is open is cancelled, and nobody owes an answer any more. This cannot be undone.")
    return with_reason(request, contract, _("End the contract"), _("End it"), act, lede=lede, warns=True)


@form_methods
@acts_on(Contract, Role.OWNER, Role.OPERATIONS, Role.MANAGER)
def name_people(request: UserRequest, contract: Contract) -> HttpResponse:
    """Say who runs it and who stands in, on one's own side; a merchant on both. Raises NotYours."""
    if not is_merchants(request) and {"owner", "backup"} & request.POST.keys():
        raise NotYours(_("%(merchant)s names its own people.") % {"merchant": contract.merchant})
    before = Contract.objects.get(pk=contract.pk)
    form = PeopleForm(request.POST or None, acting=request.acting, instance=contract)

    def act() -> None:
        drafting.name_people(before, form.named, by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("Saved."))
        return redirect(back_to(contract))
    return page_with_form(request, contract, _("People"), form)


# ---- What the vendor asks for --------------------------------------------------------------------------------------
@form_methods
@acts_on(Contract, Role.MANAGER)
def ask(request: UserRequest, contract: Contract) -> HttpResponse:
    """Ask as the vendor that it be suspended or ended."""
    form = WishForm(request.POST or None)

    def act() -> None:
        data = form.cleaned_data
        running.ask(contract, Wish.Kind(data["kind"]), reason=data["reason"], by=request.acting, at=clock.now())

    if request.method == "POST" and form.is_valid() and tried(form, act):
        messages.success(request, _("%(merchant)s decides.") % {"merchant": contract.merchant})
        return redirect(back_to(contract))
    lede = _("%(merchant)s decides; until then it goes on as it is.") % {"merchant": contract.merchant}
    return page_with_form(request, contract, _("Ask to suspend or end it"), form, lede)


@require_POST
@acts_on(Wish, *RUN)
def grant_wish(request: UserRequest, wish: Wish) -> HttpResponse:
    """Do what the vendor asks."""
    running.grant(wish, answer="", by=request.acting, at=clock.now())
    return redirect(back_to(wish.contract))


@form_methods
@acts_on(Wish, *RUN)
def refuse_wish(request: UserRequest, wish: Wish) -> HttpResponse:
    """Not agree, with a reason."""

    def act(reason: str) -> None:
        running.refuse(wish, answer=reason, by=request.acting, at=clock.now())

    return with_reason(request, wish.contract, _("Say no"), _("Say no"), act)


@require_POST
@acts_on(Wish, Role.MANAGER)
def take_wish_back(request: UserRequest, wish: Wish) -> HttpResponse:
    """No longer ask for it."""
    running.take_back(wish, by=request.acting, at=clock.now())
    return redirect(back_to(wish.contract))
