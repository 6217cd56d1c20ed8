"""What cannot be undone asks once more who it is: by password or second step where somebody has them, else by a fresh
code.

allauth asks those who have something to ask for; of whoever signs in by code alone it takes any session, however old.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from outsourcing.accounts.requests import UserRequest

View = Callable[..., HttpResponse]


def signed_in_lately(view: View) -> View:
    """For a page with a form, and for the form: whoever has not proven of late who they are does so first."""

    @wraps(view)
    def asking(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_recent(request):
            return view(request, *args, **kwargs)
        if reauthentication.get_reauthentication_flows(request.user):
            onward = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('account_reauthenticate')}?{onward}")
        context = {"title": _("Sign in once more"), "onward": request.get_full_path()}
        return render(request, "leaving/again.html", context)

    return asking


def is_recent(request: UserRequest) -> bool:
    """Whether they have shown within the last minutes who they are."""
    if reauthentication.get_reauthentication_flows(request.user):
        return bool(reauthentication.did_recently_reauthenticate(request))
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
