"""The eleven tasks that every shop starts from."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from vendors.needs.migrations._catalogue import TASKS


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    tasks, values = apps.get_model("needs", "Task"), apps.get_model("directory", "FacetValue")
    services = {value.slug: value for value in values.objects.filter(facet="service")}
    for position, (slug, name, description, unit, asks, slugs) in enumerate(TASKS, 1):
        task = tasks.objects.create(
            slug=slug, name=name, description=description, unit=unit, asks=asks, position=position
        )
        # A service that staff have taken out meanwhile is left out: the task is still a task.
        task.services.set([services[one] for one in slugs if one in services])


def take_out(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    catalogue = apps.get_model("needs", "Task").objects.filter(merchant=None)
    through = apps.get_model("needs", "Task").services.through.objects.filter(task__in=catalogue)
    through._raw_delete(schema_editor.connection.alias)
    catalogue._raw_delete(schema_editor.connection.alias)  # what still points here is refused by its constraint


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_needs"), ("directory", "0002_facets")]
    operations = [migrations.RunPython(add, take_out)]
