"""Views about one's own saved searches."""

from typing import Any

from crispy_forms.layout import Hidden
from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.forms import NamedForm, helper
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.shared import clock
from vendors.directory.models import SavedSearch
from vendors.directory.search import saved
from vendors.directory.search.errors import NameTaken, SavedAlready, TooManySearches, TooWide
from vendors.directory.search.query import Query, read
from vendors.directory.search.values import values
from vendors.directory.search.views import MERCHANTS


class NameForm(NamedForm, forms.Form):
    """What a search is called."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("name")


class SaveForm(NameForm):
    """What to call the search that an address asks for."""

    def __init__(self, *args: Any, query: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("name", save=_("Save this search"))
        self.helper.layout.append(Hidden("query", query))


@require_POST
@acts_as(*MERCHANTS)
def save(request: UserRequest) -> HttpResponse:
    """Keep the search that the list shows, and go back to it."""
    query = _read(request.POST.get("query", ""), request)
    form = SaveForm(request.POST, query=query.address(page=1, since=0))
    if form.is_valid():
        try:
            saved.save(form.cleaned_data["name"], query, by=request.acting, at=clock.now())
        except (NameTaken, SavedAlready, TooManySearches, TooWide) as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved. It stands above the filters, with what is new in it."))
            return redirect(_address(query.address(page=1, since=0)))
    return _page(request, form, _("Save this search"), status=422)


@require_safe
@acts_on(SavedSearch)
def look(request: UserRequest, found: SavedSearch) -> HttpResponse:
    """The list as it was saved, in which what is new since one last looked is marked; now one has looked."""
    since = int(found.looked_at.timestamp())
    if request.method == "GET":
        saved.look(found, at=clock.now())
    return redirect(_address(_read(found.query, request).address(page=1, since=since)))


@form_methods
@acts_on(SavedSearch)
def edit(request: UserRequest, found: SavedSearch) -> HttpResponse:
    """Call it something else, or delete it."""
    form = NameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            saved.rename(found, form.cleaned_data["name"], by=request.acting)
        except NameTaken as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(found.query))
    status = 422 if form.errors else 200
    return _page(request, form, _("Rename or delete “%(name)s”") % {"name": found}, status, saved=found)


@require_POST
@acts_on(SavedSearch)
def remove(request: UserRequest, found: SavedSearch) -> HttpResponse:
    """Keep it no longer."""
    found.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": found})
    return redirect(_address(found.query))


def _read(query: str, request: UserRequest) -> Query:
    return read(QueryDict(query), request.acting, values())


def _address(query: str) -> str:
    return f"{reverse('directory:list')}?{query}".rstrip("?")


def _page(request: UserRequest, form: NameForm, title: str, status: int, **more: Any) -> HttpResponse:
    crumbs = [(_("Vendors"), reverse("directory:list"))]
    lede = _("It is yours alone: colleagues keep their own.")
    context = {"title": title, "lede": lede, "crumbs": crumbs, "form": form, **more}
    return render(request, "directory/saved_search.html", context, status=status)
