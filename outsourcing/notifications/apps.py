"""Outgoing mail: every one is a row first, and PostgreSQL is the truth about it."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "outsourcing.notifications"
