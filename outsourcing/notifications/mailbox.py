"""The demo's mailbox: the letters that the demo's own mail server took, to be read in the browser. Demo only."""

import mailbox
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

NEWEST = 200


@dataclass(frozen=True)
class Letter:
    """One letter as the mail server took it."""

    key: str
    message: EmailMessage

    @property
    def sender(self) -> str:
        return str(self.message["From"])

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def at(self) -> datetime:
        return parsedate_to_datetime(str(self.message["Date"])).astimezone(UTC)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def has_html(self) -> bool:
        return bool(self.html)

    @property
    def html_url(self) -> str:
        return reverse("mailbox:html", args=[self.key])

    def _body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return cast("EmailMessage", part).get_content() if part is not None else ""


def letters() -> list[Letter]:
    """The newest 200 letters, newest first."""
    if not settings.MAILBOX_DIR.exists():
        return []
    box = mailbox.Maildir(settings.MAILBOX_DIR, create=False)
    newest = sorted(box.iterkeys(), key=_arrival, reverse=True)[:NEWEST]
    return [Letter(key, _parsed(box, key)) for key in newest]


def _arrival(key: str) -> tuple[float, str]:
    """When a letter came: Maildir names begin with the seconds, then microseconds after an M."""
    seconds, _, rest = key.partition(".")
    micros = rest.partition("M")[2].partition("P")[0]
    return (float(seconds) + float(micros or 0) / 1e6, key) if seconds.isdigit() else (0.0, key)


def _parsed(box: mailbox.Maildir, key: str) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(box.get_bytes(key))


def _letter(key: str) -> Letter:
    try:
        return Letter(key, _parsed(mailbox.Maildir(settings.MAILBOX_DIR, create=False), key))
    except (KeyError, FileNotFoundError, mailbox.NoSuchMailboxError):
        raise Http404 from None


@require_safe
@login_not_required
def show_letters(request: HttpRequest) -> HttpResponse:
    """Every letter, newest first."""
    return render(request, "mailbox/list.html", {"letters": letters()})


@require_safe
@login_not_required
def show_letter(request: HttpRequest, key: str) -> HttpResponse:
    """One letter, its HTML in a frame of its own."""
    return render(request, "mailbox/letter.html", {"letter": _letter(key)})


@require_safe
@login_not_required
@xframe_options_sameorigin
@csp_replace({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "img-src": ["data:"], "frame-ancestors": [SELF]})  # type: ignore[arg-type]
def show_html(request: HttpRequest, key: str) -> HttpResponse:
    """The letter's HTML as a mail program would show it; its links open in the whole window."""
    return HttpResponse(_letter(key).html.replace("<head>", '<head><base target="_top">', 1))


_routes = [
    path("", show_letters, name="list"),
    path("<str:key>/", show_letter, name="letter"),
    path("<str:key>/html/", show_html, name="html"),
]
urlpatterns = [path("mailbox/", include((_routes, "mailbox")))]
