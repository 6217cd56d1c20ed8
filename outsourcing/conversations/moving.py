"""Two organisations of one vendor become one: what was said with the one is said with the other from then on.

Threads, turns and the vendor's own notes follow, and so does what search finds. Nothing of a merchant's own is touched.
"""

from datetime import datetime

import pgtrigger
from django.db import transaction
from django.db.models.expressions import RawSQL

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations import turns
from outsourcing.conversations.models import Draft, Entry, InternalNote, Participant, ReadMark, ReplyTime, Thread, Turn
from outsourcing.conversations.reminders import TURN
from outsourcing.notifications.ladders import planning

NOTE_KEPT = f"{InternalNote._meta.label}:note_kept_for_good"


def hold(vendor: Organisation) -> None:
    """Wait for whoever writes with this vendor, and have others wait; to be called before the organisations are held,
    since whoever writes has the thread first."""
    list(Thread.objects.select_for_update(of=("self",)).filter(vendor=vendor).order_by("pk").values_list("pk"))


@transaction.atomic
def move(old: Organisation, new: Organisation, *, at: datetime) -> None:
    """Have all that was said with the vendor `old` be with `new`; its people have gone over already. Reminders follow
    what is unanswered."""
    theirs = list(Turn.objects.open().filter(thread__vendor=old).order_by("pk").values_list("pk", flat=True))
    Entry.objects.filter(thread__vendor=old).update(search=_with_mark_of(old, new))
    with pgtrigger.ignore(NOTE_KEPT):
        InternalNote.objects.filter(organisation=old).update(organisation=new, search=_with_mark_of(old, new))
    Thread.objects.filter(vendor=old).update(vendor=new)
    for side in ("asker", "answerer"):
        Turn.objects.filter(**{side: old}).update(**{side: new})
    there = Draft.objects.filter(counterpart=new).values("membership")
    Draft.objects.filter(counterpart=old).exclude(membership__in=there).update(counterpart=new)
    _follow_people(old, new)
    ReplyTime.objects.filter(organisation=old).delete()
    turns.reckon_again(new, at)
    planning.follow(TURN, theirs, at=at)


def _with_mark_of(old: Organisation, new: Organisation) -> RawSQL:
    """The indexed words as they are, with another owner's mark (see search.py)."""
    return RawSQL("ts_delete(search, %s) || array_to_tsvector(ARRAY[%s])", [f"@{old.pk}", f"@{new.pk}"])


def _follow_people(old: Organisation, new: Organisation) -> None:
    """Somebody whose place ended, because they had one there too, goes on under that one; nobody of `old` is left."""
    theirs = Participant.objects.filter(thread__vendor=new, membership__organisation=old)
    for left in Membership.objects.filter(pk__in=theirs.values("membership")):
        rows = theirs.filter(membership=left)
        if twin := _twin(left, new):
            named = [Participant(thread_id=one.thread_id, membership=twin, added_at=one.added_at) for one in rows]
            Participant.objects.bulk_create(named, ignore_conflicts=True)
            Turn.objects.open().filter(assignee=left).update(assignee=twin)
            seen = ReadMark.objects.filter(membership=twin).values("thread")
            ReadMark.objects.filter(membership=left).exclude(thread__in=seen).update(membership=twin)
        rows.delete()


def _twin(left: Membership, new: Organisation) -> Membership | None:
    """The place of the same person there: by account, else by address."""
    there = Membership.objects.current().filter(organisation=new)
    same = there.filter(user=left.user_id).first() if left.user_id else None
    return same or there.filter(email=left.email).first()
