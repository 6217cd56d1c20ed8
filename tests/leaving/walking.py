"""Where in the whole database a word stands, in whatever table and column, of whomever."""

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection

#: Types that hold texts; an array's or a document's text is looked through as it is written.
COLUMNS = """
SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'tsvector', 'ARRAY', 'bytea')
ORDER BY 1, 2
"""


def where(word: str) -> list[str]:
    """The tables and columns that hold a word, whatever its case, and sessions that do."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        by_table: dict[str, list[str]] = {}
        for table, column in cursor.fetchall():
            by_table.setdefault(table, []).append(column)
        for table, columns in by_table.items():
            counts = ", ".join(f'count(*) FILTER (WHERE "{one}"::text ILIKE %(word)s)' for one in columns)
            cursor.execute(f'SELECT {counts} FROM "{table}"', {"word": f"%{word}%"})
            found += [f"{table}.{one}" for one, count in zip(columns, cursor.fetchone(), strict=True) if count]
    for session in Session.objects.all():
        if word.lower() in str(SessionStore().decode(session.session_data)).lower():
            found.append("django_session")
    return found
