"""The directory: vendors, how they are searched, and the evidence for what they say."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "vendors.directory"

    def ready(self) -> None:
        from outsourcing.accounts import hooks
        from vendors.directory.profiles import actions, claims

        hooks.joined.add(claims.claim)
        hooks.organisation_started.add(actions.start_profile)
