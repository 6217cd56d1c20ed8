"""Leaving: what an organisation takes away, how it closes, and how a person is erased."""

from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "outsourcing.leaving"
