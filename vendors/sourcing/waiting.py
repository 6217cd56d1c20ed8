"""What of briefs waits for a person: on a merchant's today page, and in a vendor's portal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.calendars import first_instant
from outsourcing.accounts.models import Membership
from outsourcing.accounts.waiting import Matter, Things, Unsaid, Urgency, Waiting
from outsourcing.shared.addresses import address
from outsourcing.shared.dates import day_words
from outsourcing.shared.statements import Read, Values
from vendors.sourcing.models import (
    Answer,
    AnswerDraft,
    BriefState,
    Candidate,
    Stage,
)
from vendors.sourcing.models.briefs import state_at
from vendors.sourcing.roles import BUYERS

#: From so long before its time a thing is marked.
SOON = timedelta(days=2)
#: So many of a kind are listed.
MOST = 25
#: Somebody's own briefs with a question, those to open or to decide, and those that they have still to score, each by
#: an index in the order of its deadlines. Of each is asked what its state makes of use. A brief is its author's
#: organisation's: the last join says so, since by a merchant's own index all its briefs would be read.
FOR_MERCHANT = f"""
SELECT b.id AS pk, b.title, b.state, b.deadline_at, b.decide_by, b.opened_at, b.is_sealed, b.time_zone,
    b.created_by_id = %(me)s AS is_mine, coalesce(nullif(m.name, ''), m.email) AS asked_by,
    CASE WHEN b.state = 'evaluating' THEN FALSE
        ELSE EXISTS (SELECT FROM sourcing_answer a JOIN sourcing_candidate c ON c.id = a.candidate_id
            WHERE c.brief_id = b.id AND a.state = 'late') END AS has_late,
    CASE WHEN b.state <> 'open' THEN 0
        ELSE (SELECT count(*) FROM sourcing_clarification q JOIN sourcing_candidate c ON c.id = q.candidate_id
            WHERE c.brief_id = b.id AND q.answered_at IS NULL) END AS asked,
    CASE WHEN b.state <> 'evaluating' THEN FALSE
        ELSE NOT EXISTS (SELECT FROM sourcing_evaluator e WHERE e.brief_id = b.id AND e.removed_at IS NULL
            AND e.recused_at IS NULL AND e.submitted_at IS NULL) END AS is_scored,
    CASE WHEN b.state <> 'evaluating' THEN FALSE
        ELSE EXISTS (SELECT FROM sourcing_evaluator e WHERE e.brief_id = b.id AND e.member_id = %(me)s
            AND e.removed_at IS NULL AND e.recused_at IS NULL AND e.submitted_at IS NULL) END AS scores
FROM ((SELECT id FROM sourcing_brief b WHERE created_by_id = %(me)s AND state = 'open' AND deadline_at > %(at)s
        AND EXISTS (SELECT FROM sourcing_clarification q JOIN sourcing_candidate c ON c.id = q.candidate_id
            WHERE c.brief_id = b.id AND q.answered_at IS NULL)
        ORDER BY deadline_at, id LIMIT {MOST})
    UNION (SELECT id FROM sourcing_brief b WHERE created_by_id = %(me)s AND state IN ('open', 'closed', 'evaluating')
        AND CASE state WHEN 'open' THEN deadline_at <= %(at)s
            WHEN 'evaluating' THEN NOT EXISTS (SELECT FROM sourcing_evaluator e WHERE e.brief_id = b.id
                AND e.removed_at IS NULL AND e.recused_at IS NULL AND e.submitted_at IS NULL)
            ELSE TRUE END
        ORDER BY deadline_at, id LIMIT {MOST})
    UNION (SELECT id FROM sourcing_brief b WHERE merchant_id = %(us)s AND state = 'evaluating'
        AND EXISTS (SELECT FROM sourcing_evaluator e WHERE e.brief_id = b.id AND e.member_id = %(me)s
            AND e.removed_at IS NULL AND e.recused_at IS NULL AND e.submitted_at IS NULL)
        ORDER BY deadline_at, id LIMIT {MOST})) mine
JOIN sourcing_brief b USING (id)
JOIN accounts_membership m ON m.id = b.created_by_id AND m.organisation_id = b.merchant_id
ORDER BY b.deadline_at, b.id
"""
#: What comes as a text.
PARSED: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("deadline_at", "opened_at"), datetime.fromisoformat),
    "decide_by": date.fromisoformat,
}


class Found(NamedTuple):
    """A brief of the statement; `asked_by` is a name, `asked` the number of questions while it is open, `scores` and
    `is_scored` the reader's part and everybody's while it is compared, `has_late` whether there are late answers
    before."""

    pk: int
    title: str
    state: str
    deadline_at: datetime | None
    decide_by: date | None
    opened_at: datetime | None
    is_sealed: bool
    time_zone: str
    is_mine: bool
    asked_by: str
    has_late: bool
    asked: int
    is_scored: bool
    scores: bool


def waiting(acting: Membership, at: datetime) -> Read[Things] | Things:
    """One query for a vendor."""
    if acting.organisation.is_merchant:
        return for_merchant(acting, at)
    return for_vendor(acting, at)


# ---- A vendor ------------------------------------------------------------------------------------------------------
def for_vendor(acting: Membership, at: datetime) -> Iterator[Waiting]:
    """Briefs to answer, while answers are taken and none is sent."""
    sent = Answer.objects.filter(candidate=OuterRef("pk"), state=Answer.State.LIVE)
    drafts = AnswerDraft.objects.filter(candidate=OuterRef("pk"))
    rows = (
        Candidate.objects.visible_to(acting)
        .filter(stage=Stage.INVITED, brief__state=BriefState.OPEN, brief__deadline_at__gt=at)
        .filter(~Exists(sent))
        .annotate(has_draft=Exists(drafts))
        .select_related("invited_by")
        .order_by("brief__deadline_at", "pk")[:MOST]
    )
    for one in rows:
        yield to_answer(one, at, has_draft=one.has_draft)  # type: ignore[attr-defined]


def to_answer(candidate: Candidate, at: datetime, *, has_draft: bool) -> Waiting:
    """Juniper & Pine asks you to answer: UK pick and pack."""
    brief, by = candidate.brief, candidate.invited_by
    ends = brief.deadline_at or at
    title = _("%(merchant)s asks you to answer: %(brief)s")
    return Waiting(
        title=title % {"merchant": brief.merchant, "brief": brief.title},
        meta=_("Draft saved") if has_draft else _("To answer"),
        url=address("sourcing:answer", candidate.pk),
        action=_("Answer"),
        icon="shortlist",
        urgency=Urgency.RISK if ends - at <= SOON else Urgency.INFO,
        when=ends,
        due=left(ends, at),
        due_about=_("Until %(when)s") % {"when": date_format(localtime(ends), "j M, H:i")},
        ask=_("Questions: %(who)s") % {"who": by.label} if by else "",
        phone=by.phone if by else "",
    )


def left(ends: datetime, at: datetime) -> str:
    """3 days left, 5 hours left."""
    days, hours = (ends - at).days, int((ends - at).total_seconds() // 3600)
    if days >= 1:
        return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    return ngettext("%(hours)s hour left", "%(hours)s hours left", hours) % {"hours": hours}


# ---- A merchant ----------------------------------------------------------------------------------------------------
def for_merchant(acting: Membership, at: datetime) -> Read[Things]:
    """Scores to give; and for whoever wrote a brief, questions to answer, late answers, answers to open, decisions."""
    given = {"us": acting.organisation_id, "me": acting.pk, "at": at}
    return Read(FOR_MERCHANT, given, partial(_said, acting.has_role(*BUYERS), at))


def _said(buys: bool, at: datetime, rows: Sequence[Values]) -> Iterator[Waiting | Unsaid]:
    for row in rows:
        values = dict(row)
        for name, parse in PARSED.items():
            if values[name]:
                values[name] = parse(values[name])
        one = Found(**values)
        if one.scores and one.state == BriefState.EVALUATING:
            yield to_score(one, at)
        if buys and one.is_mine:
            yield from of_brief(one, at)


def to_score(brief: Found, at: datetime) -> Unsaid:
    """Answers are open, and this person's own scores are not submitted."""
    asked_by = _("Asked by %(person)s") % {"person": brief.asked_by}
    title = _("Score the vendors: %(brief)s")
    return until_decision(brief, at, None, title, asked_by, "sourcing:scores", _("Score"), "shortlist")


def until_decision(
    brief: Found, at: datetime, matter: Matter | None, title: str, meta: str, page: str, action: str, icon: str
) -> Unsaid:
    """What is to be done before the day of its decision is over."""
    by = end_of_day(brief)
    urgency, when = urgency_of(by, at), by or brief.opened_at or at

    def words() -> Waiting:
        return Waiting(
            title % {"brief": brief.title}, meta, address(page, brief.pk), action, icon, urgency, when,
            due_words(by, at), decision_by(brief), matter=matter,
        )  # fmt: skip

    return Unsaid(urgency, when, matter, words)


def urgency_of(by: datetime | None, at: datetime) -> Urgency:
    """How urgent it is to be done by then."""
    if by is None:
        return Urgency.INFO
    return Urgency.LATE if by <= at else Urgency.RISK if by - at <= SOON else Urgency.INFO


def due_words(by: datetime | None, at: datetime) -> str:
    if by is None:
        return _("Open")
    return _("Late") if by <= at else left(by, at)


def to_clarify(brief: Found, count: int) -> Waiting:
    assert brief.deadline_at is not None  # as long as it is open (brief_open_has_a_deadline)
    words = ngettext("%(count)s question about %(brief)s", "%(count)s questions about %(brief)s", count)
    return Waiting(
        title=words % {"count": count, "brief": brief.title},
        meta=_("From vendors who are invited: all of them read your answer"),
        url=address("sourcing:questions", brief.pk),
        action=_("Answer"),
        icon="question",
        urgency=Urgency.RISK,
        when=brief.deadline_at,
        due=_("Waiting"),
        due_about=_("Answers until %(when)s") % {"when": date_format(localtime(brief.deadline_at), "j M, H:i")},
        matter=Matter.OWED,
    )


def decision_by(brief: Found) -> str:
    return _("Decision by %(day)s") % {"day": day_words(brief.decide_by)} if brief.decide_by else ""


def end_of_day(brief: Found) -> datetime | None:
    """The instant at which the day of its decision is over."""
    if brief.decide_by is None:
        return None
    return first_instant(brief.decide_by + timedelta(days=1), time(0), ZoneInfo(brief.time_zone))


def of_brief(brief: Found, at: datetime) -> Iterator[Waiting | Unsaid]:
    """What whoever wrote a brief has to do next."""
    state, asked = state_at(brief.state, brief.deadline_at, at), brief.asked
    if asked and state == BriefState.OPEN:
        yield to_clarify(brief, asked)
    if state == BriefState.CLOSED:
        since = brief.deadline_at or at
        yield Unsaid(Urgency.RISK, since, Matter.DECISION, partial(_opening, brief, since))
    elif brief.state == BriefState.EVALUATING and brief.is_scored:
        title, all_in = _("Decide: %(brief)s"), _("All scores are in")
        yield until_decision(brief, at, Matter.DECISION, title, all_in, "sourcing:comparison", _("Decide"), "award")


def _opening(brief: Found, since: datetime) -> Waiting:
    if brief.has_late:
        what = _("Decide on a late answer, then open the others: %(brief)s")
    else:
        what = _("Open the answers: %(brief)s") if brief.is_sealed else _("Begin to compare: %(brief)s")
    return Waiting(
        title=what % {"brief": brief.title},
        meta=_("Answers are closed"),
        url=address("sourcing:candidates", brief.pk),
        action=_("Open"),
        icon="lock",
        urgency=Urgency.RISK,
        when=since,
        due=_("Closed %(day)s") % {"day": day_words(localtime(since).date())},
        matter=Matter.DECISION,
    )
