"""Forms of check-ins: when, what was promised, and the evaluation itself."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.check_ins.signing import Came, Evaluation
from milestones.forms import ReviewForm, day, words
from milestones.models import Measure
from milestones.plans.forms import EVERY
from outsourcing.accounts.forms import helper, one_line

#: Figures that are often promised, with their unit; only to be picked from (reference/vendors.md 4.2).
USUAL = (
    gettext_lazy("Orders sent on time"), gettext_lazy("Orders packed right"), gettext_lazy("Deliveries on time"),
    gettext_lazy("Stock counted right"), gettext_lazy("Hours from lorry to shelf"),
    gettext_lazy("Damaged in the house"),
    gettext_lazy("Hours until a return is back in stock"), gettext_lazy("Cost of an order"),
    gettext_lazy("Invoices that were right"), gettext_lazy("Hours until support answers"),
)  # fmt: skip


class WhenForm(forms.Form):
    """The first check-in, and how often after it."""

    first = day(label=gettext_lazy("First on"))
    every_months = forms.TypedChoiceField(label=gettext_lazy("And then"), coerce=int, choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(0, _("Just this one")), *((months, words) for months, words in EVERY.items() if months)]
        self.fields["every_months"].choices = choices  # type: ignore[attr-defined]
        self.helper = helper("first", "every_months", save=_("Plan it"))


class MeasureForm(forms.ModelForm[Measure]):
    """A figure that was promised."""

    is_at_least = forms.TypedChoiceField(
        label=gettext_lazy("Kept when it is"),
        choices=((1, gettext_lazy("at least that")), (0, gettext_lazy("at most that"))),
        coerce=lambda value: value == "1",
        initial=1,
    )

    class Meta:
        model = Measure
        fields = ("name", "is_at_least", "promised", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("Such as: %(usual)s.") % {"usual": "; ".join(str(one) for one in USUAL[:4])}
        self.fields["unit"].help_text = _("%, hours, GBP an order.")
        self.helper = FormHelper()
        rest = Div("is_at_least", "promised", "unit", css_class="field-row")
        self.helper.layout = Layout("name", rest, Submit("save", _("Measure it")))

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class SignForm(forms.Form):
    """What is said beside the facts; `read` holds these as they stood on the page."""

    read = forms.CharField(widget=forms.HiddenInput, required=False)
    quality = forms.TypedChoiceField(
        label=gettext_lazy("Quality"), required=False, coerce=int, empty_value=None, choices=ReviewForm.MARKS
    )
    communication = forms.TypedChoiceField(
        label=gettext_lazy("Communication"), required=False, coerce=int, empty_value=None, choices=ReviewForm.MARKS
    )
    words = words(4, label=gettext_lazy("Your words to the vendor"), max_length=5000, required=False)

    def __init__(self, *args: Any, measures: list[Measure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = measures
        for one in measures:
            self.fields[f"actual_{one.pk}"] = forms.DecimalField(
                label=_("What came of “%(measure)s”") % {"measure": one.name}, required=False, max_digits=12,
                decimal_places=3, widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
            )  # fmt: skip
            label = _("Where the figure for “%(measure)s” is from") % {"measure": one.name}
            self.fields[f"source_{one.pk}"] = forms.CharField(label=label, max_length=200, required=False)

    def rows(self) -> list[tuple[Measure, forms.BoundField, forms.BoundField]]:
        """Each measure with its two fields."""
        return [(one, self[f"actual_{one.pk}"], self[f"source_{one.pk}"]) for one in self.measures]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for one in self.measures:
            if data.get(f"actual_{one.pk}") is not None and not data.get(f"source_{one.pk}"):
                self.add_error(f"source_{one.pk}", ValidationError(_("Say where the figure is from.")))
        return data

    @property
    def said(self) -> Evaluation:
        data = self.cleaned_data
        came = {one.pk: Came(data[f"actual_{one.pk}"], data[f"source_{one.pk}"]) for one in self.measures}
        return Evaluation(quality=data["quality"], communication=data["communication"], words=data["words"], came=came)
