"""What the record says about the time between two check-ins; filled in for whoever evaluates, and never edited."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.db.models import Count, Q, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.errors import Overtaken
from milestones.models import Cause, CheckIn, Contract, DateChange, Milestone, Submission
from outsourcing.conversations import responding
from outsourcing.conversations.models import Turn

#: A page that is older than this, in seconds, is read again before it is signed.
GOOD_FOR = 24 * 3600
SALT = "milestones.check-in"


@dataclass(frozen=True)
class Facts:
    """Counts of milestones and of working days, from a day to a day in the contract's zone; how quickly the vendor
    answers this merchant in words, empty where there are not enough turns."""

    since: str
    until: str
    accepted: int
    on_time: int
    sent_back: int
    late_now: int
    slip: Mapping[str, int]
    replies: int
    median: str
    unanswered: int


def facts_of(contract: Contract, at: datetime) -> Facts:
    """As of `at`, since the last check-in that was signed, else since it began. Seven queries at most."""
    last = contract.check_ins.filter(signed_at__isnull=False).order_by("signed_at").last()
    since = (last.signed_at if last else contract.activated_at) or at
    judged = Submission.objects.filter(milestone__contract=contract, decided_at__gt=since, decided_at__lte=at)
    rounds = judged.counted().aggregate(
        accepted=Count("pk", filter=Q(decision="accepted")),
        on_time=Count("pk", filter=Q(decision="accepted", late_days=0)),
        sent_back=Count("pk", filter=Q(decision="changes")),
        late=Sum("late_days", filter=Q(decision="accepted")),
        held=Sum("held_days", filter=Q(decision="accepted")),
    )
    moved = DateChange.objects.decided().filter(
        milestone__contract=contract, decided_at__gt=since, decided_at__lte=at
    )  # fmt: skip
    slip = dict.fromkeys(Cause.values, 0)
    slip |= dict(moved.order_by().values_list("cause").annotate(sum=Sum("days")))
    slip[Cause.VENDOR] += rounds["late"] or 0
    slip[Cause.MERCHANT] += rounds["held"] or 0
    calendar_of = responding.calendars([contract.vendor], at)
    asked = Turn.objects.filter(responding.in_view(at), asker=contract.merchant_id, answerer=contract.vendor_id)
    turns = list(asked.defer("reckoned"))
    answers = responding.responding(turns, calendar_of, at)
    return Facts(
        since=contract.today(since).isoformat(),
        until=contract.today(at).isoformat(),
        accepted=rounds["accepted"],
        on_time=rounds["on_time"],
        sent_back=rounds["sent_back"],
        late_now=Milestone.objects.filter(contract=contract).overdue(contract.today(at)).count(),
        slip=slip,
        replies=answers.n,
        median=answers.in_words,
        unanswered=sum(one.is_open for one in turns),
    )


def lines(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Facts as they were kept, as a table: what, and what came of it."""
    accepted = ngettext("%(on_time)s of %(accepted)s on time", "%(on_time)s of %(accepted)s on time", facts["accepted"])
    slip = [
        ngettext("%(days)s day %(whose)s", "%(days)s days %(whose)s", days) % {"days": days, "whose": CAUSES[cause]()}
        for cause, days in facts["slip"].items()
        if days
    ]
    replies = facts["median"] or _("not enough answers to say")
    return [
        (_("Accepted"), accepted % facts if facts["accepted"] else _("none")),
        (_("Sent back"), str(facts["sent_back"] or _("none"))),
        (_("Late now"), str(facts["late_now"] or _("none"))),
        (_("Slipped, in working days"), ", ".join(slip) or _("none")),
        (_("Half of the answers within"), replies),
        (_("Questions without an answer"), str(facts["unanswered"] or _("none"))),
    ]


CAUSES = {
    Cause.VENDOR: lambda: _("the vendor's"),
    Cause.MERCHANT: lambda: _("the merchant's"),
    Cause.AGREED: lambda: _("agreed by both"),
    Cause.EXTERNAL: lambda: _("somebody else's"),
}


def span(facts: Mapping[str, Any]) -> str:
    """From when to when, in words."""
    first, last = (date.fromisoformat(facts[name]) for name in ("since", "until"))
    return _("%(first)s to %(last)s") % {"first": date_format(first, "j M Y"), "last": date_format(last, "j M Y")}


# ---- From the page to the signature --------------------------------------------------------------------------------
def sealed(check_in: CheckIn, facts: Facts) -> str:
    """The facts as they stand on a page, in a form that only we can write: for this check-in, after the one that was
    signed last, with these measures. Two queries."""
    return signing.dumps([check_in.pk, asdict(facts), _beside(check_in)], salt=SALT)


def unsealed(check_in: CheckIn, text: str) -> dict[str, Any]:
    """What was read. Raises Overtaken for what we did not write, what is a day old, and where another check-in was
    signed or the measures are others by now. Two queries."""
    try:
        pk, facts, beside = signing.loads(text, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        pk, facts, beside = None, {}, None
    if pk != check_in.pk:
        raise Overtaken(_("The page is more than a day old: read the figures again, then sign."))
    if beside != _beside(check_in):
        raise Overtaken(_("Another check-in was signed, or what is measured has changed: read it again, then sign."))
    return dict(facts)


def _beside(check_in: CheckIn) -> list[Any]:
    """What the facts and the form depend on besides: the check-in that was signed last, and the measures."""
    signed = check_in.contract.check_ins.filter(signed_at__isnull=False).order_by("signed_at")
    last = signed.values_list("pk", flat=True).last()
    return [last, list(check_in.contract.measures.order_by("pk").values_list("pk", flat=True))]
