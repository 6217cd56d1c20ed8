"""Conversations between a merchant and a vendor: who said what, who owes whom an answer, and since when."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "outsourcing.conversations"

    def ready(self) -> None:
        from outsourcing.accounts import hooks
        from outsourcing.accounts.search import search as across_rooms
        from outsourcing.accounts.waiting import waiting as on_home_pages
        from outsourcing.conversations import answering, leaving, mails, reminders, search, turns, waiting
        from outsourcing.conversations.hooks import against, turn_changed
        from outsourcing.leaving import hooks as closing_of
        from outsourcing.notifications.hooks import unwanted
        from outsourcing.notifications.ladders.rules import register

        register(reminders.Unanswered())
        unwanted.add(mails.unwanted)
        turn_changed.add(reminders.turn_changed, order=10)
        hooks.member_left.add(answering.succeed)
        hooks.calendar_changed.add(turns.calendar_changed)
        on_home_pages.add(waiting.waiting, order=10)
        across_rooms.add(search.in_messages, order=40)
        against.add(leaving.against)
        closing_of.ending.add(leaving.ending)
