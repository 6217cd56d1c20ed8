"""Reading the log again for what is measured."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on
from outsourcing.shared import clock
from vendors.sourcing.measured import keeping
from vendors.sourcing.models import Brief
from vendors.sourcing.roles import BUYERS


@require_POST
@acts_on(Brief, *BUYERS)
def measure(request: UserRequest, brief: Brief) -> HttpResponse:
    """Read the log again now."""
    changed = keeping.measure(brief, clock.now())
    says = ngettext("%(n)s figure is another now.", "%(n)s figures are others now.", changed)
    messages.success(request, says % {"n": changed} if changed else _("Nothing has changed."))
    return redirect("sourcing:comparison", brief.pk)
