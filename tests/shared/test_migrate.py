"""A new database is made by the same statements, only more quickly."""

import os
import subprocess
import sys

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

#: Everything that a schema consists of, as text; what a migration has written stands in the tables' counts.
SCHEMA = """
SELECT 'column', table_name || '.' || column_name || ' ' || data_type || coalesce(' ' || character_maximum_length, '')
    || ' ' || is_nullable || coalesce(' ' || column_default, '') FROM information_schema.columns
    WHERE table_schema = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'values', facet || ' ' || slug FROM directory_facetvalue
ORDER BY 1, 2
"""
DJANGOS_OWN = "import django; django.setup(); from django.core.management.commands.migrate import Command; "
WAYS = {
    "ours": ["manage.py", "migrate", "--verbosity=0"],
    "djangos": ["-c", f"{DJANGOS_OWN}from django.core.management import call_command; "
                "call_command(Command(), verbosity=0)"],
}  # fmt: skip


@pytest.mark.skipif(os.environ.get("HYPOTHESIS_PROFILE") != "prove", reason="Django's own way takes a minute")
def test_the_same_database_comes_out(transactional_db):
    made = {way: schema(way, command) for way, command in WAYS.items()}
    assert len(made["ours"]) > 2_000
    assert made["ours"] == made["djangos"]


def test_the_database_has_whatever_models_name(db):
    """Django drops indexes by their columns: one that lets go of a key's own may take a constraint along."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            named = [*model._meta.constraints, *model._meta.indexes]
            assert {one.name for one in named} <= set(there), model


def schema(way: str, command: list[str]) -> list[tuple[str, str]]:
    """Make a database of its own, read its schema, and throw it away."""
    name = f"{connection.settings_dict['NAME']}_{way}"
    url = os.environ["DATABASE_URL"].rpartition("/")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            environment = {
                **os.environ,
                "DATABASE_URL": f"{url[0]}/{name}",
                "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
            }
            subprocess.run([sys.executable, *command], check=True, cwd=settings.BASE_DIR, env=environment)
            made = psycopg2.connect(**{**connection.get_connection_params(), "dbname": name})
            with made.cursor() as reading:
                reading.execute(SCHEMA)
                found = reading.fetchall()
            made.close()
            return found
        finally:
            cursor.execute(f"DROP DATABASE {name}")
