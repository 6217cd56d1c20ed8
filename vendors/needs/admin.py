"""What staff keep of needs: the catalogue of jobs. Shops' own jobs, and what shops say of any, are not theirs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.shared.staff import StaffAdmin, site
from vendors.directory.models import Facet, FacetValue
from vendors.needs.models import Task


class TaskForm(forms.ModelForm[Task]):
    """A job of the catalogue, the same for all shops."""

    class Meta:
        model = Task
        fields = ("name", "slug", "description", "unit", "asks", "services", "position")
        help_texts = {
            "slug": gettext_lazy("Its name for good: templates of briefs go by it."),
            "services": gettext_lazy("Where shops look for vendors who take it on."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = True
        self.fields["services"].queryset = FacetValue.objects.of(Facet.SERVICE)  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if Task.objects.filter(merchant=None, slug=slug).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another job of the catalogue has this name."))
        return slug


@admin.register(Task, site=site)
class TaskAdmin(StaffAdmin):
    """Added and edited; never deleted, since shops may have rated it."""

    form = TaskForm
    list_display = ("name", "unit", "position")
    search_fields = ("name",)
    ordering = ("position", "name")
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        return Task.objects.filter(merchant=None)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)
