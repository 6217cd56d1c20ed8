"""People without an account are erased: by their own link, or by the shop that asked them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from outsourcing.notifications.models import Mail, OptOut, Recipient
from outsourcing.shared.holdings import ADDRESS
from tests.access.world import World
from tests.leaving.planting import plant
from tests.leaving.walking import where
from vendors.directory.enquiries import answering, asking, erasing
from vendors.directory.enquiries.links import token_of
from vendors.directory.holdings import ENQUIRY, PARTNER, REFERENCE, TESTIMONIAL
from vendors.directory.holdings import WORDS as REFERENCE_WORDS
from vendors.directory.models import Enquiry, Partner, Reference, ReferenceAnswer
from vendors.directory.models import Testimonial as Quoted
from vendors.needs.holdings import PEER, WORDS
from vendors.needs.models import Ask, Opinion, Peer
from vendors.needs.peers import answering as peers
from vendors.needs.peers.links import token_of as peers_token


def known_by_mail(address: str, at) -> None:
    """What a mail server and a reader said of an address."""
    Recipient.objects.create(address=address)
    OptOut.objects.create(address=address, category="evidence", at=at)


# ---- Referees ------------------------------------------------------------------------------------------------------
def test_a_referee_leaves_nothing_behind(world: World, client):
    """By one link, whatever this shop asked them about: each registered column has a word of its own before."""
    here = world.shop
    enquiry, reference = here.answered_enquiry, here.answered_reference
    known_by_mail(enquiry.email, world.at)
    for about in (world.vendor.quoted, world.vendor.carrier):
        type(about).objects.filter(pk=about.pk).update(email=enquiry.email)
        asking.ask(type(about).objects.get(pk=about.pk), by=here.head, at=world.at, email=enquiry.email)
    keys = {
        ENQUIRY: [enquiry.pk], REFERENCE: [reference.pk], REFERENCE_WORDS: [reference.pk],
        TESTIMONIAL: [world.vendor.quoted.pk], PARTNER: [world.vendor.carrier.pk], ADDRESS: [enquiry.email],
    }  # fmt: skip
    words, bare = plant({kind: some for kind, some in keys.items() if kind != ADDRESS})
    assert bare == []
    assert len(words) > 15
    # These two are what the statements are known by.
    for about in (world.vendor.quoted, world.vendor.carrier):
        type(about).objects.filter(pk=about.pk).update(email=enquiry.email)
    Enquiry.objects.filter(pk=enquiry.pk).update(email=enquiry.email)
    Reference.objects.filter(pk=reference.pk).update(email=enquiry.email)
    for _time in range(2):
        client.post(reverse("directory:erase_enquiry", args=[token_of(enquiry)]))
        assert {word: where(word) for word in words if where(word)} == {}
        assert where(enquiry.email) == where("Spoke for Quillshop") == []
    assert Quoted.objects.get(pk=world.vendor.quoted.pk).quote == "Never late."
    assert Partner.objects.get(pk=world.vendor.carrier.pk).name == "Swift Post"
    assert ReferenceAnswer.objects.get(reference=reference).withdrawn_at is not None
    # Of another, and by another shop, nothing has changed.
    assert Reference.objects.get(pk=here.referee.pk).name == "Referee of quillshop"
    assert Reference.objects.get(pk=world.rival.answered_reference.pk).name == "Spoke for quillfoe"


@pytest.mark.parametrize("how", ["open", "declined", "revoked", "expired", "withdrawn"])
def test_a_link_erases_however_it_stands(world: World, client, how: str):
    enquiry = world.shop.asked_enquiry
    if how == "declined":
        answering.decline(enquiry, reason="No", at=world.at)
    elif how == "revoked":
        asking.revoke(enquiry, at=world.at)
    elif how == "expired":
        Enquiry.objects.filter(pk=enquiry.pk).update(expires_at=world.at - timedelta(days=400))
    elif how == "withdrawn":
        enquiry = world.shop.answered_enquiry
        answering.withdraw(enquiry, at=world.at)
    path = reverse("directory:enquiry", args=[token_of(enquiry)])
    assert "Delete my name and address" in client.get(path).text
    client.post(reverse("directory:erase_enquiry", args=[token_of(enquiry)]))
    assert where(enquiry.email) == where(enquiry.name) == []
    page = client.get(path)
    assert (page.status_code, "keeps neither your name nor your address" in page.text) == (410, True)
    assert "erased" not in page.text


def test_an_open_question_ends_and_the_shop_is_told_without_a_name(world: World, client):
    enquiry = world.shop.asked_enquiry
    client.post(reverse("directory:erase_enquiry", args=[token_of(enquiry)]))
    told = Mail.objects.get(occurrence=f"enquiry-declined:{enquiry.pk}")
    assert (told.address, "Somebody whom you asked" in told.text) == (world.shop.head.email, True)
    assert Mail.objects.get(occurrence=f"enquiry:{enquiry.pk}").state == "cancelled"
    assert Reference.objects.get(pk=world.shop.referee.pk).state == "declined"


def test_a_shop_erases_for_them_and_what_they_said_stays(world: World, signed_in):
    here = world.shop
    path = reverse("directory:erase_reference", args=[here.answered_reference.pk])
    client = signed_in(here.head)
    assert "What they said stays" in client.get(path).text
    client.post(path)
    assert where("Spoke for Quillshop") == where("spoke@quillshopref") == []
    answer = ReferenceAnswer.objects.get(reference=here.answered_reference)
    assert (answer.text, answer.withdrawn_at) == ("Words for quillshop", None)
    page = client.get(reverse("directory:reference", args=[here.answered_reference.pk])).text
    assert "Name deleted" in page
    assert "Words for quillshop" in page
    assert "Delete their name" not in page


def test_another_shop_that_asked_the_same_person_keeps_what_is_its_own(world: World, client):
    mine, theirs = world.shop.asked_enquiry, world.rival.asked_enquiry
    address = mine.email
    Enquiry.objects.filter(pk=theirs.pk).update(email=address)
    known_by_mail(address, world.at)
    erasing.erase_by_link(mine, at=world.at)
    assert Enquiry.objects.get(pk=theirs.pk).email == address
    assert OptOut.objects.filter(address=address).exists()  # whoever wants no mails still wants none
    assert not Enquiry.objects.filter(email=address, asker=world.shop.organisation).exists()


# ---- Peers ---------------------------------------------------------------------------------------------------------
def test_a_peer_leaves_nothing_behind(world: World, client):
    ask = world.shop.spoke_peer
    peer = Peer.objects.get(pk=ask.peer_id)
    known_by_mail(peer.email, world.at)
    words, bare = plant({PEER: [peer.pk], WORDS: [peer.pk]})
    assert bare == []
    assert len(words) == 6
    Peer.objects.filter(pk=peer.pk).update(email=peer.email)
    for _time in range(2):
        client.post(reverse("needs:erase_ask", args=[peers_token(ask)]))
        assert {word: where(word) for word in words if where(word)} == {}
        assert where(peer.email) == where("Spoke by Quillshop") == []
    assert not Opinion.objects.current().filter(peer=peer).exists()
    assert Peer.objects.get(pk=world.rival.spoke_peer.peer_id).name == "Spoke by quillfoe"


@pytest.mark.parametrize("how", ["open", "declined", "revoked", "expired", "withdrawn"])
def test_a_peers_link_erases_however_it_stands(world: World, client, how: str):
    ask = world.shop.asked_peer
    if how == "declined":
        peers.decline(ask, at=world.at)
    elif how == "revoked":
        Ask.objects.filter(pk=ask.pk).update(revoked_at=world.at)
    elif how == "expired":
        Ask.objects.filter(pk=ask.pk).update(expires_at=world.at - timedelta(days=400))
    elif how == "withdrawn":
        ask = world.shop.spoke_peer
        peers.withdraw(ask, erase=False, at=world.at)
    peer = Peer.objects.get(pk=ask.peer_id)
    path = reverse("needs:ask", args=[peers_token(ask)])
    assert "Delete my name and address" in client.get(path).text
    client.post(reverse("needs:erase_ask", args=[peers_token(ask)]))
    assert where(peer.email) == []
    others = ("accounts_", "directory_")  # an organisation and a referee who are called alike
    assert not [one for one in where(peer.name) if not one.startswith(others)]
    page = client.get(path)
    assert (page.status_code, "keeps neither your name nor your address" in page.text) == (410, True)


def test_what_a_peer_said_stays_where_the_shop_erases_for_them(world: World):
    ask = world.shop.spoke_peer
    peers.erase_peer(ask.peer, at=world.at)
    assert where(ask.peer.email) == []
    assert Opinion.objects.current().get(peer=ask.peer).comment == "Words for quillshop"
