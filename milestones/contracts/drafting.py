"""Writing a contract before the vendor sees it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from milestones.errors import NotInThisState, NotYours
from milestones.health import looking
from milestones.history import tell
from milestones.holding import hold, see_that_it_is, see_that_nothing_changed, touch
from milestones.models import ENDED, Contract, Document, State
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files import storage
from outsourcing.files.kinds import DOCUMENTS

#: A draft of the same vendor, title and start by the same person within so long is the same click.
TWICE = timedelta(minutes=1)
#: Who on whose side; a contract's people are of its own two organisations.
MERCHANT_PEOPLE, VENDOR_PEOPLE = ("owner", "backup"), ("vendor_owner", "vendor_backup")


@transaction.atomic
def draft(vendor: Organisation, fields: Mapping[str, Any], *, by: Membership, at: datetime) -> Contract:
    """Begin a contract with a vendor; sent twice, it is begun once. Raises NotYours for people of other
    organisations."""
    values = {"owner": by, "currency": by.organisation.currency, "time_zone": by.organisation.time_zone, **fields}
    Membership.objects.select_for_update().get(pk=by.pk)
    alike = {"merchant": by.organisation, "vendor": vendor, "title": values["title"], "starts_on": values["starts_on"]}
    just_now = Contract.objects.filter(**alike, created_by=by, state=State.DRAFT, created_at__gt=at - TWICE)
    if sent_before := just_now.first():
        return sent_before
    contract = Contract(merchant=by.organisation, vendor=vendor, created_by=by, created_at=at, **values)
    see_that_people_belong(contract)
    contract.save(force_insert=True)
    tell(contract, "drafted", by=by, at=at, is_ours=True)
    looking.look([contract.pk], at=at)
    return contract


@transaction.atomic
def change_draft(
    contract: Contract, fields: Mapping[str, Any], *, by: Membership, at: datetime, seen: int | None = None
) -> Contract:
    """Change it while nobody else has read it; `seen` is the version of the page. Raises NotInThisState, NotYours,
    Overtaken."""
    contract = hold(contract)
    see_that_it_is(contract, State.DRAFT)
    see_that_nothing_changed(contract, seen)
    for name, value in fields.items():
        setattr(contract, name, value)
    see_that_people_belong(contract)
    contract.save(update_fields=[*fields])
    touch(contract)
    tell(contract, "changed", by=by, at=at, is_ours=True)
    return contract


@transaction.atomic
def name_people(
    contract: Contract, people: Mapping[str, Membership | None], *, by: Membership, at: datetime
) -> Contract:
    """Say who runs it, on either side, while it is not ended; a vendor of its own alone. Raises NotInThisState,
    NotYours."""
    contract = hold(contract)
    if contract.state in ENDED:
        raise NotInThisState(_("This contract has ended."))
    names = MERCHANT_PEOPLE + VENDOR_PEOPLE if by.organisation.is_merchant else VENDOR_PEOPLE
    for name in names:
        if name in people:
            setattr(contract, name, people[name])
    see_that_people_belong(contract)
    contract.save(update_fields=list(names))
    tell(contract, "people-named", by=by, at=at, is_ours=contract.state == State.DRAFT)
    return contract


def see_that_people_belong(contract: Contract) -> None:
    """Raises NotYours where somebody who is named is not of the side they are named for, or has left it."""
    sides = ((MERCHANT_PEOPLE, contract.merchant_id), (VENDOR_PEOPLE, contract.vendor_id))
    for names, organisation in sides:
        for person in filter(None, (getattr(contract, name) for name in names)):
            if person.organisation_id != organisation or person.left_at is not None:
                raise NotYours(_("%(person)s is not one of theirs: choose again.") % {"person": person.label})


@transaction.atomic
def attach(contract: Contract, upload: UploadedFile, *, title: str = "", by: Membership, at: datetime) -> Document:
    """Put a file beside the contract, for both sides. Raises NotInThisState, and Refused for a file."""
    contract = hold(contract)
    if contract.state in ENDED:
        raise NotInThisState(_("This contract has ended."))
    file = storage.keep(upload, by=by, organisation=by.organisation, at=at, kinds=DOCUMENTS)
    return Document.objects.create(contract=contract, file=file, title=title, added_by=by, added_at=at)


@transaction.atomic
def remove_document(document: Document, *, by: Membership, at: datetime) -> None:
    """Take a file of one's own side back; its row stays. Raises NotYours."""
    now = Document.objects.select_for_update(of=("self",)).select_related("added_by").get(pk=document.pk)
    if now.removed_at is not None or now.added_by.organisation_id != by.organisation_id:
        raise NotYours(_("It was taken back already, or the other side put it there."))
    now.removed_at = at
    now.save(update_fields=["removed_at"])
