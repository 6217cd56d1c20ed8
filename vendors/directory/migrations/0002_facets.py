"""The first values of the facets."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.text import slugify
from django.utils.translation import override
from django_countries import countries

from vendors.directory.migrations import _facets as seed


def plain(model: Any) -> list[Any]:
    """Values that nothing contains."""
    rows = []
    services = [(group, *one) for group, some in seed.SERVICES.items() for one in some]
    for place, (group, name, synonyms) in enumerate(services):
        known = {"group": group, "synonyms": synonyms, "position": place}
        rows.append(model(facet="service", slug=slugify(name), name=name, **known))
    for facet, names in seed.PLAIN.items():
        rows += [model(facet=facet, slug=slugify(name), name=name, position=at) for at, name in enumerate(names)]
    for facet, bands in seed.BOUNDED.items():
        for place, (slug, name, low, high) in enumerate(bands):
            rows.append(model(facet=facet, slug=slug, name=name, low=low, high=high, position=place))
    return rows


def warehouses(model: Any, names: dict[str, str]) -> None:
    """Countries, and what lies inside two of them."""
    made = model.objects.bulk_create(model(facet="warehouse", slug=slug, name=name) for slug, name in names.items())
    country = {row.slug: row for row in made}
    states = dict(one.split(" ", 1) for one in seed.STATES.split(","))
    parts = seed.NATIONS | {f"us-{code.lower()}": name for code, name in states.items()}
    model.objects.bulk_create(
        model(facet="warehouse", slug=slug, name=name, parent=country[slug[:2]]) for slug, name in parts.items()
    )


def destinations(model: Any, names: dict[str, str]) -> None:
    """The world, its continents, the European Union, and countries."""

    def add(slug: str, name: str, parent: Any, position: int) -> Any:
        return model.objects.create(facet="ships_to", slug=slug, name=name, parent=parent, position=position)

    world = add("worldwide", "Worldwide", None, 0)
    areas = {slug: add(slug, name, world, at) for at, (slug, name) in enumerate(seed.CONTINENTS.items(), 1)}
    areas["eu"] = add("eu", "European Union", areas["europe"], 10)
    area_of = {code.lower(): areas[area] for area, codes in seed.WITHIN.items() for code in codes.split()}
    area_of |= {code.lower(): areas["eu"] for code in seed.EU.split()}
    model.objects.bulk_create(
        model(facet="ships_to", slug=slug, name=name, parent=area_of.get(slug, areas["asia"]))
        for slug, name in names.items()
    )


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    model = apps.get_model("directory", "FacetValue")
    with override("en"):
        names = {code.lower(): str(name)[:80] for code, name in countries}
    model.objects.bulk_create(plain(model))
    warehouses(model, names)
    destinations(model, names)


def take_out(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Raw: the collector would ask models of other states; what still points here is refused by its constraint.
    values = apps.get_model("directory", "FacetValue").objects.all()
    values._raw_delete(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_directory")]
    operations = [migrations.RunPython(add, take_out)]
