"""What somebody without an account fills in. A draft keeps what was typed as it was typed; the form checks it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.forms import one_line
from vendors.directory.models import (
    Capability,
    Facet,
    FacetValue,
    HireAgain,
    Reference,
    ReferenceAnswer,
    Sharing,
)
from vendors.directory.references.forms import MonthField, in_order

Draft = dict[str, list[str]]
SCORES = ("delivery", "accuracy", "communication", "problem_solving", "value")
#: The fields of each question, in order; a question counts as answered once one of them has something in it.
QUESTIONS: tuple[tuple[str, ...], ...] = (
    ("services", "relation", "worked_from", "worked_until", "why_left"),
    ("orders",),
    ("on_time", *SCORES),
    ("went_wrong", "text"),
    ("hire_again",),
    ("has_conflict", "conflict", "sharing"),
)
#: Longer than any answer may be, so that what is too long is kept and can be shortened.
LONGEST_KEPT = 20_000


def typed(post: QueryDict) -> QueryDict:
    """What was sent, without the NUL bytes that no database keeps."""
    clean = post.copy()
    for name, values in post.lists():
        clean.setlist(name, [value.replace("\0", "") for value in values])
    return clean


def draft_of(post: QueryDict) -> Draft:
    """What is kept of an unfinished answer."""
    known = [name for question in QUESTIONS for name in question]
    sent = {name: [value[:LONGEST_KEPT] for value in post.getlist(name) if value][:60] for name in known}
    return {name: values for name, values in sent.items() if values}


def questions_answered(draft: Mapping[str, list[str]]) -> int:
    """How many of the six have something in them."""
    return sum(any(any(value.strip() for value in draft.get(name, [])) for name in one) for one in QUESTIONS)


class Choices(forms.RadioSelect):
    """Radio buttons; the house's look."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-check-input"})


class Scores(forms.RadioSelect):
    """A row of numbers."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "visually-hidden"})


class Words(forms.CharField):
    """Text that is refused when it is too long, rather than cut off while it is pasted."""

    def __init__(self, *, most: int, rows: int, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"class": "form-control", "rows": rows})
        super().__init__(max_length=most, required=False, widget=widget, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


CHOOSE = {"required": _("Choose one.")}
#: In place of a number that somebody does not have; an empty one would be ticked from the start.
CANNOT_SAY = "unknown"


def one_of(label: Any, choices: Any, *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=Choices(), required=required, error_messages=CHOOSE)


def number(value: str) -> int | None:
    return None if value == CANNOT_SAY else int(value)


def score(label: Any) -> forms.TypedChoiceField:
    choices = [*((str(given), str(given)) for given in range(6)), (CANNOT_SAY, _("Cannot say"))]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=number, empty_value=None, required=False, widget=Scores()
    )


class AnswerForm(forms.Form):
    """What a referee says about a vendor; only what decides how the answer counts must be there. One query."""

    services = forms.TypedMultipleChoiceField(
        label=_("What did they do for you?"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    relation = one_of(_("Do you still work with them?"), [("current", _("Yes")), ("former", _("No, we did"))])
    worked_from = MonthField(label=_("From"), required=False)
    worked_until = MonthField(label=_("Until"), required=False)
    why_left = Words(label=_("Why did you leave?"), most=2000, rows=2)
    orders = forms.TypedChoiceField(
        label=_("How many orders a month, at the time?"),
        coerce=number,
        empty_value=None,
        required=False,
        widget=Choices(),
    )
    on_time = one_of(_("How often did orders leave on the day they should?"), ReferenceAnswer.OnTime.choices)
    delivery = score(_("Delivery"))
    accuracy = score(_("Accuracy"))
    communication = score(_("Communication"))
    problem_solving = score(_("Problem solving"))
    value = score(_("Value for money"))
    went_wrong = Words(label=_("What went wrong, and what did they do about it?"), most=5000, rows=4)
    text = Words(label=_("What should somebody know who is about to choose them?"), most=5000, rows=4)
    hire_again = one_of(_("Would you hire them again?"), HireAgain.choices, required=True)
    has_conflict = one_of(_("Are you connected with them?"), [("no", _("No")), ("yes", _("Yes"))], required=True)
    conflict = forms.CharField(
        label=_("How?"), max_length=500, required=False, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    sharing = one_of(_("What may other shops see?"), Sharing.choices, required=True)

    def __init__(self, *args: Any, about: Reference, draft: Draft | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": _initial(draft or {}), "label_suffix": ""})
        offered, bands = _values(about)
        self.fields["services"].choices = offered  # type: ignore[attr-defined]
        self.fields["orders"].choices = [*bands, (CANNOT_SAY, _("I do not know"))]  # type: ignore[attr-defined]
        for name in ("worked_from", "worked_until"):
            self.fields[name].widget.attrs["class"] = "form-control"
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs["aria-invalid"] = "true"
                self.fields[name].widget.attrs["class"] += " is-invalid"

    @property
    def scores(self) -> list[forms.BoundField]:
        return [self[name] for name in SCORES]

    def clean_has_conflict(self) -> bool:
        return bool(self.cleaned_data["has_conflict"] == "yes")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        in_order(cleaned)
        if cleaned.get("has_conflict") and not cleaned.get("conflict", "").strip():
            self.add_error("conflict", ValidationError(_("Say how: a word or two.")))
        if cleaned.get("has_conflict") is False:
            cleaned["conflict"] = ""
        if cleaned.get("relation") != Reference.Relation.FORMER:
            cleaned["why_left"] = ""
        return cleaned


def _initial(draft: Draft) -> dict[str, Any]:
    return {name: values if name == "services" else values[-1] for name, values in draft.items() if values}


def _values(about: Reference) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What the vendor says it does (everything, where it says nothing) and the bands of volume. One query."""
    says = Capability.objects.filter(vendor=about.vendor_id, value=OuterRef("pk"))
    claimed = Reference.services.through.objects.filter(reference=about.pk, facetvalue=OuterRef("pk"))
    values = FacetValue.objects.of(Facet.SERVICE, Facet.VOLUME)
    rows: list[Any] = list(values.annotate(is_said=Exists(says) | Exists(claimed)))
    services = [row for row in rows if row.facet == Facet.SERVICE]
    offered = [row for row in services if row.is_said] or services
    bands = [row for row in rows if row.facet == Facet.VOLUME]
    return [(str(row.pk), row.name) for row in offered], [(str(row.pk), row.name) for row in bands]


class DeclineForm(forms.Form):
    """Why somebody would rather not; they need not say."""

    reason = forms.CharField(
        label=_("Why, if you like to say"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )


class ShareForm(forms.Form):
    """What other shops may see, chosen anew."""

    sharing = one_of(_("What may other shops see?"), Sharing.choices, required=True)


class ConfirmForm(forms.Form):
    """Whether something is right, and who says so."""

    is_right = one_of(_("Is that right?"), [("yes", _("That is right")), ("no", _("That is not right"))], required=True)
    comment = Words(label=_("What is right instead, or what you would like to add"), most=2000, rows=3)
    said_by = forms.CharField(
        label=_("Your name and position"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"label_suffix": ""})

    def clean_is_right(self) -> bool:
        return bool(self.cleaned_data["is_right"] == "yes")

    def clean_said_by(self) -> str:
        return one_line(self.cleaned_data["said_by"])
