"""A vendor answers in its portal, item by item; what it hands over is seen by the merchant that asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.files.models import File
from tests.directory.requests.conftest import JUDGED, NOW, REFEREE, at
from tests.factories import VendorFactory
from tests.files.conftest import on_disk, picture, upload
from vendors.directory.models import Listing, Partner, Pick, Reference, RequestedItem, WorkSample
from vendors.directory.requests import answering

pytestmark = pytest.mark.django_db
QUOTE = {"quote": "Our peak went without a hitch.", "company": "Fenwick Mugs", "person": "Jo Marsh"}


def path_of(item: RequestedItem) -> str:
    return f"{at('answer', item.request)}#item-{item.pk}"


# ---- Each kind -----------------------------------------------------------------------------------------------------
def test_a_referee_is_named_for_this_merchant(item, contact, owner, signed_in):
    response = signed_in(contact).post(at("answer_add", item("referees")), REFEREE)
    assertRedirects(response, path_of(item("referees")), fetch_redirect_response=False)
    named = Reference.objects.get()
    assert (named.merchant, named.named_by, named.item) == (owner.organisation, "vendor", item("referees"))
    assert (named.name, named.email, named.relation) == ("Maren Holt", "maren@ember-ceramics.example", "former")
    assert (named.has_consented, named.state, named.created_by) == (True, "named", contact)
    assert item("referees").state == "asked"  # more may come


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("agreed", ""),
        ("name", ""),
        ("name", "\u200b"),
        ("name", "x" * 5000),
        ("company", " "),
        ("email", "nobody"),
        ("email", ""),
        ("relation", ""),
        ("relation", "cousin"),
        ("phone", "1\x002"),
    ],
)
def test_a_referee_is_refused_without_what_is_needed(field, value, item, manager, signed_in):
    response = signed_in(manager).post(at("answer_add", item("referees")), REFEREE | {field: value})
    assertContains(response, "is-invalid", status_code=422)
    assert not Reference.objects.exists()


def test_it_warns_unless_one_is_a_former_client(item, owner, manager, signed_in):
    RequestedItem.objects.update(wants_former=True)
    client, page = signed_in(manager), at("answer", item("referees").request)
    client.post(at("answer_add", item("referees")), REFEREE | {"relation": "current"})
    assertContains(client.get(page), "asks for a former client too")
    assertContains(signed_in(owner).get(at("request", item("referees").request)), "None of them is a former client")
    client.post(at("answer_add", item("referees")), REFEREE | {"name": "Jo", "email": "jo@fenwick.example"})
    assertNotContains(client.get(page), "asks for a former client too")


def test_several_pictures_and_links_come_at_once(item, manager, owner, signed_in, files_dir):
    body = {
        "uploads": [upload(picture("HEIF"), "bench.heic"), upload(picture("PNG"), "box.png")],
        "links": "https://palletandpost.example/work\n\nhttp://other.example/a?b=1\n",
        "title": "Kitting",
    }
    signed_in(manager).post(at("answer_add", item("samples")), body)
    assert sorted(WorkSample.objects.values_list("title", flat=True)) == [
        "Kitting: bench",
        "Kitting: box",
        "Kitting: other.example/a",
        "Kitting: palletandpost.example/work",
    ]
    assert set(WorkSample.objects.values_list("merchant", flat=True)) == {owner.organisation_id}
    assert set(File.objects.values_list("content_type", flat=True)) == {"image/jpeg", "image/png"}
    assert len(on_disk(files_dir)) == 4  # each with its thumbnail


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"links": "javascript:alert(1)"},
        {"links": "https://fine.example\nftp://no.example"},
        {"links": "https://" + "x" * 600 + ".example"},
        {"links": "\n".join(f"https://a{number}.example" for number in range(21))},
        {"uploads": [upload(b"<html><script>alert(1)</script>", "page.png")]},
        {"uploads": [upload(picture()) for _ in range(9)]},
        {"uploads": [upload(picture()), upload(b"MZ\x00\x01", "tool.exe")]},
    ],
)
def test_what_is_no_sample_is_refused_whole(body, item, manager, signed_in, files_dir):
    for one in body.get("uploads", []):
        one.seek(0)
    response = signed_in(manager).post(at("answer_add", item("samples")), body)
    assert response.status_code == 422
    assert not WorkSample.objects.exists()
    assert not File.objects.exists()
    assert on_disk(files_dir) == []


def test_a_testimonial_and_a_partner(item, manager, owner, signed_in):
    client = signed_in(manager)
    client.post(at("answer_add", item("testimonials")), QUOTE)
    client.post(at("answer_add", item("partners")), {"name": "Royal Mail", "kind": "carrier", "since": "2019"})
    assert item("testimonials").testimonials.get().merchant == Partner.objects.get().merchant == owner.organisation
    page = signed_in(owner).get(at("request", item("partners").request))
    assertContains(page, "Our peak went without a hitch.")
    assertContains(page, "Carrier, 2019")


def test_a_parcel_is_on_its_way(item, manager, owner, signed_in):
    client = signed_in(manager)
    body = {"sent_on": "2026-11-24", "sent_by": "DPD", "tracking": "1550 2371"}
    client.post(at("answer_add", item("physical")), body)
    parcel = item("physical")
    assert (parcel.state, str(parcel.sent_on), parcel.sent_by) == ("asked", "2026-11-24", "DPD")
    assertContains(signed_in(owner).get(at("request", parcel.request)), "1550 2371")
    for day in ("2026-11-27", "2026-11-01", "x"):
        assert client.post(at("answer_add", parcel), body | {"sent_on": day}).status_code == 422
    assert client.post(at("answer_done", parcel)).status_code == 409  # the merchant says when it has come


# ---- Nothing typed twice -------------------------------------------------------------------------------------------
def test_what_the_profile_shows_is_chosen(item, supplier, manager, owner, signed_in):
    samples = [
        WorkSample.objects.create(
            vendor=supplier, title=f"A packed order, {n}", form="link", url="https://a.example", created_at=NOW
        )
        for n in range(3)
    ]
    client = signed_in(manager)
    client.post(at("answer_choose", item("samples")), {"pieces": [one.pk for one in samples]})
    client.post(at("answer_choose", item("samples")), {"pieces": [samples[0].pk]})
    assert Pick.objects.count() == 3
    assert WorkSample.objects.filter(merchant=None).count() == 3  # nothing copied, nothing taken from the profile
    client.post(at("answer_done", item("samples")))
    page = signed_in(owner).get(at("request", item("samples").request))
    assertContains(page, "A packed order, 2")
    assertContains(page, "From the public profile")


def test_nobody_elses_piece_can_be_chosen(item, supplier, manager, signed_in):
    rival_vendor = VendorFactory()
    foreign = WorkSample.objects.create(
        vendor=rival_vendor, title="Theirs", form="link", url="https://a.example", created_at=NOW
    )
    private = WorkSample.objects.create(
        vendor=supplier,
        merchant=item("samples").request.merchant,
        title="The shop's own note",
        form="link",
        url="https://a.example",
        created_at=NOW,
    )
    client = signed_in(manager)
    assert client.post(at("answer_choose", item("samples")), {"pieces": [foreign.pk]}).status_code == 409
    WorkSample.objects.create(vendor=supplier, title="Ours", form="link", url="https://a.example", created_at=NOW)
    for piece in (foreign.pk, private.pk, "x", 10**30):
        response = client.post(at("answer_choose", item("samples")), {"pieces": [piece]})
        assertContains(response, "is-invalid", status_code=422)
        assertNotContains(response, "The shop&#x27;s own note", status_code=422)
    assert not Pick.objects.exists()


def test_a_referee_named_for_another_shop_is_named_again_and_must_agree_again(
    item, supplier, rival, manager, owner, signed_in
):
    Reference.objects.create(
        vendor=supplier,
        merchant=rival.organisation,
        created_by=manager,
        created_at=NOW,
        named_by="vendor",
        has_consented=True,
        name="Maren Holt",
        email="maren@ember-ceramics.example",
        relation="former",
    )
    before = Reference.objects.get()
    client = signed_in(manager)
    page = client.get(at("answer", item("referees").request))
    assertContains(page, "They agreed to be asked by Juniper &amp; Pine")
    assertNotContains(page, "Copper Kettle")
    response = client.post(at("answer_choose", item("referees")), {"pieces": [before.pk]})
    assert response.status_code == 422
    client.post(at("answer_choose", item("referees")), {"pieces": [before.pk], "agreed": "on"})
    named = Reference.objects.exclude(pk=before.pk).get()
    assert (named.merchant, named.item, named.email) == (owner.organisation, item("referees"), before.email)
    before.refresh_from_db()
    assert before.merchant == rival.organisation


# ---- That is all, and no -------------------------------------------------------------------------------------------
def test_that_is_all_marks_it_received_and_more_may_come(received, manager, owner, signed_in):
    one = received("referees")
    assert (one.state, one.received_at) == ("received", NOW + timedelta(hours=1))
    client = signed_in(manager)
    client.post(at("answer_add", one), REFEREE | {"name": "Jo", "email": "jo@fenwick.example"})
    assert Reference.objects.filter(item=one).count() == 2
    assertContains(signed_in(owner).get(at("request", one.request)), "Jo")


def test_nothing_is_not_all(item, manager, signed_in):
    assert signed_in(manager).post(at("answer_done", item("samples"))).status_code == 409
    assert item("samples").state == "asked"


def test_once_judged_nothing_more_comes(received, owner, manager, signed_in):
    one = received("referees")
    signed_in(owner).post(at("judge", one), JUDGED)
    client = signed_in(manager)
    for name, body in [
        ("answer_add", REFEREE | {"email": "late@fenwick.example"}),
        ("answer_done", {}),
        ("answer_refuse", {"reason": "No"}),
        ("answer_remove", {"piece": Reference.objects.get().pk}),
    ]:
        assert client.post(at(name, one), body).status_code == 409
    assert Reference.objects.get().removed_at is None
    assertContains(client.get(at("answer", one.request)), "nothing more can be added")


def test_a_refusal_has_its_reason_and_may_be_thought_over(item, manager, owner, signed_in):
    client, one = signed_in(manager), item("referees")
    assert client.post(at("answer_refuse", one), {"reason": " "}).status_code == 422
    client.post(at("answer_refuse", one), {"reason": "We do not give referees before a contract."})
    assert item("referees").state == "refused"
    assertContains(signed_in(owner).get(at("request", one.request)), "We do not give referees before a contract.")
    assert client.post(at("answer_refuse", one), {"reason": "Again"}).status_code == 409
    client.post(at("answer_add", one), REFEREE)
    client.post(at("answer_done", one))
    assert (item("referees").state, item("referees").refused_reason) == ("received", "")


def test_what_was_added_by_mistake_is_taken_back(item, supplier, manager, contact, signed_in):
    client = signed_in(manager)
    client.post(at("answer_add", item("referees")), REFEREE)
    named = Reference.objects.get()
    signed_in(contact).post(at("answer_remove", item("referees")), {"piece": named.pk})
    named.refresh_from_db()
    assert named.removed_at == NOW
    assert client.post(at("answer_done", item("referees"))).status_code == 409


@pytest.mark.parametrize("piece", ["", "x", "-1", "9" * 40, "1\x00"])
def test_taking_back_what_is_not_there_says_so(piece, item, manager, signed_in):
    assert signed_in(manager).post(at("answer_remove", item("referees")), {"piece": piece}).status_code == 409


def test_a_referee_who_was_asked_is_not_taken_back(item, manager, signed_in):
    signed_in(manager).post(at("answer_add", item("referees")), REFEREE)
    Reference.objects.update(state="asked")
    piece = Reference.objects.get().pk
    assert signed_in(manager).post(at("answer_remove", item("referees")), {"piece": piece}).status_code == 409


def test_what_the_merchant_noted_is_not_the_vendors_to_see_or_take_back(received, owner, manager, signed_in):
    one = received("referees")
    signed_in(owner).post(at("record_piece", one), REFEREE | {"name": "Found Ourselves", "email": "own@found.example"})
    noted = Reference.objects.get(name="Found Ourselves")
    client = signed_in(manager)
    assertNotContains(client.get(at("answer", one.request)), "Found Ourselves")
    assert client.post(at("answer_remove", one), {"piece": noted.pk}).status_code == 409
    assertContains(signed_in(owner).get(at("request", one.request)), "Found Ourselves")


# ---- The rest ------------------------------------------------------------------------------------------------------
def test_the_merchants_own_listing_counts_what_came(received, owner, rival):
    received("samples")
    counts = dict(Listing.objects.values_list("merchant", "samples"))
    assert counts == {None: 0, owner.organisation_id: 1}


def test_the_database_refuses_a_state_without_its_date(item):
    with pytest.raises(IntegrityError, match="requested_item_state_has_its_date"):
        RequestedItem.objects.filter(pk=item("samples").pk).update(state="received")


def test_the_page_costs_the_same_for_any_number_of_pieces(item, manager, signed_in, django_assert_max_num_queries):
    one = item("referees")
    about = {name: value for name, value in REFEREE.items() if name not in ("agreed", "email")}
    client = signed_in(manager)

    def cost() -> int:
        with django_assert_max_num_queries(40) as queries:
            client.get(at("answer", one.request))
        return len(queries)

    answering.name_referee(one, by=manager, at=NOW, email="a@ember.example", **about)
    first = cost()
    for number in range(10):
        answering.name_referee(one, by=manager, at=NOW, email=f"a{number}@ember.example", **about)
    assert cost() == first
