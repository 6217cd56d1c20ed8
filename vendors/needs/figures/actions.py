"""The month's figures, the marks, and the questions that are open again because a figure reached its mark."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from vendors.needs.errors import AlreadyDone
from vendors.needs.models import Kind, Mark, Month, Need, NeedMonth, Reopening

#: Where each kind of mark finds its figure in a need's month.
FIGURES = {Kind.HOURS: "hours", Kind.ERRORS: "error_rate", Kind.BACKLOG: "backlog_days"}


@transaction.atomic
def save_month(month: date, values: Mapping[str, Any], *, by: Membership, at: datetime) -> None:
    """What somebody entered of a month's orders; it takes the place of what a file said."""
    said = dict.fromkeys(("units", "hours_to_ship", "slow_hours", "peak_orders", "peak_day", "unshipped", "import_of"))
    Month.objects.update_or_create(
        merchant=by.organisation, month=month, defaults={**said, **values, "saved_by": by, "saved_at": at}
    )
    look(by.organisation, at=at)


@transaction.atomic
def save_need_month(need: Need, month: date, values: Mapping[str, Any], *, by: Membership, at: datetime) -> None:
    """How a need went in a month; what is empty is unknown."""
    NeedMonth.objects.update_or_create(need=need, month=month, defaults={**values, "saved_by": by, "saved_at": at})
    look(by.organisation, at=at, only=need)


@transaction.atomic
def set_marks(need: Need, marks: Mapping[str, Decimal | None], *, by: Membership, at: datetime) -> None:
    """From which figures on to look again; empty takes a mark away. What was reached already opens the question now."""
    for kind, at_least in marks.items():
        if at_least is None:
            Mark.objects.filter(need=need, kind=kind).delete()
        else:
            Mark.objects.update_or_create(need=need, kind=kind, defaults={"at_least": at_least})
    look(by.organisation, at=at, only=need)


def look(merchant: Organisation, *, at: datetime, only: Need | None = None) -> None:
    """Open the question of each need whose latest figure has reached its mark. Three queries, one more where there is
    something to open.

    Once for each month and mark, and not while it is open already; hidden needs are left alone.
    """
    marks = Mark.objects.filter(need__merchant=merchant, need__hidden_at=None)
    marks = marks.filter(need=only) if only is not None else marks
    wanted = list(marks)
    if not wanted:
        return
    latest = Month.objects.filter(merchant=merchant).order_by("-month").first()
    newest: dict[tuple[int, str], tuple[date, Decimal]] = {}
    for one in NeedMonth.objects.filter(need__in=[mark.need_id for mark in wanted]).order_by("month"):
        for kind, name in FIGURES.items():
            if (figure := getattr(one, name)) is not None:
                newest[one.need_id, kind] = (one.month, figure)
    found = []
    for mark in wanted:
        if mark.kind == Kind.ORDERS:
            said = (latest.month, Decimal(latest.orders)) if latest else None
        else:
            said = newest.get((mark.need_id, mark.kind))
        if said is not None and said[1] >= mark.at_least:
            month, figure = said
            known = {"need_id": mark.need_id, "kind": mark.kind, "at_least": mark.at_least, "opened_at": at}
            found.append(Reopening(**known, month=month, figure=figure))
    Reopening.objects.bulk_create(found, ignore_conflicts=True)


def close(reopening: Reopening, conclusion: str, *, by: Membership, at: datetime) -> None:
    """Say what follows. Raises AlreadyDone."""
    open_ones = Reopening.objects.open().filter(pk=reopening.pk)
    if not open_ones.update(conclusion=conclusion, closed_by=by, closed_at=at):
        raise AlreadyDone(_("Somebody has said already what follows."))
