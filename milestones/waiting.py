"""What of contracts waits for a person: verdicts, dates, offers, and what is late; for both home pages."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones.models import WITH_VENDOR, Contract, DateChange, Milestone, Offer, State, Step, Wish
from milestones.models.work import MilestoneQuerySet
from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.waiting import Urgency, Waiting

#: So many milestones are listed on a home page, the earliest due; the contracts hold all of them.
MOST = 25
#: A vendor is told of what is due within so many days.
SOON = timedelta(days=7)
GOING = (State.ACTIVE, State.CLOSE_OUT)
RUN, WORK = (Role.OWNER, Role.OPERATIONS), (Role.MANAGER, Role.CONTACT)


def waiting(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """What one's side is to do, or should know is late. Two queries; one for a vendor's contact."""
    if acting.organisation.is_merchant:
        return _for_merchant(acting, at) if acting.has_role(*RUN) else ()
    return _for_vendor(acting, at) if acting.has_role(*WORK) else ()


def _for_merchant(acting: Membership, at: datetime) -> Iterator[Waiting]:
    today = at.astimezone(acting.zone).date()
    late = Q(state__in=WITH_VENDOR, current_due__lt=today, blocked_since=None)
    mine = Milestone.objects.filter(contract__merchant=acting.organisation_id)
    for one in _with_dates(mine, late | Q(state=Step.SUBMITTED), decides="merchant"):
        if one.asked_for:  # type: ignore[attr-defined]  # annotated
            yield _date_asked(one, one.contract.vendor.name, at)
        if one.state == Step.SUBMITTED:
            yield _to_judge(one, today, at)
        elif one.is_with_vendor and one.current_due < one.contract.today(at) and not one.is_blocked:
            yield _late(one, _("Chase"), one.contract.vendor.name, at)
    wishes = Wish.objects.open().filter(contract__merchant=acting.organisation_id)
    for wish in wishes.select_related("contract__vendor").order_by("asked_at")[:MOST]:
        what = _("They ask to end it") if wish.kind == Wish.Kind.END else _("They ask to suspend it")
        yield Waiting(
            wish.contract.title, f"{wish.contract.vendor.name} · {what}", _url(wish.contract), _("Decide"), "question",
            Urgency.RISK, wish.asked_at, _day(wish.asked_at.astimezone(acting.zone).date()), _("asked"),
        )  # fmt: skip


def _for_vendor(acting: Membership, at: datetime) -> Iterator[Waiting]:
    today = at.astimezone(acting.zone).date()
    due = Q(state=Step.CHANGES_REQUESTED) | Q(state__in=WITH_VENDOR, current_due__lte=today + SOON, blocked_since=None)
    theirs = Milestone.objects.filter(contract__vendor=acting.organisation_id)
    for one in _with_dates(theirs, due, decides="vendor"):
        merchant = one.contract.merchant.name
        if one.asked_for:  # type: ignore[attr-defined]  # annotated
            yield _date_asked(one, merchant, at)
        if not one.is_with_vendor:
            continue
        action = _("Submit again") if one.state == Step.CHANGES_REQUESTED else _("Submit")
        if one.current_due < one.contract.today(at) and not one.is_blocked:
            yield _late(one, action, merchant, at)
        elif one.state == Step.CHANGES_REQUESTED or one.current_due <= today + SOON:
            yield _to_do(one, action, merchant, at)
    if not acting.has_role(Role.MANAGER):
        return
    offers = Offer.objects.open().filter(contract__vendor=acting.organisation_id)
    for offer in offers.select_related("contract__merchant").order_by("offered_at")[:MOST]:
        words = _("A change of the contract") if offer.is_amendment else _("A contract is offered to you")
        until = offer.expires_on
        yield Waiting(
            offer.contract.title, f"{offer.contract.merchant.name} · {words}",
            reverse("milestones:offer", args=[offer.pk]), _("Read and decide"), "contract", Urgency.INFO,
            _instant(until, at) if until else offer.offered_at,
            _day(until) if until else _day(offer.offered_at.astimezone(acting.zone).date()),
            _("open until then") if until else _("offered"),
        )  # fmt: skip


def _to_do(one: Milestone, action: str, merchant: str, at: datetime) -> Waiting:
    """What a vendor is to hand in soon, or once more."""
    is_back = one.state == Step.CHANGES_REQUESTED
    return Waiting(
        one.title, f"{merchant} · {_('Sent back') if is_back else one.contract.title}", _page(one), action,
        "sent-back" if is_back else "calendar", Urgency.RISK if is_back else Urgency.IDLE,
        _instant(one.current_due, at), _day(one.current_due), _("due"),
    )  # fmt: skip


def _with_dates(rows: MilestoneQuerySet, which: Q, *, decides: str) -> list[Milestone]:
    """Milestones of contracts that go on, each with the date that the other side asks for, or None."""
    asked = DateChange.objects.open().filter(milestone=OuterRef("pk"), decides=decides)
    rows = rows.annotate(asked_for=Subquery(asked.values("new_due")[:1]))
    rows = rows.filter(contract__state__in=GOING).filter(which | Q(asked_for__isnull=False))
    rows = rows.select_related("contract__merchant", "contract__vendor").defer("description", "contract__scope")
    return list(rows.order_by(F("review_due").asc(nulls_last=True), "current_due", "pk")[:MOST])


def _to_judge(one: Milestone, today: date, at: datetime) -> Waiting:
    assert one.review_due is not None, "a submitted one has it"
    is_late = one.review_due < today
    meta = _("%(vendor)s · submitted, waits for your verdict") % {"vendor": one.contract.vendor.name}
    return Waiting(
        one.title, meta, f"{_page(one)}#review", _("Review"), "submitted",
        Urgency.LATE if is_late else Urgency.INFO, _instant(one.review_due, at),
        _day(one.review_due), _("was due") if is_late else _("due"),
    )  # fmt: skip


def _late(one: Milestone, action: str, other: str, at: datetime) -> Waiting:
    """How many working days it is, its page says: that takes both calendars."""
    about = _("Due %(day)s") % {"day": _day(one.current_due)}
    return Waiting(
        one.title, f"{other} · {one.contract.title}", _page(one), action, "late", Urgency.LATE,
        _instant(one.current_due, at), _("Overdue"), about,
    )  # fmt: skip


def _date_asked(one: Milestone, other: str, at: datetime) -> Waiting:
    new: date = one.asked_for  # type: ignore[attr-defined]  # annotated
    meta = _("%(other)s · asks for %(day)s") % {"other": other, "day": _day(new)}
    return Waiting(
        one.title, meta, _page(one), _("Decide"), "calendar", Urgency.RISK, _instant(one.current_due, at),
        _day(one.current_due), _("the date now"),
    )  # fmt: skip


def _page(one: Milestone) -> str:
    return reverse("milestones:milestone", args=[one.pk])


def _url(contract: Contract) -> str:
    return reverse("milestones:contract", args=[contract.pk])


def _day(on: date) -> str:
    return date_format(on, "j M")


def _instant(on: date, at: datetime) -> datetime:
    """To sort by: that day at noon, in the zone that the reader is in."""
    return datetime.combine(on, time(12), at.tzinfo)
