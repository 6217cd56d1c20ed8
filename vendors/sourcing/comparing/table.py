"""The comparison as a table: a column for each vendor, rows in bands."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.contrib.humanize.templatetags.humanize import ordinal
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors.sourcing import scoring
from vendors.sourcing.comparing import cells
from vendors.sourcing.comparing.cells import Band, Row, Shown
from vendors.sourcing.comparing.words import percents
from vendors.sourcing.models import Candidate, Criterion
from vendors.sourcing.roles import BUYERS
from vendors.sourcing.scoring import Standing, shown
from vendors.sourcing.sheet import Price, Sheet

Source = Criterion.Source


@dataclass(frozen=True)
class Column:
    """One vendor's: where it stands, and where its page is."""

    number: int
    candidate: Candidate
    rank: str
    note: str
    css: str
    url: str

    @property
    def name(self) -> str:
        return self.candidate.vendor.name


@dataclass(frozen=True)
class Table:
    """All of it; `totals` is the last row, of which nothing is shown where it is withheld."""

    columns: Sequence[Column]
    bands: Sequence[Band]
    totals: Row

    @property
    def width(self) -> int:
        return len(self.columns) + 1


def table_of(
    sheet: Sheet, *, differences: bool = False, more: Callable[[Sequence[Candidate]], Sequence[Band]] | None = None
) -> Table:
    """The vendors in the order of the ranking, by name where it is withheld. With `differences` only rows whose cells
    are not all alike; `more` gives further bands for the candidates in their order."""
    standings = {each.contender.key: each for each in sheet.ranking.standings}
    by_key = {one.pk: one for one in sheet.candidates}
    order = list(sheet.candidates) if sheet.hidden else [by_key[each.contender.key] for each in sheet.ranking.standings]
    columns = [column(number, one, standings[one.pk], sheet) for number, one in enumerate(order, 1)]
    bands = [
        Band(_("Must have"), list(gate_rows(sheet, order)), _("One fail and a vendor is not ranked")),
        Band(_("Scored"), list(people_rows(sheet, order)), _("The mean, and the spread between people; 0 to 5")),
        Band(_("Measured and quoted"), list(measured_rows(sheet, order)), _("Not scored by people")),
        *(more(order) if more else ()),
    ]
    shown_bands = [
        Band(one.label, [in_columns(row, columns) for row in one.rows if row.differs or not differences], one.about)
        for one in bands
    ]
    totals = Row(
        _("Weighted total"), [total(standings[one.pk], sheet) for one in order], _("Out of 5, by your weights")
    )
    return Table(columns, [one for one in shown_bands if one.rows], in_columns(totals, columns))


def in_columns(row: Row, columns: Sequence[Column]) -> Row:
    """The row with each cell drawn as its column is."""
    drawn = [
        Shown(cell.html, cell.text, f"{column.css} {cell.css}" if cell.css else column.css)
        for cell, column in zip(row.cells, columns, strict=True)
    ]
    return Row(row.label, drawn, row.about)


# ---- Columns and the last row --------------------------------------------------------------------------------------
def column(number: int, candidate: Candidate, standing: Standing, sheet: Sheet) -> Column:
    """The head of a column; it is the leader's where one vendor is first and nothing is hidden."""
    leads = not sheet.hidden and standing.rank == 1 and not standing.tied
    css = f"c{number}" + (" is-lead" if leads else "") + ("" if standing.contender.ranked else " out")
    vendor = getattr(candidate.vendor, "vendor", None)
    return Column(
        number=number,
        candidate=candidate,
        rank=place(standing, sheet),
        note=str(candidate.vendor.country.name or ""),
        css=css,
        url=reverse("directory:vendor", args=[vendor.pk]) if vendor else "",
    )


def place(standing: Standing, sheet: Sheet) -> str:
    """Ranked 1st, level 2nd, not ranked, or nothing while it is withheld."""
    contender = standing.contender
    if contender.withdrawn:
        return _("Withdrawn")
    if contender.failed:
        return _("Not ranked")
    if sheet.hidden:
        return ""
    if standing.rank is None:
        return _("Not scored")
    words = _("Level %(place)s") if standing.tied else _("Ranked %(place)s")
    return words % {"place": ordinal(standing.rank)}


def total(standing: Standing, sheet: Sheet) -> Shown:
    """A vendor's total with what is uncertain about it; outside the ranking what it would have scored."""
    contender = standing.contender
    if contender.withdrawn:
        return _outside(cells.status(_("Withdrawn"), "none", "x-circle"), _("Withdrawn"), standing, sheet)
    if contender.failed:
        word = ngettext("Fails %(n)s", "Fails %(n)s", contender.failed) % {"n": contender.failed}
        return _outside(cells.status(word, "late", "x"), word, standing, sheet)
    if sheet.hidden:
        return cells.plain("", _("when your scores are in") if sheet.me else _("when all scores are in"))
    if standing.total is None:
        return cells.plain("", _("no criterion counts") if sheet.ranking.weightless else _("no scores yet"))
    notes = [str(ordinal(standing.rank)), *_reservations(standing)]
    html = format_html("<b>{}</b><br><small>{}</small>", standing.total, ", ".join(notes))
    if standing.coverage < 1:
        between = _("between %(low)s and %(high)s") % {"low": standing.low, "high": standing.high}
        html = format_html('{}<br><small class="muted">{}</small>', html, between)
        notes.append(between)
    return Shown(html, " · ".join([str(standing.total), *notes]))


def _reservations(standing: Standing) -> Iterator[str]:
    """What makes a rank provisional."""
    if standing.coverage < 1:
        yield _("provisional: %(percent)s %% scored") % {"percent": standing.percent}
    if standing.contender.unsure:
        yield _("provisional: a must-have is not known")


def _outside(sign: str, word: str, standing: Standing, sheet: Sheet) -> Shown:
    if sheet.hidden or standing.total is None:
        return Shown(format_html("{}", sign), word)
    would = _("would have %(total)s") % {"total": standing.total}
    return Shown(format_html('{}<br><small class="muted">{}</small>', sign, would), f"{word} · {would}")


# ---- Rows ----------------------------------------------------------------------------------------------------------
def gate_rows(sheet: Sheet, order: Sequence[Candidate]) -> Iterator[Row]:
    """A must-have each; a cell says whose word it is."""
    rules = sheet.acting.has_role(*BUYERS) and not sheet.brief.is_over
    for gate in sheet.gates:
        row = []
        for one in order:
            ruling = sheet.rulings[one.pk, gate.pk]
            note = ruling.note or (_("their word") if ruling.is_theirs else "")
            url = (
                reverse("sourcing:rule", args=[one.pk, gate.pk])
                if rules
                else reverse("sourcing:candidate", args=[one.pk])
            )
            row.append(cells.gate(ruling.state, note[:80], url=url))
        yield Row(gate.text, row, gate.about)


def people_rows(sheet: Sheet, order: Sequence[Candidate]) -> Iterator[Row]:
    """A criterion that people score each."""
    urls = {one.pk: cells_of(one) for one in order}
    for criterion in sheet.criteria:
        if criterion.source == Source.PEOPLE:
            row = [score_cell(sheet, one, criterion, f"{urls[one.pk]}{criterion.pk}/") for one in order]
            yield Row(criterion.name, row, weight_of(sheet, criterion))


def cells_of(candidate: Candidate) -> str:
    """What the addresses of a vendor's cells begin with: working out each of hundreds takes as long as drawing it."""
    return reverse("sourcing:cell", args=[candidate.pk, 0]).removesuffix("0/")


def score_cell(sheet: Sheet, candidate: Candidate, criterion: Criterion, url: str) -> Shown:
    """A mean; or how many scores are in, where others' are hidden."""
    cell = sheet.cells[candidate.pk, criterion.pk]
    submitted, asked = sheet.in_of(criterion.pk)
    if sheet.hidden and not cell.not_applicable:
        mine = sheet.own.get((candidate.pk, criterion.pk))
        return cells.locked(submitted, asked, url=url, mine=mine, is_asked=is_mine(sheet, criterion))
    key = candidate.pk, criterion.pk
    before = sheet.before.get(key)
    return cells.score(
        cell, url=url, pieces=sheet.evidence.get(key, 0), least=criterion.minimum,
        before=before.number if before and cell.settled is None else 0,
    )  # fmt: skip


def is_mine(sheet: Sheet, criterion: Criterion) -> bool:
    """Whether the reader is asked to score it."""
    return sheet.me is not None and sheet.me in sheet.asked.get(criterion.pk, [])


def weight_of(sheet: Sheet, criterion: Criterion) -> str:
    """Its share of the weight, and what is looked at."""
    key = scoring.Criterion(criterion.pk, int(criterion.weight))
    if key in sheet.ranking.dropped:
        share = _("applies to none")
    elif not criterion.weight:
        share = _("shown, not counted")
    else:
        share = percents(sheet.ranking.share(key))
    return " · ".join(filter(None, [share, criterion.about]))


def measured_rows(sheet: Sheet, order: Sequence[Candidate]) -> Iterator[Row]:
    """Criteria from the log and the price, and what is asked a month and an order."""
    for criterion in sheet.criteria:
        if criterion.source != Source.PEOPLE:
            row = [
                cells.score(
                    sheet.cells[one.pk, criterion.pk],
                    url=reverse("sourcing:cell", args=[one.pk, criterion.pk]),
                    note=figure_of(sheet, one, criterion),
                    least=criterion.minimum,
                )
                for one in order
            ]
            yield Row(criterion.name, row, weight_of(sheet, criterion))
    prices = [sheet.prices.get(one.pk, Price()) for one in order]
    currency, base = sheet.brief.currency, sheet.brief.orders_base
    if any(price.order is not None or price.order_there is not None for price in prices):
        about = _("At %(orders)s orders a month") % {"orders": f"{base:,}"} if base else ""
        yield Row(_("Price an order"), price_cells(prices, "order", currency), about)
    if any(price.month is not None or price.month_there is not None for price in prices):
        yield Row(_("Price a month"), price_cells(prices, "month", currency))


def figure_of(sheet: Sheet, candidate: Candidate, criterion: Criterion) -> str:
    """What was measured, in the criterion's own unit."""
    figure = sheet.figures.get((candidate.pk, criterion.pk))
    if criterion.source == Source.PRICE:
        return _("from the price")
    if not figure:
        return _("nothing to measure yet")
    number = floatformat(Decimal(figure), "-1")
    if criterion.source == Source.REPLIES and sheet.cells[candidate.pk, criterion.pk].computed is None:
        return _("over %(figure)s h so far: no points yet") % {"figure": number}
    return {
        Source.REPLIES: _("%(figure)s h to reply"),
        Source.ON_TIME: _("%(figure)s %% on time"),
        Source.REFERENCES: _("%(figure)s verified"),
    }[Source(criterion.source)] % {"figure": number}


def price_cells(prices: Sequence[Price], of: str, currency: str) -> list[Shown]:
    """What each asks, with how far it is from the mean of the others, and a foreign price beside it."""
    here: list[Decimal | None] = [getattr(price, of) for price in prices]
    known = [one for one in here if one]
    mean = Fraction(sum(known)) / len(known) if len(known) > 1 else None
    row = []
    for price, amount in zip(prices, here, strict=True):
        there = getattr(price, f"{of}_there")
        notes = [
            f"{money(there)} {price.currency}" if there is not None else "",
            _("needs a rate") if price.needs_rate and there is not None else "",
            beside(Fraction(amount), mean) if amount and mean else "",
            _("no points for 0") if amount == 0 else "",
            _("late") if price.is_late else "",
            _("entered by you") if price.is_recorded else "",
        ]
        text = f"{money(amount)} {currency}" if amount is not None else ""
        row.append(cells.plain(text, ", ".join(filter(None, notes))))
    return row


def money(amount: Decimal) -> str:
    """With two decimals, and up to four where it has them."""
    return floatformat(amount, "2g") if amount == amount.quantize(Decimal("0.01")) else floatformat(amount, "-4g")


def beside(amount: Fraction, mean: Fraction) -> str:
    """7.0 % over the mean."""
    off = (amount / mean - 1) * 100
    said = {"percent": abs(shown(off, 1))}
    if not said["percent"]:
        return _("the mean")
    return (_("%(percent)s %% over the mean") if off > 0 else _("%(percent)s %% under the mean")) % said
