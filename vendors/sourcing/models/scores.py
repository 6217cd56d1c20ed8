"""How candidates are judged: each evaluator's scores, what is measured, and what was agreed."""

from decimal import Decimal
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership
from outsourcing.shared.keys import Unguessable
from vendors.directory.models import Certificate, Partner, Reference, Testimonial, WorkSample
from vendors.sourcing.models.briefs import OVER, Assignment, Brief, Criterion, Evaluator
from vendors.sourcing.models.candidates import Candidate
from vendors.sourcing.roles import SCORERS


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's own; others' submitted ones after one has submitted one's own (DESIGN 3), and for whoever does not
        score the brief, or only reads, once nobody is left to submit, or it is over. Vendors see none."""
        if not acting.organisation.is_merchant:
            return self.none()
        rows = self.filter(evaluator__brief__in=Brief.objects.visible_to(acting).values("pk"))
        here = Evaluator.objects.filter(brief=OuterRef("evaluator__brief"))
        finished = Q(~Exists(here.outstanding()))
        if acting.has_role(*SCORERS):
            finished |= Q(Exists(here.counted().filter(member=acting, submitted_at__isnull=False)))
        owes = Exists(here.outstanding().filter(member=acting))
        finished |= Q(~owes, evaluator__brief__state__in=OVER)
        others = Q(evaluator__submitted_at__isnull=False) & finished
        return rows.filter(Q(evaluator__member=acting) | others)

    def counted(self) -> Self:
        """What means are made of: submitted, by evaluators who are neither taken out nor recused, of criteria that
        they were asked to score (M15, M16)."""
        assigned = Assignment.objects.filter(evaluator=OuterRef("evaluator"), criterion=OuterRef("criterion"))
        return self.filter(
            Exists(assigned),
            value__isnull=False,
            evaluator__submitted_at__isnull=False,
            evaluator__removed_at=None,
            evaluator__recused_at=None,
        )


#: In the database: a submitted evaluator's scores are locked until they are opened again.
LOCKED = """
    IF EXISTS (
        SELECT 1 FROM sourcing_evaluator e
        WHERE e.id = (CASE WHEN TG_OP = 'DELETE' THEN OLD.evaluator_id ELSE NEW.evaluator_id END)
        AND e.submitted_at IS NOT NULL
    ) THEN RAISE EXCEPTION 'these scores are submitted' USING ERRCODE = '23514';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Score(Unguessable):
    """One evaluator's 0-5 for one candidate on one criterion, with a reason and evidence. Blank (`value` None) is not
    0: it may be there for its reason alone."""

    evaluator = models.ForeignKey(Evaluator, on_delete=models.PROTECT, related_name="scores")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    value = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    reason = models.TextField(_("why"), max_length=2000, blank=True)
    scored_at = models.DateTimeField()

    objects: ClassVar[ScoreQuerySet] = ScoreQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluator", "candidate", "criterion"], name="score_unique"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__lte=5),
                name="score_from_0_to_5",
                violation_error_message=_("A score is 0, 1, 2, 3, 4 or 5."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="score_locked_once_submitted",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=LOCKED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.value}"


class ScoreEvidence(models.Model):
    """A piece of evidence that a score rests on."""

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="evidence")
    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    testimonial = models.ForeignKey(Testimonial, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    sample = models.ForeignKey(WorkSample, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(reference__isnull=False, testimonial=None, sample=None, partner=None, certificate=None)
                    | Q(reference=None, testimonial__isnull=False, sample=None, partner=None, certificate=None)
                    | Q(reference=None, testimonial=None, sample__isnull=False, partner=None, certificate=None)
                    | Q(reference=None, testimonial=None, sample=None, partner__isnull=False, certificate=None)
                    | Q(reference=None, testimonial=None, sample=None, partner=None, certificate__isnull=False)
                ),
                name="score_evidence_is_one_piece",
            ),
        ]

    def __str__(self) -> str:
        return str(self.reference or self.testimonial or self.sample or self.partner or self.certificate)


class OfCellQuerySet(models.QuerySet[Any]):
    """Rows of one candidate and one criterion."""

    def visible_to(self, acting: Membership) -> Self:
        """Those of candidates that a merchant sees; never a vendor's."""
        if not acting.organisation.is_merchant:
            return self.none()
        return self.filter(candidate__in=Candidate.objects.visible_to(acting).values("pk"))

    def current(self) -> Self:
        return self.filter(replaced_at=None)


class NotApplicable(models.Model):
    """That a criterion does not fit a candidate, by the chair's word and with a reason (M15). Of all candidates: the
    criterion is dropped."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="not_applicable")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="not_applicable")
    reason = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OfCellQuerySet] = OfCellQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "criterion"], condition=Q(replaced_at=None), name="not_applicable_one_holds"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="not_applicable_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} for {self.candidate}"


class Consensus(Unguessable):
    """What the chair wrote in place of a cell's mean, and why; the scores and the difference stay visible (M17). A
    later one replaces it, and all are kept."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="consensus")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="consensus")
    value = models.DecimalField(
        _("agreed score"), max_digits=3, decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(5))],
    )  # fmt: skip
    mean = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)
    reason = models.TextField(_("why"), max_length=2000)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OfCellQuerySet] = OfCellQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "criterion"], condition=Q(replaced_at=None), name="consensus_one_holds"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, value__lte=5),
                name="consensus_from_0_to_5",
                violation_error_message=_("A score is from 0 to 5."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="consensus_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"


class Measurement(models.Model):
    """What the log says of one candidate on a measured criterion, and the points that its steps give for it.

    `figure` is in the criterion's own unit (working hours, percent, references), None where there is nothing to
    measure; `of` is how many things it was read from; `points` 0 to 5, None where nothing is measured. It follows the
    log until the brief is decided.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="measurements")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="measurements")
    figure = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    of = models.PositiveIntegerField(default=0)
    points = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    measured_at = models.DateTimeField()

    objects: ClassVar[OfCellQuerySet] = OfCellQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "criterion"], name="measurement_unique"),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__gte=0, points__lte=5), name="measurement_from_0_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.figure}"


class Reopening(models.Model):
    """That an evaluator's submitted scores were opened again, by whom and why; kept for good (M16). `submitted_at` is
    when they had been submitted."""

    evaluator = models.ForeignKey(Evaluator, on_delete=models.PROTECT, related_name="reopenings")
    submitted_at = models.DateTimeField()
    reason = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="reopening_says_why")]
        triggers = [pgtrigger.Protect(name="reopening_kept_for_good", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.evaluator}, {self.at:%Y-%m-%d}"
