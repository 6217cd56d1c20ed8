"""Rows that belong to no room."""

from datetime import datetime
from typing import ClassVar

from django.db import models


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
