"""The demo world on its first day: the shop of the design, with something of everything that the app is for."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Count, Q

from milestones.contracts.glance import glance
from milestones.models import Contract, Milestone
from outsourcing.accounts.demo import PASSWORD, PEOPLE, who_can_sign_in
from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.waiting import Matter, Urgency, in_words, waiting_for
from outsourcing.notifications.ladders.coming import coming
from outsourcing.notifications.models import Mail, Rung
from outsourcing.shared import hooks
from outsourcing.shared.statements import read
from vendors.directory.models import Vendor
from vendors.needs.models import Ask, Assessment
from vendors.sourcing.models import Brief, Evaluator, Score

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
#: The day of the design, and a night on which nobody works.
MONDAY = datetime(2026, 11, 30, 0, 30, tzinfo=LONDON)
TUESDAY, NIGHT = datetime(2026, 11, 24, 11, 30, tzinfo=LONDON), datetime(2027, 1, 3, 2, 15, tzinfo=LONDON)
#: Title: vendor, price, accepted, of how many, how it is doing.
CONTRACTS = {
    "Peak overflow and gift sets": ("Pallet & Post", 18_400, 3, 8, "overdue"),
    "Returns grading and restock": ("Kestrel Returns", 9_750, 5, 9, "at_risk"),
    "Spring range photography": ("Fieldnote Studio", 3_200, 1, 4, "languishing"),
    "EU fulfilment pilot": ("Tidewell Fulfilment", 12_600, 2, 6, "on_track"),
    "Evening and weekend support": ("Lantern Desk", 14_880, 10, 12, "on_track"),
}


def person(name: str) -> Membership:
    return Membership.objects.select_related("organisation").get(
        email=f"{name}@juniperandpine.example", organisation__name="Juniper & Pine"
    )


@pytest.mark.parametrize("at", [MONDAY, TUESDAY, NIGHT], ids=["monday", "tuesday", "night"])
def test_something_of_everything_waits(at):
    hooks.demo(at)
    theo = person("theo")

    rows = Contract.objects.running().filter(merchant=theo.organisation).select_related("vendor")
    accepted = Count("milestones", filter=Q(milestones__state="accepted"))
    found = rows.annotate(accepted=accepted, planned=Count("milestones"))
    assert {
        one.title: (one.vendor.name, one.value, one.accepted, one.planned, one.health) for one in found
    } == CONTRACTS
    assert read(glance(theo, at)).committed == ["£58,830"]

    # Overdue (holidays count as no working days), owed by each side, and to decide.
    unsaid = waiting_for(theo, at)[0]
    everything = [in_words(one) for one in unsaid]
    for before, after in zip(unsaid, everything, strict=True):
        assert (before.urgency, before.when, before.matter) == (after.urgency, after.when, after.matter)
    waits = {matter: {one.title for one in everything if one.matter == matter} for matter in Matter}
    assert waits[Matter.OVERDUE] == {"Cycle count, 98.5% or better"}
    [count] = [one for one in everything if one.matter == Matter.OVERDUE]
    assert at != TUESDAY or count.due == "4 working days late"
    assert waits[Matter.OWED] >= {
        "Can the second pallet run move from Wednesday to Thursday? Our dock is full on Wednesday.",
        "Which label stock for the EU test orders?",
    }
    [oldest] = [one for one in everything if one.matter == Matter.OWED][:1]
    assert oldest.title.startswith("Can the second pallet run")
    assert oldest.urgency == Urgency.LATE
    imogen = Membership.objects.select_related("organisation").get(email="imogen@palletandpost.example")
    told = [in_words(one).title for one in waiting_for(imogen, at)[0]]
    assert any(title.startswith("Please hold all Ember glaze lines") for title in told)
    assert waits[Matter.UNANSWERED]
    assert at != TUESDAY or "Why did grade-B resale drop to 61%?" in waits[Matter.UNANSWERED]
    assert waits[Matter.DECISION] >= {
        "Peak staffing plan", "Evening rota agreed", "Returns surge and stock count",
    }  # fmt: skip

    # Half scored: two people have submitted, and two of Theo's scores are missing.
    brief = Brief.objects.get(title__startswith="UK pick and pack")
    own = Evaluator.objects.get(brief=brief, member=theo)
    assert Evaluator.objects.filter(brief=brief).exclude(submitted_at=None).count() == 2
    assert Score.objects.filter(evaluator=own).count() == 5 * 5 - 2
    assert f"Score the vendors: {brief.title}" in {one.title for one in everything}

    # Reminders are about to go, and some went.
    soon = [one for one in coming(theo, at) if one.at <= at + timedelta(days=5)]
    assert {one.ladder.rule for one in soon} >= {"milestone", "turn"}
    assert Rung.objects.filter(ladder__organisation=theo.organisation, state=Rung.State.DONE).exists()
    assert Mail.objects.filter(template__in=["digest", "reminder"], state=Mail.State.PENDING).exists()

    # What the shop is good at, with what four people think; eight vendors who can be found.
    assert Assessment.objects.filter(need__merchant=theo.organisation).values("need").distinct().count() == 11
    assert Ask.objects.filter(peer__merchant=theo.organisation).exclude(answered_at=None).count() == 4
    assert Vendor.objects.published().count() == 8
    assert not Milestone.objects.filter(contract__merchant=theo.organisation, blocked_since__isnull=False).exists()


def test_there_is_a_sign_in_for_each_role(client, settings):
    """Printed when the demo starts, on its login page, and on no other's."""
    assert {role for one in PEOPLE for role in one.roles} == set(Role)
    printed = "\n".join(who_can_sign_in())
    assert PASSWORD in printed
    for is_demo in (True, False):
        settings.DEMO = is_demo
        page = client.get("/accounts/login/").text
        for one in PEOPLE:
            assert re.search(rf"{re.escape(one.email)} +{one.role}, {one.organisation}", printed)
            assert (one.email in page) is is_demo
        assert (PASSWORD in page) is is_demo
