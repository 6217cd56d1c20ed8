"""People, the organisations they act for, and what they may do."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "outsourcing.accounts"

    def ready(self) -> None:
        from outsourcing.accounts import first_run, search  # noqa: F401  (they add to the hooks)
