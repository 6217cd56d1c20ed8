"""A referee changes who may see an answer, or takes it back; with a name and words, if they ask for that."""

from datetime import timedelta

import pghistory.models
import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from tests.directory.enquiries.conftest import filled, path_of
from vendors.directory.evidence.strength import wilson_lower_bound
from vendors.directory.models import Enquiry, Listing, Partner, Reference, ReferenceAnswer
from vendors.directory.models import Testimonial as Words

pytestmark = pytest.mark.django_db
CANARY = "quillcanary"


@pytest.fixture
def answered(asked, client) -> Enquiry:
    """Everything that a referee can write has the canary in it; it is shared with the name."""
    words = {name: f"{CANARY} {name}" for name in ("text", "went_wrong", "why_left", "conflict")}
    assertRedirects(client.post(path_of(asked), filled(**words, sharing="named")), path_of(asked))
    asked.refresh_from_db()
    return asked


def pages_of(member, enquiry, signed_in) -> str:
    """All that somebody can read about the vendor and its references."""
    client, vendor = signed_in(member), enquiry.vendor
    paths = [
        f"/vendors/{vendor.pk}/",
        f"/vendors/{vendor.pk}/?show=testimonials",
        f"/vendors/{vendor.pk}/evidence/references/",
        f"/references/{enquiry.reference_id}/",
        "/vendors/",
        "/vendors/export.csv",
        "/",
        "/search/?q=words",
    ]
    return "".join(client.get(path).content.decode() for path in paths)


def test_the_link_shows_what_was_said(answered, client):
    page = client.get(path_of(answered))
    for words in ("Thank you", f"{CANARY} text", "4 of 5", "0 of 5", "Returns, Kitting", "Mostly"):
        assertContains(page, words)


# ---- Walls ---------------------------------------------------------------------------------------------------------
def test_an_answer_is_for_who_asked(answered, owner, viewer, signed_in):
    for member in (owner, viewer):
        assert f"{CANARY} text" in pages_of(member, answered, signed_in)


def test_a_shared_answer_is_for_other_shops_and_never_for_the_vendor(answered, rival, manager, contact, signed_in):
    assert f"{CANARY} text" in pages_of(rival, answered, signed_in)
    for member in (manager, contact):
        page = pages_of(member, answered, signed_in)
        assert f"{CANARY} " not in page
        assert "References answered" in page


@pytest.mark.parametrize("sharing", ["nothing", "anonymous"])
def test_what_is_not_shared_is_not_seen(answered, client, rival, signed_in, sharing):
    client.post(path_of(answered, "share"), {"sharing": sharing})
    page = pages_of(rival, answered, signed_in)
    assert (f"{CANARY} text" in page) is (sharing == "anonymous")
    for name in ("Maren Holt", "Ember Ceramics", "ember-ceramics"):
        assert name not in page


def test_other_shops_read_the_words_and_not_what_went_wrong_or_why_they_left(answered, rival, signed_in):
    page = pages_of(rival, answered, signed_in)
    for name in ("went_wrong", "why_left", "conflict"):
        assert f"{CANARY} {name}" not in page


def test_no_mail_has_an_answer_in_it(answered):
    for mail in Mail.objects.all():
        assert f"{CANARY} " not in mail.text + mail.html + mail.subject


def test_a_private_vendors_references_stay_with_the_shop(answered, rival, signed_in):
    vendor = answered.vendor
    vendor.published_at = None
    vendor.save()
    assert signed_in(rival).get(f"/vendors/{vendor.pk}/").status_code == 404


# ---- Who may see it ------------------------------------------------------------------------------------------------
def test_who_may_see_it_is_chosen_anew(answered, client):
    public = Listing.objects.filter(vendor=answered.vendor, merchant=None)
    assert public.get().answered == 1
    assertRedirects(client.post(path_of(answered, "share"), {"sharing": "nothing"}), path_of(answered))
    assert public.get().answered == 0
    assert not Reference.objects.get().is_shared
    client.post(path_of(answered, "share"), {"sharing": "anonymous"})
    assert public.get().answered == 1


def test_an_unknown_choice_changes_nothing(answered, client):
    assert client.post(path_of(answered, "share"), {"sharing": "everybody"}).status_code == 410
    assert ReferenceAnswer.objects.get().sharing == "named"


# ---- Taken back ----------------------------------------------------------------------------------------------------
def test_what_is_taken_back_is_gone_at_once(answered, client, owner, rival, manager, signed_in):
    page = client.post(path_of(answered, "withdraw"), follow=True)
    assertContains(page, "You took it back", status_code=410)
    for member in (owner, rival, manager):
        assert f"{CANARY} " not in pages_of(member, answered, signed_in)
    for listing in Listing.objects.filter(vendor=answered.vendor):
        assert (listing.answered, listing.verified, listing.hire_again, listing.bound) == (0, 0, 0, None)
    assert wilson_lower_bound(0, 0) is None
    assert ReferenceAnswer.objects.get().text == f"{CANARY} text"  # the row keeps its words where nobody reads them
    assert Mail.objects.get(occurrence=f"enquiry-withdrawn:{answered.pk}").address == owner.email


def test_the_vendor_does_not_learn_that_it_was_taken_back(asked, client, manager, signed_in):
    Reference.objects.update(created_by=manager)
    client.post(path_of(asked), filled())
    before = signed_in(manager).get(f"/vendors/{asked.vendor.pk}/").content
    client.post(path_of(asked, "withdraw"))
    after = signed_in(manager).get(f"/vendors/{asked.vendor.pk}/")
    assertContains(after, "Answered")
    assert len(after.content) == len(before)


def test_it_can_be_taken_back_after_the_link_has_run_out(answered, client):
    with time_machine.travel(answered.expires_at + timedelta(days=400)):
        assertContains(client.get(path_of(answered)), "Take my answers back")
        client.post(path_of(answered, "withdraw"))
    assert ReferenceAnswer.objects.get().withdrawn_at


def test_it_is_taken_back_once(answered, client):
    client.post(path_of(answered, "withdraw"))
    first = Enquiry.objects.get().withdrawn_at
    assert client.post(path_of(answered, "withdraw")).status_code == 410
    assert Enquiry.objects.get().withdrawn_at == first


def test_a_shop_that_took_them_off_the_list_does_not_stand_in_the_way(answered, client):
    Reference.objects.update(removed_at=clock.now())
    client.post(path_of(answered, "withdraw"))
    assert ReferenceAnswer.objects.get().withdrawn_at


# ---- Deleted -------------------------------------------------------------------------------------------------------
def everything_kept() -> str:
    with connection.cursor() as cursor:
        tables = [table.name for table in connection.introspection.get_table_list(cursor) if table.type == "t"]
        kept = []
        for table in tables:
            cursor.execute(f'SELECT string_agg(t::text, E"\\n") FROM "{table}" t'.replace('E"\\n"', "E'\\n'"))
            kept.append(cursor.fetchone()[0] or "")
    return "\n".join(kept).lower()


def test_name_address_and_words_are_deleted_everywhere(answered, client, owner, signed_in):
    Reference.objects.update(phone="0117 496 0000", role="Operations")
    for word in (CANARY, "maren", "ember-ceramics", "ember ceramics", "0117 496"):
        assert word in everything_kept()  # the control
    client.post(path_of(answered, "withdraw"), {"erase": "yes"})
    for word in (CANARY, "maren", "ember-ceramics", "ember ceramics", "0117 496"):
        assert word not in everything_kept()
    page = signed_in(owner).get(reverse("directory:reference", args=[answered.reference_id]))
    assertContains(page, "Name deleted")
    told = Mail.objects.get(occurrence=f"enquiry-withdrawn:{answered.pk}")
    assert "Somebody whom you asked" in told.text
    assertContains(client.get(path_of(answered)), "You took it back", status_code=410)


def test_a_mail_that_has_not_gone_yet_does_not_go(answered, client):
    assert Mail.objects.get(template="reference_request").state == "pending"
    client.post(path_of(answered, "withdraw"), {"erase": "yes"})
    mail = Mail.objects.get(template="reference_request")
    assert (mail.state, mail.text) == ("cancelled", "")


def test_nothing_of_it_is_kept_in_a_history():
    tracked = {event.pgh_tracked_model for event in apps.get_models() if issubclass(event, pghistory.models.Event)}
    assert not tracked & {Reference, ReferenceAnswer, Enquiry, Words, Partner, Mail}


def test_names_that_are_empty_do_not_break_the_vendors_page(answered, client, owner, rival, signed_in):
    client.post(path_of(answered, "withdraw"), {"erase": "yes"})
    for member in (owner, rival):
        assertNotContains(signed_in(member).get(f"/vendors/{answered.vendor.pk}/"), "Maren")
