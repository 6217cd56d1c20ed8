"""Trigrams and accents, with a wrapper of unaccent() that indexes may use."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# unaccent() is only STABLE, because its dictionary could change; ours does not. With the dictionary named and the
# schema written out, the result no longer depends on the search path.
IMMUTABLE_UNACCENT = """
CREATE FUNCTION immutable_unaccent(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN {schema}.unaccent('{schema}.unaccent'::regdictionary, $1)
"""


def create_wrapper(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace "
            "WHERE extname = 'unaccent'"
        )
        schema = cursor.fetchone()[0]
        cursor.execute(IMMUTABLE_UNACCENT.format(schema=schema))


def drop_wrapper(apps, schema_editor):
    schema_editor.execute("DROP FUNCTION immutable_unaccent(text)")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunPython(create_wrapper, drop_wrapper),
    ]
