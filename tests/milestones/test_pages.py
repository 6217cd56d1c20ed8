"""Pages of contracts: what each side reads, from the first draft to a verdict, and how much it costs."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from milestones.contracts import drafting, offering
from milestones.models import Contract, State, Step
from milestones.work import planning
from tests.milestones.conftest import DUE, MONDAY, submit

LIST = reverse("milestones:contracts")


def at(name: str, row) -> str:
    return reverse(f"milestones:{name}", args=[row.pk])


def body(client, path: str) -> str:
    return client.get(path).content.decode()


def test_from_a_draft_to_an_accepted_milestone(owner, manager, contact, vendor, signed_in, draft):
    """The way of a contract through forms alone, by both sides."""
    ours, theirs = signed_in(owner), signed_in(manager)
    assert theirs.get(at("contract", draft)).status_code == 404
    ours.post(at("make_offer", draft), {"expires_on": ""})
    offer = draft.offers.get()
    page = body(theirs, at("offer", offer))
    assert "98.5 % or better" in page
    assert offer.digest in page
    theirs.post(at("accept_offer", offer), {"read": offer.digest})
    draft.refresh_from_db()
    assert draft.state == State.ACTIVE

    count = draft.milestones.get(title="Cycle count")
    point = f"point_{count.criteria.get().pk}"
    refused = theirs.post(at("submit", count), {"text": "Done."})
    assert refused.status_code == 409
    theirs.post(at("submit", count), {"text": "Done.", point: "99 %"})
    review = body(ours, at("milestone", count))
    assert "“99 %”" in review
    assert "Accept, £2,000 falls due" in review
    handed = count.submissions.get()
    ours.post(at("judge", handed), {"verdict": "back", f"missing_{handed.points.get().pk}": "Aisle 6"})
    assert "Aisle 6" in body(theirs, at("milestone", count))
    theirs.post(at("submit", count), {"text": "Done.", point: "99.2 %"})
    again = count.submissions.get(decision="")
    ours.post(at("judge", again), {"verdict": "accept", f"met_{again.points.get().pk}": "on", "quality": "5"})
    count.refresh_from_db()
    assert count.state == Step.ACCEPTED
    assert "Quality 5 of 5" in body(theirs, at("milestone", count))


def test_an_old_page_is_told_what_happened(contract, count, owner, manager, signed_in):
    handed = submit(count, manager, at=timezone.now())
    page = signed_in(owner).get(at("milestone", count))
    seen = page.context["review"].initial["seen"]
    signed_in(manager).post(at("withdraw", handed))
    late = signed_in(owner).post(at("judge", handed), {"verdict": "accept", "seen": seen})
    assert late.status_code == 409
    assert "took the submission back" in late.content.decode()


def test_a_vendor_reads_no_health_and_no_draft(contract, draft, manager, signed_in):
    Contract.objects.filter(pk=contract.pk).update(
        health="languishing", health_reasons=[{"sentence": "canary of the health"}]
    )
    for path in (LIST, at("contract", contract), "/"):
        page = body(signed_in(manager), path)
        assert "canary of the health" not in page
        assert "Gone quiet" not in page


def test_a_rival_finds_nothing(contract, count, rival, signed_in):
    assert "Peak overflow" not in body(signed_in(rival), f"{LIST}?show=all")
    assert signed_in(rival).get(at("contract", contract)).status_code == 404


@pytest.mark.parametrize("query", ["show=x", "page=0", "page=-1", "page=x", "other=²", "owner=" + "9" * 30, "due=%00"])
def test_odd_addresses(contract, owner, signed_in, query):
    assert signed_in(owner).get(f"{LIST}?{query}").status_code == 200


def test_narrowed(contract, owner, signed_in, vendor):
    client = signed_in(owner)
    assert [row.pk for row in client.get(f"{LIST}?other={vendor.pk}").context["rows"]] == [contract.pk]
    assert client.get(f"{LIST}?show=ended").context["rows"] == []
    assert "No contract fits" in body(client, f"{LIST}?health=languishing")


def test_what_was_typed_wrongly_is_said(draft, owner, signed_in):
    fields = {"title": "‮", "current_due": "1026-01-01", "criteria": "x" * 600}
    page = signed_in(owner).post(at("add_milestone", draft), fields).content.decode()
    assert "A name needs a letter" in page
    assert "between 2000 and 2099" in page
    assert "under 500 characters" in page


def test_a_due_date_before_the_start_is_said_at_the_field(draft, owner, signed_in):
    fields = {"title": "Recount", "starts_on": "2026-12-01", "current_due": "2026-11-01"}
    page = signed_in(owner).post(at("add_milestone", draft), fields).content.decode()
    assert "It is due before it starts." in page


def test_markup_is_text(draft, owner, signed_in):
    drafting.change_draft(draft, {"title": "<script>1</script>"}, by=owner, at=timezone.now())
    assert "<script>1" not in body(signed_in(owner), at("contract", draft))


@pytest.mark.parametrize("more", [0, 30])
def test_a_page_costs_the_same_for_any_number(draft, owner, manager, signed_in, more):
    for number in range(more):
        planning.add(draft, {"title": f"Step {number}", "current_due": DUE}, by=owner, at=timezone.now())
    made = offering.offer(draft, by=owner, at=timezone.now())
    offering.accept(made, read=made.digest, by=manager, at=timezone.now())
    client = signed_in(owner)
    client.get(at("contract", draft))
    with CaptureQueriesContext(connection) as captured:
        client.get(at("contract", draft))
    assert len(captured) <= 15
    with CaptureQueriesContext(connection) as captured:
        client.get(LIST)
    assert len(captured) <= 10


class TestClosedDays:
    """A milestone may be due on a day on which a side does not work; whoever plans it is told."""

    def test_told_when_it_is_planned(self, client, contract, owner):
        client.force_login(owner.user)
        data = {"title": "On Sunday", "current_due": "2026-12-06"}
        text = client.post(f"/contracts/{contract.pk}/milestones/add/", data, follow=True).text
        assert "Sunday, 6 December 2026 is no working day for Pallet &amp; Post" in text
        assert contract.milestones.filter(title="On Sunday", current_due="2026-12-06").exists()

    def test_holidays_too(self, client, contract, count, owner):
        client.force_login(owner.user)
        data = {"due": "2026-12-25", "cause": "merchant", "reason": "Late"}
        text = client.post(f"/milestones/{count.pk}/move/", data, follow=True).text
        assert "Friday, 25 December 2026 is no working day for Pallet &amp; Post" in text

    def test_not_of_a_working_day(self, client, contract, count, owner):
        client.force_login(owner.user)
        data = {"due": "2026-12-16", "cause": "merchant", "reason": "Late"}
        assert "no working day" not in client.post(f"/milestones/{count.pk}/move/", data, follow=True).text


def test_a_date_that_was_asked_for_on_the_phone_is_recorded_and_decided(client, contract, count, owner, manager):
    client.force_login(owner.user)
    data = {"due": "2026-12-16", "cause": "vendor", "reason": "Two are ill", "channel": "phone",
            "received_at": "2026-11-23T09:00", "author": manager.pk}  # fmt: skip
    with time_machine.travel(MONDAY):
        assert client.post(f"/milestones/{count.pk}/record-date/", data).status_code == 302
        change = count.date_changes.get()
        assert (change.decides, change.channel, change.recorded_by, change.proposed_by) == (
            "merchant", "phone", owner, manager,
        )  # fmt: skip
        assert client.post(f"/dates/{change.pk}/agree/").status_code == 302
    count.refresh_from_db()
    assert str(count.current_due) == "2026-12-16"
