"""Forms about what a merchant keeps. They check the shape of what was typed; actions check the rules."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.forms import NamedForm, helper, one_line
from vendors.directory.models import Contact, Relationship

Status = Relationship.Status


class NoteForm(forms.Form):
    """Words for the merchant's own eyes."""

    text = forms.CharField(label=_("Note"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    @property
    def helper(self) -> FormHelper:
        return helper("text", save=_("Keep note"))


class TagForm(NamedForm, forms.Form):
    """A word of the merchant's own."""

    name = forms.CharField(label=_("Tag"), max_length=40)

    @property
    def helper(self) -> FormHelper:
        return helper("name", save=_("Add tag"))


class StatusForm(forms.Form):
    """How merchant and vendor stand; a block has a form of its own, with its reason."""

    STANDS = [(one.value, one.label) for one in (Status.PROSPECT, Status.ACTIVE, Status.FORMER)]
    status = forms.ChoiceField(label=_("How you stand"), choices=STANDS)

    @property
    def helper(self) -> FormHelper:
        return helper("status")


class BlockForm(forms.Form):
    """Why a vendor is blocked."""

    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    @property
    def helper(self) -> FormHelper:
        return helper("reason", save=_("Block this vendor"))


class ContactForm(NamedForm, forms.Form):
    """Somebody at a vendor."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    email = forms.EmailField(label=_("Email"), max_length=254)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    about = forms.CharField(
        label=_("What they do"), max_length=120, required=False, help_text=_("Such as: plans our inbound pallets.")
    )
    is_backup = forms.BooleanField(label=_("Stands in as backup"), required=False)

    def __init__(self, *args: Any, contact: Contact | None = None, **kwargs: Any) -> None:
        if contact is not None:
            member = contact.membership
            kwargs["initial"] = {
                "name": member.name,
                "email": member.email,
                "phone": member.phone,
                "about": contact.about,
                "is_backup": member.is_backup,
            }
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs |= {"inputmode": "tel"}

    def clean_about(self) -> str:
        return one_line(self.cleaned_data["about"])

    def clean_phone(self) -> str:
        return one_line(self.cleaned_data["phone"])

    @property
    def helper(self) -> FormHelper:
        return helper("name", "email", "phone", "about", "is_backup", save=_("Keep contact"))
