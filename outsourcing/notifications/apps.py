"""Outgoing mail: every one is a row first, and PostgreSQL is the truth about it."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "outsourcing.notifications"

    def ready(self) -> None:
        from allauth.account.signals import authentication_step_completed, email_confirmed

        from outsourcing.accounts import hooks
        from outsourcing.accounts.waiting import waiting
        from outsourcing.notifications import notices, undelivered
        from outsourcing.notifications.bounces import proofs, taking
        from outsourcing.notifications.hooks import unwanted
        from outsourcing.notifications.invitations import mail_invitation

        hooks.invited.add(mail_invitation)
        unwanted.add(taking.unwanted)
        waiting.add(undelivered.waiting, order=90)
        waiting.add(notices.waiting, order=80)
        authentication_step_completed.connect(proofs.signed_in)
        email_confirmed.connect(proofs.confirmed)
