"""Invented rows: exactly as many, the same for the same seed, or one sentence that says what is wrong."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.shared import hooks
from outsourcing.shared.errors import Stop
from outsourcing.shared.populate import copy_in

pytestmark = pytest.mark.django_db


def populate(*wishes: str, seed: int = 7) -> None:
    call_command("populate", *wishes, seed=seed, stdout=StringIO())


def rows() -> list[tuple[object, ...]]:
    """What stands in both tables but the numbers of the rows, which the sequences go on counting."""
    places = Organisation.objects.order_by("pk").values_list("kind", "name", "country", "time_zone", "created_at")
    people = Membership.objects.order_by("pk").values_list("organisation__name", "email", "name", "roles", "left_at")
    return [*places, *people]


def test_adds_exactly_as_many_as_asked_for():
    populate("organisations=25", "memberships=311")
    assert Organisation.objects.count() == 25
    assert Membership.objects.count() == 311
    populate("memberships=20_0", "organisations=5")
    assert Organisation.objects.count() == 30
    assert Membership.objects.count() == 511


def test_none_is_a_number_too():
    populate("organisations=0", "memberships=0")
    assert not Organisation.objects.exists()


def test_one_seed_gives_the_same_rows_and_another_seed_others():
    found = []
    for seed in (7, 7, 8):
        populate("organisations=40", "memberships=120", seed=seed)
        found.append(rows())
        for model in (Membership, User, Organisation):
            model.objects.all().delete()
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_what_else_is_asked_for_changes_no_row():
    populate("organisations=10")
    alone = list(Organisation.objects.order_by("pk").values_list("name", flat=True))
    populate("memberships=30", "organisations=10")
    assert list(Organisation.objects.order_by("pk").values_list("name", flat=True)) == alone * 2


def test_each_organisation_gets_somebody_who_runs_it():
    populate("organisations=12", "memberships=60")
    for organisation in Organisation.objects.all():
        head = organisation.memberships.current().exclude(user=None).earliest("pk")
        assert head.has_role(Role.OWNER if organisation.is_merchant else Role.MANAGER)
    assert {*Organisation.objects.values_list("kind", flat=True)} == {"merchant", "vendor"}
    assert Organisation.objects.values("time_zone").distinct().count() > 3


def test_members_are_whom_their_users_are_and_nobody_has_a_password():
    populate("organisations=3", "memberships=200")
    joined = Membership.objects.exclude(user=None).select_related("user")
    assert 0 < joined.count() == User.objects.count() < 200
    for membership in joined:
        assert (membership.email, membership.name) == (membership.user.email, membership.user.name)
        assert not membership.user.has_usable_password()
        assert membership.user.is_active
        assert not membership.user.is_staff
    for row in (*User.objects.all()[:10], *Membership.objects.all()[:10], *Organisation.objects.all()):
        row.full_clean()


def test_people_without_an_organisation_are_refused():
    with pytest.raises(Stop, match="organisations=1000"):
        populate("memberships=10")


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ("unicorns=3", "Nothing fills 'unicorns': choose from organisations, memberships"),
        ("organisations", "'organisations' does not say how many: write organisations=1000"),
        ("organisations=-3", "'organisations=-3' does not say how many"),
        ("organisations=some", "'organisations=some' does not say how many"),
    ],
)
def test_a_wish_that_cannot_be_met_is_answered_in_one_sentence(wish, sentence):
    with pytest.raises(Stop, match=re.escape(sentence)):
        populate("memberships=1", wish)


def test_production_is_refused(settings):
    settings.PRODUCTION = True
    with pytest.raises(Stop, match="not for production"):
        populate("organisations=1")
    assert not Organisation.objects.exists()


def test_all_or_nothing(monkeypatch):
    def fill(count, rng, progress):
        progress(count - 1)

    monkeypatch.setitem(hooks.populations, "short", hooks.Population("short", fill))
    with pytest.raises(Stop, match="short told of 2 rows where 3 were asked for"):
        populate("organisations=5", "short=3")
    assert not Organisation.objects.exists()


def test_copies_any_text_and_fills_in_what_is_not_named():
    odd = 'Tab\there, "quotes", back\\slash, \\N, {braces},\nline\rbreak, ünïcode'
    copy_in(Organisation, ["kind", "name"], [["vendor", odd]])
    organisation = Organisation.objects.get()
    assert organisation.name == odd
    assert (organisation.currency, str(organisation.time_zone), organisation.country.code) == ("GBP", "UTC", "")
    told = []
    copy_in(
        Membership,
        ["organisation", "email", "name", "roles", "is_backup", "user"],
        [[organisation.pk, "a@b.example", odd, ["owner", "viewer"], True, None]],
        told.append,
    )
    member = Membership.objects.get()
    assert (member.name, member.roles, member.is_backup, member.user) == (odd, ["owner", "viewer"], True, None)
    assert told == [1]
