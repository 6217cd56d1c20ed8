"""Which mails one wants: a page of the settings, one kind each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, form_methods
from outsourcing.notifications.ladders.people import ALL
from outsourcing.notifications.ladders.rules import Category
from outsourcing.notifications.models import OptOut
from outsourcing.shared import clock


@form_methods
@acts_as()
def emails(request: UserRequest) -> HttpResponse:
    """One's own choice, for the organisation that one acts for."""
    mine = OptOut.objects.visible_to(request.acting)
    if request.method == "POST":
        wanted = set(request.POST.getlist("want")) & set(Category.values)
        mine.filter(category__in=[*wanted, ALL]).delete()
        off = [
            OptOut(membership=request.acting, category=one, at=clock.now())
            for one in Category.values
            if one not in wanted
        ]
        OptOut.objects.bulk_create(off, ignore_conflicts=True)
        messages.success(request, _("Saved."))
        return redirect("reminders:emails")
    unwanted = set(mine.values_list("category", flat=True))
    rows = [(value, label, not unwanted & {value, ALL}) for value, label in Category.choices]
    return render(request, "settings/emails.html", {"title": _("Emails"), "rows": rows})
