"""What is asked, and what a peer says; the latter on a phone, in two minutes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.forms import helper, one_line
from vendors.needs.fields import ShortText
from vendors.needs.models import Opinion, Outcome, Showing, Stance
from vendors.needs.verdict import rounded

#: Longer than a comment may be, so that what is too long is kept and can be shortened.
LONGEST_KEPT = 5_000
MOST_WORDS = 1000


class AskForm(forms.Form):
    """Whom to ask, and what they are told of names."""

    email = forms.EmailField(label=gettext_lazy("Their email address"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Their name"), max_length=120)
    relation = ShortText(
        most=120,
        label=gettext_lazy("From where they know you"),
        help_text=gettext_lazy("Former colleague, accountant, a customer of years."),
    )
    message = forms.CharField(
        label=gettext_lazy("A word to them"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    showing = forms.ChoiceField(
        label=gettext_lazy("How you read what they say"),
        choices=Showing.choices,
        initial=Showing.NAMED,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("They are told so before they answer. From three answers to a job on, none has a name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("email", "name", "relation", "message", "showing", save=_("Send the question"))

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class SettleForm(forms.Form):
    """What the shop answers to somebody who sees it otherwise."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=Outcome.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    reason = ShortText(most=500, label=gettext_lazy("Why, or what you would like to know"))

    def __init__(self, *args: Any, opinion: Opinion, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": f"settle-{opinion.pk}-%s", **kwargs})
        self.opinion = opinion

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == Outcome.KEEP and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why you stay with yours: they read it."))
        return cleaned


# ---- What a peer fills in ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Question:
    """One job as a peer sees it."""

    opinion: Opinion
    stance: forms.BoundField
    score: forms.BoundField
    comment: forms.BoundField


class AnswerForm(forms.Form):
    """What a peer says of each job; what they leave out says nothing."""

    def __init__(
        self, *args: Any, opinions: Sequence[Opinion], draft: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        options: Any = {"initial": dict(draft or {}), "label_suffix": "", **kwargs}
        super().__init__(*args, **options)
        self.opinions = opinions
        for one in opinions:
            self.fields[f"o{one.pk}-stance"] = forms.ChoiceField(
                label=_("What do you think?"), choices=Stance.choices, required=False, widget=segments()
            )
            self.fields[f"o{one.pk}-score"] = forms.TypedChoiceField(
                label=_("How good are they at it?"),
                choices=[(str(step), str(step)) for step in range(1, 6)],
                coerce=int,
                empty_value=None,
                required=False,
                widget=segments(),
            )
            self.fields[f"o{one.pk}-comment"] = forms.CharField(
                label=_("A word about it"),
                max_length=MOST_WORDS,
                required=False,
                widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
            )
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                attrs = self.fields[name].widget.attrs
                attrs["aria-invalid"] = "true"
                attrs["class"] = f"{attrs.get('class', '')} is-invalid"

    @property
    def questions(self) -> Iterator[Question]:
        for one in self.opinions:
            yield Question(one, *(self[f"o{one.pk}-{name}"] for name in ("stance", "score", "comment")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = 0
        for one in self.opinions:
            stance, name = cleaned.get(f"o{one.pk}-stance"), f"o{one.pk}-score"
            given += bool(stance)
            if stance == Stance.DISPUTE and name not in self.errors:
                score = cleaned.get(name)
                if score is None:
                    self.add_error(name, _("Say how good, from 1 to 5."))
                elif score == one.stated_skill:
                    self.add_error(name, _("That is what they say too: agree, or choose another."))
        if not given and not self.errors:
            raise ValidationError(_("Say something about at least one of them, or say that you would rather not."))
        return cleaned

    @property
    def given(self) -> dict[int, dict[str, Any]]:
        """Stance, score and comment of each job that something was said of."""
        found = {}
        for one in self.opinions:
            stance = self.cleaned_data.get(f"o{one.pk}-stance")
            if stance:
                score = self.cleaned_data.get(f"o{one.pk}-score") if stance == Stance.DISPUTE else None
                if stance == Stance.AGREE:
                    score = int(rounded(one.stated_skill, 0))
                comment = self.cleaned_data.get(f"o{one.pk}-comment", "").strip()
                found[one.pk] = {"stance": stance, "score": score, "comment": comment}
        return found


def segments() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "visually-hidden"})


def draft_of(post: QueryDict, opinions: Sequence[Opinion]) -> dict[str, str]:
    """What is kept of an unfinished answer."""
    names = [f"o{one.pk}-{name}" for one in opinions for name in ("stance", "score", "comment")]
    return {name: value[:LONGEST_KEPT] for name in names if (value := post.get(name, ""))}


def answered(draft: Mapping[str, str], opinions: Sequence[Opinion]) -> int:
    """How many jobs something was said of."""
    return sum(bool(draft.get(f"o{one.pk}-stance")) for one in opinions)
