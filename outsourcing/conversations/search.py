"""Search in one's own conversations, by an index that also knows whose each entry is.

An entry's search vector holds its words without accents and `@` with the key of either organisation, which no word can
look like; an internal note's holds its own side alone. So the index itself finds only what belongs to who asks, and the
rows found are read through `visible_to` all the same.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.search import MOST, Found, Result
from outsourcing.conversations.models import Attachment, Entry, InternalNote, Kind, Thread

PER_PAGE = 25
#: Hits that are looked at; of more, some of them, the newest of those first.
CAP = 10_000
#: Words of a query; a prefix of each is enough.
MOST_WORDS = 8
AROUND = 80
#: Conversations and files of those that the search across rooms shows.
FEW = 4
NOTE = "note"
KINDS = (*(kind.value for kind in Kind), NOTE)

HITS = """
WITH asked AS (SELECT %(owners)s::tsquery && to_tsquery('simple', %(words)s) AS words),
hits AS MATERIALIZED (
    (SELECT e.id, e.created_at, FALSE AS is_note FROM conversations_entry e, asked
     WHERE e.search @@ asked.words AND %(entries)s AND (%(kind)s = '' OR e.kind = %(kind)s) LIMIT %(cap)s)
    UNION ALL
    (SELECT n.id, n.created_at, TRUE FROM conversations_internalnote n, asked
     WHERE n.search @@ asked.words AND %(notes)s LIMIT %(cap)s)
)
SELECT id, is_note, count(*) OVER () FROM hits ORDER BY created_at DESC, id LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True)
class Hit:
    """One entry or note that was found: where it stands, who said it when, and its words with the hits marked."""

    thread: Thread
    other: Organisation
    number: int
    by: str
    at: datetime
    kind: str
    text: SafeString

    @property
    def url(self) -> str:
        """The thread with this entry in the middle of its page."""
        return reverse("conversations:thread", args=[self.thread.pk]) + f"?upto={self.number + 20}#e{self.number}"


def tokens(words: str) -> list[str]:
    """The words of a query as the index spells them."""
    return re.findall(r"[^\W_]+", plain(words))[:MOST_WORDS]


def plain(text: str) -> str:
    """In lower case and without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))


def search(
    acting: Membership, words: str, *, page: int = 1, kind: str = "", other: int | None = None
) -> tuple[list[Hit], int]:
    """A page of hits, newest first, and how many there are, at most CAP of entries and of notes each.

    `kind` is one of KINDS or empty, `other` the key of the other organisation. Three queries.
    """
    found = tokens(words)
    if not found:
        return [], 0
    owners = [acting.organisation_id, *([other] if other else [])]
    params: dict[str, Any] = {
        "owners": " & ".join(f"'@{owner}'" for owner in owners),
        "words": " & ".join(f"{token}:*" for token in found),
        "entries": kind != NOTE,
        "notes": kind in ("", NOTE) and other is None,
        "kind": kind if kind != NOTE else "",
        "cap": CAP,
        "limit": PER_PAGE,
        "offset": (page - 1) * PER_PAGE,
    }
    with connection.cursor() as cursor:
        cursor.execute(HITS, params)
        rows = cursor.fetchall()
    return _hits(rows, acting, found), rows[0][2] if rows else 0


def _hits(rows: Sequence[tuple[int, bool, int]], acting: Membership, found: list[str]) -> list[Hit]:
    """The rows found, read as every look-up for a person is."""
    threads = ("thread__merchant", "thread__vendor", "author")
    entries = Entry.objects.visible_to(acting).select_related(*threads).defer("search")
    notes = InternalNote.objects.visible_to(acting).select_related(*threads).defer("search")
    known: dict[tuple[bool, int], Any] = {
        (False, one.pk): one for one in entries.filter(pk__in=[pk for pk, is_note, _n in rows if not is_note])
    }
    if keys := [pk for pk, is_note, _n in rows if is_note]:
        known |= {(True, one.pk): one for one in notes.filter(pk__in=keys)}
    return [_hit(known[is_note, pk], acting, found) for pk, is_note, _n in rows if (is_note, pk) in known]


def _hit(row: Entry | InternalNote, acting: Membership, found: list[str]) -> Hit:
    thread = row.thread
    return Hit(
        thread,
        thread.other_than(acting.organisation_id),
        row.after if isinstance(row, InternalNote) else row.number,
        row.author.label if row.author else "",
        row.created_at,
        _("Internal note") if isinstance(row, InternalNote) else str(row.get_kind_display()),
        marked(row.text, found),
    )


def marked(text: str, found: Sequence[str]) -> SafeString:
    """The stretch of a text around its first hit, as HTML, with every word that begins as one of `found` marked."""
    words = list(re.finditer(r"[^\W_]+", text))
    hits = [word for word in words if plain(word.group()).startswith(tuple(found))]
    start = max(0, hits[0].start() - AROUND) if hits else 0
    end = start + 3 * AROUND
    pieces, at = ["… " if start else ""], start
    for hit in hits:
        if hit.start() >= at and hit.end() <= end:
            pieces += [escape(text[at : hit.start()]), "<mark>", escape(hit.group()), "</mark>"]
            at = hit.end()
    pieces += [escape(text[at:end]), " …" if end < len(text) else ""]
    return mark_safe("".join(pieces))


def in_messages(acting: Membership, words: str) -> Found:
    """For the search across rooms, the newest of each: conversations by subject, files by name, then what was said in
    others. Five queries at most."""
    threads = _by_subject(acting, words)
    shown = {thread.pk for thread in threads}
    hits, _total = search(acting, words)
    results = [
        *(_named(thread, acting) for thread in threads),
        *(_file(attachment) for attachment in _files(acting, words)),
        *(
            Result(hit.thread.subject, f"{hit.other}, {hit.by}", hit.url, "messages")
            for hit in hits
            if hit.thread.pk not in shown
        ),
    ]
    return Found(_("Messages"), results[:MOST])


def _by_subject(acting: Membership, words: str) -> list[Thread]:
    """Among the newest: a subject has no index."""
    newest = Thread.objects.visible_to(acting).order_by("-last_entry_at", "pk").values("pk")[:CAP]
    found = Thread.objects.visible_to(acting).filter(pk__in=newest, subject__icontains=words)
    return list(found.order_by("-last_entry_at", "pk")[:FEW])


def _named(thread: Thread, acting: Membership) -> Result:
    where = reverse("conversations:thread", args=[thread.pk])
    return Result(thread.subject, str(thread.other_than(acting.organisation_id)), where, "messages")


def _files(acting: Membership, words: str) -> QuerySet[Attachment]:
    """Those of entries and notes that have the words in their name."""
    rows = Attachment.objects.visible_to(acting).filter(draft=None, file__name__icontains=words)
    return rows.select_related("file", "entry__thread", "note__thread").order_by("-file__created_at", "pk")[:FEW]


def _file(attachment: Attachment) -> Result:
    of = attachment.entry or attachment.note
    assert of is not None
    return Result(attachment.file.name, of.thread.subject, _place(of), "attach")


def _place(row: Entry | InternalNote) -> str:
    """The thread with this entry, or the one before this note, in the middle of its page."""
    number = row.after if isinstance(row, InternalNote) else row.number
    return reverse("conversations:thread", args=[row.thread_id]) + f"?upto={number + 20}#e{number}"
