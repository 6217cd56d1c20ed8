"""An organisation closes: what stands in the way, the grace, and what is left for the other sides."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from milestones.contracts import running
from milestones.models import Contract, Milestone, Submission, Wish
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.waiting import waiting_for
from outsourcing.conversations import posting
from outsourcing.conversations.errors import MayNotWrite
from outsourcing.conversations.models import Entry, InternalNote, Kind, Thread, Turn
from outsourcing.conversations.posting import Said
from outsourcing.files.models import File
from outsourcing.files.storage import path
from outsourcing.leaving import closing, ending
from outsourcing.leaving.errors import StillNeeded
from outsourcing.notifications import delivery
from outsourcing.notifications.ladders.rules import CLOSING
from outsourcing.notifications.models import Ladder, Mail
from outsourcing.shared.holdings import all_holdings
from tests.access.directory_evidence import picture
from tests.access.world import World
from tests.factories import MailFactory, MembershipFactory, OrganisationFactory, VendorFactory
from tests.leaving.walking import where
from vendors.directory.models import Enquiry, Listing, Note, Reference, Vendor
from vendors.needs.models import Ask
from vendors.sourcing.models import Answer, Brief, Candidate, Decision, Score, Told

LATER = timedelta(days=31)


@pytest.fixture
def idle(db) -> Membership:
    """The owner of a shop that nothing binds."""
    return MembershipFactory(organisation__name="Juniper & Pine", user__name="Theo Marchetti")


def closed(member: Membership, at) -> Organisation:
    """Closed for good, whatever stood in the way."""
    Organisation.objects.filter(pk=member.organisation_id).update(closes_at=at)
    assert closing.end(member.organisation_id, at=at)
    with connection.cursor() as cursor:  # what points to nothing is found now, not at a commit that a test never makes
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return Organisation.objects.get(pk=member.organisation_id)


# ---- What stands in the way ----------------------------------------------------------------------------------------
def test_what_binds_a_shop_is_named_and_ended_first(world: World, signed_in_lately):
    page = signed_in_lately(world.shop.head).get(reverse("leaving:close")).text
    found = {one.title for one in closing.in_the_way(world.shop.organisation)}
    assert found >= {"Running of quillshop", "Offered of quillshop", "Open of quillshop", "Still of quillshop"}
    assert not found & {"Draft of quillshop", "Private of quillshop"}
    assert all(title in page for title in found)
    assert 'name="name"' not in page
    with pytest.raises(StillNeeded, match="Something has to be ended first"):
        closing.close(world.shop.organisation, by=world.shop.head, at=world.at)
    assert not Organisation.objects.get(pk=world.shop.organisation.pk).is_closing


def test_a_vendor_asks_to_be_let_go_and_is_out_of_every_choice(world: World):
    vendor, here = world.vendor, world.shop
    for wish in Wish.objects.open().filter(contract=here.running):
        running.take_back(wish, by=vendor.head, at=world.at)
    assert closing.in_the_way(vendor.organisation) == []
    assert waiting_for(vendor.head, world.at)[0]
    closing.close(vendor.organisation, by=vendor.head, at=world.at)
    wish = Wish.objects.get(contract=here.running, state="open")
    assert (wish.kind, wish.reason) == ("end", "Quillvendor Ltd closes its account here.")
    assert Contract.objects.get(pk=here.running.pk).is_running  # the merchant decides
    assert Contract.objects.get(pk=here.offered.pk).state == "declined"
    assert Candidate.objects.get(pk=here.candidates["open"].pk).stage == "withdrawn"
    assert not Vendor.objects.published().filter(organisation=vendor.organisation).exists()
    assert not Listing.objects.filter(vendor__organisation=vendor.organisation, merchant=None).exists()
    assert waiting_for(Membership.objects.get(pk=vendor.head.pk), world.at)[0] == []  # nobody could do it


def test_what_a_shop_has_asked_of_others_ends(world: World):
    free(world)
    closing.close(world.shop.organisation, by=world.shop.head, at=world.at)
    mine = {"asker": world.shop.organisation}
    assert not Enquiry.objects.unanswered().filter(**mine).exists()
    assert not Ask.objects.unanswered().filter(peer__merchant=world.shop.organisation).exists()
    assert Enquiry.objects.unanswered().filter(asker=world.rival.organisation).exists()


def free(world: World) -> None:
    """Nothing binds the shop any more."""
    mine = {"merchant": world.shop.organisation}
    Brief.objects.filter(**mine).exclude(state="decided").update(
        state="cancelled", cancelled_at=world.at, cancel_reason="x"
    )
    for contract in Contract.objects.filter(**mine, state__in=["active", "suspended", "close_out", "offered"]):
        state = "declined" if contract.state == "offered" else "completed"
        Contract.objects.filter(pk=contract.pk).update(state=state, ended_at=world.at)


# ---- The grace -----------------------------------------------------------------------------------------------------
def test_its_name_is_typed_and_everybody_is_told(idle, signed_in_lately, now):
    other = MembershipFactory(organisation=idle.organisation, roles=["viewer"])
    client, path_ = signed_in_lately(idle), reverse("leaving:close")
    assert "That is not its name" in client.post(path_, {"name": "Juniper"}).text
    assert not Organisation.objects.get(pk=idle.organisation_id).is_closing
    page = client.post(path_, {"name": " juniper  & pine"}, follow=True).text
    assert "It is closing" in page
    assert Organisation.objects.get(pk=idle.organisation_id).closes_at is not None
    mails = Mail.objects.filter(template="organisation_closing")
    assert {mail.address for mail in mails} == {idle.email, other.email}
    assert delivery.unwanted(list(mails)) == {}


def test_nothing_changes_until_it_is_open_again(idle, signed_in_lately, now):
    closing.close(idle.organisation, by=idle, at=now)
    client = signed_in_lately(idle)
    page = client.get(reverse("accounts:organisation"))
    assert "closes on" in page.text
    refused = client.post(reverse("accounts:organisation"), {"name": "Another"})
    assert (refused.status_code, "Nothing was saved" in refused.text) == (409, True)
    assert client.post(reverse("accounts:profile"), {"name": "Theo", "theme": "dark"}).status_code == 302
    assert client.post(reverse("leaving:export")).status_code == 302
    assert client.post(reverse("leaving:open_again")).status_code == 302
    assert not Organisation.objects.get(pk=idle.organisation_id).is_closing
    assert client.post(reverse("leaving:open_again")).status_code == 409
    assert Mail.objects.filter(template="organisation_open_again").count() == 1


def test_no_reminder_goes_and_all_come_back(world: World):
    """Neither side is reminded of what the one owes the other; opened again, it is owed as before."""
    free(world)
    here, at = world.shop.organisation, world.at
    concerned = Ladder.objects.open().filter(organisation=here) | Ladder.objects.open().filter(owed_by=here)
    before = set(concerned.values_list("rule", "subject"))
    assert len(before) > 3
    closing.close(here, by=world.shop.head, at=at)
    assert not concerned.all().exists()
    silenced = set(Ladder.objects.filter(why=str(CLOSING)).values_list("rule", "subject"))
    assert silenced
    assert silenced <= before
    here.refresh_from_db()
    closing.open_again(here, by=world.shop.head, at=at)
    assert set(concerned.all().values_list("rule", "subject")) == silenced


def test_mails_to_its_people_do_not_go(idle, now):
    closing.close(idle.organisation, by=idle, at=now)
    mail = MailFactory(membership=idle, address=idle.email)
    assert delivery.unwanted([mail]) == {mail.pk: "Their organisation is closing."}


def test_the_other_side_is_told_on_its_pages_and_writes_no_more(world: World, signed_in):
    free(world)
    closing.close(world.shop.organisation, by=world.shop.head, at=world.at)
    page = signed_in(world.vendor.head).get(reverse("conversations:thread", args=[world.shop.quiet.pk])).text
    assert "Quillshop Ltd closes its account on" in page
    said = Said(key=uuid4(), text="Anybody?", kind=Kind.MESSAGE)
    with pytest.raises(MayNotWrite, match="answers nothing any more"):
        posting.post(world.shop.quiet, said, by=world.vendor.head, at=world.at)
    with pytest.raises(MayNotWrite):
        posting.start(world.shop.organisation, "New", said, by=world.vendor.head, at=world.at)


# ---- The end -------------------------------------------------------------------------------------------------------
def test_it_ends_when_the_grace_is_over_and_not_before(idle, now):
    closing.close(idle.organisation, by=idle, at=now)
    assert closing.end_due(now + timedelta(days=29)) == 0
    assert closing.end_due(now + LATER) == 1
    assert closing.end_due(now + LATER) == 0
    gone = Organisation.objects.get(pk=idle.organisation_id)
    assert (gone.closed_at, gone.name) == (now + LATER, "Juniper & Pine")
    assert not Membership.objects.joined().filter(organisation=gone).exists()
    told = Mail.objects.get(template="organisation_closed")
    assert (told.address, told.membership) == (idle.email, None)
    with pytest.raises(StillNeeded):
        closing.open_again(gone, by=idle, at=now + LATER)


def test_one_that_fails_keeps_no_other_back(idle, now, monkeypatch):
    other = MembershipFactory(organisation=OrganisationFactory(name="Copper Kettle"))
    for one in (idle, other):
        closing.close(one.organisation, by=one, at=now)
    let_go = ending.let_go

    def failing(keys, **more):
        if idle.organisation_id in keys:
            raise ValueError("no")
        let_go(keys, **more)

    monkeypatch.setattr(ending, "let_go", failing)
    assert closing.end_due(now + LATER) == 1
    assert Organisation.objects.get(pk=idle.organisation_id).closed_at is None
    monkeypatch.undo()
    assert closing.end_due(now + LATER) == 1


def test_a_shops_own_rows_are_gone_and_what_a_vendor_shares_stays(world: World, signed_in):
    here, vendor = world.shop, world.vendor.head
    there = [
        reverse("conversations:thread", args=[here.talk.pk]),
        reverse("milestones:contract", args=[here.running.pk]),
        reverse("milestones:milestone", args=[here.handed.pk]),
        reverse("milestones:check_in", args=[here.checked.pk]),
        reverse("sourcing:answer", args=[here.candidates["open"].pk]),
        reverse("sourcing:result", args=[here.shortlists.told.pk]),
    ]
    client = signed_in(vendor)
    assert [client.get(one).status_code for one in there] == [200] * len(there)
    shared = [Contract, Milestone, Submission, Thread, Entry, Answer, Told]
    before = {model: set(seen(model, vendor)) for model in shared}
    gone = closed(here.head, world.at)
    assert gone.name == "Quillshop Ltd"
    assert {model: set(seen(model, vendor)) for model in shared} == before
    assert [client.get(one).status_code for one in there] == [200] * len(there)
    assert "Quillshop Ltd closed its account" in client.get(there[0]).text
    for holding in all_holdings():
        rows = ending.going(holding, [gone.pk], is_merchant=True)
        assert rows is None or not rows.exists() or holding.name in KEPT, f"{holding.name} is still there"


#: Whose rows stay as far as something that a vendor shares points to them.
KEPT = {"sourcing.brief", "sourcing.gate", "sourcing.question", "sourcing.briefversion"}


def seen(model, acting: Membership):
    return model.objects.visible_to(acting).values_list("pk", flat=True)


def test_nothing_private_of_a_shop_is_left_anywhere(world: World):
    """By its mark, which stands in all that it ever wrote."""
    left = set(where("quillshop"))
    closed(world.shop.head, world.at)
    now = set(where("quillshop"))
    assert now < left
    assert now <= {
        # Its name, and of its people the names of those who wrote in what is shared.
        *("accounts_organisation.name", "accounts_organisationevent.name"),
        *("accounts_membership.name", "accounts_membershipevent.name", "accounts_user.name", "accounts_user.email"),
        "account_emailaddress.email",
        # What both had.
        *("conversations_thread.subject", "conversations_entry.text", "conversations_entry.search"),
        *("milestones_contract.title", "milestones_contract.scope", "milestones_contractevent.title"),
        *("milestones_contractevent.scope", "milestones_offer.text", "milestones_milestone.title"),
        *("milestones_milestoneevent.title", "milestones_suspension.reason", "milestones_historyline.details"),
        *("milestones_measure.name", "milestones_checkin.words"),
        *("sourcing_brief.title", "sourcing_briefevent.title", "sourcing_briefversion.content"),
        *("directory_evidencerequest.message", "directory_requesteditem.detail"),
        *("sourcing_gate.text", "sourcing_gateevent.text", "sourcing_told.text", "sourcing_clarification.text"),
        # What its people have elsewhere, and what we tell them of the end.
        *("accounts_membership.email", "accounts_membershipevent.email", "mfa_authenticator.data"),
        *("notifications_mail.address", "notifications_mail.subject", "notifications_mail.text"),
        "notifications_mail.html",
    }, sorted(now)
    assert not any(word in " ".join(where("a hunch at quillshop")) for word in ["milestones"])


def test_its_people_keep_their_names_beside_what_they_wrote_and_nothing_else(world: World):
    owner = world.shop.head
    silent = MembershipFactory(organisation=owner.organisation, user__name="Sila Silent", phone="0117 000")
    Membership.objects.filter(pk=owner.pk).update(phone="0117 111")
    closed(owner, world.at)
    assert not Membership.objects.filter(pk=silent.pk).exists()
    now = Membership.objects.get(pk=owner.pk)
    assert (now.name, now.phone, now.email) == (owner.name, "", f"erased-{owner.pk}@erased.invalid")
    assert now.user.is_active  # their account is theirs


def test_vendors_that_it_alone_wrote_down_go_with_it(world: World):
    here = world.shop
    alone = VendorFactory(organisation__name="Backyard Freight", private_to=here.organisation)
    Note.objects.create(vendor=alone, merchant=here.organisation, author=here.head, text="x", created_at=world.at)
    MembershipFactory(organisation=alone.organisation, user=None, email="ann@backyard.example", name="Ann Backyard")
    closed(here.head, world.at)
    assert where("Backyard") == []


def test_files_to_which_nothing_points_any_more_go(world: World, django_capture_on_commit_callbacks):
    here = world.shop
    note = InternalNote.objects.filter(organisation=here.organisation).first()
    kept = File.objects.get(pk=here.document.file_id)
    upload = posting.kept([SimpleUploadedFile("a.png", picture())], by=here.head, at=world.at)[0]
    note.attachments.create(file=upload)
    with django_capture_on_commit_callbacks(execute=True):
        closed(here.head, world.at)
    assert not File.objects.filter(pk=upload.pk).exists()
    assert not path(upload.key).exists()
    assert path(kept.key).exists()


def test_a_vendors_own_rows_are_gone_and_shops_keep_what_they_had(world: World, signed_in):
    shop, head = world.shop.head, world.vendor.head
    Vendor.objects.filter(organisation=head.organisation).update(description="Canary of the vendor")
    shared = [Contract, Milestone, Submission, Thread, Entry, Answer, Score, Reference, Decision, Note]
    before = {model: set(seen(model, shop)) for model in shared}
    gone = closed(head, world.at)
    assert {model: set(seen(model, shop)) for model in shared} == before
    assert where("Canary of the vendor") == []
    assert not InternalNote.objects.filter(organisation=gone).exists()
    assert not Turn.objects.open().filter(thread__vendor=gone).exists()
    client = signed_in(shop)
    page = client.get(reverse("directory:vendor", args=[gone.vendor.pk])).text
    assert "Quillvendor Ltd closed its account" in page
    assert client.get(reverse("milestones:contract", args=[world.shop.running.pk])).status_code == 200


def test_when_the_second_side_closes_what_they_shared_goes_too(world: World):
    closed(world.shop.head, world.at)
    closed(world.vendor.head, world.at)
    pair = {"merchant": world.shop.organisation, "vendor": world.vendor.organisation}
    assert not Thread.objects.filter(**pair).exists()
    assert not Contract.objects.filter(**pair).exists()
    assert not Candidate.objects.filter(brief__merchant=world.shop.organisation).exists()
    assert Thread.objects.filter(merchant=world.rival.organisation).exists()


def test_a_rival_loses_nothing(world: World):
    """Not a row of anybody else's, whichever model it is of."""
    rival = world.rival.head
    rows = {
        holding.name: set(theirs.values_list("pk", flat=True))
        for holding in all_holdings()
        if (q := holding.of([rival.organisation_id], is_merchant=True)) is not None
        and (theirs := holding.model._base_manager.filter(q)) is not None
    }
    closed(world.shop.head, world.at)
    for holding in all_holdings():
        if holding.name in rows:
            q = holding.of([rival.organisation_id], is_merchant=True)
            now = set(holding.model._base_manager.filter(q).values_list("pk", flat=True))
            assert now == rows[holding.name], holding.name
