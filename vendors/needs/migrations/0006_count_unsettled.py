from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("needs", "0005_unsettled"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE needs_opinion SET is_current = TRUE WHERE is_current",  # the trigger counts them
            migrations.RunSQL.noop,
        ),
    ]
