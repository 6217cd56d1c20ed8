"""Bytes that people hand in: checked by content, kept with their row or not at all."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "outsourcing.files"

    def ready(self) -> None:
        from outsourcing.files import orphans, storage
        from outsourcing.shared import hooks, retention

        hooks.kept_files.add(storage.kept)
        hooks.place_of_file.add(storage.place)
        retention.keep("bytes that no row names", days=orphans.GRACE.days, forget=orphans.forget)
