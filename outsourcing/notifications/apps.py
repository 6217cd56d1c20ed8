"""Outgoing mail: every one is a row first, and PostgreSQL is the truth about it."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "outsourcing.notifications"

    def ready(self) -> None:
        from outsourcing.accounts import hooks
        from outsourcing.notifications.invitations import mail_invitation

        hooks.invited.add(mail_invitation)
