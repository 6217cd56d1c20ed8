"""A member's place ends, by an owner's hand or their own, and somebody takes over."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects, assertTemplateUsed

from outsourcing.accounts import actions, hooks
from outsourcing.accounts.errors import LastHead, NotAColleague
from outsourcing.accounts.models import Absence, Invitation, Membership, Organisation, Role
from outsourcing.shared import clock
from tests.accounts.conftest import path_of
from tests.factories import MembershipFactory

LEAVE, MEMBERS = reverse("accounts:leave"), reverse("accounts:members")
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAYS = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 4)}


@pytest.fixture
def buyer(shop) -> Membership:
    return MembershipFactory(organisation=shop, user__name="Rosa Imberg", roles=[Role.BUYER])


def remove(member: Membership) -> str:
    return reverse("accounts:remove", args=[member.pk])


def is_in(member: Membership) -> bool:
    return Membership.objects.joined().filter(pk=member.pk).exists()


# ---- It works ------------------------------------------------------------------------------------------------------
def test_owner_removes_a_colleague_and_says_who_takes_over(owner, viewer, buyer, signed_in, told):
    assertRedirects(signed_in(owner).post(remove(viewer), {"successor": buyer.pk}), MEMBERS)
    assert not is_in(viewer)
    ((name, leaver, successor, at),) = told
    assert (name, leaver, successor) == ("member_left", viewer, buyer)
    viewer.refresh_from_db()
    assert at == viewer.left_at


def test_a_member_leaves(owner, viewer, signed_in, told):
    client = signed_in(viewer)
    assertRedirects(client.post(LEAVE, {"successor": owner.pk}), "/")
    assert not is_in(viewer)
    assert [row[:3] for row in told] == [("member_left", viewer, owner)]
    assertTemplateUsed(client.get("/"), "no_organisation.html")


def test_access_is_gone_at_the_next_request(owner, viewer, signed_in):
    theirs = signed_in(viewer)
    assert theirs.get(reverse("accounts:absences")).status_code == 200
    signed_in(owner).post(remove(viewer), {"successor": owner.pk})
    assert theirs.get(reverse("accounts:absences")).status_code == 403


def test_what_was_theirs_stays_with_their_name(owner, viewer, signed_in):
    signed_in(owner).post(remove(viewer), {"successor": owner.pk})
    viewer.refresh_from_db()
    assert (viewer.name, viewer.user.name) == ("Piet Larsen", "Piet Larsen")


def test_an_error_in_a_room_above_undoes_it_all(owner, viewer, buyer):
    Absence.objects.create(membership=buyer, stand_in=viewer, **DAYS)

    def fail(*arguments) -> None:
        raise RuntimeError("a room above")

    hooks.member_left.add(fail)
    try:
        with pytest.raises(RuntimeError):
            actions.remove_member(viewer, successor=owner, at=AT)
    finally:
        hooks.member_left.remove(fail)
    assert is_in(viewer)
    assert Absence.objects.get().stand_in == viewer


# ---- Whom they stood in for ----------------------------------------------------------------------------------------
def test_whoever_they_stood_in_for_gets_the_successor(owner, viewer, buyer):
    Absence.objects.create(membership=buyer, stand_in=viewer, **DAYS)
    actions.remove_member(viewer, successor=owner, at=AT)
    assert Absence.objects.get().stand_in == owner


def test_nobody_stands_in_for_themselves(owner, viewer):
    Absence.objects.create(membership=owner, stand_in=viewer, **DAYS)
    actions.remove_member(viewer, successor=owner, at=AT)
    assert not Absence.objects.filter(membership=owner).exists()


# ---- Who takes over ------------------------------------------------------------------------------------------------
def test_only_joined_colleagues_are_offered(owner, viewer, buyer, rival, invited, signed_in):
    invited("new@juniperandpine.example")
    actions.remove_member(buyer, successor=owner, at=AT)
    form = signed_in(owner).get(remove(viewer)).context["form"]
    assert list(form.fields["successor"].queryset) == [owner]


@pytest.mark.parametrize(
    "who", ["rival", "manager", "the leaver", "asked in", "nobody", "nonsense", "\x00", "9" * 5000]
)
def test_nobody_else_takes_over(owner, viewer, rival, manager, invited, signed_in, nothing_written, who):
    people = {
        "rival": rival.pk,
        "manager": manager.pk,
        "the leaver": viewer.pk,
        "asked in": invited("new@juniperandpine.example").membership_id,
        "nobody": "",
    }
    client = signed_in(owner)
    with nothing_written():
        page = client.post(remove(viewer), {"successor": people.get(who, who)})
    assert list(page.context["form"].errors) == ["successor"]
    assertContains(page, "is-invalid")


def test_the_rule_holds_without_the_form_too(owner, viewer, rival, buyer, invited):
    actions.remove_member(buyer, successor=owner, at=AT)
    asked = invited("new@juniperandpine.example").membership
    for nobody in (None, rival, viewer, buyer, asked):
        with pytest.raises(NotAColleague):
            actions.remove_member(viewer, successor=nobody, at=AT)
    assert is_in(viewer)


# ---- The last one --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["owner", "manager"])
def test_the_last_head_cannot_leave(who, request, signed_in, viewer, contact, nothing_written):
    head = request.getfixturevalue(who)
    colleague = viewer if who == "owner" else contact
    client = signed_in(head)
    with nothing_written():
        page = client.post(LEAVE, {"successor": colleague.pk})
    assertContains(page, "is the only", status_code=409)


@pytest.mark.parametrize("method", ["get", "post"])
def test_to_remove_oneself_is_to_leave(owner, viewer, signed_in, nothing_written, method):
    client = signed_in(owner)
    with nothing_written():
        assertRedirects(getattr(client, method)(remove(owner), {"successor": viewer.pk}), LEAVE)


def test_one_of_two_owners_may_leave(owner, signed_in):
    other = MembershipFactory(organisation=owner.organisation)
    signed_in(owner).post(LEAVE, {"successor": other.pk})
    assert not is_in(owner)


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_leave_one(owner, at_once):
    other = MembershipFactory(organisation=owner.organisation)
    outcomes = at_once(
        Organisation.objects.all(),
        lambda: actions.remove_member(owner, successor=other, at=AT),
        lambda: actions.remove_member(other, successor=owner, at=AT),
    )
    assert [type(one) for one in outcomes if one] == [LastHead]
    assert is_in(owner) != is_in(other)


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_who_hand_over_to_each_other_at_once_leave_one(owner, viewer, at_once):
    buyer = MembershipFactory(organisation=owner.organisation, roles=[Role.BUYER])
    outcomes = at_once(
        Organisation.objects.all(),
        lambda: actions.remove_member(viewer, successor=buyer, at=AT),
        lambda: actions.remove_member(buyer, successor=viewer, at=AT),
    )
    assert [type(one) for one in outcomes if one] == [NotAColleague]
    assert is_in(viewer) != is_in(buyer)


# ---- Invitations ---------------------------------------------------------------------------------------------------
def test_a_pending_invitation_of_the_leaver_no_longer_works(owner, viewer, invited, client):
    invitation = invited("new@juniperandpine.example")
    actions.remove_member(invitation.membership, successor=None, at=clock.now())
    assert client.get(path_of(invitation)).status_code == 410
    assert not Invitation.objects.open(clock.now()).exists()


# ---- It is refused -------------------------------------------------------------------------------------------------
def test_who_left_is_not_removed_again(owner, viewer, buyer, signed_in, told):
    client = signed_in(owner)
    client.post(remove(viewer), {"successor": owner.pk})
    page = client.post(remove(viewer), {"successor": buyer.pk})
    assertContains(page, "has left already", status_code=409)
    assert len(told) == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_outsider_finds_nobody(rival, viewer, signed_in, method):
    assert getattr(signed_in(rival), method)(remove(viewer), {"successor": rival.pk}).status_code == 404
    assert is_in(viewer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_viewer_removes_nobody(viewer, buyer, signed_in, method):
    assert getattr(signed_in(viewer), method)(remove(buyer), {"successor": viewer.pk}).status_code == 403
    assert is_in(buyer)
