"""Forms of the month's figures and of marks."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.forms import helper
from vendors.directory.references.forms import MonthField
from vendors.needs.fields import NumberField, ShortText
from vendors.needs.models import Kind
from vendors.needs.models.tasks import WEEK

LARGEST = 2_000_000_000


class OfMonth(forms.Form):
    """A form about a month that has begun; `today` is the merchant's."""

    month = MonthField(label=gettext_lazy("Month"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.today = today
        self.fields["month"].widget.attrs["class"] = "form-control"

    def clean_month(self) -> date:
        month: date = self.cleaned_data["month"]
        if month > self.today:
            raise ValidationError(_("This month has not begun."))
        return month.replace(day=1)


class MonthForm(OfMonth):
    """A month's orders."""

    orders = NumberField(most=LARGEST, places=0, required=True, label=gettext_lazy("Orders"))
    hours_to_ship = NumberField(most=10_000, label=gettext_lazy("Hours from order to shipment, in the middle"))
    peak_orders = NumberField(most=LARGEST, places=0, label=gettext_lazy("Orders on the busiest day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("month", "orders", "hours_to_ship", "peak_orders")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        orders, peak = cleaned.get("orders"), cleaned.get("peak_orders")
        if orders is not None and peak is not None and peak > orders:
            self.add_error("peak_orders", _("That is more than in the whole month."))
        return cleaned


class NeedMonthForm(OfMonth):
    """How a job went in a month."""

    hours = NumberField(most=WEEK * 1000, label=gettext_lazy("Hours a week"))
    error_rate = NumberField(most=100, label=gettext_lazy("Errors in 100"))
    backlog_days = NumberField(most=9999, label=gettext_lazy("Days behind"))
    managing_hours = NumberField(most=WEEK, label=gettext_lazy("Hours a week spent on the vendor"))
    paid = NumberField(most=10**9, label=gettext_lazy("Paid to the vendor"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and all(cleaned.get(name) is None for name in self.fields if name != "month"):
            raise ValidationError(_("Enter one figure at least."))
        return cleaned


class MarksForm(forms.Form):
    """From which figures on to look again."""

    orders = NumberField(most=LARGEST // 100, places=0, label=gettext_lazy("Orders a month"))
    hours = NumberField(most=WEEK * 1000, label=gettext_lazy("Hours a week"))
    errors_in_100 = NumberField(most=100, label=gettext_lazy("Errors in 100"))
    backlog = NumberField(most=9999, label=gettext_lazy("Days behind"))

    NAMES = {Kind.ORDERS: "orders", Kind.HOURS: "hours", Kind.ERRORS: "errors_in_100", Kind.BACKLOG: "backlog"}

    def __init__(self, *args: Any, marks: dict[str, Any] | None = None, **kwargs: Any) -> None:
        initial = {name: (marks or {}).get(kind) for kind, name in self.NAMES.items()}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, "auto_id": "mark-%s", **kwargs})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.fields:
            if cleaned.get(name) == 0:
                self.add_error(name, _("Zero is always reached: leave it empty, or write more."))
        return cleaned

    @property
    def marks(self) -> dict[str, Any]:
        return {kind.value: self.cleaned_data[name] for kind, name in self.NAMES.items()}


class CloseForm(forms.Form):
    """What follows from a figure that reached its mark."""

    conclusion = ShortText(most=500, required=True, label=gettext_lazy("What follows?"))
