"""Nobody in the wrong room: how a view gets its object, and what everybody else meets instead.

    @require_POST
    @acts_on(Membership, Role.OWNER)
    def resend(request: UserRequest, member: Membership) -> HttpResponse: ...

What one may not know exists answers 404, the same bytes as a page that does not exist; what one may see but not do
answers 403. An object of another of one's own organisations answers a page that offers to switch. A model whose
objects become one with others says so by `moved_to`: the key of the other, or None.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from outsourcing.accounts.errors import Moved
from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.requests import UserRequest

LARGEST_ID = 2**63 - 1
#: Who runs members, calendar and settings of an organisation.
HEADS = (Role.OWNER, Role.MANAGER)
#: For pages with a form that is sent to their own address.
form_methods = require_http_methods(["GET", "HEAD", "POST"])

View = Callable[..., HttpResponse]
M = TypeVar("M", bound=models.Model)


class Walled(Protocol):
    """A model whose default manager knows what a membership may see."""

    objects: Any


def acts_as(*roles: Role) -> Callable[[View], View]:
    """For pages about the acting organisation itself: 403 without one of `roles` (any member where none is named)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def walled(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.memberships:
                return no_place(request)
            if roles and not request.acting.has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return walled

    return decorate


def acts_on(model: type[M], *roles: Role) -> Callable[[View], View]:
    """For pages about one object: finds `pk` among what `acting` may see, checks the role, hands the object over."""

    def decorate(view: View) -> View:
        @wraps(view)
        def walled(request: UserRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.memberships or pk > LARGEST_ID:
                raise Http404
            found = visible(model, request.acting).filter(pk=pk).first()
            if found is None:
                return elsewhere(request, model, pk)
            if moved_to := getattr(found, "moved_to", None):
                return follow(request, model, moved_to)
            if roles and not request.acting.has_role(*roles):
                raise PermissionDenied
            return view(request, found, *args, **kwargs)

        return walled

    return decorate


def follow(request: UserRequest, model: type[M], pk: int) -> HttpResponse:
    """On to the object that stands for the one that was asked for; 404 where that may not be known.

    Raises Moved for a form, which was made about the former.
    """
    there = visible(model, request.acting).filter(pk=pk).first()
    match = request.resolver_match
    if there is None or match is None:
        raise Http404
    if request.method not in ("GET", "HEAD"):
        raise Moved(_("That is one with %(name)s now: nothing was saved. Look there first.") % {"name": there})
    return HttpResponseRedirect(reverse(match.view_name, kwargs={**match.kwargs, "pk": pk}))


def visible(model: type[M], acting: Membership) -> models.QuerySet[M]:
    """The rows of `model` that `acting` may know of."""
    rows: models.QuerySet[M] = model.objects.visible_to(acting)  # type: ignore[attr-defined]
    return rows


def elsewhere(request: UserRequest, model: type[M], pk: int) -> HttpResponse:
    """Offer to switch to that other place of one's own from which the object can be seen; 404 where there is none."""
    others = [place for place in request.memberships if place != request.acting]
    for place in others if request.method in ("GET", "HEAD") else []:
        if visible(model, place).filter(pk=pk).exists():
            return render(request, "switch.html", {"place": place, "next": request.get_full_path()})
    raise Http404


def no_place(request: HttpRequest) -> HttpResponse:
    """What a member of nothing meets on every page of an organisation."""
    return render(request, "no_organisation.html", status=403)
