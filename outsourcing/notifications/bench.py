"""Points of mail: how many are delivered by the whole protocol, and what a worker holds in memory."""

import sys
import time

import psutil

from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from outsourcing.shared.bench import SMALLER, Bench, point, raced, running
from outsourcing.shared.budgets import NotMeasured, Result, at_least, at_most
from outsourcing.shared.postgres import MiB
from outsourcing.shared.serving import free_port

MAILS, PROCESSES, SECONDS = 5_000, 2, 120
#: A mail server that says yes to everything and keeps nothing, in a process of its own.
SINK = """
import sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
time.sleep(600)
"""
#: What Celery's wakes do, one after the other, without a broker in between.
WORKER = """
import django; django.setup()
from outsourcing.notifications import delivery
from outsourcing.shared import clock
print("ready", flush=True)
input()
while delivery.send_due(now=clock.now):
    pass
"""


@point("mail.delivery", at_least(150, "mails/s"), order=80)
def mail_delivery(bench: Bench) -> Result:
    """Mails of 2 kB that are due, claimed, looked at, marked and sent by two workers to a mail server on loopback."""
    many = MAILS // SMALLER if bench.is_quick else MAILS
    port = free_port()
    rows = _posted(many)
    try:
        with running([sys.executable, "-c", SINK, str(port)]):
            command = [sys.executable, "-W", "ignore", "-c", WORKER]
            with running(*[command] * PROCESSES, EMAIL_URL=f"smtp://127.0.0.1:{port}") as workers:
                seconds, _said = raced(workers, SECONDS)
        sent = Mail.objects.filter(pk__in=rows, state=Mail.State.SENT).count()
        if sent != many:
            raise NotMeasured(f"{sent} of {many} mails were sent")
    finally:
        Mail.objects.filter(pk__in=rows).delete()
    return Result({"mails": many}, value=round(many / seconds), unit="mails/s")


@point("worker.rss", at_most(200, "MB"), order=85)
def worker_rss(bench: Bench) -> Result:
    """A worker with one child that has sent some mails, parent and child together."""
    argv = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "--app", "outsourcing", "worker"]
    options = (
        "--concurrency",
        "1",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
        "--loglevel",
        "ERROR",
    )
    with running([*argv, *options], BROKER_URL="memory://", waits=False) as (worker,):
        family: list[psutil.Process] = []
        deadline = time.monotonic() + 60
        while len(family) < 2 or any(one.cpu_percent(0.2) > 20 for one in family):
            if time.monotonic() > deadline or worker.poll() is not None:
                raise NotMeasured("the worker did not start")
            parent = psutil.Process(worker.pid)
            family = [parent, *parent.children(recursive=True)]
        held = sum(float(one.memory_full_info().pss) for one in family)
    return Result({"processes": len(family)}, value=round(held / MiB, 1), unit="MB")


def _posted(count: int) -> list[int]:
    """So many mails that are due now; they are taken away afterwards."""
    now, words = clock.now(), "Can you ship on Saturday? " * 40
    made = Mail.objects.bulk_create(
        Mail(
            occurrence=f"bench:{number}", template="bench", address=f"reader{number}@shop.example",
            sender_name="Juniper & Pine via Outsourcing", subject="A question", text=words, html=f"<p>{words}</p>",
            message_id=f"<bench-{number}@localhost>", created_at=now, not_before=now,
        )
        for number in range(count)
    )  # fmt: skip
    return [one.pk for one in made]
