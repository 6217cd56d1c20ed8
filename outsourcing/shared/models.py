"""Rows that belong to no room."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q


class PulseManager(models.Manager["Pulse"]):
    def beat(self, name: str, *, at: datetime) -> None:
        """Note that the recurring work called `name` ran."""
        self.update_or_create(name=name, defaults={"at": at})


class Pulse(models.Model):
    """When a recurring piece of work last ran: proof that beat, broker, worker and database reach each other."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    objects: ClassVar[PulseManager] = PulseManager()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"


class MailHoldManager(models.Manager["MailHold"]):
    def is_held(self) -> bool:
        """Whether nothing may be sent now. One query."""
        return self.filter(released_at=None).exists()


class MailHold(models.Model):
    """From `held_at` to `released_at` no mail is sent and no reminder is done: notifications/holding.py.

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
