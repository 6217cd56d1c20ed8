"""The form in which a brief is answered: must-haves, questions, price, files; and the small ones beside it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.forms import words
from outsourcing.accounts.forms import helper
from outsourcing.accounts.places import currencies
from outsourcing.files.forms import CheckedFileField
from outsourcing.files.kinds import DOCUMENTS
from vendors.sourcing.answering.said import Said
from vendors.sourcing.models import AnswerFile, Brief, Candidate

YES, NO = "yes", "no"
SAYS = {"": None, YES: True, NO: False}


class FilesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: AnswerFile) -> str:
        return str(obj)


class AnswerForm(forms.Form):
    """What is answered to a brief; nothing is required of a draft or of what a merchant enters (`is_whole` False).

    `candidate` names whose files can be handed in; None where a merchant enters an answer.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, brief: Brief, candidate: Candidate | None, is_whole: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.brief, self.is_whole = brief, is_whole
        self.gates = list(brief.gates.filter(removed_at=None))
        self.asked = list(brief.questions.filter(removed_at=None))
        for gate in self.gates:
            self.fields[f"g_{gate.pk}"] = forms.ChoiceField(
                label=gate.text, choices=[(YES, _("Yes")), (NO, _("No"))],
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                required=is_whole,
                help_text=gate.about,
            )  # fmt: skip
            self.fields[f"gt_{gate.pk}"] = words(2, label=_("How you show it"), max_length=2000, required=False)
        for one in self.asked:
            self.fields[f"q_{one.pk}"] = words(
                4, label=one.text, max_length=10_000, required=is_whole and one.is_required
            )
        money: dict[str, Any] = {"max_digits": 12, "min_value": 0, "required": False}
        at = _("At %(orders)s orders a month.") % {"orders": brief.orders_base} if brief.orders_base else ""
        self.fields["price_month"] = forms.DecimalField(
            label=_("Price a month"), decimal_places=2, help_text=at, **money
        )
        self.fields["price_order"] = forms.DecimalField(
            label=_("Price an order"), decimal_places=4, help_text=_("Everything in."), **money
        )
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=currencies(), initial=brief.currency)
        self.fields["assumptions"] = words(3, label=_("What the price assumes"), max_length=5000, required=False)
        self.fields["message"] = words(4, label=_("Anything else"), max_length=10_000, required=False)
        if candidate is not None:
            rows = AnswerFile.objects.filter(candidate=candidate, removed_at=None).select_related("file")
            self.fields["files"] = FilesField(
                rows, label=_("Files to hand in"), widget=forms.CheckboxSelectMultiple, required=False
            )

    @property
    def gate_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"g_{one.pk}"], self[f"gt_{one.pk}"]) for one in self.gates]

    @property
    def question_fields(self) -> list[forms.BoundField]:
        return [self[f"q_{one.pk}"] for one in self.asked]

    @property
    def said(self) -> Said:
        data = self.cleaned_data
        return Said(
            price_month=data["price_month"],
            price_order=data["price_order"],
            currency=data["currency"],
            assumptions=data["assumptions"],
            message=data["message"],
            gates={one.pk: (SAYS[data[f"g_{one.pk}"]], data[f"gt_{one.pk}"]) for one in self.gates},
            questions={one.pk: data[f"q_{one.pk}"] for one in self.asked},
            files=tuple(one.pk for one in data.get("files") or ()),
        )


def initial_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft, or an answer's content in the same shape, fills into the form."""
    found: dict[str, Any] = {
        name: content[name]
        for name in ("price_month", "price_order", "currency", "assumptions", "message")
        if content.get(name) is not None
    }
    for key, (yes, text) in content.get("gates", {}).items():
        found[f"g_{key}"] = {True: YES, False: NO, None: ""}[yes]
        found[f"gt_{key}"] = text
    found |= {f"q_{key}": text for key, text in content.get("questions", {}).items()}
    found["files"] = [int(key) for key in content.get("files", [])]
    return found


class UploadForm(forms.Form):
    """A file to hand in."""

    upload = CheckedFileField(label=gettext_lazy("File"), kinds=DOCUMENTS)
    title = forms.CharField(label=gettext_lazy("What it is"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("upload", "title", save=_("Add the file"))


class DeclineForm(forms.Form):
    """Why there will be no answer."""

    kind = forms.ChoiceField(label=gettext_lazy("Why not"), choices=Candidate.Decline, widget=forms.RadioSelect)
    text = words(3, label=gettext_lazy("In your own words"), max_length=2000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("kind", "text", save=_("Decline"))


class AskForm(forms.Form):
    """A question about the brief."""

    text = words(3, label=gettext_lazy("Your question"), max_length=2000)


class ReplyForm(forms.Form):
    """The answer that all read, and the question in words that name nobody."""

    shown_text = words(3, label=gettext_lazy("The question as all read it"), max_length=2000)
    answer = words(5, label=gettext_lazy("Answer"), max_length=5000)
    changes_brief = forms.BooleanField(
        label=gettext_lazy("This changes the brief"), required=False,
        help_text=gettext_lazy("Vendors see it marked; change the text of the brief too."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown_text"].help_text = _("Take out what tells who asked.")
        self.helper = helper("shown_text", "answer", "changes_brief", save=_("Answer for all to read"))
