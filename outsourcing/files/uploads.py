"""Views that take files say so, and the Gate lets larger bodies through to them alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

View = Callable[..., HttpResponse]


def takes_files(view: View) -> View:
    """Mark `view` for the Gate; other decorators above or below keep the mark by `functools.wraps`."""

    @wraps(view)
    def taking(*args: Any, **kwargs: Any) -> HttpResponse:
        return view(*args, **kwargs)

    taking.takes_files = True  # type: ignore[attr-defined]
    return taking
