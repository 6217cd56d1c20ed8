"""Views that read: the inbox, a thread, and the files in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on
from outsourcing.conversations import answering, drafts, expecting, live, reading, search
from outsourcing.conversations import inbox as box
from outsourcing.conversations.expecting import Expectation
from outsourcing.conversations.forms import NOTE, ComposerForm
from outsourcing.conversations.inbox import Wanted
from outsourcing.conversations.models import Attachment, Entry, Thread, Turn
from outsourcing.conversations.posting import WRITERS
from outsourcing.files import serving
from outsourcing.shared import clock


@require_safe
@acts_as()
def inbox(request: UserRequest) -> HttpResponse:
    """Threads of the acting organisation; without a choice, what waits for it, or all where nothing does."""
    words = words_of(request)
    if words:
        return found(request, words)
    counts = box.counts(request.acting)
    show = request.GET.get("show", "")
    if show not in (box.US, box.THEM, box.ALL):
        show = box.US if counts[box.US] else box.ALL
    wanted = box.Wanted(show, other_named(request), kind_named(request), request.GET.get("mine") == "1")
    page, rows = box.page_of(request.acting, wanted, request.GET.get("page"), clock.now(), counts)
    context = {"page": page, "rows": rows, "counts": counts, "may_write": may_write(request)}
    return render(request, "conversations/inbox.html", {**context, **narrowing(request, wanted)})


def other_named(request: HttpRequest) -> int | None:
    """The organisation that the address narrows a list to."""
    named = request.GET.get("with", "")
    return int(named) if named.isascii() and named.isdecimal() and len(named) < 18 else None


def kind_named(request: HttpRequest) -> str:
    """The kind of entry that the address narrows a list to."""
    named = request.GET.get("kind", "")
    return named if named in box.KINDS else ""


def narrowing(request: UserRequest, wanted: Wanted) -> dict[str, Any]:
    """By what a list is narrowed, what else there is to choose, and the part of an address that says it again."""
    said = {"with": str(wanted.other or ""), "kind": wanted.kind, "mine": "1" if wanted.is_mine else ""}
    return {
        "show": wanted.show,
        "wanted": wanted,
        "others": options(box.others(request.acting), wanted.other),
        "kinds": [(kind.value, kind.label) for kind in box.KINDS],
        "narrowed": "".join(f"&{name}={value}" for name, value in said.items() if value),
    }


def options(others: Sequence[tuple[int, str]], chosen: int | None) -> SafeString:
    """Organisations to choose from as markup: there may be hundreds, and a loop in a template costs more than the list;
    empty where there is nothing to choose."""
    if len(others) < 2 and chosen is None:
        return SafeString()
    marks = {chosen: " selected"}
    return mark_safe(
        "".join(f'<option value="{pk}"{marks.get(pk, "")}>{escape(name[:60])}</option>' for pk, name in others)
    )


def found(request: UserRequest, words: str) -> HttpResponse:
    """What was said with these words; filtered by kind and by the other organisation, as the address says."""
    said, kind, other = request.GET.get("page", ""), request.GET.get("kind", ""), other_named(request)
    kind = kind if kind in search.KINDS else ""
    number = int(said) if said.isascii() and said.isdecimal() and 0 < len(said) < 6 and int(said) else 1
    hits, total = search.search(request.acting, words, page=number, kind=kind, other=other)
    context = {"words": words, "hits": hits, "total": total, "is_capped": total >= search.CAP}
    context |= {"number": number, "has_next": number * search.PER_PAGE < total, "may_write": may_write(request)}
    narrow = narrowing(request, Wanted(box.ALL, other, kind))
    context |= {**narrow, "kinds": [*narrow["kinds"], (NOTE, _("Internal note"))]}
    return render(request, "conversations/found.html", context)


def words_of(request: HttpRequest) -> str:
    """What was searched for."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]


@require_safe
@acts_on(Thread)
def thread(request: UserRequest, thread: Thread) -> HttpResponse:
    """A thread's newest entries, or those up to a number; they count as read from now on."""
    return show_thread(request, thread)


def show_thread(
    request: UserRequest, thread: Thread, form: ComposerForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, with what was typed where a form is given."""
    now = clock.now()
    page = reading.page_of(thread, request.acting, upto=number_of(request), at=now)
    about = asked_about(request, thread)
    draft = drafts.draft_of(request.acting, drafts.Place(thread)) if may_write(request) else None
    begun = drafts.initial(draft) | ({"kind": "question", "about": about.pk} if about else {})
    form = form or ComposerForm(acting=request.acting, now=now, initial=begun)
    if request.method in ("GET", "HEAD") and page.read < page.newest:
        answering.read(thread, page.newest, by=request.acting, at=now)
    other = thread.other_than(request.acting.organisation_id)
    theirs = next((one.turn for one in page.owed if not one.is_ours), None)
    context = {
        "thread": thread,
        "page": page,
        "other": other,
        "form": form,
        "about": about,
        "attached": drafts.files_of(draft),
        "may_write": may_write(request),
        "expectation": expected(request, thread, values(form), theirs) if may_write(request) else None,
        "expect_url": reverse("conversations:expectation", args=[thread.pk]),
        "is_merchant": request.acting.organisation.is_merchant,
        "seen": live.seen_on(page, request.acting, now) if page.later is None else None,
        "crumbs": [(_("Messages"), reverse("conversations:inbox"))],
        "ours": [one.membership for one in page.people if one.membership.organisation_id != other.pk],
        "theirs": [one.membership for one in page.people if one.membership.organisation_id == other.pk],
    }
    return render(request, "conversations/thread.html", context, status=status)


@require_safe
@acts_on(Thread)
def news(request: UserRequest, thread: Thread) -> HttpResponse:
    """What came into an open thread since the page looked the last time; 204 where nothing did."""
    now = clock.now()
    seen = live.Seen.of(request.GET, now)
    found = live.news(thread, request.acting, seen, now)
    if found is None:
        return HttpResponse(status=204)
    if thread.entry_count > seen.after:
        answering.read(thread, thread.entry_count, by=request.acting, at=now)
    context = {
        "thread": thread,
        "other": thread.other_than(request.acting.organisation_id),
        "news": found,
        "seen": seen,
        "may_write": may_write(request),
        "is_merchant": request.acting.organisation.is_merchant,
    }
    return render(request, "conversations/_news.html", context)


def expected(request: UserRequest, thread: Thread, fields: Mapping[str, Any], owed: Turn | None) -> Expectation:
    """The line below what is being written in a thread; `owed` is what the others owe already. Two queries."""
    other = thread.other_than(request.acting.organisation_id)
    return expecting.expectation(other, request.acting, expecting.wish_of(fields), at=clock.now(), owed=owed)


def values(form: ComposerForm) -> dict[str, Any]:
    """The fields of a form as they stand in it."""
    return {one.name: one.value() for one in form}


@require_safe
@acts_on(Thread, *WRITERS)
def expectation(request: UserRequest, thread: Thread) -> HttpResponse:
    """That line again, while the form is filled in."""
    owed = thread.turns.open().owed_to(request.acting.organisation_id).first()
    context = {"expectation": expected(request, thread, request.GET.dict(), owed)}
    return render(request, "conversations/_expectation.html", context)


def asked_about(request: HttpRequest, thread: Thread) -> Entry | None:
    """The instruction that a question is to be about, where the address or the form names one of this thread."""
    named = request.POST.get("about") or request.GET.get("about") or ""
    if not named.isdecimal() or len(named) > 18:
        return None
    return thread.entries.defer("search").filter(pk=int(named)).first()


def number_of(request: HttpRequest) -> int | None:
    """Up to which entry the page goes; the newest where nothing sensible is said."""
    said = request.GET.get("upto", "")
    return int(said) if said.isdecimal() and len(said) < 10 and int(said) else None


def may_write(request: UserRequest) -> bool:
    return request.acting.has_role(*WRITERS)


@require_safe
@acts_on(Attachment)
def download(request: UserRequest, attachment: Attachment) -> HttpResponse:
    """A file, to be saved."""
    return serving.download(attachment.file)


@require_safe
@acts_on(Attachment)
def thumbnail(request: UserRequest, attachment: Attachment) -> HttpResponse:
    """A picture, small."""
    return serving.thumbnail(attachment.file)
