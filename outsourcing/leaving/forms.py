"""Forms that ask once more before something is gone. They check the wording of what was typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.forms import helper


class SureForm(forms.Form):
    """One tick."""

    sure = forms.BooleanField(label=gettext_lazy("I know that this cannot be undone"))

    def __init__(self, *args: Any, save: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("sure", save=save)
        self.helper.layout[-1].field_classes = "btn btn-danger"


class NameForm(forms.Form):
    """The organisation's name, typed by hand."""

    name = forms.CharField(label=gettext_lazy("Its name"), max_length=120, widget=forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    ))  # fmt: skip

    def __init__(self, *args: Any, organisation: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organisation = organisation
        self.fields["name"].help_text = _("Type “%(name)s”.") % {"name": organisation}
        self.helper = helper("name", save=_("Close it"))
        self.helper.layout[-1].field_classes = "btn btn-danger"

    def clean_name(self) -> str:
        typed = " ".join(self.cleaned_data["name"].split())
        if typed.casefold() != " ".join(self._organisation.split()).casefold():
            raise ValidationError(_("That is not its name: type “%(name)s”."), params={"name": self._organisation})
        return typed
