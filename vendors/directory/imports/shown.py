"""An import as its pages show it."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django_countries import countries

from vendors.directory.imports.columns import BY_FIELD
from vendors.directory.imports.plan import Step
from vendors.directory.models import FacetValue


def sample(step: Step) -> dict[str, Any]:
    """A row as it will be: number, name, outcome, whether the vendor keeps its own profile, and [label, text]s."""
    wanted = step.wanted
    own = [(_("Tags"), ", ".join(wanted.tags)), (_("Note"), wanted.note)]
    names = dict(FacetValue.objects.filter(pk__in=wanted.capabilities).values_list("pk", "name"))
    place = ", ".join(filter(None, [wanted.city, wanted.region, str(dict(countries).get(wanted.country, ""))]))
    says: list[tuple[str, str]] = [(_("Place"), place)]
    says += [(str(BY_FIELD[name].label), _said(value)) for name, value in wanted.values.items()]
    says.append((_("Services and more"), ", ".join(names.values())))
    says.append((_("Contact"), ", ".join(filter(None, [wanted.contact_name, wanted.contact_email, wanted.phone]))))
    return {
        "row": wanted.number,
        "name": wanted.name,
        "outcome": step.outcome,
        "is_kept": step.is_kept,
        "says": [[label, text[:200]] for label, text in ([] if step.is_kept else says) + own if text],
    }


def _said(value: Any) -> str:
    return value if isinstance(value, str) else str(number_format(value, use_l10n=True, force_grouping=True))
