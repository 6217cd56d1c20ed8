"""What a merchant keeps to itself about a vendor: and neither a rival nor the vendor ever reads it."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Role
from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.keeping.kept import marks_of
from vendors.directory.models import Note, Relationship, Tag, Tagging, Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def about(manager) -> Vendor:
    """A published vendor whose manager reads along."""
    return VendorFactory(organisation=manager.organisation)


@pytest.fixture
def buyer(shop):
    return MembershipFactory(organisation=shop, user__name="Nadia Usman", roles=[Role.BUYER])


def to(name: str, pk: int) -> str:
    return reverse(f"directory:{name}", args=[pk])


def noted(vendor: Vendor, author, text: str = "They were late") -> Note:
    return Note.objects.create(
        vendor=vendor, merchant=author.organisation, author=author, text=text, created_at=vendor.added_at
    )


# ---- Notes ---------------------------------------------------------------------------------------------------------
def test_a_note_is_edited_and_keeps_author_and_time(buyer, about, signed_in):
    note = noted(about, buyer)
    client = signed_in(buyer)
    assertContains(client.get(to("edit_note", note.pk)), "They were late")
    assertRedirects(client.post(to("edit_note", note.pk), {"text": "They were early"}), to("vendor", about.pk))
    page = client.get(to("vendor", about.pk))
    for shown in ("They were early", "edited", "Nadia Usman", "2 Nov 2026, 09:00"):
        assertContains(page, shown)
    note.refresh_from_db()
    assert (note.author, note.created_at) == (buyer, about.added_at)


def test_saving_the_same_words_edits_nothing(buyer, about, signed_in):
    note = noted(about, buyer)
    signed_in(buyer).post(to("edit_note", note.pk), {"text": note.text})
    note.refresh_from_db()
    assert note.edited_at is None


@pytest.mark.parametrize("text", ["", "  ", "x" * 5001, "\x00"])
def test_words_that_are_none_or_too_many_are_refused(text, buyer, about, signed_in):
    note = noted(about, buyer)
    assertContains(signed_in(buyer).post(to("edit_note", note.pk), {"text": text}), "is-invalid")
    note.refresh_from_db()
    assert note.text == "They were late"


@pytest.mark.parametrize("verb", ["edit_note", "remove_note"])
def test_an_owner_may_a_colleague_may_not_and_a_rival_meets_nothing(
    verb, owner, buyer, rival, manager, about, signed_in
):
    note = noted(about, owner)
    for member, status in [(buyer, 403), (rival, 404), (manager, 404)]:
        assert signed_in(member).post(to(verb, note.pk), {"text": "Changed"}).status_code == status
    assert Note.objects.get() == note
    others = noted(about, buyer, "Hers")
    assert signed_in(owner).post(to(verb, others.pk), {"text": "Changed"}).status_code == 302
    assert not Note.objects.filter(text="Hers").exists()


def test_a_colleagues_note_offers_no_button(owner, buyer, about, signed_in):
    note = noted(about, owner)
    assertNotContains(signed_in(buyer).get(to("vendor", about.pk)), to("edit_note", note.pk))
    assertContains(signed_in(owner).get(to("vendor", about.pk)), to("edit_note", note.pk))


# ---- Tags ----------------------------------------------------------------------------------------------------------
def test_a_tag_is_put_on_once_whatever_its_case(owner, about, signed_in):
    client = signed_in(owner)
    for name in ("Good with candles", "  good with CANDLES "):
        assertRedirects(client.post(to("add_tag", about.pk), {"name": name}), to("vendor", about.pk))
    assert Tag.objects.get().name == "Good with candles"
    assert Tagging.objects.count() == 1
    assertContains(client.get(to("vendor", about.pk)), "Take the tag Good with candles off")


def test_own_tags_are_suggested_and_nobody_elses(owner, rival, about, signed_in):
    other = VendorFactory()
    signed_in(owner).post(to("add_tag", other.pk), {"name": "Ours"})
    signed_in(rival).post(to("add_tag", other.pk), {"name": "Theirs"})
    page = signed_in(owner).get(to("vendor", about.pk))
    assertContains(page, '<option value="Ours">')
    assertNotContains(page, "Theirs")


def test_two_merchants_may_use_the_same_word(owner, rival, about, signed_in):
    for member in (owner, rival):
        assert signed_in(member).post(to("add_tag", about.pk), {"name": "Steady"}).status_code == 302
    assert Tag.objects.count() == 2


def test_a_tag_is_taken_off_and_forgotten_with_its_last_vendor(owner, about, signed_in):
    client, other = signed_in(owner), VendorFactory()
    for vendor in (about, other):
        client.post(to("add_tag", vendor.pk), {"name": "Steady"})
    tag = Tag.objects.get()
    client.post(to("remove_tag", about.pk), {"tag": tag.pk})
    assert list(tag.vendors.all()) == [other]
    client.post(to("remove_tag", other.pk), {"tag": tag.pk})
    assert not Tag.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "9" * 30, "\x00"])
def test_no_such_tag_is_404(number, owner, about, signed_in):
    assert signed_in(owner).post(to("remove_tag", about.pk), {"tag": number}).status_code == 404


@pytest.mark.parametrize("name", ["", " ", "\u200b", "x" * 41, "a\x00b"])
def test_a_tag_that_cannot_be_read_is_refused(name, owner, about, signed_in):
    response = signed_in(owner).post(to("add_tag", about.pk), {"name": name})
    assert response.status_code == 422
    assert not Tag.objects.exists()


def test_twenty_tags_are_enough(owner, about, signed_in):
    for number in range(20):
        tag = Tag.objects.create(merchant=owner.organisation, name=f"Word {number}")
        Tagging.objects.create(tag=tag, vendor=about)
    response = signed_in(owner).post(to("add_tag", about.pk), {"name": "One more"})
    assertContains(response, "20 tags at most", status_code=422)
    assert signed_in(owner).post(to("add_tag", about.pk), {"name": "WORD 3"}).status_code == 302


# ---- How they stand ------------------------------------------------------------------------------------------------
def test_how_one_stands_is_said_and_said_anew(owner, about, signed_in):
    client = signed_in(owner)
    for status in ("active", "former"):
        client.post(to("set_status", about.pk), {"status": status})
        assert Relationship.objects.get().status == status
    assertContains(client.get(to("vendor", about.pk)), '<option value="former" selected>')


@pytest.mark.parametrize("status", ["", "blocked", "friend"])
def test_no_other_word_is_taken(status, owner, about, signed_in):
    assert signed_in(owner).post(to("set_status", about.pk), {"status": status}).status_code == 422
    assert not Relationship.objects.exists()


def test_a_block_is_taken_back_before_anything_else(owner, shop, signed_in):
    own = VendorFactory(private_to=shop)
    client = signed_in(owner)
    client.post(to("block", own.pk), {"reason": "Broke the vases"})
    refused = client.post(to("set_status", own.pk), {"status": "active"})
    assertContains(refused, "Broke the vases. Take the block back first.", status_code=422)
    assertContains(client.get(to("invite", own.pk)), "You have blocked", status_code=409)
    assert client.post(to("invite", own.pk), {"email": "a@b.example"}).status_code == 409
    client.post(to("unblock", own.pk))
    assert client.get(to("invite", own.pk)).status_code == 200


# ---- Nobody else ---------------------------------------------------------------------------------------------------
def test_neither_a_rival_nor_the_vendor_reads_any_of_it(owner, viewer, rival, manager, about, signed_in):
    client = signed_in(owner)
    client.post(to("add_note", about.pk), {"text": "canary-note"})
    client.post(to("add_tag", about.pk), {"name": "canary-tag"})
    client.post(to("block", about.pk), {"reason": "canary-block"})
    seen = ("canary-note", "canary-tag", "canary-block")
    for one in seen:
        assertContains(signed_in(viewer).get(to("vendor", about.pk)), one)
    for member in (rival, manager):
        page = signed_in(member).get(to("vendor", about.pk))
        for one in (*seen, "canary", "Blocked", owner.name):
            assertNotContains(page, one)


def test_marks_for_a_list_are_the_merchants_own_in_one_query(owner, rival, manager, about, django_assert_num_queries):
    tag = Tag.objects.create(merchant=owner.organisation, name="Steady")
    Tagging.objects.create(tag=tag, vendor=about)
    RelationshipFactory(
        vendor=about, merchant=owner.organisation, status="blocked", blocked_reason="x", blocked_at=about.added_at
    )
    others = [VendorFactory() for _ in range(3)]
    with django_assert_num_queries(1):
        marks = marks_of([about.pk, *[one.pk for one in others]], owner)
    assert list(marks) == [about.pk]
    assert (marks[about.pk].is_blocked, [one.name for one in marks[about.pk].tags]) == (True, ["Steady"])
    assert marks_of([about.pk], rival) == {}
    assert marks_of([about.pk], manager) == {}
