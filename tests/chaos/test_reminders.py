"""Reminders under kill -9, many sweepers, clock jumps and a week's outage: none lost, none doubled, none too many."""

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Count

from outsourcing.notifications import delivery
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Mail, Notice, Rung
from outsourcing.shared import clock
from tests.chaos.conftest import IS_LONG, ROOT, Server, elsewhere, until_settled
from tests.chaos.scenes import people, questions, shop_of_day_and_night
from tests.factories import MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("chaos")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def overdue(count: int, at: datetime, *, ago: timedelta = HOUR) -> list[int]:
    """So many questions to as many readers, due a while before `at`, their first reminder planned."""
    shop, vendor = shop_of_day_and_night(), shop_of_day_and_night("vendor", name="Never Closed")
    (by,) = people(shop, 1, "owner")
    return questions(shop, people(vendor, count), [at - ago] * count, by=by, at=at - DAY)


def test_a_worker_killed_every_second(workers, figure):
    """Each worker sweeps and delivers; SIGKILL to one of them each second, wherever it is."""
    reminders, delay, every, seconds = (1_000, 0.1, 1.0, 400) if IS_LONG else (60, 0.05, 0.7, 60)
    rng = random.Random(13)
    turns = overdue(reminders, clock.now())
    server = Server(delay)
    group = workers(server, count=4 if IS_LONG else 2, does="sweep deliver", batch=50 if IS_LONG else 10)

    def all_swept() -> bool:
        return not Rung.objects.due(clock.now()).exists() and not Notice.objects.waiting().exists()

    until_settled(seconds, lambda: group.kill_one(rng), every, first=all_swept)
    mails = dict(Notice.objects.filter(mail__isnull=False).values_list("rung__ladder__subject", "mail__message_id"))
    visible = set(
        Notice.objects.filter(mail__state__in=["failed", "uncertain"]).values_list("rung__ladder__subject", flat=True)
    )
    lost = [one for one in turns if one not in visible and not server.taken[mails.get(one, "")]]
    figure("reminders.kills.lost", len(lost), 0)
    figure("reminders.kills.doubled", sum(copies > 1 for copies in server.taken.values()), group.kills)
    figure("reminders.kills.most_copies", max(server.taken.values()), 2)
    assert Notice.objects.count() == Rung.objects.filter(state="done").count() == reminders
    assert group.kills >= (10 if IS_LONG else 1)


#: A process that waits for the word, and then does what a beat or a wake does until nothing is due.
SWEEPER = """
import sys
import django; django.setup()
from outsourcing.notifications.ladders import planning, posting, sweeping
from outsourcing.notifications.models import Rung
from outsourcing.shared import clock
print("ready", flush=True)
input()
is_beat = sys.argv[1] == "beat"
while Rung.objects.due(clock.now()).exists():
    if is_beat:
        planning.find_lost(clock.now())
        posting.tidy()
    sweeping.sweep(clock.now(), most=200, batch=50)
"""


def test_two_beats_and_eight_sweepers(figure, tmp_path, transactional_db):
    """All at once over what is due, in small batches; the ladders themselves are found and planned by the beats too."""
    reminders, sweepers = (10_000, 8) if IS_LONG else (400, 3)
    at = clock.now()
    turns = overdue(reminders - reminders // 10, at)
    shop, vendor = shop_of_day_and_night(), shop_of_day_and_night("vendor")
    (by,) = people(shop, 1, "owner")
    readers = people(vendor, 20)
    turns += questions(shop, readers, [at - HOUR] * (reminders // 10), by=by, at=at, follows=False)  # nobody's ladder
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SWEEPER, kind], cwd=ROOT, env=elsewhere(1, tmp_path),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for kind in ["beat"] * 2 + ["sweeper"] * sweepers
    ]  # fmt: skip
    try:
        for one in processes:
            assert one.stdout.readline() == b"ready\n"
        for one in processes:
            one.stdin.write(b"\n")
            one.stdin.flush()
        assert [one.wait(300) for one in processes] == [0] * len(processes)
    finally:
        for one in processes:
            one.kill()
            one.communicate()
    sweep(clock.now())  # what a beat found last, when the others had gone
    done = Rung.objects.filter(state="done", step=1)
    figure("sweepers.rows_too_few", reminders - done.count(), 0)
    figure("sweepers.rows_too_many", done.count() - reminders, 0)
    figure("sweepers.told_twice", Notice.objects.count() - reminders, 0)
    assert set(done.values_list("ladder__subject", flat=True)) == set(turns)
    assert Rung.objects.ahead().count() == Ladder.objects.count() == reminders


def test_a_week_s_outage(figure, settings, sink):
    """Nothing runs for seven days, in which questions become due; then all of it at once, on the days after as well."""
    reminders, readers, vendors = (50_000, 2_000, 100) if IS_LONG else (600, 30, 3)
    settings.STORM = 10**6
    end = datetime(2026, 11, 25, 9, 40, tzinfo=UTC)  # a Wednesday
    rng = random.Random(17)
    shop = shop_of_day_and_night()
    asking = people(shop, 20, "owner")
    some = [
        one
        for number in range(vendors)
        for one in people(shop_of_day_and_night("vendor", name=f"Vendor {number}"), readers // vendors)
    ]
    dues = [end - timedelta(seconds=rng.randrange(7 * 86_400)) for _ in range(reminders)]
    questions(shop, some, dues, by=asking[0], at=end - 8 * DAY, is_blocking=False)
    assert Rung.objects.planned().count() == reminders
    started = time.monotonic()
    sweep(end)
    seconds = time.monotonic() - started
    gone = Rung.objects.filter(state="done")
    figure("outage.rungs_a_subject", max(gone.values("ladder").annotate(n=Count("pk")).values_list("n", flat=True)), 1)
    assert gone.count() + Rung.objects.filter(state="skipped").count() == reminders
    assert Rung.objects.filter(state="missed").exists()
    for one in Rung.objects.filter(state="missed").select_related("ladder")[:200]:
        assert gone.filter(ladder=one.ladder, step__gt=one.step).exists()
    for hours in range(72):  # what comes after it, and what folds into the next days
        now = end + hours * HOUR
        sweep(now)
        while delivery.send_due(now=lambda now=now: now):
            pass
    taken = Counter((one["To"], str(one["Date"])[:16]) for one in sink.messages)
    figure("outage.mails_taken_a_recipient_and_day", max(taken.values()), 1)
    assert len(sink.messages) == Mail.objects.filter(state="sent").count() > readers / 2
    per_day = Mail.objects.filter(template="digest").values("membership", "not_before__date").annotate(n=Count("pk"))
    figure("outage.mails_a_recipient_and_day", max(per_day.values_list("n", flat=True)), 1)
    assert not Mail.objects.exclude(template="digest").exists()
    assert not Notice.objects.waiting().exists()
    figure("outage.sweep_seconds", round(seconds, 1), 300)


#: Three zones, and the days on which their clocks change.
ZONES = {
    ("Europe/London", "GB"): (date(2026, 10, 25), date(2027, 3, 28)),
    ("America/New_York", "US"): (date(2026, 11, 1), date(2027, 3, 14)),
    ("Australia/Sydney", "AU"): (date(2026, 10, 4), date(2027, 4, 4)),
}


def test_clocks_that_are_changed_and_jump(figure, daily):
    """A reminder each working day from before a change of the clocks to after it, in three zones; the machine's clock
    jumps ahead a day and back, and back a day and ahead."""
    skipped = doubled = looks = 0
    step = timedelta(minutes=10 if IS_LONG else 60)
    shop = OrganisationFactory()
    for number, ((where, country), changes) in enumerate(ZONES.items()):
        vendor = OrganisationFactory(kind="vendor", time_zone=where, country=country)
        for change in changes:
            reader = MembershipFactory(organisation=vendor, roles=["manager"])
            start = datetime(change.year, change.month, change.day, tzinfo=UTC) - 6 * DAY
            daily.owe(reader.pk, at=start, merchant=shop, person=reader, due=(start - DAY).date())
            rng = random.Random(number)
            jumps = {rng.randrange(13 * 24): rng.choice([-1, 1]) for _ in range(6)}
            for place in range(int(13 * DAY / step)):
                now = start + place * step
                if place * step % HOUR == timedelta() and (days := jumps.get(int(place * step / HOUR))):
                    sweep(now + days * DAY)
                sweep(now)
                looks += 1
            wanted = {
                one.due_at for one in Rung.objects.filter(ladder__subject=reader.pk) if one.state in ("done", "missed")
            }
            told = Counter(Notice.objects.filter(membership=reader).values_list("rung__step", flat=True))
            skipped += max(told) + 1 - len(told)
            # Not by what names a mail or a rung, of which the database keeps one: by the days that the reader lives.
            rungs = Notice.objects.filter(membership=reader).values_list("rung__due_at", flat=True)
            local = Mail.objects.filter(membership=reader).values_list("not_before", flat=True)
            for instants in (rungs, local):
                days = Counter(one.astimezone(ZoneInfo(where)).date() for one in instants)
                doubled += sum(many - 1 for many in days.values())
            assert len(wanted) == len(told) >= 8
            hours = Counter(one.astimezone(ZoneInfo(where)).hour for one in local)
            assert min(hours) == 9  # where the clock was ahead after nine, it goes as what is late does
            assert max(hours) < 17
            assert hours[9] > len(local) / 2
    figure("clocks.skipped", skipped, 0)
    figure("clocks.doubled", doubled, 0)
    assert looks >= 6 * 13 * 24
