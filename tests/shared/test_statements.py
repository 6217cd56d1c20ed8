"""Statements that a connection plans once, on the real server."""

import logging
import re
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from milestones import waiting as milestones
from milestones.contracts.glance import A_DAY, GLANCE, WORST
from milestones.contracts.rows import ROWS, THESE
from outsourcing.accounts import backend
from outsourcing.conversations import waiting as turns
from outsourcing.notifications import waiting as notices
from outsourcing.notifications.ladders.coming import NEXT
from outsourcing.shared import statements
from outsourcing.shared.keys import LARGEST
from outsourcing.shared.sessions import SESSION
from outsourcing.shared.statements import Read, read, read_together
from vendors.directory.evidence.facts import STATEMENTS
from vendors.directory.keeping.kept import KEPT, MARKS
from vendors.directory.search.rows import ROWS as LISTED
from vendors.directory.talking.page import SAID
from vendors.needs import waiting as needs
from vendors.needs.reading import OPINIONS, STANDING
from vendors.sourcing import waiting as briefs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]
STATEMENT = "SELECT %(day)s::date + 1, %(name)s::text LIKE 'a%%', json_build_array(%(day)s::date), %(none)s::int"
GIVEN = {"day": date(2026, 3, 28), "name": "a%s' or $1", "none": None}
SIDES = ("merchant", "vendor")
ANSWER = (date(2026, 3, 29), True, ["2026-03-28"], None)


@pytest.fixture(autouse=True)
def anew():
    statements._are_lost.clear()
    connection.close()
    yield
    statements._are_lost.clear()


def known() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return [name for (name,) in cursor.fetchall()]


def test_a_statement_is_prepared_once(django_assert_num_queries):
    with django_assert_num_queries(2):
        assert statements.row(STATEMENT, GIVEN) == ANSWER
        assert statements.row(STATEMENT, {**GIVEN, "none": 3}) == (*ANSWER[:3], 3)
    assert known() == [statements.prepared(STATEMENT).name]


def test_a_connection_that_is_lost_takes_its_plans_along():
    statements.row(STATEMENT, GIVEN)
    connection.close()
    assert statements.row(STATEMENT, GIVEN) == ANSWER
    assert known() == [statements.prepared(STATEMENT).name]


def test_in_a_transaction_it_is_sent_whole():
    with transaction.atomic():
        assert statements.row(STATEMENT, GIVEN) == ANSWER
        assert known() == []


def test_behind_a_pooler_that_loses_it_the_answer_comes_all_the_same(caplog):
    statements.row(STATEMENT, GIVEN)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with caplog.at_level(logging.WARNING):
        assert statements.row(STATEMENT, GIVEN) == ANSWER
    assert "pooler" in caplog.text
    assert statements.row(STATEMENT, GIVEN) == ANSWER
    assert known() == []


def test_behind_a_pooler_somebody_else_may_have_prepared_it():
    statements.row(STATEMENT, GIVEN)
    statements._known.clear()
    assert statements.row(STATEMENT, GIVEN) == ANSWER


def test_a_column_whose_type_changes_meanwhile():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE statements_changing AS SELECT 1 AS one")
        try:
            assert statements.rows("SELECT one FROM statements_changing", {}) == [(1,)]
            cursor.execute("ALTER TABLE statements_changing ALTER one TYPE text")
            for _again in range(2):
                assert statements.rows("SELECT one FROM statements_changing", {}) == [("1",)]
            assert known() == [statements.prepared("SELECT one FROM statements_changing").name]
        finally:
            cursor.execute("DROP TABLE statements_changing")


def test_behind_a_pooler_a_changed_column_is_no_more_of_a_hindrance():
    """What is to be put away is on another connection."""

    def elsewhere(execute, sql, params, many, context):
        if sql.startswith("DEALLOCATE house"):
            context["cursor"].cursor.execute("DEALLOCATE ALL")
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE statements_changing AS SELECT 1 AS one")
        try:
            statements.rows("SELECT one FROM statements_changing", {})
            cursor.execute("ALTER TABLE statements_changing ALTER one TYPE text")
            with connection.execute_wrapper(elsewhere):
                assert statements.rows("SELECT one FROM statements_changing", {}) == [("1",)]
            assert statements._are_lost.is_set()
        finally:
            cursor.execute("DROP TABLE statements_changing")


def test_whatever_else_is_wrong_is_said():
    for wrong in ("SELECT nothing", "SELECT 1 / %(nought)s::int"):
        with pytest.raises(DatabaseError):
            statements.rows(wrong, {"nought": 0})
    assert statements.row(STATEMENT, GIVEN) == ANSWER


def test_texts_that_differ_have_names_of_their_own():
    assert statements.rows("SELECT 1", {}) == [(1,)]
    assert statements.rows("SELECT 2", {}) == [(2,)]


def test_the_one_row_by_its_names():
    assert statements.named_row("SELECT %(a)s::int AS first, 'b' AS second", {"a": 1}) == {"first": 1, "second": "b"}


# ---- Several at once -----------------------------------------------------------------------------------------------
NUMBERS = "SELECT n, %(day)s::date + n AS day, n %% 2 = 0 AS is_even FROM generate_series(1, %(most)s) n ORDER BY n"


def days_of(most: int, day: date) -> Read[list[str]]:
    return Read(NUMBERS, {"most": most, "day": day}, lambda rows: [f"{one['n']} {one['day']}" for one in rows])


FEBRUARY, MARCH = days_of(2, date(2026, 2, 28)), days_of(1, date(2026, 3, 28))


def test_several_are_asked_in_one_query_each_with_its_own_values(django_assert_num_queries):
    with django_assert_num_queries(1):
        answers = read_together([FEBRUARY, ["at hand"], days_of(0, date(2026, 1, 1)), MARCH])
    assert answers == [["1 2026-03-01", "2 2026-03-02"], ["at hand"], [], ["1 2026-03-29"]]
    assert len(known()) == 1
    with transaction.atomic():
        assert read_together([MARCH, MARCH]) == [["1 2026-03-29"]] * 2


def test_a_row_comes_by_its_names_and_loses_no_digit():
    largest = Read("SELECT %(key)s::bigint AS key, NULL AS none, 1.50::text AS exact", {"key": LARGEST}, list)
    assert read(largest) == [{"key": LARGEST, "none": None, "exact": "1.50"}]


def test_nothing_is_asked_where_nothing_is_to_be_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert read_together([]) == []
        assert read(["at hand"]) == ["at hand"]


def test_an_error_in_one_is_said():
    with pytest.raises(DatabaseError):
        read_together([MARCH, Read("SELECT 1 / %(nought)s::int AS n", {"nought": 0}, list)])


def texts() -> dict[str, str]:
    """Every statement of the app that is prepared, by what it is."""
    rows_of = {f"rows for {side}": THESE.format(rows=ROWS.format(other=side)) for side in SIDES}
    at_most = {"worst": WORST, "a_day": A_DAY}
    glances = {f"glance at {side}s": GLANCE.format(rows=ROWS.format(other=side), **at_most) for side in SIDES}
    facts = {f"facts, {is_merchant=}": text for is_merchant, text in STATEMENTS.items()}
    return rows_of | glances | facts | {
        "person": backend._statement()[0], "turns": turns.WAITING, "decisions": notices.WAITING,
        "next": NEXT.format(most=5), "session": SESSION,
        "milestones of a merchant": milestones.MERCHANTS, "milestones of a vendor": milestones.VENDORS,
        "briefs": briefs.FOR_MERCHANT, "needs": needs.WAITING, "standing": STANDING, "opinions": OPINIONS,
        "said": SAID, "kept": KEPT, "marks": MARKS, "listings": LISTED,
    }  # fmt: skip


#: By the name of a value the type that PostgreSQL takes it for; others are keys.
TYPES = {
    "today": "date", "soon": "date", "horizon": "date", "first": "date", "last": "date",
    **dict.fromkeys(("at", "now", "since", "late"), "timestamp with time zone"), "key": "text",
    "keys": "bigint[]", "ids": "bigint[]", "vendors": "bigint[]", "needs": "bigint[]",
    "rules": "text[]", "runs": "boolean", "heads": "boolean", "glimpse": "integer",
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(texts()))
def test_each_value_is_taken_for_what_it_is(what):
    """And nothing comes as jsonb, which psycopg2 hands on as text where json is read."""
    one = statements.prepared(texts()[what])
    with connection.cursor() as cursor:
        cursor.execute(one.prepare.replace("%", "%%"))
        # what comes is told from PostgreSQL 16 on
        cursor.execute("SELECT parameter_types::text[], to_jsonb(p) ->> 'result_types' FROM pg_prepared_statements p")
        taken, given = cursor.fetchone()
    names = re.findall(r"%\((\w+)\)s", one.execute)
    assert taken == [TYPES.get(name, "bigint") for name in names]
    assert "jsonb" not in (given or "")
