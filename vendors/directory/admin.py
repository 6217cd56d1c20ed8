"""What staff keep of the directory: the values of facets; and vendors, of which they read what shops read."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Membership, Role
from outsourcing.shared import clock
from outsourcing.shared.errors import DomainError
from outsourcing.shared.staff import StaffAdmin, site
from vendors.directory.models import FacetValue, Vendor
from vendors.directory.profiles import staff


class FacetValueForm(forms.ModelForm[FacetValue]):
    """A value; what contains it is of the same facet, and not inside it."""

    class Meta:
        model = FacetValue
        fields = ("facet", "name", "slug", "group", "synonyms", "parent", "low", "high", "position", "is_active")
        help_texts = {
            "slug": gettext_lazy("Stands in addresses; one that is in use is never changed."),
            "is_active": gettext_lazy("Take it out of what is offered here: vendors that have chosen it keep it."),
            "synonyms": gettext_lazy("Other words for it, with a comma between them."),
            "group": gettext_lazy("The heading that it stands under, where its facet has some."),
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        above, facet = said.get("parent"), said.get("facet") or self.instance.facet
        if above is not None and above.facet != facet:
            self.add_error("parent", _("It is of another facet."))
        while above is not None:
            if above.pk == self.instance.pk:
                self.add_error("parent", _("It lies inside this one."))
                break
            above = above.parent
        return said


@admin.register(FacetValue, site=site)
class FacetValueAdmin(StaffAdmin):
    """Added, edited and offered no more; never deleted, since vendors may have chosen it."""

    form = FacetValueForm
    list_display = ("name", "facet", "group", "parent", "is_active")
    list_filter = ("facet", "is_active")
    list_select_related = ("parent",)
    search_fields = ("name", "synonyms")
    ordering = ("facet", "position", "name")
    prepopulated_fields = {"slug": ("name",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("facet", "slug") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = FacetValue.objects.order_by("facet", "name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change:
            staff.value_changed(obj)


@admin.register(Vendor, site=site)
class VendorAdmin(StaffAdmin):
    """Who a vendor says it is and who runs it; nothing that a shop keeps about it, and no shop's private vendor."""

    list_display = ("name", "domain", "claimed_at", "proven_by", "published_at", "withheld_at", "asked_to_look_at")
    list_filter = (("asked_to_look_at", admin.EmptyFieldListFilter), ("withheld_at", admin.EmptyFieldListFilter))
    search_fields = ("organisation__name", "domain")
    ordering = ("-asked_to_look_at", "organisation__name")
    fields = (
        *("name", "country", "website", "tagline", "managers"),
        *("claimed_at", "proven_by", "proven_domain", "proven_at", "published_at", "withheld_at", "asked_to_look_at"),
    )
    readonly_fields = fields
    actions = ("approve", "withhold", "release")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vendor]:
        return staff.seen_by_staff()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("country"))
    def country(self, vendor: Vendor) -> str:
        return str(vendor.organisation.country.name)

    @admin.display(description=gettext_lazy("managers who have joined"))
    def managers(self, vendor: Vendor) -> str:
        """Their addresses: by them staff see whether they are the company."""
        joined = Membership.objects.joined().filter(organisation=vendor.organisation_id, roles__contains=[Role.MANAGER])
        return ", ".join(joined.order_by("email").values_list("email", flat=True)) or "-"

    @admin.action(description=gettext_lazy("Approve: they are the company at this web site"))
    def approve(self, request: HttpRequest, vendors: QuerySet[Vendor]) -> None:
        self.each(request, vendors, lambda vendor: staff.approve(vendor, at=clock.now()))

    @admin.action(description=gettext_lazy("Take out of the directory"))
    def withhold(self, request: HttpRequest, vendors: QuerySet[Vendor]) -> None:
        self.each(request, vendors, lambda vendor: staff.withhold(vendor, at=clock.now()))

    @admin.action(description=gettext_lazy("Let back into the directory"))
    def release(self, request: HttpRequest, vendors: QuerySet[Vendor]) -> None:
        self.each(request, vendors, staff.release)

    def each(self, request: HttpRequest, vendors: QuerySet[Vendor], act: Callable[[Vendor], None]) -> None:
        """Do it to each, and say what came of it."""
        for vendor in vendors:
            try:
                act(vendor)
            except DomainError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.log_change(request, vendor, str(request.POST.get("action", "")))
                self.message_user(request, _("%(vendor)s: done.") % {"vendor": vendor})
