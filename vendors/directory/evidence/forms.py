"""Forms for evidence. They check the shape of what was typed; actions check the rules."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.forms import helper, near, one_line
from outsourcing.accounts.models import Membership
from outsourcing.files.forms import CheckedFileField, CheckedFilesField
from outsourcing.files.kinds import DOCUMENTS
from vendors.directory.models import Certificate, Facet, FacetValue, Partner, Testimonial, WorkSample

#: Fields that say what something is called: on one line, and to be seen.
NAMES = frozenset({"person", "role", "company", "name", "title", "issuer", "number"})
PAST = frozenset({"said_on", "made_on", "arrived_on", "issued_on", "checked_on"})


def day() -> forms.DateInput:
    """A field for a date as browsers and ISO 8601 write it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PieceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What all kinds share: names one can see, dates that can be, links with a keyboard for them."""

    def __init__(self, *args: Any, acting: Membership, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting, self.today = acting, today
        for name, field in self.fields.items():
            if isinstance(field, forms.DateField):
                field.widget = day()
                field.validators.append(near)
            if name in ("url", "website"):
                field.widget.attrs |= {"inputmode": "url", "placeholder": "https://"}
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 4
        self.helper = helper(*self.fields)

    @property
    def uploads(self) -> list[Any]:
        """The files that came with it."""
        return []

    @property
    def of_model(self) -> list[str]:
        """The fields of the row that this form sets."""
        return [name for name in self._meta.fields or () if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in NAMES & cleaned.keys():
            try:
                cleaned[name] = one_line(cleaned[name])
            except ValidationError as error:
                self.add_error(name, error)
        for name in PAST & cleaned.keys():
            if cleaned[name] is not None and cleaned[name] > self.today:
                self.add_error(name, _("This day is still to come."))
        return cleaned


def can_be_seen(text: str) -> bool:
    """Whether there is anything but blanks and signs without a shape."""
    return any(unicodedata.category(sign)[0] in "LNPS" for sign in text)


class TestimonialForm(PieceForm):
    """Words that somebody is quoted with."""

    class Meta:
        model = Testimonial
        fields = ("quote", "person", "role", "company", "said_on", "url", "email")
        help_texts = {"email": _("Nobody reads it here: it is where the company can be asked to confirm the words.")}

    def clean_quote(self) -> str:
        quote: str = self.cleaned_data["quote"]
        if not can_be_seen(quote):
            raise ValidationError(_("Write down what was said."))
        return quote


class PartnerForm(PieceForm):
    """Somebody whom the vendor works with."""

    class Meta:
        model = Partner
        fields = ("name", "kind", "website", "since", "email")
        help_texts = {"email": _("Nobody reads it here: it is where the partner can be asked to confirm it.")}

    def clean_since(self) -> int | None:
        since: int | None = self.cleaned_data["since"]
        if since is not None and not 1800 <= since <= self.today.year:
            raise ValidationError(_("Choose a year between 1800 and this one."))
        return since


class SampleForm(PieceForm):
    """A piece of work: files, a link, or a parcel that came."""

    attachments = CheckedFilesField(
        label=_("Files"),
        kinds=DOCUMENTS,
        required=False,
        help_text=_("Up to 25 MB in all. Several files become several samples."),
    )

    class Meta:
        model = WorkSample
        fields = ("title", "url", "description", "made_on", "arrived_on")
        help_texts = {
            "url": _("Or where it can be looked at."),
            "arrived_on": _("Only for a parcel that came to you."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_there = not self.instance._state.adding
        if is_there:
            del self.fields["attachments"]
        if not self.acting.organisation.is_merchant or (is_there and self.instance.form != WorkSample.Form.PHYSICAL):
            del self.fields["arrived_on"]
        order = ("title", "attachments", "url", "description", "made_on", "arrived_on")
        self.helper = helper(*[name for name in order if name in self.fields])

    @property
    def uploads(self) -> list[Any]:
        return list(self.cleaned_data.get("attachments") or [])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and self.instance._state.adding:
            if self.uploads:
                self.instance.form = WorkSample.Form.FILE
            elif cleaned["url"]:
                self.instance.form = WorkSample.Form.LINK
            elif cleaned.get("arrived_on"):
                self.instance.form = WorkSample.Form.PHYSICAL
            else:
                self.add_error("attachments", _("Choose a file, or say where it can be seen."))
            if cleaned.get("arrived_on") and self.instance.form != WorkSample.Form.PHYSICAL:
                self.add_error("arrived_on", _("A parcel is written down by itself, without a file or a link."))
        elif "url" not in self.errors and self.instance.form == WorkSample.Form.LINK and not cleaned["url"]:
            self.add_error("url", _("It is a link: say where it leads."))
        return cleaned


class CertificateForm(PieceForm):
    """A paper with a date on which it ends."""

    upload = CheckedFileField(label=_("File"), kinds=DOCUMENTS, required=False, help_text=_("Up to 25 MB."))

    class Meta:
        model = Certificate
        fields = ("value", "name", "issuer", "number", "issued_on", "expires_on", "checked_on")
        help_texts = {
            "value": _("Vendors are found by it."),
            "name": _("Only where it is not in the list."),
            "checked_on": _("Only where you asked the issuer and they said that it holds. Only you see it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = forms.ModelChoiceField(
            FacetValue.objects.of(Facet.CERTIFICATE),
            label=_("Certificate"),
            required=False,
            empty_label=_("Another one"),
            help_text=self.fields["value"].help_text,
        )
        self.fields["name"].required = False
        if not self.acting.organisation.is_merchant:
            del self.fields["checked_on"]
        order = ("value", "name", "issuer", "number", "issued_on", "expires_on", "upload", "checked_on")
        self.helper = helper(*[name for name in order if name in self.fields])

    @property
    def uploads(self) -> list[Any]:
        upload = self.cleaned_data.get("upload")
        return [upload] if upload else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("value"):
            cleaned["name"] = cleaned["value"].name
        elif not cleaned.get("name") and "name" not in self.errors and "value" not in self.errors:
            self.add_error("name", _("Choose a certificate, or say what it is called."))
        issued, expires = cleaned.get("issued_on"), cleaned.get("expires_on")
        if issued and expires and expires < issued:
            self.add_error("expires_on", _("It ends before it was issued."))
        return cleaned


FORMS: dict[str, type[PieceForm]] = {
    "testimonials": TestimonialForm,
    "samples": SampleForm,
    "partners": PartnerForm,
    "certificates": CertificateForm,
}
