"""The ZIP itself: a CSV for each table, one JSON with the same rows, and the files. Written piece by piece, so that
memory is flat however much there is."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.files.models import File
from outsourcing.files.storage import path
from outsourcing.leaving.names import name_in_zip
from outsourcing.leaving.tables import BATCH, History, Row, Table, Tables
from outsourcing.shared.hooks import Progress
from outsourcing.shared.sheets import lines


def pack(out: IO[bytes], tables: Tables, *, acting: Membership, at: datetime, progress: Progress) -> None:
    """Write everything of the acting member's organisation into `out`, and tell `progress` how many rows are in."""
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        tempfile.TemporaryFile(dir=settings.FILES_DIR) as beside,
    ):
        packed = Packed(archive, beside, at)
        packed.begin(acting)
        for table in tables.all:
            packed.table(table, progress)
        missing = packed.files(set().union(*(table.files for table in tables.all)))
        packed.end(acting, missing)


class Packed:
    """A ZIP on its way: only one part of it is open at a time, so the JSON is gathered beside it."""

    def __init__(self, archive: zipfile.ZipFile, beside: IO[bytes], at: datetime) -> None:
        self._archive, self._json, self._at = archive, beside, at
        self._is_first = True

    def begin(self, acting: Membership) -> None:
        head = {
            "organisation": acting.organisation.name,
            "kind": acting.organisation.kind,
            "made_for": acting.label,
            "made_at": self._at.isoformat(),
        }
        self._json.write(dumped(head)[:-1] + b',\n"tables": {')

    def table(self, table: Table, progress: Progress) -> None:
        """A CSV, and the same rows in the JSON."""
        self._json.write(b"," if not self._is_first else b"")
        self._json.write(b"\n" + dumped(table.name) + b": [")
        self._is_first = False
        with self._part(f"tables/{table.name}.csv") as out:
            for line in lines(table.header, self._cells(table, progress)):
                out.write(line)
        self._json.write(b"]")

    def _cells(self, table: Table, progress: Progress) -> Iterator[list[object]]:
        is_first = True
        for batch in table.batches():
            for row in batch:
                self._json.write(b"\n" if is_first else b",\n")
                self._json.write(dumped(row))
                is_first = False
                yield cells(row)
            if not isinstance(table, History):
                progress(len(batch))

    def files(self, keys: set[int]) -> list[str]:
        """The bytes of these files; what those are called whose bytes are missing."""
        missing = []
        ordered = sorted(keys)
        for start in range(0, len(ordered), BATCH):
            for file in File.objects.filter(pk__in=ordered[start : start + BATCH]).order_by("pk"):
                try:
                    stored = path(file.key).open("rb")
                except OSError:
                    missing.append(file.name)
                    continue
                # Most are pressed already, as pictures are.
                with stored, self._part(name_in_zip(file), zipfile.ZIP_STORED) as out:
                    shutil.copyfileobj(stored, out)
        return missing

    def end(self, acting: Membership, missing: list[str]) -> None:
        self._json.write(b"\n}}\n")
        self._json.seek(0)
        with self._part("everything.json") as out:
            shutil.copyfileobj(self._json, out)
        with self._part("READ ME.txt") as out:
            out.write(about(acting, self._at, missing).encode())

    def _part(self, name: str, method: int = zipfile.ZIP_DEFLATED) -> IO[bytes]:
        info = zipfile.ZipInfo(name, self._at.astimezone(UTC).timetuple()[:6])
        info.compress_type = method
        info.external_attr = 0o644 << 16
        return self._archive.open(info, "w", force_zip64=True)


def cells(row: Row) -> list[object]:
    """A row of a CSV; what is a list or more stands there as JSON."""
    return [
        json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value for value in row.values()
    ]


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def about(acting: Membership, at: datetime, missing: list[str]) -> str:
    """What stands on the first page, so to say."""
    when = at.astimezone(acting.zone)
    words = [
        _("What %(organisation)s has at %(site)s, as of %(when)s, for %(person)s.")
        % {"organisation": acting.organisation, "site": settings.SITE_NAME, "when": f"{when:%Y-%m-%d %H:%M %Z}",
           "person": acting.label},
        _("tables/ holds a table for each kind of thing, to be opened with any spreadsheet. Cells that a spreadsheet "
          "would run begin with an apostrophe."),
        _("everything.json holds the same rows for programs, as they are."),
        _("files/ holds the files; the tables say which is whose."),
        _("It holds what you may see: what others keep to themselves, what is still sealed, and who said something "
          "without their name is not in it. Nor are links, passwords and the texts of mails."),
    ]  # fmt: skip
    if missing:
        words.append(_("These files could not be read: %(names)s.") % {"names": ", ".join(missing)})
    return "\r\n\r\n".join(words) + "\r\n"
