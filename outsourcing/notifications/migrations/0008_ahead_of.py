from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_closing"),
        ("notifications", "0007_policies_left"),
    ]

    operations = [
        migrations.AddField(
            model_name="rung",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.RunSQL(
            "UPDATE notifications_rung r SET organisation_id = l.organisation_id FROM notifications_ladder l"
            " WHERE l.id = r.ladder_id",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="rung",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="rung",
            index=models.Index(
                condition=models.Q(("state__in", ["planned", "held"])),
                fields=["organisation", "due_at", "id"],
                name="rung_ahead_of",
            ),
        ),
    ]
