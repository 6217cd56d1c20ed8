"""Mail is held: nothing is sent until somebody who runs the place lets it go."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class MailHoldManager(models.Manager["MailHold"]):
    def is_held(self) -> bool:
        """Whether nothing may be sent now. One query."""
        return self.filter(released_at=None).exists()


class MailHold(models.Model):
    """From `held_at` to `released_at` no mail is sent and no reminder is done.

    `taken_at` is when the backup was taken that was restored then: what waited at that instant may have been sent
    since, by the place that is gone. Without one, somebody held it by hand.
    """

    held_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    objects: ClassVar[MailHoldManager] = MailHoldManager()

    class Meta:
        indexes = [models.Index(fields=["held_at"], condition=Q(released_at=None), name="mail_hold_open")]

    def __str__(self) -> str:
        return f"held at {self.held_at}"
