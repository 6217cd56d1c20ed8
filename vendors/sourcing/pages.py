"""What the pages of this room have in common: a page with one form, where one goes back to, and who may do what."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.requests import UserRequest
from outsourcing.shared.errors import DomainError
from vendors.sourcing.models import Brief, Candidate


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


def crumbs(brief: Brief | None = None) -> list[tuple[str, str]]:
    """The way to a page below the pipeline, or below a brief."""
    way = [(_("Shortlists"), reverse("sourcing:briefs"))]
    return [*way, (brief.title, reverse("sourcing:brief", args=[brief.pk]))] if brief else way


def page_with_form(
    request: UserRequest, title: str, form: forms.BaseForm, *, brief: Brief | None = None, lede: str = "", **more: Any
) -> HttpResponse:
    """A page with one form; 409 where what it asks for was refused."""
    status = 409 if getattr(form, "was_refused", False) else 200
    context = {"title": title, "lede": lede, "crumbs": more.pop("crumbs", None) or crumbs(brief), "form": form, **more}
    return render(request, "form.html", context, status=status)


def to_brief(brief: Brief) -> HttpResponse:
    return redirect("sourcing:brief", brief.pk)


def to_candidates(brief: Brief) -> HttpResponse:
    return redirect("sourcing:candidates", brief.pk)


def to_candidate(candidate: Candidate) -> HttpResponse:
    return redirect("sourcing:candidate", candidate.pk)


def forbid_all_but_the_chair(request: UserRequest, brief: Brief) -> None:
    """403 for whoever may see a brief and does not decide it."""
    if not brief.is_chaired_by(request.acting):
        raise PermissionDenied


def for_the_chair(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same for a whole view; stands below `acts_on(Brief)`."""

    @wraps(view)
    def chaired(request: UserRequest, brief: Brief, *args: Any, **kwargs: Any) -> HttpResponse:
        forbid_all_but_the_chair(request, brief)
        return view(request, brief, *args, **kwargs)

    return chaired
