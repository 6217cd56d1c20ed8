"""Addresses of pages by their names, kept once they are known.

A list asks for as many as it has rows, and working one out takes longer than all else that a row needs. What an address
is depends on nothing but its name and its keys: the app has one URLconf.
"""

from functools import lru_cache

from django.urls import reverse

Key = int | str


@lru_cache(maxsize=8_192, typed=True)
def address(name: str, *keys: Key) -> str:
    """The path of the page called `name`, as Django's `reverse` gives it. Raises NoReverseMatch where there is none."""
    return reverse(name, args=keys)
