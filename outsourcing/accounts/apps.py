"""People, the organisations they act for, and what they may do."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "outsourcing.accounts"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed
        from django.conf import settings

        from outsourcing.accounts import first_run, forgetting, search  # noqa: F401  (they add to the hooks)
        from outsourcing.accounts.adapter import forget_a_strangers_password
        from outsourcing.accounts.erasing import end_sessions
        from outsourcing.shared import retention
        from outsourcing.shared.erasing import erased

        erased.add(end_sessions)
        # A signal, for allauth proves an address in passing without asking its adapter.
        email_confirmed.connect(forget_a_strangers_password)
        kept = settings.KEPT
        retention.keep("accounts that nobody confirmed", days=kept["SIGN_UPS"], forget=forgetting.forget_sign_ups)
        retention.keep("invitations that are over", days=kept["LINKS"], forget=forgetting.forget_invitations)
