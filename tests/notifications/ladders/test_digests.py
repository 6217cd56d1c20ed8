"""Which mail a reminder goes with: one digest a working day at nine where its reader is, what is urgent at once."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from outsourcing.accounts.models import ClosedDay
from outsourcing.notifications.ladders.coming import coming
from outsourcing.notifications.ladders.posting import SPREAD_SECONDS
from outsourcing.notifications.ladders.rules import Letter
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Mail, Notice, Rung
from tests.factories import MembershipFactory, OrganisationFactory
from tests.notifications.ladders.conftest import mails, zone

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEFORE = datetime(2026, 11, 24, 9, tzinfo=UTC)
#: Three zones, and the days on which their clocks change.
ZONES = {
    ("Europe/London", "GB"): (date(2026, 10, 25), date(2027, 3, 28)),
    ("America/New_York", "US"): (date(2026, 11, 1), date(2027, 3, 14)),
    ("Australia/Sydney", "AU"): (date(2026, 10, 4), date(2027, 4, 4)),
}


def at(day: int, hour: int = 6, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def offset_of(person) -> timedelta:
    return timedelta(seconds=person.pk * 7919 % SPREAD_SECONDS)


@pytest.fixture
def owe(chores, shop, manager):
    """`owe(3, urgent=True)` makes so many things that were due on Friday the 4th: first reminded of on the 7th."""

    def make(count: int = 1, **more) -> None:
        for key in range(len(chores.things) + 1, len(chores.things) + count + 1):
            chores.owe(key, **{"at": at(4, 12), "merchant": shop, "person": manager, "due": date(2026, 12, 4), **more})

    return make


def test_all_that_is_due_goes_in_however_small_batches(owe):
    for day in (1, 2, 3, 4):
        owe(3, at=BEFORE, due=date(2026, 12, day))
    due = Rung.objects.due(at(7)).count()
    assert due == 12
    assert sweep(at(7), batch=2) == due
    assert not Rung.objects.due(at(7)).exists()
    assert Notice.objects.count() == due


def test_what_goes_to_an_address_is_listed_for_when_it_goes(owe, owner):
    owe(address="maren@ember.example")
    listed = coming(owner, at(4, 12))[0].at
    sweep(at(7, 0))
    assert [mail.not_before for mail in mails()] == [listed] == [at(7, 9)]


# ---- The digest -----------------------------------------------------------------------------------------------------
def test_one_digest_for_all_of_a_day(owe, manager):
    owe(5)
    sweep(at(7))
    (mail,) = mails()
    assert mail.occurrence == f"digest:{manager.pk}:2026-12-07"
    assert mail.not_before == at(7, 9) + offset_of(manager)
    assert timedelta() <= offset_of(manager) < timedelta(minutes=30)
    assert mail.notices.count() == 5


def test_of_two_merchants_in_one_mail_with_a_section_each(owe, rival, manager, sink, send):
    owe()
    owe(merchant=rival.organisation)
    sweep(at(7))
    assert send(at(7, 9, 40)) == 1
    text = sink.only().get_body(("plain",)).get_content()
    assert text.index("Copper Kettle") < text.index("Juniper & Pine")
    assert text.count("Call Rosa Imberg: 020 7946 0018") == 2


def test_none_on_a_day_off_and_a_weekend(owe, vendor, manager, chores, shop):
    ClosedDay.objects.create(organisation=vendor, day=date(2026, 12, 8), name="Stocktaking")
    chores.owe(1, at=at(4, 12), merchant=shop, person=manager, due=datetime(2026, 12, 5, 11, tzinfo=UTC))
    for day in range(5, 15):
        for hour in (6, 12, 18):
            sweep(at(day, hour))
    assert [one.not_before.day for one in mails()] == [9, 11]  # on Monday and on Thursday, at eleven


def test_what_comes_after_the_digest_goes_with_the_next(owe):
    owe()
    owe(due=datetime(2026, 12, 4, 15, tzinfo=UTC))
    sweep(at(7, 6))
    sweep(at(7, 16))
    assert [one.not_before.day for one in mails()] == [7, 8]


def test_what_is_late_goes_today_within_working_hours_only(owe):
    owe()
    sweep(at(7, 11))
    assert mails()[0].not_before == at(7, 11)
    Notice.objects.all().delete()
    Mail.objects.all().delete()
    owe()
    sweep(at(7, 20))
    assert mails()[0].not_before.day == 8


def test_a_digest_that_has_gone_takes_no_more(owe, send):
    owe()
    sweep(at(7))
    send(at(7, 9, 40))
    owe()
    sweep(at(7, 9, 45))  # late, and today's has gone
    assert [(one.state, one.not_before.day) for one in mails()] == [("sent", 7), ("pending", 8)]


def test_a_clock_put_back_doubles_no_digest(owe, sink, send):
    owe()
    for now in (at(7), at(7, 10), at(6, 10), at(7, 10), at(8, 10), at(7, 10), at(8, 10), at(9, 10), at(8, 10)):
        sweep(now)
        send(now)
    assert [str(one["Subject"])[:22] for one in sink.messages] == ["Juniper & Pine: Waits:"] * 2
    assert Mail.objects.filter(state="sent").values("occurrence").distinct().count() == 2


@pytest.mark.parametrize("where", ZONES, ids=lambda where: where[0])
@pytest.mark.parametrize("turn", [0, 1], ids=["autumn", "spring"])
def test_at_nine_wherever_they_are_whatever_the_clock_does(daily, shop, where, turn):
    """A week before to a week after a change of the clocks, looked at every half hour."""
    changes = ZONES[where][turn]
    vendor = OrganisationFactory(kind="vendor", time_zone=where[0], country=where[1])
    reader = MembershipFactory(organisation=vendor, roles=["manager"])
    start = datetime(changes.year, changes.month, changes.day, tzinfo=UTC) - 7 * DAY
    daily.owe(1, at=start, merchant=shop, person=reader, due=(start - DAY).date())
    for half_hours in range(14 * 48):
        sweep(start + half_hours * HOUR / 2)
    days = [one.not_before.astimezone(zone(where[0])) - offset_of(reader) for one in mails()]
    assert {(one.hour, one.minute, one.second) for one in days} == {(9, 0, 0)}
    assert len({one.date() for one in days}) == len(days) >= 9
    assert not [one for one in days if one.weekday() > 4]


def test_it_is_given_up_72_hours_after_it_may_first_go(owe, vendor, send, manager):
    """Swept on a Monday evening, and the vendor works again a week later."""
    days = [date(2026, 12, day) for day in (8, 9, 10, 11)]
    ClosedDay.objects.bulk_create(ClosedDay(organisation=vendor, day=day, name="Away") for day in days)
    manager.email = "slow@palletandpost.example"
    manager.save()
    owe()
    sweep(at(7, 20))
    mail = Mail.objects.get()
    assert mail.not_before.day == 14
    send(mail.not_before)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("pending", 1)


def test_a_link_to_a_place_on_a_page_keeps_it(owe, chores, sink, send):
    owe()
    chores.letter = lambda *_given: Letter("Waits", "Waits", ["Sweep it."], (), "Look", "/chores/#e3")
    sweep(at(7))
    assert send(at(7, 9, 40)) == 1
    text = sink.only().get_body(("plain",)).get_content()
    assert re.search(r"http://localhost:8000/chores/\?for=[^#\s]+#e3\s", text)


# ---- At once --------------------------------------------------------------------------------------------------------
def test_what_is_urgent_goes_at_once_within_hours(owe, manager):
    owe(urgent=True, due=datetime(2026, 12, 4, 11, tzinfo=UTC))
    sweep(at(7, 11))
    (mail,) = mails()
    assert (mail.occurrence, mail.not_before) == (f"urgent:{manager.pk}:2026-12-07:1", at(7, 11))


def test_what_is_urgent_waits_for_the_next_opening_outside(owe):
    owe(urgent=True)
    sweep(at(7, 3))
    assert mails()[0].not_before == at(7, 9)


def test_three_at_once_a_day_and_the_rest_folds(owe, manager, sink, send):
    for hour in (10, 11, 12, 13, 14):
        owe(urgent=True, due=datetime(2026, 12, 4, hour, tzinfo=UTC))
        sweep(at(7, hour))
        send(at(7, hour))
    assert len(sink.taken) == 3
    (folded,) = [one for one in mails() if one.template == "digest"]
    assert (folded.notices.count(), folded.not_before) == (2, at(8, 9) + offset_of(manager))


def test_what_gathers_over_a_night_or_a_weekend_is_one_mail(owe, sink, send, manager):
    """Not three for each day on which nobody was there."""
    owe(urgent=True, due=datetime(2026, 12, 3, 20, tzinfo=UTC))
    sweep(at(4, 20))
    owe(urgent=True, due=datetime(2026, 12, 4, 3, tzinfo=UTC))
    sweep(at(7, 3))
    send(at(7, 9))
    assert [one.notices.count() for one in mails()] == [2]
    assert len(sink.taken) == 1


def test_two_in_one_sweep_are_one_mail(owe):
    owe(2, urgent=True)
    sweep(at(7, 11))
    assert [one.notices.count() for one in mails()] == [2]
