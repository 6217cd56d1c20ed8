from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shared", "0003_cache"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("released_at", None)), fields=["held_at"], name="mail_hold_open")
                ],
            },
        ),
    ]
