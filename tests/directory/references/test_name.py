"""Naming somebody who can be asked: by the shop, or by the vendor that answers a request."""

from datetime import UTC, datetime

import pytest

from tests.factories import ReferenceFactory, VendorFactory
from vendors.directory.enquiries.errors import AlreadyNamed, NotAskable
from vendors.directory.models import Enquiry, Facet, FacetValue, Listing, Reference
from vendors.directory.references import actions
from vendors.directory.references.forms import RefereeForm

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
MAREN = {"name": "Maren Holt", "company": "Ember Ceramics", "email": "Maren@Ember-Ceramics.example"}


@pytest.fixture
def harrow(manager):
    return VendorFactory(organisation=manager.organisation)


def test_a_shop_names_somebody_for_itself(harrow, owner):
    kitting = FacetValue.objects.get(facet=Facet.SERVICE, slug="kitting")
    made = actions.name_reference(
        harrow, merchant=owner.organisation, by=owner, at=AT, services=[kitting], relation="former", **MAREN
    )
    assert (made.email, made.named_by, made.state) == ("maren@ember-ceramics.example", "us", "named")
    assert (made.merchant, made.created_by, list(made.services.all())) == (owner.organisation, owner, [kitting])
    assert Listing.objects.get(vendor=harrow, merchant=owner.organisation).asked == 0


def test_a_vendor_names_somebody_for_who_asked(harrow, owner, manager):
    made = actions.name_reference(harrow, merchant=owner.organisation, by=manager, at=AT, named_by="found", **MAREN)
    assert (made.named_by, made.merchant) == ("vendor", owner.organisation)


def test_one_side_names_an_address_once(harrow, owner, manager):
    actions.name_reference(harrow, merchant=owner.organisation, by=owner, at=AT, **MAREN)
    with pytest.raises(AlreadyNamed, match="on the list already"):
        actions.name_reference(harrow, merchant=owner.organisation, by=owner, at=AT, **MAREN)


def test_a_vendor_does_not_learn_whom_the_shop_found(harrow, owner, manager):
    actions.name_reference(harrow, merchant=owner.organisation, by=owner, at=AT, **MAREN)
    actions.name_reference(harrow, merchant=owner.organisation, by=manager, at=AT, **MAREN)
    assert Reference.objects.count() == 2


def test_another_shop_names_the_same_person(harrow, owner, rival):
    for shop in (owner, rival):
        actions.name_reference(harrow, merchant=shop.organisation, by=shop, at=AT, **MAREN)
    assert Reference.objects.visible_to(rival).count() == 1


def enquiry(reference, owner):
    return Enquiry.objects.create(
        purpose="reference",
        reference=reference,
        asker=owner.organisation,
        asked_by=owner,
        email=reference.email,
        created_at=AT,
        expires_at=AT + Enquiry.LASTS,
    )


@pytest.fixture
def asked(harrow, owner):
    made = ReferenceFactory(vendor=harrow, merchant=owner.organisation, created_by=owner, state="asked")
    return enquiry(made, owner)


def test_another_address_takes_the_link_back(asked):
    actions.change_reference(asked.reference, at=AT, name="Maren Holt", email="new@ember-ceramics.example")
    asked.refresh_from_db()
    assert asked.revoked_at == AT
    assert (asked.reference.email, asked.reference.state) == ("new@ember-ceramics.example", "named")


def test_another_phone_does_not(asked):
    actions.change_reference(asked.reference, at=AT, phone="0117 496 0000", email=asked.reference.email)
    asked.refresh_from_db()
    assert asked.revoked_at is None
    assert asked.reference.state == "asked"


def test_who_has_answered_keeps_their_name(asked):
    Reference.objects.update(state="answered")
    with pytest.raises(NotAskable, match="has answered"):
        actions.change_reference(asked.reference, at=AT, name="Somebody Else", email=asked.reference.email)


def test_who_is_taken_off_the_list_can_no_longer_answer(asked):
    actions.remove_reference(asked.reference, at=AT)
    asked.refresh_from_db()
    assert (asked.revoked_at, asked.reference.removed_at) == (AT, AT)


# ---- The form ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b"),
        ("name", "Ma\0ren"),
        ("name", "M" * 5_000),
        ("email", "maren"),
        ("email", f"{'m' * 300}@ember.example"),
        ("website", "javascript:alert(1)"),
        ("relation", "friend"),
        ("orders", "99999999999999999999"),
        ("services", ["0"]),
        ("worked_from", "yesterday"),
        ("worked_from", "0024-01"),
    ],
)
def test_bad_input_is_named(field, value):
    form = RefereeForm({"name": "Maren Holt", "named_by": "us", field: value})
    assert field in form.errors


def test_a_facet_value_of_another_kind_is_refused():
    service = FacetValue.objects.filter(facet=Facet.SERVICE).first()
    assert "orders" in RefereeForm({"name": "M", "named_by": "us", "orders": service.pk}).errors


@pytest.mark.parametrize("month", ["2024-03", "2024-03-01", "03/2024", "3.2024"])
def test_a_month_is_read_however_it_is_written(month):
    form = RefereeForm({"name": "Maren Holt", "named_by": "us", "worked_from": month})
    assert form.is_valid(), form.errors
    assert f"{form.cleaned_data['worked_from']:%Y-%m-%d}" == "2024-03-01"


def test_work_does_not_end_before_it_begins():
    form = RefereeForm({"name": "M", "named_by": "us", "worked_from": "2024-03", "worked_until": "2023-01"})
    assert "worked_until" in form.errors


def test_a_vendor_names_only_who_agreed_to_be_asked():
    form = RefereeForm({**MAREN, "relation": "former"}, by_vendor=True)
    assert set(form.errors) == {"has_consented"}
    assert "named_by" not in form.fields
