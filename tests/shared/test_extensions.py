"""What searches will stand on, on every PostgreSQL that we run on; and the way back through our first migrations."""

import pytest
from django.core.management import call_command
from django.db import connection

from outsourcing.shared.management.commands.migrate import lean_states

pytestmark = [pytest.mark.server, pytest.mark.django_db]


def ask(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def test_accents_are_folded_in_an_index():
    ask("CREATE TABLE pg_temp.inns (name text)")
    ask("INSERT INTO inns SELECT 'inn ' || n FROM generate_series(1, 2000) n UNION SELECT 'Hôtel Café'")
    ask("CREATE INDEX inns_name ON inns (immutable_unaccent(name))")
    ask("SET LOCAL enable_seqscan = off")
    assert ask("SELECT name FROM inns WHERE immutable_unaccent(name) = 'Hotel Cafe'") == "Hôtel Café"
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT name FROM inns WHERE immutable_unaccent(name) = 'Hotel Cafe'")
        assert "inns_name" in "\n".join(row[0] for row in cursor.fetchall())


def test_typing_errors_are_near():
    assert ask("SELECT similarity('fulfilment', 'fulfillment') > 0.6")
    assert ask("SELECT 'fulfillment' % 'fulfilment'")


@pytest.mark.django_db(transaction=True)
def test_migrations_of_the_shared_room_go_back_and_forth():
    try:
        with lean_states():
            call_command("migrate", "shared", "zero", verbosity=0)
        assert ask("SELECT count(*) FROM pg_proc WHERE proname = 'immutable_unaccent'") == 0
    finally:
        call_command("migrate", verbosity=0)  # all of them: the rooms above went back too
    assert ask("SELECT immutable_unaccent('Señor')") == "Senor"
