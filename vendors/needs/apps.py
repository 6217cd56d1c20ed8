"""Needs: what to hand over, and when."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "vendors.needs"

    def ready(self) -> None:
        from outsourcing.accounts import first_run
        from outsourcing.accounts.search import search as across_rooms
        from outsourcing.accounts.waiting import waiting as on_home_pages
        from outsourcing.leaving import hooks as closing_of
        from outsourcing.notifications.ladders.rules import register
        from vendors.needs import leaving, waiting
        from vendors.needs.reminders import PeerSilent

        register(PeerSilent())
        on_home_pages.add(waiting.waiting, order=30)
        across_rooms.add(waiting.in_needs, order=15)
        first_run.steps.add(waiting.steps, order=15)
        closing_of.closing.add(leaving.closing)
