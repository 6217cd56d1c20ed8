"""Nobody touches an overdue milestone for ten working days: every reminder goes once, to whom it is for and on its day,
until operations has it to decide and the contract counts as gone quiet.

Time moves as it does for everybody: a demo of its own is ended and started again with its clock put forward, the way a
machine comes back after a night. So what sweeps, mails and judges is the real worker, beat and mail server, and nobody
calls them; a database that is swept in a loop would say less, and a demo that others use cannot be moved. It begins on
the day of the design, which is not near a holiday, with the milestone four working days late and its first reminders
gone.
"""

import os
import re
import signal
from collections import Counter
from datetime import UTC, datetime
from mailbox import Mailbox, Maildir
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from playwright.sync_api import Page, expect

from outsourcing.shared.postgres import Server
from outsourcing.shared.serving import free_port
from tests.journeys.people import DESK, fits, letter_text, opens_letter, signs_in
from tests.running import Demo, wait_for

pytestmark = pytest.mark.skipif("JOURNEYS_ON" in os.environ, reason="it restarts a demo of its own")
TITLE, CONTRACT = "Cycle count, 98.5% or better", "Peak overflow and gift sets"
THEO = "theo@juniperandpine.example"
LONDON = ZoneInfo("Europe/London")
#: Due on 18 November: so many working days late at half past ten, at first at half past eleven.
DAYS = {
    late: datetime(2026, month, day, 11 if late == 4 else 10, 30, tzinfo=LONDON)
    for late, month, day in ((4, 11, 24), (5, 11, 25), (8, 11, 30), (10, 12, 2))
}


@pytest.fixture
def demo(tmp_path):
    """Nobody else's."""
    demo = Demo(tmp_path / "var", free_port())
    yield demo
    demo.end(signal.SIGINT)
    assert "Traceback" not in demo.log
    Server(demo.var / "demo" / "postgres").remove()


@pytest.fixture
def day(demo):
    """`day(5)` is the morning on which it is that late, once the beat has looked at all contracts; the last one ends
    when its mails have gone."""

    def begins(late: int) -> None:
        if demo.process:
            wait_for(lambda: asked(demo, ON_THE_WAY) == [], 120)
            demo.end(signal.SIGINT)
        demo.start(DAYS[late])
        wait_for(lambda: asked(demo, TO_LOOK_AT) == [], 120)

    return begins


TO_LOOK_AT = "SELECT id FROM milestones_contract WHERE next_look_at <= %(now)s"
ON_THE_WAY = "SELECT id FROM notifications_mail WHERE state = 'sending' OR state = 'pending' AND not_before < %(now)s"


def asked(demo: Demo, question: str) -> list[tuple]:
    """What its database says, `now` on its own clock."""
    with psycopg2.connect(Server(demo.var / "demo" / "postgres").url) as database, database.cursor() as cursor:
        cursor.execute(question, {"now": datetime.now(UTC) + demo.offset, "since": DAYS[5]})
        return cursor.fetchall()


# ---- Day by day -----------------------------------------------------------------------------------------------------
def is_told_with_a_number_to_call(theo: Page) -> None:
    """Fifth day: in the one mail of the day, among other things."""
    opens_letter(theo, "things are waited for, 25 November", THEO)
    said = letter_text(theo)
    assert re.search(rf"{re.escape(TITLE)}(?s:.)+Call Imogen Tully: 0117 496 0123", said), said
    assert "Peak staffing plan" in said


def has_it_to_decide(theo: Page) -> None:
    """Eighth day: on the first page of who runs operations."""
    theo.goto("/")
    waits = theo.get_by_role("region", name="Needs you now")
    expect(waits).to_contain_text(f"Decide what becomes of it: {TITLE}")
    fits(theo)


def sees_that_it_has_gone_quiet(theo: Page) -> None:
    """Tenth day: the contract says so before all others, with its reasons."""
    theo.goto("/contracts/?show=running")
    row = theo.get_by_role("row", name=re.compile(CONTRACT))
    expect(row).to_contain_text("Gone quiet")
    row.get_by_role("link", name=CONTRACT).click()
    why = theo.get_by_role("region", name="Why it stands like this")
    expect(why).to_contain_text(f"“{TITLE}” is 10 working days overdue, and no new date was agreed.")
    expect(why).to_contain_text("Since 2 Dec")


def sees_every_reminder_once(theo: Page) -> None:
    """The log of the milestone: five steps, each on its day, with whom it told."""
    theo.goto("/reminders/log/")
    theo.get_by_role("link", name=re.compile(re.escape(TITLE))).first.click()
    went = theo.get_by_role("region", name="What went, and what did not").get_by_role("listitem")
    steps = {
        "To operations, to decide": ("Mon 30 Nov 2026", "Theo Marchetti"),
        "To who runs the contract here, with phone numbers": ("Wed 25 Nov 2026", "Theo Marchetti"),
        "Second reminder, and to who stands in; you are told": ("Mon 23 Nov 2026", "Imogen Tully"),
        "First reminder": ("Thu 19 Nov 2026", "Imogen Tully"),
        "Before it is due": ("Fri 13 Nov 2026", "Imogen Tully"),
    }
    expect(went).to_have_count(len(steps))
    for line, (step, (on, who)) in zip(went.all(), steps.items(), strict=True):
        for words in (step, on, who, "Sent"):
            expect(line).to_contain_text(words)


# ---- Nothing twice --------------------------------------------------------------------------------------------------
def nothing_went_twice(demo: Demo) -> None:
    """What the mail server took, and what the database says of it."""
    letters = Counter(letter["Message-ID"] for letter in mailbox_of(demo))
    assert [which for which, times in letters.items() if times > 1] == []
    for twice in (
        "SELECT rung_id, membership_id FROM notifications_notice GROUP BY 1, 2 HAVING count(*) > 1",
        "SELECT n.membership_id, r.ladder_id, (m.sent_at AT TIME ZONE 'Europe/London')::date "
        "FROM notifications_notice n JOIN notifications_rung r ON r.id = n.rung_id "
        "JOIN notifications_mail m ON m.id = n.mail_id WHERE n.state = 'mailed' AND m.sent_at >= %(since)s "
        "GROUP BY 1, 2, 3 HAVING count(*) > 1",
        "SELECT address, answer FROM notifications_mail WHERE template IN ('digest', 'reminder') "
        "AND state IN ('failed', 'uncertain')",
    ):
        assert asked(demo, twice) == [], twice


def mailbox_of(demo: Demo) -> Mailbox:
    return Maildir(demo.var / "demo" / "mailbox")


def test_nobody_touches_it_for_ten_working_days(day, demo, sits_down):
    day(4)
    theo = sits_down(viewport=DESK)
    signs_in(theo, THEO)
    day(5)
    is_told_with_a_number_to_call(theo)
    day(8)
    has_it_to_decide(theo)
    day(10)
    sees_that_it_has_gone_quiet(theo)
    sees_every_reminder_once(theo)
    nothing_went_twice(demo)
