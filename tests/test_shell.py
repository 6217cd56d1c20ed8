"""The frame around every page, and search across rooms."""

import pytest
from django.urls import reverse
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.factories import MembershipFactory, UserFactory

SEARCH, SWITCH = reverse("search"), reverse("accounts:switch")


# ---- The rail and the switch ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/", "Today"),
        (reverse("accounts:profile"), "Settings"),
        (reverse("accounts:organisation"), "Settings"),
        (SEARCH, None),
    ],
)
def test_the_rail_marks_the_page_one_is_on(owner, signed_in, address, current):
    shell = signed_in(owner).get(address).context["shell"]
    entries = [*shell.rail, *shell.rail_more]
    assert [entry.label for entry in entries if entry.is_current] == ([current] if current else [])


def test_the_mark_is_told_to_screen_readers(owner, signed_in):
    page = signed_in(owner).get("/")
    assertContains(page, '<a class="rail-link" href="/" aria-current="page">', count=1)


def test_the_bar_of_a_phone_holds_what_the_rail_holds(owner, signed_in):
    shell = signed_in(owner).get("/").context["shell"]
    held = [entry.label for entry in [*shell.bottom, *shell.bottom_more]]
    assert sorted(held) == sorted(entry.label for entry in [*shell.rail, *shell.rail_more])
    assert [entry.label for entry in shell.bottom] == ["Today", "Vendors", "Contracts", "Messages"]


def test_the_switch_shows_own_organisations_and_posts(owner, rival, signed_in):
    second = MembershipFactory(user=owner.user, organisation__name="Zebra Trade")
    page = signed_in(owner).get("/")
    assertContains(page, '<form id="frame" method="post"', count=1)
    assertContains(page, f'form="frame" formaction="{SWITCH}" name="membership" value="{second.pk}"')
    assertNotContains(page, f'name="membership" value="{owner.pk}"')  # one acts for it already
    assertNotContains(page, "Copper Kettle")


def test_who_has_one_organisation_has_nothing_to_switch(owner, signed_in):
    assertNotContains(signed_in(owner).get("/"), SWITCH)


@pytest.mark.parametrize(("is_closed", "count", "is_choice"), [(False, 1, True), (True, 1, False), (True, 2, True)])
def test_there_is_a_menu_where_there_is_a_choice(is_closed, count, is_choice, owner, manager, signed_in, settings):
    settings.INVITATION_ONLY = is_closed
    for member in (owner, manager):
        MembershipFactory.create_batch(count - 1, user=member.user)
        page = signed_in(member).get("/").content.decode()
        assert ('<summary class="btn btn-text org">' in page) is is_choice
        assert escape(member.organisation) in page


def test_an_address_is_not_told_twice(owner, signed_in):
    header, address = '<p class="dropdown-header mb-0">', owner.user.email
    assertContains(signed_in(owner).get("/"), f"{header}{owner.user.name}<span>{address}</span></p>")
    owner.user.name = ""
    owner.user.save()
    assertContains(signed_in(owner).get("/"), f"{header}{address}</p>")


def test_a_vendor_with_two_organisations_switches_too(manager, signed_in):
    MembershipFactory(user=manager.user, organisation__name="Zebra Trade", organisation__kind="vendor")
    assertContains(signed_in(manager).get("/"), f'action="{SWITCH}"')


def test_no_query_for_each_organisation(owner, signed_in, django_assert_num_queries):
    MembershipFactory.create_batch(20, user=owner.user)
    client = signed_in(owner)
    with django_assert_num_queries(3):  # session, person, the profile
        assertContains(client.get(reverse("accounts:profile")), SWITCH)


def test_an_organisations_name_is_escaped_in_the_frame(rival, signed_in):
    rival.organisation.name = "<img src=x>"
    rival.organisation.save()
    assertNotContains(signed_in(rival).get("/"), "<img src=x>")


def test_nothing_of_the_demo_is_shown_outside_it(client, db):
    shell = client.get(reverse("account_login")).context["shell"]
    assert (shell.mailbox_url, shell.demo_people, shell.demo_password) == ("", [], "")


# ---- Search --------------------------------------------------------------------------------------------------------
def titles(page) -> list[str]:
    return [result.title for group in page.context["groups"] for result in group.results]


@pytest.mark.parametrize("words", ["piet", "PIET LARSEN", "larsen", " Piet ", "person"])
def test_finds_colleagues_by_name_or_address(owner, viewer, signed_in, words):
    viewer.email = "person@juniperandpine.example"
    viewer.save()
    assert titles(signed_in(owner).get(SEARCH, {"q": words})) == ["Piet Larsen"]


def test_a_vendor_finds_colleagues(manager, contact, signed_in):
    assert titles(signed_in(manager).get(SEARCH, {"q": "sam"})) == ["Sam Adeyemi"]


def test_never_finds_a_rivals_people(owner, rival, manager, signed_in):
    page = signed_in(owner).get(SEARCH, {"q": "o"})
    people = [result for group in page.context["groups"] if group.label == "People" for result in group.results]
    assert [result.title for result in people] == ["Theo Marchetti"]
    for other in (rival, manager):
        assertNotContains(page, other.name)
        assertNotContains(page, other.email)


def test_finds_nobody_of_another_own_organisation(owner, rival, signed_in):
    MembershipFactory(user=owner.user, organisation=rival.organisation)
    client = signed_in(owner)
    client.post(SWITCH, {"membership": owner.pk})
    assert titles(client.get(SEARCH, {"q": "orla"})) == []


def test_who_left_is_not_found(owner, viewer, signed_in):
    viewer.left_at = viewer.created_at
    viewer.save()
    assert titles(signed_in(owner).get(SEARCH, {"q": "piet"})) == []


@pytest.mark.parametrize(
    "words",
    [
        "%",
        "_",
        "\\",
        "'",
        '"; DROP TABLE accounts_user; --',
        "\x00",
        "piet\x00",
        "<script>alert(1)</script>",
        "💥",
        "x" * 5000,
    ],
    ids=lambda words: ascii(words[:12]),
)
def test_any_words_are_taken_as_they_stand(owner, signed_in, words):
    page = signed_in(owner).get(SEARCH, {"q": words})
    assertNotContains(page, "<script>alert")
    assert titles(page) == []


def test_what_was_asked_stands_in_the_field_again(owner, signed_in):
    assertContains(signed_in(owner).get(SEARCH, {"q": '"nobody"'}), 'value="&quot;nobody&quot;"')


@pytest.mark.parametrize("query", ["", "?q=", "?q=+", "?q=%00", "?other=1"])
def test_no_words_find_nothing_and_say_so(owner, signed_in, query):
    page = signed_in(owner).get(SEARCH + query)
    assertContains(page, "What are you looking for?")
    assert titles(page) == []


def test_ten_people_at_most(owner, signed_in):
    MembershipFactory.create_batch(12, organisation=owner.organisation)
    assert len(titles(signed_in(owner).get(SEARCH, {"q": "person"}))) == 10


def test_search_costs_few_queries(owner, signed_in, django_assert_num_queries):
    MembershipFactory.create_batch(5, organisation=owner.organisation)
    client = signed_in(owner)
    # Session, person, people, briefs, needs; two of vendors; three of messages, of contracts.
    with django_assert_num_queries(13):
        client.get(SEARCH, {"q": "person"})


def test_a_member_of_nothing_finds_nothing(db, client):
    client.force_login(UserFactory())
    assert titles(client.get(SEARCH, {"q": "person"})) == []


def test_stranger_meets_the_login(db, client):
    assertRedirects(client.get(SEARCH), f"{reverse('account_login')}?next={SEARCH}")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_search_is_only_read(owner, signed_in, method):
    assert getattr(signed_in(owner), method)(SEARCH).status_code == 405
