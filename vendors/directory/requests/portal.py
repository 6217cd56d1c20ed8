"""What only a vendor's people reach: one request of a merchant's, answered item by item."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on
from outsourcing.files.uploads import takes_several_files
from outsourcing.shared import clock
from vendors.directory.models import EvidenceRequest, RequestedItem
from vendors.directory.requests import answering
from vendors.directory.requests.answer_forms import MOST_FILES, ChooseForm, RefuseForm, form_for
from vendors.directory.requests.errors import NothingThere
from vendors.directory.requests.shown import items_of
from vendors.directory.requests.views import piece_of, with_people

PEOPLE = (Role.MANAGER, Role.CONTACT)
Kind, State = RequestedItem.Kind, RequestedItem.State


@require_safe
@acts_on(EvidenceRequest, *PEOPLE)
def answer(request: UserRequest, asked: EvidenceRequest) -> HttpResponse:
    """What a merchant asks for, each item with its form."""
    return page(request, asked)


def page(
    request: UserRequest, asked: EvidenceRequest, wrong: dict[str, Any] | None = None, on: int = 0
) -> HttpResponse:
    """The page; `wrong` holds forms of the item `on` that were sent with errors, by name."""
    asked = with_people(asked)
    today = clock.today(ZoneInfo(str(asked.merchant.time_zone)))
    items = items_of(asked, acting=request.acting, today=today)
    for one in items:
        if one.takes_more:
            one.forms = forms_of(one.item, clock.today(request.acting.zone))
        if one.item.pk == on and wrong:
            one.forms |= wrong
    context = {
        "asked": asked,
        "items": items,
        "open_count": sum(one.is_open for one in items),
        "first_open": next((one for one in items if one.is_open), None),
        "is_late": any(one.is_late for one in items),
    }
    return render(request, "directory/requests/answer.html", context, status=422 if wrong else 200)


def forms_of(item: RequestedItem, today: date) -> dict[str, Any]:
    """The forms of an item as they open; ids tell those of one page apart."""
    forms: dict[str, Any] = {"add": form_for(item, today=today, auto_id=f"id_{item.pk}_%s")}
    if item.kind != Kind.PHYSICAL:
        choose = ChooseForm(item=item, auto_id=f"id_{item.pk}_choose_%s")
        if choose.fields["pieces"].queryset.exists():  # type: ignore[attr-defined]
            forms["choose"] = choose
    if item.state == State.ASKED:
        forms["refuse"] = RefuseForm(auto_id=f"id_{item.pk}_refuse_%s")
    return forms


def back(item: RequestedItem) -> HttpResponse:
    """To the item on its page."""
    response = redirect("directory:answer", item.request_id)
    response["Location"] += f"#item-{item.pk}"
    return response


@require_POST
@takes_several_files(MOST_FILES)
@acts_on(RequestedItem, *PEOPLE)
def add(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """Hand something over."""
    today = clock.today(request.acting.zone)
    form = form_for(item, request.POST, request.FILES, today=today, auto_id=f"id_{item.pk}_%s")
    if not form.is_valid():
        return page(request, item.request, {"add": form}, item.pk)
    answering.hand_over(item, form.about(), by=request.acting, at=clock.now())
    return back(item)


@require_POST
@acts_on(RequestedItem, *PEOPLE)
def choose(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """Answer with what the profile shows."""
    form = ChooseForm(request.POST, item=item, auto_id=f"id_{item.pk}_choose_%s")
    if not form.is_valid():
        if not answering.choosable(item).exists():
            raise NothingThere(_("There is nothing left to choose from: reload the page."))
        return page(request, item.request, {"choose": form}, item.pk)
    answering.choose(item, form.cleaned_data["pieces"], by=request.acting, at=clock.now())
    return back(item)


@require_POST
@acts_on(RequestedItem, *PEOPLE)
def remove(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """Take one piece back."""
    answering.take_back(item, piece_of(request), by=request.acting, at=clock.now())
    return back(item)


@require_POST
@acts_on(RequestedItem, *PEOPLE)
def done(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """That is all."""
    answering.say_that_is_all(item, at=clock.now())
    messages.success(request, _("%(merchant)s sees it now. Thank you.") % {"merchant": item.request.merchant})
    return back(item)


@require_POST
@acts_on(RequestedItem, *PEOPLE)
def refuse(request: UserRequest, item: RequestedItem) -> HttpResponse:
    """Say that it will not come, and why."""
    form = RefuseForm(request.POST, auto_id=f"id_{item.pk}_refuse_%s")
    if not form.is_valid():
        return page(request, item.request, {"refuse": form}, item.pk)
    answering.refuse(item, form.cleaned_data["reason"], at=clock.now())
    return back(item)
