"""A certificate that ends is reminded of in the open; what merchants are told of it is theirs alone."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.notifications.ladders import planning, sweeping
from outsourcing.notifications.ladders.rules import rule_of
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Notice, Rung
from tests.factories import RelationshipFactory, VendorFactory
from vendors.directory.evidence.actions import CERTIFICATE
from vendors.directory.models import Certificate, Relationship

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def paper(manager, owner, rival):
    """The vendor's own, known to two shops; it ends in 31 days."""
    vendor = VendorFactory(organisation=manager.organisation)
    for shop in (owner, rival):
        RelationshipFactory(vendor=vendor, merchant=shop.organisation)
    made = Certificate.objects.create(vendor=vendor, name="ISO 9001", expires_on=date(2026, 12, 25), created_at=NOON)
    planning.follow(CERTIFICATE, [made.pk], at=NOON)
    sweep(NOON + DAY)
    return made


def test_the_vendor_is_to_act_and_shops_to_know_each_in_its_own_log(paper, manager, owner, rival):
    rows = Notice.objects.order_by("pk").values_list("membership", "organisation", "kind")
    assert sorted(rows) == sorted(
        [
            (manager.pk, manager.organisation_id, "act"),
            (owner.pk, owner.organisation_id, "know"),
            (rival.pk, rival.organisation_id, "know"),
        ]
    )
    assert Rung.objects.planned().get().due_at == datetime(2026, 12, 18, tzinfo=UTC)


def test_who_else_was_told_stands_nowhere_in_the_vendors_pages(paper, manager, owner, rival, signed_in):
    """Nobody of a vendor sees the log as roles are now. Here one does, so that what it holds is looked at."""
    manager.roles = [Role.MANAGER, Role.OWNER]
    manager.save()
    ladder = Ladder.objects.get()
    assert ladder.organisation_id == manager.organisation_id
    pages = ("/reminders/log/", "/reminders/", f"/reminders/{ladder.pk}/", "/notices/")
    with time_machine.travel(NOON + 12 * DAY, tick=False):  # 12 days before the next one goes
        shown = {one: [signed_in(one).get(page) for page in pages] for one in (manager, owner)}
    assert {answer.status_code for answer in shown[manager]} == {200}
    assert [answer.status_code for answer in shown[owner]] == [200, 200, 404, 200]
    for answer in (*shown[manager], *shown[owner]):
        assertNotContains(answer, rival.user.name, status_code=answer.status_code)
        assertNotContains(answer, rival.organisation.name, status_code=answer.status_code)
    for answer in shown[manager]:
        assertNotContains(answer, owner.user.name)
    for answer in (*shown[manager], shown[owner][3]):
        assertContains(answer, "ISO 9001")
    assertContains(shown[manager][2], manager.user.name)  # whom its own log names


def test_a_newer_one_ends_it(paper):
    Certificate.objects.create(
        vendor=paper.vendor, name="ISO 9001", expires_on=date(2028, 12, 25), created_at=NOON + DAY
    )
    planning.follow(CERTIFICATE, [paper.pk], at=NOON + 2 * DAY)
    assert not Rung.objects.ahead().exists()


def test_what_has_ended_is_not_looked_at_again_and_again(paper):
    """Nor what was replaced, taken back, or never ends: the look for lost ladders costs what can be owed."""
    rule = rule_of(CERTIFICATE)
    about = {"vendor": paper.vendor, "created_at": NOON}
    Certificate.objects.create(name="Ended", expires_on=date(2026, 11, 1), **about)
    Certificate.objects.create(name="Never ends", **about)
    Certificate.objects.create(name="ISO 9001", expires_on=date(2026, 12, 1), **about)  # paper's is newer
    assert list(rule.subjects(0, 100, NOON)) == [paper.pk]
    Certificate.objects.filter(pk=paper.pk).update(removed_at=NOON)
    (left,) = rule.subjects(0, 100, NOON)
    assert Certificate.objects.get(pk=left).expires_on == date(2026, 12, 1)
    assert list(rule.subjects(0, 100, NOON + 60 * DAY)) == []


def test_all_shops_that_know_it_are_told(paper, owner, rival):
    """However many: 200 were once all."""
    shops = Organisation.objects.bulk_create(Organisation(kind="merchant", name=f"Shop {n}") for n in range(203))
    users = User.objects.bulk_create(User(email=f"{n}@shop.example", password="!") for n in range(203))
    Membership.objects.bulk_create(
        Membership(organisation=shop, user=user, email=user.email, roles=[Role.BUYER])
        for shop, user in zip(shops, users, strict=True)
    )
    Relationship.objects.bulk_create(
        Relationship(vendor=paper.vendor, merchant=shop, created_at=NOON, status="prospect") for shop in shops
    )
    sweep(datetime(2026, 12, 18, 12, tzinfo=UTC))
    told = Notice.objects.filter(rung__step=2).values_list("membership__organisation", flat=True)
    places = {shop.pk for shop in shops} | {one.organisation_id for one in (owner, rival)}
    assert sorted(told) == sorted(places | {paper.vendor.organisation_id})


def test_a_batch_ends_where_it_has_told_enough_and_the_next_goes_on(paper, owner, monkeypatch):
    """Each of three papers is for two shops and the vendor: one at a time."""
    monkeypatch.setattr(sweeping, "NOTICES", 3)
    names = ("GDP", "SOC 2")
    about = {"vendor": paper.vendor, "expires_on": paper.expires_on, "created_at": NOON}
    made = [Certificate.objects.create(name=name, **about) for name in names]
    planning.follow(CERTIFICATE, [one.pk for one in made], at=NOON + DAY)
    last = datetime(2026, 12, 18, 12, tzinfo=UTC)
    for number in (1, 2, 3, 3):
        sweep(last)
        assert Notice.objects.filter(rung__step=2).count() == 3 * number
