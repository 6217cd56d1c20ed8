"""Telling vendors: each its own result and bands, one text, once; nothing of another's."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from outsourcing.accounts.models import Role
from outsourcing.notifications.models import Mail
from tests.factories import MembershipFactory
from tests.sourcing.deciding.test_choosing import decide
from tests.sourcing.shortlists import DAY, MONDAY
from vendors.sourcing.answering import submitting
from vendors.sourcing.answering.said import Said
from vendors.sourcing.deciding import bands, choosing, telling
from vendors.sourcing.deciding.errors import AlreadyTold
from vendors.sourcing.errors import NamesAnother, NoLongerOpen, NotTheChair, Overtaken
from vendors.sourcing.models import Candidate, Told


@pytest.fixture
def managers(listed):
    """Somebody of each vendor, who has joined."""
    return [
        MembershipFactory(organisation=one.vendor, user__name=f"Head of {one.vendor}", roles=[Role.MANAGER])
        for one in listed.candidates
    ]


@pytest.fixture
def decision(listed, managers, owner, operations, buyer):
    for person in (owner, operations):
        listed.score(listed.evaluator(person), (5, 4, 1), (4, 3, 2))
    return decide(listed, buyer)


def tell(decision, by, **more):
    return telling.tell(
        decision, **{"chosen": "You it is.", "others": "Not this time.", **more}, by=by, at=MONDAY + DAY
    )


def test_each_is_told_its_own(decision, listed, managers, buyer, signed_in):
    tell(decision, buyer)
    told = {one.candidate.vendor.name: one for one in Told.objects.select_related("candidate__vendor")}
    assert [told[name].text for name in ("Harrow & Quay", "Pallet & Post")] == ["You it is.", "Not this time."]
    assert [one["band"] for one in told["Fellgate Logistics"].bands] == ["weak", "fair"]
    for place, (candidate, manager) in enumerate(zip(listed.candidates, managers, strict=True)):
        own = Told.objects.get(candidate=candidate)
        page = signed_in(manager).get(reverse("sourcing:result", args=[own.pk]))
        text = page.content.decode()
        assert ("You were chosen" in text) is (place == 0)
        for hidden in ("4.60", "Ranked", "1st", "Best damage record", *(
            other.vendor.name.replace("&", "&amp;") for other in listed.candidates if other != candidate
        )):  # fmt: skip
            assert hidden not in text, hidden
        for other in Told.objects.exclude(pk=own.pk):
            assert signed_in(manager).get(reverse("sourcing:result", args=[other.pk])).status_code == 404
    mails = Mail.objects.filter(template="decision_told")
    assert mails.count() == 3
    for mail in mails:
        others = [one.vendor.name for one in listed.candidates if one.vendor_id != mail.membership.organisation_id]
        assert not [name for name in others if name in mail.text or name in mail.subject]


def test_until_they_are_told_vendors_cannot_tell_that_it_is_decided(decision, listed, managers, buyer, signed_in):
    one, client = listed.candidates[1], signed_in(managers[1])
    page = reverse("sourcing:answer", args=[one.pk])
    text = client.get(page).content.decode()
    assert 'id="answer-form"' in text
    assert "ecided" not in text.replace("decides whether it counts", "")
    one.refresh_from_db()
    submitting.save_draft(one, Said(message="Typed on"), by=managers[1], at=MONDAY + DAY)
    with pytest.raises(NoLongerOpen, match="This brief is over"):
        submitting.submit(one, Said(message="Typed on"), by=managers[1], at=MONDAY + DAY)
    tell(decision, buyer)
    assert 'id="answer-form"' not in client.get(page).content.decode()
    with pytest.raises(NoLongerOpen, match="This brief is over"):
        submitting.save_draft(one, Said(message="And on"), by=managers[1], at=MONDAY + DAY)


def test_once_and_for_good(decision, buyer):
    tell(decision, buyer)
    with pytest.raises(AlreadyTold):
        tell(decision, buyer)
    with pytest.raises(DatabaseError), transaction.atomic():
        Told.objects.update(text="Else")


def test_only_the_chair_tells(decision, operations):
    with pytest.raises(NotTheChair):
        tell(decision, operations)


def test_a_text_that_names_a_rival_is_refused(decision, buyer):
    with pytest.raises(NamesAnother, match="Harrow & Quay"):
        tell(decision, buyer, others="We chose harrow & quay this time.")
    assert not Told.objects.exists()
    assert not Mail.objects.filter(template="decision_told").exists()


def test_not_of_a_decision_that_is_open_again(decision, listed, buyer):
    choosing.reopen(listed.brief, "A new price", by=buyer, at=MONDAY + DAY)
    with pytest.raises(Overtaken):
        tell(decision, buyer)


def test_who_declined_or_withdrew_is_not_told(decision, listed, buyer):
    Candidate.objects.filter(pk=listed.candidates[2].pk).update(stage="withdrawn", withdrawn_at=MONDAY)
    assert len(tell(decision, buyer)) == 2


def test_a_private_brief_tells_nobody(decision, listed, buyer):
    Candidate.objects.filter(brief=listed.brief).update(invited_at=None)
    assert telling.to_tell(decision) == []
    with pytest.raises(AlreadyTold):
        tell(decision, buyer)


@pytest.mark.parametrize(
    ("value", "band"),
    [("5.00", "strong"), ("3.50", "strong"), ("3.49", "fair"), ("2.00", "fair"), ("1.99", "weak"), (None, "")],
)
def test_bands(value, band):
    assert bands.band_of(value) == band
