"""Milestones: after the signature. Contracts, their dated results, how they are judged, and how they are doing."""

from django.apps import AppConfig


class MilestonesConfig(AppConfig):
    name = "milestones"

    def ready(self) -> None:
        from django.conf import settings

        from milestones import leaving, panels, topics
        from milestones.contracts import running
        from milestones.feeds import links
        from milestones.health import looking
        from milestones.reminders.rules import RULES
        from milestones.transfer import forgetting
        from milestones.waiting import waiting as waiting_contracts
        from outsourcing.accounts import hooks
        from outsourcing.accounts.search import search as across_rooms
        from outsourcing.accounts.waiting import waiting
        from outsourcing.conversations import hooks as conversations
        from outsourcing.leaving import hooks as closing_of
        from outsourcing.notifications.hooks import reach_changed
        from outsourcing.notifications.ladders.rules import register
        from outsourcing.shared import retention
        from outsourcing.shared.hooks import panel
        from vendors.directory.hooks import merged

        for rule in RULES:
            register(rule)
        hooks.member_left.add(running.hand_on)
        hooks.member_left.add(links.end_all)
        waiting.add(waiting_contracts, order=10)
        reach_changed.add(looking.reach_changed)
        hooks.calendar_changed.add(looking.calendar_changed)
        conversations.pauses.add(running.pauses)
        conversations.turn_changed.add(looking.turn_changed)
        conversations.topic.add(topics.topics_of)
        conversations.matter.add(topics.matter_of)
        conversations.counterparts.add(topics.counterparts)
        conversations.may_write_to.add(topics.may_write_to)
        across_rooms.add(topics.in_contracts, order=30)
        merged.add(topics.follow)
        panel("vendor_figures").add(panels.figures)
        panel("vendor").add(panels.contracts)
        closing_of.in_the_way.add(leaving.in_the_way)
        closing_of.closing.add(leaving.closing)
        days = settings.KEPT["IMPORTS"]
        retention.keep("lists of contracts that were uploaded", days=days, forget=forgetting.forget_imports)
