"""The pages of briefs: what is typed badly is told, what is typed well comes back, and how many queries it takes."""

import pytest
from django.urls import reverse

from outsourcing.shared import clock
from tests.factories import BriefFactory, CandidateFactory, VendorFactory
from tests.sourcing.conftest import DAY, answer, begin, of, send_out
from vendors.sourcing.briefs import publishing
from vendors.sourcing.candidates import adding
from vendors.sourcing.candidates.forms import FEW
from vendors.sourcing.models import Answer, AnswerDraft, Brief, Candidate

pytestmark = pytest.mark.django_db
HEAD = {"title": "UK pick and pack", "currency": "GBP", "time_zone": "Europe/London"}


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def going(owner, profile, second_profile, now):
    """Out, with its deadline ahead of the clock that pages read."""
    made = begin(owner, at=now - DAY, deadline_at=now + 10 * DAY)
    adding.add(made, [profile, second_profile], by=owner, at=now - DAY)
    return send_out(made, owner, at=now - DAY)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"deadline": "2020-01-01T10:00"}, "passed already"),
        ({"deadline": "2027-03-28T01:30"}, "There is no 01:30"),
        ({"deadline": "2027-10-31T01:30"}, "comes twice"),
        ({"deadline": "tomorrow"}, "Write a date and a time"),
        ({"deadline": "2030-01-01T10:00", "questions": "2030-01-02T10:00"}, "no later than answers"),
        ({"is_sealed": "on", "is_private": "on"}, "nothing to seal"),
        ({"orders_base": "100", "orders_peak": "90"}, "a busy one no fewer"),
        ({"title": "x" * 10_000}, "160"),
        ({"budget": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_is_typed_badly_is_told(owner, signed_in, typed, words):
    page = signed_in(owner).post(reverse("sourcing:start", args=["fulfilment"]), HEAD | typed)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Brief.objects.exists()


def test_a_wall_time_is_of_the_briefs_zone(owner, signed_in):
    typed = HEAD | {"time_zone": "America/New_York", "deadline": "2030-07-01T17:00", "title": "  A \n brief "}
    signed_in(owner).post(reverse("sourcing:start", args=["bookkeeping"]), typed)
    made = Brief.objects.get()
    assert (made.title, made.deadline_at.isoformat()) == ("A brief", "2030-07-01T21:00:00+00:00")
    page = signed_in(owner).get(reverse("sourcing:edit", args=[made.pk])).content.decode()
    assert 'value="2030-07-01T17:00"' in page


@pytest.mark.parametrize("weight", ["-1", "0.5", "1000000", "heavy"])
def test_a_weight_that_cannot_be_is_told(draft, owner, signed_in, weight):
    before = list(draft.criteria.values_list("pk", "weight"))
    typed = {f"w_{pk}": "10" for pk, _weight in before} | {f"w_{before[0][0]}": weight}
    page = signed_in(owner).post(reverse("sourcing:weights", args=[draft.pk]), typed)
    assert "is-invalid" in page.content.decode()
    assert list(draft.criteria.values_list("pk", "weight")) == before


def test_all_weights_zero_are_kept_and_said(draft, owner, signed_in):
    client = signed_in(owner)
    typed = {f"w_{pk}": "0" for pk in draft.criteria.values_list("pk", flat=True)}
    client.post(reverse("sourcing:weights", args=[draft.pk]), typed)
    assert "All weights are 0" in client.get(reverse("sourcing:brief", args=[draft.pk])).content.decode()


def test_an_answer_of_ten_megabytes_and_one_with_a_nul(going, manager, signed_in):
    address = reverse("sourcing:save_draft", args=[of(going, manager.organisation).pk])
    client = signed_in(manager)
    assert client.post(address, {"message": "x" * 10_000_000, "currency": "GBP"}).status_code == 413
    assert client.post(address, {"message": "a\x00b", "currency": "GBP"}).status_code == 422
    long = client.post(address, {"message": "y" * 10_001, "currency": "GBP"})
    assert (long.status_code, "y" * 10_001 in long.content.decode()) == (422, True)  # and nothing typed is lost
    assert not AnswerDraft.objects.exists()


def test_a_vendor_answers_in_the_portal_from_draft_to_answer(going, manager, signed_in):
    candidate = of(going, manager.organisation)
    client, page = signed_in(manager), reverse("sourcing:answer", args=[candidate.pk])
    yes = {f"g_{one.pk}": "yes" for one in going.gates.all()}
    client.post(reverse("sourcing:save_draft", args=[candidate.pk]), {"message": "Half", "currency": "GBP"})
    assert "Half" in client.get(page).content.decode()
    quiet = client.post(
        reverse("sourcing:save_draft", args=[candidate.pk]), {"message": "More", "currency": "GBP"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert "Draft saved" in quiet.content.decode()
    refused = client.post(reverse("sourcing:submit", args=[candidate.pk]), {"message": "Kept", "currency": "GBP"})
    assert refused.status_code == 422
    assert "Kept" in refused.content.decode()
    sent = client.post(reverse("sourcing:submit", args=[candidate.pk]), yes | {"currency": "GBP", "price_month": "90"})
    assert sent.status_code == 302
    assert Answer.objects.get().price_month == 90
    assert "Answered" in client.get(reverse("sourcing:invitations")).content.decode()


def test_vendors_go_on_a_shortlist_from_the_list_the_comparison_and_their_page(draft, owner, signed_in):
    one, two = VendorFactory(), VendorFactory()
    client, put_on = signed_in(owner), reverse("sourcing:put_on")
    assert put_on in client.get(reverse("directory:list")).content.decode()
    compared = client.get(reverse("directory:compare"), {"v": [one.pk, two.pk]}).content.decode()
    assert f"{put_on}?v={one.pk}&amp;v={two.pk}" in compared
    assert f"{put_on}?v={one.pk}" in client.get(reverse("directory:vendor", args=[one.pk])).content.decode()
    client.post(f"{put_on}?v={one.pk}&v={two.pk}&from=compare", {"brief": draft.pk})
    added = Candidate.objects.filter(brief=draft, added_from="compare").values_list("vendor", flat=True)
    assert set(added) == {one.organisation_id, two.organisation_id}
    again = client.post(f"{put_on}?v={one.pk}&v={two.pk}", {"brief": draft.pk})
    assert again.status_code == 409
    assert "On the shortlist already" in again.content.decode()


@pytest.mark.parametrize(("briefs", "control"), [(2, 'type="radio"'), (FEW + 1, "<select")])
def test_of_many_shortlists_one_is_chosen_from_a_list(briefs, control, owner, signed_in):
    BriefFactory.create_batch(briefs, merchant=owner.organisation, created_by=owner)
    page = signed_in(owner).get(reverse("sourcing:put_on"), {"v": VendorFactory().pk}).content.decode()
    assert control in page[page.index('id="main"') :]


def test_opening_early_by_the_button_is_refused_in_words(going, owner, signed_in):
    page = signed_in(owner).post(reverse("sourcing:open_answers", args=[going.pk]))
    assert page.status_code == 409
    assert "nobody opens them before" in page.content.decode()
    assert going.log.filter(kind="open-refused").exists()


def test_a_board_has_a_column_for_each_stage(going, owner, manager, signed_in, now):
    answer(going, manager, at=now)
    page = signed_in(owner).get(reverse("sourcing:candidates", args=[going.pk]), {"as": "board"}).content.decode()
    assert page.index("Invited <span") < page.index("Fellgate") < page.index("Answered <span") < page.index("Pallet")


def test_what_pages_cost_however_many_vendors_there_are(
    going, owner, manager, signed_in, now, django_assert_max_num_queries
):
    CandidateFactory.create_batch(20, brief=going, added_by=owner)
    answer(going, manager, at=now)
    client = signed_in(owner)
    client.get("/")
    for name, most in (("candidates", 14), ("brief", 18), ("questions", 6), ("history", 7)):
        with django_assert_max_num_queries(most):
            client.get(reverse(f"sourcing:{name}", args=[going.pk]))
    with django_assert_max_num_queries(12):
        client.get(reverse("sourcing:briefs"))
    theirs = signed_in(manager)
    theirs.get("/")
    with django_assert_max_num_queries(24):
        theirs.get(reverse("sourcing:answer", args=[of(going, manager.organisation).pk]))


def test_the_pipeline_says_what_waits_for_whom(going, owner, manager, signed_in, now):
    answer(going, manager, at=now)
    Brief.objects.filter(pk=going.pk).update(deadline_at=now)
    page = signed_in(owner).get(reverse("sourcing:briefs")).content.decode()
    assert "Open the answers" in page
    publishing.open_answers(going, by=owner, at=now)
    page = signed_in(owner).get(reverse("sourcing:briefs")).content.decode()
    assert "To decide" in page
