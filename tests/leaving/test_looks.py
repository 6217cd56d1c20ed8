"""The pages on which people take everything along, close and go, in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import MembershipFactory
from tests.test_pages import look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sign_in_lately(live_server, context, signed_in_lately):
    """Somebody who has just typed their password, in the browser."""

    def with_session(member) -> None:
        value = signed_in_lately(member).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])

    return with_session


@pytest.mark.parametrize("name", ["export", "close", "delete_account"])
@pytest.mark.parametrize("who", ["owner", "manager"])
def test_before_they_go(live_server, page, sign_in_lately, request, who, name):
    sign_in_lately(request.getfixturevalue(who))
    look(page, live_server.url + reverse(f"leaving:{name}"))


@pytest.mark.parametrize("name", ["today", "leaving:export", "leaving:close"])
@pytest.mark.parametrize("who", ["owner", "manager"])
def test_while_it_is_closing(live_server, page, sign_in_lately, request, who, name):
    member = request.getfixturevalue(who)
    member.organisation.closes_at = timezone.now() + timedelta(days=30)
    member.organisation.save()
    sign_in_lately(member)
    look(page, live_server.url + reverse(name))


def test_a_former_member(live_server, page, sign_in_lately, owner):
    left = MembershipFactory(organisation=owner.organisation, left_at=timezone.now())
    sign_in_lately(owner)
    look(page, live_server.url + reverse("leaving:erase_member", args=[left.pk]))
