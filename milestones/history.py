"""What happened to a contract, written down once and read by both sides as sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.models import Contract, HistoryLine, Milestone
from outsourcing.accounts.models import Membership

#: A sentence for each kind; `who` is the person, other names are details. Dates come in as dates.
SENTENCES = {
    "drafted": gettext_lazy("%(who)s drafted the contract."),
    "changed": gettext_lazy("%(who)s changed the draft."),
    "offered": gettext_lazy("%(who)s offered the contract to %(vendor)s."),
    "amendment-offered": gettext_lazy("%(who)s proposed a change of the contract."),
    "offer-withdrawn": gettext_lazy("%(who)s withdrew the offer."),
    "offer-lapsed": gettext_lazy("The offer lapsed: nobody answered in time."),
    "accepted": gettext_lazy("%(who)s accepted the contract for %(vendor)s."),
    "amendment-accepted": gettext_lazy("%(who)s agreed to the change of the contract."),
    "recorded": gettext_lazy("%(who)s recorded the contract as running; it was signed outside."),
    "declined": gettext_lazy("%(who)s declined: %(reason)s"),
    "suspended": gettext_lazy("%(who)s suspended the contract: %(reason)s"),
    "resumed": gettext_lazy("%(who)s let the contract run again."),
    "closing": gettext_lazy("The contract is being closed: its end date has passed and something is open."),
    "closing-by": gettext_lazy("%(who)s began to close the contract."),
    "completed": gettext_lazy("%(who)s completed the contract."),
    "terminated": gettext_lazy("%(who)s ended the contract: %(reason)s"),
    "wish-suspend": gettext_lazy("%(who)s asks that the contract be suspended: %(reason)s"),
    "wish-end": gettext_lazy("%(who)s asks that the contract end: %(reason)s"),
    "wish-refused": gettext_lazy("%(who)s did not agree: %(reason)s"),
    "wish-withdrawn": gettext_lazy("%(who)s no longer asks for it."),
    "brought-in": gettext_lazy("%(who)s brought the contract in from a table."),
    "filled": gettext_lazy("%(who)s filled the draft from the plan “%(plan)s”."),
    "people-named": gettext_lazy("%(who)s said who runs the contract."),
    "handed-on": gettext_lazy("%(who)s handed it on to %(successor)s."),
    "planned": gettext_lazy("%(who)s added the milestone, due %(due)s."),
    "edited": gettext_lazy("%(who)s changed what the milestone says."),
    "started": gettext_lazy("%(who)s started."),
    "progress": gettext_lazy("%(who)s reported %(progress)s per cent done."),
    "forecast": gettext_lazy("%(who)s expects it on %(forecast)s."),
    "submitted": gettext_lazy("%(who)s submitted it."),
    "submitted-late": gettext_lazy("%(who)s submitted it, %(late)s working days late."),
    "submission-recorded": gettext_lazy("%(who)s recorded the submission; it came by %(how)s."),
    "withdrawn": gettext_lazy("%(who)s took the submission back."),
    "sent-back": gettext_lazy("%(who)s sent it back."),
    "milestone-accepted": gettext_lazy("%(who)s accepted it."),
    "accepted-own-record": gettext_lazy("%(who)s accepted it, having recorded the submission."),
    "accepted-by-silence": gettext_lazy("Accepted: there was no decision within 14 days, as the contract says."),
    "silence-waits": gettext_lazy(
        "14 days have passed without a decision. It is not accepted yet: %(merchant)s has to be told a day before."
    ),
    "reopened": gettext_lazy("%(who)s opened it again: %(reason)s"),
    "cancelled": gettext_lazy("%(who)s cancelled it: %(reason)s"),
    "cancelled-with-contract": gettext_lazy("Cancelled: the contract ended."),
    "date-asked": gettext_lazy("%(who)s asked to move it from %(old)s to %(new)s: %(reason)s"),
    "date-moved": gettext_lazy("%(who)s moved it from %(old)s to %(new)s: %(reason)s"),
    "date-agreed": gettext_lazy("%(who)s agreed to %(new)s instead of %(old)s."),
    "date-refused": gettext_lazy("%(who)s did not agree to %(new)s: %(reason)s"),
    "date-withdrawn": gettext_lazy("%(who)s no longer asks for %(new)s."),
    "date-followed": gettext_lazy("It is due on %(new)s instead of %(old)s: %(reason)s"),
    "blocked": gettext_lazy("%(who)s said that the vendor has to wait: %(reason)s"),
    "unblocked": gettext_lazy("%(who)s said that the vendor can go on."),
    "paid": gettext_lazy("%(who)s marked it paid on %(paid)s."),
    "unpaid": gettext_lazy("%(who)s took back that it was paid."),
    "checked-in": gettext_lazy("%(who)s signed the check-in of %(due)s."),
    "check-in-planned": gettext_lazy("%(who)s planned a check-in on %(due)s."),
    "check-in-skipped": gettext_lazy("%(who)s left out the check-in of %(due)s: %(reason)s"),
    "promised": gettext_lazy("%(who)s wrote down what is measured: %(measure)s."),
    "aimed-at": gettext_lazy("%(who)s looks at this from now on: %(measure)s."),
    "no-longer-promised": gettext_lazy("%(who)s no longer measures: %(measure)s."),
    "override-lifted": gettext_lazy("%(who)s let what is worked out hold again."),
    "overridden": gettext_lazy("%(who)s set how it is doing to “%(level)s”: %(reason)s"),
}


def tell(
    contract: Contract,
    kind: str,
    *,
    by: Membership | None,
    at: datetime,
    milestone: Milestone | None = None,
    is_ours: bool = False,
    **details: Any,
) -> HistoryLine:
    """Write down that something happened; dates among the details are kept as ISO 8601. One insert."""
    if kind not in SENTENCES:
        raise ValueError(f"No sentence says {kind!r}.")
    kept = {name: value.isoformat() if isinstance(value, date) else value for name, value in details.items()}
    return HistoryLine.objects.create(
        contract=contract, milestone=milestone, kind=kind, details=kept, by=by, at=at, is_ours=is_ours
    )


@dataclass(frozen=True)
class Told:
    """A line as it is read: when, about which milestone (its title, or empty), the sentence."""

    at: datetime
    about: str
    milestone: int | None
    sentence: str


def told(lines: Iterable[HistoryLine]) -> list[Told]:
    """Lines that came with their milestone and person."""
    return [
        Told(line.at, line.milestone.title if line.milestone else "", line.milestone_id, sentence(line))
        for line in lines
    ]


def sentence(line: HistoryLine) -> str:
    """The line in words."""
    details = {name: _shown(value) for name, value in line.details.items()}
    return SENTENCES[line.kind] % {"who": line.by.label if line.by else _("Somebody"), **details}


def what_happened(contract: Contract, milestone: Milestone | None = None, *, ours: bool = False) -> str:
    """The latest thing, for whoever came too late: "Rosa Imberg sent it back. (10:04)"; of drafts, which a merchant has
    to itself, also what is `ours`."""
    lines = HistoryLine.objects.filter(contract=contract).select_related("by")
    lines = lines if ours else lines.filter(is_ours=False)
    line = (lines.filter(milestone=milestone) if milestone else lines).first()
    if line is None:
        return _("It has changed meanwhile: reload the page.")
    when = date_format(localtime(line.at), "j M, H:i")
    return _("%(sentence)s That was on %(when)s; nothing of yours was saved.") % {
        "sentence": sentence(line),
        "when": when,
    }


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date_format(date.fromisoformat(value), "j M Y")
        except ValueError:
            return value
    return value
