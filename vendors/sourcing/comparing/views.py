"""The comparison of a brief's vendors: as a page, and as a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on
from outsourcing.shared import clock, sheets
from vendors.directory.compare.pieces import Evidence, evidence_of
from vendors.directory.models import Vendor
from vendors.sourcing.certainty import certainty
from vendors.sourcing.comparing import cells, words
from vendors.sourcing.comparing.cells import Band, Row
from vendors.sourcing.comparing.table import Table, table_of
from vendors.sourcing.deciding.choosing import can_be_decided
from vendors.sourcing.models import Answer, Brief, Candidate, Decision, Question, QuestionAnswer
from vendors.sourcing.roles import BUYERS, MERCHANTS
from vendors.sourcing.scores.shown import people_of
from vendors.sourcing.sheet import Sheet, moved_by_leaving, sheet_of
from vendors.sourcing.weightings import DRAWS, shares


@require_safe
@acts_on(Brief, *MERCHANTS)
def comparison(request: UserRequest, brief: Brief) -> HttpResponse:
    """The vendors beside each other, how sure the first place is, and what would change it."""
    sheet = sheet_of(brief, request.acting)
    differences = request.GET.get("differences") == "1"
    is_chair = brief.is_chaired_by(request.acting)
    at = clock.now()
    context: dict[str, Any] = {
        "brief": brief, "sheet": sheet, "differences": differences, "is_chair": is_chair, "state": brief.state_at(at),
        "table": table_of(sheet, differences=differences, more=bands_of(sheet)),
        "decision": Decision.objects.filter(brief=brief).order_by("-number").defer("record", "page").first(),
        "may_decide": is_chair and not sheet.hidden and can_be_decided(brief, at),
        "mine": mine_missing(sheet), "moved": moved_words(sheet), "writes": request.acting.has_role(*BUYERS),
        "early": early_of(sheet, is_chair=is_chair),
    }  # fmt: skip
    if not sheet.hidden and sheet.candidates:
        context |= how_sure(sheet)
    return render(request, "sourcing/comparing/comparison.html", context)


def moved_words(sheet: Sheet) -> list[str]:
    """What changed when somebody left, where prices are compared with the cheapest."""
    says = _(
        "Since %(gone)s withdrew, “%(criterion)s” counts otherwise for %(moved)s: it is compared with the cheapest."
    )
    return [
        says % {"criterion": criterion, "gone": get_text_list(gone, _("and")), "moved": get_text_list(moved, _("and"))}
        for criterion, gone, moved in moved_by_leaving(sheet)
    ]


def early_of(sheet: Sheet, *, is_chair: bool) -> list[tuple[str, str]]:
    """Whose scores were given before the answer that counts, a sentence each, and where the chair opens them again.
    One query where there is anybody."""
    found: dict[int, dict[str, int]] = {}
    names = {one.pk: one.vendor.name for one in sheet.candidates}
    for (candidate, criterion), before in sheet.before.items():
        for person in before.people if candidate in names else ():
            if any(one.pk == person for one in sheet.asked.get(criterion, [])):
                found.setdefault(person, {})[names[candidate]] = before.number
    rows = people_of(sheet, is_chair=is_chair) if found else []
    says = _("%(person)s scored %(vendors)s.")
    return [
        (
            says % {"person": sheet.people[one.evaluator.pk], "vendors": early_words(found[one.evaluator.pk])},
            reverse("sourcing:reopen_scores", args=[one.evaluator.pk]) if one.may_reopen else "",
        )
        for one in rows
        if one.evaluator.pk in found
    ]


def early_words(vendors: Mapping[str, int]) -> str:
    says = _("%(vendor)s before its answer %(number)s")
    return get_text_list(
        [says % {"vendor": name, "number": number} for name, number in sorted(vendors.items())], _("and")
    )


def mine_missing(sheet: Sheet) -> int:
    """How many scores the reader has still to give; 0 for who does not score, or has submitted."""
    if sheet.me is None or sheet.me.submitted_at or sheet.me.recused_at:
        return 0
    criteria = [one for one in sheet.criteria if one.source == "people" and sheet.me in sheet.asked.get(one.pk, [])]
    there = [one for one in sheet.candidates if one.is_in_the_running]
    return sum(sheet.own.get((one.pk, each.pk)) is None for one in there for each in criteria)


def how_sure(sheet: Sheet) -> dict[str, Any]:
    """The sentence, and what is folded under it."""
    sure = certainty(sheet.ranking)
    won = shares(sheet.ranking)
    return {
        "sure": sure,
        "verdict": words.verdict(sure, sheet.names),
        "flips": [words.flip(one, sheet.names) for one in sure.flips],
        "nudges": [words.nudge(one, sheet.names) for one in sure.nudges],
        "without": [words.without(one, sheet.people) for one in sure.without],
        "strip": words.strip(sheet.ranking, won) if len(won) > 1 else [],
        "draws": DRAWS,
        "otherwise": words.otherwise_ordered(sheet.ranking, won, sheet.names),
    }


def evidence_band(sheet: Sheet, order: Sequence[Candidate]) -> Band:
    """References as they were asked and answered. One query."""
    profiles = {one.pk: one.vendor.vendor.pk for one in order if hasattr(one.vendor, "vendor")}
    found = evidence_of(profiles.values(), sheet.acting)
    said: list[tuple[str, str, Callable[[Evidence], str]]] = [
        (_("References verified"), _("Confirmed by a third party"), lambda one: _of(one.verified, one.asked)),
        (_("Would hire again"), _("Verified answers only"), lambda one: _of(one.hire_again, one.verified)),
        (_("Samples of work"), "", lambda one: str(one.samples or "")),
    ]
    rows = []
    for label, about, value in said:
        row = [cells.plain(value(found[profiles[one.pk]]) if one.pk in profiles else "") for one in order]
        rows.append(Row(label, row, about))
    return Band(_("References and samples"), rows, _("As far as you may see them"))


def terms_band(sheet: Sheet, order: Sequence[Candidate]) -> Band:
    """What vendors say of their terms, and how much of what was asked they have answered. One query."""
    profiles = [getattr(one.vendor, "vendor", None) for one in order]
    said: list[tuple[str, Callable[[Vendor], str]]] = [
        (_("Least a month"), lambda one: money(one.minimum, one)),
        (_("Contract"), lambda one: months(one.contract_months)),
        (_("Notice"), lambda one: days(one.notice_days)),
        (_("Same-day cut-off"), lambda one: one.cut_off.strftime("%H:%M") if one.cut_off else ""),
    ]
    rows = [
        Row(label, [cells.plain(value(one) if one else "") for one in profiles], _("Their word, in their profile"))
        for label, value in said
    ]
    asked = Question.objects.filter(brief=sheet.brief, removed_at=None).count()
    if asked:
        readable = Answer.objects.filter(candidate__brief=sheet.brief).live().opened()
        answered = QuestionAnswer.objects.filter(answer__in=readable, question__removed_at=None)
        counts = dict(answered.order_by().values_list("answer__candidate").annotate(count=Count("pk")))
        row = [cells.plain(_of(counts.get(one.pk, 0), asked)) for one in order]
        rows.append(Row(_("Your questions answered"), row))
    return Band(_("Terms and questions"), [row for row in rows if any(cell.text for cell in row.cells)])


def months(number: int | None) -> str:
    if number is None:
        return ""
    return ngettext("%(n)s month", "%(n)s months", number) % {"n": number} if number else _("No fixed term")


def days(number: int | None) -> str:
    return "" if number is None else ngettext("%(n)s day", "%(n)s days", number) % {"n": number}


def money(amount: Decimal | None, vendor: Vendor) -> str:
    return "" if amount is None else f"{floatformat(amount, '2g')} {vendor.organisation.currency}"


def bands_of(sheet: Sheet) -> Callable[[Sequence[Candidate]], list[Band]]:
    """What the page shows below scores and prices."""
    return lambda order: [terms_band(sheet, order), evidence_band(sheet, order)]


def _of(number: int, whole: int) -> str:
    return _("%(number)s of %(whole)s") % {"number": number, "whole": whole} if whole else ""


# ---- Files ---------------------------------------------------------------------------------------------------------
@require_safe
@acts_on(Brief, *MERCHANTS)
def comparison_csv(request: UserRequest, brief: Brief) -> HttpResponse:
    """The table as a CSV file."""
    table = whole_table(brief, request)
    return sheets.csv_response("comparison.csv", header(table), lines(table))


@require_safe
@acts_on(Brief, *MERCHANTS)
def comparison_xlsx(request: UserRequest, brief: Brief) -> HttpResponse:
    """The table as an XLSX file."""
    table = whole_table(brief, request)
    return sheets.xlsx_response("comparison.xlsx", header(table), lines(table))


def whole_table(brief: Brief, request: UserRequest) -> Table:
    sheet = sheet_of(brief, request.acting)
    return table_of(sheet, more=bands_of(sheet))


def header(table: Table) -> list[object]:
    return ["", _("Row"), _("About"), *(one.name for one in table.columns)]


def lines(table: Table) -> Iterator[list[object]]:
    """A line for each row, with its band; the rank first, the totals last."""
    yield ["", _("Rank"), "", *(one.rank for one in table.columns)]
    for band in table.bands:
        for row in band.rows:
            yield [band.label, row.label, row.about, *(cell.text for cell in row.cells)]
    yield ["", table.totals.label, table.totals.about, *(cell.text for cell in table.totals.cells)]
