"""Days in words, kept once they are known: a list names the same few days over and over, and Django's formatting reads
its pattern anew each time. There is one language so far."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format


@lru_cache(maxsize=4_096)
def day_words(on: date, shape: str = "j M") -> str:
    """A day as Django's `date_format` writes it: "18 Nov"."""
    return date_format(on, shape)
