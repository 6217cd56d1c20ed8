"""Forms of scoring. They check the shape of what was typed; actions check the rules."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.forms import helper
from vendors.sourcing.models import STEPS, Criterion
from vendors.sourcing.scores.shown import Piece

NONE, SOME = "none", "some"


def words(rows: int, **options: Any) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)


class ConflictForm(forms.Form):
    """Whether anything ties an evaluator to one of the vendors."""

    ties = forms.ChoiceField(
        label=gettext_lazy("Does anything tie you to one of these vendors?"),
        choices=[
            (NONE, gettext_lazy("Nothing: no job, family, shares or favours")),
            (SOME, gettext_lazy("Yes: the chair should know")),
        ],
        widget=forms.RadioSelect,
    )
    conflict = words(2, label=gettext_lazy("What it is"), max_length=2000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("ties", "conflict", save=_("Say so, and begin"))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        text = said.get("conflict", "").strip()
        if said.get("ties") == SOME and not text:
            raise ValidationError({"conflict": _("Say in a few words what it is.")})
        return said | {"conflict": text if said.get("ties") == SOME else ""}


class ScoreForm(forms.Form):
    """One score with its reason and the evidence it rests on; an empty choice takes the score back."""

    value = forms.TypedChoiceField(
        label=gettext_lazy("Your score"),
        choices=[("", gettext_lazy("Blank")), *((step, str(step)) for step in STEPS)],
        widget=forms.RadioSelect(attrs={"class": "visually-hidden"}),
        coerce=int,
        empty_value=None,
        required=False,
    )
    reason = words(3, label=gettext_lazy("Why"), max_length=2000, required=False)
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("It rests on"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, criterion: Criterion, pieces: Sequence[Piece], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pieces = pieces
        self.fields["evidence"].choices = [(one.value, one.label) for one in pieces]  # type: ignore[attr-defined]
        self.fields["reason"].help_text = _("Needed here.") if criterion.needs_reason else ""
        self.fields["evidence"].help_text = _("Needed here.") if criterion.needs_evidence else ""

    def chosen(self) -> list[Piece]:
        """The pieces that were ticked."""
        return [one for one in self.pieces if one.value in self.cleaned_data["evidence"]]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = words(2, label=gettext_lazy("Why"), max_length=500)

    def __init__(self, *args: Any, save: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper: FormHelper = helper("reason", save=save)


class SettleForm(forms.Form):
    """What was agreed in place of the mean."""

    value = forms.DecimalField(
        label=gettext_lazy("Agreed score"), min_value=Decimal(0), max_value=Decimal(5), decimal_places=2, max_digits=3
    )
    reason = words(3, label=gettext_lazy("Why"), max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("value", "reason", save=_("Let this count"))
