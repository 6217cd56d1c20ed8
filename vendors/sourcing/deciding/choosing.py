"""Deciding on a brief: the choice is frozen with all it rested on, and an award drafts the contract."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.check_ins import planning
from milestones.contracts import drafting
from milestones.models import Contract
from outsourcing.accounts.models import Membership, Role
from outsourcing.conversations.models.entries import digest
from vendors.sourcing.certainty import Certainty, certainty
from vendors.sourcing.deciding.errors import CannotBeAwarded, NobodyRuns, ReasonMissing
from vendors.sourcing.deciding.freezing import Record, fingerprint, page_of, record_of
from vendors.sourcing.errors import Overtaken
from vendors.sourcing.holding import advance, hold, see_that_it_is, see_that_they_chair
from vendors.sourcing.log import note
from vendors.sourcing.models import (
    IN_THE_RUNNING,
    Brief,
    BriefState,
    BriefVersion,
    Candidate,
    Decision,
    Promise,
    Stage,
)
from vendors.sourcing.roles import RUN
from vendors.sourcing.scores.errors import StillHidden
from vendors.sourcing.scoring import Standing
from vendors.sourcing.sheet import Price, Sheet, sheet_of

AWARDED, NONE_SUITABLE = Decision.Result.AWARDED, Decision.Result.NONE_SUITABLE


@dataclass(frozen=True)
class Promised:
    """Something that was said and that the contract measures: at least, or at most, so much of a unit."""

    name: str
    target: Decimal | None = None
    unit: str = ""
    is_at_least: bool = True
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was decided, in words. `chosen` None says that none was suitable; `runs` is who runs the contract."""

    chosen: Candidate | None
    reserve: Candidate | None = None
    reason: str
    not_first_reason: str = ""
    close_call_reason: str = ""
    tie_reason: str = ""
    dissent: str = ""
    correction: str = ""
    review_on: date | None = None
    promises: Sequence[Promised] = ()
    runs: Membership | None = None


@dataclass(frozen=True)
class Asked:
    """Which reasons a choice needs."""

    not_first: bool
    tie: bool
    close_call: bool


def asked_of(standing: Standing | None, sure: Certainty) -> Asked:
    """A vendor that is not first, one of several that are level, and a close call each ask why (M18, B6)."""
    if standing is None:
        return Asked(not_first=False, tie=False, close_call=False)
    return Asked(
        not_first=standing.rank != 1,
        tie=standing.tied and standing.rank is not None,
        close_call=sure.close,
    )


def see_that_it_can_be_awarded(standing: Standing, candidate: Candidate) -> None:
    """Raises CannotBeAwarded with the reason (M13)."""
    name = {"vendor": candidate.vendor}
    if candidate.stage not in IN_THE_RUNNING:
        raise CannotBeAwarded(_("%(vendor)s is no longer on the shortlist.") % name)
    contender = standing.contender
    if contender.failed:
        says = ngettext("%(vendor)s fails a must-have.", "%(vendor)s fails %(n)s must-haves.", contender.failed)
        raise CannotBeAwarded(says % (name | {"n": contender.failed}))
    if contender.unsure:
        says = ngettext(
            "Whether %(vendor)s meets a must-have is not known yet: rule on it first.",
            "Whether %(vendor)s meets %(n)s must-haves is not known yet: rule on them first.",
            contender.unsure,
        )
        raise CannotBeAwarded(says % (name | {"n": contender.unsure}))


#: A brief is decided under these, once sealed answers are open.
DECIDABLE = (BriefState.CLOSED, BriefState.EVALUATING)


def can_be_decided(brief: Brief, at: datetime) -> bool:
    """Whether a brief is so far: its answers closed and, where they were sealed, opened. Who decides, and whether they
    may see the scores, is asked besides."""
    return brief.state_at(at) in DECIDABLE and not brief.is_dark


def see_that_it_can_be_decided(brief: Brief, by: Membership, at: datetime) -> None:
    """Raises NotTheChair, NotInThisState, StillHidden."""
    see_that_they_chair(brief, by)
    see_that_it_is(brief, at, *DECIDABLE)
    if not can_be_decided(brief, at):
        raise StillHidden(_("The answers are sealed: open them first."))


@transaction.atomic
def decide(brief: Brief, choice: Choice, *, read: str, by: Membership, at: datetime) -> Decision:
    """Decide, freeze what it rests on, and draft the contract of an award. `read` is the fingerprint of the record
    that the page showed.

    Raises NotTheChair, NotInThisState, StillHidden, CannotBeAwarded, ReasonMissing, Overtaken.
    """
    brief = hold(brief)
    see_that_it_can_be_decided(brief, by, at)
    sheet = sheet_of(brief, by)
    if sheet.hidden:
        raise StillHidden(_("Submit your own scores first: the others' are hidden from you until then."))
    record = record_of(sheet)
    if fingerprint(record) != read:
        raise Overtaken(_("Something of what you have read has changed meanwhile: read it again, then decide."))
    see_that_reasons_are_there(sheet, choice)
    made = freeze(brief, choice, record, by=by, at=at)
    move_all(sheet, choice.chosen)
    advance(brief, BriefState.DECIDED, decided_at=at)
    kind = "awarded" if choice.chosen else "none-suitable"
    note(brief, kind, by=by, at=at, candidate=choice.chosen, number=made.number)
    if choice.chosen is not None:
        draft_contract(made, sheet.prices.get(choice.chosen.pk, Price()), runs=choice.runs, by=by, at=at)
    return made


def see_that_reasons_are_there(sheet: Sheet, choice: Choice) -> None:
    """Raises CannotBeAwarded, ReasonMissing."""
    if choice.chosen is None:
        return
    there = {each.contender.key: each for each in sheet.ranking.standings}
    standing = there.get(choice.chosen.pk)
    if standing is None or (choice.reserve is not None and choice.reserve.pk not in there):
        raise CannotBeAwarded(_("That vendor is not on this shortlist."))
    now = next(one for one in sheet.candidates if one.pk == choice.chosen.pk)
    see_that_it_can_be_awarded(standing, now)
    asked = asked_of(standing, certainty(sheet.ranking))
    if asked.not_first and not choice.not_first_reason.strip():
        raise ReasonMissing(_("%(vendor)s is not ranked first: say why it is chosen.") % {"vendor": now.vendor})
    if asked.tie and not choice.tie_reason.strip():
        raise ReasonMissing(_("Several vendors are level: say why this one."))
    if asked.close_call and not choice.close_call_reason.strip():
        raise ReasonMissing(_("It is a close call: say why you decide all the same."))


def freeze(brief: Brief, choice: Choice, record: Record, *, by: Membership, at: datetime) -> Decision:
    """Write the decision down, with what the vendor promised; the next number of its brief."""
    last = brief.decisions.aggregate(last=Max("number"))["last"] or 0
    words = {
        "vendor": choice.chosen.vendor.name if choice.chosen else "",
        "reserve": choice.reserve.vendor.name if choice.reserve else "",
        "number": last + 1,
        "promises": [asdict(one) for one in choice.promises],
        **{name: getattr(choice, name) for name in WRITTEN},
    }
    page = page_of(record, words, by=by.label, at=at.astimezone(brief.zone))
    made = Decision.objects.create(
        brief=brief, number=last + 1, brief_version=BriefVersion.objects.filter(brief=brief).order_by("number").last(),
        result=AWARDED if choice.chosen else NONE_SUITABLE, chosen=choice.chosen, reserve=choice.reserve,
        record=record, page=page, digest=digest(page), by=by, at=at,
        **{name: getattr(choice, name) for name in WRITTEN},
    )  # fmt: skip
    Promise.objects.bulk_create(
        Promise(decision=made, position=place, **asdict(one)) for place, one in enumerate(choice.promises)
    )
    return made


#: What of a choice is kept as it was written.
WRITTEN = ("reason", "not_first_reason", "close_call_reason", "tie_reason", "dissent", "correction", "review_on")


def move_all(sheet: Sheet, chosen: Candidate | None) -> None:
    """Who was chosen, and who was not; who had left stays so."""
    rows = Candidate.objects.filter(brief=sheet.brief, stage__in=IN_THE_RUNNING)
    keys = [chosen.pk] if chosen else []
    rows.exclude(pk__in=keys).update(stage=Stage.NOT_CHOSEN, version=F("version") + 1)
    rows.filter(pk__in=keys).update(stage=Stage.CHOSEN, version=F("version") + 1)


# ---- The contract --------------------------------------------------------------------------------------------------
def draft_contract(
    decision: Decision, price: Price, *, runs: Membership | None, by: Membership, at: datetime
) -> Contract | None:
    """Draft the contract with the vendor that was chosen, with what it promised as the first measures.

    For a buyer too: somebody who runs contracts owns it. None where an earlier version has drafted one with this
    vendor, or nobody is there to run one.
    """
    brief, chosen = decision.brief, decision.chosen
    if chosen is None or drafted_before(decision):
        return None
    owner = runs or who_runs(by)
    if owner is None:
        return None
    contract = drafting.draft(chosen.vendor, contract_fields(brief, price, owner, at), by=by, at=at)
    for one in decision.promises.all():
        if one.target is not None:
            planning.promise(
                contract, one.name, as_measured(one.target, is_at_least=one.is_at_least), unit=one.unit,
                is_at_least=one.is_at_least, by=by, at=at,
            )  # fmt: skip
    Decision.objects.filter(pk=decision.pk, contract=None).update(contract=contract)
    decision.contract = contract
    return contract


@transaction.atomic
def draft_later(decision: Decision, *, by: Membership, at: datetime) -> Contract:
    """The contract of an award for which nobody was there to run one, drafted now; the one there is where there is one.

    Raises NotTheChair, Overtaken, NobodyRuns.
    """
    brief = hold(decision.brief_id)
    see_that_they_chair(brief, by)
    decision = Decision.objects.select_related("brief__merchant", "chosen__vendor").get(pk=decision.pk)
    if decision.chosen is None or brief.state != BriefState.DECIDED:
        raise Overtaken(_("Nobody was chosen, or the decision is open again."))
    price = sheet_of(brief, by).prices.get(decision.chosen.pk, Price())
    made = contract_of(decision) or draft_contract(decision, price, runs=None, by=by, at=at)
    if made is None:
        raise NobodyRuns(_("Nobody of yours runs contracts: ask an owner to give somebody that role."))
    return made


def drafted_before(decision: Decision) -> bool:
    """Whether an earlier version of the decision, for the same vendor, has its contract."""
    return Decision.objects.filter(brief=decision.brief_id, chosen=decision.chosen, contract__isnull=False).exists()


def contract_of(decision: Decision) -> Contract | None:
    """The contract that this decision, or an earlier version of it for the same vendor, has drafted. One query."""
    rows = Decision.objects.filter(brief=decision.brief_id, chosen=decision.chosen, contract__isnull=False)
    found = rows.select_related("contract").order_by("-number").first() if decision.chosen_id else None
    return found.contract if found else None


def who_runs(by: Membership) -> Membership | None:
    """Who of a merchant's runs a contract where nobody is named: whoever decides, where they may, else the first who
    does so for a living. One query."""
    if by.has_role(*RUN):
        return by
    there = list(Membership.objects.joined().filter(organisation=by.organisation_id, roles__overlap=list(RUN)))
    return min(there, key=lambda one: (not one.has_role(Role.OPERATIONS), one.pk), default=None)


def contract_fields(brief: Brief, price: Price, owner: Membership, at: datetime) -> dict[str, Any]:
    """What the draft says: the brief's words and dates, and the price in the currency in which it was asked."""
    today = at.astimezone(brief.zone).date()
    month = price.month if price.month_there is None else price.month_there
    order = price.order if price.order_there is None else price.order_there
    fields: dict[str, Any] = {
        "title": brief.title, "scope": brief.scope, "starts_on": brief.starts_on or today, "owner": owner,
        "time_zone": brief.time_zone, "currency": price.currency or brief.currency,
    }  # fmt: skip
    if month is not None:
        return fields | {"pricing": Contract.Pricing.MONTHLY, "value": cents(month)}
    if order is not None:
        return fields | {"pricing": Contract.Pricing.RATE, "value": cents(order), "rate_unit": _("order")}
    return fields


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def as_measured(target: Decimal, *, is_at_least: bool) -> Decimal:
    """A promise with the three places of a measure, never less than was promised: "at most" rounds down."""
    return target.quantize(Decimal("0.001"), ROUND_CEILING if is_at_least else ROUND_FLOOR)


def asked_exactly(decision: Decision, contract: Contract | None) -> Decimal | None:
    """The price an order as the chosen vendor asked it, where its draft, which holds cents, says another; else None."""
    own = next((one for one in decision.record["vendors"] if one["key"] == decision.chosen_id), None)
    if own is None or contract is None or contract.pricing != Contract.Pricing.RATE:
        return None
    said = own.get("price_order_there") or own["price_order"]
    price = None if said is None else Decimal(said)
    return price if price is not None and price != contract.value and cents(price) == contract.value else None


# ---- Afterwards ----------------------------------------------------------------------------------------------------
@transaction.atomic
def correct(decision: Decision, choice: Choice, *, by: Membership, at: datetime) -> Decision:
    """Correct what was written about a decision, as its next version; the choice itself and what it rested on stay.

    Raises NotTheChair, NotInThisState, Overtaken, ReasonMissing.
    """
    brief = hold(decision.brief_id)
    see_that_they_chair(brief, by)
    see_that_it_is(brief, at, BriefState.DECIDED)
    latest = brief.decisions.order_by("number").last()
    if latest is None or latest.pk != decision.pk:
        raise Overtaken(_("There is a later version: correct that one."))
    if not choice.correction.strip():
        raise ReasonMissing(_("Say what is corrected, and why."))
    made = freeze(brief, choice, decision.record, by=by, at=at)
    note(brief, "decision-corrected", by=by, at=at, number=made.number, reason=choice.correction)
    return made


@transaction.atomic
def reopen(brief: Brief, reason: str, *, by: Membership | None, at: datetime) -> None:
    """Open a decided brief again: its vendors are compared again, and the next decision is the next version.

    Raises NotTheChair, NotInThisState.
    """
    brief = hold(brief)
    if by is not None:
        see_that_they_chair(brief, by)
    open_again(brief, reason, by=by, at=at)


def open_again(brief: Brief, reason: str, *, by: Membership | None, at: datetime) -> None:
    """The same for a brief that is held. Raises NotInThisState."""
    see_that_it_is(brief, at, BriefState.DECIDED)
    advance(brief, BriefState.EVALUATING, decided_at=None)
    decided = Candidate.objects.filter(brief=brief, stage__in=[Stage.CHOSEN, Stage.NOT_CHOSEN])
    decided.update(stage=Stage.SHORTLISTED, version=F("version") + 1)
    note(brief, "decision-reopened", by=by, at=at, reason=reason)


def after_withdrawal(candidate: Candidate, by: Membership, at: datetime) -> None:
    """A vendor left a shortlist (M21): if it had been chosen, the decision is open again and the next best offered."""
    brief = hold(candidate.brief_id)
    latest = brief.decisions.order_by("number").last()
    if brief.state == BriefState.DECIDED and latest is not None and latest.chosen_id == candidate.pk:
        open_again(brief, _("%(vendor)s withdrew.") % {"vendor": candidate.vendor}, by=by, at=at)
