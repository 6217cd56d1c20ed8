"""The list of vendors: searched, narrowed down, sorted, page by page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as
from outsourcing.shared import clock
from vendors.directory.models import Tag
from vendors.directory.search import narrowing
from vendors.directory.search.drawing import drawn
from vendors.directory.search.narrowing import Chip
from vendors.directory.search.query import Query, read
from vendors.directory.search.replying import in_words, medians, order_of
from vendors.directory.search.run import Found, run
from vendors.directory.search.saved import Saved, bare, saved_of
from vendors.directory.search.shown import shown
from vendors.directory.search.values import Values, values

MERCHANTS = (Role.OWNER, Role.BUYER, Role.OPERATIONS, Role.VIEWER)
BUYERS = (Role.OWNER, Role.BUYER)
SORTS = {
    "relevance": gettext_lazy("Best match first"),
    "evidence": gettext_lazy("Strongest evidence first"),
    "reply": gettext_lazy("Fastest reply first"),
    "name": gettext_lazy("By name"),
}
LONGEST_NAME = 60
#: What htmx replaces, and asks for alone.
PIECE = "found"


@require_safe
@acts_as(*MERCHANTS)
def list_vendors(request: UserRequest) -> HttpResponse:
    """What the address asks for; its results alone where htmx asks."""
    known = values()
    tags = list(Tag.objects.visible_to(request.acting).order_by("name", "pk"))
    query = read(request.GET, request.acting, known, tags)
    replied = medians(request.acting, clock.now()) if query.sort == "reply" else {}
    found = run(query, request.acting, known=known, replied=order_of(replied))
    shown_ones = [row.vendor_id for row in found.rows]
    replied = replied or medians(request.acting, clock.now(), among=shown_ones)
    rows = [shown(row, query.since, in_words(replied.get(row.vendor_id))) for row in found.rows]
    chips = narrowing.chips(query, known, tags)
    context = {
        "query": query,
        "found": found,
        "rows": rows,
        "drawn": drawn(rows),
        "total": f"{found.total:,}{'+' if found.is_capped else ''}",
        "chips": chips,
        **_saving(query, found, chips, saved_of(request.acting, known, tags)),
        "sections": [*narrowing.kept(query, found, tags), *narrowing.sections(query, found, known)],
        "pages": _pages(query, found),
        "proposals": _proposals(query, found, known),
        "address": query.address(page=1),
        "sorts": [(name, label, name == query.sort) for name, label in SORTS.items()],
        "may_add": request.acting.has_role(*BUYERS),
    }
    is_piece = request.htmx.target == PIECE  # type: ignore[attr-defined]  # set by django-htmx
    response = render(request, "directory/_found.html" if is_piece else "directory/list.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    if is_piece:
        response["HX-Push-Url"] = f"{request.path}?{query.address()}".rstrip("?")
    return response


def _saving(query: Query, found: Found, chips: list[Chip], saved: list[Saved]) -> dict[str, Any]:
    """One's saved searches, and what the one on the page would be saved as; a mistyped one as what was searched for."""
    address = bare(query)
    words = found.meant or query.words
    name = ", ".join([*([words] if words else []), *(chip.label for chip in chips)])
    return {
        "saved": [(one, one.address == address) for one in saved],
        "this_saved": next((one for one in saved if one.address == address), None),
        "to_save": query.address(words=words, since=0),
        "to_save_as": Truncator(name).chars(LONGEST_NAME),
    }


def _pages(query: Query, found: Found) -> dict[str, str]:
    """The addresses of the other pages by what they are."""
    if found.pages == 1:
        return {}
    numbers = {"first": 1, "previous": found.page - 1, "next": found.page + 1, "last": found.pages}
    return {
        name: query.address(page=number)
        for name, number in numbers.items()
        if 1 <= number <= found.pages and number != found.page
    }


def _proposals(query: Query, found: Found, known: Values) -> list[dict[str, Any]]:
    """Which filter to drop, the most helpful first."""
    return [
        {
            "label": narrowing.filter_label(name, query, known),
            "address": query.dropped(name).address(),
            "count": count,
        }
        for name, count in found.without.items()
    ]
