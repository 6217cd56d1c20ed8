"""A person's profile and an organisation's details: who may change them, what is refused, what it leaves behind."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Membership, Organisation, User
from outsourcing.shared import clock
from tests.factories import MembershipFactory, UserFactory

PROFILE, ORGANISATION = reverse("accounts:profile"), reverse("accounts:organisation")
PERSON = {"name": "Theo B. Marchetti", "time_zone": "Asia/Tokyo", "theme": "dark"}
PLACE = {"name": "Juniper & Oak", "country": "IE", "time_zone": "Europe/Dublin", "currency": "EUR"}
NOT_A_NAME = ["", "   ", "x" * 10_000, "Theo\x00"]


# ---- Profile -------------------------------------------------------------------------------------------------------
def test_a_person_changes_name_zone_and_look(owner, signed_in):
    assertRedirects(signed_in(owner).post(PROFILE, PERSON), "/")
    owner.user.refresh_from_db()
    assert (owner.user.name, str(owner.user.time_zone), owner.user.theme) == tuple(PERSON.values())


def test_a_zone_of_ones_own_may_be_given_up(owner, signed_in):
    assertRedirects(signed_in(owner).post(PROFILE, PERSON | {"time_zone": ""}), "/")
    owner.user.refresh_from_db()
    assert not owner.user.time_zone


@pytest.mark.parametrize(
    "wrong",
    [
        *({"name": name} for name in NOT_A_NAME),
        *({"time_zone": zone} for zone in ("Mars/Base", "../../etc/passwd", "\x00")),
        *({"theme": theme} for theme in ("", "pink")),
    ],
    ids=ascii,
)
def test_a_refused_profile_changes_nothing_and_the_frame_keeps_the_name(owner, signed_in, wrong):
    page = signed_in(owner).post(PROFILE, PERSON | wrong)
    assertContains(page, "is-invalid")
    assertContains(page, "Error:")
    assertContains(page, "Theo Marchetti, your account")
    assert User.objects.get() == owner.user
    assert User.objects.get().name == "Theo Marchetti"
    assert User.objects.get().theme == "system"


def test_the_name_stands_in_all_ones_places_and_the_phone_only_in_the_acting_one(owner, viewer, signed_in):
    second = MembershipFactory(user=owner.user, organisation__name="Zebra Trade", phone="+44 1")
    left = MembershipFactory(user=owner.user, left_at=clock.now(), name="Theo Marchetti")
    signed_in(owner).post(PROFILE, PERSON | {"phone": "+44 20 7946 0000"})
    now = {one.pk: (one.name, one.phone) for one in Membership.objects.all()}
    assert now[owner.pk] == ("Theo B. Marchetti", "+44 20 7946 0000")
    assert now[second.pk] == ("Theo B. Marchetti", "+44 1")
    assert now[left.pk] == ("Theo Marchetti", "")
    assert now[viewer.pk] == ("Piet Larsen", "")


def test_the_phone_shown_is_the_one_of_the_acting_place(owner, signed_in):
    Membership.objects.filter(pk=owner.pk).update(phone="+44 20 7946 0000")
    assertContains(signed_in(owner).get(PROFILE), 'value="+44 20 7946 0000"')


@pytest.mark.parametrize("phone", ["x" * 10_000, "\x00"], ids=["long", "NUL"])
def test_a_refused_phone_changes_nothing(owner, signed_in, nothing_written, phone):
    client = signed_in(owner)
    with nothing_written():
        assert list(client.post(PROFILE, PERSON | {"phone": phone}).context["form"].errors) == ["phone"]


def test_fields_that_the_form_does_not_have_are_ignored(owner, signed_in):
    signed_in(owner).post(PROFILE, PERSON | {"email": "evil@shop.example", "is_staff": "on", "is_superuser": "on"})
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("theo@juniperandpine.example", False, False)


def test_a_name_is_shown_escaped(owner, signed_in):
    client = signed_in(owner)
    client.post(PROFILE, PERSON | {"name": "<script>alert(1)</script>"})
    assertNotContains(client.get("/"), "<script>alert")


@pytest.mark.parametrize("who", ["viewer", "contact", "manager"])
def test_everybody_has_a_profile(who, request, signed_in):
    assertContains(signed_in(request.getfixturevalue(who)).get(PROFILE), "Your profile")


def test_a_member_of_nothing_has_a_profile_too(db, client):
    client.force_login(UserFactory())
    assertContains(client.get(PROFILE), "Your profile")


# ---- Organisation --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["owner", "manager"])
def test_owner_and_manager_change_their_organisation(who, request, signed_in):
    member = request.getfixturevalue(who)
    assertRedirects(signed_in(member).post(ORGANISATION, PLACE), ORGANISATION)
    place = Organisation.objects.get()
    assert (place.name, place.country.code, str(place.time_zone), place.currency) == tuple(PLACE.values())


@pytest.mark.parametrize(("typed", "kept"), [("SCT", "SCT"), ("sct", "SCT"), ("", "")])
def test_a_region_of_the_country_is_taken_whatever_its_case(owner, signed_in, typed, kept):
    signed_in(owner).post(ORGANISATION, PLACE | {"country": "GB", "region": typed})
    assert Organisation.objects.get().region == kept


@pytest.mark.parametrize(
    ("changed", "calls"),
    [
        ({"country": "IE"}, 1),
        ({"region": "SCT"}, 1),
        ({"time_zone": "Europe/Dublin"}, 1),
        ({"name": "Juniper & Oak", "currency": "EUR"}, 0),
    ],
    ids=ascii,
)
def test_rooms_above_hear_of_a_new_place_and_of_nothing_else(owner, signed_in, told, changed, calls):
    as_it_is = {"name": "Juniper & Pine", "country": "GB", "time_zone": "Europe/London", "currency": "GBP"}
    signed_in(owner).post(ORGANISATION, as_it_is | changed)
    assert told == [("calendar_changed", owner.organisation)] * calls


@pytest.mark.parametrize(
    ("country", "region", "says"),
    [
        ("IE", "SCT", "This country has no regions: leave it empty."),
        ("GB", "BY", "Known regions: ENG, NIR, SCT, WLS."),
        ("GB", "Scotland", "Known regions"),
        ("GB", "x" * 10_000, "at most 10 characters"),
        ("GB", "\x00", "Null characters"),
    ],
    ids=lambda one: ascii(one)[:20],
)
def test_a_region_of_another_country_is_refused_at_the_field(owner, signed_in, nothing_written, country, region, says):
    client = signed_in(owner)
    with nothing_written():
        page = client.post(ORGANISATION, PLACE | {"country": country, "region": region})
    assert list(page.context["form"].errors) == ["region"]
    assertContains(page, says)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"name": name} for name in NOT_A_NAME),
        *({"country": country} for country in ("", "XX", "Ireland", "\x00")),
        *({"time_zone": zone} for zone in ("", "Mars/Base", "\x00")),
        *({"currency": currency} for currency in ("", "EURO", "XTS", "DEM", "eur", "\x00")),
    ],
    ids=ascii,
)
def test_a_refused_organisation_changes_nothing_and_the_frame_keeps_the_name(owner, signed_in, wrong):
    page = signed_in(owner).post(ORGANISATION, PLACE | wrong)
    assertContains(page, "is-invalid")
    assertContains(page, '<span class="org-name">Juniper &amp; Pine</span>', html=True)
    place = Organisation.objects.get()
    assert (place.name, place.country.code, place.currency) == ("Juniper & Pine", "GB", "GBP")


def test_the_other_kind_cannot_be_chosen(owner, signed_in):
    signed_in(owner).post(ORGANISATION, PLACE | {"kind": "vendor"})
    assert Organisation.objects.get().is_merchant


@pytest.mark.parametrize("who", ["viewer", "contact"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_change_it_is_forbidden(who, method, request, signed_in):
    member = request.getfixturevalue(who)
    page = getattr(signed_in(member), method)(ORGANISATION, PLACE)
    assertContains(page, "This is not yours to do", status_code=403)
    member.organisation.refresh_from_db()
    assert member.organisation.country.code == "GB"


def test_a_member_of_nothing_is_forbidden(db, client):
    client.force_login(UserFactory())
    assert client.get(ORGANISATION).status_code == 403


def test_a_rivals_organisation_stays_as_it_is(owner, rival, signed_in):
    signed_in(owner).post(ORGANISATION, PLACE | {"pk": rival.organisation_id, "id": rival.organisation_id})
    rival.organisation.refresh_from_db()
    assert rival.organisation.name == "Copper Kettle"


# ---- Both ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", [PROFILE, ORGANISATION])
@pytest.mark.parametrize("method", ["get", "post"])
def test_stranger_meets_the_login(db, client, address, method):
    assertRedirects(getattr(client, method)(address), f"{reverse('account_login')}?next={address}")


@pytest.mark.parametrize("address", [PROFILE, ORGANISATION])
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(owner, signed_in, address, method):
    assert getattr(signed_in(owner), method)(address).status_code == 405


@pytest.mark.parametrize("address", [PROFILE, ORGANISATION])
def test_a_page_costs_few_queries(owner, signed_in, address, django_assert_num_queries):
    client = signed_in(owner)
    with django_assert_num_queries(3):  # session, person, the row to change
        client.get(address)
