"""Listings in three orders, each audience by its own index; tallies that nobody waits for; words of one's own."""

import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models
from django.db.models import Q

FILL = [
    "UPDATE directory_listing SET sort_name = lower(immutable_unaccent(name)),"
    " score = strength * 10002 + coalesce((bound * 10000)::int + 1, 0)",
    "INSERT INTO directory_facettally (value_id, count) SELECT value, count(*) FROM directory_listing,"
    " unnest(facets) AS value WHERE merchant_id IS NULL GROUP BY value",
    "INSERT INTO directory_word (merchant_id, text, count) SELECT merchant_id, word, count(*) FROM directory_listing,"
    " unnest(tsvector_to_array(document)) AS word WHERE length(word) BETWEEN 3 AND 100 GROUP BY merchant_id, word",
]


class Migration(migrations.Migration):
    dependencies = [("directory", "0009_name_key"), ("accounts", "0002_places_and_history")]
    operations = [
        BtreeGinExtension(),
        migrations.RemoveIndex("listing", "listing_search"),
        migrations.AddField("listing", "sort_name", models.CharField(default="", max_length=400)),
        migrations.AddField("listing", "score", models.PositiveIntegerField(default=0)),
        migrations.AddField("listing", "stale_on", models.DateField(null=True)),
        migrations.DeleteModel("facettally"),
        migrations.DeleteModel("word"),
        migrations.CreateModel(
            "FacetTally",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.IntegerField()),
                (
                    "value",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="directory.facetvalue"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            "Word",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=100)),
                ("count", models.IntegerField(default=0)),
                (
                    "merchant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [GinIndex(fields=["text"], name="word_alike", opclasses=["gin_trgm_ops"])],
                "constraints": [
                    models.UniqueConstraint(fields=("text", "merchant"), name="word_unique", nulls_distinct=False)
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        # Deferred checks of the rows above would stand in the way of the indexes.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddIndex(
            "listing",
            GinIndex(
                condition=Q(merchant=None),
                fastupdate=False,
                fields=["document", "facets"],
                name="listing_public_search",
            ),
        ),
        migrations.AddIndex(
            "listing",
            GinIndex(
                condition=Q(merchant__isnull=False),
                fastupdate=False,
                fields=["merchant", "document", "facets"],
                name="listing_own_search",
            ),
        ),
        migrations.AddIndex(
            "listing",
            models.Index(
                condition=Q(merchant=None),
                fields=["-score", "sort_name", "id"],
                include=("vendor",),
                name="listing_by_score",
            ),
        ),
        migrations.AddIndex(
            "listing",
            models.Index(
                condition=Q(merchant=None), fields=["sort_name", "id"], include=("vendor",), name="listing_by_name"
            ),
        ),
        migrations.AddIndex(
            "listing",
            models.Index(
                condition=Q(merchant=None),
                fields=["reply_seconds", "sort_name", "id"],
                include=("vendor",),
                name="listing_by_reply",
            ),
        ),
        migrations.AddIndex(
            "listing",
            models.Index(condition=Q(stale_on__isnull=False), fields=["stale_on"], name="listing_stale"),
        ),
    ]
