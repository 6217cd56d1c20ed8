"""Whatever order things happen in, no sealed answer is disclosed before its deadline, and one at most is live.

What the merchant may read is looked at after every step by every way that pages take: rows, cards, counts, the log and
mails. In CI a few hundred steps; 5,000 and more in `make prove`.
"""

import os
from datetime import timedelta
from decimal import Decimal

import hypothesis
import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from outsourcing.accounts.models import Role
from outsourcing.conversations.models.entries import Channel
from outsourcing.conversations.posting import Receipt
from outsourcing.notifications.models import Mail
from outsourcing.shared.errors import DomainError
from tests.factories import MembershipFactory, OrganisationFactory, VendorFactory
from tests.sourcing.conftest import MONDAY, begin, of, said
from vendors.sourcing.answering import submitting
from vendors.sourcing.answering.said import Said
from vendors.sourcing.briefs import publishing
from vendors.sourcing.candidates import adding, moving
from vendors.sourcing.candidates.shown import cards_of, one_candidate
from vendors.sourcing.models import Answer, AnswerFile, Brief, BriefState, GateAnswer, LogLine, QuestionAnswer
from vendors.sourcing.sheet import sheet_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "prove"
EXAMPLES, STEPS = (100, 50) if LONG else (6, 30)
#: Ways of a brief (M8, M11).
WAYS = {
    BriefState.OPEN: {BriefState.CLOSED, BriefState.EVALUATING, BriefState.CANCELLED},
    BriefState.CLOSED: {BriefState.OPEN, BriefState.EVALUATING, BriefState.CANCELLED},
    BriefState.EVALUATING: {BriefState.OPEN, BriefState.CANCELLED},
}
#: In every text of a sealed answer: nothing that the merchant reads may hold it before its time.
SECRET = "sesame"


class Round(RuleBasedStateMachine):
    """A sealed brief with two vendors; time only goes on."""

    @initialize()
    def start(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        shop = OrganisationFactory(name="Juniper & Pine", country="GB", time_zone="Europe/London")
        self.owner = MembershipFactory(organisation=shop, roles=[Role.OWNER])
        self.buyer = MembershipFactory(organisation=shop, roles=[Role.BUYER])
        self.viewer = MembershipFactory(organisation=shop, roles=[Role.VIEWER])
        self.people = []
        profiles = []
        for _number in range(2):
            organisation = OrganisationFactory(kind="vendor", country="GB")
            self.people.append(MembershipFactory(organisation=organisation, roles=[Role.MANAGER]))
            profiles.append(VendorFactory(organisation=organisation))
        self.at = MONDAY
        self.brief = begin(self.owner, is_sealed=True, deadline_at=MONDAY + 3 * DAY)
        adding.add(self.brief, profiles, by=self.owner, at=self.at)
        publishing.publish(self.brief, list(self.brief.candidates.all()), by=self.owner, at=self.at)
        self.deadlines = [MONDAY + 3 * DAY]
        self.brief.refresh_from_db()
        self.before = self.brief.state
        self.price = 1000
        self.due = {}  # of each answer: the deadline that held when it came

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def attempt(self, act, *args, **kwargs):
        try:
            with transaction.atomic():
                act(*args, at=self.at, **kwargs)
        except DomainError:
            return False
        return True

    def seen(self):
        """What the merchant's pages show of each vendor by itself, without how many have answered."""
        brief = Brief.objects.get()
        sheet = sheet_of(brief, self.owner)
        cards = [
            (one.candidate.stage, one.word, one.answer, one.price_month, one.late)
            for one in cards_of(brief, self.owner)
        ]
        return cards, sheet.prices, sheet.rulings, list(Answer.objects.visible_to(self.viewer))

    def candidate(self, number):
        return of(self.brief, self.people[number].organisation)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours):
        self.at += hours * HOUR

    @rule(number=st.integers(0, 1))
    def draft(self, number):
        what = Said(message=f"{SECRET} draft", price_month=Decimal("55555.55"))
        self.attempt(submitting.save_draft, self.candidate(number), what, by=self.people[number])

    @rule(number=st.integers(0, 1), swapped=st.booleans())
    def submit(self, number, swapped):
        self.price += 1
        by = self.people[1 - number if swapped else number]
        what = said(self.brief, price=f"{self.price}.77", message=f"{SECRET} {self.price}")
        before = self.seen()
        done = self.attempt(submitting.submit, self.candidate(number), what, by=by)
        assert not (done and swapped)
        if done:
            made = Answer.objects.order_by("submitted_at", "number").filter(candidate=self.candidate(number)).last()
            self.due[made.pk] = Brief.objects.get().deadline_at
        assert self.seen() == before or (done and made.state == "late"), (
            "somebody's answer shows on the merchant's pages"
        )

    @rule(number=st.integers(0, 1))
    def take_back(self, number):
        before = self.seen()
        self.attempt(submitting.take_back, self.candidate(number), by=self.people[number])
        assert self.seen() == before, "what is taken back shows on the merchant's pages"

    @rule(number=st.integers(0, 1), keeps=st.booleans())
    def closer_choice(self, number, keeps):
        act = moving.shortlist if keeps else moving.unshortlist
        self.attempt(act, self.candidate(number), by=self.owner)

    @rule(number=st.integers(0, 1), back=st.booleans())
    def decline(self, number, back):
        if back:
            self.attempt(submitting.undo_decline, self.candidate(number), by=self.people[number])
        else:
            self.attempt(submitting.decline, self.candidate(number), kind="fit", text="", by=self.people[number])

    @rule(number=st.integers(0, 1), sure=st.integers(0, 9))
    def withdraw(self, number, sure):
        if sure == 0:
            self.attempt(moving.withdraw, self.candidate(number), reason="Booked", by=self.people[number])

    @rule(who=st.integers(0, 1))
    def open_answers(self, who):
        by = self.owner if who else self.buyer
        early = Brief.objects.get().state_at(self.at) == BriefState.OPEN
        lines = LogLine.objects.filter(kind="open-refused").count()
        try:
            publishing.open_answers(self.brief, by=by, at=self.at)
            done = True
        except DomainError:
            done = False
        assert not (done and (early or by == self.buyer))
        assert LogLine.objects.filter(kind="open-refused").count() == lines + (early and by == self.owner)

    @rule(number=st.integers(0, 1), accepts=st.booleans(), who=st.booleans())
    def decide_late(self, number, accepts, who):
        late = Answer.objects.filter(candidate=self.candidate(number), state="late").first()
        if late is not None:
            act = submitting.accept_late if accepts else submitting.refuse_late
            self.attempt(act, late, reason="So", by=self.owner if who else self.buyer)

    @rule(hours=st.integers(-10, 60))
    def extend(self, hours):
        brief = Brief.objects.get()
        self.attempt(publishing.extend, brief, brief.deadline_at + hours * HOUR, by=self.owner)

    @rule(hours=st.integers(-10, 60), sure=st.integers(0, 3))
    def ask_again(self, hours, sure):
        if sure == 0:
            wanted = self.at + hours * HOUR
            self.attempt(publishing.ask_again, self.brief, wanted, reason="Too few", by=self.owner)

    @rule(number=st.integers(0, 1))
    def record(self, number):
        receipt = Receipt(Channel.PHONE, self.at - HOUR)
        what = said(self.brief, price="9.99")
        self.attempt(submitting.enter, self.candidate(number), what, by=self.owner, receipt=receipt)

    @rule(number=st.integers(0, 1), early=st.integers(1, 100))
    def forge_an_opening(self, number, early):
        """Somebody with the database open is refused as well."""
        brief = Brief.objects.get()
        rows = Answer.objects.filter(candidate=self.candidate(number), opened_at=None, state="live")
        if rows.exists():
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(opened_at=brief.deadline_at - early * HOUR)

    @rule()
    def the_worker_closes(self):
        publishing.close_due(self.at)

    # ---- What must hold ----
    @invariant()
    def nothing_is_disclosed_early(self):
        if not hasattr(self, "before"):
            return
        is_open = Brief.objects.get().opened_at is not None
        for reader in (self.owner, self.buyer, self.viewer):
            assert is_open or not Answer.objects.visible_to(reader).exists(), "read while everybody is asked again"
            for one in Answer.objects.visible_to(reader):
                if not one.is_recorded:
                    assert one.opened_at >= self.due[one.pk], "read before the deadline under which it was given"
                    assert one.state not in ("late", "refused")
            readable = set(Answer.objects.visible_to(reader).values_list("pk", flat=True))
            for table in (GateAnswer, QuestionAnswer):
                assert set(table.objects.visible_to(reader).values_list("answer", flat=True)) <= readable
            assert not AnswerFile.objects.visible_to(reader).exists()
        for card in cards_of(self.brief, self.owner):
            assert card.answer is None or card.answer.opened_at is not None
            shown = one_candidate(card.candidate, self.viewer, self.at)["answer"]
            assert shown is None or shown.opened_at is not None
        for details in LogLine.objects.values_list("details", flat=True):
            assert SECRET not in str(details)
        ours = [one.email for one in (self.owner, self.buyer, self.viewer)]
        assert not Mail.objects.filter(address__in=ours, text__contains=SECRET).exists()

    @invariant()
    def nobody_reads_a_rivals(self):
        if not hasattr(self, "before"):
            return
        for person in self.people:
            seen = Answer.objects.visible_to(person).values_list("candidate__vendor", flat=True)
            assert set(seen) <= {person.organisation_id}

    @invariant()
    def one_is_live_and_the_brief_goes_its_ways(self):
        if not hasattr(self, "before"):
            return
        for number in range(2):
            assert Answer.objects.live().filter(candidate=self.candidate(number)).count() <= 1
        brief = Brief.objects.get()
        assert brief.state == self.before or brief.state in WAYS[self.before], f"{self.before} to {brief.state}"
        assert (brief.state == BriefState.EVALUATING) == (brief.opened_at is not None)
        assert brief.deadline_at >= self.deadlines[-1], "a deadline moved to an earlier time"
        self.deadlines.append(brief.deadline_at)
        self.before = brief.state


OPTIONS = hypothesis.settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
    database=None,
)  # fmt: skip


@pytest.mark.django_db
def test_no_sealed_answer_is_disclosed_early():
    run_state_machine_as_test(Round, settings=OPTIONS)
