"""Both home pages."""

import re
from dataclasses import fields

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from milestones.contracts.glance import Day, Due
from milestones.contracts.rows import Next, Row
from milestones.contracts.shown import Mark
from outsourcing import today
from outsourcing.accounts.models import Opening
from outsourcing.accounts.waiting import Matter, Urgency, Waiting
from outsourcing.notifications.ladders.coming import Soon
from outsourcing.shared.statements import read_together
from outsourcing.shell import Entry
from outsourcing.today import Figure
from tests.factories import MembershipFactory, UserFactory, VendorFactory
from vendors.needs import keeping
from vendors.needs.models import Task


def done(page) -> list[bool]:
    return [step.is_done for step in page.context["steps"]]


@pytest.mark.parametrize(("who", "template", "count"), [("owner", "today.html", 6), ("manager", "portal.html", 4)])
def test_who_begins_finds_what_to_do_first(who, template, count, request, signed_in):
    head = request.getfixturevalue(who)
    head.organisation.country = head.user.name = ""
    head.organisation.save()
    head.user.save()
    page = signed_in(head).get("/")
    assertTemplateUsed(page, template)
    assertContains(page, f"0 of {count} done")
    for step in page.context["steps"]:
        assertContains(page, f'href="{step.url}"')
        assert signed_in(head).get(step.url).status_code == 200
    assert [step.is_next for step in page.context["steps"]] == [True, *[False] * (count - 1)]


def test_each_step_is_done_by_doing_it(owner, signed_in):
    owner.organisation.country = owner.user.name = ""
    owner.organisation.save()
    owner.user.save()
    client = signed_in(owner)
    assert done(client.get("/")) == [False] * 6
    client.post(reverse("accounts:profile"), {"name": "Theo Marchetti", "theme": "system"})
    assert done(client.get("/")) == [True, False, False, False, False, False]
    place = {"name": "Juniper & Pine", "country": "GB", "time_zone": "Europe/London", "currency": "GBP"}
    client.post(reverse("accounts:organisation"), place)
    assert done(client.get("/")) == [True, True, False, False, False, False]
    client.post(reverse("accounts:calendar"), {"day0": "09:00-17:00"})
    assert done(client.get("/")) == [True, True, True, False, False, False]
    client.post(reverse("accounts:invite"), {"email": "rosa@juniperandpine.example", "roles": ["buyer"]})
    assert done(client.get("/")) == [True, True, True, True, False, False]
    books = Task.objects.get(slug="bookkeeping").pk
    client.post(reverse("needs:assess", args=[books]), {f"t{books}-skill": "2"})
    assert done(client.get("/")) == [True, True, True, True, True, False]
    client.post(reverse("directory:add"), {"name": "Orchard Lane"})
    assertContains(client.get("/"), "Nothing needs you")


def test_what_only_a_head_can_do_is_no_step_of_others(viewer, signed_in):
    assert [step.url for step in signed_in(viewer).get("/").context["steps"]] == [reverse("accounts:profile")]


def test_steps_go_once_they_are_done(owner, viewer, signed_in):
    Opening.objects.create(organisation=owner.organisation, weekday=0, opens=540, closes=1020)
    VendorFactory(private_to=owner.organisation)
    keeping.rate(Task.objects.get(slug="bookkeeping"), {"skill": 2}, by=owner, at=timezone.now())
    page = signed_in(owner).get("/")
    assertNotContains(page, "of 6 done")
    assertContains(page, "Nothing needs you")


def test_vendor_has_a_portal(manager, signed_in):
    page = signed_in(manager).get("/")
    assertTemplateUsed(page, "portal.html")
    assertContains(page, "Pallet &amp; Post")


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_the_first_of_many_stand_there_and_all_are_a_click_away(who, request, signed_in, monkeypatch):
    acting, at = request.getfixturevalue(who), timezone.now()
    many = [
        Waiting(f"Thing {number}.", "of the yard", "/yard/", "Sweep", "clock", Urgency.RISK, at, "today")
        for number in range(today.SHOWN + 5)
    ]
    monkeypatch.setattr(today, "waiting_for", lambda acting, at, *others: (many, read_together(others)))
    client = signed_in(acting)
    page = client.get("/")
    assertContains(page, "data-row-link>", count=today.SHOWN)
    address = re.search(r'href="(\?all=1)#(needs-you|waiting)">Show all 30<', page.content.decode())
    assert address
    assertContains(page, f'id="{address[2]}"')
    assertContains(client.get(f"/{address[1]}"), "data-row-link>", count=30)
    assertNotContains(client.get(f"/{address[1]}"), "Show all")


def test_a_figure_leads_to_the_whole_list(owner, signed_in, monkeypatch):
    late = Waiting("Thing.", "", "/yard/", "Chase", "late", Urgency.LATE, timezone.now(), "Late", matter=Matter.OVERDUE)
    monkeypatch.setattr(today, "_first_steps", lambda request: [])
    for many, where in ((today.SHOWN, "#needs-you"), (today.SHOWN + 1, "?all=1#needs-you")):
        things = [late] * many
        monkeypatch.setattr(
            today, "waiting_for", lambda acting, at, *others, things=things: (things, read_together(others))
        )
        assertContains(signed_in(owner).get("/"), f'<a class="figure" href="{where}">', count=4)


def test_a_figure_says_no_more_than_there_is():
    at = timezone.now()
    one = Waiting(
        "Open the answers", "", "/", "Open", "lock", Urgency.RISK, at, "Closed 20 Nov", matter=Matter.DECISION
    )
    assert [figure.note for figure in today.figures_of([one])] == ["", "", "", "Closed 20 Nov"]


def test_member_of_nothing_is_told_what_to_do(db, client):
    client.force_login(UserFactory())
    assertTemplateUsed(client.get("/"), "no_organisation.html")


def test_stranger_meets_the_login(db, client):
    assertRedirects(client.get("/"), "/accounts/login/?next=/")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_today_is_only_read(owner, signed_in, method):
    assert getattr(signed_in(owner), method)("/").status_code == 405


def test_today_costs_few_queries_however_many_organisations(owner, signed_in, django_assert_num_queries):
    for _ in range(5):
        MembershipFactory(user=owner.user)
    client = signed_in(owner)
    client.get("/")
    # Session, person; what the first steps ask, at once; what waits in all rooms.
    with django_assert_num_queries(4):
        client.get("/")


@pytest.mark.parametrize("drawn", [Waiting, Figure, Soon, Day, Due, Row, Next, Mark, Entry])
def test_what_is_drawn_once_compares_no_instant(drawn):
    """One instant is equal in all zones, so what shows it would show one reader the clock of another; and what differs
    by an instant alone would be kept anew each time."""
    assert [one.name for one in fields(drawn) if one.compare and "datetime.datetime" in str(one.type)] == []
    assert drawn.__hash__ is not None
