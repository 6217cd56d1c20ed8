"""Fields in which people write numbers as they are used to."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vendors.directory.imports.cells import Bad, number
from vendors.needs.models.tasks import WEEK

TOO_LONG = 40


class NumberField(forms.CharField):
    """A number that is not negative, with a point or a comma; empty is unknown, never zero."""

    def __init__(self, *, most: int, places: int = 2, **options: Any) -> None:
        self.most, self.places = most, places
        attrs = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(**{"required": False, "widget": forms.TextInput(attrs=attrs), **options})

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").replace("\0", "").strip()
        if not text:
            return None
        if len(text) > TOO_LONG:
            raise ValidationError(_("Write a number, such as 12 or 7.5."))
        if text.lstrip("-\u2212") != text:
            raise ValidationError(_("Less than nothing is not possible."))
        try:
            found = number(text)
        except Bad:
            raise ValidationError(_("Write a number, such as 12 or 7.5.")) from None
        if found > self.most:
            raise ValidationError(_("At most %(most)s."), params={"most": f"{self.most:,}"})
        if found != round(found, self.places):
            raise ValidationError(_("Two digits after the point are enough.") if self.places else _("A whole number."))
        return found.quantize(Decimal(1).scaleb(-self.places)) if self.places else int(found)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")


def plain(value: Decimal) -> str:
    """12.50 as 12.50, 12.00 as 12."""
    return f"{value:.0f}" if value == value.to_integral_value() else f"{value}"


def hours(**options: Any) -> NumberField:
    """Hours a week of a whole shop; what one person can work is looked at beside how many there are."""
    return NumberField(most=WEEK * 1000, **options)


class StepsField(forms.TypedChoiceField):
    """1 to 5, or nothing yet."""

    def __init__(self, **options: Any) -> None:
        choices = [("", "\u2013"), *((str(step), str(step)) for step in range(1, 6))]
        widget = forms.RadioSelect(attrs={"class": "visually-hidden"})
        super().__init__(
            **{"choices": choices, "coerce": int, "empty_value": None, "required": False, "widget": widget, **options}
        )


class ShortText(forms.CharField):
    """One line."""

    def __init__(self, *, most: int, **options: Any) -> None:
        attrs = {"class": "form-control", **options.pop("attrs", {})}
        super().__init__(**{"max_length": most, "required": False, "widget": forms.TextInput(attrs=attrs), **options})

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(str(value or "").replace("\0", "")) or "").split())
