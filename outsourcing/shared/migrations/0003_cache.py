"""The table of Django's database cache."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("shared", "0002_pulse")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
