"""Statements that a connection plans once, on the real server."""

import logging
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from outsourcing.shared import plans

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]
STATEMENT = "SELECT %(day)s::date + 1, %(name)s::text LIKE 'a%%', json_build_array(%(day)s::date), %(none)s::int"
GIVEN = {"day": date(2026, 3, 28), "name": "a%s' or $1", "none": None}
ANSWER = (date(2026, 3, 29), True, ["2026-03-28"], None)


@pytest.fixture(autouse=True)
def anew():
    plans._are_lost.clear()
    connection.close()
    yield
    plans._are_lost.clear()


def known() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return [name for (name,) in cursor.fetchall()]


def test_a_statement_is_prepared_once(django_assert_num_queries):
    with django_assert_num_queries(2):
        assert plans.row(STATEMENT, GIVEN) == ANSWER
        assert plans.row(STATEMENT, {**GIVEN, "none": 3}) == (*ANSWER[:3], 3)
    assert known() == [plans.prepared(STATEMENT).name]


def test_a_connection_that_is_lost_takes_its_plans_along():
    plans.row(STATEMENT, GIVEN)
    connection.close()
    assert plans.row(STATEMENT, GIVEN) == ANSWER
    assert known() == [plans.prepared(STATEMENT).name]


def test_in_a_transaction_it_is_sent_whole():
    with transaction.atomic():
        assert plans.row(STATEMENT, GIVEN) == ANSWER
        assert known() == []


def test_behind_a_pooler_that_loses_it_the_answer_comes_all_the_same(caplog):
    plans.row(STATEMENT, GIVEN)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with caplog.at_level(logging.WARNING):
        assert plans.row(STATEMENT, GIVEN) == ANSWER
    assert "pooler" in caplog.text
    assert plans.row(STATEMENT, GIVEN) == ANSWER
    assert known() == []


def test_behind_a_pooler_somebody_else_may_have_prepared_it():
    plans.row(STATEMENT, GIVEN)
    plans._known.clear()
    assert plans.row(STATEMENT, GIVEN) == ANSWER


def test_a_column_whose_type_changes_meanwhile():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plans_changing AS SELECT 1 AS one")
        try:
            assert plans.rows("SELECT one FROM plans_changing", {}) == [(1,)]
            cursor.execute("ALTER TABLE plans_changing ALTER one TYPE text")
            for _again in range(2):
                assert plans.rows("SELECT one FROM plans_changing", {}) == [("1",)]
            assert known() == [plans.prepared("SELECT one FROM plans_changing").name]
        finally:
            cursor.execute("DROP TABLE plans_changing")


def test_whatever_else_is_wrong_is_said():
    for wrong in ("SELECT nothing", "SELECT 1 / %(nought)s::int"):
        with pytest.raises(DatabaseError):
            plans.rows(wrong, {"nought": 0})
    assert plans.row(STATEMENT, GIVEN) == ANSWER


def test_texts_that_differ_have_names_of_their_own():
    assert plans.rows("SELECT 1", {}) == [(1,)]
    assert plans.rows("SELECT 2", {}) == [(2,)]


def test_the_one_row_by_its_names():
    assert plans.named_row("SELECT %(a)s::int AS first, 'b' AS second", {"a": 1}) == {"first": 1, "second": "b"}
