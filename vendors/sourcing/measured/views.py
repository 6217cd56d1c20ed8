"""Which figure of the log gives how many points, and reading the log again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from outsourcing.accounts.forms import helper
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.shared import clock
from vendors.sourcing.measured import keeping
from vendors.sourcing.measured.keeping import MEASURED
from vendors.sourcing.models import STEPS, Brief, Criterion, CriterionStep
from vendors.sourcing.scores.views import BUYERS, crumbs

UNITS = {
    Criterion.Source.REPLIES: lambda: _("up to so many working hours"),
    Criterion.Source.ON_TIME: lambda: _("from so many per cent"),
    Criterion.Source.REFERENCES: lambda: _("from so many references"),
}


class BoundsForm(forms.Form):
    """From which figure on (up to which, for hours) 1 to 5 points are given; a step without one is never given."""

    def __init__(self, *args: Any, criterion: Criterion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {one.step: one for one in criterion.steps.all()}
        self.initial = {f"bound_{step}": one.bound for step, one in kept.items()}
        self.criterion = criterion
        unit = UNITS[Criterion.Source(criterion.source)]()
        for step in range(5, 0, -1):
            self.fields[f"bound_{step}"] = forms.DecimalField(
                label=_("%(step)s points, %(unit)s") % {"step": step, "unit": unit}, min_value=0, max_digits=10,
                decimal_places=2, required=False,
                help_text=kept[step].text if step in kept else "",
            )  # fmt: skip
        self.helper = helper(*self.fields, save=_("Save"))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        bounds = [value for step in STEPS if (value := said.get(f"bound_{step}")) is not None]
        rising = sorted(set(bounds), reverse=self.criterion.source == Criterion.Source.REPLIES)
        if bounds != rising:
            raise ValidationError(_("More points are for a better figure: the bounds must follow each other."))
        if not bounds:
            raise ValidationError(_("Give at least one figure: without any, nothing has points."))
        return said


@form_methods
@acts_on(Criterion, *BUYERS)
def bounds(request: UserRequest, criterion: Criterion) -> HttpResponse:
    """Change which figure gives how many points, before the brief goes out; later it only shows them."""
    if criterion.source not in MEASURED or criterion.removed_at is not None:
        raise Http404
    brief = Brief.objects.select_related("merchant").get(pk=criterion.brief_id)
    if not brief.is_chaired_by(request.acting):
        raise PermissionDenied
    form = BoundsForm(request.POST or None, criterion=criterion)
    if request.method == "POST" and form.is_valid():
        values = {step: form.cleaned_data[f"bound_{step}"] for step in range(1, 6)}
        keeping.set_bounds(criterion, values, by=request.acting, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("sourcing:bounds", criterion.pk)
    context = {
        "title": criterion.name, "crumbs": crumbs(brief), "form": form, "criterion": criterion,
        "lede": _("Points follow what happens here, not what anybody says. Fixed once the brief is out."),
        "is_fixed": brief.published_at is not None or brief.state != Brief.State.DRAFT,
        "steps": CriterionStep.objects.filter(criterion=criterion),
    }  # fmt: skip
    return render(request, "sourcing/measured/bounds.html", context)


@require_POST
@acts_on(Brief, *BUYERS)
def measure(request: UserRequest, brief: Brief) -> HttpResponse:
    """Read the log again now."""
    changed = keeping.measure(brief, clock.now())
    says = ngettext("%(n)s figure is another now.", "%(n)s figures are others now.", changed)
    messages.success(request, says % {"n": changed} if changed else _("Nothing has changed."))
    return redirect("sourcing:comparison", brief.pk)
