"""Forms about vendors. They check the shape of what was typed; actions check the rules."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from outsourcing.accounts.forms import NamedForm, helper, one_line
from vendors.directory.models.profiles import web_address


class AddForm(NamedForm, forms.Form):
    """What suffices for a new vendor: a name, a web site and one contact."""

    name = forms.CharField(label=_("Name"), max_length=120)
    website = forms.CharField(label=_("Web site"), max_length=500, validators=[web_address], required=False)
    country = CountryField(blank=True).formfield(label=_("Country"), required=False)
    contact_name = forms.CharField(label=_("Contact's name"), max_length=120, required=False)
    contact_email = forms.EmailField(label=_("Contact's email"), max_length=254, required=False)
    invite = forms.BooleanField(
        label=_("Ask them in by mail"),
        required=False,
        help_text=_("They get a link for seven days, complete what is said about them and answer you here."),
    )

    def __init__(self, *args: Any, confirmed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["website"].widget.attrs |= {"inputmode": "url", "placeholder": "https://"}
        if confirmed:
            self.fields["confirmed"] = forms.BooleanField(
                label=_("It is another company: add it anyway"), required=False
            )

    @property
    def helper(self) -> FormHelper:
        return helper(*self.fields, save=_("Add vendor"))

    def clean_contact_name(self) -> str:
        return one_line(self.cleaned_data["contact_name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("invite") and "contact_email" in cleaned and not cleaned["contact_email"]:
            self.add_error("contact_email", _("Whom shall we ask in? We need their address."))
        return cleaned
