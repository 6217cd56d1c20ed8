"""What this room holds: what was agreed and done stays with whoever is left of the two; drafts, aims and plans are the
merchant's alone."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones.models import (
    CheckIn,
    Contract,
    ContractImport,
    ContractThread,
    Criterion,
    DateChange,
    Dependency,
    Document,
    Feed,
    HistoryLine,
    Hold,
    Measure,
    Milestone,
    Offer,
    Override,
    Plan,
    PlanStep,
    Point,
    Proof,
    Reading,
    State,
    Submission,
    Suspension,
    Wish,
)
from outsourcing.shared.holdings import MEMBERSHIP, About, Sides, Told, holds


def of_contract(path: str) -> Sides:
    """Both sides of the contract to which `path` leads; a draft is the merchant's alone."""
    return {
        "merchant": f"{path}__merchant",
        "vendor": f"{path}__vendor",
        "alone": Q(**{f"{path}__state": State.DRAFT}),
    }


holds(
    Contract,
    merchant="merchant",
    vendor="vendor",
    alone=Q(state=State.DRAFT),
    hidden=["version", "looked_on", "next_look_at", "clean_looks", "health_rank"],
    not_for_vendor=["reference", "health", "health_since", "health_reasons", "waiting_reasons", "last_vendor_act_at",
                    "created_by", "created_at"],
    emptied={"merchant": {"reference": "", "health_reasons": [], "waiting_reasons": []}},
)  # fmt: skip
for part in (Offer, Suspension, Wish, Document, Measure):
    holds(part, through="contract", **of_contract("contract"))
holds(ContractThread, through="contract", unhook=["milestone"], **of_contract("contract"))
holds(
    HistoryLine,
    merchant="contract__merchant",
    vendor="contract__vendor",
    alone=Q(is_ours=True) | Q(contract__state=State.DRAFT),
    hidden=["is_ours"],
    told=[Told("details")],
)
holds(Milestone, hidden=["version", "merchant"], **of_contract("contract"))
holds(Dependency, through="milestone", **of_contract("milestone__contract"))
holds(Criterion, through="milestone", label=["text"], **of_contract("milestone__contract"))
holds(Submission, **of_contract("milestone__contract"))
holds(Point, through="submission", **of_contract("submission__milestone__contract"))
holds(Proof, **of_contract("submission__milestone__contract"))
holds(DateChange, **of_contract("milestone__contract"))
holds(Hold, through="milestone", **of_contract("milestone__contract"))
holds(
    CheckIn,
    merchant="contract__merchant",
    vendor="contract__vendor",
    alone=Q(signed_at=None) | Q(contract__state=State.DRAFT),
)
holds(Reading, through="check_in", merchant="check_in__contract__merchant", vendor="check_in__contract__vendor")

# ---- The merchant's alone ------------------------------------------------------------------------------------------
holds(Override, merchant="contract__merchant", through="contract")
holds(Plan, merchant="merchant")
holds(PlanStep, merchant="plan__merchant", through="plan")
holds(ContractImport, merchant="merchant")
holds(
    Feed,
    merchant="membership__organisation",
    vendor="membership__organisation",
    left_out=_("A link that reads for whoever has it."),
    people=[About(MEMBERSHIP, "membership")],
)
