"""`migrate`, which makes a database that has none of our tables yet ten times as quickly as Django's own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.migration import Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from outsourcing.shared.hooks import Progress


class Command(migrate.Command):
    """Django's, over lean states where the rooms are still to be made; an existing database gets Django's states.

    `progress` is told of each migration that is applied.
    """

    def __init__(self, *args: Any, progress: Progress | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.progress = progress

    def handle(self, *args: Any, **options: Any) -> None:
        applied = MigrationRecorder(connections[options["database"]]).applied_migrations()
        rooms = {name.rpartition(".")[2] for name in settings.ROOMS}
        is_new = not rooms & {app for app, _name in applied}
        with lean_states() if is_new else nullcontext():
            super().handle(*args, **options)

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        super().migration_progress_callback(action, migration, fake)
        if self.progress and action == "apply_success":
            self.progress()


@contextmanager
def lean_states() -> Iterator[None]:
    """While it lasts, a step of a migration draws anew only the models that it changes, not all that are related.

    Nearly everything is related to organisations, so that each of hundreds of steps would draw nearly everything, which
    is nine tenths of the time that a new database takes. The statements are the same (`make prove` compares what
    comes out). A state that was drawn so says that it is delayed, in Django's word: RunPython draws it whole first.
    """

    def reload_model(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
        reload_models(self, {(app_label, model_name)})

    def reload_models(self: ProjectState, models: Iterable[tuple[str, str]], delay: bool = True) -> None:
        if "apps" in self.__dict__:  # it has been drawn; asking for it would draw it
            self._reload({(app_label, name.lower()) for app_label, name in models})  # type: ignore[attr-defined]
            self.is_delayed = True

    usual = ProjectState.reload_model, ProjectState.reload_models
    ProjectState.reload_model, ProjectState.reload_models = reload_model, reload_models  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState.reload_model, ProjectState.reload_models = usual  # type: ignore[method-assign]
