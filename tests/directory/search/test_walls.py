"""Whatever a rival does, each byte of what this merchant searches, takes away and has saved stays as it was."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tests.factories import ReferenceFactory, RelationshipFactory, VendorFactory
from vendors.directory import tasks
from vendors.directory.keeping import actions as keeping
from vendors.directory.models import (
    Capability,
    Certificate,
    FacetValue,
    Partner,
    ReferenceAnswer,
    SavedSearch,
    Tag,
    Vendor,
    WorkSample,
)
from vendors.directory.profiles import actions as profiles
from vendors.directory.search import index

pytestmark = pytest.mark.django_db
LIST, SEARCH, EXPORT = reverse("directory:list"), reverse("search"), reverse("directory:export_csv")
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
ASKED = ["", "q=nord", "q=nrod", "q=zanzibar", "q=secret", "handling=fragile", "q=nord&handling=fragile&sort=name"]
ASKED += ["sort=evidence", "sort=name", "sort=reply", "page=2", "page=3", "certificate=iso-9001", "references=1"]
ASKED += ["known=1", "status=blocked", "status=active&status=prospect", "unblocked=1", "q=sud&since=1000"]


def value(facet: str, slug: str) -> FacetValue:
    return FacetValue.objects.get(facet=facet, slug=slug)


@pytest.fixture
def vendors(owner) -> list[Vendor]:
    """Sixty that all shops see, of which many have the same name and say the same; the owner keeps something itself."""
    fragile = value("handling", "fragile")
    made = [VendorFactory(organisation__name="Nord" if n % 2 else f"Sud {n}", tagline="Packs") for n in range(60)]
    Capability.objects.bulk_create(Capability(vendor=one, value=fragile) for one in made[:30])
    about = {"merchant": owner.organisation, "vendor": made[1], "created_at": made[1].added_at}
    Partner.objects.create(**about, name="Hermes", kind="carrier")
    RelationshipFactory(vendor=made[1], merchant=owner.organisation, status="active")
    made.append(VendorFactory(organisation__name="Nord Own", private_to=owner.organisation))
    for name, query in (("Nord", "q=nord"), ("All", ""), ("Known", "known=1")):
        SavedSearch.objects.create(membership=owner, name=name, query=query, looked_at=SINCE, created_at=SINCE)
    index.refresh(one.pk for one in made)
    return made


def seen_by(client) -> dict[str, bytes]:
    """Each page and file, without what only tells one answer from another."""
    seen = {}
    for asked in ASKED:
        for address in (LIST, SEARCH, EXPORT):
            answer = client.get(f"{address}?{asked}")
            assert answer.status_code == 200
            body = b"".join(answer) if answer.streaming else answer.content
            seen[f"{address}?{asked}"] = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", body)
    return seen


def all_that_a_rival_may_do(rival, vendors):
    """What it does, each with the vendor that it is about."""
    known, another = vendors[1], vendors[3]
    at = known.added_at
    own = {"merchant": rival.organisation, "created_at": at}
    for vendor in (known, another):
        yield "note", keeping.add_note(vendor, "Zanzibar", by=rival, at=at)
        yield "tag", keeping.add_tag(vendor, "Zanzibar", by=rival)
        yield "status", keeping.set_status(vendor, "active", by=rival, at=at)
        yield "partner", Partner.objects.create(**own, vendor=vendor, name="Zanzibar", kind="client")
        yield "testimonial", vendor.testimonials.create(**own, quote="Zanzibar", company="Zanzibar")
        yield (
            "sample",
            WorkSample.objects.create(**own, vendor=vendor, title="Zanzibar", form="link", url="https://a.example"),
        )
        yield (
            "paper",
            Certificate.objects.create(**own, vendor=vendor, name="ISO", value=value("certificate", "iso-9001")),
        )
        reference = ReferenceFactory(**own, vendor=vendor, name="Zanzibar", state="answered", level=3)
        yield (
            "answer",
            ReferenceAnswer.objects.create(reference=reference, text="Zanzibar", hire_again="no", answered_at=at),
        )
        yield "block", keeping.block(vendor, "Zanzibar", by=rival, at=at)
        yield "unblocked", keeping.unblock(vendor, by=rival)
    said = {"website": "https://zanzibar.example", "country": "GB", "contact_name": "", "contact_email": "z@z.example"}
    for name in ("Nord", "Nordd", "Secret Zanzibar"):
        added = profiles.add_vendor(name=name, by=rival, at=at, invite=True, **said)
        Capability.objects.create(vendor=added, value=value("handling", "food"))
        yield f"own vendor {name}", index.refresh([added.pk])
    yield (
        "saved search",
        SavedSearch.objects.create(membership=rival, name="Zanzibar", query="q=nord", looked_at=at, created_at=at),
    )


def test_no_byte_changes_by_what_a_rival_does(owner, rival, vendors, signed_in):
    client = signed_in(owner)
    before = seen_by(client)
    assert b"Nord Own" in before[f"{LIST}?known=1"]
    assert b"<b>61 new</b>" in before[f"{LIST}?"]
    assert Tag.objects.count() == 0
    done = []
    for deed, _made in all_that_a_rival_may_do(rival, vendors):
        done.append(deed)
        index.refresh([vendors[1].pk, vendors[3].pk])
        if deed in ("answer", "unblocked", "saved search"):
            for tidy in (tasks.fold, tasks.recount, tasks.expire):
                tidy()
            after = seen_by(client)
            assert [page for page in before if before[page] != after[page]] == [], done
    theirs = seen_by(signed_in(rival))
    assert b"Secret Zanzibar" in theirs[f"{LIST}?q=zanzibar"]  # the control: it was there to be seen
    assert b"Zanzibar" in theirs[f"{EXPORT}?q=nord"]
