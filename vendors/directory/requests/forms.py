"""Forms of the merchant that asks, records and judges. They check the shape of what was typed; actions the rules."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.forms import helper, one_line
from outsourcing.files.forms import CheckedFilesField
from outsourcing.files.kinds import PICTURES
from vendors.directory.models import EvidenceRequest, RequestedItem
from vendors.directory.requests.asking import Wish

Kind = RequestedItem.Kind
#: What is ticked before anybody looks: a parcel needs an address first.
USUAL = frozenset({Kind.REFEREES, Kind.SAMPLES, Kind.TESTIMONIALS, Kind.PARTNERS})
REFEREES = 3
MOST_PHOTOS = 8
LATEST = timedelta(days=730)


def day(**options: Any) -> forms.DateField:
    """A date as browsers pick it."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def words(rows: int, **options: Any) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)


HELP = {
    Kind.REFEREES: _("Their customers whom you may ask, who have agreed to it."),
    Kind.SAMPLES: _("Photos, documents or links."),
    Kind.PHYSICAL: _("A parcel, packed as your customers would get it."),
    Kind.TESTIMONIALS: _("What customers have said, with name and company."),
    Kind.PARTNERS: _("Clients, carriers, platforms and technology they work with."),
}


class AskForm(forms.Form):
    """What to ask a vendor for; as it opens, one click suffices."""

    referees_wanted = forms.IntegerField(label=_("How many"), min_value=1, max_value=20, required=False)
    referees_former = forms.BooleanField(label=_("One of them a former client"), required=False)
    physical_send_to = forms.CharField(
        label=_("Where to send it"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_on = day(label=_("Wanted by"))
    message = words(4, label=_("Message"), max_length=5000, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        for kind in Kind:
            self.fields[kind.value] = forms.BooleanField(label=kind.label, help_text=HELP[kind], required=False)
            self.fields[f"{kind}_detail"] = forms.CharField(
                label=_("What exactly, if it matters"), max_length=300, required=False
            )
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *[self._wish(kind) for kind in Kind],
            Div("due_on", "message", css_class="pt-3"),
            Submit("save", _("Send the request")),
        )

    def _wish(self, kind: Kind) -> Div:
        own = {Kind.REFEREES: ["referees_wanted", "referees_former"], Kind.PHYSICAL: ["physical_send_to"]}
        return Div(
            kind.value, Div(*own.get(kind, []), f"{kind}_detail", css_class="wish-more field-row"), css_class="wish"
        )

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if not self.today <= due_on <= self.today + LATEST:
            raise ValidationError(_("Choose a day from today on, within two years."))
        return due_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(kind.value) for kind in Kind):
            raise ValidationError(_("Tick at least one thing to ask for."))
        if cleaned.get(Kind.PHYSICAL.value) and not cleaned.get("physical_send_to") and "physical_send_to" in cleaned:
            self.add_error("physical_send_to", _("Say where the parcel should go."))
        return cleaned

    def wishes(self) -> list[Wish]:
        """What is ticked."""
        said = self.cleaned_data
        return [
            Wish(
                kind=kind.value,
                detail=" ".join(said[f"{kind}_detail"].split()),
                wanted=said["referees_wanted"] if kind == Kind.REFEREES else None,
                wants_former=kind == Kind.REFEREES and said["referees_former"],
                send_to=said["physical_send_to"] if kind == Kind.PHYSICAL else "",
            )
            for kind in Kind
            if said[kind.value]
        ]


def first_wishes(due_on: date, again: EvidenceRequest | None) -> dict[str, Any]:
    """How the form opens: the usual things, or those of the request that is asked again. A query for the latter."""
    if again is None:
        usual = {kind.value: kind in USUAL for kind in Kind}
        return {**usual, "referees_wanted": REFEREES, "referees_former": True, "due_on": due_on}
    initial: dict[str, Any] = {"due_on": due_on, "message": again.message, "referees_wanted": REFEREES}
    for item in again.items.all():
        initial |= {item.kind: True, f"{item.kind}_detail": item.detail}
        if item.kind == Kind.REFEREES:
            initial |= {"referees_wanted": item.wanted, "referees_former": item.wants_former}
        if item.kind == Kind.PHYSICAL:
            initial["physical_send_to"] = item.send_to
    return initial


class RecordForm(forms.Form):
    """What reached the merchant outside the portal: it came, or they said that it will not."""

    CAME, REFUSED = "came", "refused"
    outcome = forms.ChoiceField(
        label=_("What happened"),
        choices=[(CAME, _("They sent it")), (REFUSED, _("They will not"))],
        widget=forms.RadioSelect,
        initial=CAME,
    )
    channel = forms.ChoiceField(label=_("How"), choices=RequestedItem.Channel.choices)
    came_on = day(label=_("On"))
    reason = words(3, label=_("Why not"), max_length=500, required=False, help_text=_("In their words."))

    def __init__(self, *args: Any, asked_on: date, today: date, **kwargs: Any) -> None:
        self.asked_on, self.today = asked_on, today
        super().__init__(*args, **{"initial": {"came_on": today, "outcome": self.CAME}, **kwargs})
        self.fields["came_on"].widget.attrs |= {"min": asked_on.isoformat(), "max": today.isoformat()}
        self.helper = helper("outcome", "channel", "came_on", "reason", save=_("Record it"))

    def clean_came_on(self) -> date:
        return not_after(self.cleaned_data["came_on"], self.today, not_before=self.asked_on)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == self.REFUSED and "reason" in cleaned and not cleaned["reason"].strip():
            self.add_error("reason", _("Write down what they said."))
        return cleaned


def not_after(when: date, today: date, *, not_before: date) -> date:
    """A day of the past, not before it was asked. Raises ValidationError."""
    if when > today:
        raise ValidationError(_("This day is still to come."))
    if when < not_before:
        raise ValidationError(_("That was before you asked."))
    return when


def instant_on(day: date, zone: ZoneInfo, *, asked_at: datetime, at: datetime) -> datetime:
    """Noon of a past day, but never before it was asked nor after now."""
    return max(asked_at, min(datetime.combine(day, time(12), zone), at))


class ArrivalForm(forms.Form):
    """A parcel as it came."""

    arrived_on = day(label=_("Arrived on"))
    title = forms.CharField(label=_("What it is"), max_length=160)
    description = words(3, label=_("How it arrived"), max_length=2000, required=False)
    photos = CheckedFilesField(
        label=_("Photos"), kinds=PICTURES, most=MOST_PHOTOS, required=False, help_text=_("Several at once, at most 8.")
    )

    def __init__(self, *args: Any, asked_on: date, today: date, **kwargs: Any) -> None:
        self.asked_on, self.today = asked_on, today
        super().__init__(*args, **kwargs)
        self.fields["arrived_on"].widget.attrs |= {"min": asked_on.isoformat(), "max": today.isoformat()}
        self.helper = helper("arrived_on", "title", "description", "photos", save=_("Keep arrival"))

    def clean_arrived_on(self) -> date:
        return not_after(self.cleaned_data["arrived_on"], self.today, not_before=self.asked_on)

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])


class JudgeForm(forms.Form):
    """A verdict with its reason; `seen` is which verdict stood when the page was made."""

    verdict = forms.ChoiceField(label=_("Verdict"), choices=RequestedItem.Verdict.choices, widget=forms.RadioSelect)
    text = words(4, label=_("Why"), max_length=2000)
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, item: RequestedItem, **kwargs: Any) -> None:
        given = {"verdict": item.verdict, "text": item.verdict_text}
        given["seen"] = item.judged_at.isoformat() if item.judged_at else ""
        super().__init__(*args, **{"initial": given, **kwargs})
        self.helper = helper("verdict", "text", "seen", save=_("Keep verdict"))

    def clean_seen(self) -> datetime | None:
        said = self.cleaned_data["seen"]
        if not said:
            return None
        try:
            seen = parse_datetime(said)
        except ValueError:
            seen = None
        if seen is None or seen.tzinfo is None:
            raise ValidationError(_("Reload the page and judge again."))
        return seen
