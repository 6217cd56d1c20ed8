"""Tried by hand: a rival vendor, another merchant, an evaluator who peeks, forged forms, doubled posts, long texts."""

import pytest
from django.urls import reverse

from outsourcing.accounts.models import Role
from tests.factories import MembershipFactory
from tests.sourcing.deciding.test_choosing import decide
from tests.sourcing.shortlists import MONDAY, shortlist
from vendors.sourcing.deciding.freezing import fingerprint, record_of
from vendors.sourcing.models import Candidate, Decision, Evaluator, Score
from vendors.sourcing.scores import giving, settling
from vendors.sourcing.sheet import sheet_of

#: What an evaluator who has not submitted may find nowhere.
SECRET = "They broke every third mug."


@pytest.fixture
def peeking(listed, owner, operations, buyer):
    """Owner and buyer have submitted, with words; operations scores and has not."""
    listed.candidates.sort(key=lambda one: one.vendor.name)
    mine = listed.evaluator(operations)
    for person, first in ((owner, 5), (buyer, 1)):
        evaluator = listed.evaluator(person)
        giving.score(
            evaluator, listed.candidates[0], listed.criteria[0], first, reason=SECRET, by=person, at=MONDAY
        )  # fmt: skip
        giving.submit(evaluator, blanks=True, by=person, at=MONDAY)
    settling.settle(listed.candidates[0], listed.criteria[0], 4, SECRET, by=buyer, at=MONDAY)
    return mine


def pages(listed):
    """Every page on which scores could stand."""
    brief, one, what = listed.brief.pk, listed.candidates[0].pk, listed.criteria[0].pk
    return [
        f"/briefs/{brief}/", f"/briefs/{brief}/?differences=1", f"/briefs/{brief}/comparison.csv",
        f"/briefs/{brief}/scores/", f"/candidates/{one}/criteria/{what}/", f"/candidates/{one}/",
        f"/briefs/{brief}/candidates/", f"/briefs/{brief}/history/", f"/briefs/{brief}/brief/", "/briefs/", "/",
        f"/search/?q={listed.brief.title}",
    ]  # fmt: skip


def test_an_evaluator_who_peeks_finds_nothing(listed, peeking, operations, viewer, signed_in):
    for reader in (operations, viewer):
        client = signed_in(reader)
        for path in pages(listed):
            answer = client.get(path)
            text = answer.content.decode()
            assert answer.status_code in (200, 403, 404), path
            for hidden in (SECRET, "3.00", "4.00", "Agreed:", "settled", "Ranked", "split 1 to 5"):
                assert hidden not in text, f"{path} shows {hidden!r} to {reader}"
    giving.score(peeking, listed.candidates[0], listed.criteria[0], 3, by=operations, at=MONDAY)
    giving.submit(peeking, blanks=True, by=operations, at=MONDAY)
    client = signed_in(operations)
    assert SECRET in client.get(pages(listed)[4]).content.decode()
    assert "4.00" in client.get(pages(listed)[0]).content.decode()


def test_stepping_back_or_being_opened_again_shows_no_more(listed, peeking, operations, owner, buyer, signed_in):
    giving.recuse(peeking, "So", by=operations, at=MONDAY)
    assert SECRET in signed_in(operations).get(pages(listed)[4]).content.decode()  # nobody is left to submit
    late = listed.evaluator(MembershipFactory(organisation=listed.brief.merchant, roles=[Role.OPERATIONS]))
    assert SECRET not in signed_in(operations).get(pages(listed)[4]).content.decode()
    assert SECRET not in signed_in(late.member).get(pages(listed)[4]).content.decode()
    done = Evaluator.objects.get(brief=listed.brief, member=buyer)
    assert SECRET in signed_in(buyer).get(pages(listed)[4]).content.decode()
    giving.reopen(done, "A slip", by=owner, at=MONDAY)
    text = signed_in(buyer).get(pages(listed)[0]).content.decode()
    assert "Ranked" not in text


def test_the_record_of_a_decision_is_withheld_too(listed, peeking, operations, buyer, signed_in):
    for one in Evaluator.objects.filter(pk=peeking.pk):
        assert one.submitted_at is None
    made = decide(listed, buyer, reason="Nearest to us.", close_call_reason="So")
    text = signed_in(operations).get(f"/decisions/{made.pk}/").content.decode()
    assert "Nearest to us." in text
    assert SECRET not in text
    assert "4.00" not in text
    assert SECRET in signed_in(buyer).get(f"/decisions/{made.pk}/").content.decode()


def test_a_rival_vendor_and_another_merchant_meet_nothing(listed, peeking, rival, manager, buyer, signed_in):
    own = MembershipFactory(organisation=listed.candidates[1].vendor, roles=[Role.MANAGER])
    made = decide(listed, buyer, reason="Nearest to us.", close_call_reason="So")
    paths = [*pages(listed)[:10], f"/decisions/{made.pk}/", f"/briefs/{listed.brief.pk}/decide/"]
    for stranger in (rival, manager, own):
        client = signed_in(stranger)
        for path in paths:
            if path in ("/briefs/",):
                continue
            answer = client.get(path)
            assert answer.status_code == 404, f"{path} as {stranger}"
            assert listed.candidates[0].vendor.name not in answer.content.decode()
    # Its own candidate a vendor knows, and may not look at its scores.
    assert (
        signed_in(own).get(f"/candidates/{listed.candidates[1].pk}/criteria/{listed.criteria[0].pk}/").status_code
        == 403
    )


def test_forged_forms(listed, peeking, operations, shop, buyer, signed_in):
    client, path = signed_in(operations), reverse("sourcing:save_scores", args=[listed.brief.pk])
    other = shortlist(shop, buyer, vendors=["Far Away"])
    own, far = listed.candidates[0], other.candidates[0]
    before = Score.objects.count()
    forged = {
        f"score-{far.pk}-{other.criteria[0].pk}": 404,  # a brief that operations does not score
        f"score-{own.pk}-{other.criteria[0].pk}": 404,
        "score-1-1": 404, "score-x-y": 404, "score-": 404, f"score-{own.pk}": 404, f"score-{'9' * 30}-1": 404,
        f"score-{own.pk}-{listed.criteria[0].pk}": 409,  # a six
    }  # fmt: skip
    for name, status in forged.items():
        if status == 404:  # whatever is typed: there is no such cell
            assert client.post(path, {name: "4", "one": "1"}).status_code == 404, name
        for value in ("6", "10", "-1", "\x00", "five", "4.5", "٣"):
            assert client.post(path, {name: value, "one": "1"}).status_code == 409, f"{name}={value}"
    assert Score.objects.count() == before


def test_a_decision_for_somebody_whom_the_form_does_not_know(listed, owner, buyer, rival, signed_in):
    listed.score(listed.evaluator(owner), (5, 4, 2), (4, 3, 2))
    seen = fingerprint(record_of(sheet_of(listed.brief, buyer)))
    client, path = signed_in(buyer), reverse("sourcing:decide", args=[listed.brief.pk])
    for named in ("", "1", "x", "\x00", str(2**70)):
        answer = client.post(path, {"to": named, "reason": "So", "seen": seen})
        assert answer.status_code == 409, named
    assert not Decision.objects.exists()


def test_doubled_posts(listed, owner, operations, buyer, signed_in):
    mine = listed.evaluator(owner)
    listed.score(mine, (5, 4, 2), (4, 3, 2), submit=False)
    client = signed_in(owner)
    submit = reverse("sourcing:submit_scores", args=[listed.brief.pk])
    assert [client.post(submit).status_code for _twice in range(2)] == [302, 409]
    chair, path = signed_in(buyer), reverse("sourcing:decide", args=[listed.brief.pk])
    seen = fingerprint(record_of(sheet_of(listed.brief, buyer)))
    form = {"to": str(listed.candidates[0].pk), "reason": "So", "seen": seen, "reserve": "", "runs": ""}
    assert [chair.post(path, form).status_code for _twice in range(2)] == [302, 409]
    made = Decision.objects.get()
    tell = reverse("sourcing:tell", args=[made.pk])
    assert [chair.post(tell, {"chosen": "Yes", "others": "No"}).status_code for _twice in range(2)] == [302, 409]


@pytest.mark.parametrize("text", ["x" * 10_000, "with a \x00 in it"])
def test_long_and_strange_texts(listed, operations, buyer, signed_in, text):
    mine = listed.evaluator(operations)
    one, what = listed.candidates[0].pk, listed.criteria[0].pk
    client = signed_in(operations)
    answer = client.post(f"/candidates/{one}/criteria/{what}/score/", {"value": "4", "reason": text})
    assert answer.status_code == 422
    assert text[:4] in answer.content.decode()
    assert not Score.objects.exists()
    for path in (f"/candidates/{one}/criteria/{what}/settle/", f"/candidates/{one}/criteria/{what}/leave-out/"):
        assert signed_in(buyer).post(path, {"value": "4", "reason": text}).status_code == 200
    assert mine.scores.count() == 0


def test_a_vendor_that_withdrew_between_look_and_click(listed, operations, signed_in):
    listed.evaluator(operations)
    client = signed_in(operations)
    client.get(reverse("sourcing:scores", args=[listed.brief.pk]))
    gone = listed.candidates[0]
    Candidate.objects.filter(pk=gone.pk).update(stage="withdrawn", withdrawn_at=MONDAY)
    name = f"score-{gone.pk}-{listed.criteria[0].pk}"
    answer = client.post(reverse("sourcing:save_scores", args=[listed.brief.pk]), {name: "4", "one": "1"})
    assert (answer.status_code, answer.content.decode()) == (409, f"{gone.vendor} is no longer on the shortlist.")
    assert not Score.objects.exists()
