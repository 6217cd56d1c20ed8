"""From a mail's link to the page it names by way of a code: no password to remember, no address to type.

A link that a mail brings says to whom it was sent. Whoever is not signed in is offered a code first, with that address
filled in; it is sent only once they ask for it, and it alone signs them in: the link proves nothing.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from allauth.account.forms import RequestLoginCodeForm
from allauth.core import context
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from outsourcing.accounts.models import Membership
from outsourcing.shared import links

#: The part of an address that says to whom its link was sent.
FOR = "for"
SALT = "accounts.by-code"


def address(path: str, reader: Membership) -> str:
    """`path` (without a fragment) as a link in a mail to somebody."""
    mark = "&" if "?" in path else "?"
    return f"{path}{mark}{urlencode({FOR: mark_of(reader)})}"


def mark_of(reader: Membership) -> str:
    """What says in an address to whom it was sent."""
    return links.written(reader.pk, "", salt=SALT)


def without(path: str) -> str:
    """The address without the part that says to whom it was sent."""
    parts = urlsplit(path)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != FOR]
    return urlunsplit(parts._replace(query=urlencode(query)))


def sent_to(token: str) -> str:
    """The address that signs in whoever a link was sent to; empty for a forged one and for who has left."""
    found = links.read(token, salt=SALT)
    rows = Membership.objects.joined().filter(pk=found[0], user__is_active=True) if found else Membership.objects.none()
    return rows.values_list("user__email", flat=True).first() or ""


class SignIn(LoginRequiredMiddleware):
    """Sends strangers to the login, those with a link from a mail to the code that signs them in."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        token = request.GET.get(FOR, "")
        if request.method in ("GET", "HEAD") and token and links.read(token, salt=SALT):
            query = urlencode({"next": without(request.get_full_path()), FOR: token})
            return HttpResponseRedirect(f"{reverse('account_request_login_code')}?{query}")
        return super().handle_no_permission(request, view_func)


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    """allauth's, with the address filled in where the link says whose it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        token = context.request.GET.get(FOR, "") if context.request else ""
        if token and (email := sent_to(token)):
            self.fields["email"].initial = email
