"""Leaving: what an organisation takes away, how it closes, and how a person is erased."""

from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "outsourcing.leaving"

    def ready(self) -> None:
        from outsourcing.leaving import exporting
        from outsourcing.leaving.models import Export
        from outsourcing.shared import retention

        retention.keep("files of exports", days=Export.KEPT.days, forget=exporting.drop_old)
