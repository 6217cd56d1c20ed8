"""Forms about reminders: how firm they are, which mails one wants, and until when one is put off."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Organisation
from outsourcing.notifications import words
from outsourcing.notifications.ladders.planning import SNOOZE_DAYS
from outsourcing.notifications.ladders.policies import FURTHEST, Delays, wrong_with
from outsourcing.notifications.ladders.rules import Rule, Unit
from outsourcing.notifications.models import Policy
from outsourcing.notifications.models.choices import Preset

OWN = "own"
UNITS = {
    Unit.WORKING_DAYS: gettext_lazy("working days after it is due"),
    Unit.DAYS: gettext_lazy("days after it is due"),
    Unit.PERCENT: gettext_lazy("per cent of the time"),
}


class PolicyForm(forms.Form):
    """A preset for one rule, or each step by itself, and words of one's own."""

    preset = forms.ChoiceField(label=gettext_lazy("How firm"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("Your words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, rule: Rule, organisation: Organisation, policy: Policy | None, **kwargs: Any
    ) -> None:
        self.rule, self.organisation = rule, organisation
        own = policy is not None and policy.delays is not None
        self.chosen = policy.delays if policy and policy.delays is not None else rule.delays(
            policy.preset if policy else Preset.NORMAL
        )  # fmt: skip
        kwargs["initial"] = {
            "preset": OWN if own else (policy.preset if policy else Preset.NORMAL),
            "words": policy.words if policy else "",
            **{f"step{number}": delay for number, delay in enumerate(self.chosen)},
        }
        super().__init__(*args, **kwargs)
        preset = self.fields["preset"]
        assert isinstance(preset, forms.ChoiceField)
        preset.choices = [*Preset.choices, (OWN, _("My own steps, below"))]
        for number, step in enumerate(rule.steps):
            self.fields[f"step{number}"] = forms.IntegerField(
                label=step.label, required=False, help_text=UNITS[step.unit],
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "field-short"}),
            )  # fmt: skip

    @property
    def steps(self) -> list[forms.BoundField]:
        return [self[f"step{number}"] for number in range(len(self.rule.steps))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if unknown := words.unknown(cleaned.get("words") or "", self.rule.placeholders):
            known = ", ".join(f"{{{name}}}" for name in self.rule.placeholders)
            says = _("%(unknown)s stands for nothing here. These do: %(known)s.")
            self.add_error("words", says % {"unknown": ", ".join(unknown), "known": known or _("none")})
        if cleaned.get("preset") != OWN or self.errors:
            return cleaned
        delays = [cleaned.get(f"step{number}") for number in range(len(self.rule.steps))]
        for number, delay in enumerate(delays):
            if delay is not None and abs(delay) > 10 * FURTHEST:
                self.add_error(f"step{number}", _("That is too far: %(most)s days at most.") % {"most": FURTHEST})
        if self.errors:
            return cleaned
        if all(delay is None for delay in delays):
            self.add_error("preset", _("Leave at least one step in, or nobody is ever reminded."))
        for number, wrong in wrong_with(self.rule, delays).items():
            self.add_error(f"step{number}", wrong)
        return cleaned

    def policy(self) -> Policy:
        """What was chosen, not saved."""
        preset = self.cleaned_data["preset"]
        delays = [self.cleaned_data.get(f"step{number}") for number in range(len(self.rule.steps))]
        return Policy(
            organisation=self.organisation, rule=self.rule.key, preset=Preset.NORMAL if preset == OWN else preset,
            delays=delays if preset == OWN else None, words=self.cleaned_data["words"],
        )  # fmt: skip

    def delays(self) -> Delays:
        """The delays of what was chosen."""
        policy = self.policy()
        return Delays(policy.delays if policy.delays is not None else self.rule.delays(policy.preset), policy.words)


class SnoozeForm(forms.Form):
    """Until when one's own side wants no reminder of something."""

    until = forms.DateField(label=gettext_lazy("Not before"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs |= {
            "min": f"{today + timedelta(days=1):%Y-%m-%d}", "max": f"{today + timedelta(days=SNOOZE_DAYS):%Y-%m-%d}",
        }  # fmt: skip

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not self.today < until <= self.today + timedelta(days=SNOOZE_DAYS):
            raise forms.ValidationError(
                _("Choose a day from tomorrow on, %(days)s days ahead at most.") % {"days": SNOOZE_DAYS}
            )
        return until
