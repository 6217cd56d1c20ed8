"""Sourcing: what is wanted from a vendor, who is on the shortlist, what they answered, and how it was decided."""

from django.apps import AppConfig


class SourcingConfig(AppConfig):
    name = "vendors.sourcing"
