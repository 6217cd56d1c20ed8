"""What the link in a mail opens, for somebody without an account. Looking writes nothing, whoever or whatever looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from outsourcing.accounts.walls import form_methods
from outsourcing.shared import clock, pages
from vendors.directory.enquiries.forms import typed
from vendors.directory.enquiries.views import HEADERS
from vendors.needs.errors import NoLongerOpen
from vendors.needs.models import Ask, Opinion
from vendors.needs.peers import answering
from vendors.needs.peers.forms import AnswerForm, answered, draft_of
from vendors.needs.peers.links import ask_of, standing

#: Writes through one link within an hour: more than a person types, autosaved every second or two.
MOST_AN_HOUR, HOUR = 600, 3600
View = Callable[..., HttpResponse]


def through_link(view: View) -> View:
    """Finds the ask that the token stands for (404 for a forged one), counts writes, and keeps pages private."""

    @login_not_required
    @wraps(view)
    def linked(request: HttpRequest, token: str) -> HttpResponse:
        ask = ask_of(token)
        if ask is None:
            raise Http404
        response = _answered(view, request, ask, token)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return linked


def _answered(view: View, request: HttpRequest, ask: Ask, token: str) -> HttpResponse:
    if request.method == "POST" and _too_much(ask):
        return HttpResponse(pages.static("429.html"), status=429)
    try:
        return view(request, ask, token)
    except NoLongerOpen:
        return closed(request, ask_of(token) or ask, token)


def _too_much(ask: Ask) -> bool:
    if standing(ask, clock.now()) in ("revoked", "expired", "declined", "withdrawn"):
        return False  # it is refused anyway, and nothing is written
    key = f"ask:{ask.pk}"
    if cache.add(key, 1, HOUR):
        return False
    try:
        return bool(cache.incr(key) > MOST_AN_HOUR)
    except ValueError:  # the hour ended in between
        return False


def questions_of(ask: Ask) -> list[Opinion]:
    """The jobs that are asked about, in the list's order. One query."""
    rows = Opinion.objects.filter(ask=ask).select_related("need__task")
    return sorted(
        rows, key=lambda one: (one.need.task.merchant_id is not None, one.need.task.position, str(one.need.task))
    )


@form_methods
@through_link
def show(request: HttpRequest, ask: Ask, token: str) -> HttpResponse:
    """The question, or what became of it; a POST sends the answer."""
    how = standing(ask, clock.now())
    if how == "answered" and request.method != "POST":
        said = [one for one in questions_of(ask) if one.stance]
        return render(request, "needs/peers/said.html", {"ask": ask, "token": token, "said": said})
    if how != "open":
        return closed(request, ask, token)
    opinions = questions_of(ask)
    if request.method != "POST":
        return _form(request, ask, token, AnswerForm(opinions=opinions, draft=ask.draft), ask.draft)
    post = typed(request.POST)
    form = AnswerForm(post, opinions=opinions)
    if form.is_valid():
        answering.answer(ask, form.given, at=clock.now())
        return redirect("needs:ask", token)
    draft = draft_of(post, opinions)
    answering.save_draft(ask, draft, at=clock.now())
    return _form(request, ask, token, form, draft)


def _form(request: HttpRequest, ask: Ask, token: str, form: AnswerForm, draft: Any) -> HttpResponse:
    context = {"ask": ask, "token": token, "form": form, **progress(ask, draft, form.opinions)}
    return render(request, "needs/peers/ask.html", context, status=422 if form.errors else 200)


def progress(ask: Ask, draft: Any, opinions: Any) -> dict[str, Any]:
    """How far somebody has come."""
    return {"done": answered(draft, opinions), "total": len(opinions), "saved_at": ask.saved_at}


@require_POST
@through_link
def save(request: HttpRequest, ask: Ask, token: str) -> HttpResponse:
    """Keep what was typed so far, for later."""
    opinions = questions_of(ask)
    draft = draft_of(typed(request.POST), opinions)
    ask.saved_at = clock.now()
    answering.save_draft(ask, draft, at=ask.saved_at)
    if getattr(request, "htmx", False):
        return render(request, "directory/enquiries/_progress.html", progress(ask, draft, opinions))
    return redirect("needs:ask", token)


@form_methods
@through_link
def decline(request: HttpRequest, ask: Ask, token: str) -> HttpResponse:
    """Say that one would rather not."""
    if standing(ask, clock.now()) != "open":
        return closed(request, ask, token)
    if request.method == "POST":
        answering.decline(ask, at=clock.now())
        return redirect("needs:ask", token)
    return render(request, "needs/peers/decline.html", {"ask": ask, "token": token})


@require_POST
@through_link
def withdraw(request: HttpRequest, ask: Ask, token: str) -> HttpResponse:
    """Take back what one said, and, if asked for, every trace of who said it."""
    answering.withdraw(ask, erase=bool(request.POST.get("erase")), at=clock.now())
    return redirect("needs:ask", token)


@require_POST
@through_link
def erase(request: HttpRequest, ask: Ask, token: str) -> HttpResponse:
    """Take every trace of oneself out of what this shop keeps, whatever became of the link."""
    answering.erase_by_link(ask, at=clock.now())
    return redirect("needs:ask", token)


def closed(request: HttpRequest, ask: Ask, token: str) -> HttpResponse:
    """Why the link does not take what was sent, and what to do: 410."""
    context = {"ask": ask, "token": token, "trouble": standing(ask, clock.now())}
    return render(request, "needs/peers/closed.html", context, status=410)
