"""An import from its upload to its end. PostgreSQL is the truth: `done` is counted in the batch's own transaction."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

import pghistory
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.files.kinds import SHEETS
from outsourcing.files.storage import keep, path
from vendors.directory.imports import columns, reading, tasks
from vendors.directory.imports.cells import Vocabulary
from vendors.directory.imports.errors import NotReady, Unreadable
from vendors.directory.imports.matching import namesakes
from vendors.directory.imports.plan import Step, plan
from vendors.directory.imports.reading import Raw
from vendors.directory.imports.rows import Problem, Reader, Wanted
from vendors.directory.imports.shown import sample
from vendors.directory.imports.writing import write
from vendors.directory.models import Import

BATCH = 200
MOST_PROBLEMS, MOST_SHOWN = 100, 5
State = Import.State
logger = logging.getLogger(__name__)


# ---- The file and its columns --------------------------------------------------------------------------------------
@transaction.atomic
def upload(upload: UploadedFile, *, by: Membership, at: datetime) -> Import:
    """Keep the file and guess its columns. Raises Refused and Unreadable."""
    file = keep(upload, by=by, organisation=by.organisation, at=at, kinds=SHEETS)
    made = Import(merchant=by.organisation, created_by=by, file=file, created_at=at)
    with path(file.key).open("rb") as binary:
        first_look(made, binary)
    made.save()
    return made


def first_look(made: Import, binary: BinaryIO) -> None:
    """Take sheet, headings and a guess at the columns from the file. Raises Unreadable."""
    sheets = reading.sheets_of(binary)
    if made.sheet not in sheets:
        made.sheet = sheets[0] if sheets else ""
    rows = list(islice(reading.rows_of(binary, made.sheet), 20))
    if not rows:
        raise Unreadable(_("The file has no row with anything in it."))
    guessed = columns.guess(rows[0].cells)
    if made.has_headings is None:
        made.has_headings = bool(guessed)
    width = len(rows[0].cells) if made.has_headings else max(len(row.cells) for row in rows)
    if width > reading.MOST_COLUMNS:
        words = _("The table has more than %(most)s columns: take out those that are not needed.")
        raise Unreadable(words % {"most": reading.MOST_COLUMNS})
    made.columns = columns.headings_of(rows[0].cells if made.has_headings else None, width)
    made.mapping = guessed if made.has_headings else {}


@transaction.atomic
def look_anew(made: Import, *, sheet: str, has_headings: bool) -> None:
    """Read another sheet, or take the first row for what it is. Raises NotReady and Unreadable."""
    made.sheet, made.has_headings = sheet, has_headings
    with path(made.file.key).open("rb") as binary:
        first_look(made, binary)
    found = {name: getattr(made, name) for name in ("sheet", "has_headings", "columns", "mapping")}
    _move(made, (State.UPLOADED, State.CHECKED), state=State.UPLOADED, **found)


def check(made: Import, mapping: dict[str, int]) -> None:
    """Look at all rows as they would come in, and write down what would happen. Raises NotReady and Unreadable."""
    made.mapping = mapping
    tally: dict[str, Any] = dict.fromkeys(("rows", "added", "changed", "unchanged", "known", "skipped", "twins"), 0)
    problems: list[Problem] = []
    shown: list[Any] = []
    twins: list[Any] = []
    count = 0
    for batch in batches(made):
        steps, found = batch.plan()
        tally["rows"] += batch.size
        tally["skipped"] += batch.size - len(steps)
        for step in steps:
            tally[step.outcome] += 1
            tally["known"] += step.is_kept
        shown += [sample(step) for step in steps[: MOST_SHOWN - len(shown)]]
        new = [step.wanted for step in steps if step.outcome == "added"]
        alike = namesakes(new, made.merchant)
        tally["twins"] += len(alike)
        twins += [[new[at].number, new[at].name, *one] for at, one in list(alike.items())[: 10 - len(twins)]]
        problems += found[: MOST_PROBLEMS - len(problems)]
        count += len(found)
    preview = {**tally, "sample": shown, "namesakes": twins}
    about = {"mapping": mapping, "problems": problems, "problem_count": count, "preview": preview}
    _move(made, (State.UPLOADED, State.CHECKED), state=State.CHECKED, rows=tally["rows"], **about)


def problems_of(made: Import) -> Iterator[Problem]:
    """Everything that is wrong in the file, in its order, worked out anew. Raises Unreadable."""
    for batch in batches(made):
        yield from batch.problems


# ---- Bringing it in ------------------------------------------------------------------------------------------------
@transaction.atomic
def start(made: Import, *, by: Membership, at: datetime) -> None:
    """Have a worker bring it in; one that stopped goes on where it was. Raises NotReady at a second start."""
    about = {"started_by": by, "started_at": at, "progressed_at": at, "finished_at": None, "failure": ""}
    _move(made, (State.CHECKED, State.FAILED), state=State.RUNNING, **about)
    transaction.on_commit(partial(tasks.bring_in.delay, made.pk), robust=True)


def bring_in(pk: int, *, now: Callable[[], datetime], is_enough: Callable[[], bool] = lambda: False) -> bool:
    """Write batch after batch until the end or `is_enough`; True where there is more to do. May run twice at once.

    A batch and its count are one transaction under the import's lock: whoever comes second finds the lock taken or the
    count moved on, and leaves. A killed worker leaves whole batches, and the next one goes on behind them.
    """
    made = Import.objects.filter(pk=pk, state=State.RUNNING).select_related("merchant", "started_by__organisation")
    running = made.select_related("file").first()
    if running is None:
        return False
    try:
        return _go_on(running, now, is_enough)
    except (Unreadable, OSError) as error:
        reason = str(error) if isinstance(error, Unreadable) else _("The file is gone: upload it again.")
    except DatabaseError:
        logger.exception("Import %s stopped", pk)
        reason = _("Something went wrong. What is in stays in: go on, and the rest follows.")
    Import.objects.filter(pk=pk, state=State.RUNNING).update(state=State.FAILED, failure=reason, finished_at=now())
    return False


def _go_on(running: Import, now: Callable[[], datetime], is_enough: Callable[[], bool]) -> bool:
    position, done = 0, running.done
    for batch in batches(running):
        if position + batch.size <= done:
            batch.plan()  # notes which vendors its rows were about
        elif is_enough():
            return True
        elif not _write(running, batch, position, at=now()):
            return False
        position += batch.size
    Import.objects.filter(pk=running.pk, state=State.RUNNING, done=position).update(state=State.DONE, finished_at=now())
    return False


def _write(running: Import, batch: "Batch", position: int, *, at: datetime) -> bool:
    """One batch and its count, or neither; False where somebody else is at it."""
    by = running.started_by
    assert by is not None
    where = reverse("directory:import", args=[running.pk])
    with pghistory.context(user=by.user_id, url=where), transaction.atomic():
        rows = Import.objects.filter(pk=running.pk, state=State.RUNNING, done=position)
        mine = rows.select_for_update(skip_locked=True).first()
        if mine is None:
            return False
        steps, _problems = batch.plan()
        outcomes = [step.outcome for step in steps]
        write(steps, by=by, at=at)
        for step in steps:
            assert step.vendor is not None
            batch.taken.setdefault(step.vendor.pk, step.wanted.number)
        mine.done, mine.progressed_at = mine.done + batch.size, at
        mine.skipped += batch.size - len(steps)
        for name in ("added", "changed", "unchanged"):
            setattr(mine, name, getattr(mine, name) + outcomes.count(name))
        mine.save(update_fields=["done", "progressed_at", "added", "changed", "unchanged", "skipped"])
    return True


# ---- Batches -------------------------------------------------------------------------------------------------------
class Batch:
    """Some rows of an import, read: how many they are, what they want, and what is wrong with them."""

    def __init__(self, made: Import, raws: Sequence[Raw], reader: Reader, taken: dict[int, int]) -> None:
        self._made, self.size, self.taken = made, len(raws), taken
        self.wanted: list[Wanted] = []
        self.problems: list[Problem] = []
        for raw in raws:
            wanted, problems = reader.read(raw)
            self.wanted += [wanted] if wanted else []
            self.problems += problems

    def plan(self) -> tuple[list[Step], list[Problem]]:
        """What the rows would change as things stand now, and all that is wrong with them, in the file's order."""
        headings = {field: self._made.columns[place] for field, place in self._made.mapping.items()}
        steps, left_out = plan(self.wanted, self._made.merchant, taken=self.taken, headings=headings)
        found = [*self.problems, *left_out, *(problem for step in steps for problem in step.problems)]
        return steps, sorted(found, key=lambda problem: problem.row)


def batches(made: Import) -> Iterator[Batch]:
    """The rows below the headings, so many at a time; no more of the file is in memory. Raises Unreadable, OSError."""
    reader = Reader(made.columns, made.mapping, currency=made.merchant.currency, known=Vocabulary.now())
    taken: dict[int, int] = {}
    with rows_below(made) as rows:
        while raws := list(islice(rows, BATCH)):
            yield Batch(made, raws, reader, taken)


@contextmanager
def rows_below(made: Import) -> Iterator[Iterator[Raw]]:
    """The rows of the file without its headings."""
    with path(made.file.key).open("rb") as binary, closing(reading.rows_of(binary, made.sheet)) as rows:
        yield islice(rows, 1 if made.has_headings else 0, None)


def _move(made: Import, states: Sequence[str], **values: Any) -> None:
    """Change an import that is at one of `states`, and `made` with it. Raises NotReady."""
    if not Import.objects.filter(pk=made.pk, state__in=states).update(**values):
        raise NotReady(_("This import is at another step already: look at it again."))
    for name, value in values.items():
        setattr(made, name, value)
