"""Keys that tell nothing: a sequential one tells a rival how much was added between two of theirs."""

import secrets

from django.db import models

#: Every whole number that a browser's script can hold too.
LARGEST = 2**53 - 1


def random_key() -> int:
    """A key of 53 random bits; the database refuses the one in billions that is taken already."""
    return secrets.randbelow(LARGEST) + 1


class Unguessable(models.Model):
    """A row whose address people see: its key is random, so neither order nor number can be read from it."""

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)

    class Meta:
        abstract = True
