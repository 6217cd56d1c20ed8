"""Outgoing mail: every one is a row first, and PostgreSQL is the truth about it."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "outsourcing.notifications"

    def ready(self) -> None:
        from allauth.account.signals import authentication_step_completed, email_confirmed
        from django.conf import settings

        from outsourcing.accounts import hooks
        from outsourcing.accounts.waiting import waiting
        from outsourcing.notifications import erasing, forgetting, holding, inviting, notices
        from outsourcing.notifications.bounces import proofs, taking
        from outsourcing.notifications.hooks import unwanted
        from outsourcing.notifications.invitations import mail_invitation
        from outsourcing.notifications.ladders.rules import register
        from outsourcing.notifications.waiting import waiting as waiting_here
        from outsourcing.shared import retention
        from outsourcing.shared.erasing import erased
        from outsourcing.shared.hooks import restored

        register(inviting.Invited())
        hooks.invited.add(mail_invitation)
        hooks.invited.add(inviting.follow_invitation)
        hooks.joined.add(inviting.joined)
        unwanted.add(taking.unwanted)
        erased.add(erasing.cancel)
        hooks.own_places.add(notices.unread)
        hooks.member_left.add(notices.hand_on)
        waiting.add(waiting_here, order=80)
        restored.add(holding.after_restore)
        authentication_step_completed.connect(proofs.signed_in)
        email_confirmed.connect(proofs.confirmed)
        kept = settings.KEPT
        retention.keep("the texts of mails that are over", days=kept["MAIL_TEXTS"], forget=forgetting.forget_texts)
        retention.keep("reminders of what is over", days=kept["REMINDERS"], forget=forgetting.forget_reminders)
        retention.keep("counts of reminders a day", days=forgetting.TALLIES, forget=forgetting.forget_tallies)
