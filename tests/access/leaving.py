"""Taking everything away."""

import zipfile

from outsourcing.accounts.models import Membership, User
from outsourcing.files import storage
from outsourcing.leaving import exporting
from outsourcing.leaving.models import Export
from tests.access.accounts import heads, own
from tests.access.rows import Row, who
from tests.access.world import World


def furnish(world: World) -> None:
    """The shop's has been made, for its owner alone. What one holds is tried in tests/leaving."""
    owner = world.shop.head
    with storage.writing(world.at) as (out, key), zipfile.ZipFile(out, "w") as archive:
        archive.writestr("everything.json", f"Talk of {world.shop.mark}")
    about = {"name": "export.zip", "content_type": exporting.ZIP, "organisation": owner.organisation}
    file = storage.enter(key, **about, by=owner, at=world.at)
    world.shop.export = Export.objects.create(
        organisation=owner.organisation, asked_by=owner, state="ready", file=file, asked_at=world.at,
        progressed_at=world.at, finished_at=world.at,
    )  # fmt: skip


def exports(world: World, person: str):
    return list(Export.objects.order_by("pk").values("pk", "organisation", "state"))


def account(world: World, person: str):
    """Whether the account is still one."""
    return world.users[person] and User.objects.get(pk=world.users[person].pk).is_active


ROWS = [
    Row(
        "leaving:export",
        get=heads(200),
        post=heads("leaving:export"),
        shows="What is inside",
        changes=exports,
    ),
    Row(
        "leaving:download",
        of="shop",
        get=who(404, owner=200),
        args=lambda world: {"pk": world.shop.export.pk},
        shows="talk of quillshop",
    ),
    # ---- Closing --------------------------------------------------------------------------------------------------
    Row(
        "leaving:close",
        get=heads(200),
        post=who(403, owner=409, manager="leaving:close", rivals="leaving:close", rival=409),  # shops have what runs
        data=lambda world, person: {"name": place.organisation.name if (place := world.place_of(person)) else ""},
        shows="what follows from this",
        changes=own(lambda organisation: organisation.closes_at),
        meets={"owner": "vendor", "rival": "rival_vendor"},
    ),
    Row(
        "leaving:open_again",
        get=who(405),
        post=heads(409),
        proven_by="test_what_closes_is_opened_again_by_who_runs_it",
    ),
    # ---- People ---------------------------------------------------------------------------------------------------
    Row(
        "leaving:erase_member",
        of="shop",
        get=who(404, owner=200, buyer=403, operations=403, viewer=403),
        post=who(404, owner="accounts:members", buyer=403, operations=403, viewer=403),
        args=lambda world: {"pk": world.users["former"].memberships.get().pk},
        data=lambda world, person: {"sure": "on"},
        shows="Fay Gone",
        changes=lambda world, person: list(Membership.objects.order_by("pk").values_list("name", flat=True)),
    ),
    Row(
        "leaving:delete_account",
        get=who(200),
        post=who(409, nowhere=200),  # the others are members still
        data=lambda world, person: {"sure": "on"},
        changes=account,
        worked=(200,),
        shows=lambda world, person: "what follows from this",
    ),
    Row(
        "leaving:again",
        get=who(405),
        post=who("account_request_login_code"),
        proven_by="test_who_signs_in_anew_is_signed_out_first",
    ),
]
