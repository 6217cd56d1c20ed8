"""Pages of imports: upload, columns, preview, progress, result."""

from itertools import islice
from typing import BinaryIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.files.errors import Refused
from outsourcing.files.storage import path
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from outsourcing.shared.sheets import csv_response
from vendors.directory.imports import actions, reading
from vendors.directory.imports.columns import COLUMNS, letters
from vendors.directory.imports.errors import NotReady, Unreadable
from vendors.directory.imports.forms import ColumnsForm, TableForm, UploadForm
from vendors.directory.models import Import
from vendors.directory.profiles.views import BUYERS

PER_PAGE = 20
State = Import.State


@form_methods
@takes_files
@acts_as(*BUYERS)
def upload(request: UserRequest) -> HttpResponse:
    """Hand a file in; below stand the earlier ones."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.upload(form.cleaned_data["file"], by=request.acting, at=clock.now())
        except (Refused, Unreadable) as error:
            form.add_error("file", str(error))
        else:
            return redirect("directory:import_columns", made.pk)
    earlier = Import.objects.visible_to(request.acting).select_related("file", "created_by")
    page = Paginator(earlier, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "directory/imports/upload.html", {"form": form, "page": page})


@require_safe
@acts_as(*BUYERS)
def template(request: UserRequest) -> HttpResponse:
    """A file with our headings and two rows, to be filled in."""
    rows = [[column.examples[at] for column in COLUMNS] for at in (0, 1)]
    return csv_response("vendors-template.csv", [column.label for column in COLUMNS], rows)


@form_methods
@acts_on(Import, *BUYERS)
def columns(request: UserRequest, made: Import) -> HttpResponse:
    """Say what each column is; what the headings say in plain words is chosen already."""
    if made.state not in (State.UPLOADED, State.CHECKED):
        return redirect("directory:import", made.pk)
    reads_anew, maps = "look" in request.POST, request.method == "POST" and "look" not in request.POST
    try:
        with path(made.file.key).open("rb") as binary:
            sheets, first = reading.sheets_of(binary), _first_rows(made, binary)
        table = TableForm(
            request.POST if reads_anew else None,
            sheets=sheets,
            initial={"sheet": made.sheet, "has_headings": made.has_headings},
        )
        if reads_anew and table.is_valid():
            actions.look_anew(
                made, sheet=table.cleaned_data.get("sheet", ""), has_headings=table.cleaned_data["has_headings"]
            )
            return redirect("directory:import_columns", made.pk)
        form = ColumnsForm(request.POST if maps else None, headings=made.columns, mapping=made.mapping)
        if maps and form.is_valid():
            actions.check(made, form.mapping)
            return redirect("directory:import", made.pk)
    except (Unreadable, OSError) as error:
        said = str(error) if isinstance(error, Unreadable) else _("The file is gone: upload it again.")
        messages.error(request, said)
        return redirect("directory:import_upload")
    cells = zip(form, range(len(made.columns)), strict=True)
    lines = [(field, letters(at), [row[at] for row in first if at < len(row)]) for field, at in cells]
    context = {"made": made, "form": form, "table": table, "sheets": sheets, "lines": lines}
    return render(request, "directory/imports/columns.html", context, status=422 if form.errors else 200)


def _first_rows(made: Import, binary: BinaryIO) -> list[list[str]]:
    """The cells of the first rows below the headings."""
    rows = reading.rows_of(binary, made.sheet)
    return [row.cells for row in islice(rows, 1 if made.has_headings else 0, 4)]


@require_safe
@acts_on(Import, *BUYERS)
def show(request: UserRequest, made: Import) -> HttpResponse:
    """How the import stands: what would happen, how far it is, or what happened."""
    if made.state == State.UPLOADED:
        return redirect("directory:import_columns", made.pk)
    context = {"made": made, "preview": made.preview, "left": made.problem_count - len(made.problems)}
    if request.headers.get("HX-Request"):
        return render(request, "directory/imports/_standing.html", context)
    return render(request, "directory/imports/import.html", context)


@require_POST
@acts_on(Import, *BUYERS)
def start(request: UserRequest, made: Import) -> HttpResponse:
    """Have it brought in."""
    actions.start(made, by=request.acting, at=clock.now())
    return redirect("directory:import", made.pk)


@require_safe
@acts_on(Import, *BUYERS)
def problems(request: UserRequest, made: Import) -> HttpResponse:
    """Everything that is wrong, as a file to mend the other one by."""
    if made.state == State.UPLOADED:
        raise NotReady(_("Choose the columns first: then it is known what is wrong."))
    header = [_("Row"), _("Column"), _("What is wrong"), _("Cell")]
    return csv_response(f"problems-{made.pk}.csv", header, actions.problems_of(made))
