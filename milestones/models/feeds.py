"""Secret links to a calendar: of all that one person is on, or of one contract."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milestones.models.contracts import Contract
from outsourcing.accounts.models import Membership
from outsourcing.shared.keys import Unguessable


class FeedQuerySet(models.QuerySet["Feed"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's own, but for those of contracts that one does not see any more."""
        seen = Contract.objects.visible_to(acting).values("pk")
        return self.filter(Q(contract=None) | Q(contract__in=seen), membership=acting.pk)

    def live(self) -> Self:
        """Those that calendars may read: not switched off, and their person is still there."""
        return self.filter(revoked_at=None, membership__left_at=None, membership__user__is_active=True)


class Feed(Unguessable):
    """Whoever has the link reads what its person may see, and nothing else; switched off it is no page at all.

    Without a `contract` it holds what the person is on, in all of them.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    secret = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[FeedQuerySet] = FeedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "contract"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="feed_one_live_link",
            ),
            models.CheckConstraint(condition=~Q(secret=""), name="feed_has_a_secret"),
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.contract or 'everything'}"
