"""Of two vendors that are alike the order is that of their keys: a listing's own key is another whenever it is written,
so that their order told of merchants who had it written."""

from django.db import migrations, models
from django.db.models import Q

ORDERS = {
    "listing_by_score": ["-score", "sort_name"],
    "listing_by_name": ["sort_name"],
    "listing_by_reply": ["reply_seconds", "sort_name"],
}


class Migration(migrations.Migration):
    dependencies = [("directory", "0012_newest_listings")]
    operations = [
        operation
        for name, fields in ORDERS.items()
        for operation in (
            migrations.RemoveIndex("listing", name),
            migrations.AddIndex(
                "listing",
                models.Index(fields=[*fields, "vendor"], include=["id"], condition=Q(merchant=None), name=name),
            ),
        )
    ]
