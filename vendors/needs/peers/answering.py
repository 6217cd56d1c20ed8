"""What a peer does through the link: save, answer, decline, take back. Each is one conditional update and one
transaction, so that of two at once one wins."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.erasing import Keys, person_of
from outsourcing.notifications.holdings import ABOUT_THEM, TO_THEM
from outsourcing.notifications.ladders import erasing as ladders
from outsourcing.notifications.ladders import planning
from outsourcing.notifications.models import Mail
from outsourcing.shared import erasing
from outsourcing.shared.holdings import ADDRESS, ERASED
from vendors.needs.errors import NoLongerOpen
from vendors.needs.holdings import PEER as ROWS
from vendors.needs.holdings import WORDS
from vendors.needs.models import Ask, Opinion, Peer
from vendors.needs.peers import mails
from vendors.needs.peers.asking import PEER


@transaction.atomic
def save_draft(ask: Ask, draft: Mapping[str, str], *, at: datetime) -> None:
    """Keep what was typed so far. Raises NoLongerOpen."""
    if not Ask.objects.open(at).filter(pk=ask.pk).update(draft=dict(draft), saved_at=at):
        raise NoLongerOpen(_("This link no longer takes an answer."))


@transaction.atomic
def answer(ask: Ask, given: Mapping[int, Mapping[str, Any]], *, at: datetime) -> None:
    """Send what a peer says, once: stance, score and comment by opinion. Raises NoLongerOpen.

    What they said of the same job before counts no more; what they leave out says nothing.
    """
    Peer.objects.select_for_update(no_key=True).get(pk=ask.peer_id)  # one at a time
    if not Ask.objects.open(at).filter(pk=ask.pk).update(answered_at=at, draft={}, saved_at=None):
        raise NoLongerOpen(_("This link no longer takes an answer."))
    for opinion in Opinion.objects.filter(ask=ask, pk__in=list(given)).order_by(
        "need"
    ):  # in which the needs are locked
        Opinion.objects.current().filter(peer=ask.peer_id, need=opinion.need_id).update(is_current=False)
        Opinion.objects.filter(pk=opinion.pk).update(**given[opinion.pk], is_current=True)
    planning.follow(PEER, [ask.pk], at=at)
    mails.post_answered(ask, what="answered")


@transaction.atomic
def decline(ask: Ask, *, at: datetime) -> None:
    """Would rather not. Raises NoLongerOpen."""
    if not Ask.objects.open(at).filter(pk=ask.pk).update(declined_at=at, draft={}, saved_at=None):
        raise NoLongerOpen(_("This link no longer takes an answer."))
    planning.follow(PEER, [ask.pk], at=at)
    mails.post_answered(ask, what="declined")


@transaction.atomic
def withdraw(ask: Ask, *, erase: bool, at: datetime) -> None:
    """Take back all that this peer has said to this shop: it counts and shows nowhere from now on. Raises NoLongerOpen.

    With `erase`, name, address and words are emptied too, in the mails as well.
    """
    peer = Peer.objects.select_for_update(no_key=True).get(pk=ask.peer_id)
    said = Ask.objects.filter(peer=peer, answered_at__isnull=False, withdrawn_at=None)
    if not said.update(withdrawn_at=at):
        raise NoLongerOpen(_("It was taken back already."))
    Ask.objects.unanswered().filter(peer=peer).update(revoked_at=at)
    planning.follow(PEER, Ask.objects.filter(peer=peer).values_list("pk", flat=True), at=at)
    Opinion.objects.current().filter(peer=peer).update(is_current=False)
    if erase:
        erase_peer(peer, at=at, words=True)
        ask.peer.refresh_from_db()
    mails.post_answered(ask, what="withdrawn")


@transaction.atomic
def erase_by_link(ask: Ask, *, at: datetime) -> None:
    """Take name, address and words out of all that this shop keeps, whatever became of the link. A second time changes
    nothing."""
    if Ask.objects.filter(peer=ask.peer_id, answered_at__isnull=False, withdrawn_at=None).exists():
        withdraw(ask, erase=True, at=at)
        return
    peer = Peer.objects.select_for_update(no_key=True).get(pk=ask.peer_id)
    was_open = Ask.objects.unanswered().filter(peer=peer).update(declined_at=at)
    erase_peer(peer, at=at, words=True)
    ask.peer.refresh_from_db()
    if was_open:
        mails.post_answered(ask, what="declined")


@transaction.atomic
def erase_peer(peer: Peer, *, at: datetime, words: bool = False) -> None:
    """Empty what names the person, in the rows and in the mails about them; one that waits is not sent.

    What they said stays under nobody's name, unless `words` are to go too. A second time changes nothing.
    """
    asks = list(Ask.objects.filter(peer=peer).values_list("pk", flat=True))
    Ask.objects.unanswered().filter(peer=peer).update(revoked_at=at)
    planning.follow(PEER, asks, at=at)
    about = [f"{kind}:{key}" for key in asks for kind in ("ask", "ask-answered", "ask-declined", "ask-withdrawn")]
    letters = Mail.objects.filter(occurrence__in=about)
    letters.cancel(_("Erased"))
    ladders.erase(PEER, asks, gone=f"erased-{peer.pk}{ERASED}")
    keys: Keys = {
        ROWS: [peer.pk],
        WORDS: [peer.pk] if words else [],
        ADDRESS: [] if peer.is_erased else [peer.email],
        TO_THEM: list(letters.filter(address=peer.email).values_list("pk", flat=True)),
        ABOUT_THEM: list(letters.exclude(address=peer.email).values_list("pk", flat=True)),
    }
    erasing.erase(person_of(keys, [peer.name], organisations=[peer.merchant_id], at=at))
    Peer.objects.filter(pk=peer.pk, erased_at=None).update(erased_at=at)
