"""What happened to a brief, written down once and read by the merchant as sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Membership
from vendors.sourcing.models import Brief, Candidate, LogLine
from vendors.sourcing.reminders.following import follow

#: After these somebody owes an answer or scores no more, or again. What begins a round says so itself, once whole.
ENDS_OR_BEGINS = frozenset({
    "answered", "answer-recorded", "answer-withdrawn", "late-accepted", "declined", "decline-undone", "withdrawn",
    "recused", "evaluators", "scores-submitted", "scores-reopened", "awarded", "none-suitable", "decision-reopened",
    "cancelled",
})  # fmt: skip
#: A sentence for each kind; `who` is the person, `vendor` the candidate's, other names are details.
SENTENCES = {
    "started": gettext_lazy("%(who)s began the brief."),
    "cloned": gettext_lazy("%(who)s began the brief from “%(source)s”."),
    "changed": gettext_lazy("%(who)s changed the brief: %(what)s"),
    "weighed": gettext_lazy("%(who)s changed the weights: %(reason)s"),
    "published": gettext_lazy("%(who)s invited vendors to answer until %(deadline)s."),
    "comparing": gettext_lazy("%(who)s began to compare: vendors are not asked."),
    "extended": gettext_lazy("%(who)s moved the deadline from %(old)s to %(new)s."),
    "closed": gettext_lazy("The deadline passed: answers are no longer taken."),
    "opened": gettext_lazy("%(who)s opened %(count)s answers."),
    "open-refused": gettext_lazy("%(who)s tried to open the answers before the deadline, and was refused."),
    "rerun": gettext_lazy("%(who)s asked everybody again, until %(new)s: %(reason)s"),
    "cancelled": gettext_lazy("%(who)s cancelled it: %(reason)s"),
    "evaluators": gettext_lazy("%(who)s said who scores what."),
    "recused": gettext_lazy("%(evaluator)s no longer scores: %(reason)s"),
    "candidate-added": gettext_lazy("%(who)s put %(name)s on the shortlist."),
    "candidate-removed": gettext_lazy("%(who)s took %(name)s off the shortlist."),
    "invited": gettext_lazy("%(who)s invited %(vendor)s."),
    "answered": gettext_lazy("%(vendor)s answered."),
    "answer-sealed": gettext_lazy("A sealed answer came."),
    "answer-recorded": gettext_lazy("%(who)s entered an answer for %(vendor)s."),
    "answer-withdrawn": gettext_lazy("%(vendor)s took its answer back."),
    "answer-late": gettext_lazy("%(vendor)s answered after the deadline: decide whether it counts."),
    "late-accepted": gettext_lazy("%(who)s accepted the late answer of %(vendor)s: %(reason)s"),
    "late-refused": gettext_lazy("%(who)s refused the late answer of %(vendor)s unread: %(reason)s"),
    "declined": gettext_lazy("%(vendor)s declined: %(reason)s"),
    "decline-undone": gettext_lazy("%(vendor)s takes part after all."),
    "withdrawn": gettext_lazy("%(vendor)s withdrew: %(reason)s"),
    "shortlisted": gettext_lazy("%(who)s kept %(vendor)s in the closer choice."),
    "unshortlisted": gettext_lazy("%(who)s took %(vendor)s out of the closer choice."),
    "ruled": gettext_lazy("%(who)s set “%(gate)s” of %(vendor)s to %(result)s."),
    "asked": gettext_lazy("%(vendor)s asked a question."),
    "question-answered": gettext_lazy("%(who)s answered a question, for all to read."),
    "rate-entered": gettext_lazy("%(who)s entered the rate for %(vendor)s: %(rate)s."),
    "objected": gettext_lazy("%(vendor)s objects to the answer that was entered for it: %(reason)s"),
    "handed-on": gettext_lazy("What was %(who)s's is %(successor)s's now."),
}


def note(
    brief: Brief,
    kind: str,
    *,
    by: Membership | None,
    at: datetime,
    candidate: Candidate | None = None,
    **details: Any,
) -> None:
    """Write one line down; `kind` is one of SENTENCES or of another module's that calls `tell_of`. Said last, once it
    has happened: reminders of what somebody owes follow from here."""
    LogLine.objects.create(brief=brief, kind=kind, by=by, at=at, candidate=candidate, details=details)
    if kind in ENDS_OR_BEGINS:
        follow(brief, at=at)


def tell_of(kind: str, sentence: Any) -> None:
    """Add a kind of line, for rooms of this app that have their own."""
    SENTENCES[kind] = sentence


@dataclass(frozen=True)
class Told:
    """A line as it is read."""

    text: str
    at: datetime


def told(lines: Iterable[LogLine]) -> list[Told]:
    """Lines, with `by` and `candidate__vendor` at hand, as sentences."""
    return [Told(_sentence(line), line.at) for line in lines]


def _sentence(line: LogLine) -> str:
    words = SENTENCES.get(line.kind)
    if words is None:
        return line.kind
    who = line.by.label if line.by else _("Somebody")
    vendor = line.candidate.vendor.name if line.candidate else _("A vendor")
    return str(words) % {"reason": "", **line.details, "who": who, "vendor": vendor}
