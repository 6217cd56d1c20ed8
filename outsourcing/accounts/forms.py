"""Forms about people and organisations. They check the shape of what was typed; actions check the rules."""

import unicodedata
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts import places, working_time
from outsourcing.accounts.calendars import BadCalendar, WorkingCalendar
from outsourcing.accounts.models import Absence, ClosedDay, Membership, Opening, Organisation, Role, User

SAVE = _("Save")


def helper(*fields: str, save: Any = SAVE) -> FormHelper:
    """These fields in a column, and the one button."""
    made = FormHelper()
    made.layout = Layout(*fields, Submit("save", save))
    return made


def roles_field(kind: str) -> forms.MultipleChoiceField:
    """Check boxes of the roles that members of such an organisation can have."""
    return forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.value, f"{role.label}: {ROLE_HELP[role]}") for role in Role.of_kind(kind)],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One or more; rights add up."),
    )


ROLE_HELP = {
    Role.OWNER: _("everything, members and settings too"),
    Role.BUYER: _("vendors, briefs and decisions"),
    Role.OPERATIONS: _("contracts, milestones and reviews"),
    Role.VIEWER: _("sees, and changes nothing"),
    Role.MANAGER: _("everything, members and settings too"),
    Role.CONTACT: _("answers, submits and proposes dates"),
}


def one_line(name: str) -> str:
    """A name as it may stand in a mail: on one line, and with something to see. Raises ValidationError."""
    name = " ".join(name.split())
    if name and not any(unicodedata.category(character)[0] in "LNPS" for character in name):
        raise ValidationError(_("A name needs a letter or a sign that can be seen."))
    return name


class NamedForm:
    """A form with a name in it."""

    cleaned_data: dict[str, Any]

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class ProfileForm(NamedForm, forms.ModelForm[User]):
    """What a person says of themselves; the phone is the one where the acting organisation is."""

    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    class Meta:
        model = User
        fields = ("name", "time_zone", "theme")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}
        self.helper = helper("name", "phone", "time_zone", "theme")


class OrganisationForm(NamedForm, forms.ModelForm[Organisation]):
    """Where an organisation is, and in which money it counts."""

    currency = forms.ChoiceField(label=_("Currency"), choices=places.currencies)

    class Meta:
        model = Organisation
        fields = ("name", "country", "region", "time_zone", "currency", "reply_to")
        help_texts = {"region": _("Only where holidays differ within the country, such as SCT or BY.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].required = True
        self.helper = helper(*self.Meta.fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        country, region = cleaned.get("country"), (cleaned.get("region") or "").upper()
        if country and region:
            known = places.regions(str(country))
            if region not in known:
                says = _("Known regions: %(known)s.") if known else _("This country has no regions: leave it empty.")
                self.add_error("region", ValidationError(says, params={"known": ", ".join(sorted(known))}))
        cleaned["region"] = region
        return cleaned


class StartForm(OrganisationForm):
    """A new organisation."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (Organisation.Kind.MERCHANT, _("A shop that hands work over")),
            (Organisation.Kind.VENDOR, _("A company that takes work on")),
        ],
        widget=forms.RadioSelect,
    )

    class Meta(OrganisationForm.Meta):
        fields = ("kind", *OrganisationForm.Meta.fields)  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"instance": Organisation(), **kwargs})
        self.helper = helper(*self.Meta.fields, save=_("Begin"))


class InviteForm(NamedForm, forms.Form):
    """Whom to ask in, and for what."""

    email = forms.EmailField(label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"] = roles_field(organisation.kind)
        self.helper = helper("email", "name", "roles", save=_("Send invitation"))

    def clean_email(self) -> str:
        """In lower case, which can be longer."""
        email = str(self.cleaned_data["email"]).lower()
        MaxLengthValidator(254)(email)
        return email


class MemberForm(forms.ModelForm[Membership]):
    """What a member may do."""

    class Meta:
        model = Membership
        fields = ("roles", "is_backup")
        help_texts = {"is_backup": _("Is asked where the person in charge does not answer.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"] = roles_field(self.instance.organisation.kind)
        self.helper = helper("roles", "is_backup")


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of everybody else who can sign in for the same organisation, by name."""

    def __init__(self, member: Membership, **kwargs: Any) -> None:
        joined = Membership.objects.joined().filter(organisation=member.organisation_id)
        super().__init__(joined.exclude(pk=member.pk).order_by("name", "pk"), **kwargs)

    def label_from_instance(self, obj: Membership) -> str:
        return obj.label


SUCCESSOR_HELP = _("Gets the leaver's open work and reminders.")


class SuccessorForm(forms.Form):
    """Who takes over from somebody who leaves."""

    def __init__(self, *args: Any, leaver: Membership, save: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"] = ColleagueField(leaver, label=_("Who takes over"), help_text=SUCCESSOR_HELP)
        self.helper = helper("successor", save=save)
        self.helper.layout[-1].field_classes = "btn btn-danger"


def near(day: date) -> None:
    """Raises ValidationError for a date that can only be a slip of the keys, such as one of the year 0026."""
    if not 2000 <= day.year < 2100:
        raise ValidationError(_("Choose a date between 2000 and 2099."))


class AbsenceForm(forms.ModelForm[Absence]):
    """When somebody is away, and who gets their reminders."""

    class Meta:
        model = Absence
        fields = ("starts_on", "ends_on", "stand_in")
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stand_in"] = ColleagueField(self.instance.membership, label=_("Stand-in"))
        for name in ("starts_on", "ends_on"):
            self.fields[name].validators.append(near)
        self.helper = helper("starts_on", "ends_on", "stand_in", save=_("Add absence"))


class WeekForm(forms.Form):
    """The windows of each weekday as a line of text."""

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        self.organisation = organisation
        openings = list(organisation.openings.all())
        self.is_assumed = not openings
        lines = working_time.text_of(openings or working_time.assumed_openings())
        kwargs["initial"] = {f"day{day}": lines.get(day, "") for day in range(7)}
        super().__init__(*args, **kwargs)
        for day, name in WEEKDAYS.items():
            self.fields[f"day{day}"] = forms.CharField(label=name, required=False, max_length=200)
            self.fields[f"day{day}"].widget.attrs["placeholder"] = _("Closed")
        self.helper = helper(*self.fields, save=_("Save working hours"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.openings: list[Opening] = []
        for day in range(7):
            try:
                found = working_time.parse(day, cleaned.get(f"day{day}") or "")
                _one_day(day, found)
            except BadCalendar as error:
                self.add_error(f"day{day}", str(error))
            else:
                self.openings += found
        if not self.errors and not self.openings:
            raise ValidationError(_("Open at least once a week."))
        for opening in self.openings:
            opening.organisation = self.organisation
        return cleaned


def _one_day(day: int, openings: list[Opening]) -> None:
    """Raises BadCalendar where the windows of one weekday contradict each other."""
    windows = tuple(map(working_time.window_of, openings))
    if any(one.opens >= one.closes for one in openings):
        raise BadCalendar(_("A window ends after it starts; split a night at 24:00."))
    if windows:
        WorkingCalendar(ZoneInfo("UTC"), tuple(windows if weekday == day else () for weekday in range(7)))


class ClosedDayForm(forms.ModelForm[ClosedDay]):
    """One more date on which the organisation is closed."""

    class Meta:
        model = ClosedDay
        fields = ("day", "name")
        widgets = {"day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].validators.append(near)
        self.helper = helper("day", "name", save=_("Add closed day"))
