"""Mails under kill -9 and under a mail server in bad moods: none lost, none more than twice, each end visible."""

import random
from collections import Counter

import pytest

from outsourcing.notifications.models import Mail
from tests.chaos.conftest import IS_LONG, Server, posted, until_settled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("chaos")]


def test_a_worker_killed_every_second(workers, figure):
    """SIGKILL to one of four workers each second, wherever it is."""
    mails, delay, every, seconds = (1_000, 0.1, 1.0, 240) if IS_LONG else (60, 0.05, 0.7, 60)
    rng = random.Random(7)
    made = posted(mails)
    server = Server(delay)
    group = workers(server, count=4 if IS_LONG else 2)
    until_settled(seconds, lambda: group.kill_one(rng), every)
    states = Counter(Mail.objects.values_list("state", flat=True))
    taken = Counter({one.pk: server.taken[one.message_id] for one in made})
    visible = set(Mail.objects.filter(state__in=["failed", "uncertain"]).values_list("pk", flat=True))
    lost = [key for key, copies in taken.items() if not copies and key not in visible]
    doubled = sum(copies > 1 for copies in taken.values())
    figure("kills.lost", len(lost), 0)
    figure("kills.doubled", doubled, group.kills)
    figure("kills.most_copies", max(taken.values()), 2)
    assert group.kills >= (10 if IS_LONG else 1)
    assert states["sent"] >= mails - group.kills


def test_a_mail_server_in_bad_moods(workers, figure):
    """Of its answers 10 % are 4xx, 5 % are 5xx, 5 % never come, and 5 % are lost after it has taken the mail."""
    mails, seconds = (600, 240) if IS_LONG else (60, 60)
    rng = random.Random(11)
    moods = ["later"] * 10 + ["never"] * 5 + ["hangs"] * 5 + ["drops"] * 5 + ["takes"] * 75
    server = Server(0.01, lambda: rng.choice(moods), silence=3)
    made = posted(mails)
    workers(server, count=2, lease=8, silence=1)
    until_settled(seconds)
    by_state = Counter(Mail.objects.values_list("state", flat=True))
    copies = {one.pk: server.taken[one.message_id] for one in made}
    sent = set(Mail.objects.filter(state="sent").values_list("pk", flat=True))
    figure("moods.open", by_state["pending"] + by_state["sending"], 0)
    figure("moods.sent_and_not_taken", sum(not copies[key] for key in sent), 0)
    figure("moods.most_copies", max(copies.values()), 2)
    figure("moods.uncertain", by_state["uncertain"], mails // 20)
    assert by_state["sent"] + by_state["failed"] + by_state["uncertain"] == mails
