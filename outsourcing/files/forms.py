"""The field through which files come in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import ngettext

from outsourcing.files.checks import check
from outsourcing.files.errors import Refused
from outsourcing.files.kinds import Kinds


class CheckedFileField(forms.FileField):
    """A file whose size and content were checked; `storage.keep` takes what it gives."""

    def __init__(self, *, kinds: Kinds, **options: Any) -> None:
        self.kinds = kinds
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ",".join(self.kinds.endings)}

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            try:
                check(upload, self.kinds)
            except Refused as refused:
                raise ValidationError(str(refused), code="refused") from None
        return upload


class FilesInput(forms.ClearableFileInput):
    """Lets somebody choose several files at once."""

    allow_multiple_selected = True


class CheckedFilesField(CheckedFileField):
    """Several files, each checked, no more than `most`; gives a list, empty where none was chosen."""

    widget = FilesInput

    def __init__(self, *, kinds: Kinds, most: int | None = None, **options: Any) -> None:
        self.most = most
        super().__init__(kinds=kinds, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data]
        if self.most is not None and len(given) > self.most:
            words = ngettext("Choose %(most)s file at most.", "Choose %(most)s files at most.", self.most)
            raise ValidationError(words, code="too_many", params={"most": self.most})
        checked = [super(CheckedFilesField, self).clean(one, initial) for one in given or [None]]
        return [one for one in checked if one]
