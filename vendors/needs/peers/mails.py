"""The mails about peers: the one with the link, and the one that says that somebody has answered."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Role
from outsourcing.notifications import outbox
from outsourcing.notifications.models import Mail
from vendors.needs.keeping import RATERS
from vendors.needs.models import Ask, Opinion
from vendors.needs.peers import links


def post_request(ask: Ask, *, jobs: list[str], is_again: bool) -> Mail:
    """The mail with the link, in the name of the shop."""
    return outbox.post(
        "peer_request",
        to=ask.peer.email,
        context={
            "ask": ask,
            "asker": ask.asked_by.label,
            "shop": ask.peer.merchant,
            "jobs": jobs,
            "is_again": is_again,
            "url": links.address_of(ask),
        },
        organisation=ask.peer.merchant,
        occurrence=f"ask:{ask.pk}",
        is_secret=True,
    )


def post_answered(ask: Ask, *, what: str) -> None:
    """Tell whoever asked, if they still rate there, else an owner; `what` is answered, declined or withdrawn.

    The mail says nothing of what they think; and not who it is where they spoke of a job that bears no names: its page
    changes at that moment.
    """
    colleagues = Membership.objects.joined().filter(organisation=ask.peer.merchant_id)
    reader = colleagues.filter(pk=ask.asked_by_id, roles__overlap=list(RATERS)).first()
    reader = reader or colleagues.filter(roles__contains=[Role.OWNER]).order_by("pk").first()
    if reader is None:
        return
    outbox.post(
        "peer_answered",
        to=reader.email,
        context={
            "what": what,
            "who": _("Somebody whom you asked") if speaks_without_a_name(ask) else ask.peer.label,
            "shop": ask.peer.merchant,
            "url": settings.BASE_URL + reverse("needs:jobs" if what == "answered" else "needs:peers"),
        },
        organisation=ask.peer.merchant,
        membership=reader,
        occurrence=f"ask-{what}:{ask.pk}",
    )


def speaks_without_a_name(ask: Ask) -> bool:
    """Whether this peer has said something of a job whose names are hidden. One query."""
    return Opinion.objects.filter(peer=ask.peer_id).exclude(stance="").without_names().exists()
