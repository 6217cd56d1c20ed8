"""What a milestone that nobody touches brings, rung by rung; and what ends, moves or starts it anew."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from milestones import topics
from milestones.contracts import running
from milestones.history import sentence
from milestones.models import Cause, DateChange, Milestone
from milestones.reminders.rules import NoticeDue, Overdue
from milestones.work import handing_in, judging, moving
from milestones.work.moving import Wanted
from outsourcing.notifications.ladders.forms import PolicyForm
from outsourcing.notifications.ladders.people import Calendars
from outsourcing.notifications.ladders.planning import follow
from outsourcing.notifications.ladders.rules import known
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Bounce, Ladder, Mail, Notice, Rung
from outsourcing.notifications.models.choices import OptOut
from tests.factories import MembershipFactory, VendorFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, submit


def at(day: int, hour: int = 0, month: int = 12) -> datetime:
    """In December 2026; London is at UTC then. The milestone is due on Friday the 4th."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def ladder_of(milestone, rule: str = "milestone") -> Ladder:
    return Ladder.objects.get(rule=rule, subject=milestone.pk)


def ahead_of(milestone, rule: str = "milestone"):
    """Which step is planned, and for when."""
    found = Rung.objects.ahead().filter(ladder__rule=rule, ladder__subject=milestone.pk).first()
    return (found.step, found.due_at) if found else None


def states(milestone) -> list[tuple[int, int, str]]:
    rows = Rung.objects.filter(ladder__rule="milestone", ladder__subject=milestone.pk)
    return list(rows.order_by("epoch", "step").values_list("epoch", "step", "state"))


def told(milestone) -> list[tuple[int, str, str]]:
    """Step, whom, as what."""
    rows = Notice.objects.filter(rung__ladder__rule="milestone", rung__ladder__subject=milestone.pk)
    rows = rows.order_by("rung__step", "membership__user__name")
    return list(rows.values_list("rung__step", "membership__user__name", "kind"))


def test_the_first_rung_is_planned_when_the_contract_begins(count):
    assert ahead_of(count) == (0, at(1))  # three working days before Friday the 4th
    assert Rung.objects.filter(ladder__subject=count.pk).count() == 1


def test_nobody_touches_it_for_ten_working_days(count, contract, owner, manager, operations):
    backup = MembershipFactory(
        organisation=contract.vendor, user__name="Sam Adeyemi", roles=["contact"], is_backup=True
    )
    for day in range(1, 24):
        sweep(at(day, 6))
        sweep(at(day, 7))  # a second one changes nothing
    assert told(count) == [
        (0, "Imogen Tully", "act"),
        (1, "Imogen Tully", "act"),
        (2, "Imogen Tully", "act"),
        (2, backup.user.name, "act"),
        (2, "Theo Marchetti", "know"),
        (3, "Theo Marchetti", "act"),
        (4, "Rosa Imberg", "decide"),
        (5, "Rosa Imberg", "know"),
    ]
    # Monday the 7th is one working day after, then 3, 5 and 8; weekly from there on, Christmas left out.
    dues = Rung.objects.filter(ladder__subject=count.pk, ladder__rule="milestone").order_by("step")
    assert [one.due_at.day for one in dues] == [1, 7, 9, 11, 16, 23, 4]
    assert {one.state for one in dues[:6]} == {"done"}


def test_what_is_to_decide_is_never_a_mail_of_its_own(count, operations):
    for day in range(1, 17):
        sweep(at(day, 6))
    decide = Notice.objects.get(rung__ladder__subject=count.pk, rung__ladder__rule="milestone", kind="decide")
    assert (decide.membership, decide.state, decide.mail) == (operations, "shown", None)


def test_a_shop_of_one_has_it_on_its_home_page_instead_of_another_mail(count, owner, manager):
    """There is no backup at the vendor: the second reminder would reach the same person again."""
    for day in range(1, 17):
        sweep(at(day, 6))
    assert (2, "Imogen Tully", "act") in told(count)
    assert [one for one in told(count) if one[1] == "Theo Marchetti"] == [
        (2, "Theo Marchetti", "know"), (3, "Theo Marchetti", "act"), (4, "Theo Marchetti", "decide"),
    ]  # fmt: skip


def test_one_digest_a_day_at_nine_where_they_are(count, packing, manager, sink, send):
    """Both milestones are overdue at last; the vendor gets one mail a day at most."""
    for day in range(1, 24):
        for hour in (1, 9, 10, 17):
            sweep(at(day, hour))
            send(at(day, hour))
    mine = [one for one in sink.messages if one["To"] == manager.email and "List-Id" in one]
    days = [datetime.strptime(str(one["Date"])[5:16], "%d %b %Y").day for one in mine]
    assert len(days) == len(set(days))
    assert days[0] == 1
    hours = {str(one["Date"])[17:19] for one in mine}
    assert hours == {"10"}  # from 09:00 on and half an hour later at most: the next look is at ten


def test_the_mail_says_why_it_came_and_what_clears_it(count, manager, sink, send):
    sweep(at(7, 1))
    send(at(7, 10))
    (mail,) = [one for one in sink.messages if "List-Id" in one]
    assert mail["Subject"] == "Juniper & Pine: Overdue: Cycle count, was due 4 December"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_body(("plain",)).get_content()
    assert "Juniper & Pine has not had “Cycle count”" in " ".join(text.split())
    assert "1 working day ago" in " ".join(text.split())
    assert "Hand it in:" in text
    assert "Handing it in, a promised date or a new one ends" in " ".join(text.split())
    assert "replies to this mail reach nobody" in text


def test_handing_it_in_cancels_in_the_same_transaction(count, manager, owner):
    submit(count, manager, at=at(3, 12))
    assert ahead_of(count) is None
    assert ladder_of(count).why == "It was handed in."
    assert ahead_of(count, "review") is not None


def test_what_was_handed_in_before_its_mail_goes_is_left_out(count, manager, sink, send):
    sweep(at(7, 1))
    submit(count, manager, at=at(7, 2))
    send(at(7, 10))
    mail = Mail.objects.get(template="digest", membership=manager)
    assert (mail.state, mail.answer) == ("cancelled", "Nothing is left to say.")
    assert Notice.objects.get(membership=manager, rung__ladder__rule="milestone").why == "It was handed in."
    assert not [one for one in sink.messages if "List-Id" in one]


def test_a_new_date_of_the_same_day_starts_anew(count, manager, owner):
    sweep(at(7, 1))
    change = moving.propose(
        count, Wanted(date(2026, 12, 18), "A pallet is late.", Cause.VENDOR), by=manager, at=at(7, 8)
    )
    moving.agree(change, by=owner, at=at(7, 9))
    ladder = ladder_of(count)
    assert ladder.epoch == 2
    assert ahead_of(count) == (0, at(15))
    assert states(count) == [(1, 0, "missed"), (1, 1, "done"), (1, 2, "cancelled"), (2, 0, "planned")]


def test_after_a_new_date_each_word_says_which_one_holds(lone, manager, owner, sink, send):
    sweep(at(7, 1))
    for new in (11, 16):
        change = moving.propose(lone, Wanted(date(2026, 12, new), "A pallet is late.", Cause.VENDOR), by=manager,
                                at=at(7, 8))  # fmt: skip
        moving.agree(change, by=owner, at=at(7, 9))
    whys = (
        Rung.objects.filter(ladder=ladder_of(lone), state="cancelled").order_by("epoch").values_list("why", flat=True)
    )
    assert list(whys) == [
        "Moved from 4 December to 11 December: reminders start anew.",
        "Moved from 11 December to 16 December: reminders start anew.",
    ]
    sweep(at(17, 1))
    send(at(17, 10))
    text = mailed_to(manager, sink)
    assert "It was due on Wednesday 16 December (moved from 11 December), 1 working day ago." in text
    assert "Due: 16 December 2026 (moved from 11 December)" in text


def test_what_starts_anew_for_another_reason_names_no_date(count, owner):
    sweep(at(7, 1))
    Milestone.objects.filter(pk=count.pk).update(reopened_count=1)
    follow("milestone", [count.pk], at=at(7, 2))
    assert ladder_of(count).rungs.get(state="cancelled").why == "It has changed: reminders start anew."


def test_a_promise_keeps_it_quiet_and_a_broken_one_is_counted(count, manager):
    sweep(at(7, 1))
    handing_in.report(count, progress=80, forecast=date(2026, 12, 10), by=manager, at=at(7, 12))
    assert ahead_of(count) == (2, at(11))
    sweep(at(10, 12))
    assert ahead_of(count) == (2, at(11))
    sweep(at(11, 1))
    ladder = ladder_of(count)
    assert ladder.broken_promises == 1
    assert (3, "done") in [(step, state) for _epoch, step, state in states(count)]  # it skips to the next rung
    assert (2, "missed") in [(step, state) for _epoch, step, state in states(count)]


def test_a_promise_too_far_ahead_silences_nothing(count, manager):
    sweep(at(7, 1))
    handing_in.report(count, progress=None, forecast=date(2027, 1, 29), by=manager, at=at(7, 12))
    assert ahead_of(count) == (2, at(9))


def test_who_gives_a_promise_too_far_ahead_is_told_so(count, manager, signed_in):
    client = signed_in(manager)
    says = "working days ahead: it is written down, and reminders go on"
    with time_machine.travel(at(7, 12), tick=False):
        assert (
            "Up to 10 working days ahead, reminders wait for it." in client.get(f"/milestones/{count.pk}/report/").text
        )
        for day, is_too_far in (("2026-12-21", False), ("2026-12-22", True)):
            for path, given in (("report", {"forecast": day}), ("move", {"due": day, "reason": "A pallet is late."})):
                given |= {"cause": "vendor"}
                answer = client.post(f"/milestones/{count.pk}/{path}/", given, follow=True)
                assert (says in answer.text) == is_too_far, (day, path)
            waits = Overdue().standings([count.pk], Calendars(at(7, 12)))[count.pk].waits_until
            assert (waits is None) == is_too_far  # what is said is so


def test_suspension_cancels_and_going_on_starts_anew(contract, count, owner):
    running.suspend(contract, reason="No stock.", by=owner, at=MONDAY)
    assert ahead_of(count) is None
    assert ladder_of(count).why == "The contract stands still."
    contract.refresh_from_db()
    running.resume(contract, by=owner, at=MONDAY + 2 * DAY)
    count.refresh_from_db()
    assert count.current_due == DUE + 4 * DAY
    assert ladder_of(count).epoch == 2
    assert ahead_of(count) == (0, at(3))


def test_held_up_by_us_stops_it_and_the_days_are_not_theirs(count, owner):
    judging.block(count, reason="The labels are not there.", by=owner, at=at(7, 9))
    assert ladder_of(count).why == "You hold the vendor up with it."
    count.refresh_from_db()
    judging.unblock(count, by=owner, at=at(9, 9))
    # Monday to Wednesday were ours: three days later, the first reminder is on Thursday the 10th.
    assert ahead_of(count) == (1, at(10))


def test_ending_the_contract_ends_all_of_it(contract, count, packing, owner):
    running.terminate(contract, reason="We part.", by=owner, at=MONDAY)
    assert not Ladder.objects.open().exists()
    assert not Rung.objects.ahead().exists()


def test_the_stand_in_gets_what_falls_into_an_absence(count, contract, manager):
    from outsourcing.accounts.models import Absence

    sam = MembershipFactory(organisation=contract.vendor, user__name="Sam Adeyemi", roles=["contact"])
    Absence.objects.create(membership=manager, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 9), stand_in=sam)
    sweep(at(7, 1))
    assert told(count)[-1] == (1, "Sam Adeyemi", "act")


def test_whom_no_mail_reaches_is_passed_over_and_where_nobody_is_left_the_shop_calls(count, contract, manager, owner):
    from outsourcing.notifications.bounces.taking import Recipient

    Recipient.objects.create(address=manager.email, unreachable_since=MONDAY)
    sweep(at(7, 1))
    rows = Notice.objects.filter(rung__ladder__subject=count.pk, rung__ladder__rule="milestone")
    assert rows.get(membership=manager).state == "dropped"
    called = rows.get(membership=owner)
    assert (called.kind, called.title) == ("decide", "Call Pallet & Post: no mail reaches them")


def test_a_verdict_that_is_owed_climbs_too(count, contract, owner, operations, manager):
    submit(count, manager, at=at(1, 9))
    # Review is due on the 8th, five working days on.
    for day in range(1, 18):
        sweep(at(day, 6))
    rows = Notice.objects.filter(rung__ladder__rule="review", rung__ladder__subject=count.pk)
    found = rows.order_by("rung__step", "membership__user__name")
    assert list(found.values_list("rung__step", "membership__user__name", "kind")) == [
        (0, "Theo Marchetti", "act"),
        (1, "Theo Marchetti", "act"),
        (2, "Imogen Tully", "know"),
        (2, "Theo Marchetti", "act"),
        (3, "Imogen Tully", "know"),
        (4, "Rosa Imberg", "decide"),
    ]


def test_a_date_that_was_asked_for_and_is_not_decided(count, contract, manager, owner):
    wanted = Wanted(date(2026, 12, 18), "A pallet is late.", Cause.VENDOR)
    change = moving.propose(count, wanted, by=manager, at=at(1, 9))
    assert ahead_of(change, "date") == (0, at(4))
    moving.refuse(change, answer="We cannot wait.", by=owner, at=at(2, 9))
    assert ahead_of(change, "date") is None
    assert DateChange.objects.get().state == "refused"


def test_after_an_outage_only_the_highest_goes(count, manager):
    sweep(at(14, 12))
    assert [(step, state) for _epoch, step, state in states(count)] == [
        (0, "missed"), (1, "missed"), (2, "missed"), (3, "done"), (4, "planned"),
    ]  # fmt: skip


def test_a_vendor_made_one_with_another_is_reminded_under_that_one_s_name(contract, count, owner):
    left = MembershipFactory(organisation__kind="vendor", roles=["manager"])
    loser, winner = VendorFactory(organisation=contract.vendor), VendorFactory(organisation=left.organisation)
    topics.follow(loser, winner, owner, at(1))
    assert ladder_of(count).owed_by == left.organisation
    sweep(at(7, 1))
    assert told(count)[-1] == (1, left.user.name, "act")


@pytest.mark.parametrize("rungs", [1, 2])
def test_a_contract_taken_from_elsewhere_starts_with_one_reminder(count, rungs):
    """The ladder of something long overdue: not all of them at once."""
    Ladder.objects.all().delete()
    from outsourcing.notifications.ladders.planning import find_lost

    find_lost(at(10, 12))
    for _ in range(rungs):
        sweep(at(10, 13))
    assert [(step, state) for _epoch, step, state in states(count)] == [(2, "done"), (3, "planned")]


def test_a_notice_of_renewal(contract):
    contract.renews_on, contract.notice_days = date(2027, 1, 29), 30
    contract.save()
    from milestones.health import looking

    looking.look([contract.pk], at=MONDAY)
    # Notice by 30 December: of the notices 90 and 60 days before, only the later one is given now.
    ladder = Ladder.objects.get(rule="notice", subject=contract.pk)
    assert list(ladder.rungs.values_list("step", "state")) == [(1, "planned")]


def test_one_that_something_is_wrong_with_keeps_nobody_waiting(count, packing, monkeypatch):
    from milestones.reminders.rules import Overdue

    whole = Overdue.title
    monkeypatch.setattr(Overdue, "title", lambda rule, standing, *more: 1 / 0 if standing.title == "Cycle count"
                        else whole(rule, standing, *more))  # fmt: skip
    sweep(at(14, 12))
    assert ahead_of(count) == (0, at(14, 13))
    assert "ZeroDivisionError" in Rung.objects.planned().get(ladder__subject=count.pk, ladder__rule="milestone").why
    assert Notice.objects.filter(rung__ladder__subject=packing.pk).exists()


def test_a_mail_that_cannot_be_drawn_fails_alone(count, manager, sink, send, monkeypatch):
    from milestones.reminders.rules import Overdue

    sweep(at(7, 1))
    monkeypatch.setattr(Overdue, "letter", lambda *_args: 1 / 0)
    send(at(7, 10))
    mail = Mail.objects.get(template="digest", membership=manager)
    assert (mail.state, mail.answer) == ("failed", "ZeroDivisionError: division by zero")


# ---- Silence that accepts -------------------------------------------------------------------------------------------
@pytest.fixture
def silent(contract, count, manager):
    """Handed in on Monday 23 November at ten; without a decision it would count as accepted on 7 December."""
    type(contract).objects.filter(pk=contract.pk).update(silence_accepts=True)
    return submit(count, manager)


def mailed_to(reader, sink) -> str:
    """The words of the latest mail."""
    mine = [one for one in sink.messages if one["To"] == reader.email]
    return " ".join(mine[-1].get_body(("plain",)).get_content().split())


def waits(milestone) -> list[str]:
    return [sentence(one) for one in milestone.history.filter(kind="silence-waits")]


def test_silence_accepts_what_the_merchant_was_told_of(silent, count, owner, sink, send):
    sweep(at(4, 6))
    send(at(4, 10))
    assert "days without a verdict accept: it counts as accepted on 7 December." in mailed_to(owner, sink)
    assert judging.accept_by_silence(silent, at=at(7, 10))
    assert not waits(count)


def test_silence_accepts_nothing_before_the_merchant_was_told(silent, count, owner, sink, send):
    """Nothing went out for a time: each look says so once, and the notice that comes late leaves a day."""
    for hour in (10, 11):
        assert not judging.accept_by_silence(silent, at=at(7, hour))
    assert waits(count) == [
        "14 days have passed without a decision. It is not accepted yet: Juniper & Pine has to be told a day before."
    ]
    sweep(at(7, 12))
    assert not judging.accept_by_silence(silent, at=at(8, 12))  # it waits for its mail
    send(at(8, 12))
    assert "it counts as accepted on 9 December." in mailed_to(owner, sink)
    assert not judging.accept_by_silence(silent, at=at(9, 11))
    assert judging.accept_by_silence(silent, at=at(9, 12))


@pytest.mark.parametrize("how", ["came back", "not sent", "of another round", "told the vendor"])
def test_what_told_nobody_there_lets_silence_accept_nothing(silent, count, owner, manager, sink, send, how):
    sweep(at(4, 6))
    send(at(4, 10))
    told_owner = Notice.objects.filter(rung__ladder__rule="silence")
    if how == "came back":
        Bounce.objects.create(mail=told_owner.get().mail, status="5.1.1", said="No such person", at=at(4, 11))
    elif how == "not sent":
        Mail.objects.filter(pk=told_owner.get().mail_id).update(state="failed", sent_at=None)
    elif how == "of another round":
        Ladder.objects.filter(rule="silence").update(version="20261101100000000000")
    else:
        told_owner.update(membership=manager)
    assert not judging.accept_by_silence(silent, at=at(9, 12))
    assert waits(count)


def test_who_reads_it_in_the_app_was_told(silent, owner):
    sweep(at(4, 6))
    assert not judging.accept_by_silence(silent, at=at(7, 10))
    Notice.objects.filter(rung__ladder__rule="silence").update(read_at=at(6, 10))
    assert judging.accept_by_silence(silent, at=at(7, 10))


def test_who_wants_no_mails_of_it_holds_nothing_up(silent, owner):
    OptOut.objects.create(membership=owner, category="*", at=at(1))
    sweep(at(4, 6))
    assert judging.accept_by_silence(silent, at=at(7, 10))


# ---- Notice, and how firm -------------------------------------------------------------------------------------------
def test_a_notice_lies_before_its_day(shop):
    for delays, wrong in (("-90 -60 -30", []), ("-9 -1 0", []), ("-9 -1 5", ["step2"]), ("90 100 120", 3)):
        given = {f"step{number}": delay for number, delay in enumerate(delays.split())}
        form = PolicyForm({"preset": "own", **given}, rule=NoticeDue(), organisation=shop, policy=None)
        assert len(form.errors) == wrong if isinstance(wrong, int) else list(form.errors) == wrong


@pytest.mark.parametrize("rule", known(), ids=lambda rule: rule.key)
def test_a_firmer_preset_is_never_later(rule):
    for step in rule.steps:
        gentle, normal, firm = step.delays
        assert normal is None or firm <= normal
        assert gentle is None or normal <= gentle


def test_normal_notices_lie_90_60_and_30_days_before():
    assert [step.delays[1] for step in NoticeDue.steps] == [-90, -60, -30]


# ---- Words follow what went -----------------------------------------------------------------------------------------
@pytest.fixture
def lone(count, packing, owner, send):
    """Nobody owes anything else."""
    judging.cancel(packing, reason="No gifts.", by=owner, at=MONDAY)
    send(MONDAY)
    return count


def test_what_the_shop_reads_counts_what_went(lone, owner, manager, sink, send):
    for day in (1, 7, 9):
        sweep(at(day, 6))
        send(at(day, 10))
    assert "They have been reminded 3 times." in mailed_to(owner, sink)
    assert "Third reminder" in mailed_to(manager, sink)


@pytest.mark.parametrize(("days", "times", "number"), [([9], "once", "First"), ([7, 9], "twice", "Second")])
def test_what_was_missed_reminded_nobody(lone, owner, manager, sink, send, days, times, number):
    """Nothing went out before these days."""
    for day in days:
        sweep(at(day, 6))
        send(at(day, 10))
    assert f"They have been reminded {times}." in mailed_to(owner, sink)
    assert f"{number} reminder" in mailed_to(manager, sink)
    assert "First reminder" in mailed_to(owner, sink)


def test_what_did_not_go_reminded_nobody(count, owner, manager, sink, send):
    sweep(at(7, 6))
    send(at(7, 10))
    Mail.objects.filter(membership=manager, template="digest").update(state="failed", sent_at=None)
    OptOut.objects.create(membership=manager, category="*", at=at(8))
    sweep(at(9, 6))
    send(at(9, 10))
    assert "They have not been reminded." in mailed_to(owner, sink)
