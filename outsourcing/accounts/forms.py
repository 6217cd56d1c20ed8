"""Forms about people and organisations."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Organisation, User


class ProfileForm(forms.ModelForm[User]):
    """What a person says of themselves."""

    class Meta:
        model = User
        fields = ("name", "time_zone", "theme")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.helper = FormHelper()
        self.helper.layout = Layout(Field("name"), Field("time_zone"), Field("theme"), Submit("save", _("Save")))


class OrganisationForm(forms.ModelForm[Organisation]):
    """Where an organisation is, and in which money it counts."""

    class Meta:
        model = Organisation
        fields = ("name", "country", "time_zone", "currency")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["country"].required = True
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Field("name"), Field("country"), Field("time_zone"), Field("currency"), Submit("save", _("Save"))
        )
