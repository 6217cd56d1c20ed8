"""A deadline as people type it, a wall time in a zone, as an instant: and why some of them cannot be one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vendors.sourcing.errors import BadDeadline


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, UTC, at which the clock of `zone` shows the naive time `wall`.

    Raises BadDeadline for a time that is skipped or comes twice when the clocks change: neither tells a vendor when.
    """
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return early
    fields = {"time": date_format(wall, "H:i"), "day": date_format(wall, "j F Y"), "zone": str(zone).replace("_", " ")}
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        raise BadDeadline(
            _("%(time)s comes twice on %(day)s in %(zone)s, where the clocks go back: choose another hour.") % fields
        )
    raise BadDeadline(
        _("There is no %(time)s on %(day)s in %(zone)s, where the clocks go forward: choose another hour.") % fields
    )


def told(at: datetime | None, zone: ZoneInfo) -> str:
    """Friday 27 November 2026, 17:00 (Europe/London), for texts that are kept."""
    if at is None:
        return ""
    return f"{date_format(at.astimezone(zone), 'l j F Y, H:i')} ({str(zone).replace('_', ' ')})"


def see_that_it_can_be(deadline: datetime | None, at: datetime, *, after: datetime | None = None) -> datetime:
    """The deadline. Raises BadDeadline where there is none, it has passed, or is not later than `after`."""
    if deadline is None:
        raise BadDeadline(_("Say until when vendors can answer."))
    if deadline <= at:
        raise BadDeadline(_("The deadline has passed already: choose a later one."))
    if after is not None and deadline <= after:
        raise BadDeadline(_("A deadline is only ever moved to a later time."))
    return deadline
