"""Invented briefs in bulk, with candidates, answers and evaluators: most of the first merchant's, around today."""

from datetime import datetime, timedelta
from itertools import islice
from random import Random

from django.db import connection

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared import clock
from outsourcing.shared.errors import Stop
from outsourcing.shared.hooks import Progress, populates
from outsourcing.shared.keys import LARGEST
from outsourcing.shared.populate import copy_in
from vendors.sourcing.comparing import populate as comparing  # noqa: F401  (a population of its own)
from vendors.sourcing.models import Answer, Brief, BriefState, Candidate, Criterion, Evaluator, Stage, Task
from vendors.sourcing.roles import SCORERS

BATCH = 200
DAY = timedelta(days=1)
#: One in so many belongs to another merchant than the first.
OTHERS = 10
MOST_CANDIDATES = 8
#: How briefs stand, and how many in a hundred.
MIX = [
    (BriefState.DRAFT, 10),
    (BriefState.OPEN, 35),
    (BriefState.CLOSED, 10),
    (BriefState.EVALUATING, 30),
    (BriefState.DECIDED, 15),
]
WORDS = [
    *("Returns", "Gifts", "Pallets", "Kitting", "Labels", "Storage"),
    *("Photos", "Newsletters", "Freight", "Customs"),
]
BRIEF = [
    *("id", "merchant", "task", "title", "state", "deadline_at", "decide_by", "created_by", "created_at"),
    *("published_at", "closed_at", "opened_at", "decided_at", "number", "time_zone", "volumes"),
]
CANDIDATE = ["id", "brief", "vendor", "stage", "added_by", "added_at", "invited_at", "invited_by"]
ANSWER = ["id", "candidate", "number", "submitted_by", "submitted_at", "opened_at", "price_month", "price_order"]
EVALUATOR = ["id", "brief", "member", "named_by", "named_at", "stated_at", "submitted_at"]


@populates("briefs", order=70)
def briefs(count: int, rng: Random, progress: Progress) -> None:
    """Briefs with some candidates each, half of whom have answered. Raises Stop without people of both sides."""
    heads = dict(Membership.objects.joined().order_by("-pk").values_list("organisation", "pk"))
    sides: dict[str, list[int]] = {"merchant": [], "vendor": []}
    for pk, kind in Organisation.objects.order_by("pk").values_list("pk", "kind"):
        if pk in heads:
            sides[kind].append(pk)
    if count and not (sides["merchant"] and sides["vendor"]):
        raise Stop("Briefs need people of both sides: ask for memberships too, for example memberships=20000.")
    first = sides["merchant"][0] if sides["merchant"] else 0
    members = Membership.objects.joined().filter(organisation=first).order_by("pk").values_list("pk", "roles")
    scorers = [pk for pk, roles in members if {*SCORERS} & set(roles)]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    made = (_one(rng, number, sides, heads, scorers) for number in range(count))
    while batch := list(islice(made, BATCH)):
        for place, (model, fields) in enumerate(TABLES):
            copy_in(model, fields, [row for rows in batch for row in rows[place]])
        progress(len(batch))


TABLES = [
    (Brief, BRIEF),
    (Criterion, ["id", "brief", "position", "name", "weight"]),
    (Candidate, CANDIDATE),
    (Answer, ANSWER),
    (Evaluator, EVALUATOR),
]


def _one(
    rng: Random, number: int, sides: dict[str, list[int]], heads: dict[int, int], scorers: list[int]
) -> list[list[list[object]]]:
    """Rows of one brief for each of TABLES."""
    is_first = number % OTHERS != OTHERS - 1
    merchant = sides["merchant"][0] if is_first else rng.choice(sides["merchant"])
    by, now, key = heads[merchant], clock.now(), rng.randrange(1, LARGEST)
    states, weights = zip(*MIX, strict=True)
    (state,) = rng.choices(states, weights)
    is_out = state != BriefState.DRAFT
    deadline = now + rng.randrange(1, 30) * DAY if state in (BriefState.DRAFT, BriefState.OPEN) else now - 3 * DAY
    opened = deadline + DAY if state in (BriefState.EVALUATING, BriefState.DECIDED) else None
    begun = deadline - 40 * DAY
    title = f"{rng.choice(WORDS)} {rng.choice(WORDS).lower()} {number + 1}"
    brief = [
        key, merchant, rng.choice(Task.values), title, state.value, deadline,
        (deadline + rng.randrange(2, 20) * DAY).date(), by, begun, begun + DAY if is_out else None,
        None if state in (BriefState.DRAFT, BriefState.OPEN) else deadline, opened,
        now - DAY if state == BriefState.DECIDED else None, 1 if is_out else 0, "Europe/London", "{}",
    ]  # fmt: skip
    criteria = [[rng.randrange(1, LARGEST), key, place, f"Criterion {place + 1}", 10] for place in range(3)]
    candidates, answers = _candidates(rng, key, by, begun, rng.sample(sides["vendor"], k=min(
        len(sides["vendor"]), rng.randrange(2, MOST_CANDIDATES)
    )), heads, is_out=is_out)  # fmt: skip
    named = begun + DAY
    evaluators = [
        [rng.randrange(1, LARGEST), key, member, by, named, named, opened if rng.random() < 0.5 else None]
        for member in (scorers[:3] if is_first else [])
    ]
    return [[brief], criteria, candidates, answers, evaluators]


def _candidates(
    rng: Random, key: int, by: int, begun: datetime, vendors: list[int], heads: dict[int, int], *, is_out: bool
) -> tuple[list[list[object]], list[list[object]]]:
    candidates: list[list[object]] = []
    answers: list[list[object]] = []
    for place, vendor in enumerate(vendors):
        pk, has_answered = rng.randrange(1, LARGEST), is_out and place % 2 == 0
        stage = Stage.ANSWERED if has_answered else Stage.INVITED if is_out else Stage.CONSIDERING
        invited = begun + DAY if is_out else None
        candidates.append([pk, key, vendor, stage.value, by, begun, invited, by if is_out else None])
        if has_answered:
            sent = begun + 2 * DAY
            month = rng.randrange(50, 200) * 100
            answers.append([rng.randrange(1, LARGEST), pk, 1, heads[vendor], sent, sent, month, f"{month / 4200:.4f}"])
    return candidates, answers
