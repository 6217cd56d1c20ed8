"""Sourcing: what is wanted from a vendor, who is on the shortlist, what they answered, and how it was decided."""

from django.apps import AppConfig


class SourcingConfig(AppConfig):
    name = "vendors.sourcing"

    def ready(self) -> None:
        from outsourcing.accounts import hooks
        from outsourcing.accounts.search import search as across_rooms
        from outsourcing.accounts.waiting import waiting as on_home_pages
        from outsourcing.conversations import hooks as conversations
        from outsourcing.leaving import hooks as closing_of
        from outsourcing.notifications.ladders.rules import register
        from outsourcing.shared.hooks import panel
        from vendors.directory.hooks import merged, merging
        from vendors.sourcing import across, leaving
        from vendors.sourcing.briefs import evaluators
        from vendors.sourcing.deciding import choosing, told
        from vendors.sourcing.hooks import candidate_withdrawn, comparing_began
        from vendors.sourcing.measured import keeping
        from vendors.sourcing.reminders.rules import AnswerAwaited, ScoresAwaited
        from vendors.sourcing.waiting import waiting

        register(AnswerAwaited())
        register(ScoresAwaited())
        hooks.member_left.add(evaluators.hand_on)
        on_home_pages.add(waiting, order=15)
        across_rooms.add(across.in_briefs, order=25)
        conversations.counterparts.add(across.counterparts)
        conversations.may_write_to.add(across.may_write_to)
        merging.add(across.hold_briefs)
        merged.add(across.follow)
        panel("vendor").add(across.on_vendor_page)
        panel("ticked_vendors").add(across.on_ticked)
        panel("compared_vendors").add(across.on_compared)
        candidate_withdrawn.add(choosing.after_withdrawal)
        comparing_began.add(keeping.measure_from_now)
        told.add_sentences()
        closing_of.in_the_way.add(leaving.in_the_way)
        closing_of.closing.add(leaving.closing)
