"""How many were asked and what came of it, in figures and words: never a bare average."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.models import Membership
from outsourcing.notifications.models import Mail
from vendors.directory.evidence.references import readable_references
from vendors.directory.evidence.strength import wilson_lower_bound
from vendors.directory.models import WOULD_HIRE_AGAIN, Enquiry, Level, Reference, Vendor

State = Reference.State
NamedBy = Reference.NamedBy
STEPS = ("asked", "delivered", "answered", "verified", "hire_again")


@dataclass(frozen=True)
class Funnel:
    """Asked, delivered, answered, verified, would hire again: each a part of the one before.

    `named` counts those that were asked by who named them, `former` the former clients among all (`known`).
    """

    known: int
    asked: int
    delivered: int
    answered: int
    verified: int
    hire_again: int
    former: int
    named: Mapping[str, int]

    @property
    def bound(self) -> Decimal | None:
        """Wilson's lower bound of "would hire again" among the verified; None without any."""
        return wilson_lower_bound(self.hire_again, self.verified)

    @property
    def in_words(self) -> str:
        """What the last figure is worth."""
        if self.bound is None:
            return _("No verified answer yet.")
        words = ngettext(
            "With %(count)d verified answer we can only be fairly sure that at least %(share)d of 100 clients would.",
            "With %(count)d verified answers we can be fairly sure that at least %(share)d of 100 clients would.",
            self.verified,
        )
        return words % {"count": self.verified, "share": int(self.bound * 100)}

    @property
    def by_who_named_them(self) -> list[tuple[str, int]]:
        """Picked by the vendor weighs less than found by oneself: label and count."""
        return [(str(NamedBy(key).label), self.named[key]) for key in NamedBy.values if self.named.get(key)]

    @property
    def lacking(self) -> list[str]:
        """Whom to ask next (B10): a former client, and somebody whom the vendor did not pick."""
        found = []
        if not self.former:
            found.append(_("No former client among them yet: those who left tell why."))
        if self.asked and self.named.get(NamedBy.VENDOR, 0) == self.asked:
            found.append(_("All were named by the vendor: find one yourself."))
        return found


def funnel_of(vendor: Vendor, acting: Membership) -> Funnel:
    """The figures of all references of a vendor that a merchant sees. One query."""
    sent = Enquiry.objects.filter(reference=OuterRef("pk"), mail__state=Mail.State.SENT)
    answered = Q(answer__isnull=False, answer__withdrawn_at=None)
    verified = answered & Q(level__gte=Level.CONFIRMED)
    asked = answered | ~Q(state=State.NAMED)
    rows = readable_references(acting).filter(vendor=vendor).annotate(was_sent=Exists(sent))
    figures = rows.aggregate(
        known=Count("pk"),
        asked=Count("pk", filter=asked),
        delivered=Count("pk", filter=answered | Q(was_sent=True)),
        answered=Count("pk", filter=answered),
        verified=Count("pk", filter=verified),
        hire_again=Count("pk", filter=verified & Q(answer__hire_again__in=WOULD_HIRE_AGAIN)),
        former=Count("pk", filter=Q(relation=Reference.Relation.FORMER) | Q(answer__relation="former")),
        **{f"named_{key}": Count("pk", filter=asked & Q(named_by=key)) for key in NamedBy.values},
    )
    named = {key: figures.pop(f"named_{key}") for key in NamedBy.values}
    return Funnel(**figures, named=named)
