"""Tables to bring in, and a folder of its own for each test."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from vendors.directory.imports import actions
from vendors.directory.models import Import

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "test" / "files"  # where a process with VAR_DIR=tmp_path looks too
    return settings.FILES_DIR


def table(*rows: list, separator: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def book(*rows: list, **sheets: list) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    for name, others in sheets.items():
        sheet = made.create_sheet(name)
        for row in others:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def uploaded(content: bytes, by, name: str = "vendors.csv") -> Import:
    return actions.upload(SimpleUploadedFile(name, content), by=by, at=NOW)


def checked(content: bytes, by, **options) -> Import:
    made = uploaded(content, by, **options)
    actions.check(made, made.mapping)
    return Import.objects.get(pk=made.pk)


def brought_in(content: bytes, by, **options) -> Import:
    """The import after a worker has been at it."""
    made = checked(content, by, **options)
    actions.start(made, by=by, at=NOW)
    actions.bring_in(made.pk, now=lambda: NOW)
    return Import.objects.get(pk=made.pk)
