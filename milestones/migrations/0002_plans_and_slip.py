"""Plans bring check-ins, a date that moved keeps by how many working days, a round how long it was held up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("milestones", "0001_contracts")]

    operations = [
        migrations.AddField("datechange", "days", models.SmallIntegerField(default=0)),
        migrations.AddField("plan", "check_in_months", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("submission", "held_days", models.PositiveSmallIntegerField(default=0)),
    ]
