"""Every model has somebody who says what it holds, and what is said fits it."""

import pytest
from django.db.models import EmailField, Field, Model

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared import holdings
from outsourcing.shared.holdings import ALL, Closing, Holding, all_holdings, holding_of


def columns(model: type[Model]) -> dict[str, Field]:
    return {field.name: field for field in model._meta.concrete_fields}


def test_no_model_is_left_unnamed():
    assert list(holdings.unnamed()) == [], "say in its room's holdings.py what it holds"


def test_a_model_that_nobody_named_is_told_by_its_name(monkeypatch):
    rest = {model: holding for model, holding in holdings._holdings.items() if model is not Organisation}
    monkeypatch.setattr(holdings, "_holdings", rest)
    assert list(holdings.unnamed()) == ["accounts.Organisation", "accounts.OrganisationEvent"]


def test_a_history_is_held_as_its_model_is():
    [event] = holding_of(Membership).history
    assert holding_of(event) is holding_of(Membership)


def named(holding: Holding) -> set[str]:
    """Every column that a holding speaks of."""
    found = {*holding.hidden, *holding.not_for_vendor, *holding.unhook, *filter(None, [holding.through])}
    found |= {name for told in holding.told for name in told.fields}
    found |= {name for about in holding.people for name in about.fields}
    return (found | {name for side in holding.emptied.values() for name in side}) - set(ALL)


@pytest.mark.django_db
def test_what_is_named_is_there():
    for holding in all_holdings():
        assert named(holding) <= set(columns(holding.model)), holding.name
        for model in (holding.model, *holding.history):
            for side in (True, False):
                theirs = holding.of([1], is_merchant=side)
                assert theirs is None or not model._base_manager.filter(theirs).exists(), model
            for about in holding.people:
                model._base_manager.filter(**{f"{about.path}__in": []})


def test_an_address_is_somebodys():
    """One that no erasure would find."""
    for holding in all_holdings():
        replaced = {name for about in holding.people for name in about.fields}
        goes = any(not about.fields for about in holding.people)
        for name, field in columns(holding.model).items():
            assert goes or name in replaced or not isinstance(field, EmailField), f"{holding.name}.{name}"


def test_secrets_are_taken_away_by_nobody():
    for holding in all_holdings():
        if not holding.left_out and (holding.merchant or holding.vendor):
            secret = set(columns(holding.model)) & {"secret", "password", "token", "key", "text_key", "claim"}
            assert secret <= holding.hidden, holding.name


def test_what_is_of_an_organisation_goes_with_it_or_is_known_to_stay():
    """What stays when one closes is on this list, so that nothing stays by oversight."""
    stays = {"accounts.organisation", "accounts.membership", "files.file"}
    for holding in all_holdings():
        is_somebodys = holding.merchant is not None or holding.vendor is not None
        assert (holding.closing is Closing.STAYS) == (holding.name in stays or not is_somebodys), holding.name
