"""Forms through which a vendor, or a merchant for it, hands over what was asked: short, and made for a thumb."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.forms import one_line
from outsourcing.files.forms import CheckedFilesField
from outsourcing.files.kinds import DOCUMENTS
from vendors.directory.models import Evidence, Partner, Reference, RequestedItem, Testimonial
from vendors.directory.models.profiles import web_address
from vendors.directory.requests.answering import choosable
from vendors.directory.requests.forms import day, not_after, words

Kind = RequestedItem.Kind
MOST_FILES, MOST_LINKS = 8, 20


class RefereeForm(forms.ModelForm[Reference]):
    """Somebody whom the merchant may ask."""

    class Meta:
        model = Reference
        fields = ("name", "role", "company", "email", "phone", "relation")

    agreed = forms.BooleanField(label=_("They agreed to be asked"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("company", "email", "relation"):
            self.fields[name].required = True
        self.fields["relation"].widget = forms.RadioSelect(choices=Reference.Relation.choices)
        self.fields["email"].widget.attrs |= {"autocomplete": "off", "inputmode": "email"}
        self.fields["phone"].widget.attrs |= {"autocomplete": "off", "inputmode": "tel"}

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_company(self) -> str:
        return one_line(self.cleaned_data["company"])

    def clean_role(self) -> str:
        return one_line(self.cleaned_data["role"])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def about(self) -> dict[str, Any]:
        """The referee as the action takes it."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SamplesForm(forms.Form):
    """Files and links, several at once."""

    uploads = CheckedFilesField(
        label=_("Photos or files"), kinds=DOCUMENTS, most=MOST_FILES, required=False, help_text=_("Several at once.")
    )
    links = forms.CharField(
        label=_("Links"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "inputmode": "url", "placeholder": "https://"}),
        help_text=_("One on each line."),
    )
    title = forms.CharField(label=_("What it is"), max_length=120, required=False)
    description = words(2, label=_("About it"), max_length=2000, required=False)

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean_links(self) -> list[str]:
        links = list(dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["links"].splitlines()))))
        if len(links) > MOST_LINKS:
            raise ValidationError(_("At most 20 links at once."))
        for link in links:
            web_address(link)
            if len(link) > 500:
                raise ValidationError(_("A link has at most 500 characters."))
        return links

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("uploads") and not cleaned.get("links"):
            raise ValidationError(_("Choose a file, or write down a link."))
        return cleaned

    def about(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("uploads", "links", "title", "description")}


class TestimonialForm(forms.ModelForm[Testimonial]):
    """What a customer said."""

    __test__ = False

    class Meta:
        model = Testimonial
        fields = ("quote", "person", "role", "company", "said_on", "url", "email")
        widgets = {
            "quote": forms.Textarea(attrs={"rows": 3}),
            "said_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def clean_company(self) -> str:
        return one_line(self.cleaned_data["company"])

    def clean_person(self) -> str:
        return one_line(self.cleaned_data["person"])

    def about(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class PartnerForm(forms.ModelForm[Partner]):
    """Somebody whom the vendor works with."""

    since = forms.IntegerField(label=_("Since the year"), min_value=1800, max_value=2200, required=False)

    class Meta:
        model = Partner
        fields = ("name", "kind", "website", "since", "email")

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def about(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SentForm(forms.Form):
    """A parcel on its way; it opens as it was said before, else as sent today."""

    sent_on = day(label=_("Sent on"))
    sent_by = forms.CharField(label=_("Sent by"), max_length=120, help_text=_("The carrier, or who brings it."))
    tracking = forms.CharField(label=_("Tracking number"), max_length=120, required=False)

    def __init__(self, *args: Any, item: RequestedItem, today: date, **kwargs: Any) -> None:
        said = {"sent_on": item.sent_on or today, "sent_by": item.sent_by, "tracking": item.tracking}
        self.today, self.first = today, item.request.asked_at.date() - timedelta(days=1)  # zones differ
        super().__init__(*args, **{"initial": said, **kwargs})

    def clean_sent_on(self) -> date:
        return not_after(self.cleaned_data["sent_on"], self.today + timedelta(days=1), not_before=self.first)

    def clean_sent_by(self) -> str:
        return one_line(self.cleaned_data["sent_by"])

    def clean_tracking(self) -> str:
        return one_line(self.cleaned_data["tracking"])

    def about(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("sent_on", "sent_by", "tracking")}


FORMS: dict[str, Any] = {
    Kind.REFEREES: RefereeForm,
    Kind.SAMPLES: SamplesForm,
    Kind.PHYSICAL: SentForm,
    Kind.TESTIMONIALS: TestimonialForm,
    Kind.PARTNERS: PartnerForm,
}


def form_for(item: RequestedItem, *args: Any, today: date, **kwargs: Any) -> Any:
    """The form through which one piece of what is asked is handed over; `today` where the person is."""
    if item.kind == Kind.PHYSICAL:
        kwargs |= {"item": item, "today": today}
    return FORMS[item.kind](*args, **kwargs)


class PiecesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Check boxes that say what each piece is."""

    def label_from_instance(self, one: Evidence) -> str:
        if isinstance(one, Testimonial):
            return f"“{one.quote[:80]}” {one.company}"
        return str(one)


class ChooseForm(forms.Form):
    """What the profile shows already; of referees, those named before, who must agree anew."""

    def __init__(self, *args: Any, item: RequestedItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pieces"] = PiecesField(
            label=_("From what you have"), queryset=choosable(item), widget=forms.CheckboxSelectMultiple
        )
        if item.kind == Kind.REFEREES:
            says = _("They agreed to be asked by %(merchant)s") % {"merchant": item.request.merchant}
            self.fields["agreed"] = forms.BooleanField(label=says)


class RefuseForm(forms.Form):
    """Why something will not come."""

    reason = forms.CharField(
        label=_("Why not"),
        max_length=500,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": _("For example: we do not give referees before a contract.")}
        ),
    )
