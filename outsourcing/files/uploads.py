"""Views that take files say so, and the Gate lets larger bodies through to them alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

View = Callable[..., HttpResponse]


def takes_files(view: View) -> View:
    """Mark `view` for the Gate; other decorators above or below keep the mark by `functools.wraps`."""
    return takes_several_files(1)(view)


def takes_several_files(most: int) -> Callable[[View], View]:
    """Mark a view that takes so many files in one form, each as large as one may be."""

    def mark(view: View) -> View:
        @wraps(view)
        def taking(*args: Any, **kwargs: Any) -> HttpResponse:
            return view(*args, **kwargs)

        taking.takes_files = most  # type: ignore[attr-defined]
        return taking

    return mark
