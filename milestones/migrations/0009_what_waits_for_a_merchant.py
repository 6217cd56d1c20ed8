import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_closing"),
        ("milestones", "0008_each_milestones_merchant"),
    ]

    operations = [
        migrations.AlterField(
            model_name="milestone",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(("state__in", ("active", "suspended", "close_out"))),
                fields=["merchant"],
                include=("id", "state", "pricing", "value", "currency", "renews_on", "ends_on", "notice_days"),
                name="contract_running_of_merchant",
            ),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(
                condition=models.Q(("state__in", ["submitted", "changes_requested"])),
                fields=["contract"],
                name="milestone_in_review",
            ),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(
                condition=models.Q(("state__in", ("planned", "in_progress", "changes_requested", "submitted"))),
                fields=["merchant", "current_due"],
                name="milestone_open_of_merchant",
            ),
        ),
        migrations.AddIndex(
            model_name="milestone",
            index=models.Index(
                condition=models.Q(("state", "submitted")), fields=["merchant", "review_due"], name="milestone_to_judge"
            ),
        ),
    ]
