"""Whether the merchant was told in time that silence will accept what it has not judged."""

from datetime import datetime, timedelta

from milestones.models import Submission
from milestones.reminders.following import SILENCE
from outsourcing.notifications.ladders.people import rows

#: So much time a notice leaves to decide, however late it came.
LEAVES = timedelta(days=1)
#: A mail that was taken and has not come back, or a line in the app that was read, or that stands there alone by the
#: reader's own wish. A planned, missed or dropped reminder tells nobody.
NOTICED = """
SELECT EXISTS (
    SELECT FROM notifications_ladder l JOIN notifications_rung r ON r.ladder_id = l.id AND r.state = 'done'
    JOIN notifications_notice n ON n.rung_id = r.id JOIN accounts_membership p ON p.id = n.membership_id
    LEFT JOIN notifications_mail m ON m.id = n.mail_id
    WHERE l.rule = %(rule)s AND l.subject = %(milestone)s AND l.version = %(version)s AND r.epoch = l.epoch
        AND p.organisation_id = %(merchant)s AND (
            n.state = 'mailed' AND m.state = 'sent' AND m.sent_at <= %(before)s AND NOT EXISTS (
                SELECT FROM notifications_bounce b WHERE b.mail_id = m.id AND b.status LIKE '5%%')
            OR n.state = 'shown' AND n.created_at <= %(before)s
            OR n.read_at <= %(before)s
            OR n.state = 'dropped' AND n.created_at <= %(before)s AND EXISTS (
                SELECT FROM notifications_optout o WHERE o.membership_id = p.id AND o.at <= n.created_at)
        )
)
"""


def version_of(submitted_at: datetime) -> str:
    """What tells the ladders about one hand-in from those about the next."""
    return f"{submitted_at:%Y%m%d%H%M%S%f}"


def was_noticed(submission: Submission, merchant: int, *, at: datetime) -> bool:
    """Whether a notice about this hand-in reached the merchant a day or more before `at`. One query."""
    ((found,),) = rows(
        NOTICED,
        rule=SILENCE,
        milestone=submission.milestone_id,
        version=version_of(submission.submitted_at),
        merchant=merchant,
        before=at - LEAVES,
    )
    return bool(found)
