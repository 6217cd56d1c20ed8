"""Dates that had moved before their days were kept: Mondays to Fridays, since nobody knows the calendar of then."""

from django.db import migrations

DAYS = """
UPDATE milestones_datechange SET days = CASE WHEN new_due > old_due THEN 1 ELSE -1 END * (
    SELECT count(*) FROM generate_series(least(old_due, new_due) + 1, greatest(old_due, new_due), '1 day') AS one
    WHERE extract(isodow FROM one) < 6
) WHERE state = 'agreed' AND days = 0
"""


class Migration(migrations.Migration):
    dependencies = [("milestones", "0002_plans_and_slip")]

    operations = [migrations.RunSQL(DAYS, migrations.RunSQL.noop)]
