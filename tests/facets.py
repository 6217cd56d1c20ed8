"""The first values of the facets, which migrations write and a flush after a test with real commits takes away."""

import importlib

from django.apps import apps
from django.db import connection

from vendors.directory.models import FacetValue


def have() -> None:
    """Write them anew where they are gone."""
    if not FacetValue.objects.exists():
        with connection.schema_editor() as editor:
            for name, step in {"0002_facets": "add", "0008_continents": "move"}.items():
                getattr(importlib.import_module(f"vendors.directory.migrations.{name}"), step)(apps, editor)
