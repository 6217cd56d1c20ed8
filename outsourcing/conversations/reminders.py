"""Reminds of what is unanswered: whoever owes the answer, who stands in, the one who asked, and operations.

Source: reference/milestones.md 4.3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Role
from outsourcing.conversations import turns
from outsourcing.conversations.figures import Ending
from outsourcing.conversations.models import Turn
from outsourcing.notifications.ladders import planning
from outsourcing.notifications.ladders.people import Calendars, Person, Roster, rows
from outsourcing.notifications.ladders.rules import (
    Category,
    Kind,
    Letter,
    Rule,
    Standing,
    Step,
    To,
    Unit,
    been_reminded,
)

TURN = "turn"
LAST = 4
TURNS = """
SELECT t.id, t.thread_id, h.subject, h.merchant_id, h.vendor_id, t.asker_id, t.answerer_id, t.needs_answer,
    t.is_blocking, t.opened_at, t.reopened_at, t.due_at, t.closed_at, t.ending, t.assignee_id, h.entry_count,
    e.number, left(e.text, 300), e.author_id,
    ARRAY(SELECT p.membership_id FROM conversations_participant p JOIN accounts_membership m ON m.id = p.membership_id
        WHERE p.thread_id = t.thread_id AND m.organisation_id = t.answerer_id ORDER BY p.added_at, p.id),
    ARRAY(SELECT p.membership_id FROM conversations_participant p JOIN accounts_membership m ON m.id = p.membership_id
        WHERE p.thread_id = t.thread_id AND m.organisation_id = t.asker_id ORDER BY p.added_at, p.id)
FROM conversations_turn t JOIN conversations_thread h ON h.id = t.thread_id
LEFT JOIN LATERAL (SELECT number, text, author_id FROM conversations_entry e WHERE e.turn_id = t.id
    ORDER BY number LIMIT 1) e ON TRUE
WHERE t.id = ANY(%(keys)s)
"""
ENDED = {
    Ending.ANSWERED: gettext_lazy("It was answered."),
    Ending.ACKNOWLEDGED: gettext_lazy("It was acknowledged."),
    Ending.WITHDRAWN: gettext_lazy("It was taken back."),
    Ending.DISMISSED: gettext_lazy("They said that it needs no answer."),
    Ending.CONTRACT_ENDED: gettext_lazy("The contract ended."),
    Ending.MERGED: gettext_lazy("It is one with a later question."),
}


@dataclass(slots=True)
class Owed:
    """A turn with its thread and what it asked first."""

    pk: int
    thread: int
    subject: str
    merchant: int
    vendor: int
    asker: int
    answerer: int
    needs_answer: bool
    is_blocking: bool
    opened_at: datetime
    reopened_at: datetime | None
    due_at: datetime
    closed_at: datetime | None
    ending: str
    assignee: int | None
    entries: int
    number: int | None
    text: str | None
    author: int | None
    answerers: Sequence[int]
    askers: Sequence[int]

    @property
    def url(self) -> str:
        page, number = reverse("conversations:thread", args=[self.thread]), self.number or 1
        return f"{page}#e{number}" if number > self.entries - 50 else f"{page}?upto={number + 20}#e{number}"


class Unanswered(Rule):
    """One side owes the other an answer."""

    key, category, may_snooze = TURN, Category.MESSAGES, True
    label = gettext_lazy("Messages")
    about = gettext_lazy("A message waits for an answer, theirs or ours.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("Before it is due, where work stands still"), (None, 75, 50), Unit.PERCENT),
        Step(gettext_lazy("When the answer is due"), (1, 0, 0)),
        Step(gettext_lazy("Second reminder, and to who stands in; the asker is told"), (2, 1, 1)),
        Step(gettext_lazy("To the other side, with phone numbers"), (4, 2, 2)),
        Step(gettext_lazy("To operations, to decide"), (7, 4, 3)),
    )
    placeholders: ClassVar[Mapping[str, Any]] = {
        "subject": gettext_lazy("the subject"),
        "due": gettext_lazy("the date"),
    }

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        found = [Owed(*row) for row in rows(TURNS, keys=list(subjects))]
        calendars.read({key for one in found for key in (one.merchant, one.vendor)})
        still = still_now([one for one in found if one.closed_at is None])
        return {one.pk: self._standing(one, one.pk in still, calendars) for one in found}

    def _standing(self, one: Owed, is_still: bool, calendars: Calendars) -> Standing | str:
        if one.closed_at is not None:
            return str(ENDED.get(Ending(one.ending), _("It was closed.")))
        if is_still:
            return _("The contract stands still.")
        version = f"{one.opened_at:%Y%m%d%H%M%S%f}:{one.reopened_at or ''}"[:120]
        return Standing(
            one.pk, one.merchant, one.answerer, version, one.due_at, calendars.zone(one.answerer),
            calendars.of(one.answerer), one.subject, one.url, is_urgent=one.is_blocking,
            others=(one.vendor,), row=one,
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        return list(Turn.objects.open().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:most])

    def moment(self, standing: Standing, step: int, delay: int) -> datetime | None:
        if step:
            return super().moment(standing, step, delay)
        one: Owed = standing.row
        if not one.is_blocking:
            return None
        whole = standing.calendar.business_seconds(one.opened_at, max(one.due_at, one.opened_at))
        return standing.calendar.add_business_seconds(one.opened_at, whole * delay / 100)

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one: Owed = standing.row
        if step >= LAST:
            yield To([], Kind.DECIDE, one.merchant, roles=(Role.OPERATIONS,))
        elif step == LAST - 1:
            yield To([one.author, *one.askers], Kind.ACT, one.asker)
        else:
            yield To([one.assignee, *one.answerers], Kind.ACT, one.answerer, again=True)
            if step == LAST - 2:
                yield To([], Kind.ACT, one.answerer, backup=True)
                yield To([one.author, *one.askers], Kind.KNOW, one.asker)

    def may_read(self, reader: Person, standing: Standing) -> bool:
        return reader.organisation in (standing.row.merchant, standing.row.vendor)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        if kind == Kind.DECIDE:
            return _("Still no answer, decide: %(subject)s") % {"subject": standing.title}
        if kind == Kind.KNOW or step >= LAST - 1:
            return _("No answer yet: %(subject)s") % {"subject": standing.title}
        return _("Waits for your answer: %(subject)s") % {"subject": standing.title}

    def words(self, standing: Standing) -> Mapping[str, str]:
        return {"subject": standing.title, "due": date_format(standing.row.due_at.astimezone(standing.zone), "j F")}

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one: Owed = standing.row
        owes = reader is not None and reader.organisation == one.answerer and kind == Kind.ACT and step < LAST - 1
        said = {
            "asker": roster.places[one.asker].name, "answerer": roster.places[one.answerer].name,
            "day": date_format(one.due_at.astimezone(reader.zone if reader else standing.zone), "l j F, H:i"),
        }  # fmt: skip
        late = roster.calendars.at >= one.due_at
        if owes and one.needs_answer and late:
            words = [_("%(asker)s waits for your answer since %(day)s.") % said]
        elif owes and one.needs_answer:
            words = [_("%(asker)s waits for your answer, due %(day)s. Work stands still until then.") % said]
        elif owes:
            words = [_("%(asker)s asks you to say that you have seen it, by %(day)s.") % said]
        else:
            words = [_("%(answerer)s has not answered. It was due %(day)s.") % said, been_reminded(standing)]
        title = self.title(standing, step, kind)
        return Letter(
            title, title, words, [(_("Asked"), Truncator(one.text or "").chars(200))],
            _("Answer") if owes else _("Open the conversation"), standing.url, (),
            _("An answer there ends these reminders."), f"thread:{one.thread}",
            () if owes else calls(roster, one.answerer, [one.assignee, *one.answerers]),
        )  # fmt: skip


def still_now(found: Sequence[Owed]) -> set[int]:
    """Those whose clock stands still: a contract is suspended. A query for each room above that has a say."""
    made = [Turn(pk=one.pk, thread_id=one.thread, opened_at=one.opened_at) for one in found]
    turns.remember_pauses(made)
    return {turn.pk for turn in made if any(end is None for _start, end in turns.pauses_of(turn))}


def calls(roster: Roster, organisation: int, people: Iterable[int | None]) -> list[tuple[str, str]]:
    """Whom one can call at an organisation, with their numbers: those named first, then whoever runs it."""
    named = [roster.people[key] for key in people if key is not None and key in roster.people]
    there = {one.pk: one for one in [*named, *roster.heads(organisation)] if one.organisation == organisation}
    return [(one.name, one.phone) for one in there.values() if one.phone][:3]


def turn_changed(turn: Turn, at: datetime) -> None:
    """A turn was opened, joined, handed over or closed: its ladder follows, in the same transaction."""
    planning.follow(TURN, [turn.pk], at=at)
