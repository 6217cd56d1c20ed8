"""What was listed since somebody last looked is read from its newest end."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("directory", "0011_name_key_is_cheaper"), ("accounts", "0002_places_and_history")]
    operations = [
        migrations.AddIndex(
            "listing",
            models.Index(fields=["-listed_at"], condition=Q(merchant=None), name="listing_public_newest"),
        ),
        migrations.AddIndex(
            "listing",
            models.Index(
                fields=["merchant", "-listed_at"], condition=Q(merchant__isnull=False), name="listing_own_newest"
            ),
        ),
    ]
