"""A note says that it was edited, a contact what they do; two reasons of a block fit into one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_enquiries_of_each_asker")]
    operations = [
        migrations.AddField(model_name="note", name="edited_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            model_name="contact",
            name="about",
            field=models.CharField(blank=True, max_length=120, verbose_name="what they do"),
        ),
        migrations.AlterField(
            model_name="relationship",
            name="blocked_reason",
            field=models.TextField(blank=True, verbose_name="why"),
        ),
    ]
