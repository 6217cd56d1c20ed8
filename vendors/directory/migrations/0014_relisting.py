"""A change of a value is remembered until its vendors are found by it: a task that is lost loses nothing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0013_orders_that_tell_nothing")]
    operations = [
        migrations.CreateModel(
            "Relisting",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("after", models.BigIntegerField(default=0)),
                (
                    "value",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relisting",
                        to="directory.facetvalue",
                    ),
                ),
            ],
        ),
    ]
