"""What a referee said by phone or in person, as the merchant writes it down."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vendors.directory.enquiries.forms import AnswerForm, one_of
from vendors.directory.models import Reference


class RecordForm(AnswerForm):
    """The referee's questions, and when and how they were answered; who else may see it was nobody's to say."""

    sharing = None  # type: ignore[assignment]  # Django's way to leave a field out
    channel = one_of(_("How did you speak?"), Reference.Channel.choices[1:], required=True)
    on = forms.DateField(
        label=_("On which day?"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day.year < 2000 or day > self.today:
            raise ValidationError(_("Choose a day that has been."))
        return day
