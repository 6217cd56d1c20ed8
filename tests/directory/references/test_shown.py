"""What a merchant sees of references, and what nobody else does."""

from datetime import UTC, datetime

import pytest

from tests.factories import ReferenceFactory, VendorFactory
from vendors.directory.evidence import references
from vendors.directory.models.evidence import Reference, ReferenceAnswer, Sharing

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
CANARY = "canary words"


def references_of(vendor, acting):
    return references.references_of(vendor, acting, today=AT.date())


@pytest.fixture
def vendor(manager):
    return VendorFactory(organisation=manager.organisation, published_at=AT, cut_off="15:00")


def answered(vendor, merchant, sharing, **fields):
    reference = ReferenceFactory(
        vendor=vendor, merchant=merchant, is_shared=sharing != Sharing.NOTHING, state=Reference.State.ANSWERED, level=3
    )
    ReferenceAnswer.objects.create(reference=reference, text=CANARY, sharing=sharing, answered_at=AT, **fields)
    return reference


def test_the_asker_reads_everything_in_one_query(vendor, owner, django_assert_num_queries):
    answered(vendor, owner.organisation, Sharing.NOTHING, delivery=2, on_time="rarely", hire_again="no")
    assert owner.organisation.is_merchant
    with django_assert_num_queries(1):
        [shown] = references_of(vendor, owner)
    assert (shown.name, shown.quote, shown.is_own) == ("Maren Holt", CANARY, True)
    assert (shown.scores["delivery"], shown.scores["value"], shown.hire_again) == (2, None, "No")
    assert shown.contradiction


def test_what_is_not_shared_is_not_seen_by_a_rival(vendor, owner, rival):
    answered(vendor, owner.organisation, Sharing.NOTHING)
    assert references_of(vendor, rival) == []


def test_a_flag_alone_shares_nothing(vendor, owner, rival):
    reference = answered(vendor, owner.organisation, Sharing.NOTHING)
    Reference.objects.filter(pk=reference.pk).update(is_shared=True)
    assert references_of(vendor, rival) == []


@pytest.mark.parametrize(("sharing", "name"), [(Sharing.ANONYMOUS, ""), (Sharing.NAMED, "Maren Holt")])
def test_a_rival_reads_what_is_shared_with_the_name_as_agreed(vendor, owner, rival, sharing, name):
    answered(vendor, owner.organisation, sharing)
    [shown] = references_of(vendor, rival)
    assert (shown.name, shown.quote, shown.is_own) == (name, CANARY, False)
    assert bool(shown.company) == bool(name)


@pytest.mark.parametrize("sharing", Sharing.values)
def test_the_vendor_never_reads_an_answer(vendor, owner, manager, sharing):
    answered(vendor, owner.organisation, sharing)
    assert references_of(vendor, manager) == []


def test_what_was_taken_back_is_gone(vendor, owner, rival):
    answered(vendor, owner.organisation, Sharing.NAMED, withdrawn_at=AT)
    assert references_of(vendor, rival) == []
    [shown] = references_of(vendor, owner)
    assert (shown.quote, shown.scores, shown.answered_at) == ("", {}, None)
