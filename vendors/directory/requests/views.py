"""Views of the merchant: asking a vendor, the request with what came, judging it."""

from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.files.uploads import takes_several_files
from outsourcing.shared import clock
from vendors.directory.models import EvidenceRequest, Judgement, RequestedItem, Vendor, WorkSample
from vendors.directory.requests import answering, asking, judging
from vendors.directory.requests.answer_forms import MOST_FILES, form_for
from vendors.directory.requests.errors import JudgedMeanwhile, NotAsked
from vendors.directory.requests.forms import (
    MOST_PHOTOS,
    ArrivalForm,
    AskForm,
    JudgeForm,
    RecordForm,
    first_wishes,
    instant_on,
)
from vendors.directory.requests.shown import items_of

BUYERS = (Role.OWNER, Role.BUYER)
MERCHANTS = (*BUYERS, Role.OPERATIONS, Role.VIEWER)
State, Kind = RequestedItem.State, RequestedItem.Kind


def own_today(request: UserRequest) -> date:
    """The date where the merchant is, by which requests are late."""
    return clock.today(ZoneInfo(str(request.acting.organisation.time_zone)))


# ---- Asking --------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Vendor, *BUYERS)
def ask(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Ask a vendor for evidence; where it cannot be asked, say why and what to do."""
    if vendor.merged_into_id:
        return redirect("directory:ask", vendor.merged_into_id)
    merchant, today = request.acting.organisation, own_today(request)
    try:
        people = asking.see_that_it_can_be_asked(vendor, merchant)
        initial = {} if request.method == "POST" else first_wishes(asking.usual_due_on(merchant, today), again(request))
        form = AskForm(request.POST or None, today=today, initial=initial)
        if request.method == "POST" and form.is_valid():
            message, due_on = form.cleaned_data["message"], form.cleaned_data["due_on"]
            asked = asking.ask_vendor(
                vendor, form.wishes(), message=message, due_on=due_on, by=request.acting, at=clock.now()
            )
            messages.success(request, _("Sent to %(people)s.") % {"people": named(people)})
            return redirect("directory:request", asked.pk)
    except NotAsked as reason:
        return render(request, "directory/requests/cannot.html", {"vendor": vendor, "reason": reason}, status=409)
    context = {
        "title": _("Ask %(vendor)s for evidence") % {"vendor": vendor},
        "lede": _("One mail goes to %(people)s; the answers gather on one page.") % {"people": named(people)},
        "crumbs": crumbs(vendor),
        "form": form,
    }
    return render(request, "directory/requests/ask.html", context)


def again(request: UserRequest) -> EvidenceRequest | None:
    """The request that is to be asked again, where the address names one of one's own."""
    number = request.GET.get("again", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    return EvidenceRequest.objects.visible_to(request.acting).filter(pk=int(number)).first()


def named(people: list[Membership]) -> str:
    """At most three, and how many more."""
    names = [one.label for one in people]
    more = len(names) - 3
    return ", ".join(names[:3]) + (_(" and %(more)s more") % {"more": more} if more > 0 else "")


def crumbs(vendor: Vendor, asked: EvidenceRequest | None = None) -> list[tuple[str, str]]:
    """The way back."""
    way = [(_("Vendors"), reverse("directory:list")), (str(vendor), reverse("directory:vendor", args=[vendor.pk]))]
    return [*way, (_("Request"), reverse("directory:request", args=[asked.pk]))] if asked else way


# ---- One request ---------------------------------------------------------------------------------------------------
@require_safe
@acts_on(EvidenceRequest, *MERCHANTS)
def show(request: UserRequest, asked: EvidenceRequest) -> HttpResponse:
    """What was asked, what came and what was thought of it."""
    asked = with_people(asked)
    items = items_of(asked, acting=request.acting, today=own_today(request))
    for judgement in Judgement.objects.filter(item__request=asked).select_related("by"):
        next(one for one in items if one.item.pk == judgement.item_id).judgements.append(judgement)
    context = {
        "asked": asked,
        "vendor": asked.vendor,
        "items": items,
        "may_buy": request.acting.has_role(*BUYERS),
        "may_withdraw": any(one.item.state == State.ASKED for one in items),
    }
    return render(request, "directory/requests/request.html", context)


def with_people(asked: EvidenceRequest) -> EvidenceRequest:
    """With everybody whom its page names. One query."""
    rows = EvidenceRequest.objects.select_related("vendor__organisation", "merchant", "asked_by")
    return rows.prefetch_related("items__judged_by", "items__recorded_by").get(pk=asked.pk)


@require_POST
@acts_on(EvidenceRequest, *BUYERS)
def withdraw(request: UserRequest, asked: EvidenceRequest) -> HttpResponse:
    """Ask no longer."""
    asking.withdraw(asked, by=request.acting, at=clock.now())
    messages.success(request, _("Withdrawn. What has come already stays."))
    return redirect("directory:request", asked.pk)


# ---- One item ------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(RequestedItem, *BUYERS)
def judge(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """Give a verdict, or change it."""
    if item.state not in (State.RECEIVED, State.JUDGED):
        return redirect("directory:request", item.request_id)
    form = JudgeForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        try:
            judging.judge(item, by=request.acting, at=clock.now(), **form.cleaned_data)
        except JudgedMeanwhile as told:
            item.refresh_from_db()
            form = JudgeForm(item=item)
            return about_item(request, item, _("Judge"), form, told=str(told), status=409)
        return redirect("directory:request", item.request_id)
    return about_item(request, item, _("Judge"), form)


@form_methods
@acts_on(RequestedItem, *BUYERS)
def record(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """Note what came, or was refused, by post, phone or mail."""
    today, zone = own_today(request), ZoneInfo(str(request.acting.organisation.time_zone))
    asked_at = item.request.asked_at
    form = RecordForm(request.POST or None, asked_on=asked_at.astimezone(zone).date(), today=today)
    if request.method == "POST" and form.is_valid():
        said, now = form.cleaned_data, clock.now()
        came_at = instant_on(said["came_on"], zone, asked_at=asked_at, at=now)
        if said["outcome"] == RecordForm.REFUSED:
            reason, channel = said["reason"], said["channel"]
            judging.record_refused(item, reason, channel=channel, came_at=came_at, by=request.acting)
        else:
            judging.record_received(item, channel=said["channel"], came_at=came_at, by=request.acting)
        messages.success(request, _("Recorded."))
        return redirect("directory:request", item.request_id)
    return about_item(request, item, _("Record what reached you"), form)


@form_methods
@takes_several_files(MOST_FILES)
@acts_on(RequestedItem, *BUYERS)
def add(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """Write down a piece that reached the merchant another way."""
    if item.kind == Kind.PHYSICAL:
        return redirect("directory:arrived", item.pk)
    form = form_for(item, request.POST or None, request.FILES or None, today=own_today(request))
    if request.method == "POST" and form.is_valid():
        answering.hand_over(item, form.about(), by=request.acting, at=clock.now())
        return redirect("directory:request", item.request_id)
    return about_item(request, item, _("Add what came"), form)


@form_methods
@takes_several_files(MOST_PHOTOS)
@acts_on(RequestedItem, *BUYERS)
def arrived(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """Note that the parcel has come, with pictures."""
    if item.kind != Kind.PHYSICAL:
        return redirect("directory:request", item.request_id)
    today, zone = own_today(request), ZoneInfo(str(request.acting.organisation.time_zone))
    sample = WorkSample.objects.current().filter(item=item).first()
    initial = {"arrived_on": today, "title": item.detail[:160] or _("A packed order")}
    if isinstance(sample, WorkSample):
        initial = {name: getattr(sample, name) for name in ("arrived_on", "title", "description")}
    asked_on = item.request.asked_at.astimezone(zone).date()
    form = ArrivalForm(request.POST or None, request.FILES or None, asked_on=asked_on, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        judging.note_arrival(item, by=request.acting, at=clock.now(), **form.cleaned_data)
        return redirect("directory:request", item.request_id)
    return about_item(request, item, _("The parcel has come"), form)


@require_POST
@acts_on(RequestedItem, *BUYERS)
def remove(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """Take back a piece that was written down by mistake."""
    answering.take_back(item, piece_of(request), by=request.acting, at=clock.now())
    return redirect("directory:request", item.request_id)


def piece_of(request: UserRequest) -> int:
    """The key of the piece that a form names; 0 where it names none."""
    number = request.POST.get("piece", "")
    return int(number) if number.isdecimal() and len(number) <= 18 else 0


def about_item(
    request: UserRequest, item: RequestedItem, title: str, form: object, *, told: str = "", status: int = 200
) -> HttpResponse:
    """A page with one form about an item, under what came for it."""
    asked = with_people(item.request)
    items = items_of(asked, acting=request.acting, today=own_today(request))
    context = {
        "title": title,
        "lede": f"{item.get_kind_display()}, {asked.vendor}",
        "crumbs": crumbs(asked.vendor, asked),
        "one": next(one for one in items if one.item.pk == item.pk),
        "form": form,
        "told": told,
    }
    return render(request, "directory/requests/item.html", context, status=status)
