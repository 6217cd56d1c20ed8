"""People, the organisations they act for, and what they may do."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "outsourcing.accounts"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed

        from outsourcing.accounts import first_run, search  # noqa: F401  (they add to the hooks)
        from outsourcing.accounts.adapter import forget_a_strangers_password

        # A signal, for allauth proves an address in passing without asking its adapter.
        email_confirmed.connect(forget_a_strangers_password)
