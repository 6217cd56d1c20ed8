"""A storm is held back with what went before it in the same five minutes, until somebody of it has decided."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outsourcing.notifications.errors import NothingAhead
from outsourcing.notifications.ladders import brake, posting
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Mail, Notice, Tally
from outsourcing.notifications.waiting import waiting
from outsourcing.shared.statements import read
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def at(day: int, hour: int = 6, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def owe(chores, shop, vendor, settings):
    """`owe(8)`: so many people owe something each; six are a storm."""
    settings.STORM = 5

    def make(count: int, merchant=shop, due=date(2026, 12, 4), **more) -> None:
        for _number in range(count):
            person = MembershipFactory(organisation=vendor, roles=["contact"])
            key = len(chores.things) + 1
            chores.owe(key, at=at(4, 12), merchant=merchant, person=person, due=due, **more)

    return make


def states() -> list[str]:
    return sorted(Notice.objects.values_list("state", flat=True))


def test_as_many_as_usual_go(owe):
    owe(5)
    sweep(at(7))
    assert states() == ["waiting"] * 5
    assert not Tally.objects.held().exists()


def test_one_more_holds_all_of_the_tick_back_and_no_other_shops(owe, rival, send):
    owe(4)
    sweep(at(7, 6, 1))
    owe(2)
    owe(1, merchant=rival.organisation)
    sweep(at(7, 6, 3))
    held = Notice.objects.filter(state="held")
    assert (held.count(), states()[-1]) == (6, "waiting")
    assert held.values("organisation").distinct().count() == 1
    assert send(at(7, 9, 40)) == 1  # the other shop's


def test_the_next_tick_is_another(owe):
    owe(6)
    sweep(at(7, 6, 1))
    owe(2)
    sweep(at(7, 6, 6))
    assert states() == ["held"] * 6 + ["waiting"] * 2


def test_let_go_it_goes_once(owe, owner, sink, send):
    owe(6)
    sweep(at(7))
    tally = Tally.objects.get()
    assert brake.decide(tally, let_go=True, by=owner, at=at(7, 8)) == 6
    assert posting.post_leftovers(at(7, 8)) == 6
    assert send(at(7, 9, 40)) == 6
    with pytest.raises(NothingAhead):
        brake.decide(tally, let_go=False, by=owner, at=at(7, 10))


def test_let_go_after_its_mails_were_called_off_it_goes_with_the_next(owe, owner, sink, send):
    owe(4)
    sweep(at(7, 6, 1))  # four mails are there by now
    owe(2)
    sweep(at(7, 6, 3))
    assert send(at(7, 9, 40)) == 0
    brake.decide(Tally.objects.get(), let_go=True, by=owner, at=at(7, 10))
    posting.post_leftovers(at(7, 10))
    for hour in (10, 33, 34):
        send(at(7) + timedelta(hours=hour))
    assert len(sink.readers) == len(set(sink.readers)) == 6


def test_somebody_without_a_place_gets_it_too_once_it_is_let_go(owe, owner, send, sink):
    owe(1, address="maren@ember.example")
    sweep(at(7, 6, 1))
    owe(6)
    sweep(at(7, 6, 3))
    send(at(7, 7))  # its mail has nothing left to say
    brake.decide(Tally.objects.get(), let_go=True, by=owner, at=at(7, 10))
    posting.post_leftovers(at(7, 10))
    send(at(7, 10, 1))
    assert sink.readers.count("maren@ember.example") == 1


def test_dropped_it_is_gone_and_says_who_said_so(owe, owner, send):
    owe(6)
    sweep(at(7))
    brake.decide(Tally.objects.get(), let_go=False, by=owner, at=at(7, 8))
    assert set(Notice.objects.values_list("state", "why")) == {
        ("dropped", f"{owner.label} decided that it shall not go.")
    }
    assert send(at(7, 10)) == 0
    posting.post_leftovers(at(7, 10))
    assert send(at(8, 10)) == 0


def test_of_ten_times_as_many_as_in_the_week_before_but_not_in_the_first_week(owe, shop, settings):
    settings.STORM = 1_000
    owe(21)
    sweep(at(7))
    assert states() == ["waiting"] * 21
    Tally.objects.all().delete()
    for day in range(8, 16):
        Tally.objects.create(organisation=shop, tick=at(day), count=2)
    owe(30, due=date(2026, 12, 16))
    sweep(at(17))
    assert Tally.objects.held().get().tick == at(17)


@pytest.mark.parametrize("shown", [True, False])
def test_the_shop_sees_it_and_a_viewer_decides_nothing(owe, owner, viewer, signed_in, shown):
    owe(6)
    sweep(at(7))
    tally = Tally.objects.get()
    client = signed_in(owner if shown else viewer)
    answer = client.post(f"/reminders/storms/{tally.pk}/decide/", {"decision": "drop"})
    assert answer.status_code == (302 if shown else 403)
    assert Tally.objects.held().exists() is not shown


def test_the_home_page_says_that_some_are_held_back_to_whoever_can_decide(owe, owner, viewer):
    owe(6)
    sweep(at(7))
    [told] = [one for one in read(waiting(owner, at(7, 12))) if one.icon == "pause"]
    assert (told.title, told.when) == ("Unusually many reminders are held back", at(7))
    assert list(read(waiting(viewer, at(7, 12)))) == []
    brake.decide(Tally.objects.get(), let_go=False, by=owner, at=at(7, 13))
    assert [one for one in read(waiting(owner, at(7, 14))) if one.icon == "pause"] == []


def test_a_mail_that_has_not_been_drawn_is_empty(owe, send):
    """What the brake takes back does not go with a mail that was posted before."""
    owe(4)
    sweep(at(7, 6, 1))
    owe(2)
    sweep(at(7, 6, 3))
    send(at(7, 10))
    assert set(Mail.objects.values_list("state", flat=True)) == {"cancelled"}
