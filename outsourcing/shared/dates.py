"""Days in words, kept once they are known: a list names the same few days over and over, and Django's formatting reads
its pattern anew each time. There is one language so far."""

from datetime import date, datetime
from functools import lru_cache

from django.utils.formats import date_format


def day_words(on: date, shape: str = "j M") -> str:
    """A day as Django's `date_format` writes it: "18 Nov". Raises TypeError for an instant, whose day depends on the
    zone, while one instant is the same key in all zones."""
    if isinstance(on, datetime):
        raise TypeError("An instant is no day: say in which zone.")
    return _words(on, shape)


_words = lru_cache(maxsize=4_096)(date_format)
