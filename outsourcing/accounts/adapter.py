"""Where allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from outsourcing.accounts import actions
from outsourcing.accounts.models import User

EMAIL_MAX_LENGTH = 254
MOST = {"most": EMAIL_MAX_LENGTH}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is open unless accounts come by invitation only; mails go through EMAIL_BACKEND, hence the outbox."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        ours = {"site_name": settings.SITE_NAME, "base_url": settings.BASE_URL}
        super().send_mail(template_prefix, email, {**ours, **context})

    def clean_email(self, email: str) -> str:
        """Raises ValidationError for an address that allauth would cut to fit, and so write to somebody else."""
        if len(email) > EMAIL_MAX_LENGTH:
            raise ValidationError(_("An email address has at most %(most)s characters."), params=MOST)
        return str(super().clean_email(email))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return not settings.INVITATION_ONLY


class MFAAdapter(DefaultMFAAdapter):
    """Names of our own for what allauth names."""

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        return _("Passkey %(number)s") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}


def forget_a_strangers_password(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """An address first proven by a sign-in code: whoever set a password before was not seen to read its mail."""
    if request.resolver_match and request.resolver_match.view_name == "account_confirm_login_code":
        actions.forget_secrets(email_address.user)
