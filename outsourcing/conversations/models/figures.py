"""What a vendor lets merchants who do not work with it know of how it answers."""

from django.db import models

from outsourcing.accounts.models import Membership, Organisation


class ReplyTime(models.Model):
    """A vendor agreed that its median reply over all merchants is shown to every merchant.

    `seconds` are business seconds; None while fewer than three merchants contribute, or while it is not known.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"How fast {self.organisation} replies"
