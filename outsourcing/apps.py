"""The roof as a Django app, so that its benchmarks are found like any room's."""

from django.apps import AppConfig


class RoofConfig(AppConfig):
    name = "outsourcing"
    label = "roof"
