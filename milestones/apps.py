"""Milestones: after the signature. Contracts, their dated results, how they are judged, and how they are doing."""

from django.apps import AppConfig


class MilestonesConfig(AppConfig):
    name = "milestones"

    def ready(self) -> None:
        from milestones import topics
        from milestones.contracts import running
        from milestones.health import looking
        from milestones.waiting import waiting as waiting_contracts
        from outsourcing.accounts import hooks
        from outsourcing.accounts.waiting import waiting
        from outsourcing.conversations import hooks as conversations
        from vendors.directory.hooks import merged

        hooks.member_left.add(running.hand_on)
        waiting.add(waiting_contracts, order=10)
        hooks.calendar_changed.add(looking.calendar_changed)
        conversations.pauses.add(running.pauses)
        conversations.turn_changed.add(looking.turn_changed)
        conversations.topic.add(topics.topics_of)
        merged.add(topics.follow)
