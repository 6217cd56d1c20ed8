"""Reminders in line with what else happened to a contract or a milestone."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from milestones.history import Told
from milestones.models import Contract, Milestone
from outsourcing.accounts.models import Membership
from outsourcing.notifications.ladders.people import rows

REMINDED = """
SELECT r.done_at, r.step, l.rule, m.id, m.title, string_agg(coalesce(nullif(p.name, ''), p.email), ', ' ORDER BY p.id)
FROM milestones_milestone m
JOIN notifications_ladder l ON l.subject = m.id AND l.rule IN ('milestone', 'review', 'silence')
JOIN notifications_rung r ON r.ladder_id = l.id AND r.state = 'done'
JOIN notifications_notice n ON n.rung_id = r.id AND n.kind <> 'decide' AND n.state <> 'dropped'
JOIN accounts_membership p ON p.id = n.membership_id
WHERE m.contract_id = %(contract)s AND (%(milestone)s IS NULL OR m.id = %(milestone)s)
    AND (%(only)s IS NULL OR p.organisation_id = %(only)s)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1 DESC LIMIT %(most)s
"""


def reminded(contract: Contract, acting: Membership, most: int, milestone: Milestone | None = None) -> list[Told]:
    """The latest reminders that went, as lines; a vendor reads of its own people's. One query."""
    given = {
        "contract": contract.pk,
        "milestone": milestone.pk if milestone else None,
        "only": None if acting.organisation.is_merchant else acting.organisation_id,
        "most": most,
    }
    return [
        Told(at, title, pk, sentence(rule, step, names)) for at, step, rule, pk, title, names in rows(REMINDED, **given)
    ]


def merged(lines: Sequence[Told], others: Sequence[Told], most: int) -> list[Told]:
    """Both by time, the newest first, so many."""
    return sorted([*lines, *others], key=lambda line: line.at, reverse=True)[:most]


def sentence(rule: str, step: int, names: str) -> str:
    """The second reminder went to Imogen Tully."""
    if rule == "milestone" and not step:
        return _("Reminded before it is due: %(names)s.") % {"names": names}
    if rule == "milestone":
        return _("Reminded that it is overdue: %(names)s.") % {"names": names}
    return _("Reminded that it waits for a verdict: %(names)s.") % {"names": names}
