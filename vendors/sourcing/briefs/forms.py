"""Forms of briefs. They check the shape of what was typed; actions check the rules."""

from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.forms import day, people, words
from outsourcing.accounts.forms import helper, near, one_line
from outsourcing.accounts.places import currencies
from outsourcing.files.forms import CheckedFileField
from outsourcing.files.kinds import DOCUMENTS
from vendors.sourcing.briefs import deadlines, volumes
from vendors.sourcing.briefs.writing import YARDSTICK
from vendors.sourcing.errors import BadDeadline
from vendors.sourcing.models import HEAVIEST, STEPS, Brief, Candidate, Criterion, Gate, Question
from vendors.sourcing.roles import SCORERS


class WallTimeField(forms.Field):
    """A date and a time of day as a clock shows it, without a zone: the form that has the zone makes an instant."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        try:
            wall = parse_datetime(str(value).strip()[:40])
        except ValueError:
            wall = None
        if wall is None or wall.tzinfo is not None:
            raise ValidationError(_("Write a date and a time, such as 2026-11-27 17:00."), code="invalid")
        near(wall.date())
        return wall.replace(second=0, microsecond=0)

    def prepare_value(self, value: Any) -> Any:
        return value


def wall(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """What the clock of `zone` shows at `at`, for a form to open with."""
    return at.astimezone(zone).replace(tzinfo=None) if at else None


def instant_of(form: forms.BaseForm, name: str, zone: ZoneInfo) -> datetime | None:
    """The instant of a wall time that was typed; where it cannot be one, the field says why."""
    typed = form.cleaned_data.get(name)
    if typed is None:
        return None
    try:
        return deadlines.instant(typed, zone)
    except BadDeadline as error:
        form.add_error(name, str(error))
        return None


class BriefForm(forms.ModelForm[Brief]):
    """What stands at the head of a brief. What is fixed once vendors are asked is left out then, and `note` is asked:
    why it changes."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    starts_on = day(label=gettext_lazy("Work starts"), required=False)
    decide_by = day(label=gettext_lazy("Decision by"), required=False)
    deadline = WallTimeField(label=gettext_lazy("Answers until"), required=False)
    questions = WallTimeField(label=gettext_lazy("Questions until"), required=False)
    note = forms.CharField(label=gettext_lazy("Why you change it"), max_length=500, required=False)

    class Meta:
        model = Brief
        fields = (
            "title", "summary", "scope", "orders_base", "orders_low", "orders_peak", "starts_on", "budget",
            "budget_is_shown", "currency", "time_zone", "decide_by", "is_sealed", "is_private",
        )  # fmt: skip
        widgets = {"scope": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        brief = self.instance
        self.is_out = brief.published_at is not None
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=currencies())
        for name, (label, example) in volumes.FIELDS.items():
            self.fields[f"v_{name}"] = forms.CharField(
                label=label, max_length=volumes.LONGEST, required=False, help_text=_("Such as: %s") % example,
                initial=brief.volumes.get(name, ""),
            )  # fmt: skip
        self.initial.update(
            {
                "seen": brief.version,
                "deadline": wall(brief.deadline_at, brief.zone),
                "questions": wall(brief.questions_until, brief.zone),
            }
        )
        self.fields["deadline"].help_text = _("On the clock of the time zone below.")
        self.fields["is_sealed"].help_text = _(
            "Nobody here reads an answer before the deadline, and then the chair opens them all. Not to be changed once"
            " vendors are asked."
        )
        self.fields["is_private"].help_text = _("No vendor is asked: you enter what you know of each.")
        gone = ("currency", "time_zone", "is_sealed", "is_private", "deadline") if self.is_out else ("note",)
        for name in gone:
            del self.fields[name]
        self.helper = self._helper()

    def _helper(self) -> FormHelper:
        def there(*names: str) -> list[str]:
            return [name for name in names if name in self.fields]

        made = FormHelper()
        made.layout = Layout(
            "seen", "title", "summary", "scope",
            Fieldset(
                _("Volumes"), Div("orders_base", "orders_low", "orders_peak", css_class="field-row"),
                HTML(f"<details class='fold mb-3'><summary>{_('More about volumes')}</summary>"),
                *(f"v_{name}" for name in volumes.FIELDS), HTML("</details>"),
            ),
            Fieldset(
                _("Dates and money"), Div(*there("deadline", "questions", "time_zone"), css_class="field-row"),
                Div("decide_by", "starts_on", css_class="field-row"),
                Div(*there("budget", "currency"), css_class="field-row"), "budget_is_shown",
            ),
            *([Fieldset(_("How it is answered"), *there("is_sealed", "is_private"))] if not self.is_out else ["note"]),
            Submit("save", _("Save")),
        )  # fmt: skip
        return made

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        zone = ZoneInfo(str(data.get("time_zone") or self.instance.time_zone))
        ends = self.instance.deadline_at
        if "deadline" in self.fields:
            ends = data["deadline_at"] = instant_of(self, "deadline", zone)
            if ends is not None and ends <= self.now:
                self.add_error("deadline", _("That has passed already: choose a later time."))
        asked = data["questions_until"] = instant_of(self, "questions", zone)
        if asked and ends and asked > ends:
            self.add_error("questions", _("Questions end no later than answers."))
        if data.get("is_private") and data.get("is_sealed"):
            self.add_error("is_sealed", _("Nobody answers a brief for us alone: there is nothing to seal."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        plain = ("seen", "deadline", "questions", "note")
        kept = {name: data[name] for name in self.fields if name not in plain and not name.startswith("v_")}
        kept["volumes"] = {name: data[f"v_{name}"] for name in volumes.FIELDS if data.get(f"v_{name}")}
        kept["questions_until"] = data["questions_until"]
        if "deadline" in self.fields:
            kept["deadline_at"] = data["deadline_at"]
        return kept


class GateForm(forms.ModelForm[Gate]):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Gate
        fields = ("text", "about")
        widgets = {"about": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.brief.version
        self.helper = helper("seen", "text", "about", save=_("Save"))


class QuestionForm(forms.ModelForm[Question]):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Question
        fields = ("text", "is_required")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.brief.version
        self.helper = helper("seen", "text", "is_required", save=_("Save"))


class CriterionForm(forms.ModelForm[Criterion]):
    """A criterion with a text for each step, and for a measured one the figure from which each step is given."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Criterion
        fields = (
            "name", "about", "weight", "source", "minimum", "needs_reason", "needs_evidence", "price_basis",
            "price_is_relative", "target", "walk_away",
        )  # fmt: skip
        widgets = {"about": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has_row = not self.instance._state.adding
        there = {one.step: one for one in self.instance.steps.all()} if has_row else {}
        for step in STEPS:
            self.fields[f"text_{step}"] = forms.CharField(
                label=_("%(step)s means") % {"step": step}, max_length=300, required=False,
                initial=there[step].text if step in there else "",
            )  # fmt: skip
            if step:
                self.fields[f"bound_{step}"] = forms.DecimalField(
                    label=_("%(step)s from") % {"step": step}, max_digits=12, decimal_places=2, required=False,
                    min_value=0, initial=there[step].bound if step in there else None,
                )  # fmt: skip
        self.fields["weight"].help_text = _("A whole number from 0 to 1,000; only shares count. 0: shown, not counted.")
        self.fields["minimum"].help_text = _("Below this a vendor is marked.")
        if has_row and self.instance.brief.published_at is not None:
            for name in (*YARDSTICK, *(f"bound_{step}" for step in STEPS if step)):
                self.fields[name].disabled = True
        self.initial["seen"] = self.instance.brief.version
        bounds = [f"bound_{step}" for step in STEPS if step]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen", "name", "about", Div("weight", "source", "minimum", css_class="field-row"),
            "needs_reason", "needs_evidence",
            Fieldset(_("What each step means"), *(f"text_{step}" for step in STEPS)),
            Fieldset(
                _("From the price"), Div("price_basis", "target", "walk_away", css_class="field-row"),
                "price_is_relative",
            ),
            Fieldset(
                _("Measured: the figure for each step"),
                HTML(f"<p class='form-text'>{_('Working hours up to which, per cent or references from which.')}</p>"),
                Div(*bounds, css_class="field-row"),
            ),
            Submit("save", _("Save")),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        source = data.get("source")
        if source == Criterion.Source.PRICE:
            if not data.get("price_basis"):
                self.add_error("price_basis", _("Say whether the price of a month or of an order is compared."))
        else:
            data |= {"price_basis": "", "price_is_relative": False, "target": None, "walk_away": None}
        if source in (Criterion.Source.REPLIES, Criterion.Source.ON_TIME, Criterion.Source.REFERENCES):
            self._see_that_bounds_run(data, falls=source == Criterion.Source.REPLIES)
        return data

    def _see_that_bounds_run(self, data: dict[str, Any], *, falls: bool) -> None:
        bounds: list[Any] = [data.get(f"bound_{step}") for step in STEPS if step]
        if None in bounds:
            self.add_error("bound_1", _("Give a figure for each step from 1 to 5."))
            return
        pairs = list(pairwise(bounds))
        if any((a <= b) if falls else (a >= b) for a, b in pairs):
            words = _("A better step is a shorter time.") if falls else _("A better step is a higher figure.")
            self.add_error("bound_1", words)

    @property
    def steps(self) -> list[tuple[str, Any]]:
        data = self.cleaned_data
        measured = data["source"] not in (Criterion.Source.PEOPLE, Criterion.Source.PRICE)
        return [(data[f"text_{step}"], data.get(f"bound_{step}") if measured and step else None) for step in STEPS]


class WeightsForm(forms.Form):
    """All weights of a brief beside each other; `why` is asked once answers are in."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, brief: Brief, criteria: list[Criterion], asks_why: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for one in criteria:
            self.fields[f"w_{one.pk}"] = forms.DecimalField(
                label=one.name, max_digits=4, decimal_places=0, min_value=0, max_value=HEAVIEST, initial=one.weight,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip
        if asks_why:
            self.fields["why"] = forms.CharField(label=_("Why they change"), max_length=500)
        self.initial["seen"] = brief.version
        self.helper = helper(*self.fields, save=_("Save weights"))

    @property
    def weights(self) -> dict[int, Any]:
        return {one.pk: self.cleaned_data[f"w_{one.pk}"] for one in self.criteria}


class DeadlineForm(forms.Form):
    """A new deadline, on the clock of the brief's zone; `reason` where everybody is asked again."""

    deadline = WallTimeField(label=gettext_lazy("Answers until"))

    def __init__(self, *args: Any, brief: Brief, asks_reason: bool, save: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brief = brief
        self.fields["deadline"].help_text = _("On the clock of %(zone)s.") % {"zone": str(brief.zone).replace("_", " ")}
        if brief.deadline_at:
            self.initial["deadline"] = wall(brief.deadline_at, brief.zone)
        if asks_reason:
            self.fields["reason"] = words(3, label=_("Why"), max_length=500)
        self.helper = helper(*self.fields, save=save)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["deadline_at"] = instant_of(self, "deadline", self.brief.zone)
        return data


class PublishForm(forms.Form):
    """Which vendors to invite; `seen` is the version of the brief that was read."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, brief: Brief, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Candidate.objects.filter(brief=brief, stage=Candidate.Stage.CONSIDERING).select_related("vendor")
        self.fields["candidates"] = CandidatesField(
            rows.order_by("vendor__name", "pk"), label=_("Whom to invite"), widget=forms.CheckboxSelectMultiple,
            initial=[one.pk for one in rows], error_messages={"required": _("Choose at least one vendor to invite.")},
        )  # fmt: skip
        self.initial["seen"] = brief.version
        until = date_format(brief.deadline_at.astimezone(brief.zone), "j F, H:i") if brief.deadline_at else ""
        save = _("Invite them to answer until %s") % until if until else _("Invite them to answer")
        self.helper = helper("seen", "candidates", save=save)


class CandidatesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Candidate) -> str:
        return obj.vendor.name


class FileForm(forms.Form):
    """A file beside the brief."""

    upload = CheckedFileField(label=gettext_lazy("File"), kinds=DOCUMENTS)
    title = forms.CharField(label=gettext_lazy("What it is"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("upload", "title", save=_("Add the file"))


class EvaluatorsForm(forms.Form):
    """For each colleague who can score, the criteria that they do."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, brief: Brief, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = list(people(brief.merchant_id, SCORERS))
        self.criteria = {
            str(one.pk): one for one in brief.criteria.filter(removed_at=None, source=Criterion.Source.PEOPLE)
        }
        choices = [(key, one.name) for key, one in self.criteria.items()]
        there = {one.member_id: one for one in brief.evaluators.current().prefetch_related("assignments")}
        for member in self.members:
            row = there.get(member.pk)
            is_in = row is not None and row.submitted_at is not None
            self.fields[f"m_{member.pk}"] = forms.MultipleChoiceField(
                label=member.label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple,
                initial=[key for one in row.assignments.all() if (key := str(one.criterion_id)) in self.criteria]
                if row else [],
                help_text=_("Has submitted: opening the scores again comes first.") if is_in else "", disabled=is_in,
            )  # fmt: skip
        self.initial["seen"] = brief.version
        self.helper = helper(*self.fields, save=_("Save"))

    @property
    def wanted(self) -> dict[Any, Any]:
        chosen = {
            one: [self.criteria[key] for key in self.cleaned_data[f"m_{one.pk}"] if key in self.criteria]
            for one in self.members
        }
        return {one: criteria for one, criteria in chosen.items() if criteria or self.fields[f"m_{one.pk}"].disabled}
