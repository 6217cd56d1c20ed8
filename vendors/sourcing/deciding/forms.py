"""Forms of a decision. They check the shape of what was typed; actions check the rules."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.forms import helper, near, one_line
from outsourcing.accounts.models import Membership
from vendors.sourcing.deciding.choosing import Asked, Choice, Promised
from vendors.sourcing.models import Candidate, Decision
from vendors.sourcing.roles import RUN
from vendors.sourcing.scores.forms import words

#: So many promises can be written down with a decision.
MOST_PROMISES = 6


class WordsForm(forms.Form):
    """What is said about a decision, whatever was decided."""

    reason = words(3, label=gettext_lazy("Why, in a sentence or two"), max_length=5000)
    dissent = words(2, label=gettext_lazy("Who saw it otherwise, and why"), max_length=5000, required=False)
    review_on = forms.DateField(
        label=gettext_lazy("Look at it again on"), required=False, validators=[near],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Membership) -> str:
        return obj.label


class CandidateField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Candidate) -> str:
        return obj.vendor.name


class DecisionForm(WordsForm):
    """One choice with the reasons that it needs; `seen` is the fingerprint of what the page shows."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self, *args: Any, chosen: Candidate | None, reserves: Sequence[Candidate], asked: Asked, acting: Membership,
        correction: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        for name, label, needed in (
            ("not_first_reason", _("Why not the one ranked first"), asked.not_first),
            ("tie_reason", _("Why this one of those that are level"), asked.tie),
            ("close_call_reason", _("Why, although it is a close call"), asked.close_call),
            ("correction", _("What is different from the decision before, and why"), correction),
        ):
            if needed:
                self.fields[name] = words(2, label=label, max_length=2000)
        if chosen is not None:
            self._add_award(chosen, reserves, acting)

    def _add_award(self, chosen: Candidate, reserves: Sequence[Candidate], acting: Membership) -> None:
        keys = [one.pk for one in reserves if one.pk != chosen.pk]
        rows = Candidate.objects.filter(pk__in=keys).select_related("vendor").order_by("vendor__name")
        self.fields["reserve"] = CandidateField(
            label=_("If it falls through"), queryset=rows, required=False, empty_label=_("Ask again")
        )
        runs = Membership.objects.joined().filter(organisation=acting.organisation_id, roles__overlap=list(RUN))
        self.fields["runs"] = PersonField(
            label=_("Who runs the contract"), queryset=runs.order_by("name", "pk"), required=False,
            empty_label=_("Whoever does so otherwise"),
        )  # fmt: skip
        for number in range(MOST_PROMISES):
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("What was promised"), max_length=120, required=False
            )
            self.fields[f"way_{number}"] = forms.ChoiceField(
                label=_("How"), choices=[("least", _("at least")), ("most", _("at most"))], required=False
            )
            self.fields[f"target_{number}"] = forms.DecimalField(
                label=_("How much"), max_digits=12, decimal_places=4, required=False,
                min_value=Decimal("-99999999"),
            )  # fmt: skip
            self.fields[f"unit_{number}"] = forms.CharField(label=_("Of what"), max_length=30, required=False)

    def promise_rows(self) -> list[list[Any]]:
        """The fields of each promise, for the template."""
        if self.chosen is None:
            return []
        return [[self[f"{name}_{n}"] for name in ("name", "way", "target", "unit")] for n in range(MOST_PROMISES)]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        names: list[str] = []
        for number in range(MOST_PROMISES) if self.chosen else []:
            name, target = said.get(f"name_{number}", ""), said.get(f"target_{number}")
            if name:
                said[f"name_{number}"] = name = one_line(name)
            if target is not None and not name:
                raise ValidationError({f"name_{number}": _("Say what this figure is.")})
            if name and name.casefold() in names:
                raise ValidationError({f"name_{number}": _("That is promised already.")})
            names += [name.casefold()] if name else []
        return said

    def choice(self) -> Choice:
        """What was decided."""
        said = self.cleaned_data
        return Choice(
            chosen=self.chosen,
            reserve=said.get("reserve"),
            runs=said.get("runs"),
            promises=self.promises(),
            review_on=said["review_on"],
            **{name: said.get(name, "") for name in TEXTS},
        )

    def promises(self) -> list[Promised]:
        """What was promised, each with its source."""
        said = self.cleaned_data
        return [
            Promised(
                name=said[f"name_{n}"],
                target=said[f"target_{n}"],
                unit=said[f"unit_{n}"],
                is_at_least=said[f"way_{n}"] != "most",
                source=_("Answer of the vendor"),
            )
            for n in range(MOST_PROMISES if self.chosen else 0)
            if said[f"name_{n}"]
        ]


TEXTS = ("reason", "dissent", "not_first_reason", "tie_reason", "close_call_reason", "correction")


class CorrectionForm(WordsForm):
    """Other words for a decision that stays."""

    correction = words(2, label=gettext_lazy("What is corrected, and why"), max_length=2000)
    field_order = ("correction", "reason", "dissent", "review_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(*self.fields, save=_("Save as a new version"))

    def choice(self, decision: Decision) -> Choice:
        """The same choice, as it is said now."""
        said = self.cleaned_data
        kept = {name: getattr(decision, name) for name in ("not_first_reason", "tie_reason", "close_call_reason")}
        promises = [
            Promised(one.name, one.target, one.unit, one.is_at_least, one.source) for one in decision.promises.all()
        ]
        return Choice(
            chosen=decision.chosen, reserve=decision.reserve, reason=said["reason"], dissent=said["dissent"],
            correction=said["correction"], review_on=said["review_on"], promises=promises, **kept,
        )  # fmt: skip


class TellForm(forms.Form):
    """What vendors read about a decision."""

    others = words(5, label=gettext_lazy("To those that were not chosen"), max_length=5000)

    def __init__(self, *args: Any, has_chosen: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_chosen:
            self.fields["chosen"] = words(3, label=_("To the one that was chosen"), max_length=5000)
            self.order_fields(["chosen", "others"])
