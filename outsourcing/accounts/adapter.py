"""Where allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come by invitation until sign-up is built; mails go through EMAIL_BACKEND, hence the outbox."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        ours = {"site_name": settings.SITE_NAME, "base_url": settings.BASE_URL}
        super().send_mail(template_prefix, email, {**ours, **context})

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
