"""How lower rooms reach upper ones."""

import pytest
from django.db import transaction
from django.template import Context, Template
from django.utils.safestring import mark_safe

from outsourcing.accounts.models import Organisation
from outsourcing.shared import hooks
from outsourcing.shared.hooks import Hook
from tests.factories import OrganisationFactory


@pytest.fixture
def hook() -> Hook[[str], str]:
    return Hook("test")


def one(text: str) -> str:
    return f"one {text}"


def two(text: str) -> str:
    return f"two {text}"


def test_runs_in_the_order_of_numbers_then_of_adding(hook):
    hook.add(two, order=60)
    hook.add(one)
    hook.add(str.upper, order=60)
    hook.add(str.title, order=5)
    assert hook("x") == ["X", "one x", "two x", "X"]


def test_an_empty_one_returns_nothing(hook):
    assert hook("x") == []


def test_the_same_function_is_added_once(hook):
    hook.add(one)
    hook.add(one, order=1)
    assert hook("x") == ["one x"]


def test_a_removed_function_is_called_no_more(hook):
    hook.add(one)
    hook.add(two)
    hook.remove(one)
    assert hook("x") == ["two x"]


def test_adding_gives_the_function_back_so_that_it_decorates(hook):
    assert hook.add(one) is one


def test_an_error_in_one_undoes_what_the_caller_wrote(hook, db):
    hook.add(lambda text: 1 / 0)

    @transaction.atomic
    def write_and_call() -> None:
        OrganisationFactory()
        hook("x")

    with pytest.raises(ZeroDivisionError):
        write_and_call()
    assert not Organisation.objects.exists()


# ---- Panels --------------------------------------------------------------------------------------------------------
@pytest.fixture
def panel():
    panel = hooks.panel("test")
    yield panel
    for function in list(panel):
        panel.remove(function)


def shown(about: object) -> str:
    return Template('<{% panel "test" about %}>').render(Context({"request": None, "about": about}))


def test_a_panel_shows_what_each_room_adds_about_the_object(panel):
    panel.add(lambda request, about: mark_safe(f"<b>{about}</b>"), order=2)
    panel.add(lambda request, about: mark_safe("<i></i>"), order=1)
    assert shown("vendor") == "<<i></i><b>vendor</b>>"


def test_a_panel_nobody_adds_to_shows_nothing():
    assert shown("vendor") == "<>"


def test_a_panel_is_the_same_one_wherever_it_is_asked_for(panel):
    assert hooks.panel("test") is panel
    assert hooks.panel("another") is not panel
