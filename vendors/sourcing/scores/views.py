"""Scoring: one's own table, a single cell, and who has submitted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Membership
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import LARGEST_ID, acts_on, form_methods
from outsourcing.shared import clock
from outsourcing.shared.errors import DomainError
from vendors.sourcing import pages
from vendors.sourcing.models import STEPS, Brief, Candidate, Criterion, Evaluator, Score
from vendors.sourcing.pages import forbid_all_but_the_chair
from vendors.sourcing.roles import BUYERS, MERCHANTS, SCORERS
from vendors.sourcing.scores import giving, settling
from vendors.sourcing.scores.errors import BlanksLeft, NotAScore, ReasonMissing
from vendors.sourcing.scores.forms import ConflictForm, ReasonForm, ScoreForm, SettleForm
from vendors.sourcing.scores.shown import Own, behind, grid_of, people_of, pieces_of, steps_of
from vendors.sourcing.sheet import Sheet, sheet_of

#: What begins the name of a cell in the table's form: score-<candidate>-<criterion>.
FIELD = "score-"


def crumbs(brief: Brief) -> list[tuple[str, str]]:
    """The way back to the comparison."""
    return [*pages.crumbs(), (brief.title, reverse("sourcing:comparison", args=[brief.pk]))]


def own_of(brief: Brief, acting: Membership) -> Evaluator:
    """The reader as somebody who scores. Raises PermissionDenied for everybody else."""
    found = Evaluator.objects.visible_to(acting).filter(brief=brief, member=acting, removed_at=None).first()
    if found is None or not acting.has_role(*SCORERS):
        raise PermissionDenied
    return found


def part_of(candidate: Candidate, pk: int) -> Criterion:
    """A criterion of the candidate's brief; 404 for any other."""
    found: Criterion | None = None
    if pk <= LARGEST_ID:
        found = Criterion.objects.filter(brief=candidate.brief_id, pk=pk).first()
    if found is None:
        raise Http404
    return found


# ---- The table -----------------------------------------------------------------------------------------------------
@require_safe
@acts_on(Brief, *MERCHANTS)
def scores(request: UserRequest, brief: Brief) -> HttpResponse:
    """Who scores and how far they are; for whoever scores, first the question about conflicts, then their own table."""
    return scores_page(request, brief)


def scores_page(
    request: UserRequest, brief: Brief, *, conflict: ConflictForm | None = None, told: str = "", status: int = 200
) -> HttpResponse:
    """The page, with a form that was refused or what else has to be said."""
    sheet = sheet_of(brief, request.acting)
    chairs = brief.is_chaired_by(request.acting)
    me = sheet.me if request.acting.has_role(*SCORERS) else None
    context: dict[str, Any] = {
        "brief": brief, "people": people_of(sheet, is_chair=chairs), "me": me,
        "told": told, "sheet": sheet,
    }  # fmt: skip
    if me is not None and me.recused_at is None:
        context |= own_context(me, conflict)
    return render(request, "sourcing/scores/scores.html", context, status=status)


def own_context(me: Evaluator, conflict: ConflictForm | None = None) -> dict[str, Any]:
    """What one's own part of the page needs."""
    if me.stated_at is None or conflict is not None:
        vendors = me.brief.candidates.in_the_running().select_related("vendor").order_by("vendor__name")
        return {"conflict": conflict or ConflictForm(), "vendors": [one.vendor for one in vendors]}
    grid = grid_of(me)
    refused = ""
    try:
        giving.see_that_it_can_be_scored(me.brief, clock.now())
        giving.see_that_they_may_score(me)
    except DomainError as reason:
        refused = str(reason)
    return {"grid": grid, "refused": refused, "may_score": not refused}


@require_POST
@acts_on(Brief, *SCORERS)
def state_conflict(request: UserRequest, brief: Brief) -> HttpResponse:
    """Say whether anything ties one to a vendor."""
    me = own_of(brief, request.acting)
    form = ConflictForm(request.POST)
    if not form.is_valid():
        return scores_page(request, brief, conflict=form, status=422)
    giving.state_conflict(me, form.cleaned_data["conflict"], by=request.acting, at=clock.now())
    return redirect("sourcing:scores", brief.pk)


@require_POST
@acts_on(Brief, *SCORERS)
def save(request: UserRequest, brief: Brief) -> HttpResponse:
    """Save what was typed in the table: one cell as it is scored (`one`, answered by how many are scored), or all
    that is another by now; without the script the whole table is sent by its button."""
    me = own_of(brief, request.acting)
    is_one = "one" in request.POST
    try:
        kept = save_cells(me, request)
    except DomainError as reason:
        if is_one:
            return HttpResponse(str(reason), status=409, content_type="text/plain; charset=utf-8")
        return scores_page(request, brief, told=str(reason), status=409)
    if is_one:
        grid = grid_of(me)
        words = _("%(given)s of %(total)s") % {"given": grid.given, "total": grid.total}
        return HttpResponse(words, content_type="text/plain; charset=utf-8")
    messages.success(request, _("Saved.") if kept else _("Nothing was changed."))
    return redirect("sourcing:scores", brief.pk)


def save_cells(me: Evaluator, request: UserRequest) -> int:
    """How many cells are another by now. Raises what `giving.score` does."""
    cells = {cell.key: cell for cell in grid_of(me).cells}
    typed = {name.removeprefix(FIELD): str(text) for name, text in request.POST.items() if name.startswith(FIELD)}
    kept = 0
    for key, text in typed.items():
        value = points_in(text.strip())
        cell = cells.get(key) or gone(key, request)
        if cell.value != value:
            giving.score(me, cell.candidate, cell.criterion, value, by=request.acting, at=clock.now())
            kept += 1
    return kept


def gone(key: str, request: UserRequest) -> Own:
    """A cell that is not in one's table: of a vendor that has left meanwhile, so that it is told; else 404."""
    candidate, _dash, criterion = key.partition("-")
    if not (candidate.isdecimal() and criterion.isdecimal()) or len(key) > 40:
        raise Http404
    row = Candidate.objects.visible_to(request.acting).filter(pk=min(int(candidate), LARGEST_ID)).first()
    if row is None:
        raise Http404
    return Own(row, part_of(row, int(criterion)), None, False, "", 0, 0)


def points_in(text: str) -> int | None:
    """A score as typed; None for a blank. Raises NotAScore."""
    if not text:
        return None
    if len(text) == 1 and text.isascii() and text.isdecimal() and int(text) in STEPS:
        return int(text)
    raise NotAScore(_("A score is 0, 1, 2, 3, 4 or 5."))


@require_POST
@acts_on(Brief, *SCORERS)
def submit(request: UserRequest, brief: Brief) -> HttpResponse:
    """Submit all of one's scores."""
    me = own_of(brief, request.acting)
    try:
        giving.submit(me, blanks=request.POST.get("blanks") == "on", by=request.acting, at=clock.now())
    except (BlanksLeft, ReasonMissing) as reason:
        return scores_page(request, brief, told=str(reason), status=409)
    messages.success(request, _("Submitted. You see what the others gave now."))
    return redirect("sourcing:comparison", brief.pk)


# ---- People --------------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Evaluator, *SCORERS)
def reopen(request: UserRequest, evaluator: Evaluator) -> HttpResponse:
    """Open somebody's submitted scores again, with a reason."""
    forbid_all_but_the_chair(request, evaluator.brief)
    form = ReasonForm(request.POST or None, save=_("Open their scores again"))
    if request.method == "POST" and form.is_valid():
        giving.reopen(evaluator, form.cleaned_data["reason"], by=request.acting, at=clock.now())
        return redirect("sourcing:scores", evaluator.brief_id)
    lede = _("It is written down, and %(person)s sees nobody's scores until they submit again.")
    title = _("Open the scores of %(person)s") % {"person": evaluator.member.label}
    return page_with_form(request, evaluator.brief, title, form, lede % {"person": evaluator.member.label})


@form_methods
@acts_on(Evaluator, *SCORERS)
def recuse(request: UserRequest, evaluator: Evaluator) -> HttpResponse:
    """Step back, or have somebody step back."""
    is_oneself = evaluator.member_id == request.acting.pk
    if not is_oneself:
        forbid_all_but_the_chair(request, evaluator.brief)
    form = ReasonForm(request.POST or None, save=_("Step back") if is_oneself else _("Have them step back"))
    if request.method == "POST" and form.is_valid():
        giving.recuse(evaluator, form.cleaned_data["reason"], by=request.acting, at=clock.now())
        return redirect("sourcing:scores", evaluator.brief_id)
    title = _("Step back from scoring") if is_oneself else _("Have %(person)s step back")
    lede = _("Scores that were given are kept, and no longer count.")
    return page_with_form(request, evaluator.brief, title % {"person": evaluator.member.label}, form, lede)


def page_with_form(
    request: UserRequest, brief: Brief, title: str, form: Any, lede: str = "", more: list[tuple[str, str]] | None = None
) -> HttpResponse:
    """A page with one form about a brief."""
    context = {"title": title, "lede": lede, "crumbs": [*crumbs(brief), *(more or [])], "form": form}
    return render(request, "form.html", context)


# ---- One cell ------------------------------------------------------------------------------------------------------
@require_safe
@acts_on(Candidate, *MERCHANTS)
def cell(request: UserRequest, candidate: Candidate, criterion: int) -> HttpResponse:
    """What a cell rests on, one's own score of it, and what the chair may say."""
    return cell_page(request, candidate, part_of(candidate, criterion))


def cell_page(
    request: UserRequest, candidate: Candidate, criterion: Criterion, form: ScoreForm | None = None, *,
    told: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page; its form alone where htmx asks for it."""
    sheet = sheet_of(candidate.brief, request.acting)
    if (candidate.pk, criterion.pk) not in sheet.cells:
        raise Http404
    profile = getattr(candidate.vendor, "vendor", None)
    mine = own_score(sheet, candidate, criterion)
    pieces = pieces_of(profile, request.acting, clock.today(request.acting.zone), mine)
    may_score = can_score(sheet, criterion) and candidate.is_in_the_running
    if form is None and may_score:
        form = ScoreForm(criterion=criterion, pieces=pieces, initial=initial_of(mine, pieces))
    context = {
        "brief": candidate.brief, "candidate": candidate, "criterion": criterion, "sheet": sheet,
        "crumbs": crumbs(candidate.brief), "steps": steps_of(criterion), "pieces": pieces, "form": form, "mine": mine,
        "may_score": may_score, "told": told, "behind": behind(sheet, candidate, criterion, pieces),
        "is_chair": candidate.brief.is_chaired_by(request.acting) and not candidate.brief.is_over,
    }  # fmt: skip
    early = sheet.before.get((candidate.pk, criterion.pk))
    context["early"] = early.number if early and sheet.me and sheet.me.pk in early.people else 0
    context["is_piece"] = is_piece(request) and may_score
    name = "_score_form.html" if context["is_piece"] else "cell.html"
    return render(request, f"sourcing/scores/{name}", context, status=status)


def is_piece(request: UserRequest) -> bool:
    """Whether the table asks for the form of a cell alone."""
    return bool(getattr(request, "htmx", False)) and request.htmx.target == "score-panel"  # type: ignore[attr-defined]


def own_score(sheet: Sheet, candidate: Candidate, criterion: Criterion) -> Score | None:
    rows = Score.objects.visible_to(sheet.acting).filter(candidate=candidate, criterion=criterion)
    rows = rows.filter(evaluator__member=sheet.acting)
    return rows.prefetch_related("evidence").first()


def can_score(sheet: Sheet, criterion: Criterion) -> bool:
    """Whether the reader may give a score there now."""
    me = sheet.me
    if me is None or not sheet.acting.has_role(*SCORERS) or me not in sheet.asked.get(criterion.pk, []):
        return False
    try:
        giving.see_that_it_can_be_scored(sheet.brief, clock.now())
        giving.see_that_they_may_score(me)
    except DomainError:
        return False
    return criterion.source == Criterion.Source.PEOPLE


def initial_of(score: Score | None, pieces: list[Any]) -> dict[str, Any]:
    """What stands in the form before anybody types."""
    chosen = [one.value for one in pieces if one.is_chosen]
    if score is None:
        return {"value": "", "evidence": chosen}
    return {"value": "" if score.value is None else score.value, "reason": score.reason, "evidence": chosen}


@require_POST
@acts_on(Candidate, *SCORERS)
def score(request: UserRequest, candidate: Candidate, criterion: int) -> HttpResponse:
    """Give one score with its reason and evidence, and go on to the next that is blank."""
    part = part_of(candidate, criterion)
    me = own_of(candidate.brief, request.acting)
    pieces = pieces_of(getattr(candidate.vendor, "vendor", None), request.acting, clock.today(request.acting.zone))
    form = ScoreForm(request.POST, criterion=part, pieces=pieces)
    if not form.is_valid():
        return cell_page(request, candidate, part, form, status=422)
    said = form.cleaned_data
    giving.score(
        me, candidate, part, said["value"], reason=said["reason"], evidence=form.chosen(), by=request.acting,
        at=clock.now(),
    )  # fmt: skip
    if "next" not in request.POST:
        return redirect(f"{reverse('sourcing:scores', args=[candidate.brief_id])}#cell-{candidate.pk}-{part.pk}")
    following = grid_of(me).after(candidate.pk, part.pk)
    if following is None:
        return redirect("sourcing:scores", candidate.brief_id)
    return redirect("sourcing:cell", following.candidate.pk, following.criterion.pk)


# ---- The chair -----------------------------------------------------------------------------------------------------
@form_methods
@acts_on(Candidate, *BUYERS)
def settle(request: UserRequest, candidate: Candidate, criterion: int) -> HttpResponse:
    """Write down what was agreed in place of the mean."""
    part = part_of(candidate, criterion)
    forbid_all_but_the_chair(request, candidate.brief)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        settling.settle(candidate, part, **form.cleaned_data, by=request.acting, at=clock.now())
        return redirect("sourcing:cell", candidate.pk, part.pk)
    title = _("What was agreed: %(vendor)s on %(criterion)s") % {"vendor": candidate.vendor, "criterion": part}
    lede = _("It counts in place of the mean. Every score and the difference stay visible.")
    return page_with_form(request, candidate.brief, title, form, lede, back_to(candidate, part))


def back_to(candidate: Candidate, criterion: Criterion) -> list[tuple[str, str]]:
    words = _("%(vendor)s on %(criterion)s") % {"vendor": candidate.vendor, "criterion": criterion}
    return [(words, reverse("sourcing:cell", args=[candidate.pk, criterion.pk]))]


@require_POST
@acts_on(Candidate, *BUYERS)
def unsettle(request: UserRequest, candidate: Candidate, criterion: int) -> HttpResponse:
    """Let the mean count again."""
    part = part_of(candidate, criterion)
    forbid_all_but_the_chair(request, candidate.brief)
    settling.unsettle(candidate, part, by=request.acting, at=clock.now())
    return redirect("sourcing:cell", candidate.pk, part.pk)


@form_methods
@acts_on(Candidate, *BUYERS)
def leave_out(request: UserRequest, candidate: Candidate, criterion: int) -> HttpResponse:
    """Say that a criterion does not fit a vendor."""
    part = part_of(candidate, criterion)
    forbid_all_but_the_chair(request, candidate.brief)
    form = ReasonForm(request.POST or None, save=_("It does not apply"))
    if request.method == "POST" and form.is_valid():
        settling.leave_out(candidate, part, form.cleaned_data["reason"], by=request.acting, at=clock.now())
        return redirect("sourcing:cell", candidate.pk, part.pk)
    title = _("%(criterion)s does not apply to %(vendor)s") % {"vendor": candidate.vendor, "criterion": part}
    lede = _(
        "The vendor is compared by the others, and what is known of it covers less. Of all vendors: it is dropped."
    )
    return page_with_form(request, candidate.brief, title, form, lede, back_to(candidate, part))


@require_POST
@acts_on(Candidate, *BUYERS)
def take_in(request: UserRequest, candidate: Candidate, criterion: int) -> HttpResponse:
    """Say that it applies after all."""
    part = part_of(candidate, criterion)
    forbid_all_but_the_chair(request, candidate.brief)
    settling.take_in(candidate, part, by=request.acting, at=clock.now())
    return redirect("sourcing:cell", candidate.pk, part.pk)
