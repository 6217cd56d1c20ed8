"""Forms of imports."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.forms import helper
from outsourcing.files.forms import CheckedFileField
from outsourcing.files.kinds import SHEETS
from vendors.directory.imports.columns import COLUMNS


class UploadForm(forms.Form):
    """A table of vendors."""

    file = CheckedFileField(
        kinds=SHEETS,
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, at most 25 MB and 20,000 rows; one vendor a row."),
    )

    @property
    def helper(self) -> FormHelper:
        return helper("file", save=_("Upload and choose columns"))


class TableForm(forms.Form):
    """Which sheet, and whether its first row is the headings."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    has_headings = forms.BooleanField(label=gettext_lazy("The first row is the headings"), required=False)

    def __init__(self, *args: Any, sheets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(sheets) > 1:
            self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]
        self.helper = helper(*self.fields, save=_("Read it so"))


class ColumnsForm(forms.Form):
    """For each column of the file, what it is brought in as: `column-0`, `column-1` and so on."""

    def __init__(self, *args: Any, headings: list[str], mapping: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = {place: field for field, place in mapping.items()}
        choices = [("", _("Leave out")), *((column.field, column.label) for column in COLUMNS)]
        self._places = {f"column-{place}": place for place in range(len(headings))}
        for name, place in self._places.items():
            self.fields[name] = forms.ChoiceField(
                label=headings[place],
                choices=choices,
                initial=fields.get(place, ""),
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen: dict[str, int] = {}
        for name, place in self._places.items():
            field = cleaned.get(name)
            if field and field in chosen:
                self.add_error(name, _("Another column is brought in as this already."))
            elif field:
                chosen[field] = place
        if not self.errors and "name" not in chosen:
            self.add_error(None, _("Say which column has the names: a vendor needs one."))
        self.mapping = chosen
        return cleaned
