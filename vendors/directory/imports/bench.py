"""The import of a large table, as a worker brings it in."""

import csv
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.files.storage import remove
from outsourcing.shared import clock
from outsourcing.shared.bench import SMALLER, Bench, needs, point
from outsourcing.shared.budgets import NotMeasured, Result, at_most
from vendors.directory.imports import actions
from vendors.directory.imports.columns import COLUMNS
from vendors.directory.models import Import, Vendor

needs(organisations=1_000, memberships=20_000)
ROWS = 10_000
SAYS = {
    "country": "GB",
    "region": "ENG",
    "city": "Leeds",
    "services": "DTC fulfilment; Kitting; Returns",
    "integrations": "Shopify (native); API",
    "handling": "Fragile",
    "ships_to": "GB; EU",
    "languages": "English",
    "orders_from": "100",
    "orders_to": "5,000",
    "minimum": "250",
    "price_from": "3.10",
    "price_to": "4.20",
    "contract_months": "12",
    "notice_days": "60",
    "contact_name": "Ann",
    "phone": "123",
    "tags": "Fair; Spring",
    "description": "We pick and pack, and keep what we say. " * 5,
}


@point("imports.run", at_most(60, "s"), order=60)
def imports_run(bench: Bench) -> Result:
    """Ten thousand rows with all columns, written and searchable; taken back afterwards. A quick run has a hundred."""
    many = ROWS // SMALLER if bench.is_quick else ROWS
    places = Membership.objects.joined().filter(organisation__kind="merchant", roles__contains=[Role.OWNER])
    owner = places.select_related("organisation").latest("pk")
    rows = {"rows": many, **bench.rows(Organisation, Vendor)}
    with _taken_back(owner, many) as made:
        started = time.perf_counter()
        actions.bring_in(made.pk, now=clock.now)
        seconds = time.perf_counter() - started
        made.refresh_from_db()
        if (made.state, made.added) != (Import.State.DONE, many):
            raise NotMeasured(f"the import is {made.state} with {made.added} of {many} vendors")
    return Result(rows, value=round(seconds, 1), unit="s")


@contextmanager
def _taken_back(owner: Membership, many: int) -> Iterator[Import]:
    """An import of so many rows that waits for its worker; all of it is gone afterwards."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow([column.label for column in COLUMNS])
    sheet.writerows(_row(number) for number in range(many))
    with transaction.atomic():
        made = actions.upload(SimpleUploadedFile("bench.csv", out.getvalue().encode()), by=owner, at=clock.now())
        key = made.file.key
        try:
            actions.check(made, made.mapping)
            actions.start(made, by=owner, at=clock.now())
            yield made
        finally:
            transaction.set_rollback(True)
            remove([key])


def _row(number: int) -> list[str]:
    own = {"name": f"Imported vendor {number}", "website": f"https://imported{number}.example"}
    own |= {"contact_email": f"ann@imported{number}.example", "note": f"Note {number}", "tagline": f"Packs {number}"}
    return [(SAYS | own).get(column.field, "") for column in COLUMNS]
