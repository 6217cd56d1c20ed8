"""What each page costs that no other test pins, in queries; the first two are session and person."""

import pytest
from django.urls import reverse

from tests.factories import MembershipFactory, UserFactory

OWNERS = {
    "accounts:invite": 2,
    "accounts:leave": 3,  # colleagues
    "accounts:start": 2,
    "account_email": 6,
    "account_logout": 2,
    "mfa_index": 4,
    "usersessions_list": 3,
}
OF_A_MEMBER = {"accounts:member": 4, "accounts:remove": 4}  # the member; the organisation, or colleagues


@pytest.mark.parametrize(("name", "count"), OWNERS.items())
def test_owners_page(owner, signed_in, django_assert_num_queries, name, count):
    see(signed_in(owner), reverse(name), count, django_assert_num_queries)


@pytest.mark.parametrize(("name", "count"), OF_A_MEMBER.items())
def test_page_about_a_member(owner, viewer, signed_in, django_assert_num_queries, name, count):
    MembershipFactory.create_batch(5, organisation=owner.organisation)
    see(signed_in(owner), reverse(name, args=[viewer.pk]), count, django_assert_num_queries)


def test_vendors_portal_and_search(contact, signed_in, django_assert_num_queries):
    see(signed_in(contact), "/", 5, django_assert_num_queries)
    # People, vendors, contracts (3), briefs, messages (3).
    see(signed_in(contact), "/search/?q=sam", 11, django_assert_num_queries)


def test_member_of_nothing(client, db, django_assert_num_queries):
    client.force_login(UserFactory())
    see(client, "/", 2, django_assert_num_queries)


def see(client, address, count, assert_num_queries) -> None:
    client.get(address)
    with assert_num_queries(count):
        assert client.get(address).status_code == 200
