"""The room's pages in a real browser, light and dark, at both widths, with long names."""

from datetime import timedelta

import pytest
from django.utils import timezone

from milestones.contracts import drafting, offering
from milestones.models import Cause
from milestones.work import moving, planning
from milestones.work.moving import Wanted
from tests.milestones.conftest import submit
from tests.test_pages import look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("side", ["owner", "manager"])
def test_every_page_of_a_contract(live_server, page, sign_in, owner, manager, vendor, side):
    today, now = timezone.localdate(), timezone.now()
    long = "Donaudampfschifffahrtsgesellschaft " * 4
    draft = drafting.draft(vendor, {"title": long, "starts_on": today, "scope": long * 3}, by=owner, at=now)
    planned = {"title": long, "current_due": today + timedelta(days=30), "amount": 10}
    one, other = (planning.add(draft, planned, criteria=[long], by=owner, at=now) for _number in range(2))
    offer = offering.offer(draft, by=owner, at=now)
    sign_in({"owner": owner, "manager": manager}[side])
    paths = [f"/offers/{offer.pk}/", "/contracts/?show=drafts"]
    for path in paths:
        look(page, live_server.url + path)
    offering.accept(offer, read=offer.digest, by=manager, at=now)
    submit(one, manager, at=now)
    wanted = Wanted(today + timedelta(days=60), long, Cause.EXTERNAL)
    moving.propose(other, wanted, by=manager, at=now)
    paths = ["/contracts/", f"/contracts/{draft.pk}/", f"/milestones/{one.pk}/", f"/milestones/{other.pk}/"]
    paths += [f"/contracts/{draft.pk}/history/"]
    if side == "owner":
        paths += [f"/contracts/{draft.pk}/amend/", f"/contracts/{draft.pk}/milestones/add/", "/contracts/add/"]
    else:
        paths += [f"/milestones/{other.pk}/submit/", f"/contracts/{draft.pk}/ask/"]
    for path in paths:
        look(page, live_server.url + path)


@pytest.mark.parametrize("query", ["", "?show=drafts", "?health=overdue"])
def test_an_empty_list(live_server, page, sign_in, owner, query):
    sign_in(owner)
    look(page, f"{live_server.url}/contracts/{query}")
