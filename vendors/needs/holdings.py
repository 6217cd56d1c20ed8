"""What this room holds: how a merchant sees its own work is nobody else's."""

from django.utils.translation import gettext_lazy as _

from outsourcing.shared.holdings import GONE, About, Told, holds
from vendors.needs.models import (
    Ask,
    Assessment,
    Mark,
    Month,
    Need,
    NeedBrief,
    NeedMonth,
    Opinion,
    OrderImport,
    OrderLine,
    Peer,
    Policy,
    Reopening,
    Task,
    Unsettled,
)

#: Of what the keys of an erasure are: somebody who was asked, and what they said, where that is to go too.
PEER, WORDS = "peer", "peer's words"

holds(Task, merchant="merchant", label=["name"], unhook=["copied_from"])
holds(Need, merchant="merchant")
# Colleagues see each other's ratings as a mean.
holds(Assessment, merchant="need__merchant", hidden=["member", "saved_at"], through="need", told=[Told("done_by")])
holds(Policy, merchant="merchant")
holds(
    Peer,
    merchant="merchant",
    people=[About(PEER, "id", email=GONE, name="", relation="")],
)
holds(
    Ask,
    merchant="peer__merchant",
    hidden=["secret", "mail", "draft"],
    people=[About(PEER, "peer", message="", draft={}, saved_at=None)],
)
# Who said what is told on no page once three have spoken, and so in no file.
holds(
    Opinion,
    merchant="need__merchant",
    hidden=["ask", "peer"],
    people=[About(WORDS, "peer", comment="")],
)
holds(Unsettled, merchant="need__merchant", left_out=_("It is counted from what others say."))
holds(Month, merchant="merchant", hidden=["import_of"])
holds(NeedMonth, merchant="need__merchant", through="need")
holds(Mark, merchant="need__merchant", through="need")
holds(Reopening, merchant="need__merchant")
holds(NeedBrief, merchant="need__merchant", through="need")
holds(OrderImport, merchant="merchant", hidden=["attempt", "progressed_at"])
holds(OrderLine, merchant="import_of__merchant", left_out=_("A line of a file while it is read."))
