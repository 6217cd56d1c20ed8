"""Needs: what to hand over, and when."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "vendors.needs"
