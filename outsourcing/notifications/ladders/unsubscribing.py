"""The page behind "fewer emails": a look changes nothing, a POST switches one kind of mails off or on again."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from outsourcing.notifications import opting
from outsourcing.notifications.ladders.rules import Category
from outsourcing.shared import clock


@csrf_exempt  # a mail program has no token of ours; the link is signed, and switches off mails to its reader alone
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One kind of mails to one reader."""
    reader = opting.read(token)
    if reader is None:
        raise Http404
    if request.method == "POST":
        switch = opting.on if request.POST.get("want") == "on" else opting.off
        switch(reader, at=clock.now())
    label = dict(Category.choices).get(reader.category, "")
    context = {"is_off": reader.is_off, "label": label, "is_done": request.method == "POST"}
    return render(request, "mails/unsubscribe.html", context)
