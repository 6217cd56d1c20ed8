"""Forms of plans: which plan from which day, and what a kept one is called."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from milestones.forms import day
from milestones.models import Plan
from milestones.plans.builtin import PLANS
from outsourcing.accounts.forms import helper, one_line
from outsourcing.accounts.models import Membership

EVERY = {0: gettext_lazy("No check-ins"), 1: gettext_lazy("Every month"), 3: gettext_lazy("Every three months")}


class FillForm(forms.Form):
    """A plan, ours or one's own, and the day from which its working days count."""

    plan = forms.ChoiceField(label=gettext_lazy("Plan"))
    start = day(label=gettext_lazy("Work begins"))

    def __init__(self, *args: Any, acting: Membership, start: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"start": start}, **kwargs})
        own = [(str(one.pk), one.name) for one in Plan.objects.visible_to(acting)]
        ours = [(plan.key, f"{plan.name}: {plan.about}") for plan in PLANS.values()]
        self.fields["plan"].choices = [*own, *ours]  # type: ignore[attr-defined]
        self.fields["plan"].initial = (own or ours)[0][0]
        self.helper = helper("plan", "start", save=gettext_lazy("Show the dates"))
        self.helper.form_method = "get"
        self.helper.disable_csrf = True


class NameForm(forms.Form):
    """What a plan is called."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("name", save=gettext_lazy("Save"))

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class KeepForm(NameForm):
    """The same, and how often contracts that it fills are looked at."""

    check_in_months = forms.TypedChoiceField(label=gettext_lazy("Check-ins"), choices=list(EVERY.items()), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("name", "check_in_months", save=gettext_lazy("Keep it as a plan"))
