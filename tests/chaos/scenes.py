"""Many questions that are overdue, made in bulk: a merchant and its vendors that are open day and night, one question
and one reader for each."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from outsourcing.accounts.models import Membership, Opening, Organisation, Role, User
from outsourcing.conversations.models import Thread, Turn
from outsourcing.conversations.reminders import TURN
from outsourcing.notifications.ladders import planning

CHUNK = 1_000


def shop_of_day_and_night(kind: str = "merchant", **more) -> Organisation:
    """An organisation that never closes; its zone is UTC unless another is named."""
    made = Organisation.objects.create(kind=kind, **{"name": "Day & Night", "time_zone": "UTC", **more})
    windows = [Opening(organisation=made, weekday=day, opens=0, closes=1440) for day in range(7)]
    Opening.objects.bulk_create(windows)
    return made


def people(organisation: Organisation, count: int, role: str = Role.CONTACT, start: int = 0) -> list[Membership]:
    """So many members that have joined, each with an address of their own."""
    name = f"{organisation.pk}-%s@day.example"
    users = [User(email=name % (start + one), name=f"Reader {start + one}", password="!") for one in range(count)]
    User.objects.bulk_create(users, batch_size=CHUNK)
    made = [
        Membership(organisation=organisation, user=one, email=one.email, name=one.name, roles=[role]) for one in users
    ]
    return Membership.objects.bulk_create(made, batch_size=CHUNK)


def questions(
    shop: Organisation, readers: Sequence[Membership], dues: Sequence[datetime], *, by: Membership, at: datetime,
    is_blocking: bool = True, follows: bool = True, takes: timedelta = timedelta(hours=8),
) -> list[int]:  # fmt: skip
    """One question for each due instant, in a thread of its own, to the readers in turns; their ladders are planned as
    of `at`. Each was asked so long (`takes`) before it is due. The keys of the turns."""
    made: list[int] = []
    for place in range(0, len(dues), CHUNK):
        some = dues[place : place + CHUNK]
        owing = [readers[(place + number) % len(readers)] for number in range(len(some))]
        opened = [due - takes for due in some]
        threads = Thread.objects.bulk_create(
            Thread(merchant=shop, vendor_id=one.organisation_id, subject=f"Question {place + number}", opened_by=by,
                   opened_at=when, last_entry_at=when)
            for number, (one, when) in enumerate(zip(owing, opened, strict=True))
        )  # fmt: skip
        turns = Turn.objects.bulk_create(
            Turn(thread=thread, asker=shop, answerer_id=one.organisation_id, needs_answer=True,
                 is_blocking=is_blocking, opened_at=when, target_seconds=takes.seconds, due_at=due, assignee=one)
            for thread, one, when, due in zip(threads, owing, opened, some, strict=True)
        )  # fmt: skip
        made += [one.pk for one in turns]
        if follows:
            planning.follow(TURN, [one.pk for one in turns], at=at)
    return made
