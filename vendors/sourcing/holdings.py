"""What this room holds: a merchant's choosing is its own; what it asked vendors, what they answered and what they were
told stays with whoever is left."""

from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.shared.holdings import ALL, Keys, Sides, Told, holds
from vendors.sourcing.deciding import erasing
from vendors.sourcing.models import (
    Answer,
    AnswerDraft,
    AnswerFile,
    AnswerFileUse,
    Assignment,
    Brief,
    BriefFile,
    BriefVersion,
    Candidate,
    Clarification,
    Consensus,
    Criterion,
    CriterionStep,
    Decision,
    Evaluator,
    Gate,
    GateAnswer,
    GateRuling,
    LogLine,
    Measurement,
    NotApplicable,
    Promise,
    Question,
    QuestionAnswer,
    Reopening,
    Score,
    ScoreEvidence,
)
from vendors.sourcing.models import Told as ToldVendor

GONE_WITH_IT = _("Deleted when the organisation closed.")


def asked(path: str) -> Callable[[Keys], Q]:
    """Of briefs to which these vendors were invited."""

    def of(vendors: Keys) -> Q:
        invited = Candidate.objects.filter(vendor__in=vendors, invited_at__isnull=False)
        return Q(**{f"{path}__in": invited.values("brief")})

    return of


def told(vendors: Keys) -> Q:
    """Of which these vendors were told."""
    return Q(id__in=ToldVendor.objects.filter(candidate__vendor__in=vendors).values("decision"))


def of_candidate(path: str) -> Sides:
    """The merchant of the brief, and the vendor; of one that was never invited all is the merchant's alone."""
    return {
        "merchant": f"{path}__brief__merchant",
        "vendor": f"{path}__vendor",
        "alone": Q(**{f"{path}__invited_at": None}),
    }


# ---- What vendors are asked ----------------------------------------------------------------------------------------
holds(
    Brief,
    merchant="merchant",
    vendor=asked("id"),
    not_for_vendor=ALL,
    hidden=["version"],
    unhook=["cloned_from"],
    emptied={"merchant": {"budget": None, "volumes": {}, "decide_by": None}},
)
for part in (Gate, Question, BriefFile):
    holds(part, merchant="brief__merchant", vendor=asked("brief"), not_for_vendor=ALL)
holds(BriefVersion, merchant="brief__merchant", vendor=asked("brief"), label=["number"], not_for_vendor=["by", "note"])
holds(
    Candidate,
    merchant="brief__merchant",
    vendor="vendor",
    alone=Q(invited_at=None),
    hidden=["version"],
    not_for_vendor=["stage", "added_by", "added_at", "added_from"],
    emptied={"merchant": {"added_from": ""}},
)
holds(AnswerDraft, vendor="candidate__vendor", through="candidate", hidden=["version"])
holds(
    Answer,
    not_for_vendor=["opened_at", "decided_by", "decided_at", "decision_reason", "rate", "rate_by", "rate_at"],
    **of_candidate("candidate"),
)
for said in (GateAnswer, QuestionAnswer):
    holds(said, **of_candidate("answer__candidate"))
holds(AnswerFile, **of_candidate("candidate"))
holds(AnswerFileUse, through="answer", **of_candidate("answer__candidate"))
holds(Clarification, **of_candidate("candidate"))
holds(
    Decision,
    merchant="brief__merchant",
    vendor=told,
    not_for_vendor=ALL,
    told=[Told("record", "page", then=erasing.sign_again)],
    emptied={
        "merchant": {
            **dict.fromkeys(
                ["not_first_reason", "close_call_reason", "tie_reason", "dissent", "correction", "page"], ""
            ),
            "reason": GONE_WITH_IT,
            "record": {},
        }
    },
)
holds(ToldVendor, **of_candidate("candidate"))

# ---- The merchant's alone ------------------------------------------------------------------------------------------
holds(Promise, merchant="decision__brief__merchant", through="decision")
holds(Criterion, merchant="brief__merchant")
holds(CriterionStep, merchant="criterion__brief__merchant", through="criterion")
holds(Evaluator, merchant="brief__merchant")
holds(Assignment, merchant="evaluator__brief__merchant", through="evaluator")
holds(LogLine, merchant="brief__merchant", told=[Told("details")])
holds(GateRuling, merchant="candidate__brief__merchant")
holds(Score, merchant="evaluator__brief__merchant")
holds(ScoreEvidence, merchant="score__evaluator__brief__merchant", through="score")
for found in (NotApplicable, Consensus, Measurement):
    holds(found, merchant="candidate__brief__merchant")
holds(Reopening, merchant="evaluator__brief__merchant", through="evaluator")
