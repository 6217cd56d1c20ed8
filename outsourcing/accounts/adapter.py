"""Where allauth asks us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come by invitation until sign-up is built; mails go through EMAIL_BACKEND, hence the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
