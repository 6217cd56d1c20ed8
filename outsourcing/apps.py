"""The roof as a Django app, so that its demo, benchmarks and template tags are found like any room's."""

from django.apps import AppConfig


class RoofConfig(AppConfig):
    name = "outsourcing"
    label = "roof"
