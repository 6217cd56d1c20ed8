"""What migrations write for everybody (the first facet values, the catalogue of jobs), and the flush after a test with
real commits takes away."""

from django.db import connection

#: Tables in the order in which they point to one another.
SEEDED = ("directory_facetvalue", "needs_task", "needs_task_services")


def remember() -> None:
    """Keep them in tables that no flush knows."""
    with connection.cursor() as cursor:
        for table in SEEDED:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS first_{table} AS TABLE {table}")


def have() -> None:
    """Write them anew where they are gone."""
    with connection.cursor() as cursor:
        for table in SEEDED:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM first_{table} ON CONFLICT DO NOTHING")
