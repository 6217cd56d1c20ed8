"""The frame around every page: the rail with its counts, the switch between organisations, search across rooms."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.demo import PASSWORD, PEOPLE, Person
from outsourcing.accounts.models import Membership, User
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.search import Found
from outsourcing.accounts.search import search as found_in_rooms
from outsourcing.notifications.ladders.rules import RUN
from outsourcing.shared.addresses import address

#: What a phone's bar holds: the rooms that one looks into every day.
ON_A_PHONE = ("today", "vendors", "contract", "messages")
#: What the directory's addresses begin with.
DIRECTORY = ("/vendors/", "/references/", "/testimonials/", "/partners/", "/evidence/")

#: And those of contracts and milestones.
CONTRACTS = ("/contracts/", "/milestones/", "/offers/", "/check-ins/", "/plans/")

#: And those of briefs and shortlists.
SHORTLISTS = (
    *("/briefs/", "/candidates/", "/must-haves/", "/criteria/", "/asks/", "/answers/", "/questions/"),
    *("/evaluators/", "/decisions/"),
)


@dataclass(frozen=True)
class Entry:
    """A room's place in the rail."""

    label: str
    icon: str
    url: str
    is_current: bool = False
    count: int | None = None
    count_label: str = ""


class Place(NamedTuple):
    """An organisation that one may act for, by the membership there."""

    pk: int
    name: str


@dataclass(frozen=True)
class Places:
    """The one that is acted for, and all that there are; `may_add` where anybody may begin one."""

    acting: int
    name: str
    all: tuple[Place, ...]
    may_add: bool

    @property
    def is_choice(self) -> bool:
        return self.may_add or len(self.all) > 1


@dataclass(frozen=True)
class Account:
    """Who is signed in: the name, or the address where there is none."""

    label: str
    email: str
    mailbox_url: str


class Shell:
    """What the frame shows; read by templates, each part worked out when it is first asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.acting: Membership | None = getattr(request, "acting", None)
        self.memberships: list[Membership] = getattr(request, "memberships", [])

    @cached_property
    def rail(self) -> tuple[Entry, ...]:
        is_merchant = self.acting is not None and self.acting.organisation.is_merchant
        needs = [self._entry(_("Needs"), "needs", address("needs:jobs"), below=("/needs/",))] if is_merchant else []
        briefs = address("sourcing:briefs")
        shortlists = [self._entry(_("Shortlists"), "shortlist", briefs, below=SHORTLISTS)] if is_merchant else []
        return (
            self._entry(_("Today"), "today", address("today")),
            *needs,
            self._entry(_("Vendors"), "vendors", address("directory:list"), below=DIRECTORY),
            *shortlists,
            self._entry(_("Contracts"), "contract", address("milestones:contracts"), below=CONTRACTS),
            self._entry(_("Messages"), "messages", address("conversations:inbox"), below=("/messages/",)),
        )

    @cached_property
    def rail_more(self) -> tuple[Entry, ...]:
        settings_of_all = self._entry(
            _("Settings"), "settings", address("accounts:profile"), below=("/settings/", "/accounts/")
        )
        is_merchant = self.acting is not None and self.acting.organisation.is_merchant
        reports = [self._entry(_("Reports"), "reports", address("milestones:reports"))] if is_merchant else []
        runs = is_merchant and self.acting is not None and self.acting.has_role(*RUN)
        reminders = [self._entry(_("Reminders"), "bell", address("reminders:upcoming"), below=("/reminders/",))]
        return (*reports, *(reminders if runs else ()), settings_of_all)

    @property
    def bottom(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.rail if entry.icon in ON_A_PHONE)

    @property
    def bottom_more(self) -> tuple[Entry, ...]:
        return (*(entry for entry in self.rail if entry.icon not in ON_A_PHONE), *self.rail_more)

    @cached_property
    def places(self) -> Places | None:
        if self.acting is None:
            return None
        every = tuple(Place(one.pk, str(one.organisation)) for one in self.memberships)
        return Places(self.acting.pk, str(self.acting.organisation), every, self.signup_open)

    @cached_property
    def account(self) -> Account | None:
        person = getattr(self._request, "user", None)
        return Account(str(person), person.email, self.mailbox_url) if isinstance(person, User) else None

    @property
    def signup_open(self) -> bool:
        return not settings.INVITATION_ONLY

    @property
    def search_url(self) -> str:
        return address("search") if self.acting else ""

    @property
    def mailbox_url(self) -> str:
        return address("mailbox:list") if settings.DEMO else ""

    @property
    def demo_people(self) -> list[Person]:
        return PEOPLE if settings.DEMO else []

    @property
    def demo_password(self) -> str:
        return PASSWORD if settings.DEMO else ""

    def _entry(self, label: str, icon: str, url: str, below: tuple[str, ...] = ()) -> Entry:
        path = self._request.path
        return Entry(label, icon, url, is_current=path.startswith(below) if below else path == url)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, and the `layout` that pages for both sides extend."""
    frame = Shell(request)
    is_merchant = frame.acting is not None and frame.acting.organisation.is_merchant
    return {"shell": frame, "layout": "app.html" if is_merchant else "solo.html"}


@require_safe
def search(request: UserRequest) -> HttpResponse:
    """What the acting person may see, in every room, for some words."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    groups: Iterable[Found] = []
    if query and request.memberships:
        groups = [group for group in found_in_rooms(request.acting, query) if group.results]
    return render(request, "search.html", {"query": query, "groups": groups})
