from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("milestones", "0007_milestone_merchant"),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE milestones_milestone m SET merchant_id = c.merchant_id FROM milestones_contract c
                WHERE c.id = m.contract_id AND m.merchant_id IS NULL
            """,
            migrations.RunSQL.noop,
        ),
    ]
