"""Two to four vendors beside each other: rows in bands, each with a cell for each vendor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import date as written_date
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.models import Membership
from vendors.directory.compare.pieces import Evidence, evidence_of
from vendors.directory.keeping.kept import Mark, marks_of
from vendors.directory.models import Certificate, Facet, Relationship, Vendor
from vendors.directory.profiles.facts import Facts, facts_from, place_rows, value_rows


@dataclass(frozen=True)
class Cell:
    """What one vendor says to a row: `text` and, smaller, `note`; `tone` is ok, risk, late or nothing. An empty text
    means that nothing is said."""

    text: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """A row; `about` stands small under its label."""

    label: str
    cells: Sequence[Cell]
    about: str = ""

    @property
    def differs(self) -> bool:
        return len({(cell.text, cell.note) for cell in self.cells}) > 1

    @property
    def is_empty(self) -> bool:
        return not any(cell.text for cell in self.cells)


@dataclass(frozen=True)
class Band:
    """Rows under one heading."""

    label: str
    lines: Sequence[Line]
    about: str = ""


@dataclass(frozen=True)
class Column:
    """Everything that is known of one vendor."""

    vendor: Vendor
    facts: Facts
    evidence: Evidence
    mark: Mark


def table_of(vendors: Sequence[Vendor], acting: Membership, today: date, *, differences: bool) -> list[Band]:
    """Bands with at least one row: with `differences` only rows whose cells are not all alike. Four queries."""
    keys = [vendor.pk for vendor in vendors]
    facts = {pk: facts_from(*rows) for pk, *rows in _facts(keys)}
    evidence, marks = evidence_of(keys, acting), marks_of(keys, acting)
    columns = [Column(one, facts[one.pk], evidence[one.pk], marks.get(one.pk, Mark())) for one in vendors]
    papers = Certificate.objects.visible_to(acting).current().filter(vendor__in=keys).order_by("-expires_on", "pk")
    bands = [
        _facts_band(columns),
        _terms_band(columns),
        *_capability_bands(columns),
        _evidence_band(columns),
        _certificate_band(columns, cast("list[Certificate]", list(papers)), today),
        _own_band(columns),
    ]
    shown = [Band(band.label, [one for one in band.lines if _is_shown(one, differences)], band.about) for band in bands]
    return [band for band in shown if band.lines]


def _facts(keys: list[int]) -> Any:
    return Vendor.objects.filter(pk__in=keys).values_list("pk", place_rows(), value_rows())


def _is_shown(line: Line, differences: bool) -> bool:
    return line.differs if differences else not line.is_empty


def _line(label: str, columns: Sequence[Column], cell: Callable[[Column], Cell | str], about: str = "") -> Line:
    cells = [one if isinstance(one, Cell) else Cell(one) for one in map(cell, columns)]
    return Line(label, cells, about)


# ---- What they say -------------------------------------------------------------------------------------------------
def _facts_band(columns: Sequence[Column]) -> Band:
    lines = [
        _line(_("Country"), columns, lambda c: str(c.vendor.organisation.country.name or "")),
        _line(_("Sites"), columns, lambda c: "; ".join(map(str, c.facts.places))),
        _line(_("Orders a month"), columns, lambda c: span(c.vendor.orders_from, c.vendor.orders_to, intcomma)),
        _line(_("Ships to"), columns, lambda c: ", ".join(one.name for one in c.facts.ships_to)),
        _line(_("Languages"), columns, lambda c: ", ".join(one.name for one in c.facts.languages)),
        _line(_("Hours"), columns, lambda c: ", ".join([*filter(None, [c.vendor.hours]), *_names(c.facts.hours)])),
        _line(_("People"), columns, lambda c: _number(c.vendor.people)),
        _line(_("Founded"), columns, lambda c: str(c.vendor.founded or "")),
        _line(_("Web site"), columns, lambda c: c.vendor.domain),
    ]
    return Band(_("Facts"), lines, _("In their own words"))


def _terms_band(columns: Sequence[Column]) -> Band:
    lines = [
        _line(_("Price an order"), columns, _price, _("their own word, not a quote")),
        _line(_("Least a month"), columns, lambda c: _money(c.vendor.minimum, c)),
        _line(_("Contract"), columns, lambda c: _months(c.vendor.contract_months)),
        _line(_("Notice"), columns, lambda c: _days(c.vendor.notice_days)),
        _line(_("Same-day cut-off"), columns, lambda c: c.vendor.cut_off.strftime("%H:%M") if c.vendor.cut_off else ""),
    ]
    return Band(_("Terms"), [*lines, *_value_lines(columns, Facet.TERMS)])


def _capability_bands(columns: Sequence[Column]) -> list[Band]:
    facets = (Facet.SERVICE, Facet.INTEGRATION, Facet.HANDLING)
    return [Band(str(facet.label), _value_lines(columns, facet)) for facet in facets]


def _value_lines(columns: Sequence[Column], facet: Facet) -> list[Line]:
    """A row for each value that one of them has, in the order in which the facet is offered."""
    names = {value.pk: value.name for column in columns for value in column.facts.of(facet)}

    def cell(column: Column, pk: int) -> Cell:
        said = next((one for one in column.facts.of(facet) if one.pk == pk), None)
        return Cell(_("Yes"), said.how_label, "ok") if said else Cell()

    return [Line(name, [cell(column, pk) for column in columns]) for pk, name in names.items()]


# ---- How we know ---------------------------------------------------------------------------------------------------
def _evidence_band(columns: Sequence[Column]) -> Band:
    def again(column: Column) -> Cell:
        shown = column.evidence
        if not shown.verified:
            return Cell()
        of = {"said": shown.verified, "share": int((shown.bound or 0) * 100)}
        return Cell(str(shown.hire_again), _("of %(said)s, surely %(share)s %% or more") % of)

    lines = [
        _line(_("References asked"), columns, lambda c: _number(c.evidence.asked)),
        _line(_("Answered"), columns, lambda c: _number(c.evidence.answered)),
        _line(_("Verified"), columns, lambda c: _number(c.evidence.verified), _("confirmed by a third party")),
        _line(_("Would hire again"), columns, again, _("verified answers only")),
        _line(_("Testimonials"), columns, lambda c: _number(c.evidence.testimonials)),
        _line(_("Samples of work"), columns, lambda c: _number(c.evidence.samples)),
        _line(_("Partners"), columns, lambda c: _number(c.evidence.partners)),
    ]
    return Band(_("Evidence"), lines, _("As far as you may see it"))


def _certificate_band(columns: Sequence[Column], papers: list[Certificate], today: date) -> Band:
    papers = sorted(papers, key=lambda paper: paper.name.lower())
    names = {(paper.value_id or paper.name.lower()): paper.name for paper in papers}

    def cell(column: Column, key: int | str) -> Cell:
        own = [one for one in papers if one.vendor_id == column.vendor.pk and (one.value_id or one.name.lower()) == key]
        if not own:
            return Cell()
        best = max(own, key=lambda one: one.expires_on or date.max)
        if best.expires_on is None:
            return Cell(_("Current"), _("no end"), "ok")
        day = written_date(best.expires_on, "j M Y")
        if best.is_expired(today):
            return Cell(_("Expired"), day, "late")
        return Cell(_("Current"), _("until %(day)s") % {"day": day}, "ok")

    lines = [Line(name, [cell(column, key) for column in columns]) for key, name in names.items()]
    return Band(_("Certificates"), lines)


# ---- One's own -----------------------------------------------------------------------------------------------------
def _own_band(columns: Sequence[Column]) -> Band:
    def stands(column: Column) -> Cell:
        return Cell(column.mark.label, tone="late" if column.mark.status == Relationship.Status.BLOCKED else "")

    lines = [
        _line(_("How you stand"), columns, stands),
        _line(_("Your tags"), columns, lambda c: ", ".join(tag.name for tag in c.mark.tags)),
    ]
    return Band(_("Yours alone"), lines, _("Nobody else sees it"))


# ---- Words ---------------------------------------------------------------------------------------------------------
def span(least: Any, most: Any, written: Callable[[Any], str]) -> str:
    """ "5 to 9", "from 5", "up to 9", "5", or nothing."""
    if least is None and most is None:
        return ""
    if least is None:
        return _("up to %(most)s") % {"most": written(most)}
    if most is None:
        return _("from %(least)s") % {"least": written(least)}
    if least == most:
        return written(least)
    return _("%(least)s to %(most)s") % {"least": written(least), "most": written(most)}


def _price(column: Column) -> str:
    said = span(column.vendor.price_from, column.vendor.price_to, lambda amount: floatformat(amount, "2g"))
    return f"{said} {column.vendor.organisation.currency}" if said else ""


def _money(amount: Decimal | None, column: Column) -> str:
    return "" if amount is None else f"{floatformat(amount, '2g')} {column.vendor.organisation.currency}"


def _months(months: int | None) -> str:
    if months is None:
        return ""
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months} if months else _("No fixed term")


def _days(days: int | None) -> str:
    return "" if days is None else ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _number(number: int | None) -> str:
    return "" if number is None else intcomma(number)


def _names(values: Sequence[Any]) -> list[str]:
    return [one.name for one in values]
