"""What the libraries leave behind: sessions that have ended, and cached values that have expired."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef


def forget_sessions(before: datetime) -> int:
    """Sessions that ended before, and what the list of devices says of those that are gone."""
    ended, _each = Session.objects.filter(expire_date__lt=before).delete()
    there = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(there), last_seen_at__lt=before).delete()
    return ended


def forget_cached(before: datetime) -> int:
    """Expired values, which nobody would read: the cache itself only makes room when it is full."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [before])
        return int(cursor.rowcount)
