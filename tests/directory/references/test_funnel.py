"""How many were asked and what came of it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.factories import MailFactory, ReferenceFactory, VendorFactory
from vendors.directory.models import Enquiry, ReferenceAnswer
from vendors.directory.references.funnel import Funnel, funnel_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.fixture
def vendor(db):
    return VendorFactory()


def asked(vendor, by, mail="sent", **about):
    reference = ReferenceFactory(vendor=vendor, merchant=by.organisation, **{"state": "asked", **about})
    letter = MailFactory(state=mail, sent_at=AT)
    dates = {"created_at": AT, "expires_at": AT + Enquiry.LASTS}
    Enquiry.objects.create(
        purpose="reference", reference=reference, asker=by.organisation, asked_by=by, email="x@y.example", mail=letter,
        **dates,
    )  # fmt: skip
    return reference


def answered(vendor, by, hire_again="yes", level=3, **about):
    reference = asked(vendor, by, state="answered", level=level, **about)
    return ReferenceAnswer.objects.create(reference=reference, hire_again=hire_again, answered_at=AT)


def test_each_step_is_a_part_of_the_one_before(vendor, owner, django_assert_num_queries):
    ReferenceFactory(vendor=vendor, merchant=owner.organisation)  # not asked
    asked(vendor, owner)
    asked(vendor, owner, mail="failed")
    answered(vendor, owner, level=0)
    answered(vendor, owner)
    answered(vendor, owner, hire_again="some")
    answered(vendor, owner, hire_again="no")
    with django_assert_num_queries(1):
        found = funnel_of(vendor, owner)
    assert (found.known, found.asked, found.delivered) == (7, 6, 5)
    assert (found.answered, found.verified, found.hire_again) == (4, 3, 2)
    assert found.bound == Decimal("0.2077")
    assert "at least 20 of 100" in found.in_words


def test_what_was_taken_back_counts_as_asked_alone(vendor, owner):
    answer = answered(vendor, owner)
    ReferenceAnswer.objects.filter(pk=answer.pk).update(withdrawn_at=AT)
    found = funnel_of(vendor, owner)
    assert (found.asked, found.delivered, found.answered, found.verified, found.hire_again) == (1, 1, 0, 0, 0)
    assert found.in_words == "No verified answer yet."


def test_another_shop_counts_what_is_shared_alone(vendor, owner, rival):
    answered(vendor, owner, is_shared=True)
    ReferenceAnswer.objects.update(sharing="anonymous")
    answered(vendor, owner)
    asked(vendor, owner)
    found = funnel_of(vendor, rival)
    assert (found.known, found.asked, found.delivered, found.answered) == (1, 1, 1, 1)


def test_who_named_them_is_counted_apart(vendor, owner):
    for who in ("vendor", "vendor", "us"):
        asked(vendor, owner, named_by=who)
    ReferenceFactory(vendor=vendor, merchant=owner.organisation, named_by="found")
    assert funnel_of(vendor, owner).by_who_named_them == [("Named by the vendor", 2), ("Known to us", 1)]


def test_it_says_whom_is_still_lacking(vendor, owner):
    asked(vendor, owner, named_by="vendor", relation="current")
    assert ["former client" in one or "named by the vendor" in one for one in funnel_of(vendor, owner).lacking] == [
        1,
        1,
    ]
    asked(vendor, owner, named_by="us", relation="former")
    assert funnel_of(vendor, owner).lacking == []


def test_that_a_client_left_may_be_known_from_their_answer(vendor, owner):
    answer = answered(vendor, owner, named_by="us")
    ReferenceAnswer.objects.filter(pk=answer.pk).update(relation="former")
    assert funnel_of(vendor, owner).lacking == []


def test_one_answer_is_said_in_the_singular():
    one = Funnel(1, 1, 1, 1, verified=1, hire_again=1, former=0, named={})
    assert "With 1 verified answer we can only" in one.in_words
    assert "20 of 100" in one.in_words
