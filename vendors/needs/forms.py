"""Forms about jobs: what belongs to one, how a person rates it, what vendors ask, and by what it is judged."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.forms import helper, one_line
from vendors.directory.models import Facet, FacetValue
from vendors.needs.fields import NumberField, ShortText, StepsField, hours
from vendors.needs.models import Need, Policy, Task
from vendors.needs.models.tasks import WEEK
from vendors.needs.reading import Rating
from vendors.needs.verdict import Part

MONEY = 10**9
FIRST, MORE = (
    ("skill", "liking", "hours"),
    ("done_by", "people", "hour_value", "direct_cost", "space_cost", "rework_cost", "brand"),
)
RATED = FIRST + MORE


class AssessmentForm(forms.Form):
    """What one person says of one job. What is right is kept, whatever is wrong beside it: see `good`."""

    skill = StepsField(label=gettext_lazy("How good are you at it?"))
    liking = StepsField(label=gettext_lazy("How much do you like it?"))
    hours = hours(label=gettext_lazy("Hours a week"))
    done_by = ShortText(most=120, label=gettext_lazy("Who does it"))
    people = NumberField(most=1000, places=0, label=gettext_lazy("How many people"))
    hour_value = NumberField(most=1_000_000, label=gettext_lazy("Value of an hour"))
    direct_cost = NumberField(most=MONEY, label=gettext_lazy("Direct cost a month"))
    space_cost = NumberField(most=MONEY, label=gettext_lazy("Space a month"))
    rework_cost = NumberField(most=MONEY, label=gettext_lazy("Mending mistakes a month"))
    brand = StepsField(label=gettext_lazy("How much does your brand hang on it?"))

    def __init__(self, *args: Any, task: Task, own: Rating | None = None, **kwargs: Any) -> None:
        said = {name: getattr(own, name) for name in RATED} if own else {}
        initial = {name: "" if value is None else value for name, value in said.items()}
        options = {"prefix": f"t{task.pk}", "label_suffix": "", "use_required_attribute": False, "initial": initial}
        super().__init__(*args, **{**options, **kwargs})
        self.task = task
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs["aria-invalid"] = "true"
                attrs = self.fields[name].widget.attrs
                attrs["class"] = f"{attrs.get('class', '')} is-invalid"

    def clean_people(self) -> int | None:
        people: int | None = self.cleaned_data["people"]
        if people == 0:
            raise ValidationError(_("At least one, or leave it empty."))
        return people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        worked, people = cleaned.get("hours"), cleaned.get("people") or 1
        if worked is not None and worked > WEEK * people:
            self.add_error("hours", _too_many(people))
        return cleaned

    @property
    def good(self) -> dict[str, Any]:
        """What was sent and is right; hours and how many work them belong together."""
        self.is_valid()
        errors: ErrorDict = self.errors
        names = set(errors)
        if names & {"hours", "people"}:
            names |= {"hours", "people"}
        return {name: self.cleaned_data[name] for name in RATED if name not in names and name in self.cleaned_data}

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in FIRST]


def _too_many(people: int) -> ValidationError:
    if people == 1:
        words = _("A week has %(week)s hours. If several people do it, say how many below; else correct the hours.")
    else:
        words = _("That is more than %(week)s hours a week for each of %(people)s people: correct one of the two.")
    return ValidationError(words, params={"week": WEEK, "people": people})


class TaskForm(forms.Form):
    """A job of the merchant's own."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    description = forms.CharField(
        label=gettext_lazy("What belongs to it"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    unit = forms.CharField(
        label=gettext_lazy("Usually bought by"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("An order, an hour, a ticket, a month."),
    )
    asks = forms.CharField(
        label=gettext_lazy("What to ask a vendor for"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    services = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Services in the directory"),
        queryset=FacetValue.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=gettext_lazy("Vendors who offer one of these take it on."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].queryset = FacetValue.objects.of(Facet.SERVICE)  # type: ignore[attr-defined]
        self.helper = helper("name", "description", "unit", "asks", "services")

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class MustStayForm(forms.Form):
    """Whether a job must stay, and why."""

    must_stay = forms.BooleanField(label=gettext_lazy("It must stay with us, whatever the score"), required=False)
    reason = ShortText(most=500, label=gettext_lazy("Why"))

    def __init__(self, *args: Any, need: Need | None = None, **kwargs: Any) -> None:
        initial = {"must_stay": need.must_stay, "reason": need.must_stay_reason} if need else {}
        super().__init__(*args, **{"initial": initial, "label_suffix": "", **kwargs})
        self.helper = helper("must_stay", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("must_stay") and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why: whoever reads it later wants to know."))
        return cleaned


class MarketForm(forms.Form):
    """What vendors ask a month, and the hours that looking after one would take."""

    market_from = NumberField(most=MONEY, label=gettext_lazy("Vendors ask a month, from"))
    market_to = NumberField(most=MONEY, label=gettext_lazy("to"))
    managing_hours = NumberField(most=WEEK, label=gettext_lazy("Hours a week you would spend on the vendor"))

    def __init__(self, *args: Any, need: Need | None = None, **kwargs: Any) -> None:
        names = ("market_from", "market_to", "managing_hours")
        initial = {name: getattr(need, name) for name in names} if need else {}
        super().__init__(*args, **{"initial": initial, "label_suffix": "", **kwargs})
        self.helper = helper(*names)

    def clean(self) -> dict[str, Any]:
        """One price alone is both ends of the range."""
        cleaned = super().clean() or self.cleaned_data
        low, high = cleaned.get("market_from"), cleaned.get("market_to")
        if not {"market_from", "market_to"} & set(self.errors):
            cleaned["market_from"] = low = high if low is None else low
            cleaned["market_to"] = high = low if high is None else high
            if low is not None and high is not None and low > high:
                self.add_error("market_to", _("The lower price comes first."))
        return cleaned


WEIGHTS = [part.value for part in Part]


class PolicyForm(forms.ModelForm[Policy]):
    """How much each part counts, and where keeping ends and handing over begins."""

    class Meta:
        model = Policy
        fields = ("skill", "dislike", "saving", "time", "keep_below", "consider_below")
        help_texts = {
            "skill": gettext_lazy("How badly it is done: your rating and, from two on, others' counted twice."),
            "dislike": gettext_lazy("How little you like it."),
            "saving": gettext_lazy("What of your cost a vendor would save."),
            "time": gettext_lazy("How long it takes; 40 hours a month count in full."),
            "keep_below": gettext_lazy("Below this score a job stays with you."),
            "consider_below": gettext_lazy("Below this score it is worth a thought, from here on it should go."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            self.fields[name].widget.attrs |= {"min": 0, "max": 100}
            self.fields[name].max_value = 100  # type: ignore[attr-defined]
        self.helper = helper(*self.Meta.fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.Meta.fields:
            if (cleaned.get(name) or 0) > 100:
                self.add_error(name, _("From 0 to 100."))
        weights = [cleaned.get(name) for name in WEIGHTS]
        if not any(weights) and None not in weights:
            self.add_error(None, _("One of the four has to count: with no weight at all nothing can be judged."))
        low, high = cleaned.get("keep_below"), cleaned.get("consider_below")
        if low is not None and high is not None and low > high:
            self.add_error("consider_below", _("A job is kept below a lower score than it is considered."))
        return cleaned
