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
from vendors.directory.enquiries import answering, erasing
from vendors.directory.enquiries.errors import NoLongerOpen
from vendors.directory.enquiries.forms import (
    QUESTIONS,
    AnswerForm,
    ConfirmForm,
    DeclineForm,
    ShareForm,
    draft_of,
    questions_answered,
    typed,
)
from vendors.directory.enquiries.links import enquiry_of, standing
from vendors.directory.models import Enquiry, Purpose

#: Writes through one link within an hour: more than a person types, autosaved every second or two.
MOST_AN_HOUR, HOUR = 600, 3600
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # the address is a secret; "no-referrer" would fail the CSRF check of POSTs
    "X-Robots-Tag": "noindex, nofollow",
}
View = Callable[..., HttpResponse]


def through_link(view: View) -> View:
    """Finds the enquiry that the token stands for (404 for a forged one), counts writes, and keeps pages private."""

    @login_not_required
    @wraps(view)
    def linked(request: HttpRequest, token: str) -> HttpResponse:
        enquiry = enquiry_of(token)
        if enquiry is None:
            raise Http404
        response = _answered(view, request, enquiry, token)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return linked


def _answered(view: View, request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    if request.method == "POST" and _too_much(enquiry):
        return HttpResponse(pages.static("429.html"), status=429)
    try:
        return view(request, enquiry, token)
    except NoLongerOpen:
        now = enquiry_of(token)
        return closed(request, now or enquiry, token)


def _too_much(enquiry: Enquiry) -> bool:
    if standing(enquiry, clock.now()) in ("revoked", "expired", "declined", "withdrawn"):
        return False  # it is refused anyway, and nothing is written
    key = f"enquiry:{enquiry.pk}"
    if cache.add(key, 1, HOUR):
        return False
    try:
        return bool(cache.incr(key) > MOST_AN_HOUR)
    except ValueError:  # the hour ended in between
        return False


# ---- The page ------------------------------------------------------------------------------------------------------
@form_methods
@through_link
def show(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    """The question, or what became of it; a POST sends the answer."""
    how = standing(enquiry, clock.now())
    if how == "answered" and request.method != "POST":
        return said(request, enquiry, token)
    if how != "open":
        return closed(request, enquiry, token)
    return (
        _reference(request, enquiry, token)
        if enquiry.purpose == Purpose.REFERENCE
        else _confirm(request, enquiry, token)
    )


def _reference(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    assert enquiry.reference is not None
    if request.method != "POST":
        form = AnswerForm(about=enquiry.reference, draft=enquiry.draft)
        return _form_page(request, enquiry, token, form, enquiry.draft)
    post = typed(request.POST)
    form = AnswerForm(post, about=enquiry.reference)
    if form.is_valid():
        answering.answer(enquiry, form.cleaned_data, at=clock.now())
        return redirect("directory:enquiry", token)
    draft = draft_of(post)
    answering.save_draft(enquiry, draft, at=clock.now())
    return _form_page(request, enquiry, token, form, draft)


def _form_page(request: HttpRequest, enquiry: Enquiry, token: str, form: AnswerForm, draft: Any) -> HttpResponse:
    context = {"enquiry": enquiry, "token": token, "form": form, **progress(enquiry, draft)}
    return render(request, "directory/enquiries/reference.html", context)


def progress(enquiry: Enquiry, draft: Any) -> dict[str, Any]:
    """How far somebody has come: `done` of `total` questions."""
    return {"done": questions_answered(draft), "total": len(QUESTIONS), "saved_at": enquiry.saved_at}


def _confirm(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    form = ConfirmForm(typed(request.POST) if request.method == "POST" else None, initial={"said_by": enquiry.name})
    if request.method == "POST" and form.is_valid():
        answering.confirm(enquiry, at=clock.now(), **form.cleaned_data)
        return redirect("directory:enquiry", token)
    context = {"enquiry": enquiry, "token": token, "form": form}
    return render(request, "directory/enquiries/confirm.html", context)


@require_POST
@through_link
def save(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    """Keep what was typed so far, for later."""
    if enquiry.purpose != Purpose.REFERENCE:
        raise NoLongerOpen
    draft = draft_of(typed(request.POST))
    enquiry.saved_at = clock.now()
    answering.save_draft(enquiry, draft, at=enquiry.saved_at)
    if getattr(request, "htmx", False):
        return render(request, "directory/enquiries/_progress.html", progress(enquiry, draft))
    return redirect("directory:enquiry", token)


# ---- Rather not, and afterwards ------------------------------------------------------------------------------------
@form_methods
@through_link
def decline(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    """Say that one would rather not."""
    if standing(enquiry, clock.now()) != "open":
        return closed(request, enquiry, token)
    form = DeclineForm(typed(request.POST) if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        answering.decline(enquiry, reason=form.cleaned_data["reason"], at=clock.now())
        return redirect("directory:enquiry", token)
    return render(request, "directory/enquiries/decline.html", {"enquiry": enquiry, "token": token, "form": form})


@require_POST
@through_link
def share(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    """Choose anew what other shops may see."""
    form = ShareForm(request.POST)
    if enquiry.purpose != Purpose.REFERENCE or not enquiry.answered_at or not form.is_valid():
        return closed(request, enquiry, token)
    answering.share(enquiry, form.cleaned_data["sharing"])
    return redirect("directory:enquiry", token)


@require_POST
@through_link
def withdraw(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    """Take back what one said, and, if asked for, every trace of who said it."""
    if request.POST.get("erase"):
        erasing.erase_by_link(enquiry, at=clock.now())
    else:
        answering.withdraw(enquiry, at=clock.now())
    return redirect("directory:enquiry", token)


@require_POST
@through_link
def erase(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    """Take every trace of oneself out of what this shop keeps, whatever became of the link."""
    erasing.erase_by_link(enquiry, at=clock.now())
    return redirect("directory:enquiry", token)


def said(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    """What somebody has said, and how to change who may see it or to take it back."""
    answer = getattr(enquiry.reference, "answer", None)
    context = {
        "enquiry": enquiry,
        "token": token,
        "answer": answer,
        "services": list(answer.services.order_by("position", "name")) if answer else [],
        "share_form": ShareForm(initial={"sharing": answer.sharing}, label_suffix="") if answer else None,
    }
    return render(request, "directory/enquiries/said.html", context)


def closed(request: HttpRequest, enquiry: Enquiry, token: str) -> HttpResponse:
    """Why the link does not take what was sent, and what to do: 410."""
    context = {"enquiry": enquiry, "token": token, "trouble": standing(enquiry, clock.now())}
    return render(request, "directory/enquiries/closed.html", context, status=410)
