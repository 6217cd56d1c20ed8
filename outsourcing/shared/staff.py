"""Django's admin, for staff: catalogues, and who organisations are. For everybody else it is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

#: The admin's own pages that are kept: people sign in and out where all others do.
KEPT = {"index", "app_list", "jsi18n"}


class StaffSite(AdminSite):
    """The admin at an address of its own; rooms register what staff keep there in their `admin.py`."""

    site_header = _("Outsourcing: staff")
    site_title = _("Staff")
    index_title = _("What staff keep")
    final_catch_all_view = False
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        kept = [one for one in super().get_urls() if isinstance(one, URLResolver) or one.name in KEPT]
        for one in kept:
            if isinstance(one, URLPattern):
                one.callback.__dict__.pop("login_url", None)  # the admin's own, which is not kept
        return kept

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner: Callable[..., HttpResponse] = super().admin_view(view, cacheable)

        @wraps(view)
        def walled(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return walled


site = StaffSite(name="admin")


class StaffAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Open to all staff; nothing is deleted, and no address is without a name."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        return [one for one in super().get_urls() if one.name and not one.name.endswith("_delete")]
