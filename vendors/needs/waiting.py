"""What of needs waits for a person, on a merchant's today page; what search finds; and the first step."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db.models import Exists
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.first_run import Step
from outsourcing.accounts.models import Membership
from outsourcing.accounts.search import MOST, Found, Result
from outsourcing.accounts.waiting import Things, Urgency, Waiting
from outsourcing.shared.addresses import address
from outsourcing.shared.statements import Read, Values
from vendors.needs.keeping import RATERS
from vendors.needs.models import Assessment, Kind, Task
from vendors.needs.words import number

#: What expired longer ago is history.
FRESH = timedelta(days=30)

#: Questions that are open again, disputes that may be read and nobody has answered, and questions to peers that did not
#: arrive or expired without an answer.
WAITING = """
SELECT 'again' AS what, t.id AS key, t.name, r.kind, r.figure::text, r.at_least::text, r.opened_at AS since
    FROM needs_reopening r JOIN needs_need n ON n.id = r.need_id JOIN needs_task t ON t.id = n.task_id
    WHERE n.merchant_id = %(merchant)s AND r.closed_at IS NULL AND n.hidden_at IS NULL
UNION ALL
SELECT 'disputed', min(t.id), min(t.name), '', sum(u.disputes)::text, count(*)::text, min(u.since)
    FROM needs_need n JOIN needs_unsettled u ON u.need_id = n.id JOIN needs_task t ON t.id = n.task_id
    WHERE n.merchant_id = %(merchant)s AND n.hidden_at IS NULL HAVING count(*) > 0
UNION ALL
SELECT CASE WHEN a.expires_at > %(at)s THEN 'failed' ELSE 'expired' END, a.id,
    coalesce(nullif(p.name, ''), p.email), '', NULL, NULL, a.expires_at
    FROM needs_ask a JOIN needs_peer p ON p.id = a.peer_id LEFT JOIN notifications_mail m ON m.id = a.mail_id
    WHERE p.merchant_id = %(merchant)s AND a.answered_at IS NULL AND a.declined_at IS NULL AND a.revoked_at IS NULL
    AND a.expires_at > %(since)s AND (a.expires_at <= %(at)s OR m.state IN ('failed', 'uncertain', 'cancelled'))
ORDER BY 7, 2
"""


def waiting(acting: Membership, at: datetime) -> Read[Things] | Things:
    """For whoever rates."""
    if not acting.organisation.is_merchant or not acting.has_role(*RATERS):
        return ()
    given = {"merchant": acting.organisation_id, "at": at, "since": at - FRESH}
    return Read(WAITING, given, partial(_said, acting))


def _said(acting: Membership, rows: Sequence[Values]) -> Iterator[Waiting]:
    for one in rows:
        when = datetime.fromisoformat(one["since"])
        day = f"{when.astimezone(acting.zone):%-d %b}"
        if one["what"] == "again":
            yield _again(one, day, when)
        elif one["what"] == "disputed":
            yield _disputed(one["key"], one["name"], int(one["figure"]), int(one["at_least"]), day, when)
        else:
            yield _unanswered(one["what"], one["name"], day, when)


def _again(one: Values, day: str, when: datetime) -> Waiting:
    figure, mark = (number(Decimal(one[name]), 2) for name in ("figure", "at_least"))
    said = {"kind": Kind(one["kind"]).label, "figure": figure, "mark": mark}
    return Waiting(
        title=_("Look again at %(job)s") % {"job": one["name"]},
        meta=_("%(kind)s %(figure)s, your mark is %(mark)s") % said,
        url=f"{address('needs:job', one['key'])}#again",
        action=_("Look"),
        icon="needs",
        urgency=Urgency.RISK,
        when=when,
        due=day,
        due_about=_("open since"),
    )


def _disputed(task: int, name: str, disputes: int, jobs: int, day: str, when: datetime) -> Waiting:
    """One line however many there are: the list of jobs says where they are."""
    words = ngettext("%(count)s answer that differs from yours", "%(count)s answers that differ from yours", disputes)
    about = {"job": name} if jobs == 1 else {"jobs": str(jobs)}
    title = _("Answer who disagrees on %(job)s") if jobs == 1 else _("Answer who disagrees on %(jobs)s of your jobs")
    return Waiting(
        title=title % about,
        meta=words % {"count": disputes},
        url=f"{address('needs:job', task)}#others" if jobs == 1 else f"{address('needs:jobs')}#jobs",
        action=_("Answer"),
        icon="users",
        urgency=Urgency.INFO,
        when=when,
        due=day,
        due_about=_("since"),
    )


def _unanswered(what: str, name: str, day: str, when: datetime) -> Waiting:
    failed = what == "failed"
    title = _("The mail to %(who)s could not be delivered") if failed else _("%(who)s has not answered")
    return Waiting(
        title=title % {"who": name},
        meta=_("About your jobs: correct the address, or ask somebody else")
        if failed
        else _("About your jobs: ask again, or let it be"),
        url=address("needs:peers"),
        action=_("Look"),
        icon="mail" if failed else "clock",
        urgency=Urgency.RISK if failed else Urgency.INFO,
        when=when,
        due=day,
        due_about=_("works until") if failed else _("expired"),
    )


def in_needs(acting: Membership, words: str) -> Found:
    """Jobs by their name. One query, none for vendors."""
    if not acting.organisation.is_merchant:
        return Found(_("Needs"))
    found = Task.objects.visible_to(acting).filter(name__icontains=words).in_order()[:MOST]
    results = [Result(task.name, task.description[:120], address("needs:job", task.pk), "needs") for task in found]
    return Found(_("Needs"), results)


def steps(acting: Membership) -> Iterable[Step]:
    """Rate what you do: done once somebody of the shop has."""
    if not acting.organisation.is_merchant or not acting.has_role(*RATERS):
        return
    yield Step(
        title=_("Say what you do well, and what badly"),
        text=_("Eleven jobs, three answers each: then it is clear what to hand over first."),
        action=_("Rate your jobs"),
        url=address("needs:rate"),
        check=Exists(Assessment.objects.filter(need__merchant=acting.organisation_id)),
    )
