"""Fields that choose among the values of facets, and one for links."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vendors.directory.models import Facet, FacetValue, How
from vendors.directory.models.facets import CHOSEN
from vendors.directory.models.profiles import web_address
from vendors.directory.profiles.facts import Facts, grouped

MOST_LINKS = 10


def offered(facts: Facts) -> dict[str, list[FacetValue]]:
    """By facet, what a vendor can choose: all active values, and those it has that are offered no more. One query."""
    own = [one.pk for one in facts.values]
    rows = FacetValue.objects.filter(Q(is_active=True) | Q(pk__in=own), facet__in=CHOSEN)
    found: dict[str, list[FacetValue]] = {facet: [] for facet in CHOSEN}
    for row in rows.order_by("facet", "position", "name", "pk"):
        found[row.facet].append(row)
    return found


class ValuesField(forms.TypedMultipleChoiceField):
    """Any of the values of one facet, as their keys; headed by their groups where they have some."""

    def __init__(self, values: Sequence[FacetValue], **options: Any) -> None:
        choices: list[Any] = []
        for group, some in grouped(values):
            pairs = [(value.pk, value.name) for value in some]
            choices += [(group, pairs)] if group else pairs
        options = {"widget": forms.CheckboxSelectMultiple, "required": False, **options}
        super().__init__(choices=choices, coerce=int, **options)


@dataclass
class Branch:
    """A value of a tree as it is drawn: with what lies inside it, and how much of that is chosen."""

    pk: int
    name: str
    is_chosen: bool
    branches: list["Branch"] = field(default_factory=list)
    leaves: list["Branch"] = field(default_factory=list)
    chosen: int = 0


class Tree(forms.Widget):
    """Check boxes of values that contain each other: what contains others opens, the rest are plain."""

    template_name = "directory/profile/_tree.html"
    use_fieldset = True
    choices: Any = ()

    def __init__(self, values: Sequence[FacetValue]) -> None:
        super().__init__()
        self.values = values

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["roots"] = self._below(None, {str(one) for one in value or ()})
        return context

    def _below(self, parent: int | None, chosen: set[str]) -> list[Branch]:
        inside: dict[int | None, list[FacetValue]] = {}
        known = {value.pk for value in self.values}
        for value in self.values:
            inside.setdefault(value.parent_id if value.parent_id in known else None, []).append(value)

        def grow(value: FacetValue) -> Branch:
            made = Branch(value.pk, value.name, str(value.pk) in chosen)
            for child in map(grow, inside.get(value.pk, ())):
                (made.branches if child.branches or child.leaves else made.leaves).append(child)
                made.chosen += child.chosen
            made.chosen += made.is_chosen
            return made

        return [grow(value) for value in inside.get(parent, ())]


class Ways(forms.Widget):
    """For each system a choice of how one works with it; not at all is the first."""

    template_name = "directory/profile/_ways.html"
    use_fieldset = True

    def __init__(self, values: Sequence[FacetValue]) -> None:
        super().__init__()
        self.values = values

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[int, str]:
        return {value.pk: data.get(f"{name}_{value.pk}", "") for value in self.values}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen: Mapping[int, str] = value or {}
        context["widget"]["rows"] = [
            {"name": f"{name}_{one.pk}", "label": one.name, "value": chosen.get(one.pk, "")} for one in self.values
        ]
        context["widget"]["hows"] = How.choices
        return context


class WaysField(forms.Field):
    """How one works with each system: those one works with, as key and way."""

    def __init__(self, values: Sequence[FacetValue], **options: Any) -> None:
        super().__init__(widget=Ways(values), required=False, **options)

    def clean(self, value: Any) -> dict[int, str]:
        chosen = {pk: how for pk, how in (value or {}).items() if how}
        if set(chosen.values()) - set(How.values):
            raise ValidationError(_("Choose one of the ways that are offered."))
        return chosen

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or {}) != {pk: how for pk, how in (data or {}).items() if how}


class LinksField(forms.CharField):
    """Web addresses, one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3, "inputmode": "url"}), required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or ()) != list(lines(data or ""))

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys(lines(super().to_python(value) or "")))

    def validate(self, value: Any) -> None:
        if len(value) > MOST_LINKS:
            raise ValidationError(_("Ten links at most."))

    def run_validators(self, value: Any) -> None:
        for one in value:
            super().run_validators(one)
            if len(one) > 500:
                raise ValidationError(_("A link has 500 characters at most."))
            web_address(one)


def lines(text: str) -> Iterable[str]:
    """What stands on each line that is not empty."""
    return filter(None, map(str.strip, text.splitlines()))


def by_facet(facts: Facts, facet: Facet) -> list[int]:
    """The keys of what is chosen of one facet."""
    return [one.pk for one in facts.of(facet)]
