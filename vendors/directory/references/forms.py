"""Forms about whom one may ask. They check the shape of what was typed; actions check the rules."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.forms import NamedForm, one_line
from vendors.directory.models import Facet, FacetValue, Reference

FIRST = ("name", "company", "email", "relation")
FOLDED = (
    *("role", "phone", "website", "named_by", "worked_from", "worked_until"),
    *("orders", "product_type", "services", "has_consented"),
)
ADD, MORE = _("Add reference"), _("More about them")
MONTHS = ["%Y-%m", "%Y-%m-%d", "%m/%Y", "%m.%Y", "%Y"]


class MonthField(forms.DateField):
    """A month, kept as its first day; "2024-03", "03/2024" and "2024" will do where a browser has no picker."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "month", "placeholder": "2024-03", "autocomplete": "off"}
        super().__init__(input_formats=MONTHS, widget=forms.DateInput(attrs=attrs, format="%Y-%m"), **kwargs)
        self.error_messages["invalid"] = _("Write a month as in 2024-03.")

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not 1970 <= day.year < 2100:
            raise ValidationError(_("Write a month as in 2024-03."))
        return day


def in_order(cleaned: dict[str, Any]) -> None:
    """Raises ValidationError where the work ended before it began."""
    begun, ended = cleaned.get("worked_from"), cleaned.get("worked_until")
    if begun and ended and begun > ended:
        raise ValidationError({"worked_until": _("That is before it began.")})


class RefereeForm(NamedForm, forms.ModelForm[Reference]):
    """Somebody who can be asked about a vendor. A vendor names (`by_vendor`) only people who agreed to be asked."""

    worked_from = MonthField(label=_("Client since"), required=False)
    worked_until = MonthField(label=_("Client until"), required=False)

    class Meta:
        model = Reference
        fields = (*FIRST, *FOLDED)
        labels = {"has_consented": _("They have agreed to be asked")}
        help_texts = {
            "email": _("At their company: an address at a free mail service counts for nothing."),
            "orders": _("As far as you know."),
        }
        widgets = {"services": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, by_vendor: bool = False, save: Any = ADD, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        values = FacetValue.objects
        self.fields["services"].queryset = values.of(Facet.SERVICE)  # type: ignore[attr-defined]
        self.fields["orders"].queryset = values.of(Facet.VOLUME)  # type: ignore[attr-defined]
        self.fields["relation"].choices = [("", _("I do not know")), *Reference.Relation.choices]  # type: ignore[attr-defined]
        for name, more in {
            "email": {"autocomplete": "off"},
            "phone": {"inputmode": "tel"},
            "website": {"inputmode": "url", "placeholder": "https://"},
        }.items():
            self.fields[name].widget.attrs |= more
        if by_vendor:
            del self.fields["named_by"]
            for name in ("company", "email", "relation", "has_consented"):
                self.fields[name].required = True
        self._save = save

    @property
    def helper(self) -> FormHelper:
        """What is needed first, and the rest folded; open where something in it is wrong."""
        folded = [name for name in FOLDED if name in self.fields]
        is_open = any(name in self.errors for name in folded) if self.is_bound else False
        opening = format_html('<details class="fold mb-3"{}><summary>{}</summary>', " open" if is_open else "", MORE)
        made = FormHelper()
        made.layout = Layout(*FIRST, HTML(opening), *folded, HTML("</details>"), Submit("save", self._save))
        return made

    def clean_email(self) -> str:
        """In lower case, which can be longer."""
        email = str(self.cleaned_data["email"]).lower()
        MaxLengthValidator(254)(email)
        return email

    def clean_role(self) -> str:
        return one_line(self.cleaned_data["role"])

    def clean_company(self) -> str:
        return one_line(self.cleaned_data["company"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        in_order(cleaned)
        return cleaned
