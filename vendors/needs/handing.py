"""From a need to a brief, and back from the decision: what was promised, what came, and what it has saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones.models import Reading
from outsourcing.accounts.models import Membership, Organisation
from vendors.needs import keeping, words
from vendors.needs.models import Month, Need, NeedBrief, NeedMonth
from vendors.needs.reading import Job
from vendors.needs.verdict import Came, Saved, rounded, saved
from vendors.needs.words import amount, number
from vendors.sourcing.briefs import writing
from vendors.sourcing.briefs.builtin import templates
from vendors.sourcing.models import Brief, BriefState, Decision
from vendors.sourcing.models.briefs import Task as Template

#: Which template a job of the catalogue begins with; a clone of one begins with the same.
TEMPLATES = {
    "picking-packing": Template.FULFILMENT,
    "bookkeeping": Template.BOOKKEEPING,
    "website": Template.WEBSITE,
    "social-media": Template.SOCIAL,
    "marketing-materials": Template.MARKETING,
    "newsletters": Template.NEWSLETTERS,
    "customer-support": Template.SUPPORT,
    "data-entry": Template.ADMIN,
    "technical-support": Template.TECHNICAL,
    "ordering-stock": Template.ORDERING,
    "paying": Template.PAYING,
}
#: Volumes of so many months at most stand in a brief.
YEAR = 12
#: A second click within this time is the first one's.
TWICE = timedelta(minutes=1)


def template_of(job: Job) -> Template:
    """The task of a brief for this job."""
    origin = job.task
    while origin.copied_from is not None:
        origin = origin.copied_from
    return TEMPLATES.get(origin.slug, Template.OTHER)


# ---- To a brief ----------------------------------------------------------------------------------------------------
@transaction.atomic
def begin_brief(job: Job, *, by: Membership, at: datetime) -> Brief:
    """A draft with the job's scope and the shop's volumes, from its template; what the job takes now is kept beside.

    A form that is sent twice begins one: the draft of the same person, begun a moment ago, is given again.
    """
    need = Need.objects.select_for_update().get(pk=keeping.need_of(job.task, by.organisation, at=at).pk)
    drafts = NeedBrief.objects.filter(need=need, begun_by=by, begun_at__gt=at - TWICE, brief__state=BriefState.DRAFT)
    if (latest := drafts.select_related("brief").order_by("-begun_at").first()) is not None:
        return latest.brief
    task = template_of(job)
    fields = prefilled(job, by.organisation, orders=templates()[task].has_orders)
    brief = writing.start(task, fields, by=by, at=at)
    facts, judged = job.facts, job.judged
    NeedBrief.objects.create(
        need=need,
        brief=brief,
        cost=None if judged.in_house is None else rounded(judged.in_house, 2),
        hours=None if facts.hours is None else rounded(facts.hours, 2),
        hour_value=None if facts.hour_value is None else rounded(facts.hour_value, 2),
        saving_low=None if judged.saving is None else rounded(judged.saving.low, 2),
        saving_high=None if judged.saving is None else rounded(judged.saving.high, 2),
        begun_by=by,
        begun_at=at,
    )
    return brief


def prefilled(job: Job, merchant: Organisation, *, orders: bool) -> dict[str, Any]:
    """Title, scope and volumes of a brief; nothing that says what the shop is bad at or what an hour is worth to it."""
    scope = [job.task.description, *_volume(job)]
    if job.task.asks:
        scope.append(_("We would like to see: %(asks)s") % {"asks": job.task.asks})
    fields: dict[str, Any] = {"title": job.task.name[:160], "scope": "\n\n".join(filter(None, scope))}
    if orders:
        fields |= _orders(merchant)
    return fields


def _volume(job: Job) -> list[str]:
    if job.facts.hours is None:
        return []
    hours = {"hours": number(job.facts.hours)}
    said = [_("It takes us about %(hours)s hours a week today.") % hours]
    if job.task.unit:
        said.append(_("Usually bought by: %(unit)s.") % {"unit": job.task.unit})
    return [" ".join(said)]


def _orders(merchant: Organisation) -> dict[str, Any]:
    """Orders a month of the last year: the middle of the months, the quietest and the busiest."""
    months = list(Month.objects.filter(merchant=merchant).order_by("-month")[:YEAR])
    if not months:
        return {}
    counts = sorted(one.orders for one in months)
    fields: dict[str, Any] = {
        "orders_base": counts[len(counts) // 2],
        "orders_low": counts[0],
        "orders_peak": counts[-1],
    }
    timed = [one.hours_to_ship for one in months if one.hours_to_ship is not None]
    units, orders = (sum(one.units or 0 for one in months if one.units), sum(one.orders for one in months if one.units))
    volumes = {}
    if orders:
        volumes["units"] = _("%(units)s on average") % {"units": number(Decimal(units) / orders)}
    if timed:
        hours = {"hours": number(sum(timed, Decimal(0)) / len(timed))}
        volumes["cut_off"] = _("Today half of the orders leave within %(hours)s hours") % hours
    return fields | ({"volumes": volumes} if volumes else {})


# ---- And back ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Kept:
    """One promise beside what came: `actual` in words, whether it is kept (None: not measured yet), and since when."""

    name: str
    promised: str
    actual: str
    is_kept: bool | None
    source: str


@dataclass(frozen=True)
class Outcome:
    """A brief of a need, and what became of it."""

    brief: Brief
    url: str
    standing: str
    vendor: str = ""
    decided_at: datetime | None = None
    contract_url: str = ""
    promises: Sequence[Kept] = ()
    expected: str = ""
    saved: Saved | None = None
    saved_money: str = ""
    saved_hours: str = ""


def outcomes(job: Job, acting: Membership) -> list[Outcome]:
    """The briefs of a job that one may see, the latest first. One query without briefs, else six at most, however many
    there are."""
    if job.need is None:
        return []
    links = NeedBrief.objects.filter(need=job.need).select_related("brief").order_by("-begun_at", "pk")
    seen = set(
        Brief.objects.visible_to(acting).filter(pk__in=[one.brief_id for one in links]).values_list("pk", flat=True)
    )
    found = [one for one in links if one.brief_id in seen]
    if not found:
        return []
    decided = _decided([one.brief_id for one in found])
    contracts = [one.contract for one in decided.values() if one.contract is not None]
    readings = _readings(contracts) if contracts else {}
    months = list(NeedMonth.objects.filter(need=job.need)) if decided else []
    return [_outcome(one, decided.get(one.brief_id), readings, months, acting) for one in found]


@dataclass(frozen=True)
class Decided:
    """How a brief is decided now. What holds for its vendor may come from an earlier version of that decision: the
    contract that it drafted, and since when."""

    decision: Decision
    contract: int | None
    since: datetime


def _decided(briefs: Sequence[int]) -> dict[int, Decided]:
    """Two queries, one where nothing is decided."""
    versions: dict[int, list[Decision]] = {}
    rows = Decision.objects.filter(brief__in=briefs).select_related("chosen__vendor").order_by("number")
    for decision in rows.prefetch_related("promises"):
        versions.setdefault(decision.brief_id, []).append(decision)
    found = {}
    for brief, every in versions.items():
        same = [one for one in every if one.chosen_id == every[-1].chosen_id]
        contract = next((one.contract_id for one in reversed(same) if one.contract_id), None)
        found[brief] = Decided(every[-1], contract, same[0].at)
    return found


#: Of each contract and name of a measure the latest figure.
Readings = Mapping[tuple[int, str], Reading]


def _readings(contracts: Sequence[int]) -> Readings:
    """From check-ins that are signed. One query."""
    rows = Reading.objects.filter(measure__contract__in=contracts, actual__isnull=False)
    signed = rows.filter(check_in__signed_at__isnull=False).select_related("measure").order_by("check_in__signed_at")
    return {(one.measure.contract_id, one.measure.name): one for one in signed}


def _outcome(
    link: NeedBrief, decided: Decided | None, readings: Readings, months: Sequence[NeedMonth], acting: Membership
) -> Outcome:
    brief, currency = link.brief, acting.organisation.currency
    url = reverse("sourcing:brief", args=[brief.pk])
    expected = ""
    if link.saving_low is not None and link.saving_high is not None:
        expected = words.between(amount(link.saving_low, currency), amount(link.saving_high, currency))
    if decided is None:
        return Outcome(brief, url, str(brief.get_state_display()), expected=expected)
    decision = decided.decision
    url = reverse("sourcing:decision", args=[decision.pk])
    if decision.chosen is None:
        return Outcome(brief, url, str(decision.get_result_display()), decided_at=decision.at, expected=expected)
    came = _saved(link, decided.since.astimezone(ZoneInfo(str(acting.organisation.time_zone))).date(), months)
    return Outcome(
        brief=brief,
        url=url,
        standing=str(decision.get_result_display()),
        vendor=str(decision.chosen.vendor),
        decided_at=decided.since,
        contract_url=reverse("milestones:contract", args=[decided.contract]) if decided.contract else "",
        promises=_kept(decided, readings),
        expected=expected,
        saved=came,
        saved_money=amount(came.money, currency) if came else "",
        saved_hours=number(came.hours, 0) if came and came.hours is not None else "",
    )


def _saved(link: NeedBrief, decided_on: date, months: Sequence[NeedMonth]) -> Saved | None:
    """From the month after the decision on: the first that the vendor can have done whole."""
    whole = [one for one in months if one.month > decided_on.replace(day=1)]
    came = [
        Came(one.paid, one.managing_hours) for one in whole if one.paid is not None or one.managing_hours is not None
    ]
    return saved(link.cost, link.hours, link.hour_value, came)


def _kept(decided: Decided, readings: Readings) -> list[Kept]:
    """Each promise beside the latest figure of the contract's measure of that name."""
    found = []
    for promise in decided.decision.promises.all():
        reading = readings.get((decided.contract, promise.name)) if decided.contract else None
        promised = "" if promise.target is None else f"{promise.target.normalize():f} {promise.unit}".strip()
        if promised:
            said = _("at least %(figure)s") if promise.is_at_least else _("at most %(figure)s")
            promised = said % {"figure": promised}
        actual, is_kept, source = "", None, ""
        if reading is not None and reading.actual is not None:
            actual, is_kept = reading.measure.in_words(reading.actual), reading.measure.is_kept_by(reading.actual)
            source = reading.source
        found.append(Kept(promise.name, promised, actual, is_kept, source))
    return found
