"""A month as addresses name it ("2026-11"), and from which instant to which it lasts somewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from milestones.plans.applying import months_after
from outsourcing.accounts.calendars import MIDNIGHT, first_instant

DAY = timedelta(days=1)
WRITTEN = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class Month:
    """The month that begins on `first`."""

    first: date

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.replace(day=1))

    @classmethod
    def named(cls, query: Mapping[str, Any], otherwise: date) -> "Month":
        """The month that `?month=2026-11` names; that of `otherwise` where it names none."""
        match = WRITTEN.fullmatch(str(query.get("month", "")))
        return cls(date(int(match[1]), int(match[2]), 1)) if match else cls.of(otherwise)

    @property
    def last(self) -> date:
        return self.after.first - DAY

    @property
    def after(self) -> "Month":
        return Month(months_after(self.first, 1))

    @property
    def before(self) -> "Month":
        return Month.of(self.first - DAY)

    @property
    def days(self) -> list[date]:
        return [self.first + number * DAY for number in range(self.last.day)]

    @property
    def written(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def title(self) -> str:
        return date_format(self.first, "F Y")

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first instant in a zone, and the next one's."""
        return first_instant(self.first, MIDNIGHT, zone), first_instant(self.after.first, MIDNIGHT, zone)
