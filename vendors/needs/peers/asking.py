"""Asking people who know the shop: who may be asked, about what, how often; and what becomes of a dispute."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.notifications.ladders import planning
from vendors.needs.errors import AlreadyDone, NotAskable, NothingToAsk
from vendors.needs.keeping import RATERS
from vendors.needs.models import Ask, Need, Opinion, Outcome, Peer, Showing, Stance, Task
from vendors.needs.peers import mails
from vendors.needs.reading import read, said_of
from vendors.needs.verdict import Rules, rounded

#: The name of the ladder of those who have not answered (vendors/needs/reminders.py).
PEER = "peer"
#: Mails of one shop, and to one address, within 24 hours.
MOST_A_DAY, MOST_TO_ONE, DAY = 50, 3, timedelta(days=1)
#: Who has answered is asked about everything again after this time at the earliest.
LATELY = timedelta(days=30)
Stated = list[tuple[Need, Decimal]]


@transaction.atomic
def ask(
    email: str,
    *,
    by: Membership,
    at: datetime,
    name: str = "",
    relation: str = "",
    message: str = "",
    showing: str = Showing.NAMED,
) -> Ask:
    """Post the mail with the link, about every rated job. Raises NotAskable and NothingToAsk."""
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)  # the rules hold for two at once
    stated = rated_needs(by)
    if not stated:
        raise NothingToAsk(_("Rate your skill in at least one job first: there is nothing to agree with yet."))
    email = email.lower()
    see_that_it_is_no_colleague(email, by)
    about = {"name": name, "relation": relation}
    peer, _made = Peer.objects.get_or_create(
        merchant=by.organisation, email=email, defaults={**about, "created_at": at}
    )
    see_that_it_may_be_asked(peer, at)
    see_that_it_is_not_too_much(peer, at)
    if name or relation:
        Peer.objects.filter(pk=peer.pk).update(name=name or peer.name, relation=relation or peer.relation)
        peer.refresh_from_db()
    return post(peer, stated, by=by, at=at, message=message, showing=showing)


def post(
    peer: Peer, stated: Stated, *, by: Membership, at: datetime, message: str = "", showing: str, is_again: bool = False
) -> Ask:
    """A new link in place of an open one, whose draft is carried over."""
    last = peer.asks.unanswered().order_by("-created_at").first()
    over = list(peer.asks.unanswered().values_list("pk", flat=True))
    peer.asks.unanswered().update(revoked_at=at)
    made = Ask.objects.create(
        peer=peer,
        asked_by=by,
        message=message,
        showing=showing,
        draft=last.draft if last else {},
        saved_at=last.saved_at if last else None,
        created_at=at,
        expires_at=at + Ask.LASTS,
    )
    Opinion.objects.bulk_create(
        Opinion(ask=made, peer=peer, need=need, stated_skill=rounded(skill, 2), showing=showing)
        for need, skill in stated
    )
    made.mail = mails.post_request(made, jobs=[str(need.task) for need, _skill in stated], is_again=is_again)
    made.save(update_fields=["mail"])
    planning.follow(PEER, [*over, made.pk], at=at)
    return made


@transaction.atomic
def send_again(earlier: Ask, *, by: Membership, at: datetime) -> Ask:
    """The same question by a new link; the earlier one ends, what was saved in it is carried over.

    Raises NotAskable where it was answered, declined or taken back, and for too many mails.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
    if not Ask.objects.unanswered().filter(pk=earlier.pk).exists():
        raise NotAskable(_("It was answered or taken back already."))
    see_that_it_is_not_too_much(earlier.peer, at)
    opinions = list(earlier.opinions.select_related("need__task"))
    now = {need.pk: skill for need, skill in rated_needs(by)}
    stated = [(one.need, now.get(one.need_id, one.stated_skill)) for one in opinions]
    made = post(earlier.peer, stated, by=by, at=at, message=earlier.message, showing=earlier.showing, is_again=True)
    carry_over(made, opinions)
    return made


def carry_over(made: Ask, earlier: Sequence[Opinion]) -> None:
    """Name what was saved after the new rows."""
    now = {one.need_id: one.pk for one in made.opinions.all()}
    renamed = {f"o{one.pk}": f"o{now[one.need_id]}" for one in earlier if one.need_id in now}
    draft = {}
    for name, value in made.draft.items():
        start, dash, field = name.partition("-")
        draft[f"{renamed.get(start, start)}{dash}{field}"] = value
    Ask.objects.filter(pk=made.pk).update(draft=draft)


@transaction.atomic
def revoke(ask: Ask, *, at: datetime) -> None:
    """Take a link back. Raises NotAskable where there is nothing left to take back."""
    if not Ask.objects.unanswered().filter(pk=ask.pk).update(revoked_at=at):
        raise NotAskable(_("It was answered or taken back already."))
    planning.follow(PEER, [ask.pk], at=at)


def rated_needs(by: Membership) -> Stated:
    """Each job on the list whose skill somebody of the shop has rated, with that rating."""
    jobs = read(by, Task.objects.visible_to(by), Rules())
    found: Stated = []
    for job in jobs:
        if job.need is not None and not job.is_hidden and job.facts.skill is not None:
            job.need.task = job.task
            found.append((job.need, job.facts.skill))
    return found


# ---- The rules, each with its own sentence -------------------------------------------------------------------------
def see_that_it_is_no_colleague(email: str, by: Membership) -> None:
    """Raises NotAskable for the asker, and for a colleague who rates here."""
    if email == by.email:
        raise NotAskable(_("That is your own address: ask somebody else what they think of you."))
    colleagues = Membership.objects.joined().filter(organisation=by.organisation_id, email=email)
    if colleagues.filter(roles__overlap=list(RATERS)).exists():
        raise NotAskable(_("%(email)s is a colleague who rates the jobs here: ask somebody else.") % {"email": email})


def see_that_it_may_be_asked(peer: Peer, at: datetime) -> None:
    """Raises NotAskable."""
    last = peer.asks.exclude(revoked_at__isnull=False).order_by("-created_at").first()
    if last is None:
        return
    who = {"who": peer.label, "day": f"{last.created_at:%-d %B}"}
    if last.declined_at:
        raise NotAskable(_("%(who)s would rather not say, and is not asked again.") % who)
    if last.withdrawn_at:
        raise NotAskable(_("%(who)s took back what they said, and is not asked again.") % who)
    if last.answered_at and last.answered_at > at - LATELY:
        raise NotAskable(_("%(who)s has answered. To hear more about one job, open it and ask again.") % who)
    if not last.answered_at and last.expires_at > at:
        raise NotAskable(_("You asked %(who)s on %(day)s already, and the link is open. Send it again below.") % who)


def see_that_it_is_not_too_much(peer: Peer, at: datetime) -> None:
    """Raises NotAskable."""
    lately = Ask.objects.filter(peer__merchant=peer.merchant_id, created_at__gt=at - DAY)
    if lately.count() >= MOST_A_DAY or lately.filter(peer=peer).count() >= MOST_TO_ONE:
        raise NotAskable(_("That is enough mail for one day: ask again tomorrow."))


# ---- Those who see it otherwise ------------------------------------------------------------------------------------
@transaction.atomic
def settle(opinion: Opinion, *, outcome: str, reason: str, by: Membership, at: datetime) -> int:
    """Answer somebody who sees it otherwise; how many are asked again. Raises AlreadyDone and NotAskable."""
    said = {"outcome": outcome, "outcome_reason": reason, "outcome_by": by, "outcome_at": at}
    open_ones = Opinion.objects.current().filter(pk=opinion.pk, stance=Stance.DISPUTE, outcome="")
    if not open_ones.update(**said):
        raise AlreadyDone(_("Somebody answered it already, or it was taken back."))
    return ask_again(opinion, message=reason, by=by, at=at) if outcome == Outcome.ASK_AGAIN else 0


def ask_again(opinion: Opinion, *, message: str, by: Membership, at: datetime) -> int:
    """A new link about this one job: to the person, or to all who spoke of it where nobody is to know who it was.

    Who has an open link already answers by that one.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
    need = Need.objects.select_related("task").get(pk=opinion.need_id)
    rating = {one.pk: skill for one, skill in rated_needs(by)}.get(need.pk)
    if rating is None:
        raise NotAskable(_("Nobody of you rates this job any more: rate it first."))
    spoke, heard = said_of(need)
    asked = 0
    for one in spoke if heard.is_hidden else [one for one in spoke if one.pk == opinion.pk]:
        if one.peer.erased_at or Ask.objects.open(at).filter(peer=one.peer).exists():
            continue
        see_that_it_is_not_too_much(one.peer, at)
        post(one.peer, [(need, rating)], by=by, at=at, message=message, showing=one.showing, is_again=True)
        asked += 1
    return asked
