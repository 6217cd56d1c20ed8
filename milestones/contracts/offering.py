"""From a draft to a contract that runs: the offer and its answer, and amendments, which are offers too."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import mails
from milestones.contracts.text import AMENDABLE, day, plain, text_of, typed
from milestones.errors import BadDate, NobodyReachable, NothingPlanned, NotInThisState, NotYours, Overtaken
from milestones.health import looking
from milestones.history import tell, what_happened
from milestones.holding import advance, hold, see_that_it_is, see_that_nothing_changed
from milestones.models import CheckIn, Contract, Document, Milestone, Offer, State
from outsourcing.accounts.models import Membership, Role
from outsourcing.conversations.models.entries import digest
from outsourcing.conversations.posting import Receipt
from outsourcing.files import storage
from outsourcing.files.kinds import DOCUMENTS
from outsourcing.notifications.bounces.taking import reachable

Answer = Offer.State
#: Under these, an amendment can be put to the vendor.
AMENDED = (State.ACTIVE, State.SUSPENDED)


# ---- Offering ------------------------------------------------------------------------------------------------------
@transaction.atomic
def offer(
    contract: Contract, *, expires_on: date | None = None, by: Membership, at: datetime, seen: int | None = None
) -> Offer:
    """Put a draft to the vendor, as it is at the version `seen`. Raises NotInThisState, NobodyReachable, BadDate,
    Overtaken."""
    contract = hold(contract)
    see_that_it_is(contract, State.DRAFT)
    see_that_nothing_changed(contract, seen)
    see_that_they_can_be_reached(contract)
    made = _put(contract, expires_on=expires_on, changes={}, by=by, at=at)
    advance(contract, origin=[State.DRAFT], to=State.OFFERED)
    tell(contract, "offered", by=by, at=at, vendor=contract.vendor.name)
    _ask_the_vendor(contract, made, _("A contract for you to decide: %(title)s"))
    looking.look([contract.pk], at=at)
    return made


@transaction.atomic
def propose_change(
    contract: Contract, changes: Mapping[str, Any], *, expires_on: date | None = None, by: Membership, at: datetime,
    seen: int | None = None,
) -> Offer:  # fmt: skip
    """Put an amendment to the vendor: a new text; what holds goes on until it is accepted.

    Raises NotInThisState, NothingPlanned where nothing would change, Overtaken where one is open already.
    """
    contract = hold(contract)
    see_that_it_is(contract, *AMENDED)
    see_that_nothing_changed(contract, seen)
    if contract.offers.open().exists():
        raise Overtaken(_("A change is with the vendor already: wait for the answer, or withdraw it."))
    news = {name: value for name, value in changes.items() if name in AMENDABLE and getattr(contract, name) != value}
    if not news:
        raise NothingPlanned(_("Nothing would change."))
    see_that_they_can_be_reached(contract)
    made = _put(contract, expires_on=expires_on, changes=news, by=by, at=at)
    tell(contract, "amendment-offered", by=by, at=at)
    _ask_the_vendor(contract, made, _("A change for you to decide: %(title)s"))
    return made


@transaction.atomic
def withdraw(offered: Offer, *, by: Membership, at: datetime) -> None:
    """Take an offer back while nobody has answered: the first makes the contract a draft again. Raises Overtaken."""
    contract = hold(offered.contract_id)
    _decide(offered, Answer.WITHDRAWN, contract, decided_by=by, decided_at=at)
    if contract.state == State.OFFERED:
        advance(contract, origin=[State.OFFERED], to=State.DRAFT)
    tell(contract, "offer-withdrawn", by=by, at=at)
    mails.news(
        contract,
        mails.vendor_people(contract),
        title=_("Withdrawn: %(title)s") % {"title": contract.title},
        words=_("%(merchant)s took the offer back. There is nothing for you to do.") % {"merchant": contract.merchant},
        action=_("Open your portal"),
        path=reverse("today"),
        occurrence=f"offer:{offered.pk}:withdrawn",
    )
    looking.look([contract.pk], at=at)


# ---- Answering -----------------------------------------------------------------------------------------------------
@transaction.atomic
def accept(offered: Offer, *, read: str, by: Membership, at: datetime) -> Contract:
    """Accept what was read: `read` is the digest that the page carried. For the vendor's managers.

    Raises NotYours, Overtaken where the offer is answered, withdrawn or over, or another text was read.
    """
    contract = hold(offered.contract_id)
    if by.organisation_id != contract.vendor_id or not by.has_role(Role.MANAGER):
        raise NotYours(_("A manager of %(vendor)s accepts it.") % {"vendor": contract.vendor})
    if read != offered.digest:
        raise Overtaken(_("This is not the text that you have read: reload the page and read it again."))
    see_that_it_is_still_open(offered, contract, at)
    _decide(offered, Answer.ACCEPTED, contract, decided_by=by, decided_at=at)
    _follow(offered, contract, by=by, at=at)
    _tell_the_merchant(contract, offered, _("Accepted: %(title)s"))
    return contract


@transaction.atomic
def decline(offered: Offer, *, reason: str, by: Membership, at: datetime) -> None:
    """Say no, with a reason: the first offer ends the contract, an amendment changes nothing. Raises NotYours,
    Overtaken."""
    contract = hold(offered.contract_id)
    if by.organisation_id != contract.vendor_id or not by.has_role(Role.MANAGER):
        raise NotYours(_("A manager of %(vendor)s declines it.") % {"vendor": contract.vendor})
    _decide(offered, Answer.DECLINED, contract, decided_by=by, decided_at=at, reason=reason)
    if contract.state == State.OFFERED:
        _come_to_nothing(contract, State.DECLINED, at=at)
    tell(contract, "declined", by=by, at=at, reason=reason)
    _tell_the_merchant(contract, offered, _("Declined: %(title)s"), quote=reason)
    looking.look([contract.pk], at=at)


@transaction.atomic
def record_running(
    contract: Contract, receipt: Receipt, upload: UploadedFile, *, by: Membership, at: datetime
) -> Contract:
    """Record a draft or an offer as running: it was signed outside, and `upload` is the signed file.

    Raises NotInThisState, and Refused for a file; NotYours where the signer is not the vendor's.
    """
    contract = hold(contract)
    see_that_it_is(contract, State.DRAFT, State.OFFERED)
    if receipt.received_at > at:
        raise BadDate(_("That is still to come: say when it reached you."))
    if receipt.author and receipt.author.organisation_id != contract.vendor_id:
        raise NotYours(_("Choose somebody of the vendor, or nobody."))
    contract.offers.open().update(state=Answer.WITHDRAWN, decided_at=at, decided_by=by)
    file = storage.keep(upload, by=by, organisation=by.organisation, at=at, kinds=DOCUMENTS)
    made = _put(contract, expires_on=None, changes={}, by=by, at=at)
    rows = Offer.objects.filter(pk=made.pk)
    rows.update(
        state=Answer.ACCEPTED, decided_at=receipt.received_at, decided_by=receipt.author, file=file,
        channel=receipt.channel, received_at=receipt.received_at, recorded_by=by,
    )  # fmt: skip
    Document.objects.create(contract=contract, file=file, title=_("Signed contract"), added_by=by, added_at=at)
    _activate(contract, origin=[State.DRAFT, State.OFFERED], at=at)
    tell(contract, "recorded", by=by, at=at)
    looking.look([contract.pk], at=at)
    return contract


@transaction.atomic
def lapse(offered: Offer, *, at: datetime) -> bool:
    """Let an offer lapse whose last day is over in the contract's zone; whether it did."""
    contract = hold(offered.contract_id)
    if offered.expires_on is None or offered.expires_on >= contract.today(at):
        return False
    over = Offer.objects.open().filter(pk=offered.pk)
    if not over.update(state=Answer.LAPSED, decided_at=at):
        return False
    if contract.state == State.OFFERED:
        _come_to_nothing(contract, State.LAPSED, at=at)
    tell(contract, "offer-lapsed", by=None, at=at)
    _tell_the_merchant(contract, offered, _("No answer in time: %(title)s"))
    looking.look([contract.pk], at=at)
    return True


# ---- Their parts ---------------------------------------------------------------------------------------------------
def see_that_they_can_be_reached(contract: Contract) -> None:
    """Raises NobodyReachable where nobody of the vendor's whom mails reach has joined or was asked in. One query."""
    people = reachable(Membership.objects.current().filter(organisation=contract.vendor_id))
    asked = Q(user__isnull=False) | Q(invitations__revoked_at=None, invitations__isnull=False)
    if not people.filter(asked).exists():
        words = _(
            "Nobody at %(vendor)s can be reached here: ask one of their people in first, or record the contract that "
            "you signed outside."
        )
        raise NobodyReachable(words % {"vendor": contract.vendor})


def see_that_it_is_still_open(offered: Offer, contract: Contract, at: datetime) -> None:
    """Raises Overtaken after its last day."""
    if offered.expires_on and offered.expires_on < contract.today(at):
        raise Overtaken(_("The offer was open until %(day)s.") % {"day": day(offered.expires_on)})


def _put(
    contract: Contract, *, expires_on: date | None, changes: Mapping[str, Any], by: Membership, at: datetime
) -> Offer:
    """The next text of the contract, as it would read with the changes. Raises BadDate."""
    if expires_on and expires_on < contract.today(at):
        raise BadDate(_("The offer would be over before it is read."))
    wanted = Contract.objects.get(pk=contract.pk)
    wanted.merchant, wanted.vendor = contract.merchant, contract.vendor
    for name, value in changes.items():
        setattr(wanted, name, value)
    text = text_of(wanted, contract.milestones.exclude(state=Milestone.Step.CANCELLED).prefetch_related("criteria"))
    last = contract.offers.aggregate(last=Max("number"))["last"] or 0
    return Offer.objects.create(
        contract=contract, number=last + 1, text=text, digest=digest(text), changes=plain(changes), offered_by=by,
        offered_at=at, expires_on=expires_on,
    )  # fmt: skip


def _decide(offered: Offer, to: Offer.State, contract: Contract, **fields: Any) -> None:
    """Close an open offer of a held contract. Raises Overtaken, saying what happened."""
    if not Offer.objects.open().filter(pk=offered.pk).update(state=to, **fields):
        raise Overtaken(what_happened(contract))


def _follow(offered: Offer, contract: Contract, *, by: Membership, at: datetime) -> None:
    """What was accepted holds from now on."""
    if contract.state == State.OFFERED:
        Contract.objects.filter(pk=contract.pk, vendor_owner=None).update(vendor_owner=by)
        _activate(contract, origin=[State.OFFERED], at=at)
        tell(contract, "accepted", by=by, at=at, vendor=contract.vendor.name)
    elif contract.state in AMENDED:
        changes = typed(offered.changes)
        Contract.objects.filter(pk=contract.pk).update(version=F("version") + 1, **changes)
        tell(contract, "amendment-accepted", by=by, at=at)
    else:
        raise NotInThisState(_("The contract is closing or has ended: nothing of it changes any more."))
    looking.look([contract.pk], at=at)


def _come_to_nothing(contract: Contract, to: State, *, at: datetime) -> None:
    """It never ran: what was laid out for later is not looked at."""
    advance(contract, origin=[State.OFFERED], to=to, ended_at=at)
    CheckIn.objects.open().filter(contract=contract).update(skipped_at=at)


def _activate(contract: Contract, *, origin: list[State], at: datetime) -> None:
    """It runs, and the dates of its milestones as they are now are what was first agreed."""
    advance(contract, origin=origin, to=State.ACTIVE, activated_at=at)
    contract.milestones.filter(baseline_due=None).update(baseline_due=F("current_due"))


def _ask_the_vendor(contract: Contract, offered: Offer, title: str) -> None:
    """Whoever of the vendor has joined; else whoever was asked in, who finds the way in there too."""
    people = mails.vendor_people(contract)
    ways = {} if people else mails.ways_in(contract, by=offered.offered_by, at=offered.offered_at)
    mails.news(
        contract,
        people or ways,
        title=title % {"title": contract.title},
        words=_("Read the whole text, then accept or decline it. Nothing is agreed before that."),
        action=_("Read and decide") if people else _("Join, read and decide"),
        ways=ways,
        path=reverse("milestones:offer", args=[offered.pk]),
        occurrence=f"offer:{offered.pk}",
    )


def _tell_the_merchant(contract: Contract, offered: Offer, title: str, quote: str = "") -> None:
    mails.news(
        contract,
        mails.merchant_people(contract),
        title=title % {"title": contract.title},
        words=_("You offered it to %(vendor)s on %(day)s.")
        % {"vendor": contract.vendor, "day": day(contract.today(offered.offered_at))},
        action=_("Open the contract"),
        path=reverse("milestones:contract", args=[contract.pk]),
        occurrence=f"offer:{offered.pk}:answered",
        quote=quote,
    )
