"""What this room holds."""

from django.utils.translation import gettext_lazy as _

from outsourcing.notifications.models import Bounce, Ladder, Mail, Notice, OptOut, Policy, Recipient, Rung, Tally
from outsourcing.shared.holdings import ADDRESS, GONE, MEMBERSHIP, About, Told, holds

#: Written in its name, or to one of its people.
PARTIES = ("organisation", "membership__organisation")
ERASED_MAIL = {"address": GONE, "subject": _("Erased"), "text": "", "html": "", "reply_to": "", "answer": ""}
#: Keys of mails whose text and address go, and of those whose text alone does.
TO_THEM, ABOUT_THEM = "mail to them", "mail about them"

holds(
    Mail,
    merchant=PARTIES,
    vendor=PARTIES,
    # Texts hold links that act for whoever has them.
    hidden=["text", "html", "occurrence", "message_id", "thread", "claim", "lease_until", "is_secret", "attempts",
            "data_started_at", "resent", "crashes", "not_before"],
    people=[
        About(ADDRESS, "address", **ERASED_MAIL),
        About(ADDRESS, "reply_to", reply_to=""),
        About(MEMBERSHIP, "membership", **ERASED_MAIL),
        About(TO_THEM, "id", **ERASED_MAIL),
        About(ABOUT_THEM, "id", subject=_("Erased"), text="", html=""),
    ],
    told=[Told("subject", "text", "html", "answer", anywhere=True)],
)  # fmt: skip
holds(Recipient, left_out=_("It is about an address, whoever wrote to it."), people=[About(ADDRESS, "address")])
holds(
    Bounce,
    merchant=("mail__organisation", "mail__membership__organisation"),
    vendor=("mail__organisation", "mail__membership__organisation"),
    left_out=_("What became of a mail stands with it."),
    people=[About(ADDRESS, "mail__address", said=""), About(MEMBERSHIP, "mail__membership", said="")],
)
holds(Policy, merchant="organisation", vendor="organisation", hidden=["left_after"])
holds(
    OptOut,
    merchant="membership__organisation",
    vendor="membership__organisation",
    left_out=_("Each person's own choice."),
    people=[About(MEMBERSHIP, "membership"), About(ADDRESS, "address")],
)
holds(Tally, merchant="organisation", vendor="organisation", left_out=_("How much was mailed in five minutes."))
holds(
    Ladder,
    merchant="organisation",
    vendor="organisation",
    hidden=["subject", "version", "url"],
    told=[Told("title", "why", anywhere=True)],
)
holds(
    Rung,
    merchant="ladder__organisation",
    vendor="ladder__organisation",
    through="ladder",
    told=[Told("why", anywhere=True)],
)
holds(
    Notice,
    merchant=PARTIES,
    vendor=PARTIES,
    left_out=_("The rungs say what went to whom."),
    people=[About(MEMBERSHIP, "membership"), About(ADDRESS, "address", address=GONE, title=_("Erased"))],
    told=[Told("title", "why", anywhere=True)],
)
