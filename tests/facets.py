"""The first values of the facets, which migrations write and the flush after a test with real commits takes away."""

from django.db import connection

KEPT = "first_facet_values"


def remember() -> None:
    """Keep them in a table that no flush knows."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {KEPT} AS TABLE directory_facetvalue")


def have() -> None:
    """Write them anew where they are gone."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO directory_facetvalue SELECT * FROM {KEPT} ON CONFLICT DO NOTHING")
