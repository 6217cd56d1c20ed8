"""Evidence is written down, changed and taken back by whose it is, and by nobody else."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Role
from tests.factories import MembershipFactory, VendorFactory
from vendors.directory.evidence import actions
from vendors.directory.models import (
    Certificate,
    Enquiry,
    FacetValue,
    Level,
    Listing,
    Partner,
    RequestedItem,
    WorkSample,
)
from vendors.directory.models import Testimonial as Quoted

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
WORDS = {"quote": "They never lose a box", "company": "Acme"}
INVISIBLE = "\u200b\u2060\ufeff"


@pytest.fixture
def known(manager):
    """The published vendor of the manager."""
    return VendorFactory(organisation=manager.organisation)


def add(kind, vendor):
    return reverse("directory:add_evidence", args=[vendor.pk, kind])


def of(verb, kind, piece):
    return reverse(f"directory:{verb}_evidence", args=[kind, piece.pk])


def tab(vendor, kind):
    return reverse("directory:vendor", args=[vendor.pk]) + f"?show={kind}"


# ---- Adding --------------------------------------------------------------------------------------------------------
def test_a_merchants_piece_is_its_own_alone(known, owner, rival, manager, signed_in):
    assertRedirects(signed_in(owner).post(add("testimonials", known), WORDS), tab(known, "testimonials"))
    piece = Quoted.objects.get()
    assert (piece.merchant, piece.is_shared, piece.created_by) == (owner.organisation, False, owner)
    assertContains(signed_in(owner).get(tab(known, "testimonials")), WORDS["quote"])
    for other in (rival, manager):
        assertNotContains(signed_in(other).get(tab(known, "testimonials")), WORDS["quote"])
    [own] = Listing.objects.filter(vendor=known, merchant=owner.organisation)
    assert own.testimonials == 1
    assert Listing.objects.get(vendor=known, merchant=None).testimonials == 0


def test_a_vendors_word_is_read_by_all_and_proves_nothing(known, manager, rival, signed_in):
    data = WORDS | {"level": "4", "merchant": str(rival.organisation_id), "is_shared": "on"}
    assertRedirects(signed_in(manager).post(add("testimonials", known), data), tab(known, "testimonials"))
    piece = Quoted.objects.get()
    assert (piece.merchant, piece.level, piece.is_shared) == (None, Level.SAID, False)
    assertContains(signed_in(rival).get(tab(known, "testimonials")), WORDS["quote"])
    assert Listing.objects.get(vendor=known, merchant=None).testimonials == 1


def test_a_vendor_that_has_not_proven_itself_says_nothing_here(owner, signed_in):
    vendor = VendorFactory(private_to=owner.organisation)
    manager = MembershipFactory(organisation=vendor.organisation, roles=[Role.MANAGER])
    assert signed_in(manager).post(add("testimonials", vendor), WORDS).status_code == 409
    assert not Quoted.objects.exists()


def test_what_is_added_while_a_vendor_is_merged_goes_to_the_one_that_is_left(known, owner):
    left = VendorFactory()
    type(known).objects.filter(pk=known.pk).update(merged_into=left)
    actions.add(Quoted(**WORDS), to=known, by=owner, at=AT)  # the page was asked for before
    assert Quoted.objects.get().vendor == left
    assert Listing.objects.get(vendor=left, merchant=owner.organisation).testimonials == 1


def test_each_kind_says_its_level_by_what_is_there(known, owner, manager, signed_in):
    value = FacetValue.objects.get(facet="certificate", slug="iso-9001")
    signed_in(manager).post(add("certificates", known), {"value": value.pk, "checked_on": "2026-01-02"})
    theirs = Certificate.objects.get()
    assert (theirs.name, theirs.level, theirs.checked_on) == (value.name, Level.SAID, None)
    page = signed_in(owner).get(add("certificates", known), {"from": theirs.pk})
    assertContains(page, f'<option value="{value.pk}" selected>')
    signed_in(owner).post(add("certificates", known), {"value": value.pk, "checked_on": "2026-01-02"})
    ours = Certificate.objects.get(merchant=owner.organisation)
    theirs.refresh_from_db()
    assert (ours.level, theirs.level) == (Level.CONFIRMED, Level.SAID)
    signed_in(owner).post(add("samples", known), {"title": "A bowl", "arrived_on": "2026-01-02"})
    signed_in(owner).post(add("samples", known), {"title": "A film", "url": "https://acme.example/film"})
    assert dict(WorkSample.objects.values_list("form", "level")) == {"physical": Level.SEEN, "link": Level.SAID}


def test_a_certificate_of_another_is_not_copied(known, owner, rival, signed_in):
    secret = Certificate.objects.create(
        vendor=known, merchant=rival.organisation, name="Canary paper", number="canary", created_at=AT
    )
    for named in (secret.pk, "x", "-1", 10**30, ""):
        page = signed_in(owner).get(add("certificates", known), {"from": named})
        assertNotContains(page, "anary")


@pytest.mark.parametrize("kind", ["references", "nonsense", "x" * 500])
def test_an_unknown_kind_is_no_page(kind, known, owner, signed_in):
    for address in (add(kind, known), f"/evidence/{kind}/{known.pk}/edit/", f"/evidence/{kind}/{known.pk}/remove/"):
        assert signed_in(owner).get(address).status_code == 404
    if kind != "references":
        assert signed_in(owner).get(reverse("directory:evidence", args=[known.pk, kind])).status_code == 404


# ---- Bad input -----------------------------------------------------------------------------------------------------
BAD = [
    ("testimonials", WORDS | {"url": "javascript:alert(1)"}, "url"),
    ("testimonials", WORDS | {"quote": INVISIBLE}, "quote"),
    ("testimonials", WORDS | {"quote": "a\x00b"}, "quote"),
    ("testimonials", WORDS | {"quote": "a" * 5001}, "quote"),
    ("testimonials", WORDS | {"company": INVISIBLE}, "company"),
    ("testimonials", WORDS | {"company": "a" * 5000}, "company"),
    ("testimonials", WORDS | {"said_on": "2999-01-01"}, "said_on"),
    ("testimonials", WORDS | {"said_on": "0026-01-01"}, "said_on"),
    ("testimonials", WORDS | {"said_on": "yesterday"}, "said_on"),
    ("testimonials", WORDS | {"email": "nobody"}, "email"),
    ("samples", {"title": "A box"}, "attachments"),
    ("samples", {"title": INVISIBLE, "url": "https://a.example"}, "title"),
    ("samples", {"title": "A box", "url": "ftp://a.example/box"}, "url"),
    ("samples", {"title": "A box", "url": "https://a.example", "arrived_on": "2026-01-02"}, "arrived_on"),
    ("samples", {"title": "A box", "url": "https://a.example", "made_on": "0026-11-02"}, "made_on"),
    ("partners", {"name": "Acme", "kind": "friend"}, "kind"),
    ("partners", {"name": "Acme", "kind": "client", "since": "99999999999"}, "since"),
    ("partners", {"name": "Acme", "kind": "client", "since": "26"}, "since"),
    ("partners", {"name": "Acme", "kind": "client", "website": "data:text/html,x"}, "website"),
    ("partners", {"name": " \t ", "kind": "client"}, "name"),
    ("certificates", {}, "name"),
    ("certificates", {"name": INVISIBLE}, "name"),
    ("certificates", {"value": "9" * 30}, "value"),
    ("certificates", {"value": "x"}, "value"),
    ("certificates", {"name": "ISO", "issued_on": "2026-02-02", "expires_on": "2026-02-01"}, "expires_on"),
    ("certificates", {"name": "ISO", "expires_on": "0026-02-01"}, "expires_on"),
    ("certificates", {"name": "ISO", "checked_on": "2999-02-01"}, "checked_on"),
]


@pytest.mark.parametrize(("kind", "data", "field"), BAD)
def test_bad_input_is_named_and_keeps_nothing(kind, data, field, known, owner, signed_in):
    page = signed_in(owner).post(add(kind, known), data)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not any(model.objects.exists() for model in (Quoted, WorkSample, Partner, Certificate))


# ---- Changing and taking back --------------------------------------------------------------------------------------
def quoted(vendor, member, **fields):
    merchant = member.organisation if member.organisation.is_merchant else None
    words = WORDS | {"vendor": vendor, "merchant": merchant, "created_by": member, "created_at": AT}
    return Quoted.objects.create(**words | fields)


def test_only_whose_it_is_changes_it(known, owner, rival, manager, viewer, signed_in):
    ours, theirs = quoted(known, owner), quoted(known, manager)
    answers = {owner: (200, 403), rival: (404, 403), manager: (404, 200), viewer: (403, 403)}
    for member, expected in answers.items():
        for verb in ("edit", "remove"):
            got = tuple(signed_in(member).get(of(verb, "testimonials", one)).status_code for one in (ours, theirs))
            assert got == expected, (member, verb)


def test_a_change_is_kept(known, owner, signed_in):
    piece = quoted(known, owner)
    data = WORDS | {"quote": "They lost one box", "said_on": "2026-01-02"}
    assertRedirects(signed_in(owner).post(of("edit", "testimonials", piece), data), tab(known, "testimonials"))
    piece.refresh_from_db()
    assert (piece.quote, piece.said_on, piece.created_at) == ("They lost one box", date(2026, 1, 2), AT)


@pytest.mark.parametrize(("change", "level"), [({"quote": "Other words"}, 0), ({"url": "https://acme.example"}, 3)])
def test_other_words_than_those_confirmed_are_confirmed_no_more(change, level, known, manager, signed_in):
    piece = quoted(known, manager, level=3, confirmed_at=AT)
    question = Enquiry.objects.create(
        purpose="testimonial",
        testimonial=piece,
        asker=manager.organisation,
        asked_by=manager,
        email="jo@acme.example",
        created_at=AT,
        expires_at=AT,
    )
    signed_in(manager).post(of("edit", "testimonials", piece), WORDS | change)
    piece.refresh_from_db()
    question.refresh_from_db()
    assert (piece.level, piece.confirmed_at is None, question.revoked_at is None) == (level, level == 0, level == 3)


def test_what_is_taken_back_keeps_its_row_and_counts_no_more(known, manager, rival, signed_in):
    piece = quoted(known, manager)
    client = signed_in(manager)
    assertContains(client.get(of("remove", "testimonials", piece)), "Take back")
    piece.refresh_from_db()
    assert piece.removed_at is None
    assertRedirects(client.post(of("remove", "testimonials", piece)), tab(known, "testimonials"))
    piece.refresh_from_db()
    assert piece.removed_at is not None
    assert Listing.objects.get(vendor=known, merchant=None).testimonials == 0
    assertNotContains(signed_in(rival).get(tab(known, "testimonials")), WORDS["quote"])
    for verb in ("edit", "remove"):
        assert client.get(of(verb, "testimonials", piece)).status_code == 404


def test_what_the_vendor_sent_is_taken_back_and_not_rewritten(known, owner, manager, signed_in):
    request = known.evidence_requests.create(merchant=owner.organisation, asked_by=owner, asked_at=AT)
    item = RequestedItem.objects.create(request=request, kind="testimonials")
    sent = quoted(known, owner, created_by=manager, item=item)
    page = signed_in(owner).get(tab(known, "testimonials"))
    assertContains(page, "Sent to you by the vendor")
    assertNotContains(page, of("edit", "testimonials", sent))
    assert signed_in(owner).post(of("edit", "testimonials", sent), WORDS).status_code == 409
    assert signed_in(manager).get(of("edit", "testimonials", sent)).status_code == 403
    assert signed_in(owner).post(of("remove", "testimonials", sent)).status_code == 302
