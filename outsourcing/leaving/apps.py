"""Leaving: what an organisation takes away, how it closes, and how a person is erased."""

from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "outsourcing.leaving"

    def ready(self) -> None:
        from outsourcing.leaving import exporting
        from outsourcing.leaving.models import Export
        from outsourcing.shared import retention

        # An hourly task does it to the hour; here it stands among what is not kept.
        week = Export.KEPT
        retention.keep("files of exports", days=week.days, forget=lambda before: exporting.drop_old(before + week))
