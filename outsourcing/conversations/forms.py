"""Forms about conversations. They check the shape of what was typed; actions check the rules."""

import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.forms import ColleagueField, helper, near, one_line
from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.conversations.drafts import MOST_FILES
from outsourcing.conversations.models import Asks, Entry, Kind, Side, Thread
from outsourcing.conversations.models.entries import LONGEST
from outsourcing.conversations.names import plain
from outsourcing.conversations.posting import KINDS, Call, Said
from outsourcing.files.checks import check
from outsourcing.files.errors import Refused
from outsourcing.files.kinds import DOCUMENTS

#: Beside the kinds of entries, what is for one's own side alone.
NOTE = "note"
ICONS = {
    Kind.MESSAGE: "messages",
    Kind.QUESTION: "question",
    Kind.INSTRUCTION: "instruction",
    Kind.CALL_NOTE: "phone",
    Kind.SUBMISSION: "submitted",
    NOTE: "lock",
}


def words(text: str) -> str:
    """What somebody typed, with plain line ends. Raises ValidationError where there is nothing to see."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not any(unicodedata.category(character)[0] in "LNPS" for character in text):
        raise ValidationError(_("Write something that can be seen."))
    return text


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each checked by its content; gives a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=ManyFiles(attrs={"multiple": True, "class": "form-control", "accept": ",".join(DOCUMENTS.endings)}),
            **options,
        )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = [super(FilesField, self).clean(one, initial) for one in data or []]
        if len(uploads) > MOST_FILES:
            raise ValidationError(_("Send %(most)s files at a time.") % {"most": MOST_FILES})
        for upload in uploads:
            try:
                check(upload, DOCUMENTS)
            except Refused as refused:
                raise ValidationError(f"{upload.name}: {refused}") from None
        return uploads


class ComposerForm(forms.Form):
    """What one writes into a thread; `acting` decides which kinds there are and in which zone times are read."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    about = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of entry"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Your words"), max_length=LONGEST, strip=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    asks = forms.BooleanField(label=gettext_lazy("Needs an answer"), required=False)
    in_words = forms.BooleanField(label=gettext_lazy("Needs an answer in words too"), required=False)
    confirm = forms.BooleanField(label=gettext_lazy("Ask them to confirm"), required=False)
    is_blocking = forms.BooleanField(label=gettext_lazy("Work stands still until then"), required=False)
    wanted_by = forms.DateField(
        label=gettext_lazy("By"), required=False, widget=forms.DateInput(attrs={"type": "date"}), validators=[near]
    )
    call_with = forms.CharField(label=gettext_lazy("With whom"), max_length=200, required=False)
    called_at = forms.DateTimeField(
        label=gettext_lazy("When"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    call_minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=1440, required=False)
    uploads = FilesField(label=gettext_lazy("Files"), required=False)

    def __init__(self, *args: Any, acting: Membership, now: datetime, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid.uuid4(), "kind": Kind.MESSAGE, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.acting, self.now = acting, now
        side = Side.MERCHANT if acting.organisation.is_merchant else Side.VENDOR
        kinds = [(str(kind.value), str(kind.label)) for kind in KINDS[side]]
        self.fields["kind"].choices = [*kinds, (NOTE, _("Internal note"))]  # type: ignore[attr-defined]

    @property
    def kinds(self) -> list[tuple[str, str, str, bool]]:
        """Each kind with its label, its icon and whether it is chosen."""
        chosen = str(self["kind"].value())
        choices = self.fields["kind"].choices  # type: ignore[attr-defined]
        return [(value, label, ICONS[value], value == chosen) for value, label in choices]

    @property
    def limits(self) -> str:
        """What of files can be sent, before somebody tries."""
        said = {"most": MOST_FILES, "size": filesizeformat(settings.FILE_LIMIT)}
        return _("Up to %(most)s files of %(size)s each: pictures, PDF, text and office documents.") % said

    def clean_text(self) -> str:
        return words(self.cleaned_data["text"])

    def clean_call_with(self) -> str:
        return one_line(self.cleaned_data["call_with"])

    def clean_called_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["called_at"]
        if at is not None and at > self.now:
            raise ValidationError(_("The call has not been yet: choose a time before now."))
        if at is not None:
            near(at.date())
        return at

    def clean_wanted_by(self) -> Any:
        day = self.cleaned_data["wanted_by"]
        if day and day < self.now.astimezone(ZoneInfo(str(self.acting.organisation.time_zone))).date():
            raise ValidationError(_("That day is over: choose a later one."))
        return day

    @property
    def is_note(self) -> bool:
        return bool(self.cleaned_data["kind"] == NOTE)

    def said(self, about: Entry | None = None, attached: Sequence[int] | None = None) -> Said:
        """What was written, for the action; questions and instructions always ask."""
        data = self.cleaned_data
        kind = Kind(data["kind"])
        return Said(
            key=data["key"],
            text=data["text"],
            kind=kind,
            asks=asked(kind, data),
            is_blocking=data["is_blocking"],
            wanted_by=data["wanted_by"],
            call=self._call(),
            about=about,
            uploads=data["uploads"],
            attached=attached,
        )

    def _call(self) -> Call | None:
        data = self.cleaned_data
        if data["kind"] != Kind.CALL_NOTE:
            return None
        return Call(data["call_with"], data["called_at"] or self.now, data["call_minutes"])


def asked(kind: Kind, fields: Mapping[str, Any]) -> str:
    """What an entry of a kind asks for, by the boxes ticked; naming a day, or standing still, asks too."""
    waits = fields.get("wanted_by") or fields.get("is_blocking")
    match kind:
        case Kind.QUESTION:
            return Asks.ANSWER
        case Kind.INSTRUCTION:
            return Asks.ANSWER if fields.get("in_words") else Asks.ACKNOWLEDGEMENT
        case Kind.CALL_NOTE:
            return Asks.ACKNOWLEDGEMENT if fields.get("confirm") or waits else ""
        case _:
            return Asks.ANSWER if fields.get("asks") or waits else ""


class CounterpartField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class StartForm(ComposerForm):
    """A new thread: with whom, about what, and its first entry, which needs an answer unless one says otherwise."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)

    def __init__(self, *args: Any, choices: list[Organisation], **kwargs: Any) -> None:
        kwargs["initial"] = {"asks": True, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(pk__in=[one.pk for one in choices]).order_by("name", "pk")
        empty = None if len(choices) == 1 else "---------"
        self.fields["to"] = CounterpartField(rows, label=_("To"), empty_label=empty)
        kinds = self.fields["kind"].choices  # type: ignore[attr-defined]
        self.fields["kind"].choices = [choice for choice in kinds if choice[0] != NOTE]  # type: ignore[attr-defined]

    def clean_subject(self) -> str:
        return one_line(self.cleaned_data["subject"])


class AttachForm(forms.Form):
    """One file into a draft."""

    key = forms.UUIDField()
    uploads = FilesField(error_messages={"required": gettext_lazy("Choose a file.")})


class EditForm(forms.Form):
    """A text changed, beside the version that it was made from."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=LONGEST, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )

    def clean_text(self) -> str:
        return words(self.cleaned_data["text"])

    @property
    def helper(self) -> FormHelper:
        return helper("version", "text")


class HandOverForm(forms.Form):
    """Which colleague answers."""

    def __init__(self, *args: Any, acting: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = ColleagueField(acting, label=_("To whom"))
        field.queryset = field.queryset.exclude(roles=[Role.VIEWER])  # type: ignore[union-attr]
        self.fields["to"] = field
        self.helper = helper("to", save=_("Hand over"))


class TakeBackForm(forms.Form):
    """Why an instruction holds no more, for the other side to read."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("They read this."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("reason", save=_("Take it back"))

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"]
        return words(reason) if reason else ""


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Membership) -> str:
        return f"{plain(obj.label)} ({obj.role_names})"


class PeopleForm(forms.Form):
    """Which colleagues get a thread's mails from now on, besides those who do."""

    def __init__(self, *args: Any, acting: Membership, thread: Thread, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = thread.participants.values("membership")
        rows = Membership.objects.joined().filter(organisation=acting.organisation_id).exclude(pk__in=there)
        self.fields["people"] = PeopleField(
            rows.order_by("name", "pk"), label=_("Who"), widget=forms.CheckboxSelectMultiple
        )
        self.helper = helper("people", save=_("Add"))
