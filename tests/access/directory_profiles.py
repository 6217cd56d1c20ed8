"""A vendor's own profile in its portal, its logo, and what staff keep, which is not there for anybody of the cast."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from outsourcing.files import storage
from outsourcing.files.kinds import PICTURES
from tests.access.rows import Row, who
from tests.access.world import World
from vendors.directory.domains import registered_domain
from vendors.directory.models import Capability, FacetValue, Site, Vendor
from vendors.directory.profiles.facts import facts_of
from vendors.directory.profiles.saving import version_of

NO_PAGE = who(404)
SAID = {
    "about": {"name": "Renamed", "tagline": "Packs glass"},
    "sites": {"site-TOTAL_FORMS": "1", "site-INITIAL_FORMS": "0", "site-0-country": "GB"},
    "services": {},
    "terms": {"hours": "Always"},
}


def furnish(world: World) -> None:
    """The vendor of the cast has a logo, what a shop needs at least, and a manager whose address proves its name."""
    vendor = Vendor.objects.get(organisation=world.vendor.organisation)
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    logo = SimpleUploadedFile("logo.png", out.getvalue())
    vendor.logo = storage.keep(logo, by=None, organisation=vendor.organisation, at=world.at, kinds=PICTURES)
    vendor.website = f"https://{registered_domain(world.members['manager'].email)}"
    vendor.save()
    Site.objects.create(vendor=vendor, country="GB")
    Capability.objects.create(vendor=vendor, value=FacetValue.objects.get(facet="service", slug="kitting"))


def vendor_of(world: World, person: str) -> Vendor:
    """One's own, for vendors; else the shop's private one."""
    place = world.place_of(person)
    mine = place.organisation if person in ("manager", "contact", "rival_manager") else None
    rows = Vendor.objects.select_related("organisation")
    return rows.get(organisation=mine) if mine else rows.get(pk=world.shop.private_vendor.pk)


def said(section: str):
    """A section's form as it was made a moment ago."""

    def body(world: World, person: str) -> dict:
        vendor = vendor_of(world, person)
        website = {"website": vendor.website} if section == "about" else {}
        return {"version": version_of(section, vendor, facts_of(vendor)), **website, **SAID[section]}

    return body


def row(world: World, person: str) -> dict:
    """The row as it stands now."""
    return Vendor.objects.filter(pk=vendor_of(world, person).pk).values().get()


def own(section: str) -> Row:
    """A page of the portal with a form, for managers; each acts on the one profile that is theirs."""
    return Row(
        "directory:profile_section",
        note=section,
        args=lambda world: {"section": section},
        get=who(403, manager=200, rival_manager=200),
        post=who(403, manager="directory:profile", rival_manager="directory:profile"),
        data=said(section),
        changes=row,
        shows='name="version"',
    )


def private(section: str) -> Row:
    """The same form on a page of the shop's that added the vendor; "about" is what "edit" leads to."""
    pk, named = (lambda world: {"pk": world.shop.private_vendor.pk}), {"section": section}
    return Row(
        "directory:edit" if section == "about" else "directory:edit_section",
        note=section,
        of="shop",
        args=lambda world: pk(world) if section == "about" else pk(world) | named,
        get=who(404, owner=200, buyer=200, operations=403, viewer=403),
        post=who(404, owner="directory:vendor", buyer="directory:vendor", operations=403, viewer=403),
        data=said(section),
        changes=row,
        shows='name="version"',
    )


def act(route: str, manager, **more) -> Row:
    """A button of the portal's."""
    post = who(403, manager=manager, **more)
    return Row(route, get=who(405), post=post, changes=row)


def staff(route: str, **args) -> Row:
    """There for staff alone, of whom the cast has none."""
    every = dict.fromkeys(("get", "post", "put", "patch", "delete", "options"), NO_PAGE)
    return Row(route, args=lambda world: args, proven_by="test_staff_alone_reach_what_staff_keep", **every)


ROWS = [
    Row(
        "directory:profile",
        get=who(403, vendor=200, rival_manager=200),
        shows=lambda world, person: world.place_of(person).mark,
    ),
    Row(
        "directory:profile_history",
        get=who(403, vendor=200, rival_manager=200),
        shows="<h1",
    ),
    *map(own, SAID),
    *map(private, SAID),
    Row(
        "directory:edit_section",
        note="of another",
        args=lambda world: {"pk": world.vendor.published.pk, "section": "about"},
        get=who(404, owner=409, buyer=409, rival=409, operations=403, viewer=403, manager=403, contact=403),
        post=who(404, owner=409, buyer=409, rival=409, operations=403, viewer=403, manager=403, contact=403),
        tells=("vendor",),
    ),
    act("directory:publish", "directory:profile", rival_manager=409),
    act("directory:unpublish", "directory:profile", rival_manager="directory:profile"),
    act("directory:ask_to_look", "directory:profile", rival_manager="directory:profile"),
    Row(
        "directory:logo",
        get=who(404, shop=200, rival=200, vendor=200),
        args=lambda world: {"pk": world.vendor.published.pk},
        shows="PNG",
    ),
    staff("admin:index"),
    staff("admin:app_list", app_label="directory"),
    staff("admin:jsi18n"),
    *(
        staff(f"admin:directory_{model}_{page}", **({"object_id": "1"} if page in ("change", "history") else {}))
        for model in ("facetvalue", "vendor")
        for page in ("changelist", "add", "change", "history")
    ),
]
