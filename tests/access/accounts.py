"""People, organisations and their settings."""

from outsourcing.accounts.models import Membership, Organisation, User
from tests.access.rows import Row, everybody, who
from tests.access.world import World


def heads(answer) -> dict:
    """A page about the acting organisation for whoever runs it: 403 for its others and for members of nothing."""
    return who(403, owner=answer, manager=answer, rivals=answer)


def member_name(world: World, person: str) -> str:
    return world.place_of(person).member.name


def first_role(world: World, person: str) -> str:
    place = world.place_of(person)
    return "owner" if place is None or place.organisation.is_merchant else "manager"


def own(read):
    """What `read` finds in the acting organisation as it stands in the database now, for whoever has one."""

    def look(world: World, person: str):
        place = world.place_of(person)
        return place and read(Organisation.objects.get(pk=place.organisation.pk))

    return look


def myself(read):
    """What `read` finds in the person as they stand in the database now, for whoever is signed in."""
    return lambda world, person: world.users[person] and read(User.objects.get(pk=world.users[person].pk))


def my_place(world: World, person: str):
    """One's own membership as it stands in the database now."""
    return person in world.members and Membership.objects.get(pk=world.members[person].pk)


def colleague(world: World, person: str) -> int:
    """Somebody who could stand in or take over."""
    place = world.place_of(person)
    return next(one.pk for one in (place.successor, place.spare) if one != world.members[person]) if place else 0


def outsider(world: World, person: str) -> int:
    """A live member of an organisation of the same kind, not one's own."""
    return (world.shop if world.place_of(person) is world.rival else world.rival).successor.pk


ROWS = [
    Row(
        "accounts:start",
        get=who(200),
        post=who("today"),
        data=lambda world, person: {
            "kind": "vendor",
            "name": "A new one",
            "country": "IE",
            "time_zone": "Europe/Dublin",
            "currency": "EUR",
        },
        shows='name="country"',
        changes=myself(lambda user: user.memberships.count()),
    ),
    # ---- An invitation's link -------------------------------------------------------------------------------------
    Row(
        "accounts:join",
        note="live",
        args=lambda world: {"token": world.shop.token},
        get=who(409, stranger=200),  # it is for somebody else than those who are signed in
        post=who(409, stranger="today"),
        shows=lambda world, person: world.shop.organisation.name,
        changes=lambda world, person: type(world.shop.asked).objects.get(pk=world.shop.asked.pk).user_id,
        tells=("shop",),
        put=everybody(405),
        patch=everybody(405),
        delete=everybody(405),
        options=everybody(405),
    ),
    Row(
        "accounts:join",
        note="forged",
        args=lambda world: {"token": world.shop.token[:-1] + ("a" if world.shop.token[-1] != "a" else "b")},
        get=everybody(410),
        post=everybody(410),
        put=everybody(405),
        patch=everybody(405),
        delete=everybody(405),
        options=everybody(405),
    ),
    # ---- One's own ------------------------------------------------------------------------------------------------
    Row(
        "accounts:switch",
        get=who(405),
        post=who(404, members="today"),
        data=lambda world, person: {"membership": getattr({**world.members, **world.seconds}.get(person), "pk", 0)},
        ids={"membership": outsider},
        proven_by="test_the_switch_leads_to_the_object",
    ),
    Row(
        "accounts:profile",
        get=who(200),
        post=who("today"),
        data=lambda world, person: {"name": "Somebody Else", "time_zone": "Asia/Tokyo", "theme": "dark"},
        shows=lambda world, person: world.users[person].name,
        changes=myself(lambda user: user.name),
    ),
    Row(
        "accounts:absences",
        get=who(403, members=200),
        post=who(403, members="accounts:absences"),
        data=lambda world, person: {
            "starts_on": "2099-02-01",
            "ends_on": "2099-02-02",
            "stand_in": colleague(world, person),
        },
        shows='name="stand_in"',
        changes=lambda world, person: person in world.members and world.members[person].absences.count(),
        ids={"stand_in": outsider},
    ),
    Row(
        "accounts:leave",
        get=who(403, members=200),
        post=who(403, members="today", owner=409, manager=409, rivals=409),  # the last who runs it stays
        data=lambda world, person: {"successor": colleague(world, person)},
        shows='name="successor"',
        changes=lambda world, person: person in world.members and my_place(world, person).left_at,
        ids={"successor": outsider},
    ),
    # ---- The organisation's ---------------------------------------------------------------------------------------
    Row(
        "accounts:organisation",
        get=heads(200),
        post=heads("accounts:organisation"),
        data=lambda world, person: {
            "name": "Renamed",
            "country": "IE",
            "time_zone": "Europe/Dublin",
            "currency": "EUR",
        },
        shows=lambda world, person: world.place_of(person).organisation.name,
        changes=own(lambda place: place.name),
    ),
    Row(
        "accounts:calendar",
        get=heads(200),
        post=heads("accounts:calendar"),
        data=lambda world, person: {"day0": "10:00-12:00"},
        shows=lambda world, person: world.place_of(person).closed_day.name,
        changes=own(lambda place: place.openings.count()),
    ),
    Row(
        "accounts:add_closed_day",
        get=who(405),
        post=heads("accounts:calendar"),
        data=lambda world, person: {"day": "2099-03-01", "name": "Stocktaking"},
        changes=own(lambda place: place.closed_days.count()),
    ),
    Row("accounts:members", get=heads(200), shows=member_name),
    Row(
        "accounts:invite",
        get=heads(200),
        post=heads("accounts:members"),
        data=lambda world, person: {"email": "new@somewhere.example", "roles": [first_role(world, person)]},
        shows='name="email"',
        changes=own(lambda place: place.memberships.count()),
    ),
    Row("accounts:history", get=heads(200), shows=lambda world, person: world.place_of(person).asked.name),
]


def live(model, pk: int):
    """The row as it stands now, or None."""
    return model.objects.filter(pk=pk).values().first()


def about_member(of: str, head: str, attribute: str = "member"):
    """What rows about one member of a place share: the id, who reads it, and how a change of it is seen."""

    def target(world: World):
        return getattr(world.places[of], attribute)

    return {
        "of": of,
        "args": lambda world: {"pk": target(world).pk},
        "changes": lambda world, person: (
            live(type(target(world)), target(world).pk),
            target(world).invitations.filter(revoked_at=None).values_list("pk", flat=True).first(),
        ),
    }


for of, head, colleagues in (("shop", "owner", "shop"), ("vendor", "manager", "vendor")):

    def only_head(answer, head=head, colleagues=colleagues):
        """Seen by all of the organisation, done by who runs it; nobody else may know of it."""
        return who(404, **{head: answer, colleagues: 403})

    ROWS += [
        Row(
            "accounts:member",
            get=only_head(200),
            post=only_head("accounts:members"),
            data=lambda world, person, of=of: {
                "roles": ["owner" if of == "shop" else "manager"],
                "is_backup": "on",
            },
            shows=lambda world, person, of=of: world.places[of].member.email,
            **about_member(of, head),
        ),
        Row(
            "accounts:remove",
            get=only_head(200),
            post=only_head("accounts:members"),
            data=lambda world, person, of=of: {"successor": world.places[of].successor.pk},
            ids={"successor": outsider},
            shows=lambda world, person, of=of: world.places[of].successor.name,
            **about_member(of, head),
        ),
        Row("accounts:resend", get=who(405), post=only_head("accounts:members"), **about_member(of, head, "asked")),
        Row("accounts:revoke", get=who(405), post=only_head("accounts:members"), **about_member(of, head, "asked")),
        Row(
            "accounts:delete_closed_day",
            get=who(405),
            post=only_head("accounts:calendar"),
            of=of,
            args=lambda world, of=of: {"pk": world.places[of].closed_day.pk},
            changes=lambda world, person, of=of: world.places[of].organisation.closed_days.count(),
        ),
        Row(
            "accounts:delete_absence",  # nobody but oneself knows of it
            get=who(405),
            post=who(404, **{head: "accounts:absences"}),
            of=of,
            args=lambda world, of=of: {"pk": world.places[of].absence.pk},
            changes=lambda world, person, of=of: world.places[of].head.absences.count(),
        ),
    ]
