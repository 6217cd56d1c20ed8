"""Views about vendors that are there twice: a merchant's own, and a manager's two."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.middleware import SESSION_KEY
from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import LARGEST_ID, acts_as, acts_on, form_methods
from outsourcing.shared import clock
from vendors.directory.merging import actions
from vendors.directory.merging.duplicates import NEWEST, likely_duplicates, pairs_of, told
from vendors.directory.models import Vendor
from vendors.directory.profiles.views import BUYERS
from vendors.directory.search.query import read
from vendors.directory.search.run import all_found
from vendors.directory.search.values import values

PER_PAGE, MOST_FOUND = 25, 10


@require_safe
@acts_as(*BUYERS)
def duplicates(request: UserRequest) -> HttpResponse:
    """Own vendors that are probably there twice, each beside the one that it is like."""
    page = Paginator(pairs_of(request.acting), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Vendors that are there twice"),
        "crumbs": [(_("Vendors"), reverse("directory:list"))],
        "page": page,
        "pairs": told(list(page.object_list), request.acting),
        "newest": NEWEST,
    }
    return render(request, "directory/merging/duplicates.html", context)


@form_methods
@acts_on(Vendor, *BUYERS)
def merge(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Choose which vendor another row is the same as, see what goes over, and make one of the two."""
    chosen = request.POST.get("into") if request.method == "POST" else request.GET.get("into")
    if chosen is None and request.method != "POST":
        return _choose(request, vendor)
    into = Vendor.objects.visible_to(request.acting).filter(pk=key_of(chosen)).first()
    if into is None:
        raise Http404
    if request.method == "POST":
        left = actions.merge(vendor, into, by=request.acting, at=clock.now())
        said = _("%(loser)s and %(winner)s are one now.") % {"loser": vendor, "winner": left}
        messages.success(request, said)
        return redirect("directory:vendor", left.pk)
    context = {
        "title": _("Merge %(vendor)s") % {"vendor": vendor},
        "crumbs": _crumbs(vendor),
        "preview": actions.preview_merge(vendor, into, request.acting),
    }
    return render(request, "directory/merging/merge.html", context)


def _choose(request: UserRequest, vendor: Vendor) -> HttpResponse:
    query = read(request.GET, request.acting, values())
    if query.words:
        keys = [pk for pk in all_found(query, request.acting, most=MOST_FOUND + 1) if pk != vendor.pk][:MOST_FOUND]
        found = Vendor.objects.visible_to(request.acting).in_bulk(keys)
        likely = [found[pk] for pk in keys]
    else:
        likely = likely_duplicates(request.acting, name=vendor.name, website=vendor.website, besides=vendor)
    context = {
        "title": _("Which is the same as %(vendor)s?") % {"vendor": vendor},
        "crumbs": _crumbs(vendor),
        "vendor": vendor,
        "words": query.words,
        "likely": likely,
    }
    return render(request, "directory/merging/choose.html", context)


# ---- The vendor's side ---------------------------------------------------------------------------------------------
@require_safe
@acts_as(Role.MANAGER)
def join_list(request: UserRequest) -> HttpResponse:
    """The other vendor organisations that one manages."""
    others = [one for one in actions.managed(request.user) if one.organisation_id != request.acting.organisation_id]
    context = {"title": _("Two profiles, one company"), "others": others}
    return render(request, "directory/merging/join_list.html", context)


@form_methods
@acts_as(Role.MANAGER)
def join(request: UserRequest, pk: int) -> HttpResponse:
    """See what goes over when the acting organisation and another of one's own become one, and do it."""
    mine = actions.managed(request.user)
    own = next((one for one in mine if one.organisation_id == request.acting.organisation_id), None)
    other = next((one for one in mine if one.pk == pk), None)
    if own is None or other is None or own == other:
        raise Http404
    if request.method == "POST":
        return _join(request, own, other)
    ways = [actions.preview_join(*pair) for pair in ((other, own), (own, other)) if pair[1].is_claimed]
    context = {"title": _("Join %(one)s and %(other)s") % {"one": own, "other": other}, "ways": ways, "other": other}
    return render(request, "directory/merging/join.html", context)


def _join(request: UserRequest, own: Vendor, other: Vendor) -> HttpResponse:
    stays = key_of(request.POST.get("stays"))
    if stays not in (own.pk, other.pk):
        raise Http404
    winner, loser = (own, other) if stays == own.pk else (other, own)
    place = actions.join(loser, winner, by=request.acting, at=clock.now())
    request.session[SESSION_KEY] = place.pk
    messages.success(request, _("%(loser)s and %(winner)s are one now.") % {"loser": loser, "winner": winner})
    return redirect("directory:vendor", winner.pk)


def key_of(text: str | None) -> int:
    """The key that a form or an address names; 0, which nobody has, for anything else."""
    text = text or ""
    return min(int(text), LARGEST_ID) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


def _crumbs(vendor: Vendor) -> list[tuple[str, str]]:
    return [(_("Vendors"), reverse("directory:list")), (str(vendor), reverse("directory:vendor", args=[vendor.pk]))]
