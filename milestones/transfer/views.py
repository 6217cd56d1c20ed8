"""Taking contracts away as a file, and bringing them in from one: upload, look, bring in."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from milestones.contracts.listing import Wanted
from milestones.contracts.views import RUN
from milestones.errors import TooMany
from milestones.models import ContractImport
from milestones.transfer import exporting, reading
from milestones.transfer.bringing_in import bring_in_once
from milestones.transfer.columns import COLUMNS
from outsourcing.accounts.forms import helper
from outsourcing.accounts.models import Membership
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.files.errors import Refused
from outsourcing.files.forms import CheckedFileField
from outsourcing.files.kinds import SHEETS
from outsourcing.files.storage import keep, path
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from outsourcing.shared.sheets import csv_response, xlsx_response
from vendors.directory.imports.errors import Unreadable

#: So many problems are shown; the rest is counted.
MOST_SHOWN = 50


class UploadForm(forms.Form):
    """A table of contracts."""

    file = CheckedFileField(
        kinds=SHEETS,
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, at most 2,000 rows; one milestone a row, with its contract's cells."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = helper("file", save=_("Look at it"))


# ---- Away ----------------------------------------------------------------------------------------------------------
@require_safe
@acts_as()
def export_csv(request: UserRequest) -> HttpResponse:
    """The list as it is narrowed, as CSV."""
    rows = exporting.rows(request.acting, Wanted.of(request.GET), clock.now())
    return csv_response("contracts.csv", exporting.header(request.acting), rows)


@require_safe
@acts_as()
def export_xlsx(request: UserRequest) -> HttpResponse:
    """The same as XLSX."""
    rows = exporting.rows(request.acting, Wanted.of(request.GET), clock.now())
    return xlsx_response("contracts.xlsx", exporting.header(request.acting), rows)


# ---- In ------------------------------------------------------------------------------------------------------------
@require_safe
@acts_as(*RUN)
def template(request: UserRequest) -> HttpResponse:
    """A file with our headings and two rows, to be filled in."""
    rows = [[column.examples[at] for column in COLUMNS] for at in (0, 1)]
    return csv_response("contracts-template.csv", [column.label for column in COLUMNS], rows)


@form_methods
@takes_files
@acts_as(*RUN)
def upload(request: UserRequest) -> HttpResponse:
    """Hand a table in; nothing of it is written yet."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _kept(form, request.acting)
        except (Refused, Unreadable, TooMany) as error:
            form.add_error("file", str(error))
        else:
            return redirect("milestones:contract_import", made.pk)
    return render(request, "milestones/import_upload.html", {"form": form})


@transaction.atomic
def _kept(form: UploadForm, by: Membership) -> ContractImport:
    """The file with its row, where there is a table in it. Raises Refused, Unreadable, TooMany."""
    at = clock.now()
    file = keep(form.cleaned_data["file"], by=by, organisation=by.organisation, at=at, kinds=SHEETS)
    made = ContractImport.objects.create(merchant=by.organisation, file=file, created_by=by, created_at=at)
    _read(made, by)
    return made


def _read(made: ContractImport, acting: Membership) -> reading.Table:
    """The table as it would come in now. Raises Unreadable, TooMany."""
    with path(made.file.key).open("rb") as binary:
        return reading.read(binary, acting, clock.today(acting.zone))


@require_safe
@acts_on(ContractImport, *RUN)
def contract_import(request: UserRequest, made: ContractImport) -> HttpResponse:
    """What would come in, and all that is wrong."""
    table = None if made.done_at else _read(made, request.acting)
    problems = table.problems if table else []
    context = {
        "made": made,
        "table": table,
        "problems": problems[:MOST_SHOWN],
        "left": max(0, len(problems) - MOST_SHOWN),
        "milestones": sum(len(one.milestones) for one in table.new) if table else 0,
    }
    return render(request, "milestones/import.html", context)


@require_POST
@acts_on(ContractImport, *RUN)
def bring(request: UserRequest, made: ContractImport) -> HttpResponse:
    """Bring it in, all of it or nothing. Raises Overtaken at a second time, NothingPlanned."""
    count = bring_in_once(made, lambda: _read(made, request.acting).coming, by=request.acting, at=clock.now())
    words = ngettext("%(count)s contract brought in.", "%(count)s contracts brought in.", count)
    messages.success(request, words % {"count": count})
    return redirect("milestones:contracts")
