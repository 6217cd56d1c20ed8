"""A vendor on a brief's shortlist, what it answered, and what was asked before answering."""

from decimal import Decimal
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations.models.entries import Recorded
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable
from vendors.sourcing.models.briefs import Brief, BriefVersion, Gate, Question


class Stage(models.TextChoices):
    """How far a vendor has come on a shortlist (DESIGN 5)."""

    CONSIDERING = "considering", _("Considering")
    INVITED = "invited", _("Invited")
    ANSWERED = "answered", _("Answered")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CHOSEN = "chosen", _("Chosen")
    NOT_CHOSEN = "not_chosen", _("Not chosen")


#: They are compared and may be chosen.
IN_THE_RUNNING = (Stage.CONSIDERING, Stage.INVITED, Stage.ANSWERED, Stage.SHORTLISTED, Stage.CHOSEN, Stage.NOT_CHOSEN)


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, acting: Membership) -> Self:
        """For a merchant those of briefs that one sees; for a vendor its own, once it was invited."""
        rows = self.select_related("brief__merchant", "vendor")
        if acting.organisation.is_merchant:
            return rows.filter(brief__in=Brief.objects.visible_to(acting).values("pk"))
        return rows.filter(vendor=acting.organisation_id, invited_at__isnull=False)

    def in_the_running(self) -> Self:
        return self.filter(stage__in=IN_THE_RUNNING)


@pghistory.track(exclude=["version"])
class Candidate(Unguessable):
    """One vendor on one brief's shortlist; its key is the address under which the vendor answers.

    While a sealed brief's answers are unopened the stage stays as it is, whoever answers or takes back: only their
    count is told. `added_from` is the page it was added from.
    """

    Stage = Stage

    class Decline(models.TextChoices):
        CAPACITY = "capacity", _("No capacity")
        FIT = "fit", _("Not what we do")
        PLACE = "place", _("Not where we work")
        TERMS = "terms", _("The terms do not suit us")
        TIME = "time", _("Too little time to answer")
        OTHER = "other", _("Another reason")

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="candidates")
    vendor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=11, choices=Stage, default=Stage.CONSIDERING)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_from = models.CharField(max_length=10, blank=True)
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_kind = models.CharField(_("why not"), max_length=8, choices=Decline, blank=True)
    decline_text = models.TextField(_("in your own words"), max_length=2000, blank=True)
    withdrawn_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(_("why"), max_length=500, blank=True)

    objects: ClassVar[CandidateQuerySet] = CandidateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "vendor"],
                name="candidate_once_on_a_shortlist",
                violation_error_message=_("That vendor is on the shortlist already."),
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="candidate_stage_known"),
            models.CheckConstraint(
                condition=~Q(stage="invited") | Q(invited_at__isnull=False),
                name="candidate_invited_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(stage="declined") | Q(declined_at__isnull=False) & ~Q(decline_kind=""),
                name="candidate_declined_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(stage="withdrawn") | Q(withdrawn_at__isnull=False), name="candidate_withdrawn_says_when"
            ),
        ]
        indexes = [models.Index(fields=["vendor", "-invited_at"], name="candidate_of_vendor")]

    def __str__(self) -> str:
        return f"{self.vendor} for {self.brief}"

    @property
    def is_in_the_running(self) -> bool:
        return self.stage in IN_THE_RUNNING


class AnswerDraft(models.Model):
    """What a vendor has typed and not submitted; nobody else ever reads it. `content` is the form's, by field."""

    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="draft", primary_key=True)
    content = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Draft of {self.candidate}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, acting: Membership) -> Self:
        """For a vendor its own, all of them; for a merchant those that are opened: a sealed one is not before."""
        rows = self.select_related("candidate__brief__merchant", "candidate__vendor")
        if acting.organisation.is_merchant:
            seen = Candidate.objects.visible_to(acting).values("pk")
            return rows.filter(candidate__in=seen).opened()
        seen = Candidate.objects.visible_to(acting).values("pk")
        return rows.filter(candidate__in=seen)

    def opened(self) -> Self:
        """Those that the merchant may read; every page of the merchant's begins here. While everybody is asked again
        under seal, what was read before goes dark for all alike: else whose is gone would tell who has answered."""
        sealed = Q(candidate__brief__is_sealed=True, candidate__brief__opened_at=None)
        return self.filter(~sealed, opened_at__isnull=False)

    def live(self) -> Self:
        """The one of each candidate that counts."""
        return self.filter(state=Answer.State.LIVE)


class Answer(Unguessable, Recorded):
    """One revision of what a vendor answered; a new one replaces it, and all are kept as they were submitted.

    `number` counts a candidate's from 1, one of them is live. `opened_at` is when the merchant could read it: at once
    where the brief is not sealed, else when the chair opened them after the deadline. One that came late stays sealed
    until it is accepted, and is refused unread (M11). What a merchant entered itself is recorded, or, on a private
    brief, `is_ours`. Prices are at the brief's expected orders, in `currency`; `rate` is what one of it is worth in
    the brief's currency, entered by the merchant. `basis` leaves room for a rate card priced on the merchant's orders.
    """

    class State(models.TextChoices):
        LIVE = "live", _("Submitted")
        REPLACED = "replaced", _("Replaced by a newer one")
        WITHDRAWN = "withdrawn", _("Taken back")
        LATE = "late", _("Late, not decided")
        REFUSED = "refused", _("Late, refused")

    class Basis(models.TextChoices):
        TOTALS = "totals", _("A price a month and an order")

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    brief_version = models.ForeignKey(BriefVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.LIVE)
    is_late = models.BooleanField(default=False)
    is_ours = models.BooleanField(default=False)
    submitted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    submitted_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(_("why"), max_length=500, blank=True)

    basis = models.CharField(max_length=6, choices=Basis, default=Basis.TOTALS)
    price_month = models.DecimalField(
        _("price a month"), max_digits=12, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    price_order = models.DecimalField(
        _("price an order"), max_digits=12, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3, default="GBP")
    rate = models.DecimalField(_("rate"), max_digits=14, decimal_places=6, null=True, blank=True)
    rate_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    rate_at = models.DateTimeField(null=True, blank=True)
    assumptions = models.TextField(_("what the price assumes"), max_length=5000, blank=True)
    message = models.TextField(_("anything else"), max_length=10_000, blank=True)

    objects: ClassVar[AnswerQuerySet] = AnswerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Recorded.Meta):
        ordering = ("candidate", "number")
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint(fields=["candidate", "number"], name="answer_number_unique"),
            models.UniqueConstraint(fields=["candidate"], condition=Q(state="live"), name="answer_one_is_live"),
            models.UniqueConstraint(fields=["candidate"], condition=Q(state="late"), name="answer_one_is_late"),
            models.CheckConstraint(
                condition=Q(state__in=["live", "replaced", "withdrawn", "late", "refused"]), name="answer_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["late", "refused"]) | Q(is_late=True, opened_at=None),
                name="answer_late_is_unread_until_accepted",
            ),
            models.CheckConstraint(
                condition=(Q(price_month=None) | Q(price_month__gte=0)) & (Q(price_order=None) | Q(price_order__gte=0)),
                name="answer_price_not_negative",
                violation_error_message=_("A price cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(rate=None) | Q(rate__gt=0),
                name="answer_rate_positive",
                violation_error_message=_("A rate is more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=False) | Q(recorded_by__isnull=False) | Q(is_ours=True),
                name="answer_somebody_submitted_it",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="answer_kept_for_good", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="answer_kept_as_submitted",
                fields=[
                    *("candidate", "number", "brief_version", "submitted_by", "submitted_at", "basis", "is_late"),
                    *("price_month", "price_order", "currency", "assumptions", "message", "is_ours"),
                ],
            ),
            pgtrigger.Trigger(
                name="answer_sealed_until_the_deadline",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.opened_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.opened_at IS NULL) AND EXISTS (
                        SELECT 1 FROM sourcing_candidate c JOIN sourcing_brief b ON b.id = c.brief_id
                        WHERE c.id = NEW.candidate_id AND b.is_sealed
                        AND (b.deadline_at IS NULL OR NEW.opened_at < b.deadline_at)
                    ) THEN RAISE EXCEPTION 'answer % is sealed until the deadline', NEW.id USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} {self.number}"

    @property
    def order_shown(self) -> Decimal | None:
        """The price an order with as many places as it needs, two at least."""
        if self.price_order is None:
            return None
        short = self.price_order.quantize(Decimal("0.01"))
        return short if short == self.price_order else self.price_order.normalize()

    @property
    def is_recorded(self) -> bool:
        """Entered by the merchant, and marked so."""
        return self.is_ours or self.recorded_by_id is not None


class PartQuerySet(models.QuerySet[Any]):
    """Rows that hang on an answer by `answer`."""

    def visible_to(self, acting: Membership) -> Self:
        """Those of answers that one may read."""
        return self.filter(answer__in=Answer.objects.visible_to(acting).values("pk"))


class GateAnswer(models.Model):
    """What an answer says of a must-have: yes, no, or nothing; and how that is shown."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="gates")
    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="answers")
    says_yes = models.BooleanField(null=True)
    text = models.TextField(_("how you show it"), max_length=2000, blank=True)

    objects: ClassVar[PartQuerySet] = PartQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "gate"], name="gate_answer_unique")]
        triggers = [
            pgtrigger.Protect(name="gate_answer_kept_as_submitted", operation=pgtrigger.Delete | pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"{self.gate}: {self.says_yes}"


class QuestionAnswer(models.Model):
    """What an answer says to a question."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="questions")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(_("answer"), max_length=10_000)

    objects: ClassVar[PartQuerySet] = PartQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "question"], name="question_answer_unique")]
        triggers = [pgtrigger.Protect(name="question_answer_kept", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.question}: {self.text[:40]}"


class AnswerFileQuerySet(models.QuerySet["AnswerFile"]):
    def visible_to(self, acting: Membership) -> Self:
        """A vendor's own; for a merchant those of answers that it may read."""
        rows = self.select_related("file", "candidate__brief__merchant")
        seen = Candidate.objects.visible_to(acting).values("pk")
        if acting.organisation.is_merchant:
            used = AnswerFileUse.objects.filter(file=OuterRef("pk"), answer__in=Answer.objects.visible_to(acting))
            return rows.filter(Exists(used), candidate__in=seen)
        return rows.filter(candidate__in=seen)


class AnswerFile(Unguessable):
    """A file that a vendor hands in with its answer. It is kept once, drafted first, and used by each revision that
    says so (AnswerFileUse)."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="files")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("what it is"), max_length=120, blank=True)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AnswerFileQuerySet] = AnswerFileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("added_at", "pk")

    def __str__(self) -> str:
        return self.title or self.file.name


class AnswerFileUse(models.Model):
    """That a revision was submitted with a file."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(AnswerFile, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "file"], name="answer_file_use_unique")]

    def __str__(self) -> str:
        return f"{self.answer}: {self.file}"


class GateRulingQuerySet(models.QuerySet["GateRuling"]):
    def visible_to(self, acting: Membership) -> Self:
        """The merchant's own; never a vendor's."""
        if not acting.organisation.is_merchant:
            return self.none()
        return self.filter(candidate__in=Candidate.objects.visible_to(acting).values("pk"))

    def current(self) -> Self:
        return self.filter(replaced_at=None)


class GateRuling(Unguessable):
    """The merchant's own word on a must-have of one candidate (M13); without one the vendor's answer stands, as its
    own word. A later ruling replaces it, and all are kept."""

    class Result(models.TextChoices):
        PASS = "pass", _("Pass")
        FAIL = "fail", _("Fail")
        UNKNOWN = "unknown", _("Not known")
        WAIVED = "waived", _("Waived")

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="rulings")
    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="rulings")
    result = models.CharField(_("result"), max_length=7, choices=Result)
    reason = models.CharField(_("why"), max_length=1000, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[GateRulingQuerySet] = GateRulingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "gate"], condition=Q(replaced_at=None), name="gate_ruling_one_holds"
            ),
            models.CheckConstraint(
                condition=Q(result__in=["pass", "fail", "unknown", "waived"]), name="gate_ruling_result_known"
            ),
            models.CheckConstraint(
                condition=~Q(result="waived") | ~Q(reason=""),
                name="gate_ruling_waived_says_why",
                violation_error_message=_("Say why this must-have is waived."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate}: {self.get_result_display()}"


class ClarificationQuerySet(models.QuerySet["Clarification"]):
    def visible_to(self, acting: Membership) -> Self:
        """For a merchant those of briefs that one sees; for a vendor its own. What all invited vendors read is
        `published` of a brief, without who asked."""
        rows = self.select_related("candidate__brief__merchant", "candidate__vendor")
        return rows.filter(candidate__in=Candidate.objects.visible_to(acting).values("pk"))

    def published(self) -> Self:
        return self.filter(answered_at__isnull=False)


class Clarification(Unguessable):
    """A vendor's question about a brief, and the answer that all invited vendors read without the asker's name (M12).

    `shown_text` is the question as they read it, in the merchant's wording where the asker's would name it.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="clarifications")
    text = models.TextField(_("your question"), max_length=2000)
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    shown_text = models.TextField(_("the question as all read it"), max_length=2000, blank=True)
    answer = models.TextField(_("answer"), max_length=5000, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    changes_brief = models.BooleanField(_("this changes the brief"), default=False)

    objects: ClassVar[ClarificationQuerySet] = ClarificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="clarification_not_empty"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="") & ~Q(shown_text=""),
                name="clarification_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=F("asked_at")), name="clarification_asked_first"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
