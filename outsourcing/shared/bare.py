"""A bare Django page, the limit that pages are measured beside; `make bench` serves it by processes of its own.

Our settings, our database and the person's session, but nothing of ours in between: the two middlewares that sign
somebody in, one address, one template without variables. So it costs what HTTP, Django's dispatch, the row of the
session and the row of the user cost, and whatever a page of ours takes beyond that is ours. Never imported by the app.
"""

import os

import django
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outsourcing.settings")
django.setup()  # the same apps; only the way to the view is another
settings.ROOT_URLCONF = __name__
settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
settings.MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
application = WSGIHandler()
TEMPLATE = Engine().from_string("<!doctype html><title>Bare</title><h1>A bare page</h1><p>Somebody is signed in.</p>")


def page(request: HttpRequest) -> HttpResponse:
    """The same words for everybody who is signed in, refused to others."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return HttpResponse(TEMPLATE.render(Context()))


urlpatterns = [path("", page)]
