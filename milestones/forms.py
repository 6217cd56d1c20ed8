"""Forms of contracts and milestones. They check the shape of what was typed; actions check the rules."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.contracts.text import AMENDABLE
from milestones.health.overriding import LEVELS
from milestones.models import Cause, Contract, Milestone, Offer, Point, Submission, Wish
from milestones.reminders.promises import PROMISE_DAYS
from milestones.work.handing_in import Handed
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from outsourcing.accounts.forms import helper, near, one_line
from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.accounts.places import currencies
from outsourcing.conversations.models.entries import Channel
from outsourcing.conversations.posting import Receipt
from outsourcing.files.forms import CheckedFileField, CheckedFilesField
from outsourcing.files.kinds import DOCUMENTS

MOST_FILES, MOST_CRITERIA = 10, 30
#: Who can run a contract or judge a milestone on a merchant's side.
RUN = [Role.OWNER, Role.OPERATIONS]


def day(**options: Any) -> forms.DateField:
    """A date as browsers pick it, in this century."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, validators=[near], **options)


def words(rows: int, **options: Any) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Membership) -> str:
        return obj.label


def people(organisation: Organisation | int, roles: Iterable[Role] = ()) -> QuerySet[Membership]:
    """Who of an organisation has joined, with one of the roles where some are named."""
    rows = Membership.objects.joined().filter(organisation=organisation)
    named = list(roles)
    return (rows.filter(roles__overlap=named) if named else rows).order_by("name", "pk")


def danger(form_helper: FormHelper) -> FormHelper:
    """Have the one button of a form warn."""
    form_helper.layout[-1].field_classes = "btn btn-danger"
    return form_helper


# ---- Contracts -----------------------------------------------------------------------------------------------------
class ContractForm(forms.ModelForm[Contract]):
    """What a contract says, while it is a draft; `ours` and `theirs` choose who runs it on either side."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    starts_on = day(label=gettext_lazy("Starts"))
    ends_on = day(label=gettext_lazy("Ends"), required=False)
    renews_on = day(label=gettext_lazy("Renews by itself on"), required=False)

    class Meta:
        model = Contract
        fields = (
            "title", "reference", "scope", "pricing", "value", "rate_unit", "currency", "starts_on", "ends_on",
            "renews_on", "notice_days", "time_zone", "owner", "backup", "vendor_owner", "review_days", "rework_days",
            "silence_days", "silence_accepts",
        )  # fmt: skip
        field_classes = {"owner": PersonField, "backup": PersonField, "vendor_owner": PersonField}
        widgets = {
            "scope": forms.Textarea(attrs={"rows": 6}),
            "value": forms.NumberInput(attrs={"inputmode": "decimal"}),
        }

    def __init__(self, *args: Any, acting: Membership, vendor: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=currencies())
        ours: Any = people(acting.organisation, RUN)
        self.fields["owner"].queryset = self.fields["backup"].queryset = ours  # type: ignore[attr-defined]
        self.fields["vendor_owner"].queryset = people(vendor)  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = None  # type: ignore[attr-defined]
        self.fields["backup"].empty_label = _("Nobody")  # type: ignore[attr-defined]
        self.fields["vendor_owner"].empty_label = _("Whoever accepts")  # type: ignore[attr-defined]
        self.fields["reference"].help_text = _("Such as the number in your files; the vendor sees it too.")
        self.fields["silence_days"].help_text = _(
            "5 to 15: so long nothing may be heard before it counts as gone quiet."
        )
        self.initial["seen"] = self.instance.version
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen", "title", "reference", "scope",
            Div("pricing", "value", "currency", "rate_unit", css_class="field-row"),
            Div("starts_on", "ends_on", "time_zone", css_class="field-row"),
            Div("renews_on", "notice_days", css_class="field-row"),
            Div("owner", "backup", "vendor_owner", css_class="field-row"),
            Div("review_days", "rework_days", "silence_days", css_class="field-row"),
            "silence_accepts",
            Submit("save", _("Save the draft")),
        )  # fmt: skip

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "seen"}


class PeopleForm(forms.ModelForm[Contract]):
    """Who runs a contract and who stands in: a merchant names both sides' people, a vendor its own."""

    class Meta:
        model = Contract
        fields = ("owner", "backup", "vendor_owner", "vendor_backup")
        field_classes = dict.fromkeys(fields, PersonField)

    def __init__(self, *args: Any, acting: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in ("owner", "backup"):
            if not acting.organisation.is_merchant:
                del fields[name]
                continue
            fields[name].queryset = people(self.instance.merchant_id, RUN)
            fields[name].empty_label = None if name == "owner" else _("Nobody")
        for name in ("vendor_owner", "vendor_backup"):
            fields[name].queryset = people(self.instance.vendor_id)
            fields[name].empty_label = _("Nobody")
            if not acting.organisation.is_merchant:
                fields[name].label = _("runs it for you") if name == "vendor_owner" else _("stands in")
        self.helper = FormHelper()
        rows = [Div(*(name for name in pair if name in fields), css_class="field-row")
                for pair in (("owner", "backup"), ("vendor_owner", "vendor_backup"))]  # fmt: skip
        self.helper.layout = Layout(*rows, Submit("save", _("Save")))

    @property
    def named(self) -> dict[str, Membership | None]:
        return {name: self.cleaned_data[name] for name in self.fields}


class AmendmentForm(forms.ModelForm[Contract]):
    """What of a running contract should read otherwise."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    starts_on = day(label=gettext_lazy("Starts"))
    ends_on = day(label=gettext_lazy("Ends"), required=False)
    renews_on = day(label=gettext_lazy("Renews by itself on"), required=False)
    expires_on = day(label=gettext_lazy("Open until"), required=False)

    class Meta:
        model = Contract
        fields = AMENDABLE
        widgets = {"scope": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=currencies())
        self.initial["seen"] = self.instance.version
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen", "title", "scope",
            Div("pricing", "value", "currency", "rate_unit", css_class="field-row"),
            Div("starts_on", "ends_on", css_class="field-row"),
            Div("renews_on", "notice_days", css_class="field-row"),
            Div("review_days", "rework_days", css_class="field-row"),
            "silence_accepts", "expires_on",
            Submit("save", _("Propose the change")),
        )  # fmt: skip

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in AMENDABLE}


class OfferForm(forms.Form):
    """Until when an offer stands; `seen` is the version of the draft."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    expires_on = day(
        label=gettext_lazy("Open until"), required=False, help_text=gettext_lazy("Left empty: until you take it back.")
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = contract.version
        self.helper = helper("seen", "expires_on", save=_("Offer it to %(vendor)s") % {"vendor": contract.vendor})


class AcceptForm(forms.Form):
    """That somebody has read one text of a contract and agrees to it."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"read": offer.digest}, **kwargs})


class ReasonForm(forms.Form):
    """A reason, to whom it is shown, and the one button."""

    reason = words(4, label=gettext_lazy("Why"), max_length=1000)

    def __init__(self, *args: Any, save: str, label: str = "", warns: bool = False, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if label:
            self.fields["reason"].label = label
        self.helper = helper("reason", save=save)
        if warns:
            danger(self.helper)


class ResumeForm(forms.Form):
    """Whether dates move by the days that a contract stood still."""

    shift = forms.BooleanField(
        label=gettext_lazy("Move what is open by the working days in between"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("shift", save=_("Let it run again"))


class WishForm(forms.Form):
    """What a vendor asks for."""

    kind = forms.ChoiceField(label=gettext_lazy("What you ask for"), choices=Wish.Kind, widget=forms.RadioSelect)
    reason = words(4, label=gettext_lazy("Why"), max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("kind", "reason", save=_("Ask"))


class DocumentForm(forms.Form):
    """A file for both sides."""

    upload = CheckedFileField(label=gettext_lazy("File"), kinds=DOCUMENTS)
    title = forms.CharField(label=gettext_lazy("What it is"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("upload", "title", save=_("Add"))


class OverrideForm(forms.Form):
    """A person's own word on how a contract is doing."""

    level = forms.ChoiceField(label=gettext_lazy("How it is doing"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(one.value, one.label) for one in LEVELS]  # type: ignore[attr-defined]
        self.helper = helper("level", "reason", save=_("Set it for five working days"))


# ---- What came outside the portal ----------------------------------------------------------------------------------
class ReceiptForm(forms.Form):
    """How something of a vendor's reached the merchant: by which way, when, and from whom where that is known."""

    channel = forms.ChoiceField(label=gettext_lazy("How it came"), choices=Channel)
    received_at = forms.DateTimeField(
        label=gettext_lazy("When it came"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, contract: Contract, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["author"] = PersonField(
            people(contract.vendor_id), label=_("From whom"), required=False, empty_label=_("Nobody in particular")
        )
        zone = timezone.get_current_timezone_name().replace("_", " ")
        self.fields["received_at"].help_text = _("On the clock of %(zone)s.") % {"zone": zone}

    def clean_received_at(self) -> datetime:
        at: datetime = self.cleaned_data["received_at"]
        near(at.date())
        if at > self.now:
            raise ValidationError(_("That is still to come: say when it reached you."))
        return at

    @property
    def receipt(self) -> Receipt:
        data = self.cleaned_data
        return Receipt(Channel(data["channel"]), data["received_at"], data["author"])


class SignedForm(ReceiptForm):
    """A contract that was signed outside, with the signed file."""

    upload = CheckedFileField(label=gettext_lazy("The signed contract"), kinds=DOCUMENTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("upload", "channel", "received_at", "author", save=_("Record it as running"))


# ---- Milestones ----------------------------------------------------------------------------------------------------
class MilestoneForm(forms.ModelForm[Milestone]):
    """What a milestone is; of a contract that runs only its people and what it waits for. `seen` is the version of the
    contract's page where one is added, of the milestone's where one is changed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    starts_on = day(label=gettext_lazy("Starts"), required=False)
    current_due = day(label=gettext_lazy("Due"))
    criteria = words(
        4,
        label=gettext_lazy("Must be true to be accepted"),
        required=False,
        max_length=MOST_CRITERIA * 501,
        help_text=gettext_lazy("One line each, so that both sides can say yes or no to it."),
    )

    class Meta:
        model = Milestone
        fields = (
            "title",
            "description",
            "starts_on",
            "current_due",
            "amount",
            "responsible",
            "vendor_responsible",
            "after",
        )
        field_classes = {"responsible": PersonField, "vendor_responsible": PersonField}
        widgets = {"description": forms.Textarea(attrs={"rows": 3}), "after": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_agreed = contract.state != Contract.State.DRAFT and self.instance.pk is not None and not self.adds
        fields: dict[str, Any] = self.fields
        fields["responsible"].queryset = people(contract.merchant_id, RUN)
        fields["responsible"].empty_label = _("Whoever runs the contract")
        fields["vendor_responsible"].queryset = people(contract.vendor_id)
        fields["vendor_responsible"].empty_label = _("Whoever runs the contract for them")
        others = contract.milestones.exclude(pk=self.instance.pk).exclude(state=Milestone.Step.CANCELLED)
        fields["after"].queryset = others
        fields["after"].required = False
        if not others.exists():
            del fields["after"]
        if not self.adds:
            self.initial["criteria"] = "\n".join(one.text for one in self.instance.criteria.all())
        if self.is_agreed:
            for name in ("title", "description", "starts_on", "current_due", "amount", "criteria"):
                del fields[name]
        self.initial["seen"] = contract.version if self.adds else self.instance.version
        self.helper = FormHelper()
        dates = Div(*(n for n in ("starts_on", "current_due", "amount") if n in fields), css_class="field-row")
        who = Div("responsible", "vendor_responsible", css_class="field-row")
        rest = [name for name in ("title", "description", "criteria") if name in fields]
        self.helper.layout = Layout(
            "seen",
            *rest[:2],
            dates,
            *rest[2:],
            who,
            *(["after"] if "after" in fields else []),
            Submit("save", _("Save")),
        )

    @property
    def adds(self) -> bool:
        return self.instance._state.adding

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean_criteria(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["criteria"].splitlines() if line.strip()]
        if len(lines) > MOST_CRITERIA:
            raise ValidationError(_("%(most)s lines at most.") % {"most": MOST_CRITERIA})
        if any(len(line) > 500 for line in lines):
            raise ValidationError(_("Keep each line under 500 characters."))
        return lines

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("criteria", "after", "seen")}


class ReportForm(forms.Form):
    """How far a milestone is, and when it is expected."""

    progress = forms.IntegerField(label=gettext_lazy("Per cent done"), min_value=0, max_value=100, required=False)
    forecast = day(label=gettext_lazy("When you expect it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["forecast"].help_text = _(
            "Up to %(days)s working days ahead, reminders wait for it. For a later day, ask for a new date."
        ) % {"days": PROMISE_DAYS}
        self.helper = helper(save=_("Report"))
        self.helper.layout = Layout(Div("progress", "forecast", css_class="field-row"), Submit("save", _("Report")))


class SubmitForm(forms.Form):
    """What is handed in: words on each criterion, or files that show it; `seen` is the version of the page."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = words(4, label=gettext_lazy("What is done"), max_length=20_000, required=False)
    uploads = CheckedFilesField(
        label=gettext_lazy("Files and photos"), kinds=DOCUMENTS, most=MOST_FILES, required=False
    )

    def __init__(self, *args: Any, milestone: Milestone, save: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.milestone = milestone
        self.initial["seen"] = milestone.version
        self.criteria = list(milestone.criteria.all())
        for one in self.criteria:
            self.fields[f"point_{one.pk}"] = words(2, label=one.text, max_length=5000, required=False)
        points = [f"point_{one.pk}" for one in self.criteria]
        agreed = [HTML(f'<h2 class="h6">{_("How each point is met")}</h2>')] if points else []
        self.helper = FormHelper()
        self.helper.layout = Layout("seen", "text", *agreed, *points, "uploads", *self.more(), Submit("save", save))

    def more(self) -> list[str]:
        return []

    @property
    def handed(self) -> Handed:
        data = self.cleaned_data
        answers = {one.pk: data.get(f"point_{one.pk}", "") for one in self.criteria}
        return Handed(text=data["text"], answers=answers, uploads=data["uploads"])


class RecordSubmissionForm(SubmitForm, ReceiptForm):
    """The same as it reached the merchant elsewhere."""

    def more(self) -> list[str]:
        return ["channel", "received_at", "author"]


class ReviewForm(forms.Form):
    """The verdict on a submission: each point met or not, with what is missing; words and marks."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = words(3, label=gettext_lazy("Your words to the vendor"), max_length=5000, required=False)
    quality = forms.TypedChoiceField(label=gettext_lazy("Quality"), required=False, coerce=int, empty_value=None)
    communication = forms.TypedChoiceField(
        label=gettext_lazy("Communication"), required=False, coerce=int, empty_value=None
    )

    MARKS = (("", "–"), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5"))  # noqa: RUF001

    def __init__(self, *args: Any, submission: Submission, points: Iterable[Point], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = list(points)
        self.initial["seen"] = submission.milestone.version
        for name in ("quality", "communication"):
            self.fields[name].choices = self.MARKS  # type: ignore[attr-defined]
        for one in self.points:
            label = _("What is missing in “%(point)s”") % {"point": one.text}
            self.fields[f"met_{one.pk}"] = forms.BooleanField(label=_("Met"), required=False)
            self.fields[f"missing_{one.pk}"] = forms.CharField(label=label, max_length=1000, required=False)

    def rows(self) -> list[tuple[Point, forms.BoundField, forms.BoundField]]:
        """Each point with its two fields."""
        return [(one, self[f"met_{one.pk}"], self[f"missing_{one.pk}"]) for one in self.points]

    def verdict(self) -> Verdict:
        """What was found: a point that is not marked as met, and says nothing of what is missing, is not met."""
        data = self.cleaned_data
        said = {one.pk: str(data[f"missing_{one.pk}"]).strip() for one in self.points}
        missing = {pk: reason or ("" if data[f"met_{pk}"] else _("Not met")) for pk, reason in said.items()}
        return Verdict(
            missing=missing, words=data["words"], quality=data["quality"], communication=data["communication"]
        )


class DateForm(forms.Form):
    """Another date for a milestone, why, and whose days these are."""

    due = day(label=gettext_lazy("New date"))
    cause = forms.ChoiceField(label=gettext_lazy("Because of"), choices=Cause)
    reason = words(3, label=gettext_lazy("Why"), max_length=2000)

    def __init__(self, *args: Any, acting: Membership, save: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours, theirs = (_("us"), _("them"))
        is_merchant = acting.organisation.is_merchant
        labels = {
            Cause.VENDOR: theirs if is_merchant else ours,
            Cause.MERCHANT: ours if is_merchant else theirs,
            Cause.AGREED: _("something both agreed"),
            Cause.EXTERNAL: _("somebody else (carrier, weather, strike)"),
        }
        self.fields["cause"].choices = [(cause.value, label) for cause, label in labels.items()]  # type: ignore[attr-defined]
        self.initial.setdefault("cause", Cause.MERCHANT if is_merchant else Cause.VENDOR)
        self.helper = helper("due", "cause", "reason", save=save)

    @property
    def wanted(self) -> Wanted:
        data = self.cleaned_data
        return Wanted(data["due"], data["reason"], Cause(data["cause"]))


class RecordDateForm(DateForm, ReceiptForm):
    """The same as a vendor asked for it elsewhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["cause"] = Cause.VENDOR
        self.helper = helper("due", "cause", "reason", "channel", "received_at", "author", save=_("Record it"))


class PaidForm(forms.Form):
    """On which day an accepted milestone was paid."""

    on = day(label=gettext_lazy("Paid on"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": today}, **kwargs})
        self.today = today
        self.helper = helper("on", save=_("Mark it paid"))

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("That is still to come."))
        return on
