"""A person is erased: nothing of them is anywhere, and what they wrote stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import JSONField
from django.urls import reverse

from outsourcing.accounts import erasing
from outsourcing.accounts.errors import NotErasable
from outsourcing.accounts.models import Membership, Organisation, User
from outsourcing.conversations import answering, posting
from outsourcing.conversations.models import Entry, Kind
from outsourcing.conversations.posting import Call, Said
from outsourcing.notifications.models import Bounce, Mail, Notice, OptOut, Recipient
from outsourcing.shared.erasing import Names, erase
from outsourcing.shared.holdings import ADDRESS, GONE, MEMBERSHIP, USER, all_holdings
from tests.access.world import CAST, World
from tests.factories import MailFactory, MembershipFactory, RungFactory, VendorFactory
from tests.leaving.planting import name_in_all_that_we_told, plant
from tests.leaving.walking import where
from vendors.directory.models import Contact
from vendors.sourcing.models import Decision, LogLine


def test_nothing_of_anybody_in_the_world_is_left(world: World):
    """Every person of the cast, by all that they did: in rows, histories, mails, logs, frozen records and sessions."""
    world.sign_everybody_in()
    people = [world.users[one] for one in CAST if world.users[one]]
    for user in people:
        Membership.objects.filter(user=user).update(left_at=world.at)
        name, email = user.name, user.email
        assert len(where(name)) > 2 or user is world.users["nobody"], f"{name} did little: the proof is weak"
        erasing.erase_account(user, at=world.at)
        assert where(name) == [], name
        assert where(email) == [], email
    assert not User.objects.filter(pk__in=[one.pk for one in people], is_active=True).exists()


def test_each_column_that_is_registered_is_emptied(world: World):
    """A word of its own in each: a column that is registered and not emptied is told by its word."""
    owner = world.shop.head
    furnished(world, owner)
    keys = {USER: [owner.user_id], MEMBERSHIP: [owner.pk], ADDRESS: [owner.email]}
    words, bare = plant(keys)
    assert bare == [], "furnish the world with such a row"
    assert len(words) > 20
    # Addresses and names among them are what the person is known by from now on.
    Membership.objects.filter(user=owner.user_id).update(left_at=world.at)
    erasing.erase_account(User.objects.get(pk=owner.user_id), at=world.at)
    assert {word: where(word) for word in words if where(word)} == {}


def furnished(world: World, owner: Membership) -> None:
    """Rows about somebody that the world has not."""
    user, address = owner.user, owner.email
    Organisation.objects.filter(pk=owner.organisation_id).update(reply_to=address)
    vendor = VendorFactory()
    Contact.objects.create(
        membership=owner, vendor=vendor, merchant=world.rival.organisation, about="x", created_at=world.at
    )
    OptOut.objects.create(membership=owner, category="messages", at=world.at)
    OptOut.objects.create(address=address, category="messages", at=world.at)
    Recipient.objects.create(address=address)
    Notice.objects.create(
        rung=RungFactory(), organisation=owner.organisation, address=address, title="x", url="/", created_at=world.at,
        state="shown",
    )  # fmt: skip
    for mail in (MailFactory(address=address), MailFactory(membership=owner)):
        Bounce.objects.create(mail=mail, status="5.1.1", said="x", at=world.at)
    MailFactory(reply_to=address)
    EmailConfirmation.create(EmailAddress.objects.get(user=user)).save()
    UserSession.objects.create(user=user, ip="127.0.0.1", session_key="kept", user_agent="x", data={})


def test_names_are_taken_out_of_all_that_we_told(world: World):
    owner = world.shop.head
    name = "Ann-Kathrin O'Quilldove"
    Membership.objects.filter(user=owner.user_id).update(name=name, left_at=world.at)
    User.objects.filter(pk=owner.user_id).update(name=name)
    places = [owner.organisation_id]
    tell_more(world)
    assert name_in_all_that_we_told(name, places) == [], "furnish the world with such a row"
    assert len(where(name)) > 20
    erasing.erase_account(User.objects.get(pk=owner.user_id), at=world.at)
    assert where(name) == []
    assert where("Quilldove") == []
    assert len(where("It was Former person's.")) > 10


def tell_more(world: World) -> None:
    """Rows in which we tell of somebody that the world has not."""
    here = world.shop
    LogEntry.objects.create(user=here.head.user, action_flag=1, object_repr="x", change_message="x")
    call = Call(partner="Somebody", at=world.at, minutes=3)
    posting.post(
        here.quiet, Said(key=uuid4(), text="A call", kind=Kind.CALL_NOTE, call=call), by=here.head, at=world.at
    )
    answering.close_thread(here.quiet, by=here.head, at=world.at)
