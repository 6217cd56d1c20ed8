"""Two countries that the first values put on the wrong continent, and profiles for vendors that signed up before."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def of(apps: Apps, slug: str) -> Any:
    return apps.get_model("directory", "FacetValue").objects.filter(facet="ships_to", slug=slug)


def move(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The British Indian Ocean Territory lies in Africa (UN M49); Antarctica on no continent that anybody ships to."""
    of(apps, "io").update(parent=of(apps, "africa").get())
    of(apps, "aq").update(parent=of(apps, "worldwide").get(), is_active=False)


def move_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    of(apps, "io").update(parent=of(apps, "asia").get())
    of(apps, "aq").update(parent=of(apps, "oceania").get(), is_active=True)


def begin_profiles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Every vendor has one from its first minute; those from before the directory get theirs now."""
    vendor, now = apps.get_model("directory", "Vendor"), timezone.now()
    without = apps.get_model("accounts", "Organisation").objects.filter(kind="vendor", vendor=None)
    for organisation in without:
        vendor.objects.create(organisation=organisation, added_at=now, changed_at=now, claimed_at=now)


class Migration(migrations.Migration):
    dependencies = [("directory", "0007_proof")]
    operations = [
        migrations.RunPython(move, move_back),
        migrations.RunPython(begin_profiles, migrations.RunPython.noop),
    ]
