"""Forms about candidates: who goes on the list, what the merchant says of one, and what it enters for one."""

from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.forms import words
from outsourcing.accounts.forms import helper
from outsourcing.accounts.models import Membership
from outsourcing.conversations.models.entries import Channel
from outsourcing.conversations.posting import Receipt
from vendors.directory.models import Vendor
from vendors.sourcing.models import Brief, BriefState, GateRuling


class VendorsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Vendor) -> str:
        return obj.name


class AddForm(forms.Form):
    """Vendors to put on one brief's list: those offered on the page."""

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["v"] = VendorsField(
            offered, label=_("Vendors"), widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one vendor.")},
        )  # fmt: skip


class BriefField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Brief) -> str:
        return f"{obj.title} ({str(obj.get_state_display()).lower()})"


def taking(acting: Membership) -> Any:
    """Briefs on whose lists a vendor can be put, the latest first."""
    rows = Brief.objects.visible_to(acting)
    private = rows.filter(is_private=True, state=BriefState.EVALUATING)
    return (rows.filter(state__in=[BriefState.DRAFT, BriefState.OPEN]) | private).order_by("-created_at", "pk")


#: So many shortlists stand there to be ticked; of more, one is chosen from a list that can be typed into.
FEW = 12


class PutOnForm(forms.Form):
    """On which brief's list some vendors go; the vendors stand in the address."""

    def __init__(self, *args: Any, acting: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = taking(acting)
        first = list(rows.values_list("pk", flat=True)[: FEW + 1])
        self.fields["brief"] = BriefField(
            rows, label=_("Shortlist"), empty_label=None, initial=first[0] if first else None,
            widget=forms.RadioSelect if len(first) <= FEW else forms.Select,
        )  # fmt: skip
        self.helper = helper("brief", save=_("Put on the shortlist"))


class RulingForm(forms.Form):
    """How a must-have is met, and why."""

    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=GateRuling.Result)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=1000, required=False,
        help_text=gettext_lazy("A waiver needs one."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("result", "reason", save=_("Save"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("result") == GateRuling.Result.WAIVED and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why this must-have is waived."))
        return data


class RateForm(forms.Form):
    """What one of the answer's currency is worth in the brief's."""

    rate = forms.DecimalField(max_digits=14, decimal_places=6, min_value=0)

    def __init__(self, *args: Any, theirs: str, ours: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rate"].label = _("1 %(theirs)s in %(ours)s") % {"theirs": theirs, "ours": ours}
        self.helper = helper("rate", save=_("Enter the rate"))

    def clean_rate(self) -> Any:
        if not self.cleaned_data["rate"]:
            raise forms.ValidationError(_("A rate is more than 0."))
        return self.cleaned_data["rate"]


class LateForm(forms.Form):
    """Whether a late answer counts, and why."""

    reason = words(3, label=gettext_lazy("Why"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "reason", Submit("accept", _("Accept it"), css_class="btn-quiet"),
            Submit("refuse", _("Refuse it unread"), css_class="btn-danger"),
        )  # fmt: skip


class ReceiptForm(forms.Form):
    """How an answer reached the merchant elsewhere."""

    channel = forms.ChoiceField(label=gettext_lazy("How it came"), choices=Channel)
    received_at = forms.DateTimeField(
        label=gettext_lazy("When it came"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_received_at(self) -> datetime:
        at: datetime = self.cleaned_data["received_at"]
        if at > self.now or at.year < 2000:
            raise forms.ValidationError(_("Say when it reached you: not before 2000, and not to come."))
        return at

    @property
    def receipt(self) -> Receipt:
        return Receipt(Channel(self.cleaned_data["channel"]), self.cleaned_data["received_at"], None)
