"""The request as views see it once the middleware has been there."""

from django.http import HttpRequest

from outsourcing.accounts.models import Membership, User


class UserRequest(HttpRequest):
    """A request of somebody who is signed in and acts for an organisation."""

    user: User
    acting: Membership
    memberships: list[Membership]
