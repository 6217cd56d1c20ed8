"""A contract and its milestones are driven through random moves, legal and illegal, against the real database.

A move that may not be is refused with a DomainError and changes no row; whatever happened, no fact that must hold is
broken. A short run in the suite; 5,000 steps with HYPOTHESIS_PROFILE=prove (`make prove`).
"""

import os
import random
import secrets
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import hypothesis
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from milestones.check_ins import planning as check_ins
from milestones.check_ins import signing
from milestones.check_ins.facts import facts_of as facts_since
from milestones.check_ins.facts import sealed
from milestones.check_ins.signing import Evaluation
from milestones.contracts import drafting, offering, running
from milestones.health import looking, overriding
from milestones.health.rules import assess
from milestones.models import (
    DONE,
    ENDED,
    OPEN,
    Cause,
    CheckIn,
    Contract,
    DateChange,
    Health,
    HistoryLine,
    Hold,
    Milestone,
    Offer,
    State,
    Step,
    Submission,
    Suspension,
    Wish,
)
from milestones.work import handing_in, judging, moving, planning
from milestones.work.handing_in import Handed
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from outsourcing.accounts.models import Membership, Role
from outsourcing.conversations.models import Channel
from outsourcing.conversations.posting import Receipt
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Mail, Notice
from outsourcing.shared import keys
from outsourcing.shared.errors import DomainError
from tests.factories import MembershipFactory
from tests.milestones.conftest import DAY, MONDAY

STEPS, EXAMPLES = (50, 100) if os.environ.get("HYPOTHESIS_PROFILE") == "prove" else (40, 6)
LATER = st.none() | st.integers(-1, 9)
#: From where to where a contract may go, and a milestone (reference/milestones.md 4.1).
WAYS = {
    "draft": {"offered", "active"},
    "offered": {"draft", "active", "declined", "lapsed"},
    "active": {"suspended", "close_out", "completed", "terminated"},
    "suspended": {"active", "terminated"},
    "close_out": {"completed", "terminated"},
}
STEPS_ON = {
    "planned": {"in_progress", "submitted", "cancelled"},
    "in_progress": {"submitted", "cancelled"},
    "changes_requested": {"submitted", "cancelled"},
    "submitted": {"in_progress", "accepted", "changes_requested", "cancelled"},
    "accepted": {"in_progress"},
}
TABLES = (Contract, Milestone, Offer, Wish, DateChange, Submission, Hold, Suspension, CheckIn, HistoryLine)


def rows():
    """Everything that may change, to see that a refused move changed nothing."""
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


class Journey(RuleBasedStateMachine):
    """One contract with up to six milestones, four people, and a clock that only goes forward."""

    @initialize()
    def begin(self):
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        numbers = count(1)
        keys.secrets = SimpleNamespace(randbelow=lambda _most: next(numbers))  # or a replay finds rows in another order
        self.at = MONDAY
        self.owner = MembershipFactory(organisation__kind="merchant", roles=[Role.OWNER])
        shop = self.owner.organisation
        self.operations = MembershipFactory(organisation=shop, roles=[Role.OPERATIONS])
        self.manager = MembershipFactory(organisation__kind="vendor", roles=[Role.MANAGER])
        self.rival = MembershipFactory(organisation__kind="vendor", roles=[Role.MANAGER])
        fields = {"title": "Peak", "starts_on": MONDAY.date(), "ends_on": MONDAY.date() + 60 * DAY, "value": Decimal(5),
                  "silence_accepts": True}  # fmt: skip
        self.contract = drafting.draft(self.manager.organisation, fields, by=self.owner, at=self.at)
        self.add(self.owner)
        self.before = self.states()
        self.baselines: dict[int, date] = {}

    def teardown(self):
        keys.secrets = secrets
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # ---- Helpers ----
    def states(self):
        milestones = dict(Milestone.objects.values_list("pk", "state"))
        return Contract.objects.values_list("state", flat=True).get(), milestones

    def attempt(self, act, *args, **kwargs):
        """Do it, or be refused without a trace; anything else but a DomainError is a failure of ours."""
        was = rows()
        try:
            with transaction.atomic():
                act(*args, at=self.at, **kwargs)
        except DomainError:
            assert rows() == was, f"{act.__name__} was refused and changed something"
            return False
        return True

    def some(self, queryset, number):
        found = list(queryset.order_by("pk"))
        return found[number % len(found)] if found else None

    def milestone(self, number):
        return self.some(Milestone.objects.select_related("contract__merchant", "contract__vendor"), number)

    def submission(self, number):
        return self.some(Submission.objects.select_related("milestone__contract"), number)

    def person(self, number) -> Membership:
        return (self.owner, self.operations, self.manager)[number % 3]

    def add(self, by):
        due = self.at.date() + random.Random(self.at.toordinal()).randrange(1, 20) * DAY
        fields = {"title": f"No. {Milestone.objects.count()}", "current_due": due, "amount": Decimal(10)}
        criteria = ["It is so."] if Milestone.objects.count() % 2 else []
        return self.attempt(planning.add, self.contract, fields, criteria=criteria, by=by)

    # ---- Time ----
    @rule(hours=st.integers(1, 200))
    def pass_time(self, hours):
        self.at += timedelta(hours=hours)

    @rule()
    def beat(self):
        looking.look_around(self.at)
        sweep(self.at)
        gone = Mail.objects.filter(state="pending", not_before__lte=self.at)
        Notice.objects.filter(state="waiting", mail__in=gone).update(state="mailed")
        gone.update(state="sent", sent_at=self.at)
        self.attempt(running.close_after_its_end, self.contract)
        for offer in Offer.objects.open():
            self.attempt(offering.lapse, offer)
        for one in Submission.objects.open().select_related("milestone"):
            self.attempt(judging.accept_by_silence, one)

    # ---- The contract ----
    @rule(who=st.integers(0, 2))
    def add_milestone(self, who):
        if Milestone.objects.count() < 6:
            self.add(self.person(who % 2))

    @rule(days=st.none() | st.integers(-2, 5))
    def offer(self, days):
        expires = None if days is None else self.at.date() + days * DAY
        self.attempt(offering.offer, self.contract, expires_on=expires, by=self.owner)

    @rule(value=st.integers(0, 3))
    def amend(self, value):
        self.attempt(offering.propose_change, self.contract, {"value": Decimal(value)}, by=self.owner)

    @rule(is_rival=st.booleans(), is_stale=st.booleans(), number=st.integers(0, 9))
    def accept_offer(self, is_rival, is_stale, number):
        if offered := self.some(Offer.objects.all(), number):
            by, read = self.rival if is_rival else self.manager, "stale" if is_stale else offered.digest
            done = self.attempt(offering.accept, offered, read=read, by=by)
            assert not (done and (is_rival or is_stale))

    @rule(number=st.integers(0, 9))
    def decline_offer(self, number):
        if offered := self.some(Offer.objects.all(), number):
            self.attempt(offering.decline, offered, reason="No.", by=self.manager)

    @rule(number=st.integers(0, 9))
    def withdraw_offer(self, number):
        if offered := self.some(Offer.objects.all(), number):
            self.attempt(offering.withdraw, offered, by=self.owner)

    @rule(hours=st.integers(-2, 50))
    def record_running(self, hours):
        receipt = Receipt(Channel.POST, self.at - timedelta(hours=hours), None)
        upload = SimpleUploadedFile("signed.txt", b"Signed by both.")
        self.attempt(offering.record_running, self.contract, receipt, upload, by=self.owner)

    @rule()
    def suspend(self):
        self.attempt(running.suspend, self.contract, reason="Flood", by=self.owner)

    @rule(shift=st.booleans())
    def resume(self, shift):
        self.attempt(running.resume, self.contract, shift=shift, by=self.operations)

    @rule(sure=st.integers(0, 3))
    def close_or_complete(self, sure):
        act = running.complete if sure else running.begin_closing
        self.attempt(act, self.contract, by=self.owner)

    @rule(sure=st.integers(0, 9))
    def terminate(self, sure):
        if sure == 0:
            self.attempt(running.terminate, self.contract, reason="Over", by=self.owner)

    @rule(kind=st.sampled_from(Wish.Kind), is_rival=st.booleans())
    def ask(self, kind, is_rival):
        by = self.rival if is_rival else self.manager
        assert not (self.attempt(running.ask, self.contract, kind, reason="Please", by=by) and is_rival)

    @rule(number=st.integers(0, 5), how=st.integers(0, 5))
    def answer_wish(self, number, how):
        if wish := self.some(Wish.objects.all(), number):
            if how == 0:
                self.attempt(running.grant, wish, answer="", by=self.owner)
            elif how == 1:
                self.attempt(running.take_back, wish, by=self.manager)
            else:
                self.attempt(running.refuse, wish, answer="No.", by=self.owner)

    @rule(level=st.sampled_from(overriding.LEVELS), lifts=st.booleans())
    def override(self, level, lifts):
        if lifts:
            self.attempt(overriding.lift, self.contract, by=self.owner)
        else:
            self.attempt(overriding.override, self.contract, Health(level), reason="I know", by=self.owner)

    @rule(days=st.integers(-1, 40), months=st.sampled_from([0, 1]))
    def plan_check_ins(self, days, months):
        first = self.at.date() + days * DAY
        self.attempt(check_ins.plan, self.contract, first, every_months=months, by=self.owner)

    @rule(number=st.integers(0, 9), skips=st.booleans())
    def check_in(self, number, skips):
        if one := self.some(CheckIn.objects.select_related("contract"), number):
            if skips:
                self.attempt(check_ins.skip, one, reason="Busy", by=self.owner)
            else:
                contract = Contract.objects.select_related("merchant", "vendor").get()
                read = sealed(one, facts_since(contract, self.at))
                self.attempt(signing.sign, one, Evaluation(quality=3), read=read, by=self.operations)

    # ---- Milestones ----
    @rule(
        number=st.integers(0, 5),
        who=st.integers(0, 2),
        progress=st.integers(0, 100),
        days=st.none() | st.integers(-1, 9),
    )
    def report(self, number, who, progress, days):
        forecast = None if days is None else self.at.date() + days * DAY
        one, by = self.milestone(number), self.person(who)
        if one and progress % 5 == 0:
            self.attempt(handing_in.start, one, by=by)
        elif one:
            self.attempt(handing_in.report, one, progress=progress, forecast=forecast, by=by)

    @rule(number=st.integers(0, 5), says=st.booleans(), records=st.booleans(), hours=st.integers(-1, 40))
    def submit(self, number, says, records, hours):
        if one := self.milestone(number):
            answers = {each.pk: "It is." for each in one.criteria.all()} if says else {}
            receipt = Receipt(Channel.PHONE, self.at - timedelta(hours=hours), self.manager) if records else None
            by = self.operations if records else self.manager
            self.attempt(handing_in.submit, one, Handed(text="Done" * says, answers=answers), by=by, receipt=receipt)

    @rule(number=st.integers(0, 9), who=st.integers(0, 2))
    def withdraw(self, number, who):
        if one := self.submission(number):
            self.attempt(handing_in.withdraw, one, by=self.person(who))

    @rule(number=st.integers(0, 9), backs=st.booleans(), missing=st.booleans(), who=st.integers(0, 1))
    def judge(self, number, backs, missing, who):
        if one := self.submission(number):
            points = {point.pk: "Not yet" * missing for point in one.points.all()}
            verdict = Verdict(missing=points, words="Once more" * missing, quality=3)
            act = judging.send_back if backs else judging.accept
            self.attempt(act, one, verdict, by=self.person(who))

    @rule(number=st.integers(0, 5), how=st.integers(0, 5))
    def decide(self, number, how):
        one = self.milestone(number)
        if one is None:
            return
        if how == 0:
            self.attempt(judging.reopen, one, reason="It broke", by=self.owner)
        elif how == 1:
            self.attempt(judging.cancel, one, reason="Not needed", by=self.owner)
        elif how == 2:
            self.attempt(judging.block, one, reason="Labels", by=self.operations)
        elif how == 3:
            self.attempt(judging.unblock, one, by=self.operations)
        else:
            self.attempt(judging.mark_paid, one, self.at.date() if how == 4 else None, by=self.owner)

    @rule(number=st.integers(0, 5), who=st.integers(0, 2), days=st.integers(-9, 30), cause=st.sampled_from(Cause))
    def propose(self, number, who, days, cause):
        if one := self.milestone(number):
            wanted = Wanted(one.current_due + days * DAY, "So it is", cause)
            self.attempt(moving.propose, one, wanted, by=self.person(who))

    @rule(number=st.integers(0, 20), who=st.integers(0, 2), how=st.integers(0, 2))
    def decide_date(self, number, who, how):
        if change := self.some(DateChange.objects.select_related("milestone__contract"), number):
            by = self.person(who)
            if how == 0:
                self.attempt(moving.agree, change, by=by)
            elif how == 1:
                self.attempt(moving.refuse, change, answer="No.", by=by)
            else:
                self.attempt(moving.take_back, change, by=by)

    # ---- What must hold ----
    @invariant()
    def only_ways_that_are_there(self):
        if not hasattr(self, "before"):
            return
        (was, milestones), (now, those) = self.before, self.states()
        assert now == was or now in WAYS.get(was, set()), f"contract: {was} to {now}"
        for pk, state in those.items():
            earlier = milestones.get(pk, state)
            assert state == earlier or state in STEPS_ON.get(earlier, set()), f"milestone: {earlier} to {state}"
        self.before = (now, those)

    @invariant()
    def facts_hold(self):
        if not hasattr(self, "before"):
            return
        contract = Contract.objects.select_related("merchant", "vendor").get()
        open_ones = {"contract": contract}
        suspended = Suspension.objects.filter(ended_at=None).exists()
        assert suspended == (contract.state == State.SUSPENDED)
        assert Offer.objects.open().count() <= 1
        if contract.state in ENDED:
            assert not Milestone.objects.exclude(state__in=DONE).exists() or contract.activated_at is None
            for table in (Offer, Wish, CheckIn):
                assert not table.objects.open().filter(**open_ones).exists(), table
            for table in (Submission, DateChange):
                assert not table.objects.open().exists(), table
        for one in Milestone.objects.prefetch_related("submissions", "date_changes", "holds"):
            self._milestone_holds(one, contract)

    def _milestone_holds(self, one, contract):
        waiting = [each for each in one.submissions.all() if not each.decision]
        assert len(waiting) == (one.state == Step.SUBMITTED)
        assert one.is_blocked == any(hold.ended_at is None for hold in one.holds.all())
        asked = [each for each in one.date_changes.all() if each.state == "proposed"]
        assert not asked or one.state in OPEN
        if one.state == Step.ACCEPTED:
            last = max(one.submissions.all(), key=lambda each: each.number)
            assert last.decision == "accepted"
            assert last.by_id != last.decided_by_id
        if one.baseline_due is not None:
            assert self.baselines.setdefault(one.pk, one.baseline_due) == one.baseline_due, "the first date moved"
            due = one.baseline_due
            agreed = [each for each in one.date_changes.all() if each.state == "agreed"]
            for change in sorted(agreed, key=lambda each: (each.decided_at, each.pk)):
                due = change.new_due
            assert due == one.current_due or len({each.decided_at for each in agreed}) < len(agreed)

    @invariant()
    def health_is_what_the_rules_say(self):
        if not hasattr(self, "before"):
            return
        contract = Contract.objects.select_related("merchant", "vendor").get()
        if contract.next_look_at is None or contract.next_look_at > self.at:
            found = assess(looking.facts_of(contract, self.at), self.at)
            assert found.level == contract.health or {found.level, contract.health} == {Health.AT_RISK, Health.ON_TRACK}


OPTIONS = hypothesis.settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
    database=None,
)  # fmt: skip


@pytest.mark.django_db
def test_no_way_leads_where_it_must_not(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    run_state_machine_as_test(Journey, settings=OPTIONS)
