"""Forms for what reached a merchant elsewhere, and for the vendor's word against it."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.forms import helper, near
from outsourcing.accounts.models import Membership
from outsourcing.conversations.drafts import MOST_FILES
from outsourcing.conversations.forms import words
from outsourcing.conversations.models import Asks, Channel, Entry, Kind, Thread
from outsourcing.conversations.models.entries import LONGEST
from outsourcing.conversations.names import plain
from outsourcing.conversations.posting import Receipt, Said
from outsourcing.files.forms import CheckedFileField, CheckedFilesField
from outsourcing.files.kinds import DOCUMENTS


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Membership) -> str:
        return plain(obj.label)


def people_of(thread: Thread) -> QuerySet[Membership]:
    """The vendor's people whom a thread knows; others a merchant may not know of."""
    known = thread.participants.values("membership")
    return Membership.objects.filter(organisation=thread.vendor_id, pk__in=known).order_by("name", "pk")


class ReceiptForm(forms.Form):
    """How something came: by which way, when, and from whom, where that is known; `now` is when it is written down."""

    channel = forms.ChoiceField(label=gettext_lazy("How it came"), choices=Channel)
    received_at = forms.DateTimeField(
        label=gettext_lazy("When it came"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, thread: Thread, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        empty = _("Nobody in particular")
        self.fields["author"] = PersonField(people_of(thread), label=_("From whom"), required=False, empty_label=empty)
        zone = timezone.get_current_timezone_name()
        self.fields["received_at"].help_text = _("On the clock of %(zone)s.") % {"zone": zone.replace("_", " ")}

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


class RecordForm(ReceiptForm):
    """What the vendor said elsewhere, in its words; `asked_at` is since when it owes an answer, where it does."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("What they said"), max_length=LONGEST, strip=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    uploads = CheckedFilesField(label=gettext_lazy("Files"), kinds=DOCUMENTS, most=MOST_FILES, required=False)

    def __init__(self, *args: Any, asked_at: datetime | None, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid.uuid4(), "kind": Kind.MESSAGE, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.asked_at = asked_at
        labels = [
            (Kind.MESSAGE, _("An answer, or something they told you")),
            (Kind.QUESTION, _("A question of theirs")),
        ]
        self.fields["kind"].choices = labels  # type: ignore[attr-defined]
        names = ("key", "kind", "text", "channel", "received_at", "author", "uploads")
        self.helper = helper(*names, save=_("Record it"))

    def clean_text(self) -> str:
        return words(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        """What came before the question does not answer it; the clock of the form has no seconds."""
        cleaned = super().clean() or self.cleaned_data
        came, asked = cleaned.get("received_at"), self.asked_at
        if came and asked and cleaned.get("kind") == Kind.MESSAGE:
            if came < asked.replace(second=0, microsecond=0):
                when = date_format(timezone.localtime(asked), "j F, H:i")
                words = _("You asked on %(when)s: what came before that cannot be the answer.")
                self.add_error("received_at", words % {"when": when})
            cleaned["received_at"] = max(came, asked)
        return cleaned

    def said(self) -> Said:
        data = self.cleaned_data
        kind = Kind(data["kind"])
        asks = Asks.ANSWER if kind == Kind.QUESTION else ""
        return Said(
            key=data["key"], text=data["text"], kind=kind, asks=asks, receipt=self.receipt, uploads=data["uploads"]
        )


class SeenForm(ReceiptForm):
    """That the vendor acknowledged one version of a text elsewhere."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32_767)
    upload = CheckedFileField(
        label=gettext_lazy("Their answer as a file"),
        help_text=gettext_lazy("Such as the email, or a photo of a signed page."),
        kinds=DOCUMENTS,
        required=False,
    )

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": entry.version, **kwargs.get("initial", {})}
        super().__init__(*args, thread=entry.thread, **kwargs)
        self.helper = helper("version", "channel", "received_at", "author", "upload", save=_("Record it"))


class ObjectionForm(forms.Form):
    """What is wrong with what was recorded."""

    text = forms.CharField(
        label=gettext_lazy("What is wrong with it"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("text", save=_("Object"))

    def clean_text(self) -> str:
        return words(self.cleaned_data["text"])
