"""What of needs waits for a person, on a merchant's today page; what search finds; and the first step."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.first_run import Step
from outsourcing.accounts.models import Membership
from outsourcing.accounts.search import MOST, Found, Result
from outsourcing.accounts.waiting import Urgency, Waiting
from outsourcing.shared import statements
from outsourcing.shared.addresses import address
from vendors.needs.keeping import RATERS
from vendors.needs.models import Assessment, Kind, Task
from vendors.needs.words import number

#: What expired longer ago is history.
FRESH = timedelta(days=30)

#: Questions that are open again, disputes that may be read and nobody has answered, and questions to peers that did not
#: arrive or expired without an answer. Disputes without names wait since the latest answer of whatever kind: a day of
#: their own would tell whose they are. A peer has one current opinion of a need, so where three are current, three or
#: more have ever said something, and nobody counts how many.
WAITING = """
SELECT 'again', t.id, t.name, r.kind, r.figure, r.at_least, r.opened_at
    FROM needs_reopening r JOIN needs_need n ON n.id = r.need_id JOIN needs_task t ON t.id = n.task_id
    WHERE n.merchant_id = %(merchant)s AND r.closed_at IS NULL AND n.hidden_at IS NULL
UNION ALL
SELECT 'disputed', min(s.id), min(s.name), '', sum(s.disputes), count(*), min(s.since) FROM (
    SELECT t.id, t.name,
        CASE WHEN h.withheld >= 3 THEN h.disputes WHEN h.ever < 3 OR h.named >= 3 THEN h.named_disputes ELSE 0 END
            AS disputes,
        CASE WHEN h.ever >= 3 THEN h.latest ELSE h.first END AS since
    FROM (
        SELECT g.*, CASE WHEN g.scored >= 3 THEN g.scored ELSE
            (SELECT count(DISTINCT peer_id) FROM needs_opinion WHERE need_id = g.need_id AND score IS NOT NULL)
            END AS ever
        FROM (SELECT o.need_id, count(*) FILTER (WHERE o.is_current AND o.score IS NOT NULL) AS scored,
            count(*) FILTER (WHERE o.is_current AND o.score IS NOT NULL AND o.showing = 'named') AS named,
            count(*) FILTER (WHERE o.is_current AND o.score IS NOT NULL AND o.showing = 'withheld') AS withheld,
            count(*) FILTER (WHERE o.is_current AND o.stance = 'dispute' AND o.outcome = '') AS disputes,
            count(*) FILTER (
                WHERE o.is_current AND o.stance = 'dispute' AND o.outcome = '' AND o.showing = 'named'
            ) AS named_disputes,
            max(a.answered_at) FILTER (WHERE o.is_current) AS latest,
            min(a.answered_at) FILTER (
                WHERE o.is_current AND o.stance = 'dispute' AND o.outcome = '' AND o.showing = 'named'
            ) AS first
        FROM needs_opinion o JOIN needs_ask a ON a.id = o.ask_id
        WHERE o.need_id IN (SELECT id FROM needs_need WHERE merchant_id = %(merchant)s AND hidden_at IS NULL)
        GROUP BY o.need_id) g
    ) h JOIN needs_need n ON n.id = h.need_id JOIN needs_task t ON t.id = n.task_id
) s WHERE s.disputes > 0 HAVING count(*) > 0
UNION ALL
SELECT CASE WHEN a.expires_at > %(at)s THEN 'failed' ELSE 'expired' END, a.id,
    coalesce(nullif(p.name, ''), p.email), '', NULL, NULL, a.expires_at
    FROM needs_ask a JOIN needs_peer p ON p.id = a.peer_id LEFT JOIN notifications_mail m ON m.id = a.mail_id
    WHERE p.merchant_id = %(merchant)s AND a.answered_at IS NULL AND a.declined_at IS NULL AND a.revoked_at IS NULL
    AND a.expires_at > %(since)s AND (a.expires_at <= %(at)s OR m.state IN ('failed', 'uncertain', 'cancelled'))
ORDER BY 7, 2
"""


def waiting(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """For whoever rates. One query, none for others."""
    if not acting.organisation.is_merchant or not acting.has_role(*RATERS):
        return
    given = {"merchant": acting.organisation_id, "at": at, "since": at - FRESH}
    for what, key, name, kind, figure, at_least, when in statements.rows(WAITING, given):
        day = f"{when.astimezone(acting.zone):%-d %b}"
        if what == "again":
            said = {"kind": Kind(kind).label, "figure": number(figure, 2), "mark": number(at_least, 2)}
            yield Waiting(
                title=_("Look again at %(job)s") % {"job": name},
                meta=_("%(kind)s %(figure)s, your mark is %(mark)s") % said,
                url=f"{address('needs:job', key)}#again",
                action=_("Look"),
                icon="needs",
                urgency=Urgency.RISK,
                when=when,
                due=day,
                due_about=_("open since"),
            )
        elif what == "disputed":
            yield _disputed(key, name, int(figure), int(at_least), day, when)
        else:
            yield _unanswered(what, name, day, when)


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
