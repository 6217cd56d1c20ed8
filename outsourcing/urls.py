"""Every address; a room's stand in its own urls.py."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from outsourcing import shell, today
from outsourcing.notifications import mailbox
from outsourcing.shared import health, staff

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("search/", shell.search, name="search"),
    path("", include("outsourcing.accounts.urls")),
    path("", include("outsourcing.notifications.urls")),
    path("", include("outsourcing.leaving.urls")),
    path("", include("outsourcing.conversations.urls")),
    path("", include("vendors.directory.urls")),
    path("", include("milestones.urls")),
    path("", include("vendors.sourcing.urls")),
    path("", include("vendors.needs.urls")),
    path("accounts/", include("allauth.urls")),
    path("staff/", staff.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
if settings.DEMO:
    urlpatterns += mailbox.urlpatterns

handler400 = "outsourcing.shared.pages.bad_request"
handler403 = "outsourcing.shared.pages.forbidden"
handler404 = "outsourcing.shared.pages.not_found"
handler500 = "outsourcing.shared.pages.server_error"
