"""A person is erased: nothing of them is anywhere, and what they wrote stays."""

from uuid import uuid4

import pghistory
import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from outsourcing.accounts import actions, erasing
from outsourcing.accounts.errors import NotErasable
from outsourcing.accounts.models import Membership, Organisation, User
from outsourcing.conversations import answering, posting
from outsourcing.conversations.models import Entry, Kind
from outsourcing.conversations.models.entries import digest
from outsourcing.conversations.posting import Call, Said
from outsourcing.conversations.search import search
from outsourcing.notifications.models import Bounce, Notice, OptOut, Recipient
from outsourcing.shared.erasing import Names
from outsourcing.shared.holdings import ADDRESS, MEMBERSHIP, USER
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


# ---- Names ---------------------------------------------------------------------------------------------------------
def test_whole_names_alone_are_taken_out():
    names = Names({"Sam", "sam@x.example"}, others={"Sam Adeyemi", "Ann"})
    assert names.taken_out("Sam closed it. Sam Adeyemi did not; Samuel, Ann: sam@x.example") == (
        "Former person closed it. Sam Adeyemi did not; Samuel, Ann: Former person"
    )
    assert Names({"O'Brien & Co"}).taken_out("<b>O&#x27;Brien &amp; Co</b>") == "<b>Former person</b>"
    assert names.taken_out({"who": ["Sam", 3, None]}) == {"who": ["Former person", 3, None]}


def test_another_of_the_same_name_keeps_it_in_the_mails_of_others(world: World):
    """Two are called alike: what is read far off is left alone, what is their own organisation's is not."""
    name = world.users["former"].name
    twin = MembershipFactory(name=name)
    far = MailFactory(text=f"{name} wrote", organisation=twin.organisation)
    near = MailFactory(text=f"{name} wrote", organisation=world.shop.organisation)
    erasing.erase_account(world.users["former"], at=world.at)
    far.refresh_from_db()
    near.refresh_from_db()
    assert (far.text, near.text) == (f"{name} wrote", "Former person wrote")
    assert Membership.objects.get(pk=twin.pk).name == name


# ---- Frozen records ------------------------------------------------------------------------------------------------
def test_a_frozen_record_is_written_anew_and_says_so(world: World, signed_in):
    decision = world.shop.shortlists.decision
    name, before = world.users["owner"].name, decision.digest
    assert name in decision.page
    Membership.objects.filter(user=world.users["owner"]).update(left_at=world.at)
    erasing.erase_account(world.users["owner"], at=world.at)
    now = Decision.objects.get(pk=decision.pk)
    assert name not in now.page
    assert "Former person" in now.page
    assert now.digest == digest(now.page) != before
    assert (now.reason, now.at, now.chosen_id) == (decision.reason, decision.at, decision.chosen_id)
    line = LogLine.objects.get(brief=decision.brief, kind="record-rewritten")
    assert line.details == {"number": decision.number, "before": before, "after": now.digest}
    page = signed_in(world.members["buyer"]).get(reverse("sourcing:decision", args=[decision.pk])).text
    assert before in page
    assert now.digest in page


def test_what_people_wrote_stays_and_is_found_under_nobodys_name(world: World):
    owner, vendor = world.shop.head, world.vendor.head
    written = posting.post(
        world.shop.quiet, Said(key=uuid4(), text="The gate code is new", kind=Kind.MESSAGE), by=owner, at=world.at
    )
    answering.close_thread(world.shop.quiet, by=owner, at=world.at)
    Membership.objects.filter(user=owner.user).update(left_at=world.at)
    erasing.erase_account(owner.user, at=world.at)
    written = Entry.objects.get(pk=written.pk)
    assert (written.text, written.author.label) == ("The gate code is new", "Former person")
    hits, _total = search(vendor, "former person closed")
    assert [hit.text for hit in hits] == [
        "<mark>Former</mark> <mark>person</mark> <mark>closed</mark> the conversation."
    ]


# ---- Who may, and when ---------------------------------------------------------------------------------------------
def test_a_member_leaves_first(world: World):
    Membership.objects.filter(pk=world.shop.head.pk).update(left_at=world.at)
    with pytest.raises(NotErasable, match="You are a member of The Other One"):
        erasing.erase_account(world.users["owner"], at=world.at)
    with pytest.raises(NotErasable):
        erasing.erase_member(world.members["buyer"], at=world.at)


def test_a_second_time_changes_nothing(world: World):
    user = world.users["former"]
    for _time in range(2):
        erasing.erase_account(user, at=world.at)
    assert User.objects.get(pk=user.pk).email == f"erased-{user.pk}@erased.invalid"


def test_who_was_only_asked_in_is_gone_too_and_the_link_with_them(world: World):
    """A place that waits under an address of theirs is theirs."""
    user = world.users["nobody"]
    asked = actions.invite(world.shop.organisation, email=user.email, roles=["viewer"], by=world.shop.head, at=world.at)
    erasing.erase_account(user, at=world.at)
    asked.refresh_from_db()
    assert asked.revoked_at is not None
    assert where(user.email) == []


def test_a_former_member_is_erased_here_and_lives_on_elsewhere(world: World, signed_in):
    """Their account, and what another organisation keeps of them, is not this one's to delete."""
    left = Membership.objects.get(user=world.users["former"])
    elsewhere = MembershipFactory(user=left.user, email=left.email, name=left.name)
    note = MailFactory(address=left.email, organisation=elsewhere.organisation, text="Yours")
    with_pg_context(left)
    path = reverse("leaving:erase_member", args=[left.pk])
    client = signed_in(world.shop.head)
    assert "For a former member who asks" in client.get(path).text
    assert client.post(path, {}).status_code == 200  # without the tick
    assert Membership.objects.get(pk=left.pk).name == left.name
    for _time in range(2):
        assert client.post(path, {"sure": "on"}).url == reverse("accounts:members")
    gone = Membership.objects.get(pk=left.pk)
    assert (gone.label, gone.user, gone.is_erased) == ("Former person", None, True)
    elsewhere.refresh_from_db()
    note.refresh_from_db()
    assert (elsewhere.label, note.text) == (left.name, "Yours")
    assert User.objects.get(pk=left.user_id).is_active
    history = client.get(reverse("accounts:history")).text
    assert left.name not in history
    assert "Former person" in history


def with_pg_context(member: Membership) -> None:
    """They once changed something of the organisation."""
    with pghistory.context(user=member.user_id, url="/settings/organisation/"):
        member.organisation.region = "SCT"
        member.organisation.save()


def test_one_deletes_ones_own_account(world: World, signed_in_lately):
    user = world.users["former"]
    client = signed_in_lately(user)
    path = reverse("leaving:delete_account")
    assert "Delete my account" in client.get(path).text
    answer = client.post(path, {"sure": "on"})
    assert "Your account is deleted" in answer.text
    assert not User.objects.get(pk=user.pk).is_active
    assert client.get(reverse("today")).status_code == 302
    assert not Session.objects.filter(pk=client.cookies["sessionid"].value).exists()


def test_who_has_a_password_types_it_once_more(world: World, client):
    client.force_login(world.users["former"])
    path = reverse("leaving:delete_account")
    for answer in (client.get(path), client.post(path, {"sure": "on"})):
        assert answer.url == f"{reverse('account_reauthenticate')}?next={path.replace('/', '%2F')}"
    assert User.objects.get(pk=world.users["former"].pk).is_active


def test_who_signs_in_by_code_signs_in_anew(world: World, client):
    user = world.users["former"]
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    path = reverse("leaving:delete_account")
    assert "Sign in by a new code" in client.get(path).text
    assert client.post(path, {"sure": "on"}).status_code == 200
    assert User.objects.get(pk=user.pk).is_active
    answer = client.post(reverse("leaving:again"), {"next": path})
    assert answer.url == f"{reverse('account_request_login_code')}?next={path.replace('/', '%2F')}"
    assert client.get(reverse("today")).status_code == 302  # signed out
    assert "next=%2F&" in f"{signed_out_to('https://evil.example', user)}&"


def signed_out_to(onward: str, user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.post(reverse("leaving:again"), {"next": onward}).url
