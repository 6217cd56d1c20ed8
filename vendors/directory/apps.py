"""The directory: vendors, how they are searched, and the evidence for what they say."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "vendors.directory"

    def ready(self) -> None:
        from django.conf import settings

        from outsourcing.accounts import first_run, hooks
        from outsourcing.accounts.search import search as across_rooms
        from outsourcing.accounts.waiting import waiting as on_home_pages
        from outsourcing.conversations import hooks as conversations
        from outsourcing.leaving import hooks as closing_of
        from outsourcing.notifications.ladders.rules import register
        from outsourcing.shared import retention
        from vendors.directory import leaving, writing_to
        from vendors.directory.hooks import merged
        from vendors.directory.imports import forgetting
        from vendors.directory.profiles import actions, claims, steps
        from vendors.directory.reminders.certificates import CertificateEnds
        from vendors.directory.reminders.enquiries import Unanswered
        from vendors.directory.requests.asking import follow
        from vendors.directory.search.across import in_vendors
        from vendors.directory.waiting import waiting

        register(CertificateEnds())
        register(Unanswered())
        hooks.joined.add(claims.claim)
        hooks.organisation_started.add(actions.start_profile)
        hooks.organisation_changed.add(actions.follow_organisation)
        first_run.steps.add(steps.steps, order=20)
        on_home_pages.add(waiting, order=20)
        merged.add(follow)
        conversations.counterparts.add(writing_to.counterparts)
        conversations.may_write_to.add(writing_to.may_write_to)
        conversations.against.add(writing_to.against)
        merged.add(writing_to.follow)
        across_rooms.add(in_vendors, order=20)
        closing_of.closing.add(leaving.closing)
        closing_of.ending.add(leaving.ending)
        closing_of.ended.add(leaving.ended)
        closing_of.kept_alone.add(leaving.kept_alone)
        days = settings.KEPT["IMPORTS"]
        retention.keep("lists of vendors that were uploaded", days=days, forget=forgetting.forget_imports)
