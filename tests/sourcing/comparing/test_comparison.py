"""The comparison: what it shows, to whom, and in how many queries."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from tests.sourcing.shortlists import DAY, MONDAY, answer, priced, shortlist
from vendors.sourcing.comparing.views import early_of
from vendors.sourcing.models import Candidate
from vendors.sourcing.scores import giving
from vendors.sourcing.sheet import hides, sheet_of


def page(client, listed, query=""):
    answer = client.get(reverse("sourcing:comparison", args=[listed.brief.pk]) + query)
    return answer, answer.content.decode()


@pytest.fixture
def scored(listed, owner, operations):
    """Two people, both done: 4.60, 3.60 and 2.00."""
    first, second = listed.evaluator(owner), listed.evaluator(operations)
    listed.score(first, (5, 4, 2), (4, 3, 2))
    listed.score(second, (5, 4, 2), (4, 3, 2))
    return listed


def test_it_tells_who_leads_how_surely_and_what_would_change_it(signed_in, buyer, scored):
    answer, text = page(signed_in(buyer), scored)
    assert answer.status_code == 200
    assert "Harrow &amp; Quay is certainly ahead with 4.60, 1.00 before Pallet &amp; Post." in text
    assert "No other weight of a single criterion would change that." in text
    assert "Ranked 1st" in text
    assert "Certainly ahead" in text
    assert (
        text.index("Harrow &amp; Quay</a>") < text.index("Pallet &amp; Post</a>") < text.index("Fellgate Logistics</a>")
    )


def test_a_total_that_holds_hidden_scores_is_withheld(signed_in, buyer, owner, operations, listed):
    first, second = listed.evaluator(owner), listed.evaluator(operations)
    listed.score(first, (5, 4, 2), (4, 3, 2))
    listed.score(second, (1, 2, 3), (2, 2, 2), submit=False)
    _answer, text = page(signed_in(operations), listed)
    assert "1 of 2 in" in text
    assert "yours: 1" in text
    for hidden in ("4.60", "Ranked", "certainly", "5.0"):
        assert hidden not in text
    assert "4.60" in page(signed_in(owner), listed)[1]  # has submitted
    assert "4.60" not in page(signed_in(buyer), listed)[1]  # does not score: waits for all
    giving.submit(second, by=operations, at=MONDAY)
    for reader in (owner, operations, buyer):
        assert "Ranked 1st" in page(signed_in(reader), listed)[1]


def test_the_rule_of_the_sheet_is_the_rule_of_the_rows(listed, owner, operations, viewer, buyer):
    first, second = listed.evaluator(owner), listed.evaluator(operations)
    listed.score(first, (5, 4, 2), (4, 3, 2))
    from vendors.sourcing.models import Evaluator, Score

    for reader in (owner, operations, viewer, buyer):
        others = Score.objects.visible_to(reader).exclude(evaluator__member=reader)
        assert hides(listed.brief, list(Evaluator.objects.filter(brief=listed.brief)), reader) is (
            not others.exists() and reader != owner
        )
    assert second.submitted_at is None


def test_a_failed_must_have_is_listed_with_what_it_would_have_had(signed_in, buyer, shop, owner):
    listed = shortlist(shop, buyer, gates=["Two references"])
    for place, candidate in enumerate(listed.candidates):
        answer(candidate, gates=[(listed.gates[0], place != 0)])
    listed.score(listed.evaluator(owner), (5, 4, 2), (4, 3, 2))
    _answer, text = page(signed_in(buyer), listed)
    assert "Fails 1" in text
    assert "would have 4.60" in text
    assert "Not ranked" in text
    assert "Pallet &amp; Post is certainly ahead with 3.60" in text


def test_an_open_must_have_is_provisional(signed_in, buyer, shop, owner):
    listed = shortlist(shop, buyer, gates=["Two references"])
    listed.score(listed.evaluator(owner), (5, 4, 2), (4, 3, 2))
    assert "provisional: a must-have is not known" in page(signed_in(buyer), listed)[1]


def test_price_points_and_prices_stand_beside_each_other(signed_in, buyer, owner, listed):
    priced(listed, "3.25", "4.50", None)
    listed.score(listed.evaluator(owner), (5, 4, 2), (4, 3, 2))
    sheet = sheet_of(listed.brief, buyer)
    assert [str(sheet.ranking.of(one.pk).total) for one in listed.candidates] == ["4.46", "3.00", "2.00"]
    _answer, text = page(signed_in(buyer), listed)
    assert "3.25 GBP" in text
    assert "16.1 % under the mean" in text
    assert "provisional: 83 % scored" in text


def test_of_vendors_that_are_level_the_cheaper_an_order_stands_first(listed, buyer, owner):
    priced(listed, "3.60", "3.50", "3.40", weight=0)
    listed.score(listed.evaluator(owner), (4, 4, 4), (4, 4, 4))
    standings = sheet_of(listed.brief, buyer).ranking.standings
    assert [each.contender.name for each in standings] == ["Fellgate Logistics", "Pallet & Post", "Harrow & Quay"]


def test_a_foreign_price_needs_a_rate(listed, buyer, owner):
    priced(listed, None, None, None)
    candidate = listed.candidates[0]
    candidate.answers.update(state="replaced")
    answer(candidate, price_order=Decimal("4.00"), currency="USD")
    assert sheet_of(listed.brief, buyer).prices[candidate.pk].needs_rate
    candidate.answers.filter(state="live").update(rate=Decimal("0.8"), rate_by=buyer, rate_at=MONDAY)
    price = sheet_of(listed.brief, buyer).prices[candidate.pk]
    assert price.order == Decimal("3.20")
    assert not price.needs_rate


def test_who_withdrew_keeps_its_scores_outside_the_ranking(signed_in, buyer, scored):
    Candidate.objects.filter(pk=scored.candidates[0].pk).update(stage="withdrawn", withdrawn_at=MONDAY)
    text = page(signed_in(buyer), scored)[1]
    assert "would have 4.60" in text
    assert "Pallet &amp; Post is certainly ahead" in text


def test_scores_that_are_older_than_the_answer_are_marked(signed_in, buyer, owner, operations, scored):
    """A vendor answers anew once it was scored: whoever scored it before is named, and can score it again."""
    one, what = scored.candidates[0], scored.criteria[0]
    answer(one, price_month=Decimal(100))
    assert not sheet_of(scored.brief, buyer).before
    one.answers.update(state="replaced")
    answer(one, price_month=Decimal(90), opened_at=MONDAY + DAY)
    text = page(signed_in(buyer), scored)[1]
    assert "scored before answer 2" in text
    assert "Theo Marchetti scored Harrow &amp; Quay before its answer 2." in text
    mine = scored.evaluators[0]
    assert reverse("sourcing:reopen_scores", args=[mine.pk]) in text
    giving.reopen(mine, "A new answer", by=buyer, at=MONDAY + 2 * DAY)
    client = signed_in(owner)
    grid = client.get(reverse("sourcing:scores", args=[scored.brief.pk])).content.decode()
    assert grid.count("before answer 2") == 2
    cell = reverse("sourcing:cell", args=[one.pk, what.pk])
    assert "You scored it before answer 2." in client.get(cell).content.decode()
    giving.score(mine, one, what, 5, by=owner, at=MONDAY + 2 * DAY)  # it still holds
    assert "You scored it before answer 2." not in client.get(cell).content.decode()
    assert "Theo" not in "".join(sentence for sentence, _url in early_of(sheet_of(scored.brief, buyer), is_chair=True))


def test_prices_against_the_cheapest_say_what_moved_when_it_left(signed_in, buyer, owner, listed):
    criterion = priced(listed, "2.00", "4.00", "5.00")
    criterion.price_is_relative = True
    criterion.save()
    listed.score(listed.evaluator(owner), (5, 4, 2), (4, 3, 2))
    _answer, text = page(signed_in(buyer), listed)
    assert "counts otherwise" not in text
    Candidate.objects.filter(pk=listed.candidates[0].pk).update(stage="withdrawn", withdrawn_at=MONDAY)
    _answer, text = page(signed_in(buyer), listed)
    assert "Since Harrow &amp; Quay withdrew, “Cost per order” counts otherwise for" in text
    assert "for Fellgate Logistics and Pallet &amp; Post" in text
    cells = sheet_of(listed.brief, buyer).cells
    assert [cells[one.pk, criterion.pk].value for one in listed.candidates] == [None, 5, 4]


def test_who_declined_is_not_compared(signed_in, buyer, scored):
    Candidate.objects.filter(pk=scored.candidates[0].pk).update(
        stage="declined", declined_at=MONDAY, decline_kind="fit"
    )
    assert "Harrow" not in page(signed_in(buyer), scored)[1]


def test_differences_only(signed_in, buyer, scored):
    listed = scored
    assert "References verified" in page(signed_in(buyer), listed)[1]
    text = page(signed_in(buyer), listed, "?differences=1")[1]
    assert "References verified" not in text
    assert "Accuracy and damage" in text


def test_files_hold_what_the_page_shows(signed_in, buyer, scored):
    client = signed_in(buyer)
    text = client.get(reverse("sourcing:comparison_csv", args=[scored.brief.pk])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][3:] == ["Harrow & Quay", "Pallet & Post", "Fellgate Logistics"]
    assert rows[-1][3].startswith("4.60")
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("sourcing:comparison_xlsx", args=[scored.brief.pk])).content)
    ).active
    assert [cell.value for cell in next(iter(sheet.rows))][3:] == rows[0][3:]


def test_nothing_on_the_shortlist(signed_in, buyer, shop):
    listed = shortlist(shop, buyer, vendors=())
    assert "No vendors yet" in page(signed_in(buyer), listed)[1]


def test_it_takes_as_many_queries_for_many_vendors(signed_in, buyer, owner, shop, django_assert_max_num_queries):
    small = shortlist(shop, buyer)
    large = shortlist(
        shop, buyer, vendors=[f"Vendor {n}" for n in range(12)], criteria=[(f"C{n}", n) for n in range(10)]
    )
    small.score(small.evaluator(owner), (5, 4, 2), (4, 3, 2))
    large.score(large.evaluator(owner), *[tuple(range(6)) * 2 for _ in range(10)])
    client = signed_in(buyer)
    page(client, small)
    for listed in (small, large):
        with django_assert_max_num_queries(15):
            page(client, listed)


def test_a_rival_and_a_vendor_meet_nothing(signed_in, rival, manager, scored):
    for stranger in (rival, manager):
        assert page(signed_in(stranger), scored)[0].status_code == 404
