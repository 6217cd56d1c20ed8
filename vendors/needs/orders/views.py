"""Pages of order lists: upload, progress, what came out."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.forms import helper
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.files.errors import Refused
from outsourcing.files.forms import CheckedFileField
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from vendors.needs import page
from vendors.needs.keeping import RATERS
from vendors.needs.models import DayOrder, OrderImport
from vendors.needs.orders import actions

PER_PAGE = 20


class UploadForm(forms.Form):
    """A list of orders."""

    file = CheckedFileField(
        kinds=actions.KINDS,
        label=gettext_lazy("File"),
        help_text=gettext_lazy("The order export of your shop as CSV, at most 25 MB; one line an item."),
    )
    day_order = forms.ChoiceField(
        label=gettext_lazy("Dates with slashes"), choices=DayOrder.choices, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = helper("file", "day_order", save=_("Upload and read it"))


@form_methods
@takes_files
@acts_as(*RATERS)
def upload(request: UserRequest) -> HttpResponse:
    """Hand a file in; below stand the earlier ones."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            made = actions.upload(given["file"], day_order=given["day_order"], by=request.acting, at=clock.now())
        except Refused as error:
            form.add_error("file", str(error))
        else:
            return redirect("needs:orders", made.pk)
    earlier = OrderImport.objects.visible_to(request.acting).select_related("created_by")
    rows = Paginator(earlier, PER_PAGE).get_page(request.GET.get("page"))
    crumbs = [*page.crumbs(), (_("Months"), reverse("needs:months"))]
    context = {"form": form, "page": rows, "crumbs": crumbs}
    return render(request, "needs/orders/upload.html", context, status=422 if form.errors else 200)


@require_safe
@acts_on(OrderImport, *RATERS)
def show(request: UserRequest, made: OrderImport) -> HttpResponse:
    """How far it is, or what came out."""
    months = [
        {**month, **{name: parse_date(month[name]) for name in ("from", "to", "peak_day")}, "key": month["month"]}
        for month in made.months
    ]
    context = {"made": made, "months": months, "left": made.problem_count - len(made.problems)}
    if request.headers.get("HX-Request"):
        return render(request, "needs/orders/_standing.html", context)
    return render(request, "needs/orders/orders.html", context)


@require_POST
@acts_on(OrderImport, *RATERS)
def take(request: UserRequest, made: OrderImport) -> HttpResponse:
    """Take the chosen months over."""
    wanted = request.POST.getlist("month")
    known = {month["month"] for month in made.months}
    if not known & set(wanted):
        messages.error(request, _("Choose one month at least."))
        return redirect("needs:orders", made.pk)
    count = actions.take(made, wanted, by=request.acting, at=clock.now())
    messages.success(
        request, ngettext("%(count)s month taken over.", "%(count)s months taken over.", count) % {"count": count}
    )
    return redirect("needs:months")
