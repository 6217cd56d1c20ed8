"""A check-in is signed once, as a snapshot; the vendor reads it, and may answer once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones import mails
from milestones.check_ins.facts import unsealed
from milestones.errors import NothingPlanned, NotYours, Overtaken
from milestones.health import looking
from milestones.history import tell
from milestones.holding import hold, see_that_it_is
from milestones.models import CheckIn, Contract, Reading, State
from outsourcing.accounts.models import Membership
from outsourcing.conversations.models.entries import digest


@dataclass(frozen=True)
class Came:
    """What came of a measure, and where the figure is from; without a figure it stays missing."""

    actual: Decimal | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What somebody says beside the facts: marks from 1 to 5, words, and what came, by the measures' keys."""

    quality: int | None = None
    communication: int | None = None
    words: str = ""
    came: Mapping[int, Came] = field(default_factory=dict)


@transaction.atomic
def sign(check_in: CheckIn, said: Evaluation, *, read: str, by: Membership, at: datetime) -> CheckIn:
    """Keep the facts as they were `read` (sealed) and what is said, for good, and tell the vendor.

    Raises Overtaken where it is signed or left out, or the page is a day old; NotInThisState; NothingPlanned for a
    figure without its source.
    """
    contract = hold(check_in.contract_id)
    see_that_it_is(contract, State.ACTIVE, State.SUSPENDED, State.CLOSE_OUT)
    facts = unsealed(check_in, read)
    measures = list(contract.measures.all())
    came = {one.pk: said.came.get(one.pk, Came()) for one in measures}
    if any(one.actual is not None and not one.source.strip() for one in came.values()):
        raise NothingPlanned(_("Say for each figure where it is from."))
    text = json.dumps(
        {
            "facts": facts, "quality": said.quality, "communication": said.communication, "words": said.words,
            "came": [[one.name, one.target, str(came[one.pk].actual), came[one.pk].source] for one in measures],
            "signed": [by.label, at.isoformat()],
        },
        sort_keys=True,
    )  # fmt: skip
    kept: dict[str, Any] = {
        "facts": facts, "quality": said.quality, "communication": said.communication, "words": said.words,
        "signed_by": by, "signed_at": at, "digest": digest(text),
    }  # fmt: skip
    if not CheckIn.objects.open().filter(pk=check_in.pk).update(**kept):
        raise Overtaken(_("It is signed or left out already: nothing of yours was saved."))
    Reading.objects.bulk_create(
        Reading(check_in=check_in, measure=one, actual=came[one.pk].actual, source=came[one.pk].source)
        for one in measures
    )
    tell(contract, "checked-in", by=by, at=at, due=check_in.due_on)
    _tell_the_vendor(check_in, contract, said, by)
    looking.look([contract.pk], at=at)
    check_in.refresh_from_db()
    return check_in


@transaction.atomic
def reply(check_in: CheckIn, text: str, *, by: Membership, at: datetime) -> None:
    """Answer a check-in as the vendor, once. Raises NotYours, Overtaken."""
    contract = hold(check_in.contract_id)
    if by.organisation_id != contract.vendor_id:
        raise NotYours(_("The vendor answers this."))
    signed = CheckIn.objects.filter(pk=check_in.pk, signed_at__isnull=False, replied_at=None)
    if not signed.update(reply=text, replied_at=at, replied_by=by):
        raise Overtaken(_("It is not signed yet, or you have answered already."))
    _tell_the_merchant(check_in, contract, text, by)


def _tell_the_vendor(check_in: CheckIn, contract: Contract, said: Evaluation, by: Membership) -> None:
    day = date_format(check_in.due_on, "j F")
    mails.news(
        contract,
        mails.vendor_people(contract),
        title=_("Check-in of %(day)s: %(contract)s") % {"day": day, "contract": contract.title},
        words=_("%(person)s signed the check-in. You can read it, and answer it once.") % {"person": by.label},
        quote=said.words,
        action=_("Read the check-in"),
        path=reverse("milestones:check_in", args=[check_in.pk]),
        occurrence=f"check-in:{check_in.pk}",
    )


def _tell_the_merchant(check_in: CheckIn, contract: Contract, text: str, by: Membership) -> None:
    mails.news(
        contract,
        mails.merchant_people(contract),
        title=_("%(vendor)s answered a check-in: %(contract)s")
        % {"vendor": contract.vendor, "contract": contract.title},
        words=_("%(person)s answered what you signed.") % {"person": by.label},
        quote=text,
        action=_("Read the answer"),
        path=reverse("milestones:check_in", args=[check_in.pk]),
        occurrence=f"check-in:{check_in.pk}:reply",
    )
