"""Brings the ladders of a contract to where things stand, whenever something happened to it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from outsourcing.notifications.ladders import planning

MILESTONE, REVIEW, SILENCE, DATE, CHECK_IN, NOTICE = (
    "milestone", "review", "silence", "date", "check_in", "notice",
)  # fmt: skip
#: What of these contracts may be owed now, and what has a ladder that is open.
CONCERNED = """
WITH m AS (SELECT id, state FROM milestones_milestone WHERE contract_id = ANY(%(all)s)),
seen AS (
    SELECT 'milestone' AS rule, id FROM m WHERE state IN ('planned', 'in_progress', 'changes_requested')
    UNION ALL SELECT r.rule, m.id FROM m, (VALUES ('review'), ('silence')) AS r(rule) WHERE state = 'submitted'
    UNION ALL SELECT 'date', d.id FROM milestones_datechange d JOIN m ON m.id = d.milestone_id
        WHERE d.state = 'proposed'
    UNION ALL SELECT 'check_in', id FROM milestones_checkin
        WHERE contract_id = ANY(%(all)s) AND signed_at IS NULL AND skipped_at IS NULL
    UNION ALL SELECT 'notice', id FROM milestones_contract WHERE id = ANY(%(all)s)
    UNION ALL SELECT 'turn', t.id FROM conversations_turn t JOIN milestones_contractthread c USING (thread_id)
        WHERE c.contract_id = ANY(%(all)s) AND t.closed_at IS NULL
), had AS (
    SELECT l.rule, l.subject FROM notifications_ladder l JOIN m ON m.id = l.subject
        WHERE l.rule IN ('milestone', 'review', 'silence') AND l.ended_at IS NULL
    UNION ALL SELECT l.rule, l.subject FROM notifications_ladder l JOIN milestones_datechange d ON d.id = l.subject
        JOIN m ON m.id = d.milestone_id WHERE l.rule = 'date' AND l.ended_at IS NULL
    UNION ALL SELECT l.rule, l.subject FROM notifications_ladder l JOIN milestones_checkin k ON k.id = l.subject
        WHERE l.rule = 'check_in' AND l.ended_at IS NULL AND k.contract_id = ANY(%(all)s)
)
SELECT rule, id FROM seen UNION SELECT rule, subject FROM had
"""


def follow(contracts: Sequence[int], *, at: datetime) -> None:
    """In the transaction of what happened. One query, and those of planning.follow_all."""
    with connection.cursor() as cursor:
        cursor.execute(CONCERNED, {"all": list(contracts)})
        found = cursor.fetchall()
    concerned: dict[str, list[int]] = {}
    for rule, key in found:
        concerned.setdefault(rule, []).append(key)
    planning.follow_all(concerned, at=at)
