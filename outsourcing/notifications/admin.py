"""What staff do about mail: see that it is held, and let it go. They read no mail."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.notifications import holding
from outsourcing.shared import clock
from outsourcing.shared.models import MailHold
from outsourcing.shared.staff import StaffAdmin, site


@admin.register(MailHold, site=site)
class MailHoldAdmin(StaffAdmin):
    """When mail was held and let go. Held by a restore, or by whoever runs the place: never here."""

    list_display = ("held_at", "taken_at", "released_at")
    fields = readonly_fields = list_display
    ordering = ("-held_at",)
    actions = ("release",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Let mail go"))
    def release(self, request: HttpRequest, holds: QuerySet[MailHold]) -> TemplateResponse | None:
        """Says what waits and asks first; then lets all of it go, since mail is held as a whole or not at all."""
        held = holding.held(at=clock.now())
        if held.hold is None:
            self.message_user(request, _("Mail is not held."), messages.WARNING)
            return None
        if "sure" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Let mail go?"),
                "opts": self.model._meta,
                "holds": holds,
                "held": held,
                "waiting": sum(held.waiting.values()),
            }
            return TemplateResponse(request, "admin/release_mail.html", context)
        doubtful = holding.release(at=clock.now(), set_aside="set_aside" in request.POST)
        self.log_change(request, held.hold, "release")
        self.message_user(request, _("Mail goes out."))
        if doubtful:
            said = _("%(number)s may have been sent before: people decide under Settings, Mails.")
            self.message_user(request, said % {"number": doubtful}, messages.WARNING)
        return None
